"""Search as of an earlier day: today's index names candidates, the log of publications says which text counted then.

The index holds the texts of today (decision 0019). Titles, words and snippets shown are those of the day; rights are today's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Moment, ThingCard
from kmsvc.search.engine import SearchEngine
from kmsvc.search.expansions import expansions_for
from kmsvc.search.failures import SearchFailure
from kmsvc.search.queries import Answer, Found, degraded_answer, quotable, quoted, reach_of
from kmsvc.search.requests import SearchRequest
from kmsvc.search.scopes import Wanted, passes, register_of, tally

LOOKED_AT = 100
"""Candidates by rank that are looked up in the past; who needs more narrows the question."""
MOST_GONE = 5


def ask_on(session: Session, engine: SearchEngine, actor: Actor, *, text: str, moment: Moment, lag_s: float,
           kind: str | None = None, category: str | None = None, scopes: Sequence[str] = (), limit: int = 10,
           offset: int = 0) -> Answer:
    """Search as this person, for what counted on a day. Things whose past is not kept are not found so. Where a text applied is what
    its version of that day says."""
    known = register_of(session)
    wanted = known.wanted(scopes)
    expansions = expansions_for(session, text)
    request = SearchRequest(text, reach_of(actor, session), on=None, kinds=frozenset({kind}) if kind else None,
                            categories=frozenset({category}) if category else None, limit=LOOKED_AT, expansions=expansions,
                            budget_ms=1000.0)
    seen: dict[str, ThingCard] = {}
    degraded, took_ms, weak, tried = False, 0.0, False, tuple[str, ...]()
    try:
        result = engine.search(request, _texts(session, actor, moment, seen, wanted))
        took_ms, tried, weak = result.took_ms, result.tried, result.weak
        items = [Found(seen[hit.key], hit.title, quoted(seen[hit.key], hit.snippet), round(hit.score, 4))
                 for hit in result.hits if hit.key in seen]
    except SearchFailure:
        degraded = True
        now = degraded_answer(session, actor, text, kind, LOOKED_AT, lag_s)
        _look_up(session, actor, moment, [f"{one.card.kind}:{one.card.id}" for one in now.items], seen)
        items = [Found(card, str(escape(card.title)), "", 0.0) for card in seen.values()]
    if category and degraded:
        items = [one for one in items if one.card.category == category]
    items = [one for one in items if passes(one.card.scopes, wanted)]
    gone = [] if category else _gone(session, actor, text, moment, kind, {(one.card.kind, one.card.id) for one in items})
    if weak and not gone:
        return Answer([], 0, took_ms, lag_s, {}, {}, tried, nearest=[one.card for one in items[:3]], expansions=expansions)
    found = ([] if weak else items) + [one for one in gone if passes(one.card.scopes, wanted)]
    held, everywhere = tally([one.card.scopes for one in found], known.labels)
    return Answer(found[offset:offset + limit], len(found), took_ms, lag_s, Counter(one.card.category for one in found),
                  Counter(one.card.kind for one in found), tried, degraded=degraded, expansions=expansions,
                  scopes=known.counts(held, everywhere, len(found)))


def _texts(session: Session, actor: Actor, moment: Moment, seen: dict[str, ThingCard], wanted: Wanted) -> Any:
    """The callback the engine reads texts with: those of the day; what did not count then, or not there, is left out."""

    def texts(keys: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        _look_up(session, actor, moment, [key for key in keys if key not in seen], seen)
        return {key: (seen[key].title, f"{seen[key].summary}\n{quotable(seen[key].body, seen[key].level)}".strip())
                for key in keys if key in seen and passes(seen[key].scopes, wanted)}

    return texts


def _look_up(session: Session, actor: Actor, moment: Moment, keys: Sequence[str], seen: dict[str, ThingCard]) -> None:
    wanted: dict[str, list[int]] = {}
    for key in keys:
        name, _, ref_id = key.partition(":")
        wanted.setdefault(name, []).append(int(ref_id))
    for name, ids in wanted.items():
        described = cards.KINDS.get(name)
        if described is not None and described.on_day is not None:
            seen.update({f"{name}:{one}": card for one, card in described.on_day.cards(session, actor, ids, moment).items()})


def _gone(session: Session, actor: Actor, text: str, moment: Moment, kind: str | None, held: set[tuple[str, int]]) -> list[Found]:
    """What counted then and is in no index any more, by number or title."""
    return [Found(card, str(escape(card.title)), "", 0.0)
            for described in cards.KINDS.values() if described.on_day is not None and kind in (None, described.name)
            for card in described.on_day.gone(session, actor, text, moment, MOST_GONE) if (card.kind, card.id) not in held]
