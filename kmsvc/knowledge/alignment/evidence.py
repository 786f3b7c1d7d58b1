"""What the service knows of contacts: searches, openings, links, and what was done for the knowledge beside them. Numbers of
texts and normal forms of searches stand in the proof; the customer's number does not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.errors import RuleBroken
from kmsvc.core.texts import N_
from kmsvc.knowledge.alignment.rules import MOST_FROM, Link, Search, Sighting, sightings
from kmsvc.knowledge.contacts.models import ContactCheck, ContactLink
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.gaps.models import Gap, GapAsker, GapQuery
from kmsvc.search.models import SearchEvent

_MOST_ROWS = 5 * MOST_FROM
Proposed = tuple[int, datetime, str]
"""person, instant, number of what was proposed"""
PROPOSALS: list[Callable[[Session, Collection[int], datetime, datetime], Iterable[Proposed]]] = []
"""Who knows what people propose to change: filled by the nouns above."""
_EVENT = SearchEvent.__table__.c


def contacts_of(session: Session, whose: Callable[[Any, Any], ColumnElement[bool]], start: datetime, end: datetime) -> list[Sighting]:
    """The contacts within a time. whose(person column, unit column): the condition on whose they are.

    RuleBroken where there are more than one draw is made from."""
    linked: Any = session.execute(select(
        ContactLink.id, ContactLink.contact_id, ContactLink.person_id, ContactLink.at, ContactLink.searched_at).where(
        ContactLink.at >= start, ContactLink.at < end, ContactLink.withdrawn_at.is_(None), ContactLink.person_id.is_not(None),
        whose(ContactLink.person_id, ContactLink.unit_id)).order_by(ContactLink.id).limit(_MOST_ROWS + 1)).all()
    searched: Any = session.execute(select(_EVENT.id, _EVENT.person_id, _EVENT.at).where(
        _EVENT.at >= start, _EVENT.at < end, _EVENT.person_id.is_not(None), _EVENT.query != "",
        whose(_EVENT.person_id, _EVENT.unit_id)).order_by(_EVENT.id).limit(_MOST_ROWS + 1)).all()
    found = sightings([Link(*row) for row in linked], [Search(*row) for row in searched])
    if max(len(linked), len(searched)) > _MOST_ROWS or len(found) > MOST_FROM:
        raise RuleBroken("knowledge.alignment.many", N_(
            "These are too many contacts for one draw. Choose fewer days or a smaller unit."))
    return found


def proofs(session: Session, actor: Actor, drawn: Sequence[Sighting]) -> list[dict[str, Any]]:
    """The proof of each contact, in the order given."""
    return [_proof(session, actor, one) for one in drawn]


def _proof(session: Session, actor: Actor, one: Sighting) -> dict[str, Any]:
    links = _links(session, one) if one.key.startswith("contact:") else []
    searches = session.execute(select(
        _EVENT.id, _EVENT.at, _EVENT.query, _EVENT.found, _EVENT.opened_kind, _EVENT.opened_id, _EVENT.rank, _EVENT.acted).where(
        _EVENT.person_id == one.person_id, _EVENT.at >= one.begins, _EVENT.at <= one.ends).order_by(_EVENT.at, _EVENT.id)).all()
    numbers = _numbers(session, actor, {(row.opened_kind, row.opened_id) for row in searches if row.opened_id}
                       | {(row.kind, row.ref_id) for row, _ in links})
    feedback = session.execute(select(Feedback.sent_at, Feedback.kind, Feedback.number).where(
        Feedback.sender_id == one.person_id, Feedback.sent_at >= one.begins, Feedback.sent_at <= one.ends,
        Feedback.state != "withdrawn").order_by(Feedback.id)).all()
    gaps: Any = session.execute(select(GapAsker.reported_at, Gap.number).join(GapQuery, GapQuery.id == GapAsker.query_id).join(
        Gap, Gap.id == GapQuery.gap_id).where(GapAsker.person_id == one.person_id, GapAsker.reported_at >= one.begins,
                                              GapAsker.reported_at <= one.ends).order_by(Gap.id)).all()
    changes = sorted(found for give in PROPOSALS for found in give(session, [one.person_id], one.begins, one.ends))
    return {
        "searches": [{"id": row.id, "at": _at(row.at), "query": row.query, "found": row.found, "rank": row.rank, "acted": row.acted,
                      "kind": row.opened_kind, "number": numbers.get((row.opened_kind, row.opened_id))} for row in searches],
        "links": [{"id": row.id, "at": _at(row.at), "kind": row.kind, "number": numbers.get((row.kind, row.ref_id)),
                   "query": row.query, "accurate": accurate} for row, accurate in links],
        "feedback": [{"at": _at(at), "kind": kind, "number": number} for at, kind, number in feedback],
        "gaps": [{"at": _at(at), "number": number} for at, number in gaps],
        "changes": [{"at": _at(at), "number": number} for _, at, number in changes]}


def _links(session: Session, one: Sighting) -> list[tuple[ContactLink, bool | None]]:
    rows = list(session.scalars(select(ContactLink).where(
        ContactLink.contact_id == int(one.key.partition(":")[2]), ContactLink.person_id == one.person_id,
        ContactLink.withdrawn_at.is_(None), ContactLink.at >= one.begins, ContactLink.at <= one.ends).order_by(ContactLink.id)))
    said: dict[int, bool] = {row[0]: row[1] for row in session.execute(select(ContactCheck.link_id, ContactCheck.accurate).where(
        ContactCheck.link_id.in_([row.id for row in rows])).order_by(ContactCheck.id))}
    return [(row, said.get(row.id)) for row in rows]


def _numbers(session: Session, actor: Actor, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The numbers of texts, as far as whoever draws may see them; a number is no secret, a title may be."""
    found = {}
    for kind in sorted({kind for kind, _ in wanted}):
        for one, card in cards.whole_cards(session, actor, kind, {ref for its, ref in wanted if its == kind}).items():
            found[kind, one] = card.number
    return found


def _at(at: datetime) -> str:
    return at.isoformat()
