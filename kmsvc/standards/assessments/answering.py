"""Answering what was given to one, and looking at what was answered: write, prove, submit, accept, return. Source: E2, E3."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.standards.assessments.campaign_rules import MOST_DAYS, TO_ANSWER, AnswerState, RoundState
from kmsvc.standards.assessments.events import AnswerReturned, AnswersSubmitted, AssessmentMoved
from kmsvc.standards.assessments.marking import read_answers
from kmsvc.standards.assessments.models import ClauseAnswer, SelfAssessment
from kmsvc.standards.assessments.permissions import ANSWER_CLAUSES, RUN_ASSESSMENTS
from kmsvc.standards.assessments.rounds import check_state, round_to_run
from kmsvc.standards.assessments.rules import FULL
from kmsvc.standards.assessments.standing import answers_of, in_sections, key_of
from kmsvc.standards.evidence import queries as evidence
from kmsvc.standards.models.models import Clause, StandardModel

TO_ANSWER_STATES = frozenset(one.value for one in TO_ANSWER)
MOST_PROOFS = 30
KEPT = ("reason", "strengths", "gaps", "target_c", "target_f", "due_on", "effort_days")


@dataclass(frozen=True)
class Said:
    """What is said to an item. c, f: 10, 5, 0 or nothing yet; gaps: needed where a mark is below 10; effort_days: of work to get to
    the marks aimed at."""

    c: int | None
    f: int | None
    reason: str | None
    strengths: str | None = None
    gaps: str | None = None
    target_c: int | None = None
    target_f: int | None = None
    due_on: date | None = None
    effort_days: int | None = None


def _to_answer(work: Work, answer_id: int, version: int | None, *states: str) -> tuple[ClauseAnswer, SelfAssessment]:
    """The answer, held to the end, for its respondent, while the round is answered. Raises NotPermitted, Stale, RuleBroken."""
    row = work.get(ClauseAnswer, answer_id, lock=True, version=version)
    work.permit(ANSWER_CLAUSES, row)
    held = work.get(SelfAssessment, row.assessment_id)
    check_state(held, RoundState.OPEN)
    _check(row, states)
    return row, held


def _check(row: ClauseAnswer, states: Collection[str]) -> None:
    if row.state not in states:
        raise RuleBroken("standards.answer.state", N_("The answer is not in a state in which this can be done."))


def is_complete(said: Said | ClauseAnswer) -> bool:
    """Whether both marks and a reason stand, and what is missing where a mark is below 10."""
    return (said.c is not None and said.f is not None and bool(said.reason)
            and (bool(said.gaps) or (said.c == FULL and said.f == FULL)))


def save(work: Work, answer_id: int, said: Said, *, version: int | None = None) -> ClauseAnswer:
    """Keep what is written; half an answer is kept as well and stands as not answered. InvalidInput: a mark aimed at below the mark."""
    row, _ = _to_answer(work, answer_id, version, *TO_ANSWER_STATES)
    for side in ("c", "f"):
        mark, target = getattr(said, side), getattr(said, f"target_{side}")
        if mark is not None and target is not None and target < mark:
            raise InvalidInput({f"target_{side}": [N_("What is aimed at is not below what is there.")]})
    if said.effort_days is not None and not 0 <= said.effort_days <= MOST_DAYS:
        raise InvalidInput({"effort_days": [N_("Days of work are 0 to 999.")]})
    row.c, row.f = said.c, said.f
    for name in KEPT:
        setattr(row, name, getattr(said, name))
    row.state = (AnswerState.ANSWERED if is_complete(said) else AnswerState.OPEN).value
    row.answered_by_id, row.answered_at = work.actor.person_id, work.now
    return row


def take_back(work: Work, answer_id: int, *, version: int | None = None) -> ClauseAnswer:
    """Take a submitted answer back to write on it, as long as nobody accepted it."""
    row, held = _to_answer(work, answer_id, version, AnswerState.SUBMITTED)
    row.state = AnswerState.ANSWERED.value
    work.session.flush()
    work.record(AssessmentMoved(held.id))
    return row


def submit(work: Work, assessment_id: int, *, version: int | None = None) -> int:
    """Hand in all own clauses of a round; every one of them is answered. How many. RuleBroken names those that are not."""
    held = work.get(SelfAssessment, assessment_id, version=version)
    me = work.actor.person_id
    own = list(work.session.scalars(select(ClauseAnswer).where(
        ClauseAnswer.assessment_id == held.id, ClauseAnswer.respondent_id == me).order_by(ClauseAnswer.place).with_for_update()))
    if not own:
        raise NotPermitted()
    work.permit(ANSWER_CLAUSES, own[0])
    check_state(held, RoundState.OPEN)
    left = [one.name for one in own if one.state in (AnswerState.OPEN, AnswerState.RETURNED)]
    if left:
        raise RuleBroken("standards.answer.left", N_("Not answered yet: %(names)s. An answer needs both marks and a reason, and what is "
                                                     "missing where a mark is below 10."),
                         names=", ".join(f"#{one}" for one in left[:12]))
    ready = [one for one in own if one.state == AnswerState.ANSWERED]
    if not ready:
        raise RuleBroken("standards.answer.none", N_("There is nothing to submit: all of yours is submitted."))
    for one in ready:
        one.state, one.remark = AnswerState.SUBMITTED.value, None
    work.session.flush()
    work.record(AnswersSubmitted(held.id, me or 0, int(work.now.timestamp())))
    work.record(AssessmentMoved(held.id))
    return len(ready)


def _to_judge(work: Work, answer_id: int, version: int | None) -> tuple[ClauseAnswer, SelfAssessment]:
    row = work.get(ClauseAnswer, answer_id, lock=True, version=version)
    held = work.get(SelfAssessment, row.assessment_id)
    work.permit(RUN_ASSESSMENTS, held)
    check_state(held, RoundState.OPEN, RoundState.REVIEW)
    return row, held


def accept(work: Work, answer_id: int, *, version: int | None = None) -> ClauseAnswer:
    """Agree with a submitted answer."""
    row, _ = _to_judge(work, answer_id, version)
    _check(row, (AnswerState.SUBMITTED,))
    row.state, row.judged_by_id, row.judged_at = AnswerState.ACCEPTED.value, work.actor.person_id, work.now
    return row


def accept_all(work: Work, assessment_id: int, *, sections: Collection[str] = (), version: int | None = None) -> int:
    """Agree with all submitted answers, or those of sections. How many; RuleBroken where there is none."""
    held = round_to_run(work, assessment_id, version, RoundState.OPEN, RoundState.REVIEW)
    section = dict(work.session.execute(select(Clause.id, Clause.section).where(Clause.model_id == held.model_id)).all())
    rows = [one for one in answers_of(work.session, held.id)
            if one.state == AnswerState.SUBMITTED and in_sections(section[one.clause_id], sections)]
    if not rows:
        raise RuleBroken("standards.answer.none", N_("No submitted answer waits there."))
    for one in rows:
        one.state, one.judged_by_id, one.judged_at = AnswerState.ACCEPTED.value, work.actor.person_id, work.now
    return len(rows)


def return_answer(work: Work, answer_id: int, *, remark: str, version: int | None = None) -> ClauseAnswer:
    """Give an answer back with a remark: the respondent hears of it. A round that is looked through is answered on by that."""
    row, held = _to_judge(work, answer_id, version)
    _check(row, (AnswerState.SUBMITTED, AnswerState.ACCEPTED))
    row.state, row.remark = AnswerState.RETURNED.value, remark
    row.judged_by_id, row.judged_at = work.actor.person_id, work.now
    if held.state == RoundState.REVIEW:
        held.state = RoundState.OPEN.value
    work.session.flush()
    work.record(AnswerReturned(row.id, work.actor.person_id, row.version))
    work.record(AssessmentMoved(held.id))
    return row


def suggested(work: Work, answer: ClauseAnswer, clause: Clause, code: str, today: date) -> list[dict[str, Any]]:
    """What the service itself knows to this clause, this year and the year before, newest first, without what is named already. Whoever
    was given the clause sees it, may they see the proof of the centre or not."""
    span = evidence.Span(date(today.year - 1, 1, 1), today, today, work.session.info["zone"])
    held = {one["key"] for one in answer.proof}
    found = evidence.narrowed(evidence.known(work.session, span), evidence.EvidenceFilters(clause=f"{clause.no}"))
    return [{"key": f"{one.kind}:{one.id}", "kind": one.kind, "number": one.number, "title": one.title or one.title_label,
             "on": one.happened_on.isoformat(), "url": one.url} for one in reversed(found)
            if one.model == code and f"{one.kind}:{one.id}" not in held]


def add_proof(work: Work, answer_id: int, *, key: str, today: date, version: int | None = None) -> ClauseAnswer:
    """Name a record of the service that shows it. InvalidInput where there is no such record of this clause."""
    row, held = _to_answer(work, answer_id, version, *TO_ANSWER_STATES)
    clause, model = work.get(Clause, row.clause_id), work.get(StandardModel, held.model_id)
    one = next((it for it in suggested(work, row, clause, model.code, today) if it["key"] == key), None)
    if one is None:
        raise InvalidInput({"key": [N_("There is no such record of this clause, or it is named already.")]})
    if len(row.proof) >= MOST_PROOFS:
        raise InvalidInput({"key": [N_("Thirty records are enough to show it.")]})
    row.proof = [*row.proof, one]
    return row


def drop_proof(work: Work, answer_id: int, *, key: str, version: int | None = None) -> ClauseAnswer:
    """Name it no more."""
    row, _ = _to_answer(work, answer_id, version, *TO_ANSWER_STATES)
    left = [one for one in row.proof if one["key"] != key]
    if len(left) == len(row.proof):
        raise InvalidInput({"key": [N_("This record is not named.")]})
    row.proof = left
    return row


class Imported(NamedTuple):
    """What a file of marks did, or would do: (clause, what of it differs) a row; missing: items of the round it says nothing of."""

    rows: list[tuple[str, tuple[str, ...]]]
    missing: int

    @property
    def changed(self) -> list[str]:
        """Clauses whose answers are others now."""
        return [name for name, what in self.rows if what]


def import_marks(work: Work, assessment_id: int, text: str, *, dry: bool = False, version: int | None = None) -> Imported:
    """Marks out of a csv `no,sub,c,f` (and reason, strengths, gaps where there are such columns) for answers that wait. What has both
    marks, a reason and its gaps counts as answered; the rest waits for its respondent. InvalidInput names every wrong row."""
    held = round_to_run(work, assessment_id, version, RoundState.DRAFT, RoundState.OPEN)
    answers = {key_of(one): one for one in answers_of(work.session, held.id)}
    given = read_answers(text, answers)
    rows = []
    for key, said in given.items():
        row = answers[key]
        new = {name: value for name, value in said.items() if value is not None and getattr(row, name) != value}
        rows.append((row.name, tuple(new)))
        if not new:
            continue
        if row.state not in TO_ANSWER_STATES:
            raise InvalidInput({"file": [Filled(
                N_("Clause %(name)s is submitted; return it before its marks are changed."), name=row.name)]})
        if not dry:
            for name, value in new.items():
                setattr(row, name, value)
            for side in ("c", "f"):  # what is aimed at is never below what is there
                target, mark = getattr(row, f"target_{side}"), getattr(row, side)
                if target is not None and mark is not None and target < mark:
                    setattr(row, f"target_{side}", mark)
            row.state = (AnswerState.ANSWERED if is_complete(row) else AnswerState.OPEN).value
            row.answered_by_id, row.answered_at = work.actor.person_id, work.now
    return Imported(rows, len(answers) - len(given))
