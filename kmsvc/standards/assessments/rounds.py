"""A round of self-assessment from its draft to its frozen result: made, given to people, opened, looked through, closed. Source: E2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.frozen import digest_of
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.standards.assessments.campaign_rules import TO_ANSWER, AnswerState, RoundState, after, carry_over
from kmsvc.standards.assessments.events import AssessmentClosed, AssessmentMoved, ClausesGiven
from kmsvc.standards.assessments.marking import basis_of
from kmsvc.standards.assessments.models import AssessmentResult, ClauseAnswer, SelfAssessment
from kmsvc.standards.assessments.permissions import RUN_ASSESSMENTS
from kmsvc.standards.assessments.rules import Key, Marked, items_of
from kmsvc.standards.assessments.standing import answers_of, frozen_body, in_sections, marks_of, standing_of
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.evidence.rules import MODEL
from kmsvc.standards.models.models import Clause, ClauseMapping, StandardModel
from kmsvc.standards.models.queries import clauses_of, model_by_code, sections_of

LABELS = {"model": N_("Standard"), "basis": N_("How items are counted"), "sections": N_("Only these sections"),
          "lead": N_("Who looks at the answers"), "target": N_("Level aimed at"), "unit": N_("Only this unit"),
          "earlier": N_("Earlier round"), "due_on": N_("To be closed by"), "person": N_("Respondent"),
          "clauses": N_("Only these clauses")}
MOST_NAMED = 8
TWO_MARKS = "two_marks"


@dataclass(frozen=True)
class RoundPlan:
    """What a round is about. edition: the newest where empty; sections: numbers, all where empty; earlier: id of the closed round it is
    compared with; carry: its answers are proposed; lead: who looks at the answers."""

    title: str
    lead: int
    due_on: date
    code: str
    edition: str | None = None
    basis: str | None = None
    sections: Sequence[str] = ()
    unit: int | None = None
    target: str | None = None
    earlier: int | None = None
    carry: bool = False
    is_baseline: bool = False
    purpose: str | None = None


def _wrong(field: str, said: str) -> InvalidInput:
    """What does not fit, at a field as the form calls it."""
    return InvalidInput({field: [said]}, labels=LABELS)


def begin_round(work: Work, said: RoundPlan, *, today: date) -> SelfAssessment:
    """A draft with an answer to be given for each item. InvalidInput names what does not fit together."""
    work.permit(RUN_ASSESSMENTS)
    model = model_by_code(work.session, said.code, said.edition)
    if model is None:
        raise _wrong("model", N_("There is no such standard."))
    if model.frame.get("scoring") != TWO_MARKS:
        raise _wrong("model", N_("A round answers clause by clause with two marks; this standard is scored by dimensions."))
    basis = basis_of(model, said.basis)
    _check_words(work, model, said.lead, said.due_on, said.target, today)
    if said.unit is not None and said.unit not in unit_names(work.session):
        raise _wrong("unit", N_("There is no such unit."))
    clauses = _in_scope(work, model, basis, said.sections)
    earlier = _earlier(work, said.earlier)
    if said.carry and earlier is None:
        raise _wrong("earlier", N_("Say from which earlier round answers are carried over."))
    proposed = _carried(work, earlier, model, clauses) if said.carry and earlier is not None else {}
    row = SelfAssessment(
        number=number_of_year(work.session, "SA", "self_assessment", today.year), title=said.title, purpose=said.purpose,
        model_id=model.id, basis=basis, sections=list(said.sections), unit_id=said.unit, target=said.target,
        is_baseline=said.is_baseline, earlier_id=said.earlier, lead_id=said.lead, due_on=said.due_on, state=RoundState.DRAFT.value,
        made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.session.add_all(ClauseAnswer(
        assessment_id=row.id, clause_id=one.id, name=one.name, place=place, state=AnswerState.OPEN.value,
        **{"proof": [], **proposed.get(one.id, {})}) for place, one in enumerate(clauses))
    work.session.flush()
    return row


def _check_words(work: Work, model: StandardModel, lead: int, due_on: date, target: str | None, today: date) -> None:
    people = directory(work.session).people
    if lead not in people or not people[lead].is_active:
        raise _wrong("lead", N_("This person does not work here any more."))
    if RUN_ASSESSMENTS.name not in people[lead].permissions:
        raise _wrong("lead", N_("This cannot be chosen now."))
    if due_on < today:
        raise _wrong("due_on", N_("This day is over."))
    names = [one["level"] for one in model.frame.get("levels", [])]
    if target is not None and target not in names:
        raise _wrong("target", Filled(N_("There is no such level; there are: %(names)s."), names=", ".join(names) or "\u2013"))


def _in_scope(work: Work, model: StandardModel, basis: str, sections: Sequence[str]) -> list[Clause]:
    known = {one.number for one in sections_of(work.session, model.id)}
    strange = [one for one in sections if one not in known]
    if strange:
        raise _wrong("sections", Filled(N_("There is no section %(name)s."), name=strange[0]))
    every = clauses_of(work.session, model.id)
    wanted = {(one.no, one.sub) for one in items_of([(one.no, one.sub, False) for one in every], basis)}
    found = [one for one in every if (one.no, one.sub) in wanted and in_sections(one.section, sections)]
    if not found:
        raise _wrong("sections", N_("There is no clause in these sections."))
    return found


def _earlier(work: Work, earlier_id: int | None) -> SelfAssessment | None:
    if earlier_id is None:
        return None
    row = work.session.get(SelfAssessment, earlier_id)
    if row is None or row.state != RoundState.CLOSED:
        raise _wrong("earlier", N_("Only a closed round can be compared with."))
    return row


def _carried(work: Work, earlier: SelfAssessment, model: StandardModel, clauses: Sequence[Clause]) -> dict[int, dict[str, Any]]:
    """Clause id -> what an earlier round proposes, of the same edition by clause, else by how clauses correspond. A respondent confirms
    each: nothing that is carried counts by itself."""
    held = {one.name: one for one in answers_of(work.session, earlier.id)}
    active = {one.id for one in directory(work.session).active()}
    pairs = _pairs(work, earlier, model, clauses, held)
    names = {_key(name): name for name in held}
    found: dict[int, dict[str, Any]] = {}
    by_key = {(one.no, one.sub): one for one in clauses}
    for one in carry_over(pairs, _with_whole(marks_of(held.values())))[0]:
        clause = by_key.get(one.key)
        if clause is None:
            continue
        origins = [held[names[key]] for key in one.origins if key in names]
        first = origins[0] if origins else None
        kept = first if one.relation == "kept" else None
        person = first.respondent_id if first is not None and first.respondent_id in active else None
        found[clause.id] = {
            "c": one.marks.c if one.marks else None, "f": one.marks.f if one.marks else None, "respondent_id": person,
            **({name: getattr(kept, name) for name in ("reason", "strengths", "gaps", "target_c", "target_f", "effort_days")}
               if kept else {}),
            "carried": {"relation": one.relation, "from": [_name(key) for key in one.origins], "round": earlier.number,
                        "look_again": one.look_again}}
    return found


def _pairs(work: Work, earlier: SelfAssessment, model: StandardModel, clauses: Sequence[Clause], held: Mapping[str, ClauseAnswer]
           ) -> list[tuple[Key | None, Key | None, str]]:
    if earlier.model_id == model.id:
        return [(_key(one.name), _key(one.name), "kept") for one in clauses if one.name in held]
    of = {one.id: (one.no, one.sub) for one in work.session.scalars(select(Clause).where(
        Clause.model_id.in_([earlier.model_id, model.id])))}
    rows = work.session.scalars(select(ClauseMapping).where(
        ClauseMapping.from_model_id == earlier.model_id, ClauseMapping.to_model_id == model.id).order_by(ClauseMapping.id)).all()
    if not rows:
        raise _wrong("earlier", N_("It is not known how the clauses of these two editions correspond; bring the correspondence in with "
                                   "the standard first."))
    return [(of[row.from_clause_id] if row.from_clause_id else None, of[row.to_clause_id] if row.to_clause_id else None, row.relation)
            for row in rows]


def _with_whole(marks: Mapping[Key, Marked]) -> dict[Key, Marked]:
    """Marks with those of whole clauses that were answered by sub-items: the lowest of each side."""
    found = dict(marks)
    for no in {no for no, sub in marks if sub is not None}:
        subs = [one for key, one in marks.items() if key[0] == no]
        found.setdefault((no, None), Marked(min(one.c for one in subs), min(one.f for one in subs)))
    return found


def _key(name: str) -> Key:
    no, _, sub = name.partition(".")
    return int(no), int(sub) if sub else None


def _name(key: Key) -> str:
    return f"{key[0]}" if key[1] is None else f"{key[0]}.{key[1]}"


def round_to_run(work: Work, assessment_id: int, version: int | None, *states: str) -> SelfAssessment:
    """The round, held to the end, for who runs it. Raises NotPermitted, Stale, RuleBroken."""
    row = work.get(SelfAssessment, assessment_id, lock=True, version=version)
    work.permit(RUN_ASSESSMENTS, row)
    check_state(row, *states)
    return row


def check_state(row: SelfAssessment, *states: str) -> None:
    """RuleBroken where the round stands elsewhere."""
    if states and row.state not in states:
        raise RuleBroken("standards.assessment.state", N_("The round is not in a state in which this can be done."))


def write_round(work: Work, assessment_id: int, *, title: str, purpose: str | None, lead: int, due_on: date, target: str | None,
                is_baseline: bool, today: date, version: int | None = None) -> SelfAssessment:
    """Change its words, who leads it, its day, what is aimed at."""
    row = round_to_run(work, assessment_id, version, RoundState.DRAFT, RoundState.OPEN, RoundState.REVIEW)
    model, day = work.get(StandardModel, row.model_id), today if due_on == row.due_on else due_on  # a day that is over may stay
    _check_words(work, model, lead, day, target, today)
    row.title, row.purpose, row.lead_id, row.due_on, row.target, row.is_baseline = title, purpose, lead, due_on, target, is_baseline
    work.session.flush()
    work.record(AssessmentMoved(row.id))
    return row


def discard(work: Work, assessment_id: int, *, version: int | None = None) -> None:
    """Throw a draft away."""
    row = round_to_run(work, assessment_id, version, RoundState.DRAFT)
    for one in answers_of(work.session, row.id):
        work.session.delete(one)
    work.session.flush()
    work.session.delete(row)


def assign(work: Work, assessment_id: int, *, person: int, sections: Collection[str] = (), names: Collection[str] = (),
           only_free: bool = False, version: int | None = None) -> int:
    """Give clauses to somebody: those named, those of sections, all where neither is said; only_free: those nobody has. How many."""
    row = round_to_run(work, assessment_id, version, RoundState.DRAFT, RoundState.OPEN)
    people = directory(work.session).people
    if person not in people or not people[person].is_active or not people[person].logins:
        raise _wrong("person", N_("This person cannot sign in here, so nothing can be answered by them."))
    answers = answers_of(work.session, row.id)
    strange = [one for one in names if one not in {held.name for held in answers}]
    if strange:
        raise _wrong("clauses", Filled(N_("Clause %(name)s is not in this round."), name=strange[0]))
    section = dict(work.session.execute(select(Clause.id, Clause.section).where(Clause.model_id == row.model_id)).all())
    handed_in = [one.name for one in answers if one.name in names and one.state in (AnswerState.SUBMITTED, AnswerState.ACCEPTED)]
    if handed_in:
        raise _wrong("clauses", Filled(N_("Clause %(name)s is submitted; return it before somebody else answers."), name=handed_in[0]))
    chosen = [one for one in answers if (one.name in names if names else in_sections(section[one.clause_id], sections))]
    given = [one for one in chosen if one.respondent_id != person and not (only_free and one.respondent_id is not None)
             and one.state not in (AnswerState.SUBMITTED, AnswerState.ACCEPTED)]
    for one in given:
        one.respondent_id = person
    work.session.flush()
    if given:
        _give(work, row, {person: len(given)})
    return len(given)


def assign_owners(work: Work, assessment_id: int, *, version: int | None = None) -> int:
    """Give each clause nobody has, or somebody who left, to who answers for its newest duty; duties are of the clauses of one standard.
    How many found somebody."""
    row = round_to_run(work, assessment_id, version, RoundState.DRAFT, RoundState.OPEN)
    if work.get(StandardModel, row.model_id).code != MODEL:
        return 0
    newest = select(func.max(Obligation.id)).where(Obligation.owner_id.is_not(None), Obligation.clause.is_not(None)).group_by(
        Obligation.clause)
    owners = dict(work.session.execute(select(Obligation.clause, Obligation.owner_id).where(Obligation.id.in_(newest))).all())
    people = directory(work.session).people
    given: Counter[int] = Counter()
    for one in answers_of(work.session, row.id):
        owner = owners.get(one.name) or owners.get(one.name.partition(".")[0])
        left = one.respondent_id is not None and not people[one.respondent_id].is_active and one.state in TO_ANSWER
        free = one.respondent_id is None or left
        if free and owner is not None and owner in people and people[owner].is_active and people[owner].logins:
            one.respondent_id = owner
            given[owner] += 1
    work.session.flush()
    _give(work, row, given)
    return sum(given.values())


def _give(work: Work, row: SelfAssessment, given: Mapping[int, int]) -> None:
    """Whoever was given clauses of an open round hears of it."""
    if row.state != RoundState.OPEN:
        return
    for person, count in sorted(given.items()):
        work.record(ClausesGiven(row.id, person, count, work.actor.person_id, int(work.now.timestamp())))
    work.record(AssessmentMoved(row.id))


def _next(row: SelfAssessment, verb: str) -> str:
    """The state that follows. RuleBroken where this cannot be done now."""
    state = after(row.state, verb)
    if state is None:
        raise RuleBroken("standards.assessment.state", N_("The round is not in a state in which this can be done."))
    return state.value


def open_round(work: Work, assessment_id: int, *, version: int | None = None) -> SelfAssessment:
    """Let it be answered: each clause has somebody, and all of them hear of it."""
    row = round_to_run(work, assessment_id, version)
    state = _next(row, "open")
    answers = answers_of(work.session, row.id)
    _none_left([one.name for one in answers if one.respondent_id is None], N_("%(count)s clauses have nobody yet: %(names)s."))
    row.state, row.opened_at = state, work.now
    work.session.flush()
    _give(work, row, Counter(one.respondent_id for one in answers if one.respondent_id is not None))
    return row


def _none_left(names: Sequence[str], said: str) -> None:
    if names:
        more = "\u2026" if len(names) > MOST_NAMED else ""
        raise RuleBroken("standards.assessment.left", said, count=len(names),
                         names=", ".join(f"#{one}" for one in names[:MOST_NAMED]) + more)


def to_review(work: Work, assessment_id: int, *, version: int | None = None) -> SelfAssessment:
    """End the answering: everything was submitted."""
    row = round_to_run(work, assessment_id, version)
    state = _next(row, "review")
    _none_left([one.name for one in answers_of(work.session, row.id) if one.state not in (AnswerState.SUBMITTED, AnswerState.ACCEPTED)],
               N_("%(count)s clauses are not submitted yet: %(names)s."))
    row.state = state
    work.session.flush()
    work.record(AssessmentMoved(row.id))
    return row


def give_back(work: Work, assessment_id: int, *, reason: str, version: int | None = None) -> SelfAssessment:
    """Let it be answered on."""
    return _again(work, assessment_id, "give_back", reason, version)


def reopen(work: Work, assessment_id: int, *, reason: str, version: int | None = None) -> SelfAssessment:
    """Open a closed round again; what it gave stays on record, closing it again gives the next result."""
    return _again(work, assessment_id, "reopen", reason, version)


def _again(work: Work, assessment_id: int, verb: str, reason: str, version: int | None) -> SelfAssessment:
    row = round_to_run(work, assessment_id, version)
    state = _next(row, verb)
    work.because(reason)
    row.state, row.reason, row.closed_at = state, reason, None
    work.session.flush()
    work.record(AssessmentMoved(row.id))
    return row


def close(work: Work, assessment_id: int, *, conclusion: str, today: date, version: int | None = None) -> AssessmentResult:
    """Close it: every answer was accepted; what it gives is written once and frozen, its answers do not change any more."""
    row = round_to_run(work, assessment_id, version)
    state = _next(row, "close")
    answers = answers_of(work.session, row.id)
    _none_left([one.name for one in answers if one.state != AnswerState.ACCEPTED],
               N_("%(count)s answers are not accepted yet: %(names)s."))
    standing = standing_of(work.session, row, answers)
    body = frozen_body(standing, answers)
    no = (work.session.scalar(select(func.max(AssessmentResult.no)).where(AssessmentResult.assessment_id == row.id)) or 0) + 1
    made = AssessmentResult(
        assessment_id=row.id, no=no, closed_on=today, level=standing.attained, conclusion=conclusion, body=body,
        digest=digest_of(conclusion, body), by_id=work.actor.person_id, at=work.now)
    work.session.add(made)
    row.state, row.conclusion, row.reason, row.closed_at = state, conclusion, None, work.now
    work.session.flush()
    work.record(AssessmentMoved(row.id))
    work.record(AssessmentClosed(row.id, no))
    return made
