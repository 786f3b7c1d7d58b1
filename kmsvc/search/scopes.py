"""Where a text applies: values of a few dimensions, and what a choice among them lets through.

A text names values as marks, `product.3`; without one in a dimension it applies to all of that dimension and passes every
choice in it. Whoever keeps the values fills the register here; search knows no keeper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kmsvc.core.texts import compared

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DIMENSIONS = ("product", "region", "channel", "customer")
"""as addresses, forms and columns of sheets name them; what they are called says who keeps the values"""
Marks = tuple[str, ...]
Wanted = tuple[tuple[str, frozenset[str]], ...]
"""(dimension, marks of which one is enough), in the order of dimensions; dimensions that are not narrowed are left out"""


def mark_of(dimension: str, value_id: int) -> str:
    """How a text names a value."""
    return f"{dimension}.{value_id}"


def dimension_of(mark: str) -> str:
    """The dimension a mark belongs to."""
    return mark.partition(".")[0]


def packed(marks: Iterable[str]) -> str:
    """Marks as a column holds them: `,channel.2,product.3,`; empty for a text that applies everywhere."""
    found = sorted(set(marks), key=_place)
    return f",{','.join(found)}," if found else ""


def unpacked(text: str) -> Marks:
    """The marks in such a column."""
    return tuple(part for part in text.split(",") if part)


def _place(mark: str) -> tuple[str, int]:
    name, _, number = mark.partition(".")
    return name, int(number)


def passes(marks: Iterable[str], wanted: Wanted) -> bool:
    """Whether a text with these marks applies to what is wanted: to one of the values in each dimension, or to all of it."""
    held = tuple(marks)
    for dimension, values in wanted:
        own = [mark for mark in held if dimension_of(mark) == dimension]
        if own and values.isdisjoint(own):
            return False
    return True


@dataclass(frozen=True)
class Value:
    """One product, region, channel or kind of customer. in_use: offered to authors and searchers."""

    id: int
    dimension: str
    name: str
    name_en: str
    in_use: bool

    @property
    def mark(self) -> str:
        """How texts name it."""
        return mark_of(self.dimension, self.id)

    def called(self, language: str) -> str:
        """Its name in a language."""
        return (self.name_en or self.name) if language.startswith("en") else self.name


@dataclass(frozen=True)
class Register:
    """All values. Never changed.

    labels: dimension -> English source of its name, in order. values: by mark, in the order they are kept; those that were merged
    are not among them: merged says what they are now. older: value -> the marks that mean it too. names: (dimension, name as it is
    compared) -> mark.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    older: Mapping[str, Marks] = field(default_factory=dict)
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def named(self, dimension: str, word: str) -> str | None:
        """The mark behind a name in either language, or an id."""
        found = self.names.get((dimension, compared(word)))
        if found is None and word.isdecimal() and len(word) < 10:
            found = next(iter(self.settled((mark_of(dimension, int(word)),))), None)
        return found

    def settled(self, marks: Iterable[str]) -> Marks:
        """Marks as they count today: of merged values what they are now, unknown ones left out, in the order of the register."""
        now = {self.merged.get(mark, mark) for mark in marks}
        return tuple(mark for mark in self.values if mark in now) if now else ()

    def wanted(self, marks: Iterable[str]) -> Wanted:
        """A choice as the search asks for it, with the marks that older texts may still use."""
        chosen: dict[str, set[str]] = {}
        for mark in self.settled(marks):
            chosen.setdefault(dimension_of(mark), set()).update((mark, *self.older.get(mark, ())))
        return tuple((name, frozenset(chosen[name])) for name in self.labels if name in chosen)

    def offered(self, dimension: str, chosen: Iterable[str] = ()) -> list[Value]:
        """What can be chosen in a dimension, and what is chosen already."""
        held = set(chosen)
        return [one for one in self.values.values() if one.dimension == dimension and (one.in_use or one.mark in held)]

    def spoken(self, marks: Iterable[str], language: str) -> list[str]:
        """The names of values in a language."""
        return [self.values[mark].called(language) for mark in self.settled(marks)]

    def counts(self, held: Mapping[str, int], everywhere: Mapping[str, int], total: int, more: int = 0) -> dict[str, int]:
        """Mark -> how many texts a choice of it lets through. held: by mark, how many name it; everywhere: by dimension, how many
        name none of it, all of total where nothing names one; more: texts beside those counted that apply everywhere."""
        found = {mark: everywhere.get(one.dimension, total) + more for mark, one in self.values.items()}
        for mark, count in held.items():
            now = self.merged.get(mark, mark)
            if now in found:
                found[now] += count
        return found


def tally(texts: Sequence[Iterable[str]], dimensions: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Of texts by their marks: how many name each mark, and how many name none of each dimension."""
    held: dict[str, int] = {}
    everywhere = dict.fromkeys(dimensions, 0)
    for marks in texts:
        own = set(marks)
        for mark in own:
            held[mark] = held.get(mark, 0) + 1
        named = {dimension_of(mark) for mark in own}
        for name in everywhere:
            everywhere[name] += name not in named
    return held, everywhere


NOTHING = Register()
Provider = Callable[["Session"], Register]
_provider: list[Provider] = []


def provide(provider: Provider) -> None:
    """Say who keeps the values; the last word wins so that a module may be loaded again."""
    _provider[:] = [provider]


def register_of(session: Session) -> Register:
    """All values in the state this session sees."""
    return _provider[0](session) if _provider else NOTHING
