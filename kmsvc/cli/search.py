"""`kmsvc search …`: ask as a person, build the index anew."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.bench import bench
from kmsvc.cli.filters import NARROWED, filters
from kmsvc.cli.glue import acting, as_option, json_option, progress, put, with_database
from kmsvc.core.clock import local_date


@click.group()
def search() -> None:
    """Search and keep the index."""


search.add_command(bench)
search.add_command(filters)


@search.command("query")
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 200), default=10, show_default=True)
@NARROWED
@click.option("--expired", is_flag=True, help="With what is no longer in force, or not yet.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="What counted on this day, with the words of then.")
@as_option
@json_option
@with_database
def query(db: Any, settings: Any, text: str, limit: int, kind: str | None, category: str | None, day: Any, expired: bool,
          as_login: str | None, as_json: bool, **scopes: tuple[str, ...]) -> None:
    """Ask the index as a person would."""
    from kmsvc.core.cards import KINDS, Moment
    from kmsvc.search.engine import SearchEngine
    from kmsvc.search.keeping import Chosen
    from kmsvc.search.naming import named_marks
    from kmsvc.search.past import ask_on
    from kmsvc.search.queries import ask, lag_seconds
    from kmsvc.search.running import running_for
    from kmsvc.search.schemas import result_json
    from kmsvc.search.scopes import DIMENSIONS, register_of

    if kind is not None and kind not in KINDS:
        raise click.BadParameter("One of these: " + ", ".join(sorted(KINDS)) + ".", param_hint="--kind")
    actor = acting(db, as_login)
    on = day.date() if day else None
    with db.look(actor) as work:
        known = register_of(work.session)
        marks = named_marks(work.session, {name: list(scopes[name]) for name in DIMENSIONS})
        running = []
        engine, today, lag = SearchEngine(settings.index_dir), local_date(work.now, settings.timezone), lag_seconds(
            work.session, work.now)
        if on is not None and on != today:
            answer = ask_on(work.session, engine, actor, text=text, moment=Moment(on, today, settings.timezone), limit=limit,
                            kind=kind, category=category, scopes=marks, lag_s=lag)
        else:
            answer = ask(work.session, engine, actor, text=text, on=today, limit=limit, kind=kind, category=category, scopes=marks,
                         expired=expired, lag_s=lag)
            running = running_for(work.session, work.actor, text, answer.expansions, work.now)
    lines = [f"{one.number:14} {one.title}" for one in running]
    lines += [f"{one.card.number:14} {one.card.title}" for one in answer.items]
    put(result_json(answer, 0, limit, on, known=known, narrowed=Chosen(kind, category, marks), running=running), as_json=as_json,
        text="\n".join(lines) or "Nothing found.")


@search.command("rebuild")
@json_option
@with_database
def rebuild_command(db: Any, settings: Any, as_json: bool) -> None:
    """Build the index anew from the database; searching goes on meanwhile."""
    from kmsvc.people.system import OPERATOR
    from kmsvc.search.engine import SearchEngine
    from kmsvc.search.usecases import rebuild

    with progress("Indexed", None) as told:
        done = rebuild(db, SearchEngine(settings.index_dir), OPERATOR, told)
    put({"documents": done}, as_json=as_json, text=f"{done} documents are in the new index.")
