"""A row of a list of saved searches: the search, the number of the article it must find, filters, a note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kmsvc.convert.columns import meaning_of
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.bench.permissions import KEEP_BENCH
from kmsvc.knowledge.bench.queries import SearchCard, search_page
from kmsvc.knowledge.bench.rules import LONGEST_NOTE, LONGEST_QUERY, MOST_SEARCHES
from kmsvc.knowledge.bench.usecases import add_search, note_search, twin_of
from kmsvc.knowledge.tables.taking import RowSort, Taken
from kmsvc.search.analysis import literal

HEAD = (N_("Search"), N_("Article"), N_("Kind"), N_("Category"), N_("Note"), N_("State"), N_("Place"), N_("Since"),
        N_("Broken since"))


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Save the search of one row, or put its note; what is saved already stays."""
    query, article = " ".join(values.get("query", "").split()), values.get("article", "").strip()
    kind, category = values.get("kind", "").strip() or None, values.get("category", "").strip()[:200] or None
    note = values.get("note", "").strip()[:LONGEST_NOTE]
    if not query or not article:
        raise RuleBroken("knowledge.bench.row", N_("A search and the number of an article are needed in each row."))
    if len(query) > LONGEST_QUERY:
        raise RuleBroken("knowledge.bench.long", N_("A search is %(most)s characters at most."), most=LONGEST_QUERY)
    kind = meaning_of("kind", kind) if kind else None
    found = article_numbered(work.session, work.actor, article)
    twin = twin_of(work, query, found, kind, category) if found else None
    mark = f"{literal(query)}\n{found}\n{kind}\n{category}"
    if twin is not None or (dry_run and mark in before):
        differs = bool(twin and note and note != twin.note)
        if twin is not None and differs:
            note_search(work, twin, note)
        return Taken("updated" if differs else "unchanged", query, ("note",) if differs else ())
    try:
        add_search(work, query=query, article=article, kind=kind, category=category, note=note)
    except InvalidInput as error:
        field = next(iter(error.fields))
        raise RuleBroken(f"knowledge.bench.{field}", N_("There is no article “%(number)s”.") if field == "article" else
                         N_("“%(kind)s” is no kind of thing."), number=article[:40], kind=(kind or "")[:40]) from error
    before[mark] = ""
    return Taken("created", query)


def export_row(card: SearchCard, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> tuple[Any, ...]:
    """A saved search as a row of the export. say: member -> word; local: instant -> in the centre's zone."""
    return (card.query, card.number, card.kind or "", card.category or "", card.note, say(card.state), card.rank,
            local(card.since) if card.since else None, local(card.broken_at) if card.broken_at else None)


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All saved searches as rows of the export."""
    cards, _ = search_page(work.session, work.actor, limit=MOST_SEARCHES)
    return [export_row(card, say, local) for card in cards]


SEARCHES = RowSort("searches", KEEP_BENCH, take, HEAD, lines, columns=(
    ("query", HEAD[0], N_("What an agent types, needed.")),
    ("article", HEAD[1], N_("Number of the article that must be found, needed.")),
    ("kind", HEAD[2], N_("The filter by kind that was on; empty for none.")),
    ("category", HEAD[3], N_("The filter by category that was on; empty for none.")),
    ("note", HEAD[4], N_("Why, or where from."))),
    place="/knowledge/bench", title=N_("Search bench"))
