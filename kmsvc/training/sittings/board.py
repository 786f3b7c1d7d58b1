"""Who watches an exam: where everybody on its list stands, and the protocol of what happened. Neither holds an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_, Labelled
from kmsvc.people.accounts.queries import names
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.rules import Extra, seconds_for
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings import rules
from kmsvc.training.sittings.models import Answer, FocusLossRow, Sitting, SittingDevice, SittingItem
from kmsvc.training.sittings.permissions import WATCH
from kmsvc.training.sittings.queries import given_counts
from kmsvc.training.sittings.rules import FocusLoss, FocusSummary, SittingState, Stand
from kmsvc.training.sittings.timing import counting_at, pause_of, until

NOTHING = FocusSummary(0, 0, 0)
_SUBJECT = "training_sitting"


@dataclass(frozen=True)
class BoardLine:
    """Somebody on the list of an exam. sitting_id None: not begun; heard_at: when the server last heard of a window of theirs; left_s:
    seconds left while sitting; length_s: with extra time; more_s: granted while sitting; copied: attempts to copy or print."""

    person_id: int
    name: str
    room: str | None
    length_s: int
    stand: Stand
    sitting_id: int | None = None
    state: str | None = None
    attempt: int = 0
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    heard_at: datetime | None = None
    ends_at: datetime | None = None
    left_s: int = 0
    more_s: int = 0
    given: int = 0
    asked: int = 0
    devices: int = 0
    focus: FocusSummary = NOTHING
    copied: int = 0


@dataclass(frozen=True)
class Board:
    """An exam while it is sat. paused_since: it stands still since then; rooms: those people sit in; counts: how many stand where, of
    everybody on the list; lines: those that fit, by name."""

    exam_id: int
    number: str
    title: str
    opens_at: datetime
    closes_at: datetime
    at: datetime
    released: bool
    published: bool
    paused_since: datetime | None
    rooms: tuple[str, ...]
    people: int
    counts: dict[Stand, int]
    lines: tuple[BoardLine, ...]

    @property
    def running(self) -> int:
        """How many sit it now."""
        return self.counts[Stand.SITTING] + self.counts[Stand.GONE]


def watched(session: Session, actor: Actor, exam_id: int) -> Exam:
    """An exam that can be watched; NotFound for one that is planned or not there."""
    require(actor, WATCH)
    row = session.get(Exam, exam_id)
    if row is None or row.state == ExamState.DRAFT:
        raise NotFound()
    return row


def board(session: Session, actor: Actor, exam_id: int, now: datetime, *, q: str | None = None, stand: str | None = None) -> Board:
    """Where everybody stands. q: part of a name or of a room; stand: only who stands there."""
    exam = watched(session, actor, exam_id)
    lines = _lines(session, exam, now)
    counts = {one: sum(line.stand == one for line in lines) for one in Stand}
    still = pause_of(session, exam_id)
    shown = tuple(line for line in lines if (not stand or line.stand == stand) and (not q or _said(line, q.lower())))
    return Board(exam.id, exam.number, exam.title, exam.opens_at, exam.closes_at, now,
                 exam.state in (ExamState.RELEASED, ExamState.FINAL), exam.state == ExamState.PUBLISHED,
                 still.paused_at if still is not None else None, tuple(sorted({line.room for line in lines if line.room})), len(lines),
                 counts, shown)


def _said(line: BoardLine, words: str) -> bool:
    return words in line.name.lower() or words in (line.room or "").lower()


def _lines(session: Session, exam: Exam, now: datetime) -> list[BoardLine]:
    candidates = list(session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == exam.id).order_by(ExamCandidate.id)))
    latest = {row.person_id: row for row in session.scalars(select(Sitting).where(Sitting.exam_id == exam.id).order_by(
        Sitting.attempt, Sitting.id))}
    who = names(session, [one.person_id for one in candidates])
    facts = _Facts(session, exam.id)
    lines = [_line(one, who.get(one.person_id, "—"), exam, latest.get(one.person_id), facts, now) for one in candidates]
    return sorted(lines, key=lambda line: (line.name, line.person_id))


class _Facts:
    """What is counted of all sittings of an exam at once."""

    def __init__(self, session: Session, exam_id: int) -> None:
        def per(query: Any) -> dict[int, Any]:
            rows = session.execute(query.where(Sitting.exam_id == exam_id)).all()
            return {row[0]: row[1] if len(row) == 2 else row for row in rows}
        self.given = given_counts(session, Sitting.exam_id == exam_id)
        self.asked = per(select(SittingItem.sitting_id, func.count(SittingItem.id)).join(
            Sitting, Sitting.id == SittingItem.sitting_id).group_by(SittingItem.sitting_id))
        self.answered = per(select(Answer.sitting_id, func.max(Answer.at)).join(Sitting, Sitting.id == Answer.sitting_id).group_by(
            Answer.sitting_id))
        self.devices = per(select(SittingDevice.sitting_id, func.max(SittingDevice.seen_at), func.count(SittingDevice.id)).join(
            Sitting, Sitting.id == SittingDevice.sitting_id).group_by(SittingDevice.sitting_id))
        self.losses: dict[int, list[FocusLoss]] = defaultdict(list)
        self.copied: dict[int, int] = defaultdict(int)
        for row in session.scalars(select(FocusLossRow).join(Sitting, Sitting.id == FocusLossRow.sitting_id).where(
                Sitting.exam_id == exam_id).order_by(FocusLossRow.id)):
            if row.act == "left":
                self.losses[row.sitting_id].append(FocusLoss(row.left_at, row.back_at))
            else:
                self.copied[row.sitting_id] += 1


def _line(one: ExamCandidate, name: str, exam: Exam, row: Sitting | None, facts: _Facts, now: datetime) -> BoardLine:
    length_s = seconds_for(exam.duration_min, Extra(one.extra_percent, one.extra_minutes))
    if row is None:
        return BoardLine(one.person_id, name, one.room, length_s, Stand.NOT_BEGUN)
    at, end = counting_at(row, now), until(row)
    device = facts.devices.get(row.id)
    heard = max(found for found in (row.begun_at, facts.answered.get(row.id), device[1] if device else None) if found is not None)
    return BoardLine(
        one.person_id, name, one.room, row.length_s, rules.stand_of(row.state, heard, at), row.id, row.state, row.attempt, row.begun_at,
        row.ended_at, heard, end.ends_at, rules.left_s(end, at) if row.state == SittingState.RUNNING else 0, row.more_s,
        facts.given.get(row.id, 0), facts.asked.get(row.id, 0), device[2] if device else 0,
        rules.focus_summary(facts.losses.get(row.id, ()), row.ended_at or at), facts.copied.get(row.id, 0))


class Happening(Labelled):
    """What the protocol of an exam tells."""

    BEGUN = "begun", N_("Begun")
    OPENED = "opened", N_("Opened in another window")
    LEFT = "left", N_("Left the page")
    COPIED = "copied", N_("Tried to copy")
    PRINTED = "printed", N_("Tried to print")
    EXTENDED = "extended", N_("Was given more time")
    REOPENED = "reopened", N_("May go on")
    ANNULLED = "annulled", N_("Taken out of the count")
    RESTORED = "restored", N_("Counts again")
    PAUSED = "paused", N_("Exam paused")
    RESUMED = "resumed", N_("Exam goes on")
    SUBMITTED = "submitted", N_("Handed the paper in")
    TIMED_OUT = "timed_out", N_("Handed in by the clock")


@dataclass(frozen=True)
class Told:
    """A line of the protocol. until: of what lasts; minutes: given; by: who did it, where that is not the candidate; reason: why."""

    at: datetime
    sitting_id: int
    person_id: int
    name: str
    what: Happening
    until: datetime | None = None
    minutes: int | None = None
    by: str | None = None
    reason: str | None = None


def protocol(session: Session, actor: Actor, rows: Sequence[Sitting]) -> list[Told]:
    """Everything that happened in these sittings, oldest first."""
    require(actor, WATCH)
    by_id = {row.id: row for row in rows}
    entries = list(session.scalars(select(AuditEntry).where(AuditEntry.subject == _SUBJECT, AuditEntry.subject_id.in_(
        [str(one) for one in by_id])).order_by(AuditEntry.seq)))
    who = names(session, [*(row.person_id for row in rows), *(one.person_id for one in entries)])

    def told(row: Sitting, what: Happening, at: datetime, **more: Any) -> Told:
        return Told(at, row.id, row.person_id, who.get(row.person_id, "—"), what, **more)
    found = [told(row, Happening.BEGUN, row.begun_at) for row in rows]
    for entry in entries:
        found += [told(by_id[int(entry.subject_id)], what, at, by=by if steered else None, reason=entry.reason if steered else None,
                       minutes=minutes) for what, at, minutes, steered in _acts(entry)
                  for by in (who.get(entry.person_id or 0) or entry.login,)]
    for device in session.scalars(select(SittingDevice).where(SittingDevice.sitting_id.in_(list(by_id))).order_by(SittingDevice.id)):
        if (device.first_at - by_id[device.sitting_id].begun_at).total_seconds() > 15:
            found.append(told(by_id[device.sitting_id], Happening.OPENED, device.first_at))
    for loss in session.scalars(select(FocusLossRow).where(FocusLossRow.sitting_id.in_(list(by_id))).order_by(FocusLossRow.id)):
        found.append(told(by_id[loss.sitting_id], Happening(loss.act), loss.left_at,
                          until=loss.back_at if loss.act == Happening.LEFT else None))
    return sorted(found, key=lambda one: (one.at, one.sitting_id))


def _acts(entry: AuditEntry) -> Iterable[tuple[Happening, datetime, int | None, bool]]:
    """What an entry of the trail says of a sitting: (what, when, minutes, whether somebody else did it)."""
    if entry.act != "update":
        return
    before, after = entry.before or {}, entry.after or {}
    state = after.get("state")
    if state is None and "paused_at" in after:
        yield (Happening.PAUSED if after["paused_at"] else Happening.RESUMED), entry.at, None, True
        return
    if before.get("state") == SittingState.VOID:
        yield Happening.RESTORED, entry.at, None, True
        return
    given = (after["more_s"] - before.get("more_s", 0)) // 60 if "more_s" in after else None
    if state is None and given:
        yield Happening.EXTENDED, entry.at, given, True
    elif state == SittingState.RUNNING:
        yield Happening.REOPENED, entry.at, None, True
    elif state == SittingState.VOID:
        yield Happening.ANNULLED, entry.at, None, True
    elif state in (SittingState.SUBMITTED, SittingState.TIMED_OUT):
        ended = datetime.fromisoformat(after["ended_at"]) if isinstance(after.get("ended_at"), str) else entry.at
        yield Happening(state), ended if state == SittingState.TIMED_OUT else entry.at, None, False


def hasty_in(session: Session, sitting_id: int) -> int:
    """How many questions of a sitting were answered faster than anybody reads them."""
    first = session.scalars(select(func.min(Answer.at)).where(Answer.sitting_id == sitting_id, Answer.given).group_by(Answer.item_id))
    return rules.hasty(first)


def sittings_of(session: Session, exam_id: int) -> list[Sitting]:
    """Every sitting of an exam, in the order in which they began."""
    return list(session.scalars(select(Sitting).where(Sitting.exam_id == exam_id).order_by(Sitting.begun_at, Sitting.id)))
