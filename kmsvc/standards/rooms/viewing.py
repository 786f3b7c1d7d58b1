"""What is seen in a room: the tree of clauses with their counts, one clause with its population, all as of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.standards.evidence import queries as proof
from kmsvc.standards.evidence.permissions import SEE_EVIDENCE
from kmsvc.standards.evidence.queries import CoverRow, covered, gathered, rules_of
from kmsvc.standards.evidence.register import SUBJECTS, Span
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord
from kmsvc.standards.models.models import Clause, Section, StandardModel
from kmsvc.standards.models.queries import clauses_of, model_by_code, sections_of
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.rooms.models import Room
from kmsvc.standards.rooms.queries import marks_of, samples_of
from kmsvc.standards.rooms.rules import Item, RoomFinding

NO_RECORD = "no_record"


@dataclass(frozen=True)
class TreeLine:
    """A line of the tree. kind: section or clause; depth 1 to 3; met, asked: clauses that are proven, of those of which anything is
    asked; cover, mark: of a clause."""

    kind: str
    name: str
    title_zh: str
    title_en: str
    depth: int
    met: int = 0
    asked: int = 0
    cover: CoverRow | None = None
    mark: str = RoomFinding.NONE.value


@dataclass(frozen=True)
class Seen:
    """A room as of a day: its clauses with how they are covered, and every record that bears one of them."""

    room: Room
    model: StandardModel
    span: Span
    clauses: Sequence[Clause]
    sections: Sequence[Section]
    rows: Mapping[str, CoverRow]
    records: Sequence[EvidenceRecord]


def proof_reader(actor: Actor) -> Actor:
    """The caller with the right to read proof: the scope of the room is what narrows it. Never handed to a door."""
    return replace(actor, permissions=actor.permissions | {SEE_EVIDENCE.name, MAKE_PACK.name})


def in_scope(room: Room, clauses: Sequence[Clause]) -> list[Clause]:
    """The clauses a room is about: those named, with their sub-items; all where none is named."""
    named = set(room.clauses)
    return [one for one in clauses if not named or one.name in named or str(one.no) in named]


def seen(session: Session, actor: Actor, room: Room, as_of: date, zone: str) -> Seen:
    """A room as of a day."""
    model = model_by_code(session, room.model)
    if model is None:
        raise NotFound()
    clauses = in_scope(room, clauses_of(session, model.id))
    span = proof.year_span(room.year, as_of, zone)
    held = {one.name for one in clauses}
    records = [one for one in proof.borne(session, model, gathered(session, proof_reader(actor), span))
               if held.intersection(one.clauses)]
    rows = {one.clause: one for one in covered(session, model.code, clauses, records, span)}
    return Seen(room, model, span, clauses, sections_of(session, model.id), rows, records)


def tree(session: Session, it: Seen, *, q: str | None = None, gaps: bool = False, sampled: bool = False) -> list[TreeLine]:
    """The clauses under their sections, narrowed; sections without a clause that fits are left out."""
    marks = marks_of(session, it.room.id)
    drawn = {one.clause for one in samples_of(session, it.room.id)}
    typed = (q or "").strip().lstrip("#").casefold()
    fitting = [one for one in it.clauses if (not typed or typed == one.name or typed in one.title_zh.casefold()
                                             or typed in one.title_en.casefold())
               and (not gaps or it.rows[one.name].cover.state is CoverState.MISSING) and (not sampled or one.name in drawn)]
    found = []
    for section in it.sections:
        under = [one for one in it.clauses if one.sub is None and (one.section == section.number
                                                                 or one.section.startswith(f"{section.number}."))]
        asked = [one for one in under if it.rows[one.name].cover.state in (CoverState.MET, CoverState.MISSING)]
        own = [one for one in fitting if one.section == section.number]
        if not any(one.section == section.number or one.section.startswith(f"{section.number}.") for one in fitting):
            continue
        found.append(TreeLine("section", section.number, section.title_zh, section.title_en, min(section.number.count(".") + 1, 3),
                              sum(it.rows[one.name].cover.state is CoverState.MET for one in asked), len(asked)))
        for one in own:
            mark = marks.get((one.name, ""))
            found.append(TreeLine("clause", one.name, one.title_zh, one.title_en, 4, cover=it.rows[one.name],
                                  mark=mark.mark if mark is not None else RoomFinding.NONE.value))
    return found


def judged(session: Session, it: Seen) -> int:
    """How many clauses of the room have a word on them."""
    marks = marks_of(session, it.room.id)
    return sum(1 for one in it.clauses if one.sub is None and (found := marks.get((one.name, ""))) is not None
               and found.mark != RoomFinding.NONE)


def clause_in(it: Seen, name: str) -> Clause:
    """A clause of the room, or NotFound."""
    found = next((one for one in it.clauses if one.name == name), None)
    if found is None:
        raise NotFound()
    return found


def _of(one: EvidenceRecord, kind: str) -> int:
    if kind == "process":
        return one.process_id or 0
    return one.about[1] if one.about is not None and one.about[0] == kind else 0


def bearing(it: Seen, name: str) -> list[EvidenceRecord]:
    """The records that prove a clause: its own and those of its sub-items."""
    return [one for one in it.records if any(held == name or held.startswith(f"{name}.") for held in one.clauses)]


def population(session: Session, it: Seen, clause: Clause) -> list[Item]:
    """Everything a clause is about in the year: each subject its rules ask of, with its record or without, then other records."""
    held = bearing(it, clause.name)
    items: list[Item] = []
    used: set[tuple[str, int]] = set()
    lacking = {asked.number for line in it.rows[clause.name].cover.lines for asked in line.lacking if asked.number}
    for kind in dict.fromkeys(rule.for_each for rule in rules_of(it.model.code, clause, it.span) if rule.for_each is not None):
        kinds = {name for rule in rules_of(it.model.code, clause, it.span) if rule.for_each == kind for name in rule.kinds}
        for subject_id, asked in sorted(SUBJECTS[kind](session, it.span).items() if kind in SUBJECTS else ()):
            its = [one for one in held if one.kind in kinds and _of(one, kind) == subject_id]
            used |= {(one.kind, one.id) for one in its}
            items.append(_item(f"{kind}:{subject_id}", asked.number, asked.title, its, asked.number in lacking))
    items += [_item(f"{one.kind}:{one.id}", one.number, one.title, [one], False) for one in held
              if (one.kind, one.id) not in used]
    return items


def _item(key: str, number: str, title: str, records: Sequence[EvidenceRecord], lacks: bool) -> Item:
    last = records[-1] if records else None
    if last is None:
        return Item(key, number, title, None, NO_RECORD, "", "", (), lacks)
    return Item(key, number, title, last.happened_on, last.result, last.result_label or last.result, last.who or "",
                tuple((one.kind, one.id) for one in records), lacks,
                last.title_label or "" if len(records) == 1 and title == last.title else "")


def records_of(it: Seen, item: Item) -> list[EvidenceRecord]:
    """The records of a thing as they stand on the day that is shown."""
    wanted = set(item.records)
    return [one for one in it.records if (one.kind, one.id) in wanted]


def later(session: Session, actor: Actor, it: Seen, today: date) -> int:
    """How many records came in after the day that is shown."""
    if it.span.as_of >= today:
        return 0
    return len(seen(session, actor, it.room, today, it.span.zone).records) - len(it.records)


def scope_json(room: Room) -> dict[str, Any]:
    """What a room is about, as JSON."""
    return {"model": room.model, "year": room.year, "clauses": list(room.clauses), "as_of": room.as_of, "from_on": room.from_on,
            "until_on": room.until_on}
