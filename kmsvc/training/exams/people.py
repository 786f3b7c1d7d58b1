"""Who sits an exam, where, with how much time, who marks it: the verbs about people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.exams.events import CandidatesAdded, CandidatesRemoved, ExamMoved, ExamNear
from kmsvc.training.exams.models import Exam, ExamCandidate, ExamMarker, ExamRoom
from kmsvc.training.exams.permissions import KEEP_EXAMS, PLAN_EXAM
from kmsvc.training.exams.queries import NEAR, candidates_of, plan_of, rooms_of
from kmsvc.training.exams.rules import MOST_EXTRA_MIN, MOST_EXTRA_PERCENT, Extra, Room, seconds_for
from kmsvc.training.exams.rules import SAID as PLAN_SAID
from kmsvc.training.exams.states import ExamState
from kmsvc.training.papers.giving import draw, undraw

MOST_CANDIDATES = 5_000


@dataclass(frozen=True)
class Added:
    """What became of people who were to come in. refused: person -> English source of the reason."""

    added: tuple[int, ...]
    there: tuple[int, ...]
    refused: Mapping[int, str]


def add_candidates(work: Work, exam_id: int, person_ids: Collection[int], *, because: str | None = None) -> Added:
    """Let these people sit it; who is on the list stays as they are. Of an announced exam they get their papers and hear of it."""
    row = _open(work, exam_id)
    if work.now >= max(row.closes_at, row.make_up_closes_at or row.closes_at):
        raise RuleBroken("training.exam.over", N_("The exam is over."))
    rows = {one.person_id: one for one in _rows(work, row.id)}
    people = directory(work.session).people
    refused = {one: N_("This is nobody who works here now.") for one in person_ids
               if one not in people or not people[one].is_active or people[one].is_first or people[one].is_guest}
    new = sorted(set(person_ids) - rows.keys() - refused.keys())
    if len(rows) + len(new) > MOST_CANDIDATES:
        raise InvalidInput({"people": [Filled(N_("At most %(most)s people sit one exam."), most=MOST_CANDIDATES)]})
    late = work.now >= row.closes_at
    seats = _free(work, row, made_up=late)
    for one in new:
        room = next((name for name, left in seats.items() if left > 0), None)
        if room is not None:
            seats[room] -= 1
        work.session.add(ExamCandidate(exam_id=row.id, person_id=one, room=room, because=because, made_up=late, extra_percent=0,
                                       extra_minutes=0))
    work.session.flush()
    if new and row.state == ExamState.PUBLISHED:
        draw(work, row, new, row.attempts)
        work.record(CandidatesAdded(row.id, new))
    return Added(tuple(new), tuple(sorted(set(person_ids) & rows.keys())), refused)


def remove_candidates(work: Work, exam_id: int, person_ids: Collection[int], *, reason: str | None = None) -> int:
    """These people do not sit it; whoever has begun stays. How many went."""
    row = _open(work, exam_id)
    work.because(reason)
    begun = {one.person_id for one in candidates_of(work.session, row) if one.sat is not None}
    gone = [one for one in _rows(work, row.id) if one.person_id in set(person_ids)]
    if any(one.person_id in begun for one in gone):
        raise RuleBroken("training.exam.candidate_begun", N_("Somebody of them has begun already."))
    for one in gone:
        work.session.delete(one)
    work.session.flush()
    if gone and row.state == ExamState.PUBLISHED:
        ids = [one.person_id for one in gone]
        undraw(work, row, ids)
        work.record(CandidatesRemoved(row.id, ids))
    return len(gone)


def set_extra(work: Work, exam_id: int, person_id: int, *, percent: int = 0, minutes: int = 0, reason: str) -> ExamCandidate:
    """More time for one person, per cent or minutes, with the reason on the trail. It counts for sittings begun after it; who sits
    already gets an extension instead."""
    row = _open(work, exam_id)
    one = _candidate(work, row, person_id)
    if not (reason or "").strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    if (percent and minutes) or not (0 <= percent <= MOST_EXTRA_PERCENT and 0 <= minutes <= MOST_EXTRA_MIN):
        raise InvalidInput({"minutes": [Filled(PLAN_SAID["extra"], percent=MOST_EXTRA_PERCENT, minutes=MOST_EXTRA_MIN)]})
    plan = plan_of(row, (), ())
    window = plan.make_up if one.made_up and plan.make_up is not None else plan.window
    if seconds_for(row.duration_min, Extra(percent, minutes)) > window.seconds:
        raise InvalidInput({"minutes": [Filled(PLAN_SAID["extra_beyond_window"], window=window.seconds // 60, needed=-(
            -seconds_for(row.duration_min, Extra(percent, minutes)) // 60))]})
    work.because(reason)
    one.extra_percent, one.extra_minutes = percent, minutes
    work.session.flush()
    return one


def set_rooms(work: Work, exam_id: int, rooms: Sequence[Room], placing: Mapping[int, str] | None = None) -> list[ExamRoom]:
    """The rooms with their seats, all at once; people of a room that goes are placed anew. placing: person -> room."""
    row = _open(work, exam_id)
    for name, times in Counter(one.name for one in rooms).items():
        if times > 1:
            raise InvalidInput({"rooms": [Filled(PLAN_SAID["room_twice"], room=name)]})
    for one in rooms:
        if one.seats < 1 or not one.name.strip():
            raise InvalidInput({"rooms": [Filled(PLAN_SAID["seats"], room=one.name)]})
    held = {one.name: one for one in rooms_of(work.session, row.id)}
    wanted = {one.name: one.seats for one in rooms}
    for name, kept in held.items():
        if name not in wanted:
            work.session.delete(kept)
        else:
            kept.seats = wanted[name]
    work.session.flush()
    work.session.add_all(ExamRoom(exam_id=row.id, name=name, seats=seats) for name, seats in wanted.items() if name not in held)
    work.session.flush()
    for candidate in _rows(work, row.id):
        if placing is not None and candidate.person_id in placing:
            if placing[candidate.person_id] not in wanted:
                raise InvalidInput({"rooms": [Filled(PLAN_SAID["room_unknown"], room=placing[candidate.person_id])]})
            candidate.room = placing[candidate.person_id]
        elif candidate.room not in wanted:
            candidate.room = None
    work.session.flush()
    place_people(work, exam_id)
    return rooms_of(work.session, row.id)


def place_people(work: Work, exam_id: int) -> int:
    """Give everybody without a seat one, room after room. How many got one."""
    row = _open(work, exam_id)
    seats, placed = _free(work, row), 0
    made_up = _free(work, row, made_up=True)
    for one in _rows(work, row.id):
        free = made_up if one.made_up else seats
        room = next((name for name, left in free.items() if left > 0), None)
        if one.room is None and room is not None:
            one.room = room
            free[room] -= 1
            placed += 1
    work.session.flush()
    return placed


def set_markers(work: Work, exam_id: int, person_ids: Collection[int]) -> list[int]:
    """Who marks it, all at once. Whether somebody is fit for an answer is asked answer by answer."""
    row = work.get(Exam, exam_id, lock=True)
    work.permit(PLAN_EXAM, row)
    if row.state not in (ExamState.DRAFT, ExamState.PUBLISHED, ExamState.RELEASED):
        raise RuleBroken("training.exam.over", N_("The exam is over."))
    people = directory(work.session).people
    if any(one not in people or not people[one].is_active for one in person_ids):
        raise InvalidInput({"markers": [N_("This is nobody who works here now.")]})
    held = {one.person_id: one for one in work.session.scalars(select(ExamMarker).where(
        ExamMarker.exam_id == row.id).order_by(ExamMarker.id))}
    for person, one in held.items():
        if person not in person_ids:
            work.session.delete(one)
    work.session.add_all(ExamMarker(exam_id=row.id, person_id=one) for one in sorted(set(person_ids) - held.keys()))
    work.session.flush()
    return sorted(set(person_ids))


def move_to_make_up(work: Work, exam_id: int, person_ids: Collection[int], *, reason: str | None = None, back: bool = False) -> int:
    """Let people sit it in the make-up's window instead, or in the first again; who has begun stays. How many moved."""
    row = _open(work, exam_id)
    if row.make_up_opens_at is None or row.make_up_closes_at is None:
        raise RuleBroken("training.exam.no_make_up", N_("This exam has no make-up."))
    if work.now >= (row.closes_at if back else row.make_up_closes_at):
        raise RuleBroken("training.exam.over", N_("The exam is over."))
    work.because(reason)
    begun = {one.person_id for one in candidates_of(work.session, row) if one.sat is not None}
    gone = [one for one in _rows(work, row.id) if one.person_id in set(person_ids) and one.made_up == back]
    if any(one.person_id in begun for one in gone):
        raise RuleBroken("training.exam.candidate_begun", N_("Somebody of them has begun already."))
    _move(work, row, gone, made_up=not back)
    return len(gone)


def _move(work: Work, row: Exam, gone: Sequence[ExamCandidate], *, made_up: bool) -> None:
    seats = _free(work, row, made_up=made_up)
    for one in gone:
        one.made_up = made_up
        if seats and seats.get(one.room or "", 0) < 1:
            one.room = next((name for name, left in seats.items() if left > 0), one.room)
        if one.room in seats:
            seats[one.room] -= 1
    work.session.flush()
    at = row.make_up_opens_at if made_up else row.opens_at
    if gone and row.state == ExamState.PUBLISHED and at is not None:
        work.record(ExamMoved(row.id, at.isoformat(), [one.person_id for one in gone]))


def offer_make_up(work: Work, exam_id: int) -> int:
    """The exam has closed: whoever was to sit it and did not begin sits in the make-up instead and hears of it, once. How many."""
    work.permit(KEEP_EXAMS)
    row = work.get(Exam, exam_id, lock=True)
    if (row.state != ExamState.PUBLISHED or row.make_up_opens_at is None or row.make_up_closes_at is None
            or row.make_up_offered_at is not None or not row.closes_at <= work.now < row.make_up_closes_at):
        return 0
    row.make_up_offered_at = work.now
    if row.make_up_opens_at - work.now <= NEAR:
        row.make_up_reminded_at = work.now  # who hears of it now needs no second word today
    missed = {one.person_id for one in candidates_of(work.session, row) if one.sat is None and not one.made_up}
    gone = [one for one in _rows(work, row.id) if one.person_id in missed]
    _move(work, row, gone, made_up=True)
    return len(gone)


def remind_of_make_up(work: Work, exam_id: int) -> bool:
    """The make-up opens soon: who sits in it hears of it, once."""
    work.permit(KEEP_EXAMS)
    row = work.get(Exam, exam_id, lock=True)
    if (row.state != ExamState.PUBLISHED or row.make_up_opens_at is None or row.make_up_reminded_at is not None
            or not row.make_up_opens_at - NEAR <= work.now < row.make_up_opens_at):
        return False
    row.make_up_reminded_at = work.now
    if any(one.made_up for one in _rows(work, row.id)):
        work.record(ExamNear(row.id))
    return True


def _open(work: Work, exam_id: int) -> Exam:
    row = work.get(Exam, exam_id, lock=True)
    work.permit(PLAN_EXAM, row)
    if row.state not in (ExamState.DRAFT, ExamState.PUBLISHED):
        raise RuleBroken("training.exam.over", N_("The exam is over."))
    return row


def _rows(work: Work, exam_id: int) -> list[ExamCandidate]:
    return list(work.session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == exam_id).order_by(ExamCandidate.person_id)))


def _candidate(work: Work, row: Exam, person_id: int) -> ExamCandidate:
    one = work.session.scalars(select(ExamCandidate).where(
        ExamCandidate.exam_id == row.id, ExamCandidate.person_id == person_id)).one_or_none()
    if one is None:
        raise NotFound()
    return one


def _free(work: Work, row: Exam, made_up: bool = False) -> dict[str, int]:
    taken = Counter(one.room for one in _rows(work, row.id) if one.made_up == made_up)
    return {one.name: one.seats - taken[one.name] for one in rooms_of(work.session, row.id)}
