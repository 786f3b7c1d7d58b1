"""Records and clauses as rows of sheets, in the language of packs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from kmsvc.convert.export import Cell
from kmsvc.core.i18n import local
from kmsvc.core.texts import N_
from kmsvc.standards.evidence.queries import CoverRow
from kmsvc.standards.evidence.register import KINDS
from kmsvc.standards.evidence.rules import Cover, EvidenceRecord
from kmsvc.standards.evidence.showing import EACH, OF_CENTRE
from kmsvc.standards.models.models import Clause
from kmsvc.standards.packs.tongue import Tongue

HEAD = (N_("Day"), N_("Kind"), N_("Number"), N_("Title"), N_("What it concerns"), N_("Result"), N_("Who"), N_("Recorded at"))
STANDARD = (N_("Clause"), N_("Section"), N_("What it asks for"), N_("Asked for"), N_("Records"), N_("State"), N_("Without proof"),
            N_("Which records"))
MOST_NAMED = 200
"""records a cell names; the others are counted"""


def cells(one: EvidenceRecord, zone: str, say: Tongue) -> list[Cell]:
    """A record as cells under HEAD."""
    title = say(one.title_label) if one.title_label else one.title
    return [one.happened_on, say(KINDS[one.kind].label), one.number, title, one.subject, say(one.result_label or one.result), one.who,
            local(one.recorded_at, zone).strftime("%Y-%m-%d %H:%M")]


def shown(one: EvidenceRecord, zone: str, say: Tongue) -> list[str]:
    """The same as texts."""
    return ["" if cell is None else str(cell) for cell in cells(one, zone, say)]


def records(found: Iterable[EvidenceRecord], zone: str, say: Tongue) -> tuple[list[str], list[list[Cell]]]:
    """Heads and rows of a sheet: what all records have, then the columns of their kinds."""
    held = list(found)
    more: Mapping[str, str] = {name: label for kind in sorted({one.kind for one in held}) for name, label in KINDS[kind].more.items()}
    return [say(one) for one in (*HEAD, *more.values())], [
        [*cells(one, zone, say), *(_plain(one.more.get(name)) for name in more)] for one in held]


def _plain(value: Any) -> Cell:
    return value if value is None or isinstance(value, str | int | float | date) else str(value)


def asked_for(cover: Cover, say: Tongue) -> str:
    """What a clause asks for in a year, in words."""
    return "; ".join(say(EACH[line.rule.for_each] if line.rule.for_each else OF_CENTRE) % {
        "n": line.rule.at_least, "kinds": say.mark.join(say(KINDS[kind].label) for kind in line.rule.kinds), "found": line.found,
        "subjects": line.subjects} for line in cover.lines if line.asks)


def lacking(cover: Cover) -> list[str]:
    """Numbers of what has no proof."""
    return [one.number for line in cover.lines if line.rule.at_least for one in line.lacking if one.number]


def standard(clauses: Sequence[Clause], rows: Sequence[CoverRow], bearing: Mapping[str, Sequence[EvidenceRecord]],
             say: Tongue) -> tuple[list[str], list[list[Cell]]]:
    """Every clause in the standard's own order: gist, rule, count, whether it is covered, and its records by number."""
    found: list[list[Cell]] = []
    for clause, row in zip(clauses, rows, strict=True):
        held = [one.number for one in bearing.get(clause.name, ())] if clause.sub is None or clause.name in bearing else [
            one.number for one in bearing.get(str(clause.no), ()) if clause.name in one.clauses]
        named = ", ".join(held[:MOST_NAMED])
        if len(held) > MOST_NAMED:
            more = say(N_("and %(n)s more")) % {"n": len(held) - MOST_NAMED}
            named = f"{named} {more}"
        found.append([clause.name, clause.section, say.title(clause), asked_for(row.cover, say), len(held), say(row.cover.state.label),
                      ", ".join(lacking(row.cover)), named])
    return [say(one) for one in STANDARD], found
