"""A row of a list of what hurts: year, source, subject, how often, where from. The columns are those of the export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kmsvc.convert.columns import meaning_of
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled, compared
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.taking import RowSort, Taken
from kmsvc.training.needs import planning
from kmsvc.training.needs.models import NeedEntry
from kmsvc.training.needs.permissions import PLAN_YEAR
from kmsvc.training.needs.plan_queries import entry_lines
from kmsvc.training.needs.rules import LONGEST, SourceKind

EVERYTHING = 1_000_000
HEAD = (N_("Year"), N_("Source of the need"), N_("What hurts"), N_("How often"), N_("Where it is known from"))


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Enter one row; the same subject of a source and year is put as said."""
    subject, note = " ".join(values.get("subject", "").split()), values.get("note", "").strip() or None
    source = meaning_of("need_source", values.get("source", "")) or ""
    year, count = _whole(values.get("year", ""), "year"), _whole(values.get("count", ""), "count")
    if not subject or len(subject) > LONGEST["subject"]:
        raise InvalidInput({"subject": [N_("A subject of 1 to 200 characters is needed.")]})
    if source not in set(SourceKind):
        raise InvalidInput({"source": [Filled(N_("“%(word)s” is no source."), word=values.get("source", "")[:40])]})
    if not 2000 <= year <= 2200:
        raise InvalidInput({"year": [N_("This is no year.")]})
    if note and len(note) > LONGEST["purpose"]:
        raise InvalidInput({"note": [N_("This text is too long.")]})
    held = work.session.scalars(select(NeedEntry).where(
        NeedEntry.year == year, NeedEntry.source == source, NeedEntry.subject_key == compared(subject),
        NeedEntry.removed_at.is_(None)).order_by(NeedEntry.id)).first()
    changes = () if held is None else tuple(
        name for name, differs in (("count", held.count != count), ("note", note is not None and note != held.note)) if differs)
    if held is None or changes:
        planning.add_entry(work, year=year, source=source, subject=subject, count=count, note=note)
    again = dry_run and held is None and f"{year} {source} {compared(subject)}" in before
    before[f"{year} {source} {compared(subject)}"] = "e"
    outcome = "updated" if changes or again else "created" if held is None else "unchanged"
    return Taken(outcome, subject, changes)


def _whole(text: str, field: str) -> int:
    text = text.strip().removesuffix(".0")
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise InvalidInput({field: [Filled(N_("“%(word)s” is no whole number."), word=text[:40])]})
    return int(text)


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All entries as rows of the export."""
    found, _ = entry_lines(work.session, work.actor, limit=EVERYTHING)
    return [(one.year, say(SourceKind(one.source)), one.subject, one.count, one.note) for one in found]


ENTRIES = RowSort("needs", PLAN_YEAR, take, HEAD, lines, columns=(
    ("subject", HEAD[2], N_("The process, knowledge or skill in which errors happen, needed.")),
    ("source", HEAD[1], N_("Where it is known from: QA errors, indicators, failed questions, word of managers …")),
    ("year", HEAD[0], N_("In which year, as 2026.")),
    ("count", HEAD[3], N_("How often, a whole number.")),
    ("note", HEAD[4], N_("The report, period or figure behind it."))),
    place="/training/needs/entries", title=N_("What hurts"))
