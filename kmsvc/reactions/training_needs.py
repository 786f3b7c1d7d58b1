"""The story of the yearly survey of training needs: who is asked, reminded, drawn; the year is done; suggestions are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.clock import local_date
from kmsvc.core.permissions import Permission
from kmsvc.core.work import Work
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import complete
from kmsvc.training.needs.duties import ANSWER, YEAR
from kmsvc.training.needs.events import (
    AnnualLineGiven,
    NeedsAnswered,
    NeedsDrawn,
    NeedsSent,
    NeedsSigned,
    SuggestionAnswered,
    SuggestionSent,
)
from kmsvc.training.needs.models import AnnualLine, Asked, Campaign, Interview, Suggestion
from kmsvc.training.needs.permissions import PLAN_YEAR, RUN_NEEDS, SIGN_NEEDS
from kmsvc.training.needs.rules import CampaignState

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def _holders(work: Work, permission: Permission) -> list[int]:
    return [one.id for one in directory(work.session).active() if permission.name in one.permissions and one.logins]


def tell_asked(work: Work, fact: NeedsSent, around: Surroundings) -> None:
    """Everybody who has not answered hears of the questionnaire and its day."""
    row = work.get(Campaign, fact.campaign_id)
    if row.state != CampaignState.ASKING:
        return
    people = list(work.session.scalars(select(Asked.person_id).where(
        Asked.campaign_id == row.id, Asked.answered_on.is_(None)).order_by(Asked.person_id)))
    tell(work, people, "training.needs.sent", url=f"/training/needs/{row.id}/answer", mail=True,
         params={"number": row.number, "due_on": row.due_on.isoformat()}, dedup=f"needs:{row.id}:{fact.turn}")


def end_answering(work: Work, fact: NeedsAnswered, around: Surroundings) -> None:
    """Who has answered has done the duty."""
    complete(work, rule=ANSWER, subject_kind="needs_answer", subject_id=fact.campaign_id, period=f"person {fact.person_id}",
             done_on=local_date(around.at or work.now, around.zone), person_id=fact.person_id)


def tell_drawn(work: Work, fact: NeedsDrawn, around: Surroundings) -> None:
    """Those drawn know that somebody will talk with them."""
    row = work.get(Campaign, fact.campaign_id)
    people = list(work.session.scalars(select(Interview.person_id).where(Interview.campaign_id == row.id).order_by(Interview.place)))
    tell(work, people, "training.needs.drawn", url="/training", params={"number": row.number}, dedup=f"needs_drawn:{row.id}")


def end_needs_year(work: Work, fact: NeedsSigned, around: Surroundings) -> None:
    """The year has its report; who runs surveys and who sat in the meeting hears so."""
    row = work.get(Campaign, fact.campaign_id)
    if row.signed_at is None:
        return
    complete(work, rule=YEAR, subject_kind="needs_year", subject_id=row.year, person_id=row.signed_by_id,
             done_on=local_date(row.signed_at, around.zone))
    sees = {one.id for one in directory(work.session).active() if "training.needs.see" in one.permissions}
    people = ({*_holders(work, RUN_NEEDS), *_holders(work, SIGN_NEEDS), *(row.attendee_ids or ())} & sees) - {row.signed_by_id}
    tell(work, sorted(one for one in people if one is not None), "training.needs.signed", url=f"/training/needs/{row.id}/report",
         params={"number": row.number, "year": str(row.year)}, dedup=f"needs_signed:{row.id}")


def tell_planners(work: Work, fact: SuggestionSent, around: Surroundings) -> None:
    """Who answers suggestions hears of one."""
    row = work.get(Suggestion, fact.suggestion_id)
    people = [one for one in _holders(work, PLAN_YEAR) if one != row.person_id]
    tell(work, people, "training.needs.suggested", url=f"/training/needs/suggestions/{row.id}", dedup=f"suggestion:{row.id}",
         params={"number": row.number, "title": row.subject, "person": names(work.session, [row.person_id]).get(row.person_id, "")})


def tell_suggester(work: Work, fact: SuggestionAnswered, around: Surroundings) -> None:
    """The sender hears what becomes of it."""
    row = work.get(Suggestion, fact.suggestion_id)
    tell(work, [row.person_id], "training.needs.answered", url=f"/training/needs/suggestions/{row.id}",
         params={"number": row.number, "title": row.subject}, dedup=f"suggestion_answered:{row.id}:{fact.turn}")


def tell_line_owner(work: Work, fact: AnnualLineGiven, around: Surroundings) -> None:
    """Who answers for a line of the plan hears so."""
    row = work.get(AnnualLine, fact.line_id)
    if row.owner_id is None:
        return
    tell(work, [row.owner_id], "training.needs.line", url=f"/training/needs/lines/{row.id}",
         params={"number": row.number, "title": row.subject, "quarter": str(row.quarter)}, dedup=f"annual_line:{row.id}:{fact.turn}")


def remind_of_needs(work: Work, duty: Obligation, rung: str) -> None:
    """Who has not answered, or who is to hold the survey of the year, hears that the day is near or gone."""
    if duty.owner_id is None:
        return
    day, dedup = duty.due_on.isoformat(), f"reminder:{duty.id}:{duty.due_on}:{rung}"
    if duty.rule == YEAR:
        tell(work, [duty.owner_id], "training.needs.due", url=f"/training/needs?year={duty.subject_id}", mail=True, dedup=dedup,
             params={"year": str(duty.subject_id), "due_on": day})
        return
    row = work.get(Campaign, duty.subject_id)
    tell(work, [duty.owner_id], "training.needs.sent", url=f"/training/needs/{row.id}/answer", mail=True, dedup=dedup,
         params={"number": row.number, "due_on": day})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    NeedsSent: (tell_asked,), NeedsAnswered: (end_answering,), NeedsDrawn: (tell_drawn,), NeedsSigned: (end_needs_year,),
    SuggestionSent: (tell_planners,), SuggestionAnswered: (tell_suggester,), AnnualLineGiven: (tell_line_owner,),
}
