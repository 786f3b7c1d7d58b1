"""The verbs of an evaluation: the five steps, saying what one thinks, telling four audiences; adjustments; figures by hand."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work, centre_day
from kmsvc.knowledge.reviews.rules import hash_of
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import parents, upward
from kmsvc.training.courses.models import Course, CourseVersion
from kmsvc.training.evaluations import rules
from kmsvc.training.evaluations.effects import levels_of, people_of, ratings_of
from kmsvc.training.evaluations.events import AdjustmentGiven, EvaluationAsked, EvaluationReported
from kmsvc.training.evaluations.models import (
    Adjustment,
    Evaluation,
    EvaluationStep,
    Measure,
    Participant,
    Rating,
)
from kmsvc.training.evaluations.permissions import FINISH_ADJUSTMENT, RATE_TRAINING, RUN_EVALUATION
from kmsvc.training.evaluations.plan_effects import about, take_part
from kmsvc.training.evaluations.rules import (
    AdjustmentState,
    Audience,
    EvaluationState,
    Factor,
    Level,
    SubjectKind,
)

LEADS, TOP, DEVELOPS = ("team_leader", "supervisor"), "manager", "training.course.write"


def opened(work: Work, evaluation_id: int, verb: str, permission: Permission = RUN_EVALUATION, version: int | None = None) -> Evaluation:
    """The evaluation, locked, where this verb makes sense and is this person's."""
    row = work.get(Evaluation, evaluation_id, lock=True, version=version)
    work.permit(permission, row)
    if not rules.makes_sense(verb, row.state):
        raise RuleBroken("training.evaluation.state", N_("This evaluation does not stand where that can be done."))
    return row


def _prove(work: Work, row: Evaluation, verb: str, **facts: Any) -> None:
    work.session.add(EvaluationStep(evaluation_id=row.id, step=rules.STEP_OF[verb], verb=verb, person_id=work.actor.person_id,
                                    at=work.now, facts=facts))


def course_title(work: Work, course_id: int) -> str:
    """The title of a course as it is read, or as it is drafted."""
    course = work.session.get(Course, course_id)
    if course is None:
        raise InvalidInput({"subject_id": [N_("There is no such course.")]})
    version = work.session.get(CourseVersion, course.published_version_id or course.draft_version_id or 0)
    return version.title if version is not None else course.number


def begin_evaluation(work: Work, *, kind: str, title: str | None = None, subject_id: int | None = None,
                     held_on: date | None = None) -> Evaluation:
    """Begin the evaluation of a course, plan, session or another training; of a plan or session with everybody who was there."""
    work.permit(RUN_EVALUATION)
    if kind == SubjectKind.COURSE:
        if subject_id is None:
            raise InvalidInput({"subject_id": [N_("Choose a course.")]})
        title = title or course_title(work, subject_id)
    elif kind in (SubjectKind.PLAN, SubjectKind.SESSION):
        its, first = about(work, kind, subject_id)
        title, held_on = title or its, held_on or first
    if not title:
        raise InvalidInput({"title": [N_("This is needed.")]})
    row = Evaluation(number=number_of_year(work.session, "TE", "evaluation", centre_day(work.session, work.now).year),
                     state=EvaluationState.METHOD, subject_kind=kind, subject_id=subject_id, title=title, held_on=held_on,
                     anonymous=True, made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    if kind in (SubjectKind.PLAN, SubjectKind.SESSION):
        take_part(work, row)
    _prove(work, row, "begin", title=title)
    return row


def choose_method(work: Work, evaluation_id: int, *, levels: Collection[str], why: str, version: int | None = None) -> Evaluation:
    """Step 1: which of the four levels are looked at, and why."""
    row = opened(work, evaluation_id, "choose_method", version=version)
    if not levels or any(one not in set(Level) for one in levels):
        raise InvalidInput({"levels": [N_("Choose at least one of the four levels.")]})
    row.levels, row.why = [one.value for one in Level if one.value in levels], why
    row.state = EvaluationState.STRATEGY if row.state == EvaluationState.METHOD else row.state
    _prove(work, row, "choose_method", levels=row.levels)
    return row


def set_strategy(work: Work, evaluation_id: int, *, strategy: str, people: Sequence[str], version: int | None = None) -> Evaluation:
    """Step 2: whom to ask, when, against what. people: logins of those who took part."""
    row = opened(work, evaluation_id, "set_strategy", version=version)
    known = {login: one.id for one in directory(work.session).active() for login in one.logins}
    missing = [one for one in people if one not in known]
    if missing or not people:
        raise InvalidInput({"people": [Filled(N_("Nobody here is called %(login)s."), login=missing[0][:60]) if missing else N_(
            "Name who took part.")]})
    wanted, held = {known[one] for one in people}, set(people_of(work.session, row))
    for one in work.session.scalars(select(Participant).where(Participant.evaluation_id == row.id)):
        if one.person_id not in wanted:
            work.session.delete(one)
    work.session.add_all(Participant(evaluation_id=row.id, person_id=one) for one in sorted(wanted - held))
    row.strategy, row.state = strategy, EvaluationState.TOOLS
    _prove(work, row, "set_strategy", people=len(wanted))
    work.session.flush()
    return row


def design_tools(work: Work, evaluation_id: int, *, tools: str, factors: Collection[str], anonymous: bool, due_on: date, today: date,
                 version: int | None = None) -> Evaluation:
    """Step 3: which of the six factors are asked, named or anonymous, by when; which other means are used."""
    row = opened(work, evaluation_id, "design_tools", version=version)
    wrong: dict[str, list[str]] = {}
    if not factors or any(one not in set(Factor) for one in factors):
        wrong["factors"] = [N_("Choose at least one of the six factors.")]
    if due_on < today:
        wrong["due_on"] = [N_("This day has passed.")]
    if wrong:
        raise InvalidInput(wrong)
    row.factors = [one.value for one in Factor if one.value in factors]
    row.tools, row.anonymous, row.due_on = tools, anonymous, due_on
    _prove(work, row, "design_tools", factors=row.factors, anonymous=anonymous, due_on=due_on.isoformat())
    return row


def collect(work: Work, evaluation_id: int, *, version: int | None = None) -> Evaluation:
    """Step 4: those who took part are asked."""
    row = opened(work, evaluation_id, "collect", version=version)
    if not row.factors:
        raise RuleBroken("training.evaluation.no_tools", N_("Design the form of the six factors first."))
    row.state = EvaluationState.COLLECTING
    _prove(work, row, "collect", people=len(people_of(work.session, row)))
    work.session.flush()
    work.record(EvaluationAsked(row.id))
    return row


def my_part(work: Work, evaluation_id: int) -> tuple[Evaluation, Participant]:
    """The evaluation and this person's part in it; NotFound where there is none."""
    work.permit(RATE_TRAINING)
    part = work.session.scalars(select(Participant).where(
        Participant.evaluation_id == evaluation_id, Participant.person_id == (work.actor.person_id or 0))).one_or_none()
    if part is None:
        raise NotFound()
    return work.get(Evaluation, evaluation_id), part


def rate(work: Work, evaluation_id: int, *, marks: Mapping[str, object], said: Mapping[str, str | None], today: date) -> Participant:
    """Say what one thinks of the training, once; anonymous where the evaluation is."""
    row, part = my_part(work, evaluation_id)
    if not rules.makes_sense("rate", row.state):
        raise RuleBroken("training.evaluation.rated_late", N_("This evaluation takes no more answers."))
    work.session.refresh(part, with_for_update=True)
    if part.answered_on is not None:
        raise RuleBroken("training.evaluation.rated", N_("You have answered this already."))
    held = rules.checked_marks(row.factors or (), marks)
    words = {name: str(text).strip() for name, text in said.items() if text and str(text).strip()}
    if any(name not in (row.factors or ()) or len(text) > rules.LONGEST["said"] for name, text in words.items()):
        raise InvalidInput({"said": [N_("This text is too long, or belongs to no factor.")]})
    work.session.add(Rating(key=secrets.token_hex(16), evaluation_id=row.id, participant_id=None if row.anonymous else part.id,
                            marks=held, said=words))
    part.answered_on = today
    return part


def finish(work: Work, evaluation_id: int, *, version: int | None = None) -> Evaluation:
    """The data are in: step 5 begins."""
    row = opened(work, evaluation_id, "finish", version=version)
    row.state = EvaluationState.ANALYSING
    _prove(work, row, "finish", answers=len(ratings_of(work.session, row)), people=len(people_of(work.session, row)))
    return row


def audiences_of(work: Work, row: Evaluation) -> dict[Audience, list[int]]:
    """Whom the result is told: who took part, who leads them, who makes courses, top management."""
    people = people_of(work.session, row)
    known = directory(work.session)
    tree = parents(work.session)
    above: set[int] = set()
    for one in people:
        above |= upward(tree, known.people[one].unit_id) if one in known.people else frozenset()
    active = known.active()
    return {
        Audience.TRAINEES: people,
        Audience.SUPERIORS: [one.id for one in active if one.unit_id in above and set(LEADS) & one.role_names and one.id not in people],
        Audience.DEVELOPERS: [one.id for one in active if DEVELOPS in one.permissions and one.logins],
        Audience.TOP: [one.id for one in active if TOP in one.role_names]}


def report(work: Work, evaluation_id: int, *, conclusion: str, texts: Mapping[str, str], version: int | None = None) -> Evaluation:
    """Tell the result: figures are kept as they stand, each audience gets what fits it. texts: audience -> words."""
    row = opened(work, evaluation_id, "report", version=version)
    missing = [one for one in Audience if not texts.get(one)]
    if missing:
        raise InvalidInput({one.value: [N_("This is needed.")] for one in missing})
    figures = rules.counted(row.factors or (), (one.marks for one in ratings_of(work.session, row)), anonymous=row.anonymous)
    record = {
        "factors": [[one.factor, one.n, one.mean, list(one.spread)] for one in figures] if figures is not None else None,
        "answers": len(ratings_of(work.session, row)), "people": len(people_of(work.session, row)),
        "levels": {level.value: [[one.indicator, one.before, one.after, one.unit, one.n, one.note] for one in its]
                   for level, its in levels_of(work.session, row).items()}}
    who = audiences_of(work, row)
    _prove(work, row, "report", **{one.value: len(who[one]) for one in Audience})
    work.session.flush()
    with work.session.no_autoflush:  # what is told is written once
        row.record, row.conclusion = record, conclusion
        row.told = {one.value: {"text": texts[one], "people": who[one]} for one in Audience}
        row.reported_by_id, row.reported_at, row.state = work.actor.person_id, work.now, EvaluationState.REPORTED
        row.content_hash = hash_of(content_of(row))
    work.record(EvaluationReported(row.id))
    return row


def content_of(row: Evaluation) -> dict[str, Any]:
    """What was told, as its hash covers it."""
    own = ("number", "subject_kind", "subject_id", "title", "levels", "why", "strategy", "tools", "factors", "anonymous", "record",
           "conclusion", "told", "reported_by_id")
    return {name: getattr(row, name) for name in own}


def cancel(work: Work, evaluation_id: int, *, reason: str, version: int | None = None) -> Evaluation:
    """Give an evaluation up."""
    row = opened(work, evaluation_id, "cancel", version=version)
    work.because(reason)
    row.state, row.reason, row.cancelled_at = EvaluationState.CANCELLED, reason, work.now
    _prove(work, row, "cancel", reason=reason)
    return row


def add_measure(work: Work, evaluation_id: int, *, level: str, indicator: str, before: float | None, after: float | None,
                unit: str | None = None, cases: int | None = None, source: str | None = None) -> Measure:
    """Enter a figure of a level by hand; also after the result was told, for behaviour shows later."""
    row = work.get(Evaluation, evaluation_id)
    work.permit(RUN_EVALUATION, row)
    if row.state == EvaluationState.CANCELLED:
        raise RuleBroken("training.evaluation.state", N_("This evaluation does not stand where that can be done."))
    if level not in set(Level):
        raise InvalidInput({"level": [N_("There is no such level.")]})
    if before is None and after is None:
        raise InvalidInput({"after": [N_("A figure before or after is needed.")]})
    made = Measure(evaluation_id=row.id, level=level, indicator=indicator, before=before, after=after, unit=unit, cases=cases,
                   source=source, entered_by_id=work.actor.person_id, entered_at=work.now)
    work.session.add(made)
    work.session.flush()
    return made


def remove_measure(work: Work, evaluation_id: int, measure_id: int) -> Measure:
    """Take a figure back; the row stays in the trail."""
    work.permit(RUN_EVALUATION, work.get(Evaluation, evaluation_id))
    row = work.get(Measure, measure_id, lock=True)
    if row.evaluation_id != evaluation_id:
        raise NotFound()
    row.removed_at = row.removed_at or work.now
    return row


def adjust(work: Work, *, part: str, what: str, why: str, due_on: date, owner: str, today: date, evaluation_id: int | None = None,
           course_id: int | None = None, title: str | None = None) -> Adjustment:
    """Record what is changed in a training, why, by when and by whom; that person hears of it."""
    work.permit(RUN_EVALUATION)
    evaluation = work.get(Evaluation, evaluation_id) if evaluation_id is not None else None
    if evaluation is not None and evaluation.subject_kind == SubjectKind.COURSE and course_id is None:
        course_id = evaluation.subject_id
    title = title or (course_title(work, course_id) if course_id is not None else evaluation.title if evaluation else None)
    wrong: dict[str, list[str]] = {}
    person = next((one for one in directory(work.session).active() if owner in one.logins), None)
    if person is None:
        wrong["owner"] = [N_("Nobody here has this account.")]
    if due_on < today:
        wrong["due_on"] = [N_("This day has passed.")]
    if not title:
        wrong["title"] = [N_("Say which training is adjusted.")]
    if wrong or person is None:
        raise InvalidInput(wrong)
    row = Adjustment(number=number_of_year(work.session, "TA", "adjustment", centre_day(work.session, work.now).year),
                     evaluation_id=evaluation_id, course_id=course_id, title=title, part=part, what=what, why=why, due_on=due_on,
                     owner_id=person.id, state=AdjustmentState.OPEN, made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.record(AdjustmentGiven(row.id, row.version))
    return row


def finish_adjustment(work: Work, adjustment_id: int, *, done: bool, result: str, today: date, version: int | None = None) -> Adjustment:
    """Say what was done, or why it was dropped; its owner or who runs evaluations."""
    row = work.get(Adjustment, adjustment_id, lock=True, version=version)
    work.permit(RUN_EVALUATION if work.actor.can(RUN_EVALUATION.name) else FINISH_ADJUSTMENT, row)
    if row.state != AdjustmentState.OPEN:
        raise RuleBroken("training.adjustment.state", N_("This adjustment is settled already."))
    row.state = AdjustmentState.DONE if done else AdjustmentState.DROPPED
    row.done_on, row.result = today, result
    return row
