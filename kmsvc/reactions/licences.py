"""The story of licences and proposals: who looks at what was proposed, who hears what came of it, when a licence ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.feedback.queries import as_actor
from kmsvc.knowledge.licences.duties import RENEW
from kmsvc.knowledge.licences.events import LicenceMoved
from kmsvc.knowledge.licences.models import Licence
from kmsvc.knowledge.licences.standing import publishers_of
from kmsvc.knowledge.proposals.events import ProposalMoved, ProposalSent
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.queries import may_know, place_of
from kmsvc.knowledge.proposals.rules import OPEN, ProposalState
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.queries import names
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import complete

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

WITH_REASON = frozenset({ProposalState.RETURNED, ProposalState.TAKEN_BACK})


def tell_publishers(work: Work, fact: ProposalSent, around: Surroundings) -> None:
    """The owner of the article hears, where that is somebody who decides; else everybody who may."""
    row = work.get(Proposal, fact.proposal_id)
    if row.state not in OPEN:
        return
    today, people = local_date(work.now, around.zone), directory(work.session).people
    able = [one for one in publishers_of(work.session, place_of(work.session, row), today)
            if one != row.author_id and may_know(work.session, as_actor(work.session, people[one]), row, today)]
    owner = work.get(Article, row.article_id).owner_id if row.article_id is not None else None
    kind = "sent" if row.state == ProposalState.WAITING else "live"
    tell(work, [owner] if owner in able else able, f"knowledge.proposal.{kind}", url=f"/knowledge/proposals/{row.id}",
         params={"proposal": row.number, "title": row.title, "due_on": row.due_on.isoformat()}, dedup=f"proposal:{row.id}:{kind}")


def tell_author(work: Work, fact: ProposalMoved, around: Surroundings) -> None:
    """Whoever wrote it hears what came of it, with the reason."""
    row = work.get(Proposal, fact.proposal_id)
    if fact.person_id == row.author_id:
        return
    reason = row.answer if fact.state == row.state and fact.state in WITH_REASON else None
    tell(work, [row.author_id], "knowledge.proposal.reasoned" if reason else "knowledge.proposal.moved",
         url=f"/knowledge/proposals/{row.id}", dedup=f"proposal:{row.id}:{fact.turn}",
         params={"proposal": row.number, "title": row.title, "outcome": {"code": fact.state, "enum": "proposal_state"}}
         | ({"reason": reason} if reason else {}))


def tell_holder(work: Work, fact: LicenceMoved, around: Surroundings) -> None:
    """The holder hears of what was granted, suspended, resumed or ended; the duty to renew ends with the licence."""
    row = work.get(Licence, fact.licence_id)
    url = f"/knowledge/licences/people/{row.person_id}"
    if fact.what == "grant":
        tell(work, [row.person_id], "knowledge.licence.granted", url=url, dedup=f"licence:{row.id}:{fact.turn}",
             params={"level": {"code": row.level, "enum": "licence_level"}, "until": row.valid_until.isoformat()})
    else:
        reason = row.end_reason if fact.what == "end" else row.suspend_reason
        tell(work, [row.person_id], "knowledge.licence.moved", url=url, dedup=f"licence:{row.id}:{fact.turn}",
             params={"outcome": {"code": fact.what, "enum": "licence_act"}, "reason": reason or ""})
    if row.ended_at is not None:
        complete(work, rule=RENEW, subject_kind="licence", subject_id=row.id, done_on=local_date(work.now, around.zone),
                 person_id=row.ended_by_id)


def remind_of_licence(work: Work, duty: Obligation, rung: str) -> None:
    """Who granted it, and who holds it, hear that a licence ends soon."""
    row = work.get(Licence, duty.subject_id)
    if row.ended_at is not None or duty.owner_id is None:
        return
    url, due = f"/knowledge/licences/people/{row.person_id}", duty.due_on.isoformat()
    tell(work, [duty.owner_id], "knowledge.licence.due", url=url, dedup=f"licence_duty:{duty.id}:{rung}",
         params={"person": names(work.session, [row.person_id]).get(row.person_id, ""), "due_on": due})
    tell(work, [row.person_id], "knowledge.licence.ends", url=url, dedup=f"licence_ends:{duty.id}:{rung}", params={"due_on": due})


REACTIONS: dict[Any, tuple[Any, ...]] = {
    ProposalSent: (tell_publishers,),
    ProposalMoved: (tell_author,),
    LicenceMoved: (tell_holder,),
}
