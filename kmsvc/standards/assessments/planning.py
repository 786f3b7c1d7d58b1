"""The plan to be better: clauses brought to higher marks in four steps, with an owner, a day, and what was done in each. Domain 11.5."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.notices.wording import catalogue
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.assessments.campaign_rules import PLAN_STEPS, ImprovementState, RoundState, following
from kmsvc.standards.assessments.events import ImprovementMoved
from kmsvc.standards.assessments.models import ClauseAnswer, Improvement, ImprovementStep, SelfAssessment
from kmsvc.standards.assessments.permissions import IMPROVE, RUN_ASSESSMENTS
from kmsvc.standards.assessments.rules import FULL
from kmsvc.standards.assessments.standing import answers_of

TITLE = N_("Raise clause %(name)s")
AGAIN = N_("In the plan again, at its first step.")
STEP_STATES = tuple(one.value for one in PLAN_STEPS)


@dataclass(frozen=True)
class Aim:
    """What is aimed at for an item: the marks, whose it is (its respondent where nobody is said), by when, how many days of work."""

    name: str
    c: int
    f: int
    owner: int | None
    due_on: date
    effort_days: int | None = None
    title: str | None = None


def plan(work: Work, assessment_id: int, aims: Sequence[Aim], *, today: date, version: int | None = None) -> list[Improvement]:
    """Take items into the plan of a round; what stands in it already gets the higher marks of both and the new day (and owner,
    where one is said), what was left out or is done begins again. InvalidInput: no such item, a mark aimed at below what is there, a day
    that is over, nobody to do it."""
    held = work.get(SelfAssessment, assessment_id, lock=True, version=version)
    work.permit(RUN_ASSESSMENTS, held)
    if held.state == RoundState.DRAFT:
        raise RuleBroken("standards.assessment.state", N_("The round is a draft; there is nothing to improve yet."))
    if not aims:
        raise InvalidInput({"names": [N_("Choose at least one clause.")]})
    answers = {one.name: one for one in answers_of(work.session, held.id)}
    standing = {one.answer_id: one for one in work.session.scalars(select(Improvement).where(Improvement.assessment_id == held.id))}
    made = []
    for aim in aims:
        answer = answers.get(aim.name)
        if answer is None:
            raise InvalidInput({"names": [Filled(N_("Clause %(name)s is not in this round."), name=aim.name)]})
        owner = aim.owner or answer.respondent_id
        _check(work, answer, aim, owner, today)
        row = standing.get(answer.id)
        if row is None:
            words = catalogue(work.actor.language).gettext(TITLE) % {"name": f"#{aim.name}"}
            row = Improvement(
                number=number_of_year(work.session, "IP", "improvement", today.year), assessment_id=held.id, answer_id=answer.id,
                name=aim.name, title=aim.title or words, aim_c=aim.c, aim_f=aim.f, effort_days=aim.effort_days or answer.effort_days,
                owner_id=owner, due_on=aim.due_on, state=ImprovementState.COMPARE.value, made_by_id=work.actor.person_id,
                made_at=work.now)
            work.session.add(row)
            work.session.flush()
            work.record(ImprovementMoved(row.id, work.actor.person_id, True, row.version))
        else:
            row.aim_c, row.aim_f = max(row.aim_c, aim.c), max(row.aim_f, aim.f)
            if row.state not in STEP_STATES:  # left out, or done and still below: it begins again
                row.owner_id, row.due_on = owner or row.owner_id, aim.due_on
                again = catalogue(work.actor.language).gettext(AGAIN)
                _go(work, row, "take_up", again, ImprovementState.COMPARE, today, told=True)
            else:
                told = aim.owner is not None and aim.owner != row.owner_id
                row.owner_id, row.due_on = aim.owner or row.owner_id, aim.due_on
                work.session.flush()
                work.record(ImprovementMoved(row.id, work.actor.person_id, told, row.version))
        made.append(row)
    work.session.flush()
    return made


def _check(work: Work, answer: ClauseAnswer, aim: Aim, owner: int | None, today: date) -> None:
    people = directory(work.session).people
    if owner is None or owner not in people or not people[owner].is_active or not people[owner].logins:
        raise InvalidInput({"owner": [Filled(N_("Say who improves clause %(name)s: somebody who can sign in here."), name=aim.name)]})
    if aim.c < (answer.c or 0) or aim.f < (answer.f or 0) or (aim.c, aim.f) == (answer.c, answer.f):
        raise InvalidInput({"names": [Filled(N_("Clause %(name)s has these marks already."), name=aim.name)]})
    if aim.due_on < today:
        raise InvalidInput({"due_on": [N_("This day is over.")]})


def aims_of(sides: Iterable[tuple[str, str]], answers: Iterable[ClauseAnswer], owner: int | None, due_on: date) -> list[Aim]:
    """(name, side) of a simulation as what is aimed at: full marks there, the other mark as it is."""
    wanted: dict[str, set[str]] = {}
    for name, side in sides:
        wanted.setdefault(name, set()).add(side)
    return [Aim(one.name, FULL if "c" in sides else one.c or 0, FULL if "f" in sides else one.f or 0, owner, due_on)
            for one in answers for sides in [wanted.get(one.name)] if sides]


def change(work: Work, improvement_id: int, *, title: str, owner: int, due_on: date, effort_days: int | None, today: date,
           version: int | None = None) -> Improvement:
    """Another title, owner, day or effort."""
    row = work.get(Improvement, improvement_id, lock=True, version=version)
    work.permit(RUN_ASSESSMENTS, row)
    _in(row, *STEP_STATES)
    people = directory(work.session).people
    if owner not in people or not people[owner].is_active or not people[owner].logins:
        raise InvalidInput({"owner": [N_("Choose somebody who can sign in here.")]})
    if due_on < today and due_on != row.due_on:
        raise InvalidInput({"due_on": [N_("This day is over.")]})
    told = owner != row.owner_id
    row.title, row.owner_id, row.due_on, row.effort_days = title, owner, due_on, effort_days
    work.session.flush()
    work.record(ImprovementMoved(row.id, work.actor.person_id, told, row.version))
    return row


def _in(row: Improvement, *states: str) -> None:
    if row.state not in states:
        raise RuleBroken("standards.improvement.state", N_("The item of the plan is not in a state in which this can be done."))


def _mine(work: Work, improvement_id: int, version: int | None, *states: str) -> Improvement:
    """The item for its owner or who runs rounds."""
    row = work.get(Improvement, improvement_id, lock=True, version=version)
    if row.owner_id == work.actor.person_id:
        work.permit(IMPROVE, row)
    else:
        work.permit(RUN_ASSESSMENTS, row)
    _in(row, *states)
    return row


def _go(work: Work, row: Improvement, step: str, note: str, to: ImprovementState, today: date, *, told: bool = False) -> Improvement:
    work.session.add(ImprovementStep(
        improvement_id=row.id, step=step, note=note, day=today, by_id=work.actor.person_id, at=work.now))
    row.state, row.done_on = to.value, today if to is ImprovementState.DONE else None
    work.session.flush()
    work.record(ImprovementMoved(row.id, work.actor.person_id, told, row.version))
    return row


def advance(work: Work, improvement_id: int, *, note: str, today: date, version: int | None = None) -> Improvement:
    """Finish the step it is in, saying what was done; after the fourth it is done."""
    row = _mine(work, improvement_id, version, *STEP_STATES)
    return _go(work, row, row.state, note, following(row.state), today)


def step_back(work: Work, improvement_id: int, *, reason: str, today: date, version: int | None = None) -> Improvement:
    """Do the step before once more; one that is done goes on."""
    row = _mine(work, improvement_id, version, *STEP_STATES[1:], ImprovementState.DONE)
    work.because(reason)
    place = len(PLAN_STEPS) if row.state == ImprovementState.DONE else STEP_STATES.index(row.state)
    return _go(work, row, "back", reason, PLAN_STEPS[place - 1], today)


def leave_out(work: Work, improvement_id: int, *, reason: str, today: date, version: int | None = None) -> Improvement:
    """Leave it out of the plan; it stays to be read and can be taken up again."""
    row = work.get(Improvement, improvement_id, lock=True, version=version)
    work.permit(RUN_ASSESSMENTS, row)
    _in(row, *STEP_STATES)
    work.because(reason)
    return _go(work, row, "drop", reason, ImprovementState.DROPPED, today)


def take_up(work: Work, improvement_id: int, *, reason: str, today: date, version: int | None = None) -> Improvement:
    """Take up what was left out, from its first step."""
    row = work.get(Improvement, improvement_id, lock=True, version=version)
    work.permit(RUN_ASSESSMENTS, row)
    _in(row, ImprovementState.DROPPED)
    work.because(reason)
    return _go(work, row, "take_up", reason, ImprovementState.COMPARE, today)
