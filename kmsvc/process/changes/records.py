"""The rows recorded on the way, each with an address of its own: plan lines, sit-ins, samples, feedback items, notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.core.texts import N_, Labelled
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.models import Unit
from kmsvc.process.changes.enums import Capacity, VerdictKind
from kmsvc.process.changes.models import Assistant, Change, Comment, Research, Signature, Verdict
from kmsvc.process.definitions.models import ProcessVersion
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine, Sample, SitIn
from kmsvc.process.fieldwork.rules import (
    FeedbackRoute,
    FeedbackSource,
    SampleResult,
    TaughtVerdict,
    plain_contact,
)
from kmsvc.process.fieldwork.teaching import taught

LABELS = {
    "plan_line": N_("Training session"), "sit_in": N_("Sit-in"), "sample": N_("Sample"),
    "feedback_item": N_("Feedback item"), "research": N_("Research note"), "verdict": N_("Verdict"),
    "signature": N_("Signature"), "comment": N_("Comment"), "assistant": N_("Assistant"),
}
TAUGHT_MARKS = {TaughtVerdict.RIGHT: "ok", TaughtVerdict.GAPS: "warn", TaughtVerdict.TEXT_UNCLEAR: "bad"}
SAMPLE_MARKS = {SampleResult.FOLLOWED: "ok", SampleResult.NOT_FOLLOWED: "bad", SampleResult.NOT_APPLICABLE: "off"}
ICONS = {"plan_line": "cap", "sit_in": "ear", "sample": "eye", "feedback_item": "chat"}

Value = str | date | datetime | Labelled | int | None


@dataclass(frozen=True)
class RecordCard:
    """One record. rows: (English label, value); texts: (English label, long text); people: names of those it concerns."""

    kind: str
    id: int
    title: str
    rows: tuple[tuple[str, Value], ...]
    texts: tuple[tuple[str, str | None], ...]
    people: tuple[str, ...]
    person: str
    at: datetime


@dataclass(frozen=True)
class RecordLine:
    """One field record in the list of a change. state: kind of mark and its word; old: of an earlier round; again: a sample
    of a contact that was sampled before in the same round."""

    kind: str
    id: int
    title: str
    note: str
    mark: str
    word: Labelled | str
    on: date
    old: bool
    again: bool = False


def record_card(session: Session, change: Change, kind: str, record_id: int) -> RecordCard:
    """One record of this change, or NotFound; whoever may see the change may see its records."""
    model, make = _KINDS.get(kind, (None, None))
    row: Any = session.get(model, record_id) if model is not None else None
    if row is None or make is None or row.change_id != change.id:
        raise NotFound()
    made: RecordCard = make(session, row)
    return made


def field_records(session: Session, change: Change) -> list[RecordLine]:
    """Plan lines, sit-ins, samples and feedback items of a change, in the order they were recorded."""
    visit = change.visit(9)
    found = [RecordLine("plan_line", row.id, row.course, "", "info", N_("planned"), row.held_on, row.visit != visit)
             for row in _all(session, PlanLine, change)]
    for sit in _all(session, SitIn, change):
        verdict = TaughtVerdict(sit.verdict)
        found.append(RecordLine("sit_in", sit.id, sit.questions or "", "", TAUGHT_MARKS[verdict], verdict, sit.held_on,
                                sit.visit != visit))
    seen: set[tuple[int, str]] = set()
    for sample in _all(session, Sample, change):
        which = sample.visit, plain_contact(sample.contact)
        result = SampleResult(sample.result)
        found.append(RecordLine("sample", sample.id, sample.contact, sample.note or "", SAMPLE_MARKS[result], result,
                                sample.contacted_on, sample.visit != visit, which in seen))
        seen.add(which)
    for item in _all(session, FeedbackItem, change):
        mark, word = (("ok", N_("answered")) if item.answered_at else
                      ("go", FeedbackRoute(item.route)) if item.route else ("warn", N_("no route yet")))
        found.append(RecordLine("feedback_item", item.id, item.text, item.answer or "", mark, word,
                                item.recorded_at.date(), False))
    return found


def _all(session: Session, model: Any, change: Change) -> Any:
    return session.scalars(select(model).where(model.change_id == change.id).order_by(model.id))


def _who(session: Session, person_id: int | None) -> str:
    return names(session, [person_id]).get(person_id or 0, "")


def _version(session: Session, version_id: int | None) -> str | None:
    version = session.get(ProcessVersion, version_id) if version_id else None
    return f"V{version.label}" if version else None


def _published_as(session: Session, row: Signature) -> str | None:
    """The label the signed text got once both had signed; a signed V2.3 is published as V3.0."""
    final = session.scalars(select(ProcessVersion).where(
        ProcessVersion.change_id == row.change_id, ProcessVersion.content_hash == row.content_hash,
        ProcessVersion.minor == 0, ProcessVersion.id > row.version_id).order_by(ProcessVersion.id)).first()
    return f"V{final.label}" if final else None


def _plan_line(session: Session, row: PlanLine) -> RecordCard:
    people = {person.id: person.name for person in session.scalars(select(Person).where(
        Person.id.in_([one.person_id for one in row.people])))}
    unit = session.get(Unit, row.unit_id) if row.unit_id else None
    return RecordCard("plan_line", row.id, row.course, (
        (N_("Day of the session"), row.held_on), (N_("Trainer"), _who(session, row.trainer_id)),
        (N_("Only people of this unit"), unit.name if unit else None), (N_("Version"), _version(session, row.version_id)),
        (N_("Material"), row.material), (N_("Exam"), row.exam), (N_("Training plan"), _plan(session, row)),
        (N_("People planned"), len(row.people))),
        (), tuple(people[one.person_id] for one in row.people if one.person_id in people),
        _who(session, row.planned_by_id), row.recorded_at)


def _plan(session: Session, row: PlanLine) -> str:
    held = taught(session, [row.plan_id]).get(row.plan_id) if row.plan_id is not None else None
    return f"{held.number} {held.title}" if held else N_("entered by hand")


def _session(session: Session, line: PlanLine | None, session_id: int | None) -> str | None:
    plans = taught(session, [line.plan_id]) if line is not None and line.plan_id is not None and session_id is not None else {}
    return next((one.number for plan in plans.values() for one in plan.sessions if one.id == session_id), None)


def _sit_in(session: Session, row: SitIn) -> RecordCard:
    line = session.get(PlanLine, row.line_id)
    return RecordCard("sit_in", row.id, line.course if line else "", (
        (N_("Day of the session"), row.held_on), (N_("Taught right?"), TaughtVerdict(row.verdict)),
        (N_("Training"), line.course if line else None), (N_("Session"), _session(session, line, row.session_id))),
        ((N_("Questions asked"), row.questions),), (),
        _who(session, row.person_id), row.recorded_at)


def _sample(session: Session, row: Sample) -> RecordCard:
    return RecordCard("sample", row.id, row.contact, (
        (N_("Contact"), row.contact), (N_("Day of the contact"), row.contacted_on),
        (N_("Followed?"), SampleResult(row.result))), ((N_("Note"), row.note),), (), _who(session, row.person_id),
        row.recorded_at)


def _feedback(session: Session, row: FeedbackItem) -> RecordCard:
    return RecordCard("feedback_item", row.id, row.text[:80], (
        (N_("Source"), FeedbackSource(row.source)), (N_("Route"), FeedbackRoute(row.route) if row.route else None),
        (N_("Answered by"), _who(session, row.answered_by_id)), (N_("Answered"), row.answered_at)),
        ((N_("What QA or the test says"), row.text), (N_("Answer"), row.answer)), (), _who(session, row.person_id),
        row.recorded_at)


def _research(session: Session, row: Research) -> RecordCard:
    return RecordCard("research", row.id, row.present_state[:80], (), (
        (N_("Present state"), row.present_state), (N_("Gap"), row.gap), (N_("Risk"), row.risk),
        (N_("Parties"), row.parties)),
        (), _who(session, row.person_id), row.recorded_at)


def _verdict(session: Session, row: Verdict) -> RecordCard:
    return RecordCard("verdict", row.id, _who(session, row.person_id), (
        (N_("Verdict"), VerdictKind(row.verdict)), (N_("Version"), _version(session, row.version_id))), (), (),
        _who(session, row.person_id), row.at)


def _signature(session: Session, row: Signature) -> RecordCard:
    return RecordCard("signature", row.id, _who(session, row.person_id), (
        (N_("Signed as"), Capacity(row.capacity)), (N_("Version"), _version(session, row.version_id)),
        (N_("Published as"), _published_as(session, row)),
        (N_("Meaning"), N_("Agrees that this text is released")), (N_("Hash of the text shown"), row.content_hash)),
        ((N_("Comment"), row.comment),), (), _who(session, row.person_id), row.at)


def _comment(session: Session, row: Comment) -> RecordCard:
    return RecordCard("comment", row.id, row.text[:80], (
        (N_("Version"), _version(session, row.version_id)), (N_("Answered by"), _who(session, row.answered_by_id)),
        (N_("Answered"), row.answered_at)), ((N_("Comment"), row.text), (N_("Answer"), row.answer)), (),
        _who(session, row.person_id), row.at)


def _assistant(session: Session, row: Assistant) -> RecordCard:
    unit = session.get(Unit, row.unit_id)
    words = {"named": N_("asked"), "accepted": N_("accepted"), "declined": N_("declined"), "replaced": N_("replaced")}
    return RecordCard("assistant", row.id, _who(session, row.person_id), (
        (N_("Unit"), unit.name if unit else None), (N_("Assistant"), _who(session, row.person_id)),
        (N_("State"), words[row.state]), (N_("Answered"), row.answered_at)), (), (), _who(session, row.person_id),
        row.named_at)


_KINDS: dict[str, tuple[Any, Callable[[Session, Any], RecordCard]]] = {
    "plan_line": (PlanLine, _plan_line), "sit_in": (SitIn, _sit_in), "sample": (Sample, _sample),
    "feedback_item": (FeedbackItem, _feedback), "research": (Research, _research), "verdict": (Verdict, _verdict),
    "signature": (Signature, _signature), "comment": (Comment, _comment), "assistant": (Assistant, _assistant),
}
