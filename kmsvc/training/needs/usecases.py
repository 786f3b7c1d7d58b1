"""The verbs of a yearly survey, step by step: plan, send, close, draw, hold the meeting, sign; give up."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import number_of_year
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.reviews.rules import hash_of
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.people.units.queries import all_posts
from kmsvc.training.needs import rules
from kmsvc.training.needs.counting import figures_of
from kmsvc.training.needs.events import NeedsDrawn, NeedsSent, NeedsSigned
from kmsvc.training.needs.models import AnnualLine, Asked, Campaign, Interview, NeedsForm, NeedsStep
from kmsvc.training.needs.permissions import RUN_NEEDS, SIGN_NEEDS
from kmsvc.training.needs.proving import opened, prove
from kmsvc.training.needs.rules import Audience, CampaignState
from kmsvc.training.needs.sources import what_hurts


def plan_campaign(work: Work, *, year: int, due_on: date, today: date, purpose: str | None = None) -> Campaign:
    """Begin the survey of a year; there is one at a time for each year."""
    work.permit(RUN_NEEDS)
    if due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    running = work.session.scalar(select(Campaign.number).where(Campaign.year == year, Campaign.state != CampaignState.CANCELLED))
    if running:
        raise RuleBroken("training.needs.year", N_("%(number)s is the survey of this year already."), number=running)
    row = Campaign(number=number_of_year(work.session, "NS", "needs", year), year=year, state=CampaignState.DESIGN,
                   purpose=purpose, due_on=due_on, planned_by_id=work.actor.person_id, planned_at=work.now)
    work.session.add(row)
    work.session.flush()
    prove(work, row, "plan", due_on=due_on.isoformat())
    return row


def forms_of(work: Work, campaign_id: int) -> list[NeedsForm]:
    """The questionnaires of a survey, in their order."""
    return list(work.session.scalars(select(NeedsForm).where(NeedsForm.campaign_id == campaign_id).order_by(
        NeedsForm.place, NeedsForm.id)))


def audience_of(form: NeedsForm) -> Audience:
    """Whom a questionnaire is for, as the rules ask it."""
    return Audience(form.id, form.place, tuple(form.posts), tuple(form.grades))


def given_to(work: Work, forms: Sequence[NeedsForm]) -> tuple[dict[int, list[Entry]], list[Entry]]:
    """(form id -> active persons who get it, those whom no questionnaire is for)."""
    audiences = [audience_of(form) for form in forms]
    found: dict[int, list[Entry]] = {form.id: [] for form in forms}
    nobody: list[Entry] = []
    for one in directory(work.session).active():
        form = rules.form_for(audiences, one.post_id, rules.grade_of(one.role_names))
        (found[form.id] if form else nobody).append(one)
    return found, nobody


def send_campaign(work: Work, campaign_id: int, *, due_on: date, today: date, version: int | None = None) -> Campaign:
    """Send each active employee the questionnaire of the own post and grade; nobody may be left out."""
    row = opened(work, campaign_id, "send", RUN_NEEDS, version)
    if due_on < today:
        raise InvalidInput({"due_on": [N_("This day has passed.")]})
    forms = forms_of(work, row.id)
    if not forms:
        raise RuleBroken("training.needs.no_form", N_("There is no questionnaire yet."))
    found, nobody = given_to(work, forms)
    if nobody:
        posts = {one.id: one.name for one in all_posts(work.session)}
        named = sorted({posts.get(one.post_id or 0) or str(rules.grade_of(one.role_names)) for one in nobody})
        raise RuleBroken("training.needs.left_out", N_("%(count)s people have no questionnaire: %(posts)s. One for everybody else "
                                                       "closes the gap."), count=len(nobody), posts=", ".join(named[:8]))
    people = [one for its in found.values() for one in its]
    work.session.add_all(Asked(campaign_id=row.id, form_id=form_id, person_id=one.id, post_id=one.post_id, unit_id=one.unit_id,
                               grade=rules.grade_of(one.role_names), asked_at=work.now)
                         for form_id, its in found.items() for one in its)
    row.state, row.sent_at, row.due_on, row.population = CampaignState.ASKING, work.now, due_on, sorted(one.id for one in people)
    prove(work, row, "send", people=len(people), due_on=due_on.isoformat(),
          forms=[{"title": form.title, "people": len(found[form.id]), "anonymous": form.anonymous} for form in forms])
    work.session.flush()
    work.record(NeedsSent(row.id, row.version))
    return row


def extend_campaign(work: Work, campaign_id: int, *, due_on: date, reason: str, version: int | None = None) -> Campaign:
    """Give more time to answer; whoever has not answered hears so."""
    row = opened(work, campaign_id, "extend", RUN_NEEDS, version)
    if due_on <= row.due_on:
        raise InvalidInput({"due_on": [N_("This day is not later than the one that stands.")]})
    work.because(reason)
    prove(work, row, "extend", due_on=due_on.isoformat(), before=row.due_on.isoformat(), reason=reason)
    row.due_on = due_on
    work.session.flush()
    work.record(NeedsSent(row.id, row.version))
    return row


def close_campaign(work: Work, campaign_id: int, *, version: int | None = None) -> Campaign:
    """End answering and count: from here on the figures stand still."""
    row = opened(work, campaign_id, "close", RUN_NEEDS, version)
    asked, answered = work.session.execute(select(func.count(), func.count(Asked.answered_on)).where(
        Asked.campaign_id == row.id)).one()
    if not answered:
        raise RuleBroken("training.needs.no_answer", N_("Nobody has answered yet; there is nothing to count."))
    row.state, row.closed_at = CampaignState.COUNTED, work.now
    prove(work, row, "close", asked=asked, answered=answered)
    return row


def draw_interviews(work: Work, campaign_id: int, *, share: int, seed: str | None = None, version: int | None = None) -> Campaign:
    """Draw that share of everybody asked, in percent, for interviews that confirm what the survey says."""
    row = opened(work, campaign_id, "draw", RUN_NEEDS, version)
    if not 1 <= share <= 100:
        raise InvalidInput({"share": [N_("A share from 1 to 100 percent is needed here.")]})
    people = directory(work.session).people
    row.population = [one for one in row.population or [] if one in people and people[one].is_active]
    row.seed, row.share = seed or secrets.token_hex(4), share
    chosen = rules.drawn(row.population, row.seed, rules.size_of_draw(len(row.population), share))
    work.session.add_all(Interview(campaign_id=row.id, place=place, person_id=one) for place, one in enumerate(chosen, start=1))
    row.state, row.drawn_at = CampaignState.INTERVIEWS, work.now
    prove(work, row, "draw", seed=row.seed, share=share, people=len(row.population), drawn=len(chosen))
    work.record(NeedsDrawn(row.id))
    return row


def interviews_of(work: Work, campaign_id: int) -> list[Interview]:
    """The interviews of a survey, in the order of the draw."""
    return list(work.session.scalars(select(Interview).where(Interview.campaign_id == campaign_id).order_by(Interview.place)))


def finish_interviews(work: Work, campaign_id: int, *, version: int | None = None) -> Campaign:
    """Every interview is held or has its reason."""
    row = opened(work, campaign_id, "finish_interviews", RUN_NEEDS, version)
    rows = interviews_of(work, row.id)
    left = sum(one.noted_at is None for one in rows)
    if left:
        raise RuleBroken("training.needs.interviews", N_("%(count)s interviews are neither held nor have a reason."), count=left)
    held = [one for one in rows if one.held_on is not None]
    if not held:
        raise RuleBroken("training.needs.no_interview", N_("Not one interview was held."))
    row.state = CampaignState.MEETING
    prove(work, row, "finish_interviews", held=len(held), skipped=len(rows) - len(held),
          confirmed=sum(one.confirms == "yes" for one in held))
    return row


def hold_meeting(work: Work, campaign_id: int, *, met_on: date, people: Sequence[str], minutes: str, decisions: str, today: date,
                 version: int | None = None) -> Campaign:
    """Keep minutes and decisions of the management meeting. people: logins; until the report is signed it can be mended."""
    row = opened(work, campaign_id, "hold_meeting", RUN_NEEDS, version)
    if met_on > today:
        raise InvalidInput({"met_on": [N_("This day is still to come.")]})
    known = {login: one.id for one in directory(work.session).active() for login in one.logins}
    missing = [one for one in people if one not in known]
    if missing or not people:
        raise InvalidInput({"people": [Filled(N_("Nobody here is called %(login)s."), login=missing[0][:60]) if missing else N_(
            "Name who took part.")]})
    row.met_on, row.minutes, row.decisions = met_on, minutes, decisions
    row.attendee_ids = list(dict.fromkeys(known[one] for one in people))
    row.state = CampaignState.REPORT
    prove(work, row, "hold_meeting", met_on=met_on.isoformat(), people=len(row.attendee_ids))
    return row


def sign_campaign(work: Work, campaign_id: int, *, conclusion: str, today: date, content_hash: str | None = None,
                  version: int | None = None) -> Campaign:
    """Write the conclusion of the needs report and sign it: figures, ranking and annual plan are kept as they stand now."""
    row = opened(work, campaign_id, "sign", SIGN_NEEDS, version)
    check_fresh(work.actor)
    if content_hash is not None and content_hash != hash_of(shown_content(work, row)):
        raise RuleBroken("training.needs.moved", N_("The report has changed meanwhile. Look at it again."))
    record = report_of(work, row, today)
    prove(work, row, "sign", lines=len(record["lines"]), subjects=len(record["ranking"]))
    work.session.flush()
    with work.session.no_autoflush:  # what is signed is written once
        row.conclusion, row.record = conclusion, record
        row.signed_by_id, row.signed_at, row.state = work.actor.person_id, work.now, CampaignState.SIGNED
        row.content_hash = hash_of(signed_content(work, row))
    work.record(NeedsSigned(row.id))
    return row


def report_of(work: Work, row: Campaign, today: date) -> dict[str, Any]:
    """What the needs report holds besides words: figures of each questionnaire, interviews, ranking, lines of the next year's plan."""
    ranking = what_hurts(work.session, work.actor, row.year, today)
    lines = work.session.scalars(select(AnnualLine).where(AnnualLine.year == row.year + 1, AnnualLine.state != "dropped").order_by(
        AnnualLine.quarter, AnnualLine.id))
    return {
        "figures": [figures_of(work.session, form).as_json() for form in forms_of(work, row.id)],
        "ranking": [{"subject": one.subject, "score": one.score,
                     "parts": [{"source": str(part.source), "count": part.count, "points": points, "note": part.note}
                               for part, points in one.parts]} for one in ranking[:100]],
        "lines": [{"number": one.number, "subject": one.subject, "audience": one.audience, "heads": one.heads, "minutes": one.minutes,
                   "fen": one.fen, "target": one.target, "evaluation": one.evaluation, "quarter": one.quarter} for one in lines]}


def shown_content(work: Work, row: Campaign) -> dict[str, Any]:
    """What a signer looks at: survey, interviews, meeting."""
    own = ("number", "year", "due_on", "purpose", "seed", "share", "population", "met_on", "minutes", "decisions", "attendee_ids")
    each = ("place", "person_id", "held_on", "confirms", "note", "skipped", "noted_by_id")
    return {"survey": {name: getattr(row, name) for name in own},
            "forms": [[one.title, one.posts, one.grades, one.anonymous, one.questions] for one in forms_of(work, row.id)],
            "interviews": [[getattr(one, name) for name in each] for one in interviews_of(work, row.id)]}


def signed_content(work: Work, row: Campaign) -> dict[str, Any]:
    """All that is archived: what was looked at with what was concluded, and the proof of each step."""
    steps = work.session.scalars(select(NeedsStep).where(NeedsStep.campaign_id == row.id).order_by(NeedsStep.id))
    return shown_content(work, row) | {
        "said": {"conclusion": row.conclusion, "record": row.record, "signed_by_id": row.signed_by_id},
        "steps": [[one.step, one.verb, one.person_id, one.at.isoformat(), one.facts] for one in steps]}


def cancel_campaign(work: Work, campaign_id: int, *, reason: str, version: int | None = None) -> Campaign:
    """Give a survey up; what was answered stays where it is, another one may begin."""
    row = opened(work, campaign_id, "cancel", RUN_NEEDS, version)
    work.because(reason)
    row.state, row.reason, row.cancelled_at = CampaignState.CANCELLED, reason, work.now
    prove(work, row, "cancel", reason=reason)
    return row
