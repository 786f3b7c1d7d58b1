"""The five ways kmsvc says no. Doors translate them once: page, JSON problem, exit status with a sentence."""

from __future__ import annotations

from typing import Any

from kmsvc.core.texts import N_


class Refusal(Exception):
    """Base of the five. `sentence` is an English source text with %(name)s places; `params` fill them."""

    status = 400
    code = "refused"
    sentence = N_("This cannot be done.")

    def __init__(self, sentence: str | None = None, *, code: str | None = None, **params: Any) -> None:
        self.sentence = sentence or self.sentence
        self.code = code or self.code
        self.params = params
        super().__init__(self.sentence % params if params else self.sentence)


class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""

    status = 404
    code = "not_found"
    sentence = N_("There is nothing here, or it is not for you.")


class NotPermitted(Refusal):
    """The thing may be seen, but this act is not this person's."""

    status = 403
    code = "not_permitted"
    sentence = N_("Your role does not allow this.")


class RuleBroken(Refusal):
    """A rule of the field forbids this act now. `code` is stable: `process.change.author_signs`."""

    status = 409
    code = "rule_broken"

    def __init__(self, code: str, sentence: str, **params: Any) -> None:
        super().__init__(sentence, code=code, **params)


class Stale(Refusal):
    """Somebody was faster. `mine` and `theirs` hold both texts so that neither is lost."""

    status = 409
    code = "stale"
    sentence = N_("This has changed since you opened it. Both texts are shown; nothing was overwritten.")

    def __init__(self, *, mine: Any = None, theirs: Any = None, version: int | None = None) -> None:
        super().__init__()
        self.mine, self.theirs, self.version = mine, theirs, version


class InvalidInput(Refusal):
    """What was sent does not fit. `fields` maps a field to its sentences; what was typed is kept by the door.

    labels: English sources of what the form or verb calls these fields, where it has words of its own."""

    status = 422
    code = "invalid_input"
    sentence = N_("Some of what you entered does not fit.")

    def __init__(self, fields: dict[str, Any] | None = None, sentence: str | None = None, *,
                 labels: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = fields or {}
        self.labels = labels or {}
