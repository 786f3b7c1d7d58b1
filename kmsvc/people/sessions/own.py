"""What belongs to the caller alone: the person, their tokens and their sessions; all else is not found."""

from __future__ import annotations

from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.people.accounts.permissions import KEEP_SELF
from kmsvc.people.sessions.queries import SessionCard, TokenCard, sessions_of, tokens_of


def own_id(work: Work) -> int:
    """The caller's person; NotFound for an actor that is none."""
    work.permit(KEEP_SELF)
    if work.actor.person_id is None:
        raise NotFound()
    return work.actor.person_id


def own_token(work: Work, token_id: int) -> TokenCard:
    """One of the caller's tokens, or NotFound."""
    for card in tokens_of(work.session, own_id(work), work.now):
        if card.id == token_id:
            return card
    raise NotFound()


def own_session(work: Work, session_id: int) -> SessionCard:
    """One of the caller's running sessions, or NotFound."""
    for card in sessions_of(work.session, own_id(work), work.now):
        if card.id == session_id:
            return card
    raise NotFound()
