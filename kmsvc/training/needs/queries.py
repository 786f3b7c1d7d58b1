"""Reads over surveys: the list, one with its six steps and their proof, who has answered; what can be pointed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, defer

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews.rules import hash_of
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import all_posts
from kmsvc.training.needs import rules
from kmsvc.training.needs.models import Asked, Campaign, Interview, NeedsForm, NeedsStep
from kmsvc.training.needs.permissions import ANSWER_NEEDS, SEE_NEEDS
from kmsvc.training.needs.rules import CampaignState
from kmsvc.training.needs.usecases import given_to, shown_content, signed_content

LIVE = (CampaignState.DESIGN, CampaignState.ASKING, CampaignState.COUNTED, CampaignState.INTERVIEWS, CampaignState.MEETING,
        CampaignState.REPORT)


@dataclass(frozen=True)
class CampaignLine:
    """A survey in a list. asked, answered: people; interviews, held: of those drawn."""

    id: int
    number: str
    year: int
    state: str
    due_on: date
    asked: int
    answered: int
    interviews: int
    held: int
    planned_by: str
    signed_by: str
    signed_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/needs/{self.id}"

    @property
    def percent(self) -> int:
        """Share of those asked who answered."""
        return round(100 * self.answered / self.asked) if self.asked else 0


@dataclass(frozen=True)
class FormLine:
    """A questionnaire of a survey. people: who would get it, or got it; answered: of those."""

    id: int
    place: int
    title: str
    intro: str | None
    posts: tuple[str, ...]
    post_ids: tuple[int, ...]
    grades: tuple[str, ...]
    anonymous: bool
    questions: tuple[Mapping[str, Any], ...]
    people: int
    answered: int
    version: int


@dataclass(frozen=True)
class StepLine:
    """What was done: the proof of a step."""

    step: int
    verb: str
    person: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class InterviewLine:
    """A person drawn."""

    id: int
    campaign_id: int
    place: int
    person_id: int
    person: str
    held_on: date | None
    confirms: str | None
    note: str | None
    skipped: str | None
    noted_by: str
    noted_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """The page of it."""
        return f"/training/needs/{self.campaign_id}/interviews/{self.id}"


@dataclass(frozen=True)
class CampaignCard:
    """One survey as its page and JSON show it. nobody: active people without a questionnaire, while it is designed; repeats: the
    seed draws the same people again; is_whole: what is kept still is what was signed."""

    line: CampaignLine
    purpose: str | None
    forms: tuple[FormLine, ...]
    nobody: int
    steps: tuple[StepLine, ...]
    interviews: tuple[InterviewLine, ...]
    seed: str | None
    share: int | None
    population: int
    repeats: bool | None
    met_on: date | None
    minutes: str | None
    decisions: str | None
    attendees: tuple[str, ...]
    conclusion: str | None
    record: Mapping[str, Any] | None
    reason: str | None
    content_hash: str | None
    shown_hash: str
    is_whole: bool | None
    planned_by_id: int | None


def _filtered(actor: Actor, *columns: Any, q: str | None, year: int | None, state: str | None) -> Select[Any]:
    query = select(*columns).select_from(Campaign).where(Campaign.id.is_not(None) if can(actor, SEE_NEEDS) else Campaign.id.is_(None))
    if q:
        query = query.where(or_(Campaign.number.icontains(q, autoescape=True), Campaign.purpose.icontains(q, autoescape=True),
                                Campaign.conclusion.icontains(q, autoescape=True)))
    if year:
        query = query.where(Campaign.year == year)
    if state == "live":
        query = query.where(Campaign.state.in_(LIVE))
    elif state:
        query = query.where(Campaign.state == state)
    return query


def campaign_lines(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None,
                   before: int | None = None, limit: int = 50) -> tuple[list[CampaignLine], int | None]:
    """Surveys, newest first, and the id to go on from."""
    query = _filtered(actor, Campaign, q=q, year=year, state=state)
    if before:
        query = query.where(Campaign.id < before)
    rows = list(session.scalars(query.options(defer(Campaign.population), defer(Campaign.record)).order_by(
        Campaign.id.desc()).limit(limit + 1)))
    return _lines(session, rows[:limit]), rows[limit - 1].id if len(rows) > limit else None


def count_campaigns(session: Session, actor: Actor, *, q: str | None = None, year: int | None = None, state: str | None = None) -> int:
    """How many fit these filters."""
    return session.scalar(_filtered(actor, func.count(Campaign.id), q=q, year=year, state=state)) or 0


def years(session: Session) -> list[int]:
    """The years of which there is a survey, newest first."""
    return list(session.scalars(select(Campaign.year).distinct().order_by(Campaign.year.desc())))


def _lines(session: Session, rows: Sequence[Campaign]) -> list[CampaignLine]:
    ids = [row.id for row in rows]
    asked = {one: (n, m) for one, n, m in session.execute(select(
        Asked.campaign_id, func.count(), func.count(Asked.answered_on)).where(Asked.campaign_id.in_(ids)).group_by(Asked.campaign_id))}
    drawn = {one: (n, m) for one, n, m in session.execute(select(
        Interview.campaign_id, func.count(), func.count(Interview.held_on)).where(
        Interview.campaign_id.in_(ids)).group_by(Interview.campaign_id))}
    who = names(session, [one for row in rows for one in (row.planned_by_id, row.signed_by_id)])
    return [CampaignLine(row.id, row.number, row.year, row.state, row.due_on, *asked.get(row.id, (0, 0)), *drawn.get(row.id, (0, 0)),
                         who.get(row.planned_by_id or 0, ""), who.get(row.signed_by_id or 0, ""), row.signed_at, row.version)
            for row in rows]


def visible(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """The survey, or NotFound where it is missing or not for this caller."""
    row = session.get(Campaign, campaign_id) if can(actor, SEE_NEEDS) else None
    if row is None:
        raise NotFound()
    return row


def campaign_card(work: Work, campaign_id: int) -> CampaignCard:
    """One survey with everything that is kept of it."""
    session = work.session
    row = visible(session, work.actor, campaign_id)
    steps = list(session.scalars(select(NeedsStep).where(NeedsStep.campaign_id == row.id).order_by(NeedsStep.id)))
    interviews = interview_lines(session, row)
    who = names(session, [*(one.person_id for one in steps), *(row.attendee_ids or ())])
    forms, nobody = form_lines(work, row)
    drawn = rules.drawn(row.population or [], row.seed or "", len(interviews)) if row.seed else None
    return CampaignCard(
        line=_lines(session, [row])[0], purpose=row.purpose, forms=tuple(forms), nobody=nobody,
        steps=tuple(StepLine(one.step, one.verb, who.get(one.person_id or 0, ""), one.at, one.facts) for one in steps),
        interviews=tuple(interviews), seed=row.seed, share=row.share, population=len(row.population or ()),
        repeats=drawn == [one.person_id for one in interviews] if drawn is not None else None, met_on=row.met_on, minutes=row.minutes,
        decisions=row.decisions, attendees=tuple(who.get(one, "") for one in row.attendee_ids or ()), conclusion=row.conclusion,
        record=row.record, reason=row.reason, content_hash=row.content_hash, shown_hash=hash_of(shown_content(work, row)),
        is_whole=hash_of(signed_content(work, row)) == row.content_hash if row.content_hash else None,
        planned_by_id=row.planned_by_id)


def form_lines(work: Work, row: Campaign) -> tuple[list[FormLine], int]:
    """The questionnaires of a survey, and how many people none is for while it is designed."""
    session = work.session
    forms = list(session.scalars(select(NeedsForm).where(NeedsForm.campaign_id == row.id).order_by(NeedsForm.place, NeedsForm.id)))
    posts = {one.id: one.name for one in all_posts(session)}
    nobody = 0
    if row.sent_at is None:
        given, left = given_to(work, forms)
        counts = {one: (len(its), 0) for one, its in given.items()}
        nobody = len(left)
    else:
        counts = {one: (n, m) for one, n, m in session.execute(select(
            Asked.form_id, func.count(), func.count(Asked.answered_on)).where(Asked.campaign_id == row.id).group_by(Asked.form_id))}
    return [FormLine(one.id, one.place, one.title, one.intro, tuple(posts.get(it, "") for it in one.posts), tuple(one.posts),
                     tuple(one.grades), one.anonymous, tuple(one.questions), *counts.get(one.id, (0, 0)), one.version)
            for one in forms], nobody


def form_of(session: Session, actor: Actor, campaign_id: int, form_id: int) -> tuple[Campaign, NeedsForm]:
    """The survey and one questionnaire of it."""
    row = visible(session, actor, campaign_id)
    form = session.get(NeedsForm, form_id)
    if form is None or form.campaign_id != row.id:
        raise NotFound()
    return row, form


def interview_lines(session: Session, row: Campaign) -> list[InterviewLine]:
    """Those drawn, in the order of the draw."""
    rows = list(session.scalars(select(Interview).where(Interview.campaign_id == row.id).order_by(Interview.place)))
    who = names(session, [one for it in rows for one in (it.person_id, it.noted_by_id)])
    return [InterviewLine(one.id, row.id, one.place, one.person_id, who.get(one.person_id, ""), one.held_on, one.confirms, one.note,
                          one.skipped, who.get(one.noted_by_id or 0, ""), one.noted_at, one.version) for one in rows]


def interview_of(session: Session, actor: Actor, campaign_id: int, interview_id: int) -> tuple[Campaign, InterviewLine]:
    """The survey and one interview of it."""
    row = visible(session, actor, campaign_id)
    found = next((one for one in interview_lines(session, row) if one.id == interview_id), None)
    if found is None:
        raise NotFound()
    return row, found


def next_interview(session: Session, campaign_id: int, after: int = 0) -> int | None:
    """The interview to note next: those behind `after` before those in front of it."""
    rows = session.execute(select(Interview.id, Interview.place).where(
        Interview.campaign_id == campaign_id, Interview.noted_at.is_(None)).order_by(Interview.place)).all()
    return min(rows, key=lambda one: (one.place <= after, one.place)).id if rows else None


def to_answer(session: Session, actor: Actor) -> list[tuple[int, str, date]]:
    """(survey, number, due) that this person was asked in and has not answered."""
    if actor.person_id is None or not can(actor, ANSWER_NEEDS):
        return []
    rows = session.execute(select(Campaign.id, Campaign.number, Campaign.due_on).join(Asked, Asked.campaign_id == Campaign.id).where(
        Asked.person_id == actor.person_id, Asked.answered_on.is_(None), Campaign.state == CampaignState.ASKING).order_by(Campaign.id))
    return [(row.id, row.number, row.due_on) for row in rows]


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_NEEDS):
        return {}
    rows = session.execute(select(Campaign.id, Campaign.number, Campaign.state).where(Campaign.id.in_(ids)))
    return {row.id: ThingCard("needs", row.id, row.number, row.number, f"/training/needs/{row.id}", row.state) for row in rows}


def _asked(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    """The own questionnaire of a survey."""
    rows = session.execute(select(Campaign.id, Campaign.number, Campaign.state).join(Asked, Asked.campaign_id == Campaign.id).where(
        Campaign.id.in_(ids), Asked.person_id == (actor.person_id or 0)))
    return {row.id: ThingCard("needs_answer", row.id, row.number, row.number, f"/training/needs/{row.id}/answer", row.state)
            for row in rows}


def _of_years(session: Session, actor: Actor, wanted: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_NEEDS):
        return {}
    rows = session.execute(select(Campaign.id, Campaign.number, Campaign.year, Campaign.state).where(
        Campaign.year.in_(wanted), Campaign.state != CampaignState.CANCELLED).order_by(Campaign.id))
    return {row.year: ThingCard("needs_year", row.year, row.number, row.number, f"/training/needs/{row.id}", row.state) for row in rows}


cards.register(cards.Kind("needs", CampaignState.ASKING.label, _cards))
cards.register(cards.Kind("needs_answer", CampaignState.ASKING.label, _asked))
cards.register(cards.Kind("needs_year", CampaignState.SIGNED.label, _of_years))


def _numbered(session: Session, actor: Actor, number: str, limit: int) -> list[ThingCard]:
    if not can(actor, SEE_NEEDS):
        return []
    rows = session.execute(select(Campaign.id, Campaign.number, Campaign.state).where(
        Campaign.number.startswith(number)).order_by(Campaign.id.desc()).limit(limit))
    return [ThingCard("needs", row.id, row.number, row.number, f"/training/needs/{row.id}", row.state) for row in rows]


cards.NUMBERED["NS"] = _numbered
