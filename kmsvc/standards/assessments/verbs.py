"""Each act on a round, an answer and an item of a plan, with its inputs and use case: behind buttons, `allowed`, routes and commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kmsvc.core import forms
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.core.forms import Input
from kmsvc.core.offers import Offer, offer, schema_of
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.standards.assessments import answering, planning, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.campaign_rules import (
    LONGEST,
    PLAN_STEPS,
    AnswerState,
    ImprovementState,
    RoundState,
)
from kmsvc.standards.assessments.models import ClauseAnswer, Improvement, SelfAssessment
from kmsvc.standards.assessments.permissions import ANSWER_CLAUSES, IMPROVE, RUN_ASSESSMENTS
from kmsvc.standards.assessments.rules import MARKS
from kmsvc.standards.assessments.standing import answers_of
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.queries import sections_of

R, A, P = RoundState, AnswerState, ImprovementState
FREE = "free"
WORDS = frozenset({"write", "change", "save"})
"""acts that write what stands already: what a program leaves out stays, what a form leaves empty is taken out"""
PLAN_DAYS = 90
REASON = Input("reason", "line", N_("Reason"), required=True, most=LONGEST["reason"])
Run = Callable[[Work, int, dict[str, Any], date, int | None], Any]
_ITEM = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)([cf])")


@dataclass(frozen=True)
class SelfAct:
    """An act. who: `run`, `respondent`, `owner`, `either` (owner or who runs rounds); states: of the thing where it makes sense; rounds:
    of its round; said: what the page says afterwards, with the places of what the act gave; ask, warn: the question and the sentence
    before; on: the thing it is about."""

    name: str
    label: str
    who: str
    run: Run
    inputs: tuple[Input, ...]
    states: frozenset[str]
    said: str
    ask: str = ""
    warn: str = ""
    back: bool = False
    forward: bool = False
    icon: str = "check"
    on: str = "Round"
    rounds: frozenset[str] = frozenset()
    signs: bool = False

    def schema(self) -> type[InputSchema]:
        """The marshmallow schema of the API route and the form."""
        return schema_of(self.inputs, f"SelfAssessment{self.on}{self.name.title().replace('_', '')}")


def _states(*held: Any) -> frozenset[str]:
    return frozenset(one.value for one in held)


def words_of(text: str | None) -> list[str]:
    """Numbers of clauses as people write them: `12, #110.2`, with any comma or space between."""
    return [one.lstrip("#\uff03") for one in re.split(r"[\s,;\uff0c\u3001\uff1b]+", text or "") if one]


def sides_of(text: str | None) -> list[tuple[str, str]]:
    """`12c 110.2f` as (clause, side). InvalidInput names the first that is no such thing."""
    found = []
    for one in words_of(text):
        held = _ITEM.fullmatch(one.lower())
        if held is None:
            raise InvalidInput({"items": [Filled(N_("%(what)s is no mark of a clause; write it like 12c or 110.2f."), what=one[:20])]})
        found.append((held[1], held[2]))
    return found


def _assign(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    section = data["section"]
    count = rounds.assign(work, one, person=data["person"], sections=[section] if section and section != FREE else [],
                          names=words_of(data["clauses"]), only_free=section == FREE, version=version)
    return {"count": str(count)}


def _write(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return rounds.write_round(work, one, title=data["title"], purpose=data["purpose"], lead=data["lead"], due_on=data["due_on"],
                              target=data["target"], is_baseline=bool(data["is_baseline"]), today=today, version=version)


def _plan(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    sides = sides_of(data["items"])
    answers = answers_of(work.session, one)
    known = {held.name for held in answers}
    strange = [name for name, _ in sides if name not in known]
    if strange:
        raise InvalidInput({"items": [Filled(N_("Clause %(name)s is not in this round."), name=strange[0])]})
    made = planning.plan(work, one, planning.aims_of(sides, answers, data["owner"], data["due_on"]), today=today, version=version)
    return {"count": str(len(made))}


_ROUND = (
    SelfAct("write", N_("Change its words"), "run", _write, (
        Input("title", "line", N_("Title"), required=True, most=LONGEST["title"]),
        Input("purpose", "text", N_("What it is for"), most=LONGEST["text"]),
        Input("lead", "choice", N_("Who looks at the answers"), required=True, choices="leads"),
        Input("due_on", "date", N_("To be closed by"), required=True), Input("target", "choice", N_("Level aimed at"), choices="levels"),
        Input("is_baseline", "yes", N_("It is the baseline that later rounds are compared with"))),
        _states(R.DRAFT, R.OPEN, R.REVIEW), N_("Kept."), N_("What is the round about?"), icon="pen"),
    SelfAct("assign", N_("Give clauses to somebody"), "run", _assign, (
        Input("person", "choice", N_("Respondent"), required=True, choices="people"),
        Input("section", "choice", N_("Which clauses"), choices="sections", hint=N_("Left empty: all of them, or those named below.")),
        Input("clauses", "line", N_("Only these clauses"), most=1_000, hint=N_("Numbers like 12, 110.2; they go before a section."))),
        _states(R.DRAFT, R.OPEN), N_("%(count)s clauses were given."), N_("Who answers which clauses?"), icon="users"),
    SelfAct("assign_owners", N_("Give the rest to who answers for their duties"), "run",
            lambda work, one, data, today, version: {"count": str(rounds.assign_owners(work, one, version=version))}, (),
            _states(R.DRAFT, R.OPEN), N_("%(count)s clauses were given to who answers for their duties."), icon="users"),
    SelfAct("open", N_("Let it be answered"), "run", lambda work, one, data, today, version: rounds.open_round(
        work, one, version=version), (), _states(R.DRAFT), N_("Under way: everybody hears which clauses are theirs."),
        N_("Let it be answered now?"), N_("Everybody who was given clauses is told."), forward=True, icon="play"),
    SelfAct("submit", N_("Submit all of mine"), "respondent", lambda work, one, data, today, version: {
        "count": str(answering.submit(work, one, version=version))}, (), _states(R.OPEN), N_("%(count)s answers were submitted."),
        N_("Submit all of your clauses?"), N_("Each may be taken back until somebody has accepted it."), forward=True, icon="right"),
    SelfAct("accept_all", N_("Accept all that is submitted"), "run", lambda work, one, data, today, version: {
        "count": str(answering.accept_all(work, one, sections=[data["section"]] if data["section"] else [], version=version))},
        (Input("section", "choice", N_("Only this section"), choices="only_sections"),), _states(R.OPEN, R.REVIEW),
        N_("%(count)s answers were accepted."), N_("Accept all answers that wait?"), N_("Each can still be returned."), icon="check"),
    SelfAct("to_review", N_("Everything is answered"), "run", lambda work, one, data, today, version: rounds.to_review(
        work, one, version=version), (), _states(R.OPEN), N_("Answered. Look through it and close it."), forward=True, icon="eye"),
    SelfAct("give_back", N_("Let it be answered on"), "run", lambda work, one, data, today, version: rounds.give_back(
        work, one, reason=data["reason"], version=version), (REASON,), _states(R.REVIEW), N_("It is answered on."),
        N_("Let it be answered on?"), back=True, icon="swap"),
    SelfAct("close", N_("Close the round"), "run", lambda work, one, data, today, version: rounds.close(
        work, one, conclusion=data["conclusion"], today=today, version=version),
        (Input("conclusion", "text", N_("Conclusion"), required=True, most=LONGEST["text"]),), _states(R.REVIEW),
        N_("Closed. Its answers and its result are frozen."), N_("What has the round shown?"),
        N_("Its answers do not change any more. It can be opened again with a reason; the result stays beside the next one."),
        forward=True, icon="shield"),
    SelfAct("reopen", N_("Open it again"), "run", lambda work, one, data, today, version: rounds.reopen(
        work, one, reason=data["reason"], version=version), (REASON,), _states(R.CLOSED),
        N_("Open again; its earlier result stays."), N_("Open the closed round again?"), back=True, icon="swap"),
    SelfAct("plan", N_("Take into the plan"), "run", _plan, (
        Input("items", "line", N_("Marks to be raised"), required=True, most=4_000, hint=N_("Like 12c 12f 110.2f: clause and side.")),
        Input("owner", "choice", N_("Who improves them"), choices="people", hint=N_("Left empty: who answered the clause.")),
        Input("due_on", "date", N_("To be done by"), required=True)), _states(R.OPEN, R.REVIEW, R.CLOSED),
        N_("%(count)s items stand in the plan."), N_("What is improved, by when?"), icon="plus"),
    SelfAct("discard", N_("Throw the draft away"), "run", lambda work, one, data, today, version: rounds.discard(
        work, one, version=version), (), _states(R.DRAFT), N_("The draft is gone."), N_("Throw this draft away?"),
        N_("Nobody has answered anything in it."), back=True, icon="x"),
)


def _save(work: Work, one: int, data: dict[str, Any], today: date, version: int | None) -> Any:
    return answering.save(work, one, Said(**{name: data[name] for name in Said.__dataclass_fields__}), version=version)


_ANSWER = (
    SelfAct("save", N_("Keep the answer"), "respondent", _save, (
        Input("c", "choice", N_("Method (C)"), choices="marks"), Input("f", "choice", N_("Execution (F)"), choices="marks"),
        Input("reason", "text", N_("Why these marks"), most=LONGEST["text"]),
        Input("strengths", "text", N_("What is good"), most=LONGEST["text"]),
        Input("gaps", "text", N_("What is missing"), most=LONGEST["text"], hint=N_("Needed where a mark is below 10.")),
        Input("target_c", "choice", N_("Method aimed at"), choices="marks"),
        Input("target_f", "choice", N_("Execution aimed at"), choices="marks"),
        Input("due_on", "date", N_("Aimed at by")), Input("effort_days", "whole", N_("Days of work to get there"))),
        _states(*(A.OPEN, A.ANSWERED, A.RETURNED)), N_("Kept."), rounds=_states(R.OPEN), forward=True, icon="check"),
    SelfAct("prove", N_("Name a record"), "respondent", lambda work, one, data, today, version: answering.add_proof(
        work, one, key=data["key"], today=today, version=version),
        (Input("key", "choice", N_("Record"), required=True, choices="records"),), _states(A.OPEN, A.ANSWERED, A.RETURNED),
        N_("Named as proof."), rounds=_states(R.OPEN), icon="link"),
    SelfAct("unprove", N_("Name it no more"), "respondent", lambda work, one, data, today, version: answering.drop_proof(
        work, one, key=data["key"], version=version),
        (Input("key", "choice", N_("Record"), required=True, choices="named"),), _states(A.OPEN, A.ANSWERED, A.RETURNED),
        N_("Not named any more."), rounds=_states(R.OPEN), back=True, icon="x"),
    SelfAct("take_back", N_("Take it back"), "respondent", lambda work, one, data, today, version: answering.take_back(
        work, one, version=version), (), _states(A.SUBMITTED), N_("Taken back: write on."), rounds=_states(R.OPEN), back=True,
        icon="swap"),
    SelfAct("accept", N_("Accept"), "run", lambda work, one, data, today, version: answering.accept(work, one, version=version), (),
            _states(A.SUBMITTED), N_("Accepted."), rounds=_states(R.OPEN, R.REVIEW), forward=True, icon="check"),
    SelfAct("return", N_("Return it"), "run", lambda work, one, data, today, version: answering.return_answer(
        work, one, remark=data["remark"], version=version),
        (Input("remark", "text", N_("Remark"), required=True, most=LONGEST["text"]),), _states(A.SUBMITTED, A.ACCEPTED),
        N_("Returned; its respondent hears of it."), N_("What is to be said better?"), rounds=_states(R.OPEN, R.REVIEW), back=True,
        icon="swap"),
)
_UNDER_WAY = _states(*PLAN_STEPS)
_PLAN = (
    SelfAct("change", N_("Change it"), "run", lambda work, one, data, today, version: planning.change(
        work, one, title=data["title"], owner=data["owner"], due_on=data["due_on"], effort_days=data["effort_days"], today=today,
        version=version), (
        Input("title", "line", N_("Title"), required=True, most=LONGEST["title"]),
        Input("owner", "choice", N_("Who improves it"), required=True, choices="people"),
        Input("due_on", "date", N_("To be done by"), required=True), Input("effort_days", "whole", N_("Days of work to get there"))),
        _UNDER_WAY, N_("Kept."), N_("What is improved, by whom, by when?"), icon="pen"),
    SelfAct("advance", N_("This step is done"), "either", lambda work, one, data, today, version: planning.advance(
        work, one, note=data["note"], today=today, version=version),
        (Input("note", "text", N_("What was done, and what it showed"), required=True, most=LONGEST["text"]),), _UNDER_WAY,
        N_("Noted. On to the next step."), N_("What was done in this step?"), forward=True, icon="check"),
    SelfAct("step_back", N_("Once more the step before"), "either", lambda work, one, data, today, version: planning.step_back(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _states(P.FIND, P.COACH, P.RAISE, P.DONE),
        N_("The step before is done once more."), N_("Why once more?"), back=True, icon="swap"),
    SelfAct("leave_out", N_("Take it out of the plan"), "run", lambda work, one, data, today, version: planning.leave_out(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _UNDER_WAY,
        N_("Left out. It can be taken up again."), N_("Leave it out of the plan?"), back=True, icon="x"),
    SelfAct("take_up", N_("Take it up again"), "run", lambda work, one, data, today, version: planning.take_up(
        work, one, reason=data["reason"], today=today, version=version), (REASON,), _states(P.DROPPED),
        N_("In the plan again, at its first step."), N_("Take it up again?"), icon="swap"),
)
ROUND_VERBS: dict[str, SelfAct] = {one.name: one for one in _ROUND}
ANSWER_VERBS: dict[str, SelfAct] = {one.name: replace(one, on="Answer") for one in _ANSWER}
PLAN_VERBS: dict[str, SelfAct] = {one.name: replace(one, on="Plan") for one in _PLAN}


def _people(work: Work) -> list[tuple[int, str]]:
    return [(one.id, f"{one.name} {one.login}".strip()) for one in directory(work.session).active() if one.logins]


def round_moment(work: Work, row: SelfAssessment, today: date) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    model = work.get(StandardModel, row.model_id)
    chinese = (work.actor.language or "zh").startswith("zh")
    sections = [(one.number, f"{one.number} {one.title_zh if chinese else one.title_en}") for one in sections_of(work.session, model.id)]
    return {"people": _people(work), "leads": [(one.id, one.name) for one in directory(work.session).active()
                                               if RUN_ASSESSMENTS.name in one.permissions],
            "sections": [(FREE, N_("Those that nobody has")), *sections], "only_sections": sections,
            "levels": [(one["level"], one["level"]) for one in model.frame.get("levels", [])],
            **{f"default:{name}": getattr(row, name) for name in ("title", "purpose", "due_on", "target", "is_baseline")},
            "default:lead": row.lead_id, "plan:due_on": today + timedelta(days=PLAN_DAYS)}


def round_offers(work: Work, row: SelfAssessment, today: date) -> tuple[Offer, ...]:
    """What this caller may do with a round now."""
    now = round_moment(work, row, today)
    own = [one.state for one in answers_of(work.session, row.id)
           if one.respondent_id is not None and one.respondent_id == work.actor.person_id]

    def fits(verb: SelfAct) -> bool:
        if verb.who == "respondent":
            return can(work.actor, ANSWER_CLAUSES) and A.ANSWERED.value in own
        return can(work.actor, RUN_ASSESSMENTS, row)
    return _offered(ROUND_VERBS, row.state, now, today, fits)


def answer_moment(work: Work, row: ClauseAnswer, held: SelfAssessment, today: date) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    clause, model = work.get(Clause, row.clause_id), work.get(StandardModel, held.model_id)
    return {"marks": [(one, str(one)) for one in MARKS],
            "records": [(one["key"], f"{one['number']} {one['title']}".strip())
                        for one in answering.suggested(work, row, clause, model.code, today)],
            "named": [(one["key"], f"{one['number']} {one['title']}".strip()) for one in row.proof],
            **{f"default:{name}": getattr(row, name) for name in Said.__dataclass_fields__}}


def answer_offers(work: Work, row: ClauseAnswer, held: SelfAssessment, today: date) -> tuple[Offer, ...]:
    """What this caller may do with an answer now."""
    def fits(verb: SelfAct) -> bool:
        may = can(work.actor, ANSWER_CLAUSES, row) if verb.who == "respondent" else can(work.actor, RUN_ASSESSMENTS, held)
        return may and held.state in verb.rounds
    return _offered(ANSWER_VERBS, row.state, answer_moment(work, row, held, today), today, fits)


def plan_moment(work: Work, row: Improvement) -> dict[str, Any]:
    """What can be chosen now, and what stands now as the default."""
    return {"people": _people(work), "default:owner": row.owner_id,
            **{f"default:{name}": getattr(row, name) for name in ("title", "due_on", "effort_days")}}


def plan_offers(work: Work, row: Improvement, today: date) -> tuple[Offer, ...]:
    """What this caller may do with an item of a plan now."""
    return _offered(PLAN_VERBS, row.state, plan_moment(work, row), today, lambda verb: _may_improve(work, verb, row))


def _may_improve(work: Work, verb: SelfAct, row: Improvement) -> bool:
    return can(work.actor, RUN_ASSESSMENTS, row) or (verb.who == "either" and can(work.actor, IMPROVE, row))


def _offered(table: dict[str, SelfAct], state: str, now: dict[str, Any], today: date, fits: Callable[[SelfAct], bool]
             ) -> tuple[Offer, ...]:
    def moment(verb: SelfAct) -> dict[str, Any]:
        return now if verb.name != "plan" else now | {"default:due_on": now["plan:due_on"]}
    found = (offer(verb.name, verb.label, verb.inputs, moment(verb), today, forward=verb.forward, back=verb.back)
             for verb in table.values() if state in verb.states and fits(verb))
    return tuple(one for one in found if one is not None)


def left_empty(verb: SelfAct, typed: Mapping[str, Any]) -> set[str]:
    """The inputs a form was sent without: a form shows all of them, so they are meant to be empty."""
    return {one.name for one in verb.inputs if not str(typed.get(one.name) or "").strip()}


def act_on_round(work: Work, one: int, name: str, data: dict[str, Any], today: date, version: int | None,
                 blank: Collection[str] = ()) -> Any:
    """Do an act with loaded inputs. blank: those that are meant to be empty."""
    verb, row = ROUND_VERBS[name], work.get(SelfAssessment, one)
    if verb.who == "run":
        work.permit(RUN_ASSESSMENTS, row)
    return verb.run(work, one, _checked(verb, round_moment(work, row, today), data, today, blank), today, version)


def act_on_answer(work: Work, one: int, name: str, data: dict[str, Any], today: date, version: int | None,
                  blank: Collection[str] = ()) -> Any:
    """Do an act with loaded inputs. blank: those that are meant to be empty."""
    verb, row = ANSWER_VERBS[name], work.get(ClauseAnswer, one, lock=name == "save")
    held = work.get(SelfAssessment, row.assessment_id)
    work.permit(*((ANSWER_CLAUSES, row) if verb.who == "respondent" else (RUN_ASSESSMENTS, held)))
    if verb.name == "save":
        data = {name: getattr(row, name) if given is None and name not in blank else given for name, given in data.items()}
        wrong = {name: [N_("Marks are 10, 5 or 0.")] for name in ("c", "f", "target_c", "target_f")
                 if data[name] is not None and str(data[name]) not in [str(mark) for mark in MARKS]}
        if wrong:
            raise InvalidInput(wrong)
        data = data | {name: None if data[name] is None else int(data[name]) for name in ("c", "f", "target_c", "target_f")}
        return verb.run(work, one, data, today, version)
    return verb.run(work, one, _checked(verb, answer_moment(work, row, held, today), data, today), today, version)


def act_on_plan(work: Work, one: int, name: str, data: dict[str, Any], today: date, version: int | None,
                blank: Collection[str] = ()) -> Any:
    """Do an act with loaded inputs. blank: those that are meant to be empty."""
    verb, row = PLAN_VERBS[name], work.get(Improvement, one)
    if not _may_improve(work, verb, row):
        raise NotPermitted()
    return verb.run(work, one, _checked(verb, plan_moment(work, row), data, today, blank), today, version)


def _checked(verb: SelfAct, moment: dict[str, Any], data: dict[str, Any], today: date, blank: Collection[str] = ()) -> dict[str, Any]:
    """Loaded inputs against the choices of the moment. A default is only what a form shows, but for acts that write what stands."""
    meant = blank if verb.name in WORDS else {one.name for one in verb.inputs}
    return forms.check_against(verb.inputs, forms.unless(meant, moment), data, today)
