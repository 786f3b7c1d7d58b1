"""Where a version applies: what an author or a row names becomes the marks that the version carries for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import ArticleVersion
from kmsvc.knowledge.scopes.register import UnknownValue, by_dimension, marks_named, register, settled
from kmsvc.knowledge.scopes.rules import Dimension
from kmsvc.knowledge.scopes.usecases import add_value
from kmsvc.search.scopes import dimension_of, packed, unpacked

Given = Mapping[str, Sequence[str | int]] | str | None
"""names or ids by dimension, dimensions left out stay as they are; or marks as a version holds them; or None: all stays"""


def scopes_wanted(work: Work, given: Given, before: ArticleVersion | None) -> str:
    """The marks of the next version. InvalidInput for a name nobody knows, and for a value out of use that was not there before."""
    held = settled(work.session, before.scopes or "") if before is not None else ""
    if given is None:
        return held
    if isinstance(given, str):
        return settled(work.session, given)
    marks = by_dimension(unpacked(held))
    for dimension, names in given.items():
        marks[dimension] = list(marks_named(work.session, dimension, names))
    _refuse_unused(work, (mark for found in marks.values() for mark in found), set(unpacked(held)))
    return packed(mark for found in marks.values() for mark in found)


def _refuse_unused(work: Work, marks: Iterable[str], held: set[str]) -> None:
    values = register(work.session).values
    for mark in marks:
        if mark not in held and not values[mark].in_use:
            raise InvalidInput({dimension_of(mark): [Filled(N_("\u201c%(name)s\u201d is no longer used."), name=values[mark].name)]})


def same_scopes(work: Work, given: Given, version: ArticleVersion) -> bool:
    """Whether a version applies exactly where it shall."""
    return scopes_wanted(work, given, version) == settled(work.session, version.scopes or "")


def add_unknown(work: Work, given: Given) -> list[str]:
    """Add the values that names in it stand for and that nobody knows yet, for who may; returns the new names."""
    added: list[str] = []
    for dimension, names in given.items() if isinstance(given, Mapping) else ():
        try:
            marks_named(work.session, dimension, names)
        except UnknownValue as error:
            for name in error.unknown:
                add_value(work, dimension=Dimension(dimension), name=name)
                added.append(name)
    return added
