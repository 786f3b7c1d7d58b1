"""What a refusal says to its reader: sentences and names of fields in the reader's language, for pages and problems alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kmsvc.core.complaints import own_words
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.labels import label_source
from kmsvc.core.texts import N_, Filled

TITLES = {400: N_("Bad request"), 401: N_("Sign in needed"), 403: N_("Not permitted"), 404: N_("Not found"),
          405: N_("Method not allowed"), 409: N_("Conflict"), 413: N_("Too large"), 415: N_("Unsupported media type"),
          422: N_("Invalid input"), 429: N_("Too many requests"), 500: N_("Internal error"), 503: N_("Try again soon"),
          507: N_("No room left")}


def title_of(status: int) -> str:
    """The short name of a status."""
    return sentence(TITLES[status]) if status in TITLES else ""


def told(fields: Any) -> Any:
    """Sentences about fields, however nested, in the reader's language and in our own words."""
    if isinstance(fields, dict):
        return {str(key): told(value) for key, value in fields.items()}
    if isinstance(fields, list):
        return [told(value) for value in fields]
    return sentence(fields.source, fields.params) if isinstance(fields, Filled) else sentence(*own_words(str(fields)))


def told_fields(error: InvalidInput) -> dict[str, Any]:
    """The sentences of a refused input in the reader's language."""
    found: dict[str, Any] = told(error.fields)
    return found


def said_at(error: Refusal, field: str) -> dict[str, Any]:
    """What a refused form says at its fields. field: where the sentence stands that is about none in particular."""
    return told_fields(error) if isinstance(error, InvalidInput) else {field: [sentence(error.sentence, error.params)]}


@dataclass(frozen=True)
class Refused:
    """What a form says when it comes back with what was typed. errors: by field; said: of the whole; why: the same, unless the
    fields say it."""

    errors: dict[str, Any]
    said: str

    @property
    def why(self) -> str:
        """Nothing where a field says it."""
        return "" if self.errors else self.said


def form_refused(error: Refusal) -> Refused:
    """For the door of a form, which shows it again with the status of the refusal. One that is no matter of what was typed (not
    found, not permitted) goes on to a page of its own."""
    if error.status not in (409, 422):
        raise error
    return Refused(told_fields(error) if isinstance(error, InvalidInput) else {}, sentence(error.sentence, error.params))


def said_name(name: str, error: Refusal | None = None) -> str:
    """What people call a field, in the reader's language; nothing for what concerns the whole input."""
    return sentence(label_source(name, getattr(error, "labels", None))) if name not in ("", "_schema") else ""


def labels_of(error: InvalidInput) -> dict[str, str]:
    """Field -> what people call it."""
    return {str(name): said_name(str(name), error) for name in error.fields}


def lines_of(error: Refusal) -> dict[str, list[str]]:
    """What does not fit, by what people call the fields; inner fields stand behind their outer one."""
    return _lines(told_fields(error), error) if isinstance(error, InvalidInput) else {}


def _lines(fields: dict[str, Any], error: Refusal, above: str = "") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, said in fields.items():
        word = " ".join(filter(None, (above, said_name(str(name), error))))
        if isinstance(said, dict):
            found |= _lines(said, error, word)
        else:
            found[word] = [str(one) for one in said] if isinstance(said, list) else [str(said)]
    return found
