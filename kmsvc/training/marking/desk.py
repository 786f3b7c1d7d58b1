"""The desk of a marker: the next answer by lot, held so that nobody else gets it; points by line; the same for answers alike; undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.states import ExamState
from kmsvc.training.marking import appeals, rubrics, rules
from kmsvc.training.marking.automatic import corrected_keys, draw, is_ready
from kmsvc.training.marking.models import Mark, MarkHold
from kmsvc.training.marking.permissions import MARK
from kmsvc.training.marking.rules import Hand, MarkingPart, MarkStand
from kmsvc.training.marking.samples import CLOSED, is_calibrated
from kmsvc.training.marking.settling import (
    ENDED,
    PART_OF,
    authors_of,
    by_person,
    hand_of,
    handle_of,
    held_exam,
    involved_of,
    live_marks,
    people_of,
    settle_item,
    settle_sitting,
)
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.models import QuestionVersion
from kmsvc.training.questions.scoring import Score, score
from kmsvc.training.questions.storing import from_json
from kmsvc.training.sittings.models import Sitting, SittingItem
from kmsvc.training.sittings.queries import answers_of

HELD_FOR = timedelta(minutes=15)
MOST_ALIKE = 500
LONGEST_COMMENT = 2_000
ORDER = {MarkStand.THIRD: 0, MarkStand.SECOND: 1, MarkStand.FIRST: 2}


@dataclass(frozen=True)
class Waiting:
    """An answer that waits for somebody, with what is needed to say for whom. held_by: who has it in hand."""

    handle: str
    item: SittingItem
    sitting: Sitting
    marks: tuple[Mark, ...]
    authors: frozenset[int]
    held_by: int | None = None

    @property
    def part(self) -> MarkingPart:
        """What is to be done with it."""
        return PART_OF[MarkStand(self.item.stand)]


@dataclass(frozen=True)
class InHand:
    """An answer as its marker sees it: nothing of it tells who wrote it. earlier: both marks, for who settles them; alike: answers
    of others that say the same and wait for the same; note: what the first marker asked to look at."""

    handle: str
    part: MarkingPart
    version_id: int
    question: Question
    answer: Any
    judged: Score
    asked: tuple[rubrics.Asked, ...]
    worth: Decimal
    earlier: tuple[tuple[MarkingPart, Decimal, str | None], ...] = ()
    alike: int = 0
    note: str | None = None


@dataclass(frozen=True)
class Points:
    """What a marker gives. lines: points by line; part: what the marker was asked to do; flag: what the second marker is to look at,
    an empty text for no words about it; alike: the same for answers that say the same."""

    lines: Mapping[str, Decimal]
    part: str
    comment: str | None = None
    flag: str | None = None
    alike: bool = False


@dataclass(frozen=True)
class Done:
    """What was marked: names of the answers, and what each got."""

    handles: tuple[str, ...]
    points: Decimal
    gone: tuple[str, ...] = field(default=())


def waiting(session: Session, exam: Exam, question_id: int, now: datetime, *, all_of: bool = False) -> list[Waiting]:
    """Answers to a question that wait for somebody, in an order by lot; `all_of`: settled ones that people marked too."""
    stands = [one.value for one in PART_OF]
    query = select(SittingItem, Sitting).join(Sitting, Sitting.id == SittingItem.sitting_id).where(
        Sitting.exam_id == exam.id, Sitting.state.in_(ENDED), SittingItem.question_id == question_id)
    rows = session.execute((query if all_of else query.where(SittingItem.stand.in_(stands))).order_by(SittingItem.id)).all()
    ids = [item.id for item, _ in rows]
    marks = live_marks(session, ids)
    holds: dict[int, int] = {}
    for start in range(0, len(ids), 500):
        holds |= dict(session.execute(select(MarkHold.item_id, MarkHold.person_id).where(
            MarkHold.item_id.in_(ids[start:start + 500]), MarkHold.until > now)).all())
    authors = authors_of(session, [item.version_id for item, _ in rows])
    found = [Waiting(handle_of(sitting, item.id), item, sitting, tuple(marks[item.id]), authors.get(item.version_id, frozenset()),
                     holds.get(item.id)) for item, sitting in rows]
    return sorted(found, key=lambda one: (ORDER.get(MarkStand(one.item.stand), 9), one.handle))


def unfit_for(exam: Exam, hand: Hand, one: Waiting, *, calibrated: bool) -> list[rules.Unfit]:
    """Why this person may not do what the answer waits for (R-E6)."""
    return rules.unfit(one.part, hand, involved_of(one.sitting, one.marks, one.authors), calibrated=calibrated,
                       author_may=exam.author_may_mark)


def _sits(session: Session, exam_id: int, hand: Hand) -> bool:
    """Whether one of those who act has not handed in yet: whoever still sits an exam reads no answers of it."""
    return bool(session.scalar(select(func.count()).select_from(Sitting).where(
        Sitting.exam_id == exam_id, Sitting.person_id.in_(hand.people), Sitting.state == "running")))


def at_desk(work: Work, exam_id: int) -> tuple[Exam, Hand]:
    """The exam, held, and as whom the caller marks it; refused for who is no marker of it, or where nothing can be marked."""
    work.permit(MARK)
    exam = held_exam(work, exam_id)
    hand = hand_of(work.session, work.actor, exam_id)
    if hand is None or _sits(work.session, exam_id, hand):
        raise NotPermitted()
    if exam.state != ExamState.PUBLISHED:
        raise RuleBroken("training.marking.closed", CLOSED)
    return exam, hand


def take_next(work: Work, exam_id: int, question_id: int, *, want: str | None = None) -> InHand | None:
    """The next answer for this marker, held for a while; None when none waits for this person. want: a certain one, by its name, as
    after taking a mark back."""
    exam, hand = at_desk(work, exam_id)
    calibrated = is_calibrated(work.session, exam_id, question_id, hand.person_id)
    if not calibrated:
        return None
    mine = None
    for one in waiting(work.session, exam, question_id, work.now):
        if one.held_by not in (None, hand.person_id) or unfit_for(exam, hand, one, calibrated=calibrated):
            continue
        if one.handle == want or (want is None and one.held_by == hand.person_id):
            mine = one
            break
        mine = mine or one
    if mine is None:
        return None
    _hold(work, mine, hand.person_id)
    return in_hand(work.session, exam, hand, mine, work.now)


def _hold(work: Work, one: Waiting, person_id: int) -> None:
    row = work.session.get(MarkHold, one.item.id)
    if row is None:
        work.session.add(MarkHold(item_id=one.item.id, person_id=person_id, until=work.now + HELD_FOR))
    else:
        row.person_id, row.until = person_id, work.now + HELD_FOR
    work.session.flush()


def key_of(session: Session, exam: Exam, item: SittingItem) -> Question:
    """The question by which an answer is marked: as it was asked, or with the key that was corrected since."""
    corrected = corrected_keys(session, exam.id).get(item.question_id)
    if corrected is not None:
        return corrected
    version = session.get(QuestionVersion, item.version_id)
    assert version is not None
    return from_json(version.content)


def answer_to(session: Session, one: Waiting) -> Any:
    """What was answered; None where nothing was."""
    kept = answers_of(session, [one.sitting.id]).get(one.item.id)
    return None if kept is None else kept.value.get("answer")


def in_hand(session: Session, exam: Exam, hand: Hand, one: Waiting, now: datetime) -> InHand:
    """The answer as its marker sees it."""
    question, answer = key_of(session, exam, one.item), answer_to(session, one)
    held = by_person(one.marks)
    first = held.get(MarkingPart.MARK)
    earlier = tuple((part, held[part].points, held[part].comment) for part in (MarkingPart.MARK, MarkingPart.SECOND)
                    if part in held) if one.part is MarkingPart.THIRD else ()
    alike = _alike(session, exam, hand, one, answer, now) if one.part is MarkingPart.MARK else []
    return InHand(one.handle, one.part, one.item.version_id, question, answer, score(question, answer, one.item.points),
                  rubrics.asked_of(question, one.item.points), one.item.points, earlier, len(alike),
                  first.flag if first is not None and one.part is MarkingPart.SECOND else None)


def _alike(session: Session, exam: Exam, hand: Hand, one: Waiting, answer: Any, now: datetime) -> list[Waiting]:
    """Other answers with the same words that wait for the same, and that this person may mark."""
    words = rubrics.words_of(answer)
    if not words:
        return []
    others = [other for other in waiting(session, exam, one.item.question_id, now) if other.item.id != one.item.id
              and other.item.stand == one.item.stand and other.held_by in (None, hand.person_id)
              and other.item.points == one.item.points and not unfit_for(exam, hand, other, calibrated=True)]
    answers = answers_of(session, sorted({other.sitting.id for other in others}))
    said = {other.handle: rubrics.words_of(answers[other.item.id].value.get("answer")) for other in others if other.item.id in answers}
    return [other for other in others if said.get(other.handle) and appeals.same(said[other.handle] or "", words)][:MOST_ALIKE]


def give_mark(work: Work, exam_id: int, question_id: int, handle: str, given: Points) -> Done:
    """Mark an answer, and with `alike` the others that say the same; each mark is kept for itself. Source: C11, C12, R-E6."""
    exam, hand = at_desk(work, exam_id)
    calibrated = is_calibrated(work.session, exam_id, question_id, hand.person_id)
    one = _found(waiting(work.session, exam, question_id, work.now, all_of=True), handle)
    if MarkStand(one.item.stand) not in PART_OF or one.part != given.part:
        raise RuleBroken("training.marking.moved", N_("Somebody else has marked this answer meanwhile. Go on with the next one."))
    if one.held_by not in (None, hand.person_id):
        raise RuleBroken("training.marking.held", N_("Somebody else has this answer in hand. Go on with the next one."))
    hindered = unfit_for(exam, hand, one, calibrated=calibrated)
    if hindered:
        raise RuleBroken(f"training.marking.{hindered[0].value}", hindered[0].label)
    answer, question = answer_to(work.session, one), key_of(work.session, exam, one.item)
    asked = rubrics.asked_of(question, one.item.points)
    check_lines(asked, given.lines)
    group = [one]
    if given.alike and one.part is MarkingPart.MARK:
        group += _alike(work.session, exam, hand, one, answer, work.now)
    human = rubrics.given(asked, given.lines)
    for each in group:
        own = answer if each is one else answer_to(work.session, each)
        _write(work, exam, hand, each, human + rubrics.by_machine(score(question, own, each.item.points)), given)
    if is_ready(work.session, exam, work.now):
        draw(work, exam)
    return Done(tuple(each.handle for each in group), human)


def check_lines(asked: Sequence[rubrics.Asked], lines: Mapping[str, Decimal]) -> None:
    """Refuse points that the lines do not have; InvalidInput names each line (the whole answer as `points`)."""
    tops = rubrics.tops(asked)
    flaws = rules.mark_flaws(tops, lines, sum((one.most for one in asked), Decimal(0)))
    if flaws:
        raise InvalidInput({(flaw.where or "points"): [Filled(rules.SAID[flaw.code], **flaw.params)] for flaw in flaws})


def _write(work: Work, exam: Exam, hand: Hand, one: Waiting, points: Decimal, given: Points) -> None:
    mark = Mark(item_id=one.item.id, part=one.part.value, marker_id=hand.person_id, behalf=sorted(hand.on_behalf_of), points=points,
                lines={key: str(value) for key, value in given.lines.items()}, comment=given.comment, at=work.now,
                flag=given.flag if one.part is MarkingPart.MARK else None)
    work.session.add(mark)
    work.session.flush()
    settle_item(one.item, [*one.marks, mark], one.sitting, exam)
    settle_sitting(work.session, one.sitting, exam)
    hold = work.session.get(MarkHold, one.item.id)
    if hold is not None:
        work.session.delete(hold)


def _found(rows: Iterable[Waiting], handle: str) -> Waiting:
    for one in rows:
        if one.handle == handle:
            return one
    raise NotFound()


def undo(work: Work, exam_id: int, question_id: int) -> Done:
    """Take one's own last mark of a question back, with those given at the same stroke; not once another person has gone on from it.
    The marks stay on record."""
    exam, hand = at_desk(work, exam_id)
    rows = {one.item.id: one for one in waiting(work.session, exam, question_id, work.now, all_of=True)}
    own = [mark for one in rows.values() for mark in one.marks if mark.marker_id == hand.person_id]
    if not own:
        raise RuleBroken("training.marking.nothing", N_("There is no mark of yours here to take back."))
    own.sort(key=lambda mark: mark.id, reverse=True)
    gone = own[:1]
    for mark in own[1:]:  # of one stroke: rows one after the other, alike and of one instant
        if (mark.id, mark.at, mark.lines) != (gone[-1].id - 1, gone[-1].at, gone[-1].lines):
            break
        gone.append(mark)
    for mark in gone:
        if any(other.id > mark.id and hand.person_id not in people_of(other) for other in rows[mark.item_id].marks):
            raise RuleBroken("training.marking.gone_on", N_("Another person has gone on from this mark; it stays."))
    for mark in gone:
        one = rows[mark.item_id]
        mark.undone_at = work.now
        settle_item(one.item, [other for other in one.marks if other.id != mark.id], one.sitting, exam)
        settle_sitting(work.session, one.sitting, exam)
    work.session.flush()
    return Done(tuple(rows[mark.item_id].handle for mark in sorted(gone, key=lambda mark: mark.id)), gone[0].points)


def leave(work: Work, exam_id: int, question_id: int) -> None:
    """Give back what one has in hand of a question, so that others get it at once."""
    work.permit(MARK)
    for hold in work.session.scalars(select(MarkHold).join(SittingItem, SittingItem.id == MarkHold.item_id).join(
            Sitting, Sitting.id == SittingItem.sitting_id).where(
            Sitting.exam_id == exam_id, SittingItem.question_id == question_id,
            MarkHold.person_id == (work.actor.person_id or 0)).order_by(MarkHold.item_id)):
        work.session.delete(hold)
