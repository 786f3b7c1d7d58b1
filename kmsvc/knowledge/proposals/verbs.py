"""What the doors do with a proposal: one line a verb, with its input, when it is offered and what is said after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import can
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.licences.permissions import AMEND, DECIDE, PROPOSE, Standing
from kmsvc.knowledge.licences.standing import standing
from kmsvc.knowledge.proposals import usecases
from kmsvc.knowledge.proposals.models import Proposal
from kmsvc.knowledge.proposals.queries import place_of
from kmsvc.knowledge.proposals.rules import AUTHOR, PUBLISHER, VERBS, makes_sense
from kmsvc.knowledge.proposals.schemas import ProposalAnswer, ProposalReason, ProposalText, PublishProposal

Run = Callable[[Work, int, dict[str, Any], date, int | None], Proposal]


@dataclass(frozen=True)
class Act:
    """label: on the button; said: after it was done."""

    label: str
    said: str
    schema: type[InputSchema]
    run: Run


def _publish(work: Work, proposal_id: int, data: dict[str, Any], today: date, seen: int | None) -> Proposal:
    return usecases.publish(work, proposal_id, today=today, version=seen, **data)


def _return(work: Work, proposal_id: int, data: dict[str, Any], today: date, seen: int | None) -> Proposal:
    return usecases.send_back(work, proposal_id, answer=data["answer"], today=today, version=seen)


def _see(work: Work, proposal_id: int, data: dict[str, Any], today: date, seen: int | None) -> Proposal:
    return usecases.see(work, proposal_id, answer=data["answer"], today=today, version=seen)


def _take_back(work: Work, proposal_id: int, data: dict[str, Any], today: date, seen: int | None) -> Proposal:
    return usecases.take_back(work, proposal_id, answer=data["answer"], today=today, version=seen)


def _edit(work: Work, proposal_id: int, data: dict[str, Any], today: date, seen: int | None) -> Proposal:
    return usecases.edit(work, proposal_id, today=today, version=seen, **{**data, "summary": data["summary"] or ""})


def _withdraw(work: Work, proposal_id: int, data: dict[str, Any], today: date, seen: int | None) -> Proposal:
    return usecases.withdraw(work, proposal_id, today=today, version=seen)


ACTS: dict[str, Act] = {
    "publish": Act(N_("Publish"), N_("Published. Its author hears of it."), PublishProposal, _publish),
    "return": Act(N_("Return"), N_("Returned. Its author hears why."), ProposalReason, _return),
    "see": Act(N_("Looked at, it stays"), N_("Noted: the correction stays."), ProposalAnswer, _see),
    "take_back": Act(N_("Take the correction back"), N_("Readers see the text before it again. Its author hears why."), ProposalReason,
                     _take_back),
    "edit": Act(N_("Save"), N_("Saved."), ProposalText, _edit),
    "withdraw": Act(N_("Withdraw"), N_("Withdrawn."), InputSchema, _withdraw),
}


def offered(session: Session, actor: Actor, row: Proposal, today: date) -> tuple[str, ...]:
    """The verbs that make sense now and are this caller's."""
    stand = standing(session, actor, place_of(session, row), today)
    own = row.author_id == actor.person_id

    def may(verb: str) -> bool:
        whose = VERBS[verb][0]
        if whose == PUBLISHER:
            return not own and can(actor, DECIDE, stand)
        if whose == AUTHOR:
            return own and can(actor, PROPOSE, Standing(row.level))
        return can(actor, PROPOSE if own else AMEND, stand)
    return tuple(verb for verb in ACTS if makes_sense(verb, row.state) and may(verb))
