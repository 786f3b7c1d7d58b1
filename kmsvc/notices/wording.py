"""The words of a notice: filled from its parameters in the reader's language, in the app and in mail, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import NullTranslations, Translations

from kmsvc.core.texts import N_, Labelled
from kmsvc.notices.kinds import KINDS

FOLDER = Path(__file__).parent.parent / "translations"
ENUMS: dict[str, type[Labelled]] = {}
HIDDEN = object()
"""Stands for a title its reader may not see."""
DAYS = {"en": "d MMM y"}  # as on the pages


@cache
def catalogue(language: str) -> NullTranslations:
    """The catalogue of a language, outside any request."""
    return Translations.load(FOLDER, [language])


def words(params: Mapping[str, Any], language: str) -> dict[str, str]:
    """Parameters as words: codes of registered enums through their labels, days as people write them."""
    texts = catalogue(language)
    found: dict[str, str] = {}
    for name, value in params.items():
        if value is HIDDEN:
            found[name] = texts.gettext(N_("(not open to you)"))
        elif isinstance(value, Mapping) and value.get("enum") in ENUMS:
            member = ENUMS[value["enum"]](value["code"])
            found[name] = texts.gettext(member.label)
        elif name.endswith("_on") and isinstance(value, str):
            found[name] = format_date(date.fromisoformat(value), DAYS.get(language, "medium"), locale=language)
        else:
            found[name] = str(value)
    return found


def line(kind: str, params: Mapping[str, Any], language: str) -> str:
    """The inbox line of a notice."""
    return catalogue(language).gettext(KINDS[kind].line) % words(params, language)


def mail_text(kind: str, params: Mapping[str, Any], language: str, url: str, name: str) -> tuple[str, str]:
    """(subject, text) of a mail. The subject names numbers, never a title that may be restricted."""
    texts = catalogue(language)
    filled = words(params, language)
    body = "\n\n".join((
        texts.gettext(N_("Dear %(name)s,")) % {"name": name},
        texts.gettext(KINDS[kind].line) % filled + texts.gettext(N_(".")),
        url,
        texts.gettext(N_("This message was sent by kmsvc. Please do not answer it."))))
    return texts.gettext(KINDS[kind].subject) % filled, body + "\n"
