"""`kmsvc search bench …`: saved searches and the article each must find."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, checked, json_option, put, say, settle, with_database
from kmsvc.cli.lists import add_import_and_export
from kmsvc.core.errors import NotFound
from kmsvc.knowledge.bench.rules import MOST_SEARCHES, Cause, Standing


@click.group()
def bench() -> None:
    """Saved searches and how they stand."""


@bench.command("run")
@as_option
@json_option
@with_database
def run(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Bring the index level and ask all saved searches; who broke one is told."""
    from kmsvc.knowledge.bench.permissions import KEEP_BENCH
    from kmsvc.knowledge.bench.queries import lines_of, search_page
    from kmsvc.knowledge.bench.running import run_bench
    from kmsvc.knowledge.bench.schemas import run_json, search_json
    from kmsvc.search.engine import SearchEngine

    actor = acting(db, as_login)
    settle(db, settings)
    made = run_bench(db, SearchEngine(settings.index_dir), actor, Cause.COMMAND, settings.timezone)
    settle(db, settings)
    with db.look(actor) as work:
        work.permit(KEEP_BENCH)
        line = lines_of(work.session, [made])[0]
        broken, _ = search_page(work.session, actor, state=Standing.BROKEN, limit=MOST_SEARCHES)
    sums = f"{line.searches} searches: {line.hit1} found first, {line.hit5} among the first five, {line.broken} broken"
    put({**run_json(line), "broken_searches": [search_json(card) for card in broken]}, as_json=as_json, text="\n".join(
        [sums, *(f"broken: {card.query} -> {card.number}" for card in broken)]))


@bench.command("list")
@click.option("--q", help="Part of the search, the note or the number.")
@click.option("--state", type=click.Choice([one.value for one in Standing]), help="Only searches that stand so.")
@click.option("--limit", type=click.IntRange(1, MOST_SEARCHES), default=100, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Saved searches, newest first."""
    from kmsvc.knowledge.bench.permissions import KEEP_BENCH
    from kmsvc.knowledge.bench.queries import search_page
    from kmsvc.knowledge.bench.schemas import search_json

    actor = acting(db, as_login)
    with db.look(actor) as work:
        work.permit(KEEP_BENCH)
        cards, _ = search_page(work.session, actor, q=q, state=state, limit=limit)
    put({"items": [search_json(card) for card in cards]}, as_json=as_json,
        text="\n".join(f"{card.state.value:8} {card.rank or '-':>3} {card.number:9} {card.query}" for card in cards))


@bench.command("add")
@click.argument("query")
@click.argument("article")
@click.option("--kind", help="The filter by kind: article, process.")
@click.option("--category", help="The filter by category.")
@click.option("--note", default="", help="Why, or where from.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, query: str, article: str, kind: str | None, category: str | None, note: str,
        as_login: str | None, as_json: bool) -> None:
    """Save that QUERY must find ARTICLE (its number)."""
    from kmsvc.knowledge.bench.queries import search_card
    from kmsvc.knowledge.bench.schemas import SearchInput, search_json
    from kmsvc.knowledge.bench.usecases import add_search

    data = checked(SearchInput(), {"query": query, "article": article, "kind": kind, "category": category, "note": note})
    with db.begin(acting(db, as_login)) as work:
        row = add_search(work, **{**data, "note": data["note"] or ""})
        card = search_card(work.session, work.actor, row.id)
    put(search_json(card), as_json=as_json, text=f"{card.number} {card.query}")


@bench.command("remove")
@click.argument("query")
@click.argument("article")
@click.option("--kind", help="Only the one with this filter by kind.")
@click.option("--category", help="Only the one with this filter by category.")
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@with_database
def remove(db: Any, settings: Any, query: str, article: str, kind: str | None, category: str | None, reason: str,
           as_login: str | None) -> None:
    """Take away the search QUERY that must find ARTICLE (its number), with what its runs found."""
    from kmsvc.knowledge.articles.lists import article_numbered
    from kmsvc.knowledge.bench.permissions import KEEP_BENCH
    from kmsvc.knowledge.bench.usecases import remove_search, twin_of

    with db.begin(acting(db, as_login)) as work:
        work.permit(KEEP_BENCH)
        found = article_numbered(work.session, work.actor, article)
        row = twin_of(work, query, found, kind, category) if found else None
        if row is None:
            raise NotFound()
        remove_search(work, row.id, reason=reason)
    say("Done.")


add_import_and_export(
    bench, "kmsvc.knowledge.bench.rows:SEARCHES", brings="Bring saved searches in from csv or xlsx; twice is once.",
    writes="Write all saved searches to a new csv or xlsx file, with the columns an import takes and how they stand.")
