"""The programme of a year and who audits what: written by one, approved by another; nobody audits what they own. Source: E9, E18."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.notices.wording import catalogue
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import downward, parents, unit_names
from kmsvc.standards.audits.events import AuditGiven
from kmsvc.standards.audits.models import AuditProgramme, CheckPoint, Engagement
from kmsvc.standards.audits.permissions import APPROVE_PROGRAMME, PLAN_AUDITS
from kmsvc.standards.audits.rules import (
    SUBJECTS,
    EngagementState,
    ProgrammeState,
    check_days,
    check_independence,
    check_year,
)
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.evidence.rules import MODEL
from kmsvc.standards.models.queries import clauses_of, model_by_code


@dataclass(frozen=True)
class Staffing:
    """Who audits what, when. auditors: ids beside the lead; answerable: who answers for what is audited."""

    lead: int | None
    auditors: Sequence[int]
    answerable: int | None
    starts_on: date
    ends_on: date
    unit: int | None = None
    scope: str | None = None


def begin_programme(work: Work, *, year: int, title: str, goals: str | None = None) -> AuditProgramme:
    """A draft of the year's programme with an audit for each subject that is asked for yearly, one every other month."""
    work.permit(PLAN_AUDITS)
    if work.session.scalar(select(AuditProgramme.id).where(AuditProgramme.year == year)) is not None:
        raise InvalidInput({"year": [N_("There is a programme of this year already.")]})
    row = AuditProgramme(
        number=number_of_year(work.session, "AP", "audit_programme", year), year=year, title=title, goals=goals,
        state=ProgrammeState.DRAFT.value, made_by_id=work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    for place, (subject, label, clauses) in enumerate(SUBJECTS):
        month = 2 * place + 1
        _add(work, row, subject, catalogue(work.actor.language).gettext(label), clauses, date(year, month, 5), date(year, month, 25))
    return row


def add_engagement(work: Work, programme_id: int, *, title: str, clauses: Collection[str] | None, starts_on: date, ends_on: date,
                   version: int | None = None) -> Engagement:
    """One more audit of clauses that one names."""
    row = programme_to_change(work, programme_id, version, *ProgrammeState)
    if row.state == ProgrammeState.COMPLETED:
        raise RuleBroken("standards.programme.state", N_("The programme is completed; nothing in it changes any more."))
    check_days(starts_on, ends_on)
    check_year(row.year, starts_on)
    named = tuple(dict.fromkeys(one.strip().lstrip("#") for one in clauses or () if one.strip()))
    return _add(work, row, "other", title, named, starts_on, ends_on)


def _add(work: Work, programme: AuditProgramme, subject: str, title: str, clauses: Sequence[str], starts_on: date, ends_on: date
         ) -> Engagement:
    model = model_by_code(work.session, MODEL)
    known = {one.name: one for one in (clauses_of(work.session, model.id) if model else ())}
    strange = [one for one in clauses if one not in known]
    if strange or not clauses:
        raise InvalidInput({"clauses": [N_("There is no such clause in the standard.")]})
    row = Engagement(
        number=number_of_year(work.session, "AU", "audit_engagement", programme.year), programme_id=programme.id, subject=subject,
        title=title, model=MODEL, clauses=list(clauses), auditors=[], starts_on=starts_on, ends_on=ends_on,
        state=EngagementState.PLANNED.value)
    work.session.add(row)
    work.session.flush()
    place = 0
    for name in clauses:
        clause = known[name]
        for text in [{"zh": clause.title_zh, "en": clause.title_en}, *clause.min_contents]:
            place += 1
            work.session.add(CheckPoint(engagement_id=row.id, place=place, clause=name, text=text))
    work.session.flush()
    return row


def audits_of(work: Work, programme_id: int) -> list[int]:
    """Ids of the audits of a programme."""
    return list(work.session.scalars(select(Engagement.id).where(Engagement.programme_id == programme_id).order_by(Engagement.id)))


def programme_to_change(work: Work, programme_id: int, version: int | None, *states: str) -> AuditProgramme:
    """The programme, held to the end, for who plans audits. Raises NotPermitted, Stale, RuleBroken."""
    row = work.get(AuditProgramme, programme_id, lock=True, version=version)
    work.permit(PLAN_AUDITS, row)
    _check_state(row, states)
    return row


def _check_state(row: AuditProgramme, states: Collection[str]) -> None:
    if row.state not in states:
        raise RuleBroken("standards.programme.state", N_("The programme is not in a state in which this can be done."))


def write_programme(work: Work, programme_id: int, *, title: str, goals: str | None, version: int | None = None) -> AuditProgramme:
    """Change its words; an approved one is a draft again, as somebody else approved other words."""
    row = programme_to_change(work, programme_id, version, ProgrammeState.DRAFT, ProgrammeState.APPROVED)
    if (row.title, row.goals) != (title, goals):
        row.title, row.goals = title, goals
        row.state, row.approved_by_id, row.approved_at = ProgrammeState.DRAFT.value, None, None
    return row


def writers_of(work: Work, row: AuditProgramme) -> set[int]:
    """Who began it or changed its words, as the trail has it."""
    found = {person for person, after in work.session.execute(select(AuditEntry.person_id, AuditEntry.after).where(
        AuditEntry.subject == AuditProgramme.__tablename__, AuditEntry.subject_id == str(row.id)))
        if person is not None and after and not after.keys().isdisjoint(("title", "goals"))}
    return found | ({row.made_by_id} if row.made_by_id is not None else set())


def approve_programme(work: Work, programme_id: int, *, version: int | None = None) -> AuditProgramme:
    """Approve it; whoever wrote any of its words does not."""
    row = work.get(AuditProgramme, programme_id, lock=True, version=version)
    work.permit(APPROVE_PROGRAMME, row)
    _check_state(row, (ProgrammeState.DRAFT,))
    if work.actor.person_id is not None and work.actor.person_id in writers_of(work, row):
        raise RuleBroken("standards.programme.own", N_("Who wrote the programme does not approve it."))
    row.state, row.approved_by_id, row.approved_at = ProgrammeState.APPROVED.value, work.actor.person_id, work.now
    return row


def activate_programme(work: Work, programme_id: int, *, version: int | None = None) -> AuditProgramme:
    """Let its audits begin."""
    row = programme_to_change(work, programme_id, version, ProgrammeState.APPROVED)
    row.state = ProgrammeState.ACTIVE.value
    return row


def complete_programme(work: Work, programme_id: int, *, conclusion: str, version: int | None = None) -> AuditProgramme:
    """End the year: every audit is finished or dropped; findings may still be worked on."""
    row = programme_to_change(work, programme_id, version, ProgrammeState.ACTIVE)
    left = list(work.session.scalars(select(Engagement.number).where(
        Engagement.programme_id == row.id, Engagement.state.not_in([
            EngagementState.DONE.value, EngagementState.DROPPED.value])).order_by(Engagement.id)))
    if left:
        raise RuleBroken("standards.programme.open", N_("These audits are neither finished nor dropped: %(numbers)s."),
                         numbers=", ".join(left))
    row.state, row.conclusion, row.completed_at = ProgrammeState.COMPLETED.value, conclusion, work.now
    return row


def resume_programme(work: Work, programme_id: int, *, reason: str, version: int | None = None) -> AuditProgramme:
    """Go on with a completed one."""
    row = programme_to_change(work, programme_id, version, ProgrammeState.COMPLETED)
    work.because(reason)
    row.state, row.completed_at = ProgrammeState.ACTIVE.value, None
    return row


def staff(work: Work, engagement_id: int, said: Staffing, version: int | None = None) -> Engagement:
    """Say who audits, who answers, and when. RuleBroken where somebody would audit what they own or work in."""
    row = work.get(Engagement, engagement_id, lock=True, version=version)
    work.permit(PLAN_AUDITS, row)
    if row.state in (EngagementState.DONE, EngagementState.DROPPED):
        raise RuleBroken("standards.audit.state", N_("The audit is finished or dropped."))
    check_days(said.starts_on, said.ends_on)
    check_year(work.get(AuditProgramme, row.programme_id).year, said.starts_on)
    people = directory(work.session).people
    auditors = [one for one in dict.fromkeys(said.auditors) if one != said.lead]
    for field, ids in (("lead", [said.lead]), ("auditors", auditors), ("answerable", [said.answerable])):
        if any(one is not None and (one not in people or not people[one].is_active) for one in ids):
            raise InvalidInput({field: [N_("This person does not work here any more.")]})
    team = {one: people[one].name for one in [said.lead, *auditors] if one is not None}
    check_independence(team, said.answerable, _owners(work, row, said.starts_on.year), _inside(work, said.unit, team))
    row.lead_id, row.auditors, row.answerable_id, row.unit_id = said.lead, auditors, said.answerable, said.unit
    row.starts_on, row.ends_on, row.scope = said.starts_on, said.ends_on, said.scope
    work.session.flush()
    work.record(AuditGiven(row.id, work.actor.person_id, row.version))
    return row


def _owners(work: Work, row: Engagement, year: int) -> dict[int, str]:
    """Who owns a duty of these clauses other than to audit them: person -> clause."""
    audits = {code for _, _, names in SUBJECTS for code in names}
    found = work.session.execute(select(Obligation.owner_id, Obligation.clause).join(
        ClauseDuty, ClauseDuty.id == Obligation.rule_id).where(
        Obligation.clause.in_([one for one in row.clauses if one not in audits]), Obligation.owner_id.is_not(None),
        Obligation.due_on.between(date(year, 1, 1), date(year, 12, 31))).order_by(Obligation.id))
    return {owner: f"#{clause}" for owner, clause in found if owner is not None}


def _inside(work: Work, unit_id: int | None, team: Collection[int]) -> dict[int, str]:
    if unit_id is None:
        return {}
    below, people = downward(parents(work.session), unit_id), directory(work.session).people
    name = unit_names(work.session).get(unit_id, "")
    return {one: name for one in team if people[one].unit_id in below}
