"""The story of a process alignment review: those reviewed hear that it is signed, the coach what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.knowledge.alignment.events import AlignmentAnswered, AlignmentSigned
from kmsvc.knowledge.alignment.models import Alignment, AlignmentItem, AlignmentReply
from kmsvc.notices.usecases import tell
from kmsvc.people.accounts.queries import names

if TYPE_CHECKING:
    from kmsvc.reactions import Surroundings


def tell_reviewed(work: Work, fact: AlignmentSigned, around: Surroundings) -> None:
    """Those whose contacts were looked at may read it and answer."""
    row = work.get(Alignment, fact.alignment_id)
    people = sorted(set(work.session.scalars(select(AlignmentItem.person_id).where(AlignmentItem.alignment_id == row.id))))
    tell(work, people, "knowledge.alignment.signed", url=f"/knowledge/alignment/{row.id}", dedup=f"alignment:{row.id}",
         params={"review": row.number, "coach": names(work.session, [row.coach_id]).get(row.coach_id, "")})


def tell_coach(work: Work, fact: AlignmentAnswered, around: Surroundings) -> None:
    """The coach hears that somebody answered."""
    reply = work.get(AlignmentReply, fact.reply_id)
    row = work.get(Alignment, reply.alignment_id)
    tell(work, [row.coach_id], "knowledge.alignment.answered", url=f"/knowledge/alignment/{row.id}", dedup=f"alignment_reply:{reply.id}",
         params={"review": row.number, "person": names(work.session, [reply.person_id]).get(reply.person_id, "")})


REACTIONS: dict[Any, tuple[Any, ...]] = {AlignmentSigned: (tell_reviewed,), AlignmentAnswered: (tell_coach,)}
