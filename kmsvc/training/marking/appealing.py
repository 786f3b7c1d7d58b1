"""Marking appeals: a candidate contests a mark, another person than any who had to do with it decides, everybody with the same answer
gets the same. Source: domain 5.2, C15."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.exams.models import Exam, ExamMarker
from kmsvc.training.marking import appeals, rules
from kmsvc.training.marking.appeals import AppealHindrance, AppealState
from kmsvc.training.marking.changing import RELEASED, Wanted, change_marks, item_at
from kmsvc.training.marking.events import AppealDecided, AppealFiled, AppealNoted
from kmsvc.training.marking.models import AppealNote, MarkAppeal, ScoreChangeRow
from kmsvc.training.marking.permissions import APPEAL, DECIDE
from kmsvc.training.marking.rules import Hand, Involved, MarkingPart, ScoreCause, Unfit
from kmsvc.training.marking.settling import ENDED, authors_of, held_exam, involved_of, live_marks, stands_for
from kmsvc.training.sittings.models import Answer, Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of

DECIDE_DAYS = Option("training.marking.appeal_days", 3, N_("Working days in which a marking appeal is decided"), minimum=1, maximum=60)
LONGEST = 2_000


def involved_in(session: Session, item: SittingItem, sitting: Sitting) -> Involved:
    """Who had to do with a mark before an appeal: candidate, authors, markers, and whoever corrected it since."""
    found = involved_of(sitting, live_marks(session, [item.id])[item.id],
                        authors_of(session, [item.version_id]).get(item.version_id, frozenset()))
    corrected = frozenset(session.scalars(select(ScoreChangeRow.who_id).where(
        ScoreChangeRow.item_id == item.id, ScoreChangeRow.cause.in_((ScoreCause.ERROR, ScoreCause.KEY)))))
    return Involved(found.candidate_id, found.authors, found.first, found.second, found.third | corrected)


def unfit_to_decide(session: Session, exam_id: int, person_id: int, involved: Involved) -> list[Unfit]:
    """Why somebody may not decide; those one stands in for count as oneself."""
    return rules.unfit(MarkingPart.DECIDE, Hand(person_id, stands_for(session, exam_id, person_id)), involved)


def contest_of(session: Session, sitting: Sitting, item: SittingItem, exam: Exam, reason: str, person_id: int | None) -> appeals.Contest:
    """An appeal as the rules see it, with what this person contested before."""
    rows = session.execute(select(MarkAppeal.item_id, MarkAppeal.state).where(
        MarkAppeal.exam_id == exam.id, MarkAppeal.person_id == sitting.person_id).order_by(MarkAppeal.id)).all()
    return appeals.Contest(
        sitting.person_id == person_id, exam.released_at if exam.state in RELEASED else None, reason,
        item.mark if item.mark is not None else Decimal(0), item.points, tuple(row.state for row in rows if row.item_id == item.id),
        tuple(row.state for row in rows if row.item_id != item.id), exam.most_appeals)


def hindrances_of(session: Session, sitting: Sitting, item: SittingItem, exam: Exam, now: datetime, zone: str, person_id: int | None,
                  reason: str = "x") -> list[AppealHindrance]:
    """Why this mark cannot be contested now."""
    found = appeals.hindrances(contest_of(session, sitting, item, exam, reason, person_id), now, exam.appeal_days, zone)
    return [AppealHindrance.LATE] if exam.final_at is not None and not found else found


def file_appeal(work: Work, sitting_id: int, place: int, *, reason: str, zone: str) -> MarkAppeal:
    """Contest the mark of one question; it goes to somebody who had nothing to do with it."""
    sitting = work.get(Sitting, sitting_id, lock=True)
    try:
        work.permit(APPEAL, sitting)
    except NotPermitted as error:
        raise NotFound() from error
    exam = held_exam(work, sitting.exam_id)
    item = item_at(work.session, sitting_id, place)
    hindered = hindrances_of(work.session, sitting, item, exam, work.now, zone, work.actor.person_id, reason)
    if hindered == [AppealHindrance.REASON]:
        raise InvalidInput({"reason": [AppealHindrance.REASON.label]})
    if hindered:
        raise RuleBroken(f"training.marking.appeal_{hindered[0].value}", hindered[0].label)
    today = local_date(work.now, zone)
    row = MarkAppeal(
        number=number_of_year(work.session, "MA", "mark-appeal", today.year), exam_id=exam.id, sitting_id=sitting.id,
        item_id=item.id, person_id=sitting.person_id, reason=reason, state=AppealState.OPEN.value, filed_at=work.now,
        decide_by=appeals.decide_by(work.now, value(work.session, DECIDE_DAYS), zone), old=item.mark or Decimal(0),
        decider_id=decider_for(work.session, exam, item, sitting))
    work.session.add(row)
    work.session.flush()
    work.record(AppealFiled(row.id))
    return row


def fit_deciders(session: Session, exam: Exam, item: SittingItem, sitting: Sitting) -> list[int]:
    """Everybody who may decide about a mark: markers of the exam first, then others with the right; those with fewest open appeals
    first, by id where that is equal."""
    involved = involved_in(session, item, sitting)
    busy = dict(session.execute(select(MarkAppeal.decider_id, func.count()).where(
        MarkAppeal.state == AppealState.OPEN).group_by(MarkAppeal.decider_id)).all())
    markers = marker_ids(session, exam.id)
    people = [one.id for one in directory(session).active() if DECIDE.name in one.permissions and one.logins
              and not unfit_to_decide(session, exam.id, one.id, involved)]
    return sorted(people, key=lambda one: (one not in markers, busy.get(one, 0), one))


def marker_ids(session: Session, exam_id: int) -> set[int]:
    """Who marks an exam."""
    return set(session.scalars(select(ExamMarker.person_id).where(ExamMarker.exam_id == exam_id)))


def decider_for(session: Session, exam: Exam, item: SittingItem, sitting: Sitting) -> int | None:
    """Who is to decide; None when nobody may: then whoever leads gives the right to somebody."""
    return next(iter(fit_deciders(session, exam, item, sitting)), None)


@dataclass(frozen=True)
class Effect:
    """What an upheld appeal does to one answer. own: the appellant's."""

    item: SittingItem
    sitting: Sitting
    old: Decimal
    new: Decimal
    own: bool


def text_of(answer: Answer | None) -> str:
    """An answer as one text that can be compared with others."""
    found = answer.value.get("answer") if answer is not None else None
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, sort_keys=True)


def effects_of(session: Session, row: MarkAppeal, new: Decimal) -> list[Effect]:
    """Everybody an upheld appeal changes: whoever gave the same answer to the same version gets at least the new mark."""
    item = session.get_one(SittingItem, row.item_id)
    rows = session.execute(select(SittingItem, Sitting).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == row.exam_id, Sitting.state.in_(ENDED), SittingItem.version_id == item.version_id,
        SittingItem.points == item.points).order_by(Sitting.id)).all()
    answers = answers_of(session, [sitting.id for _, sitting in rows])
    given = {sitting.id: appeals.Answered(sitting.id, text_of(answers.get(one.id)), one.mark or Decimal(0)) for one, sitting in rows}
    by_sitting = {sitting.id: (one, sitting) for one, sitting in rows}
    return [Effect(*by_sitting[sitting_id], old, after, sitting_id == row.sitting_id)
            for sitting_id, old, after in appeals.effects(given[row.sitting_id], new, given.values())]


def digest_of(effects: Sequence[Effect]) -> str:
    """What tells this effect from another: whoever confirms it confirms this."""
    return hashlib.sha256(json.dumps([[one.sitting.id, str(one.old), str(one.new)] for one in effects]).encode()).hexdigest()[:32]


def _decide(work: Work, appeal_id: int, verb: str, version: int | None) -> tuple[MarkAppeal, Exam, SittingItem, Sitting]:
    row = work.get(MarkAppeal, appeal_id, lock=True, version=version)
    work.permit(DECIDE)
    exam = held_exam(work, row.exam_id)
    item, sitting = work.get(SittingItem, row.item_id), work.get(Sitting, row.sitting_id)
    assert work.actor.person_id is not None
    hindered = unfit_to_decide(work.session, exam.id, work.actor.person_id, involved_in(work.session, item, sitting))
    if hindered:
        raise RuleBroken(f"training.marking.{hindered[0].value}", hindered[0].label)
    if AppealState(row.state) not in appeals.VERBS[verb][0]:
        raise RuleBroken("training.marking.appeal_decided", N_("This appeal was decided already."))
    return row, exam, item, sitting


def _written(work: Work, row: MarkAppeal, verb: str, decision: str | None) -> None:
    row.state, row.decided_at, row.decision = appeals.VERBS[verb][1].value, work.now, decision
    row.decided_by_id = work.actor.person_id
    work.record(AppealDecided(row.id))


def check_new(row: MarkAppeal, item: SittingItem, new: Decimal) -> None:
    """Refuse a mark an upheld appeal cannot lead to: it raises the mark, within the points of the question."""
    stands = item.mark or Decimal(0)
    if not new.is_finite() or not stands < new <= item.points or new != new.quantize(rules.CENT):
        raise InvalidInput({"points": [Filled(HIGHER, stands=stands, most=item.points)]})


HIGHER = N_("More than the %(stands)s points that stand, at most %(most)s.")


def uphold(work: Work, appeal_id: int, *, points: Decimal, reason: str, digest: str | None = None,
           version: int | None = None) -> MarkAppeal:
    """Uphold an appeal: the mark rises, and that of everybody with the same answer. digest: of the effect that was looked at; where it
    concerns others it must be said, and is refused when it is another one now."""
    row, exam, item, _ = _decide(work, appeal_id, "uphold", version)
    check_new(row, item, points)
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    found = effects_of(work.session, row, points)
    if len(found) > 1 and digest is None:
        raise Unconfirmed("training.marking.effect", N_("This changes %(count)s people. Look at the effect and confirm it."),
                          count=len(found))
    if digest is not None and digest != digest_of(found):
        raise RuleBroken("training.marking.effect_moved", N_("The effect is another one now. Look at it again."))
    work.because(reason)
    row.new = points
    _written(work, row, "uphold", reason)
    change_marks(work, exam, [Wanted(one.item, one.new, (ScoreCause.APPEAL if one.own else ScoreCause.SAME_ANSWER).value)
                              for one in found], why=reason, appeal_id=row.id)
    return row


class Unconfirmed(RuleBroken):
    """An upheld appeal changes marks of others, and nobody has confirmed that yet."""


def decline(work: Work, appeal_id: int, *, reason: str, version: int | None = None) -> MarkAppeal:
    """Leave the mark as it is, with the reason."""
    row, *_ = _decide(work, appeal_id, "decline", version)
    if not reason.strip():
        raise InvalidInput({"reason": [N_("Say why.")]})
    work.because(reason)
    _written(work, row, "decline", reason)
    return row


def withdraw(work: Work, appeal_id: int, *, version: int | None = None) -> MarkAppeal:
    """Take one's own appeal back; it is given back."""
    row = own_appeal(work, appeal_id, version)
    if AppealState(row.state) not in appeals.VERBS["withdraw"][0]:
        raise RuleBroken("training.marking.appeal_decided", N_("This appeal was decided already."))
    _written(work, row, "withdraw", None)
    return row


def own_appeal(work: Work, appeal_id: int, version: int | None = None) -> MarkAppeal:
    """The caller's own appeal, held; NotFound for anybody else's."""
    row = work.get(MarkAppeal, appeal_id, lock=True, version=version)
    work.permit(APPEAL)
    if row.person_id != work.actor.person_id:
        raise NotFound()
    return row


def hand_over(work: Work, appeal_id: int, person_id: int, *, version: int | None = None) -> MarkAppeal:
    """Give an open appeal to somebody else who may decide it."""
    row = work.get(MarkAppeal, appeal_id, lock=True, version=version)
    work.permit(DECIDE)
    if row.person_id == work.actor.person_id:
        raise NotPermitted()
    if row.state != AppealState.OPEN:
        raise RuleBroken("training.marking.appeal_decided", N_("This appeal was decided already."))
    item, sitting = work.get(SittingItem, row.item_id), work.get(Sitting, row.sitting_id)
    if person_id not in fit_deciders(work.session, work.get(Exam, row.exam_id), item, sitting):
        raise InvalidInput({"person": [N_("This is nobody who may decide it.")]})
    if row.decider_id != person_id:
        row.decider_id = person_id
        work.record(AppealFiled(row.id))
    return row


def say(work: Work, appeal_id: int, *, words: str) -> AppealNote:
    """Ask or answer within an appeal: its candidate, and whoever may decide it."""
    row = work.get(MarkAppeal, appeal_id)
    mine = row.person_id == work.actor.person_id
    work.permit(APPEAL if mine else DECIDE)
    if not mine:
        sitting = work.get(Sitting, row.sitting_id)
        involved = involved_in(work.session, work.get(SittingItem, row.item_id), sitting)
        assert work.actor.person_id is not None
        hindered = unfit_to_decide(work.session, row.exam_id, work.actor.person_id, involved)
        if hindered:
            raise RuleBroken(f"training.marking.{hindered[0].value}", hindered[0].label)
    if row.state != AppealState.OPEN:
        raise RuleBroken("training.marking.appeal_decided", N_("This appeal was decided already."))
    if not words.strip():
        raise InvalidInput({"words": [N_("This is needed.")]})
    assert work.actor.person_id is not None
    note = AppealNote(appeal_id=row.id, person_id=work.actor.person_id, by_candidate=mine, words=words, at=work.now)
    work.session.add(note)
    work.session.flush()
    work.record(AppealNoted(note.id))
    return note
