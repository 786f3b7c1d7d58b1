"""Marks for texts that are translated later, where the reader's language is known. Standard library only."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


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
