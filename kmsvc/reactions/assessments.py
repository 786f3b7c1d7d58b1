"""What follows from self-assessments: who was given clauses hears of it, the lead of what was submitted, duties follow each turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.assessments.duties import ANSWER, CLOSE, IMPROVE
from kmsvc.standards.assessments.events import (
    AnswerReturned,
    AnswersSubmitted,
    AssessmentClosed,
    AssessmentMoved,
    ClausesGiven,
    ImprovementMoved,
)
from kmsvc.standards.assessments.models import AssessmentResult, ClauseAnswer, Improvement, SelfAssessment
from kmsvc.standards.duties.usecases import look_again

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def tell_who_answers(work: Work, fact: ClausesGiven, around: Surroundings) -> None:
    """Whoever was given clauses hears how many, and by when; who gave them to themselves knows."""
    row = work.get(SelfAssessment, fact.assessment_id)
    if fact.person_id != fact.by_id:
        tell(work, [fact.person_id], "standards.assessment.given", mail=True, url=f"/standards/assessments/mine?round={row.id}",
             params={"number": row.number, "title": row.title, "count": fact.count, "due_on": row.due_on.isoformat()},
             dedup=f"self_assessment:{row.id}:{fact.person_id}:{fact.turn}")


def tell_the_lead(work: Work, fact: AnswersSubmitted, around: Surroundings) -> None:
    """The lead hears that somebody has submitted."""
    row = work.get(SelfAssessment, fact.assessment_id)
    if row.lead_id != fact.person_id:
        tell(work, [row.lead_id], "standards.assessment.submitted", url=f"/standards/assessments/{row.id}/answers?state=submitted",
             params={"number": row.number, "title": row.title, "who": directory(work.session).people[fact.person_id].name},
             dedup=f"self_assessment:{row.id}:submitted:{fact.person_id}:{fact.turn}")


def tell_what_came_back(work: Work, fact: AnswerReturned, around: Surroundings) -> None:
    """The respondent hears which clause came back, and why."""
    answer = work.get(ClauseAnswer, fact.answer_id)
    row = work.get(SelfAssessment, answer.assessment_id)
    if answer.respondent_id is not None and answer.respondent_id != fact.by_id:
        tell(work, [answer.respondent_id], "standards.assessment.returned", mail=True, url=f"/standards/assessments/answers/{answer.id}",
             params={"number": row.number, "clause": answer.name, "remark": answer.remark or ""},
             dedup=f"clause_answer:{answer.id}:{fact.turn}")


def tell_what_it_gave(work: Work, fact: AssessmentClosed, around: Surroundings) -> None:
    """Everybody who answered hears what the round gave."""
    row = work.get(SelfAssessment, fact.assessment_id)
    result = work.session.scalars(select(AssessmentResult).where(
        AssessmentResult.assessment_id == row.id, AssessmentResult.no == fact.no)).one()
    people = sorted({one["respondent"] for one in result.body["answers"] if one["respondent"]} - {result.by_id})
    tell(work, people, "standards.assessment.closed", url=f"/standards/assessments/{row.id}",
         params={"number": row.number, "title": row.title, "total": result.body["total"], "most": result.body["max_total"],
                 "level": result.level or "\u2013"}, dedup=f"self_assessment:{row.id}:closed:{fact.no}")


def follow_round(work: Work, fact: AssessmentMoved, around: Surroundings) -> None:
    """Duties of answering and closing follow."""
    for rule in (ANSWER, CLOSE):
        look_again(work, rule, fact.assessment_id, local_date(work.now, around.zone))


def follow_item(work: Work, fact: ImprovementMoved, around: Surroundings) -> None:
    """The duty of the owner follows, and a new owner hears of it."""
    row = work.get(Improvement, fact.improvement_id)
    look_again(work, IMPROVE, row.id, local_date(work.now, around.zone))
    if fact.told and row.owner_id != fact.by_id:
        tell(work, [row.owner_id], "standards.improvement.given", mail=True, url=f"/standards/assessments/plans/{row.id}",
             params={"number": row.number, "title": row.title, "clause": row.name, "due_on": row.due_on.isoformat()},
             dedup=f"improvement:{row.id}:{fact.turn}")


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ClausesGiven: (tell_who_answers,), AnswersSubmitted: (tell_the_lead,), AnswerReturned: (tell_what_came_back,),
    AssessmentClosed: (tell_what_it_gave,), AssessmentMoved: (follow_round,), ImprovementMoved: (follow_item,)}
"""Reactions to what happens in self-assessments."""
