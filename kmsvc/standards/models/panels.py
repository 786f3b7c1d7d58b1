"""What stands beside a clause and beside a standard, added by the parts of the service that know it: duties, records, audits.

    register("duties", 10, N_("Duties of this year"), clause=show)

`show(work, clause, model, today)` gives a `Panel`, or None where this caller may not see it or there is nothing to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from kmsvc.core.work import Work
from kmsvc.standards.models.models import Clause, StandardModel


@dataclass(frozen=True)
class PanelRow:
    """A line of a panel, said in the reader's language. mark: kind of mark and its word."""

    words: str
    url: str = ""
    meta: str = ""
    mark: tuple[str, str] | None = None


@dataclass(frozen=True)
class Panel:
    """What a part knows. said: one sentence over the rows; nothing: what is said where there are none; doors: (word, address)."""

    rows: Sequence[PanelRow] = ()
    said: str = ""
    nothing: str = ""
    doors: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Source:
    """A part that adds panels. label: English source of the heading."""

    name: str
    place: int
    label: str
    clause: Callable[[Work, Clause, StandardModel, date], Panel | None] | None = None
    model: Callable[[Work, StandardModel, date], Panel | None] | None = None


SOURCES: dict[str, Source] = {}


@dataclass(frozen=True)
class Shown:
    """A panel with its heading."""

    name: str
    label: str
    panel: Panel


def register(name: str, place: int, label: str, *, clause: Callable[[Work, Clause, StandardModel, date], Panel | None] | None = None,
             model: Callable[[Work, StandardModel, date], Panel | None] | None = None) -> None:
    """Add a part; the last word wins so that a module may be loaded again."""
    SOURCES[name] = Source(name, place, label, clause, model)


def of_clause(work: Work, clause: Clause, model: StandardModel, today: date) -> list[Shown]:
    """The panels of a clause, in their order."""
    found = ((one, one.clause(work, clause, model, today)) for one in _ordered() if one.clause is not None)
    return [Shown(one.name, one.label, panel) for one, panel in found if panel is not None]


def of_model(work: Work, model: StandardModel, today: date) -> list[Shown]:
    """The panels of a standard, in their order."""
    found = ((one, one.model(work, model, today)) for one in _ordered() if one.model is not None)
    return [Shown(one.name, one.label, panel) for one, panel in found if panel is not None]


def _ordered() -> list[Source]:
    return sorted(SOURCES.values(), key=lambda one: (one.place, one.name))
