"""What an assistant program is told: results with the address to cite, and texts as the person may read them, never secret ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import Moment, Reading, ThingCard
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import require
from kmsvc.core.work import Work
from kmsvc.markup.plain import quick_plain
from kmsvc.search.analysis import number_form
from kmsvc.search.engine import SearchEngine
from kmsvc.search.past import ask_on
from kmsvc.search.permissions import SEARCH
from kmsvc.search.queries import Answer, ask, lag_seconds

READS = frozenset({"search.query", "knowledge.article.read", "process.definition.read"})
"""All an assistant may do of what its person may: no drafts, no secret text, no requests, nothing is written."""
MOST = 20


def reader(actor: Actor) -> Actor:
    """The person as an assistant reads for them."""
    return replace(actor, permissions=actor.permissions & READS, via="assistant")


class Desk:
    """Where an assistant asks. address: of the centre, for links; zone: in which its days are counted."""

    def __init__(self, engine: SearchEngine, zone: str, address: str) -> None:
        self.engine, self.zone, self.address = engine, zone, address.rstrip("/")

    def find(self, work: Work, text: str, *, limit: int = 5, on: date | None = None) -> dict[str, Any]:
        """The best answers, each with its number and the address to cite; on: what counted on that day."""
        answer = self._ask(work, text, min(limit, MOST), self._moment(work, on))
        return {"query": text, "on": on, "total": answer.total, "index_incomplete": answer.degraded,
                "results": [self._named(one.card) | {"snippet": quick_plain(one.snippet)} for one in answer.items
                            if one.card.kind in self._readable()]}

    def read(self, work: Work, number: str, *, on: date | None = None) -> dict[str, Any]:
        """One article or process by its number; NotFound where there is none for this person."""
        moment = self._moment(work, on)
        wanted = number_form(number)
        for one in self._ask(work, number, MOST, moment).items:
            if wanted and number_form(one.card.number) == wanted and one.card.kind in self._readable():
                found = self._reading(work, one.card, moment)
                if found is not None:
                    return self._text(found)
        raise NotFound()

    def _ask(self, work: Work, text: str, limit: int, moment: Moment | None) -> Answer:
        require(work.actor, SEARCH)
        lag = lag_seconds(work.session, work.now)
        if moment is not None:
            return ask_on(work.session, self.engine, work.actor, text=text, moment=moment, limit=limit, lag_s=lag)
        return ask(work.session, self.engine, work.actor, text=text, on=local_date(work.now, self.zone), limit=limit, lag_s=lag)

    def _moment(self, work: Work, on: date | None) -> Moment | None:
        today = local_date(work.now, self.zone)
        return Moment(on, today, self.zone) if on is not None and on != today else None

    def _reading(self, work: Work, card: ThingCard, moment: Moment | None) -> Reading | None:
        described = cards.KINDS[card.kind]
        if moment is not None:
            return described.on_day.reading(work.session, work.actor, card.id, moment) if described.on_day else None
        return described.reading(work.session, work.actor, card.id, local_date(work.now, self.zone)) if described.reading else None

    def _readable(self) -> frozenset[str]:
        return frozenset(name for name, described in cards.KINDS.items() if described.reading)

    def _named(self, card: ThingCard) -> dict[str, Any]:
        return {"kind": card.kind, "number": card.number, "title": card.title, "category": card.category or None,
                "updated_on": card.updated_on, "url": self.address + card.url}

    def _text(self, found: Reading) -> dict[str, Any]:
        since = found.effective_on or (local_date(found.since, self.zone) if found.since else None)
        return self._named(found.card) | {
            "version": found.version_label, "in_force_since": since, "review_on": found.review_on, "owner": found.owner or None,
            "confidentiality": found.confidentiality, "expired": found.expired, "as_of": found.as_of,
            "another_text_counts_today": found.overtaken, "summary": found.summary, "text": found.body,
            "cite_as": f"{found.card.number} {found.version_label}, {self.address}{found.card.url}"}
