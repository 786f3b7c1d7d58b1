"""Marks for texts that are translated later, where the reader's language is known. Standard library only."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Any, Self

_GAPS = re.compile(r"[\s_\-/\u00b7]+")


def compared(name: str) -> str:
    """The form in which names are compared: half width, small letters, without spaces and hyphens."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", name).casefold())[:100]


def N_(text: str) -> str:  # noqa: N802 (the usual name of the mark)
    """Mark `text` for the catalogues and return it unchanged."""
    return text


class Labelled(StrEnum):
    """A code with the English source of its label: `LOW = "low", N_("Low")`. Database and JSON hold the code."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Filled(str):
    """A marked sentence with what fills its places, where only the sentence goes: in English until it is said in a language."""

    __slots__ = ("params", "source")
    source: str
    params: dict[str, Any]

    def __new__(cls, source: str, **params: Any) -> Self:
        """The sentence, filled."""
        made = str.__new__(cls, source % params)
        made.source, made.params = source, params
        return made
