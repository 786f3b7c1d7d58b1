"""Save a search, take it away, keep what a run found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from kmsvc.core import cards, leases
from kmsvc.core.acts import note_act
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.events import Fact
from kmsvc.core.options import Option
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.bench.events import SearchesBroke
from kmsvc.knowledge.bench.models import BenchRank, BenchRun, BenchStanding, SavedSearch
from kmsvc.knowledge.bench.permissions import KEEP_BENCH, RUN_BENCH
from kmsvc.knowledge.bench.rules import MOST_SEARCHES, Cause, is_found
from kmsvc.search.analysis import literal

MINUTES = Option("knowledge.bench.minutes", 3, N_("Minutes at least between two runs of the search bench after changes"),
                 minimum=1, maximum=1440)
WATCHED = ("knowledge.article.published", "knowledge.article.retired", "knowledge.article.changed",
           "knowledge.article.imported", "knowledge.vocabulary.changed")
"""facts after which a search may find something else"""
MOST_NAMED = 20


def add_search(work: Work, *, query: str, article: str, kind: str | None = None, category: str | None = None,
               note: str = "") -> SavedSearch:
    """Save that this search, with these filters, must find the article of this number."""
    work.permit(KEEP_BENCH)
    leases.wait_turn(work.session, "bench")
    article_id = _article(work, article)
    if kind is not None and kind not in cards.KINDS:
        raise InvalidInput({"kind": [N_("This cannot be chosen now.")]})
    if twin_of(work, query, article_id, kind, category) is not None:
        raise RuleBroken("knowledge.bench.twice", N_("“%(query)s” with %(number)s is saved already."), query=query,
                         number=article.strip().upper())
    if (work.session.scalar(select(func.count(SavedSearch.id))) or 0) >= MOST_SEARCHES:
        raise RuleBroken("knowledge.bench.full", N_("%(most)s saved searches are the most. Take away those that say little."),
                         most=MOST_SEARCHES)
    row = SavedSearch(query=query, key=literal(query)[:400], article_id=article_id, kind=kind, category=category, note=note,
                      created_at=work.now, created_by_id=work.actor.person_id)
    work.session.add(row)
    work.session.flush()
    return row


def _article(work: Work, number: str) -> int:
    found = article_numbered(work.session, work.actor, number)
    if found is None:
        raise InvalidInput({"article": [N_("There is no article with this number.")]}, labels={"article": N_("Article")})
    return found


def twin_of(work: Work, query: str, article_id: int, kind: str | None, category: str | None) -> SavedSearch | None:
    """The same search for the same article, if it is saved already."""
    rows = work.session.scalars(select(SavedSearch).where(
        SavedSearch.key == literal(query)[:400], SavedSearch.article_id == article_id))
    return next((row for row in rows if (row.kind, row.category) == (kind, category)), None)


def note_search(work: Work, row: SavedSearch, note: str) -> None:
    """Put another note to a saved search."""
    work.permit(KEEP_BENCH)
    row.note = note


def remove_search(work: Work, search_id: int, *, reason: str) -> None:
    """Take a saved search away with what its runs found; the trail keeps it."""
    work.permit(KEEP_BENCH)
    row = work.get(SavedSearch, search_id, lock=True)
    work.because(reason)
    work.session.execute(delete(BenchRank).where(BenchRank.search_id == search_id))
    work.session.execute(delete(BenchStanding).where(BenchStanding.search_id == search_id))
    work.session.delete(row)
    work.session.flush()


@dataclass(frozen=True)
class Asked:
    """What all saved searches found: id -> place. generation: of the index; fact_id: the newest fact before they were asked."""

    ranks: dict[int, int | None]
    generation: tuple[str, int]
    fact_id: int
    took_ms: int

    def is_before(self, run: BenchRun) -> bool:
        """Whether they were asked in an older state of the centre than this run."""
        build, commit = self.generation
        return self.fact_id < run.fact_id or (build[:64] == run.index_build and commit < run.index_commit)


def keep_run(work: Work, asked: Asked, cause: Cause) -> BenchRun:
    """Keep a run: sums, every place that moved, and who must hear of what broke. One that asked before the last one did, and was
    slower, has nothing to say any more: the last one is answered."""
    work.permit(RUN_BENCH)
    leases.wait_turn(work.session, "bench")
    last = work.session.scalars(select(BenchRun).order_by(BenchRun.id.desc()).limit(1)).one_or_none()
    if last is not None and asked.is_before(last):
        return last
    known = set(work.session.scalars(select(SavedSearch.id)))
    ranks = {one: rank for one, rank in asked.ranks.items() if one in known}
    if not ranks:
        raise NotFound(N_("There is no saved search to ask."))
    facts = _facts(work, last.fact_id, asked.fact_id) if last is not None else []
    run = BenchRun(at=work.now, person_id=work.actor.person_id, cause=cause, searches=len(ranks),
                   hit1=sum(rank == 1 for rank in ranks.values()), hit5=sum(map(is_found, ranks.values())), broken=0,
                   took_ms=asked.took_ms, index_build=asked.generation[0][:64], index_commit=asked.generation[1],
                   fact_id=asked.fact_id, after=[_named(fact) for fact in facts[:MOST_NAMED]])
    work.session.add(run)
    work.session.flush()
    lost = _move(work, run, ranks)
    run.broken = work.session.scalar(select(func.count()).where(BenchStanding.broken_at.is_not(None))) or 0
    if work.actor.is_person():
        note_act(work, "run", "knowledge_bench_run", str(run.id), {"searches": run.searches, "hit1": run.hit1, "hit5": run.hit5})
    if lost:
        savers = work.session.scalars(select(SavedSearch.created_by_id).where(SavedSearch.id.in_(lost)))
        people = {one for one in (*(fact.person_id for fact in facts), *savers) if one is not None}
        work.record(SearchesBroke(run.id, sorted(lost), sorted(people)))
    work.session.flush()
    return run


def _move(work: Work, run: BenchRun, ranks: dict[int, int | None]) -> list[int]:
    """Note what moved; returns the searches that were found before and are not now."""
    held = {row.search_id: row for row in work.session.scalars(select(BenchStanding))}
    lost = []
    for search_id, rank in ranks.items():
        row = held.get(search_id)
        if row is None:
            work.session.add(BenchStanding(search_id=search_id, run_id=run.id, rank=rank, since=run.at))
            work.session.add(BenchRank(run_id=run.id, search_id=search_id, rank=rank))
            continue
        row.run_id = run.id
        if row.rank == rank:
            continue
        if is_found(row.rank) and not is_found(rank):
            row.broken_at, row.broken_run_id = run.at, run.id
            lost.append(search_id)
        elif is_found(rank):
            row.broken_at, row.broken_run_id = None, None
        row.rank, row.since = rank, run.at
        work.session.add(BenchRank(run_id=run.id, search_id=search_id, rank=rank))
    work.session.flush()
    return lost


def _facts(work: Work, after: int, until: int) -> list[Fact]:
    return list(work.session.scalars(select(Fact).where(Fact.kind.in_(WATCHED), Fact.id > after, Fact.id <= until)
                                     .order_by(Fact.id).limit(1000)))


def _named(fact: Fact) -> dict[str, object]:
    return {"kind": fact.kind, "person_id": fact.person_id,
            **{name: fact.payload[name] for name in ("article_id", "term") if name in fact.payload}}
