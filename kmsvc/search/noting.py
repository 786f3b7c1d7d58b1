"""What people searched for: noted in normal form without what may point to a person, and thinned out with time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select, update

from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.search.analysis import literal
from kmsvc.search.models import SearchEvent
from kmsvc.search.permissions import SEARCH, WRITE_INDEX

SAME_SEARCH = timedelta(minutes=10)
PERSON_DAYS = Option("search.events.person_days", 30, N_("Days after which it is forgotten who searched"), minimum=1, maximum=3650)
EVENT_DAYS = Option("search.events.days", 180, N_("Days after which a search is forgotten"), minimum=7, maximum=3650)
_EVENT = SearchEvent.__table__
_NOTE = insert(SearchEvent)
_LAST_OF = select(_EVENT.c.id, _EVENT.c.query, _EVENT.c.opened_kind, _EVENT.c.opened_id).where(
    _EVENT.c.person_id == bindparam("person"), _EVENT.c.at >= bindparam("since")).order_by(
    _EVENT.c.at.desc(), _EVENT.c.id.desc()).limit(1)
_CHOSEN = update(SearchEvent).where(_EVENT.c.id == bindparam("one")).values(acted=True)
_ENDED = update(cast(Table, _EVENT)).where(_EVENT.c.id == bindparam("one")).values(outcome=bindparam("so"))
_PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\b1\d\d[ -]?\d{4}[ -]?\d{4}\b|\+?\d[\d-]{5,}[\dx]")


def without_numbers(query: str) -> str:
    """A query without what may point to a person: numbers of seven digits and more (telephone, card, contract), mail addresses."""
    return " ".join(_PERSONAL.sub(" ", query).split())


def note_search(work: Work, *, query: str, found: int, filters: dict[str, str] | None = None,
                opened: tuple[str, int] | None = None, rank: int | None = None, acted: bool | None = None,
                took_ms: int | None = None) -> None:
    """Remember a finished search in normal form: it feeds gaps and «today's top» later. rank: the place of what was read;
    acted: whether it was chosen, or only stood there; took_ms: from the first key to that answer. Choosing what one had
    before one completes the note of that search."""
    work.permit(SEARCH)
    kept = without_numbers(literal(query))[:500]
    kind, ref_id = opened or (None, None)
    connection = work.session.connection()
    if acted and opened:
        last = connection.execute(_LAST_OF, {"person": work.actor.person_id, "since": work.now - SAME_SEARCH}).first()
        if last is not None and (last.query, last.opened_kind, last.opened_id) == (kept, kind, ref_id):
            connection.execute(_CHOSEN, {"one": last.id})
            return
    connection.execute(_NOTE, {
        "at": work.now, "person_id": work.actor.person_id, "query": kept, "filters": filters, "found": found, "opened_kind": kind,
        "opened_id": ref_id, "rank": rank, "acted": acted, "unit_id": work.actor.unit_id,
        "roles": ",".join(sorted(work.actor.roles))[:200], "took_ms": took_ms if opened else None})


def note_outcomes(work: Work, outcomes: Mapping[int, str]) -> None:
    """Write beside notes of searches how each ended."""
    work.permit(WRITE_INDEX)
    if outcomes:
        work.session.connection().execute(_ENDED, [{"one": one, "so": outcome} for one, outcome in sorted(outcomes.items())])


def thin_searches(work: Work) -> int:
    """Forget who searched after some weeks, and the search itself after some months; returns how many went."""
    work.permit(WRITE_INDEX)
    connection = work.session.connection()
    connection.execute(update(SearchEvent).where(
        _EVENT.c.at < work.now - timedelta(days=value(work.session, PERSON_DAYS)), _EVENT.c.person_id.is_not(None)).values(
        person_id=None))
    return connection.execute(delete(SearchEvent).where(
        _EVENT.c.at < work.now - timedelta(days=value(work.session, EVENT_DAYS)))).rowcount
