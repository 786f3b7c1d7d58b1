"""`kmsvc knowledge learning …`: what use has moved in the search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, say, with_database
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.knowledge.learning import queries, usecases
from kmsvc.knowledge.learning.permissions import KEEP_LEARNED
from kmsvc.knowledge.learning.schemas import HEAD, VIEWS, export_rows, line_json

REASON = click.option("--reason", required=True, help="Stands in the audit trail.")


@click.group("learning")
def learning() -> None:
    """What use has moved in the search."""


@learning.command("list")
@click.option("--view", type=click.Choice(VIEWS), default="now", show_default=True)
@click.option("--q", help="The search, number or title.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, view: str, q: str | None, limit: int, file: Path | None, as_login: str | None,
            as_json: bool) -> None:
    """What is in force, the log of changes, or what is switched off."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        require(work.actor, KEEP_LEARNED)
        lines = queries.learned_lines(work.session, work.actor, view, q)
    if file is not None:
        give_out(file, "Learned", HEAD, export_rows(lines, lambda at: local(at, settings.timezone), lambda one: one.value))
        return
    put({"items": [line_json(line) for line in lines[:limit]]}, as_json=as_json, text="\n".join(
        f"{line.id:5} {line.place or '-':>3} {line.place_to or '-':>3} {line.people:4} {line.number:10} {line.query}"
        for line in lines[:limit]))


@learning.command("work-out")
@json_option
@with_database
def work_out(db: Any, settings: Any, as_json: bool) -> None:
    """Work out now what the worker works out once an hour."""
    from kmsvc.knowledge.learning.working import learn_all
    from kmsvc.people.system import SYSTEM
    from kmsvc.search.engine import SearchEngine

    count = learn_all(db, SearchEngine(settings.index_dir), SYSTEM, settings.timezone)
    put({"lifted": count}, as_json=as_json, text=f"{count} answers are moved up.")


@learning.command("off")
@click.argument("learned_id", type=click.IntRange(1))
@REASON
@as_option
@with_database
def off(db: Any, settings: Any, learned_id: int, reason: str, as_login: str | None) -> None:
    """Do not move this one up any more, by its id in the list."""
    with db.begin(acting(db, as_login)) as work:
        row = usecases.switch_off(work, learned_id, reason=reason)
    say(f"kmsvc knowledge learning on {row.id}")


@learning.command("on")
@click.argument("off_id", type=click.IntRange(1))
@as_option
@with_database
def on(db: Any, settings: Any, off_id: int, as_login: str | None) -> None:
    """Let it be moved up again, by its id among what is switched off."""
    with db.begin(acting(db, as_login)) as work:
        usecases.switch_on(work, off_id)
    say("On.")


@learning.command("reset")
@REASON
@click.confirmation_option(prompt="Forget all that was learned?")
@as_option
@with_database
def reset(db: Any, settings: Any, reason: str, as_login: str | None) -> None:
    """Forget all that was learned."""
    with db.begin(acting(db, as_login)) as work:
        usecases.reset(work, reason=reason)
    say("kmsvc knowledge learning undo")


@learning.command("undo")
@as_option
@with_database
def undo(db: Any, settings: Any, as_login: str | None) -> None:
    """Take the last reset back."""
    with db.begin(acting(db, as_login)) as work:
        usecases.undo_reset(work, usecases.last_reset(work).id)
    say("Back.")
