"""From searches and thanks to what is learned: signals are read, weighed, tried on the search, and what differs is written down.

The whole is worked out anew each time from signals that are kept anyway, so it forgets when they are forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, true, type_coerce
from sqlalchemy.orm import Session

from kmsvc.core import leases
from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.errors import RuleBroken
from kmsvc.core.memory import move_one
from kmsvc.core.options import value
from kmsvc.core.pace import Rest, at_once
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work
from kmsvc.knowledge.contacts.models import ContactCheck, ContactLink
from kmsvc.knowledge.feedback.models import Feedback
from kmsvc.knowledge.feedback.rules import FeedbackKind
from kmsvc.knowledge.health.limits import AGAIN_MINUTES
from kmsvc.knowledge.learning.applying import LEARNED
from kmsvc.knowledge.learning.limits import LEAST_PEOPLE, MOST_PLACES
from kmsvc.knowledge.learning.models import Learned, LearnedChange, LearnedOff, LearnedReset
from kmsvc.knowledge.learning.permissions import LEARN
from kmsvc.knowledge.learning.rules import Cause, Signal, Weight, lifts_of, weigh
from kmsvc.search.analysis import literal
from kmsvc.search.engine import SearchEngine
from kmsvc.search.learned import learned_form, lifted
from kmsvc.search.models import SearchEvent
from kmsvc.search.noting import PERSON_DAYS
from kmsvc.search.queries import ask

READER = Actor(login="learning", name="learning", via="worker", permissions=frozenset({
    "search.query", "knowledge.article.read", "knowledge.article.read_secret", "process.definition.read",
    "process.definition.read_drafts"}))
LOOKED_AT = 50
AT_ONCE = 20
_EVENT = cast(Table, SearchEvent.__table__)
Pair = tuple[str, int]


def learn_all(db: Database, engine: SearchEngine, actor: Actor, zone: str, rest: Rest = at_once) -> int:
    """Work out what is learned and write down what differs; returns how many answers are lifted.

    RuleBroken while the index is not usable: what was learned then stays as it is."""
    with db.look(actor) as work:
        since = start(work.session, work.now)
        weights = weigh(signals(work.session, since, rest), work.now)
        off = switched_off(work.session)
        lifts = lifts_of({pair: one for pair, one in weights.items() if pair not in off},
                         value(work.session, LEAST_PEOPLE), value(work.session, MOST_PLACES))
        reset = work.session.scalar(_LAST_RESET)
    rest()
    places = _places(db, engine, lifts, local_date(db.clock(), zone), rest)
    with db.begin(actor) as work:
        work.permit(LEARN)
        leases.wait_turn(work.session, "learning")
        off = switched_off(work.session)  # anew: somebody may have switched one off while the index was asked
        wanted = {pair: lift for pair, lift in lifts.items() if pair in places and pair not in off}
        if work.session.scalar(_LAST_RESET) == reset:  # else somebody reset it meanwhile, and this is of before
            _keep(work, wanted, weights, places)
    return len(wanted)


_LAST_RESET = select(func.max(LearnedReset.at)).where(LearnedReset.undone_at.is_(None))


def start(session: Session, now: datetime) -> datetime:
    """From when signals count: as long as it is known who searched, and since the last reset."""
    since = now - timedelta(days=value(session, PERSON_DAYS))
    return max(since, session.scalar(_LAST_RESET) or since)


def switched_off(session: Session) -> set[Pair]:
    """What somebody does not want to be moved."""
    return {(row.query, row.article_id) for row in session.execute(
        select(LearnedOff.query, LearnedOff.article_id).where(LearnedOff.withdrawn_at.is_(None)))}


def signals(session: Session, since: datetime, rest: Rest = at_once) -> Iterator[Signal]:
    """Who used which article for which search since an instant: opened from its results, said to be
    helpful, or linked to a contact after it and not taken back or found wrong."""
    soon = timedelta(minutes=value(session, AGAIN_MINUTES))
    by, order = _EVENT.c.person_id, (_EVENT.c.at, _EVENT.c.id)
    step = select(
        _EVENT.c.person_id, _EVENT.c.query, _EVENT.c.at, _EVENT.c.opened_kind, _EVENT.c.opened_id, _EVENT.c.acted,
        type_coerce(func.lead(_EVENT.c.at).over(partition_by=by, order_by=order), _EVENT.c.at.type).label("next_at"),
        func.lead(_EVENT.c.query).over(partition_by=by, order_by=order).label("next_query"),
    ).where(_EVENT.c.at >= since, _EVENT.c.person_id.is_not(None)).subquery()
    rows: Any = session.execute(select(step).where(
        step.c.opened_kind == "article", step.c.acted.is_not(False), step.c.query != "").execution_options(yield_per=2_000))
    for part in rows.partitions():
        for row in part:
            again = row.next_at is not None and row.next_at - row.at <= soon and row.next_query != row.query
            yield Signal(row.query, row.opened_id, row.person_id, row.at, again=again)
        rest()
    said = select(Feedback.query, Feedback.article_id, Feedback.sender_id, Feedback.sent_at).where(
        Feedback.kind == FeedbackKind.HELPFUL, Feedback.state != "withdrawn", Feedback.query.is_not(None), Feedback.sent_at >= since)
    for query, article_id, sender_id, at in session.execute(said):
        form = learned_form(query or "")
        if sender_id is not None and form:
            yield Signal(form, article_id, sender_id, at, helpful=True)
    linked: Any = session.execute(_LINKED, {"since": since})
    for query, article_id, person_id, at in linked:
        yield Signal(query, article_id, person_id, at, linked=True)


_SAID = select(ContactCheck.accurate).where(ContactCheck.link_id == ContactLink.id).order_by(
    ContactCheck.id.desc()).limit(1).correlate(ContactLink).scalar_subquery()
_LINKED = select(ContactLink.query, ContactLink.ref_id, ContactLink.person_id, ContactLink.at).where(
    ContactLink.kind == "article", ContactLink.at >= bindparam("since"), ContactLink.query.is_not(None), ContactLink.query != "",
    ContactLink.person_id.is_not(None), ContactLink.withdrawn_at.is_(None), func.coalesce(_SAID, true()))


def _places(db: Database, engine: SearchEngine, lifts: Mapping[Pair, int], today: date, rest: Rest) -> dict[Pair, tuple[int, int]]:
    """Where a reader of the whole centre finds them without and with what was learned; what would not move is left out."""
    by_query: dict[str, dict[int, int]] = {}
    for (query, article_id), lift in lifts.items():
        by_query.setdefault(query, {})[article_id] = lift
    found: dict[Pair, tuple[int, int]] = {}
    queries = sorted(by_query)
    for at in range(0, len(queries), AT_ONCE):
        with db.look(READER) as work:
            for query in queries[at:at + AT_ONCE]:
                answer = ask(work.session, engine, READER, text=query, on=today, lag_s=0.0, limit=LOOKED_AT, learned=False)
                if answer.degraded:
                    raise RuleBroken("knowledge.learning.no_index", N_(
                        "The search index is not usable now. What was learned stays as it is."))
                order = [one.card.id if one.card.kind == "article" else -place for place, one in enumerate(answer.items)]
                exact = {one.card.id for one in answer.items if query in (literal(one.card.title), literal(one.card.number))}
                after = lifted(order, by_query[query], exact)
                for article_id in by_query[query].keys() & set(order):
                    if after.index(article_id) < order.index(article_id):
                        found[query, article_id] = (order.index(article_id) + 1, after.index(article_id) + 1)
        rest()
    return found


def _keep(work: Work, wanted: Mapping[Pair, int], weights: Mapping[Pair, Weight], places: Mapping[Pair, tuple[int, int]]) -> None:
    held = {(row.query, row.article_id): row for row in work.session.scalars(select(Learned))}
    for pair, row in held.items():
        if pair not in wanted:
            note(work, row, Cause.FADED, 0)
            work.session.delete(row)
    for pair, lift in wanted.items():
        weight, was = weights[pair], held.get(pair)
        row = was or Learned(query=pair[0], article_id=pair[1], lift=0, since=work.now)
        old, row.lift = row.lift, lift
        (row.place, row.place_to), row.people, row.opened, row.helpful = places[pair], weight.people, weight.opened, weight.helpful
        row.linked = weight.linked
        if was is None:
            work.session.add(row)
        if old != lift:
            note(work, row, Cause.LEARNED if lift > old else Cause.FADED, lift, old)
    if any(row.lift != wanted.get(pair) for pair, row in held.items()) or wanted.keys() != held.keys() or work.session.dirty:
        move_one(work.session, LEARNED)


def note(work: Work, row: Learned, cause: Cause, new: int, old: int | None = None, reset_id: int | None = None) -> None:
    """Write a change of what was learned into its log."""
    work.session.add(LearnedChange(
        at=work.now, query=row.query, article_id=row.article_id, cause=cause, old_lift=row.lift if old is None else old, new_lift=new,
        place=row.place, place_to=row.place_to, people=row.people, opened=row.opened, helpful=row.helpful, linked=row.linked,
        since=row.since, reset_id=reset_id))
