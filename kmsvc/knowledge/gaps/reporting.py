"""One key on a search without an answer: the index is asked without the filter first, for a filter that was on is no gap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kmsvc.core.actors import Actor
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.knowledge.gaps.asking import Reader, ask_all, is_usable, no_index
from kmsvc.knowledge.gaps.permissions import REPORT_GAP
from kmsvc.knowledge.gaps.usecases import kept_form, report_gap
from kmsvc.search.engine import SearchEngine


@dataclass(frozen=True)
class Answered:
    """What the reporter hears. unfiltered: how many are found without the filter; then nothing was kept."""

    number: str
    state: str
    reason: str | None
    others: int
    before: bool
    unfiltered: int = 0


def report(db: Database, engine: SearchEngine, actor: Actor, query: str, zone: str,
           filters: Mapping[str, str] | None = None) -> Answered:
    """Report that a search finds no answer."""
    kept = kept_form(query)
    if not kept:
        raise InvalidInput({"q": [N_("There are no words in it to look for.")]})
    if not is_usable(engine):
        raise no_index()
    with db.look(actor) as work:
        work.permit(REPORT_GAP)
        asked = ask_all(work.session, engine, [(kept, [Reader(actor.unit_id, actor.units)])], local_date(work.now, zone))[kept]
    if filters and asked.found:
        return Answered("", "", None, 0, before=False, unfiltered=asked.found)
    with db.begin(actor) as work:
        done = report_gap(work, query, asked, today=local_date(work.now, zone), filters=filters)
        return Answered(done.gap.number, str(done.gap.state), done.gap.reason, done.others, done.before)
