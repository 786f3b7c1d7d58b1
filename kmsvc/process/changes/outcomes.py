"""What each record of a change says in a word or two, for the fifteen rows: its name, and the verdict or result it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.texts import Labelled
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import unit_names
from kmsvc.process.changes.enums import Capacity, VerdictKind
from kmsvc.process.changes.models import Assistant, Change, Comment, Research, Signature, Verdict
from kmsvc.process.changes.records import SAMPLE_MARKS, TAUGHT_MARKS
from kmsvc.process.fieldwork.models import FeedbackItem, PlanLine, Sample, SitIn
from kmsvc.process.fieldwork.rules import FeedbackRoute, SampleResult, TaughtVerdict

VERDICT_MARKS = {VerdictKind.AGREE: "ok"}
LONGEST = 40


@dataclass(frozen=True)
class Outcome:
    """One record in short. title: a contact, a course, the first words; word: what it says, with the kind of its mark."""

    title: str
    mark: str = ""
    word: Labelled | None = None


Outcomes = Mapping[tuple[str, int], Outcome]
"""(kind of record, id) -> the record in short"""


def outcomes_of(session: Session, change: Change) -> Outcomes:
    """Every record of a change in short."""
    def rows(model: Any) -> Any:
        return session.scalars(select(model).where(model.change_id == change.id)).all()

    assistants, lines = rows(Assistant), {line.id: line for line in rows(PlanLine)}
    who = names(session, [row.person_id for row in assistants])
    units = unit_names(session)
    found: dict[tuple[str, int], Outcome] = {}
    for line in lines.values():
        found["plan_line", line.id] = Outcome(line.course)
    for sit in rows(SitIn):
        taught = TaughtVerdict(sit.verdict)
        found["sit_in", sit.id] = Outcome(lines[sit.line_id].course if sit.line_id in lines else "", TAUGHT_MARKS[taught], taught)
    for sample in rows(Sample):
        result = SampleResult(sample.result)
        found["sample", sample.id] = Outcome(sample.contact, SAMPLE_MARKS[result], result)
    for item in rows(FeedbackItem):
        found["feedback_item", item.id] = Outcome(_short(item.text), "go", FeedbackRoute(item.route) if item.route else None)
    for verdict in rows(Verdict):
        kind = VerdictKind(verdict.verdict)
        found["verdict", verdict.id] = Outcome("", VERDICT_MARKS.get(kind, "warn"), kind)
    for signature in rows(Signature):
        found["signature", signature.id] = Outcome("", "ok", Capacity(signature.capacity))
    for row in assistants:
        found["assistant", row.id] = Outcome(" · ".join(filter(None, (who.get(row.person_id), units.get(row.unit_id)))))
    found |= {("comment", row.id): Outcome(_short(row.text)) for row in rows(Comment)}
    found |= {("research", row.id): Outcome(_short(row.present_state)) for row in rows(Research)}
    return found


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "\u2026"
