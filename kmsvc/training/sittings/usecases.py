"""What a candidate does: begin, answer, go on elsewhere, leave the page and come back, hand in; and what the clock does."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select

from kmsvc.core.clock import steady_reading
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.rules import Extra, seconds_for
from kmsvc.training.exams.states import ExamState
from kmsvc.training.sittings import rules, shapes
from kmsvc.training.sittings.events import SittingBegun
from kmsvc.training.sittings.frozen import Drawn, FrozenItem
from kmsvc.training.sittings.models import Answer, FocusLossRow, Sitting, SittingDevice, SittingItem
from kmsvc.training.sittings.permissions import KEEP_TIME, SIT
from kmsvc.training.sittings.rules import HEARD_EVERY, UNDER_WAY, Deadline, Kept, Saving, SittingState
from kmsvc.training.sittings.timing import (
    PAUSED,
    close_if_due,
    counting_at,
    hand_in,
    is_paused,
    newest,
    ticking_at,
    until,
    window_of,
)

MOST_AT_ONCE = 200
MOST_AHEAD = 5_000
MOST_LOSSES = 2_000
LONGEST_AWAY = timedelta(hours=8)
_OF_PERSON = select(Sitting).where(Sitting.exam_id == bindparam("exam"), Sitting.person_id == bindparam("person")).order_by(
    Sitting.attempt)
_KEPT = select(Answer.item_id, Answer.number, Answer.digest).where(
    Answer.item_id.in_(bindparam("items", expanding=True))).order_by(Answer.number)
_DEVICE = select(SittingDevice).where(SittingDevice.sitting_id == bindparam("sitting"), SittingDevice.device == bindparam("device"))


@dataclass(frozen=True)
class Came:
    """An answer as a window sent it. number: rising through the sitting; answer: None where there is none."""

    place: int
    number: int
    answer: Any
    flag: bool = False

    @property
    def value(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"answer": self.answer, "flag": self.flag}


@dataclass(frozen=True)
class Receipt:
    """What became of answers, in the order they came. number: the highest kept; before, mark: of the row written last, before these and
    with them: a window that knows less than `before` has not seen what another one wrote; at: the server's instant that counts."""

    saved: tuple[tuple[Came, Saving], ...]
    number: int
    before: int
    mark: int
    at: datetime
    state: str
    end: Deadline
    paused: bool = False


def begin_sitting(work: Work, exam_id: int, drawn: Sequence[Drawn]) -> Sitting:
    """Begin an exam one is invited to, or go on where one was: the paper is frozen question by question.

    drawn: composed before the transaction, so that writers wait for each other as briefly as can be. Source: C8, R-E2, R-E5."""
    work.permit(SIT)
    exam, person_id = work.get(Exam, exam_id), work.actor.person_id
    # The second of two clicks waits here, and finds the first one's row.
    found = work.session.execute(select(ExamCandidate, PAUSED).where(
        ExamCandidate.exam_id == exam_id, ExamCandidate.person_id == person_id).with_for_update(of=ExamCandidate)).one_or_none()
    if person_id is None or found is None or exam.state in (ExamState.DRAFT, ExamState.CANCELLED):
        raise NotFound()
    candidate, still = found
    before = list(work.session.scalars(_OF_PERSON, {"exam": exam_id, "person": person_id}))
    running = next((one for one in before if one.state == SittingState.RUNNING), None)
    if running is not None and not close_if_due(work, running, counting_at(running, work.now, newest(work.session, running).at)):
        return running
    opens_at, closes_at = window_of(exam, candidate)
    hindered = rules.begin_hindrances(
        invited=True, opens_at=opens_at, closes_at=closes_at if exam.state == ExamState.PUBLISHED else opens_at, at=work.now,
        sittings=[one.state for one in before], passed=False, attempts=exam.attempts,  # nobody learns a result before its release
        paused=still)
    if hindered:
        raise RuleBroken(f"training.sitting.{hindered[0].value}", hindered[0].label)
    if not drawn:
        raise RuleBroken("training.sitting.no_paper", N_("This exam has no questions for you yet. Tell whoever planned it."))
    return _new(work, exam, candidate, len(before) + 1, closes_at, drawn)


def _new(work: Work, exam: Exam, candidate: ExamCandidate, attempt: int, closes_at: datetime, drawn: Sequence[Drawn]) -> Sitting:
    steady_s, boot = steady_reading()
    row = Sitting(exam_id=exam.id, person_id=candidate.person_id, attempt=attempt, state=SittingState.RUNNING.value,
                  seed=secrets.token_hex(16), begun_at=work.now, begun_steady_s=steady_s, boot=boot, latest_at=work.now,
                  length_s=seconds_for(exam.duration_min, Extra(candidate.extra_percent, candidate.extra_minutes)),
                  window_ends_at=closes_at, grace_s=exam.grace_s, more_s=0, most=sum(one.points for one in drawn))
    work.session.add(row)
    work.session.flush()
    if is_paused(work.session, exam.id):  # between the first look and the row a pause may have begun, which did not see the row
        raise RuleBroken("training.sitting.paused", rules.BeginHindrance.PAUSED.label)
    work.session.execute(insert(SittingItem), [
        {"sitting_id": row.id, "place": one.place, "question_id": one.question_id, "version_id": one.version_id,
         "points": one.points, "stand": "running"} for one in drawn])
    work.record(SittingBegun(row.id, exam.id))
    return row


def own_sitting(work: Work, sitting_id: int) -> Sitting:
    """The caller's sitting, held; NotFound for anybody else's."""
    row = work.get(Sitting, sitting_id, lock=True)
    try:
        work.permit(SIT, row)
    except NotPermitted as error:
        raise NotFound() from error
    return row


def check_answers(items: Sequence[FrozenItem], came: Sequence[Came], files: Callable[[], Mapping[int, str]] = dict) -> None:
    """Refuse what is no answer to its question, before anything is written; InvalidInput names the places. files: names of the files
    handed in with this sitting, by id, asked for where an answer names one."""
    by_place = {one.place: one for one in items}
    if len(came) > MOST_AT_ONCE:
        raise InvalidInput({"answers": [N_("Send fewer answers at once.")]})
    wrong: dict[str, Any] = {}
    for one in came:
        item = by_place.get(one.place)
        said = N_("There is no such question.") if item is None else shapes.wrong_form(item.question, one.answer)
        if item is not None and not said and any(files().get(one_id) != name for one_id, name in shapes.files_in(
                item.question, one.answer)):
            said = N_("This file was not handed in with this sitting.")
        if said:
            wrong[str(one.place)] = [said]
    if wrong:
        raise InvalidInput(wrong)


def save_answers(work: Work, sitting_id: int, came: Sequence[Came], items: Sequence[FrozenItem], device: str) -> Receipt:
    """Keep answers as they come, each acknowledged with its number and the server's instant. Rows are only added: an older one
    never overwrites a newer one, a replay is acknowledged again. Source: R-E3, R-E4."""
    row = own_sitting(work, sitting_id)
    last = newest(work.session, row)
    highest, mark = last.number, last.mark
    at, end = counting_at(row, work.now, last.at), until(row)
    if any(one.number > highest + MOST_AHEAD for one in came):
        raise InvalidInput({"number": [N_("The numbers of answers rise by one.")]})
    ids = {one.place: one.id for one in items}
    kept = {found.item_id: Kept(found.number, found.digest) for found in work.session.execute(
        _KEPT, {"items": [ids[one.place] for one in came]})} if came else {}
    still = row.paused_at is not None and ticking_at(row, work.now, last.at) - row.paused_at > UNDER_WAY
    saved, rows = [], []
    for one in sorted(came, key=lambda it: it.number):
        item_id, this = ids[one.place], Kept(one.number, shapes.digest_of(one.value))
        became = rules.saving(row.state, end, at, kept.get(item_id), this, paused=still)
        if became == Saving.STORE:
            kept[item_id] = this
            highest = max(highest, one.number)
            rows.append({"item_id": item_id, "sitting_id": row.id, "number": one.number, "given": shapes.is_given(one.answer),
                         "digest": this.digest, "value": one.value, "at": at, "device": device})
        saved.append((one, became))
    if rows:
        mark = max(work.session.scalars(insert(Answer).returning(Answer.id), rows))
    close_if_due(work, row, at)
    return Receipt(tuple(saved), highest, last.mark, mark, at, row.state, end, row.paused_at is not None)


def hear(work: Work, sitting_id: int, device: str) -> Sitting:
    """A window of the candidate has the sitting open: noted when it is first heard of, then every little while."""
    row = own_sitting(work, sitting_id)
    at = counting_at(row, work.now, newest(work.session, row).at)
    if close_if_due(work, row, at) or row.state != SittingState.RUNNING:
        return row
    known = work.session.scalars(_DEVICE, {"sitting": row.id, "device": device}).one_or_none()
    if known is None:
        work.session.add(SittingDevice(sitting_id=row.id, device=device, first_at=at, seen_at=at))
    elif at - known.seen_at >= HEARD_EVERY:
        known.seen_at = at
    return row


def submit(work: Work, sitting_id: int) -> tuple[Sitting, bool]:
    """Hand the paper in. Whether it was this call that did it: a second one, and one after the grace, change nothing (R-E2)."""
    row = own_sitting(work, sitting_id)
    at = counting_at(row, work.now, newest(work.session, row).at)
    if close_if_due(work, row, at) or not rules.may_submit(row.state, until(row), at):
        return row, False
    hand_in(work, row, SittingState.SUBMITTED, at, at)
    return row, True


def note_focus(work: Work, sitting_id: int, act: str, device: str, *, away_s: int = 0) -> None:
    """The page was left (`left`) or is looked at again (`back`), or something was `copied` or `printed`. away_s: for how long, as
    the window says. It is for people to judge and ends nothing."""
    row = own_sitting(work, sitting_id)
    if row.state != SittingState.RUNNING:
        return
    at = counting_at(row, work.now)
    mine = list(work.session.scalars(select(FocusLossRow).where(FocusLossRow.sitting_id == row.id).order_by(
        FocusLossRow.id.desc()).limit(MOST_LOSSES)))
    gone = next((one for one in mine if one.device == device and one.act == "left" and one.back_at is None), None)
    if act == "back" and gone is not None:
        gone.back_at = max(at, gone.left_at)
        return
    if len(mine) >= MOST_LOSSES or (act == "left" and gone is not None):
        return
    away = min(timedelta(seconds=max(0, away_s)), LONGEST_AWAY, max(timedelta(), at - row.begun_at))
    work.session.add(FocusLossRow(sitting_id=row.id, act="left" if act == "back" else act, left_at=at - away if act == "back" else at,
                                  back_at=None if act == "left" else at, device=device))


def time_out(work: Work, sitting_id: int) -> bool:
    """Hand in a sitting whose time is up; twice does it once. Whether it was this call that did it."""
    work.permit(KEEP_TIME)
    row = work.get(Sitting, sitting_id, lock=True)
    return close_if_due(work, row, counting_at(row, work.now, newest(work.session, row).at))
