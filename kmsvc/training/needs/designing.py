"""Questionnaires of a survey: added, changed, taken away, taken over from the last survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.units.queries import all_posts
from kmsvc.training.needs import rules
from kmsvc.training.needs.models import Campaign, NeedsForm
from kmsvc.training.needs.permissions import RUN_NEEDS
from kmsvc.training.needs.proving import opened, prove
from kmsvc.training.needs.rules import CampaignState, Grade
from kmsvc.training.needs.usecases import forms_of


@dataclass(frozen=True)
class FormText:
    """What a questionnaire says. posts: ids, grades: codes; none is all."""

    title: str
    questions: Sequence[Mapping[str, Any]]
    posts: Sequence[int] = ()
    grades: Sequence[str] = ()
    anonymous: bool = True
    intro: str | None = None


def _put(work: Work, row: NeedsForm, said: FormText) -> None:
    known = {one.id for one in all_posts(work.session)}
    wrong: dict[str, list[str]] = {}
    if any(one not in known for one in said.posts):
        wrong["posts"] = [N_("There is no such post.")]
    if any(one not in set(Grade) for one in said.grades):
        wrong["grades"] = [N_("There is no such grade.")]
    if wrong:
        raise InvalidInput(wrong)
    row.title, row.intro, row.anonymous = said.title, said.intro, said.anonymous
    row.posts, row.grades = sorted(set(said.posts)), [one.value for one in Grade if one.value in said.grades]
    row.questions = rules.checked_questions(said.questions)


def add_form(work: Work, campaign_id: int, said: FormText, *, version: int | None = None) -> NeedsForm:
    """Add a questionnaire behind the others."""
    campaign = opened(work, campaign_id, "design", RUN_NEEDS, version)
    place = (work.session.scalar(select(func.max(NeedsForm.place)).where(NeedsForm.campaign_id == campaign.id)) or 0) + 1
    row = NeedsForm(campaign_id=campaign.id, place=place)
    _put(work, row, said)
    work.session.add(row)
    work.session.flush()
    prove(work, campaign, "design", form=row.title, questions=len(row.questions))
    return row


def form_in(work: Work, campaign: Campaign, form_id: int, version: int | None = None) -> NeedsForm:
    """A questionnaire of this survey, locked."""
    row = work.get(NeedsForm, form_id, lock=True, version=version)
    if row.campaign_id != campaign.id:
        raise NotFound()
    return row


def change_form(work: Work, campaign_id: int, form_id: int, said: FormText, *, version: int | None = None) -> NeedsForm:
    """Put a questionnaire as given, while nobody was sent it."""
    campaign = opened(work, campaign_id, "design", RUN_NEEDS)
    row = form_in(work, campaign, form_id, version)
    _put(work, row, said)
    prove(work, campaign, "design", form=row.title, questions=len(row.questions))
    return row


def remove_form(work: Work, campaign_id: int, form_id: int, *, version: int | None = None) -> NeedsForm:
    """Take a questionnaire away, while nobody was sent it."""
    campaign = opened(work, campaign_id, "design", RUN_NEEDS)
    row = form_in(work, campaign, form_id, version)
    work.session.delete(row)
    prove(work, campaign, "design", removed=row.title)
    return row


def take_over(work: Work, campaign_id: int, *, version: int | None = None) -> Campaign:
    """Copy the questionnaires of the last survey that was sent; those of the same title stay as they are here."""
    campaign = opened(work, campaign_id, "take_over", RUN_NEEDS, version)
    last = work.session.scalars(select(Campaign).where(
        Campaign.id != campaign.id, Campaign.year <= campaign.year, Campaign.sent_at.is_not(None),
        Campaign.state != CampaignState.CANCELLED).order_by(Campaign.year.desc(), Campaign.id.desc())).first()
    if last is None:
        raise RuleBroken("training.needs.no_last", N_("There is no earlier survey to take questionnaires from."))
    held = forms_of(work, campaign.id)
    titles, place = {one.title for one in held}, max((one.place for one in held), default=0)
    posts = {one.id for one in all_posts(work.session)}
    taken = [one for one in forms_of(work, last.id) if one.title not in titles]
    work.session.add_all(NeedsForm(
        campaign_id=campaign.id, place=place + number, title=one.title, intro=one.intro, anonymous=one.anonymous,
        posts=[it for it in one.posts if it in posts], grades=list(one.grades), questions=list(one.questions))
        for number, one in enumerate(taken, start=1))
    prove(work, campaign, "take_over", number=last.number, forms=len(taken))
    work.session.flush()
    return campaign
