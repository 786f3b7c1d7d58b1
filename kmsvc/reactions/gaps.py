"""The story of a gap: who is to close it, what it led to, and how those who searched learn that it is found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from kmsvc.core.work import Work
from kmsvc.knowledge.gaps.events import GapAssigned, GapMoved
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.queries import askers_of
from kmsvc.knowledge.gaps.rules import GapState
from kmsvc.knowledge.gaps.usecases import follow_request, settle_request
from kmsvc.notices.usecases import tell
from kmsvc.process.changes.events import ChangeClosed, ChangeSubmitted
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.rules import State

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings

_PAGE = re.compile(r"/knowledge/gaps/(\d{1,9})(?:[/?#]|$)")


def tell_who_closes(work: Work, fact: GapAssigned, around: Surroundings) -> None:
    """Whoever is to close the gap hears of it, unless it was that person's own idea."""
    gap = work.get(Gap, fact.gap_id)
    if gap.owner_id is None or gap.due_on is None or gap.owner_id == fact.person_id:
        return
    tell(work, [gap.owner_id], "knowledge.gap.assigned", url=f"/knowledge/gaps/{gap.id}", dedup=f"gap:{gap.id}:{fact.turn}",
         params={"gap": gap.number, "query": gap.title, "due_on": gap.due_on.isoformat()})


def tell_who_searched(work: Work, fact: GapMoved, around: Surroundings) -> None:
    """Found now: everybody who searched for it hears so, with the way to the search. Not ours: who reported it hears why."""
    gap = work.get(Gap, fact.gap_id)
    if fact.state not in (GapState.CLOSED, GapState.DISMISSED) or gap.state != fact.state:
        return
    closed = fact.state == GapState.CLOSED
    for person_id, query in askers_of(work.session, gap.id, reporters=not closed).items():
        if person_id != fact.person_id:
            tell(work, [person_id], f"knowledge.gap.{fact.state}", url="/search?" + urlencode({"q": query}),
                 dedup=f"gap:{gap.id}:{fact.turn}", params={"gap": gap.number, "query": query, "reason": gap.reason or ""})


def link_change_to_gap(work: Work, fact: ChangeSubmitted, around: Surroundings) -> None:
    """A change asked for from the page of a gap is what it led to."""
    change = work.get(Change, fact.change_id)
    page = _PAGE.match(change.place or "")
    if page is not None:
        follow_request(work, int(page[1]), change_id=change.id, asker_id=change.asker_id)


def settle_change_gap(work: Work, fact: ChangeClosed, around: Surroundings) -> None:
    """The request a gap led to came to its end: what it released must be found."""
    change = work.get(Change, fact.change_id)
    settle_request(work, change.id, process_id=change.process_id, released=fact.state == State.RELEASED2)


REACTIONS: dict[Any, tuple[Any, ...]] = {
    GapAssigned: (tell_who_closes,),
    GapMoved: (tell_who_searched,),
    ChangeSubmitted: (link_change_to_gap,),
    ChangeClosed: (settle_change_gap,),
}
