"""Which answers a window keeps ahead of a time without connection: what is at hand for its reader, then what their unit opened most
in the last thirty days, then the centre. A list of keys and marks, so that only what changed is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.memory import Family, remembered
from kmsvc.core.options import value
from kmsvc.core.work import Work
from kmsvc.markup import fences
from kmsvc.search.models import SearchEvent
from kmsvc.search.offline import INTERNAL, minutes, text_mark
from kmsvc.search.starting import start_of

MOST = 200
WINDOW = timedelta(days=30)
ASKED = 300
"""Counted for a unit: some of them may not be there any more, or not for this reader."""
OPENED = Family("opened_most")
"""Counted once an hour for a unit and once a day for the centre; no change of rows moves it."""
_EVENT = cast(Table, SearchEvent.__table__).c
_COUNTED = select(_EVENT.opened_kind, _EVENT.opened_id).where(
    _EVENT.at >= bindparam("since"), _EVENT.opened_id.is_not(None), _EVENT.acted.is_not(False)).group_by(
    _EVENT.opened_kind, _EVENT.opened_id).order_by(func.count().desc(), _EVENT.opened_kind, _EVENT.opened_id).limit(ASKED)
_BY_UNIT = _COUNTED.where(_EVENT.unit_id == bindparam("unit"))
Thing = tuple[str, int]


def ahead(work: Work, today: date, zone: str, language: str) -> dict[str, Any]:
    """The list: `mark` of whose rights it was made for, and (key, mark of its text) of at most 200, what is needed most first.

    Nothing where the house keeps nothing; what is secret as a whole is not named.
    """
    session, actor = work.session, work.actor
    allowed = minutes(session)
    found: dict[Thing, ThingCard] = {}
    if allowed:
        near = [(line.card.kind, line.card.id) for group in start_of(session, actor, today, zone) for line in group.lines]
        _take(session, actor, found, near)
        _take(session, actor, found, _most_of_unit(session, actor, work.now))
        if len(found) < MOST:
            _take(session, actor, found, _most_of_centre(session, today, work.now))
    return {"mark": _whose(session, actor, language), "minutes": allowed,
            "items": [[f"{kind}:{ref_id}", text_mark(card)] for (kind, ref_id), card in found.items()][:MOST]}


def _take(session: Session, actor: Actor, found: dict[Thing, ThingCard], wanted: Iterable[Thing]) -> None:
    """Add what this reader may read and a window may keep, in the order in which it is wanted."""
    new = [one for one in dict.fromkeys(wanted) if one not in found]
    highest = fences.INTERNAL if value(session, INTERNAL) else fences.SAYABLE
    seen: dict[Thing, ThingCard] = {}
    for kind in {kind for kind, _ in new}:
        described = cards.KINDS.get(kind)
        if described is not None and described.reading is not None:
            its = described.cards(session, actor, [ref_id for name, ref_id in new if name == kind])
            seen.update({(kind, ref_id): card for ref_id, card in its.items() if card.level <= highest})
    found.update({one: seen[one] for one in new if one in seen})


def _most_of_unit(session: Session, actor: Actor, now: datetime) -> Sequence[Thing]:
    asked = {"since": now - WINDOW, "unit": actor.unit_id or 0}
    return remembered(session, OPENED, f"{actor.unit_id}:{now:%Y%m%d%H}",
                      lambda within: [(kind, ref_id) for kind, ref_id in within.execute(_BY_UNIT, asked)])


def _most_of_centre(session: Session, today: date, now: datetime) -> Sequence[Thing]:
    return remembered(session, OPENED, f"centre:{today}", lambda within: [
        (kind, ref_id) for kind, ref_id in within.execute(_COUNTED, {"since": now - WINDOW})])


def _whose(session: Session, actor: Actor, language: str) -> str:
    rights = (actor.login, sorted(actor.permissions), sorted(actor.units), language, value(session, INTERNAL))
    return sha256(repr(rights).encode()).hexdigest()[:12]
