"""The dimensions in which an article applies, and what names of values may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_, Labelled, compared

LONGEST = 60
MOST_OF_AN_ARTICLE = 100
"""values of one article in one dimension"""
_BETWEEN = re.compile("[,\uff0c;\uff1b\u3001|\r\n]")


class Dimension(Labelled):
    """In what an article may apply to a part only."""

    PRODUCT = "product", N_("Product")
    REGION = "region", N_("Region")
    CHANNEL = "channel", N_("Channel")
    CUSTOMER = "customer", N_("Customer type")


class ScopeState(Labelled):
    """Whether a value is offered."""

    USED = "used", N_("In use")
    UNUSED = "unused", N_("No longer used")
    MERGED = "merged", N_("Merged")


class AboutName(RuleBroken):
    """A name cannot stand like this."""


class AboutTarget(RuleBroken):
    """It cannot be merged into this."""


def key_of(name: str) -> str:
    """The form in which names are compared, that of the search's register."""
    return compared(name)


def check_name(name: str) -> None:
    """Refuse what is too long, or would be read as several values in a cell of a sheet, or as the id of another one."""
    if not key_of(name):
        raise InvalidInput({"name": [N_("This is needed.")]})
    if len(name) > LONGEST:
        raise AboutName("knowledge.scope.long", N_("\u201c%(name)s\u201d is longer than %(most)s characters."), name=name[:20],
                        most=LONGEST)
    if _BETWEEN.search(name):
        raise AboutName("knowledge.scope.several", N_("\u201c%(name)s\u201d is several names; give one."), name=name)
    if key_of(name).isdecimal():
        raise AboutName("knowledge.scope.digits", N_("\u201c%(name)s\u201d is digits alone, which are read as an id; add a word."),
                        name=name)


def split_names(text: str) -> list[str]:
    """The names in a cell: with commas, semicolons or line breaks between."""
    return list(dict.fromkeys(name for name in (" ".join(part.split()) for part in _BETWEEN.split(text)) if name))


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name most like one that is not known, or None where none is."""
    keys = {key_of(one): one for one in reversed(known)}
    wanted = key_of(name)
    for key, one in keys.items():
        if wanted and (wanted in key or (key in wanted and len(key) > 1)):
            return one
    found = get_close_matches(wanted, list(keys), n=1, cutoff=0.4)
    return keys[found[0]] if found else None
