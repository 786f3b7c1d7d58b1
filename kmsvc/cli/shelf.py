"""`kmsvc knowledge shelf …`: what is at hand for a person, favourites, and pins."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, say, with_database
from kmsvc.cli.things import WHICH, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE, READ_ARTICLE
from kmsvc.knowledge.shelf import queries, showing, usecases
from kmsvc.knowledge.shelf.pinning import pin_given
from kmsvc.knowledge.shelf.schemas import STATES, VIEWS, PinInput, held_json, pin_json

LIMIT = click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
TO = click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")


@click.group("shelf")
def shelf() -> None:
    """What is at hand: favourites, pins, opened last, most used today."""


@shelf.command("list")
@click.option("--view", type=click.Choice(VIEWS), default="favourites", show_default=True)
@click.option("--q", help="Number or title.")
@LIMIT
@TO
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, view: str, q: str | None, limit: int, file: Path | None, as_login: str | None,
            as_json: bool) -> None:
    """One list of a person."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        require(work.actor, READ_ARTICLE)
        lines = showing.shelf_lines(work.session, work.actor, local_date(work.now, settings.timezone), settings.timezone, view, q)
    if file is not None:
        give_out(file, "At hand", showing.HEAD, showing.export_rows(lines, lambda at: local(at, settings.timezone), str))
        return
    put({"items": [held_json(held) for held in lines[:limit]]}, as_json=as_json, text="\n".join(
        f"{held.card.number:10} {held.until or held.uses or (held.at or '-')!s:10.10} {held.card.title}" for held in lines[:limit]))


@shelf.command("keep")
@WHICH
@click.option("--place", type=click.IntRange(1, 1000), help="Where it stands, counted from 1.")
@as_option
@with_database
def keep(db: Any, settings: Any, which: str, place: int | None, as_login: str | None) -> None:
    """Make an article a favourite, or move it."""
    with db.begin(acting(db, as_login)) as work:
        usecases.keep(work, id_of(work, Article, which), place=place)
    say("Kept.")


@shelf.command("drop")
@WHICH
@as_option
@with_database
def drop(db: Any, settings: Any, which: str, as_login: str | None) -> None:
    """Let a favourite go."""
    with db.begin(acting(db, as_login)) as work:
        usecases.keep(work, id_of(work, Article, which), kept=False)
    say("Let go.")


@shelf.command("pins")
@click.option("--q", help="Number, title or reason.")
@click.option("--state", type=click.Choice(STATES), help="Left out: all.")
@click.option("--unit", help="Only those of this unit, by its code.")
@LIMIT
@TO
@as_option
@json_option
@with_database
def pins(db: Any, settings: Any, q: str | None, state: str | None, unit: str | None, limit: int, file: Path | None,
         as_login: str | None, as_json: bool) -> None:
    """Pins, newest first."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        require(work.actor, EDIT_ARTICLE)
        lines = queries.pin_lines(work.session, work.actor, local_date(work.now, settings.timezone), q=q, state=state, unit=unit)
    if file is not None:
        give_out(file, "Pins", showing.PIN_HEAD, showing.pin_rows(lines, lambda at: local(at, settings.timezone), lambda one: one.value))
        return
    put({"items": [pin_json(line) for line in lines[:limit]]}, as_json=as_json, text="\n".join(
        f"{line.id:5} {line.number:10} {line.unit_code or '-':10} {line.until} {line.state:9} {line.title}" for line in lines[:limit]))


@shelf.command("pin")
@WHICH
@click.option("--unit", help="Code of the unit; left out: everybody.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--reason", required=True, help="Stands beside it on the search page.")
@as_option
@json_option
@with_database
def pin(db: Any, settings: Any, which: str, unit: str | None, until: datetime, reason: str, as_login: str | None,
        as_json: bool) -> None:
    """Let an article stand first for a unit or for everybody."""
    data = loaded(PinInput(), {"article": which, "unit": unit, "until": until.date().isoformat(), "reason": reason})
    with db.begin(acting(db, as_login)) as work:
        today = local_date(work.now, settings.timezone)
        line = queries.pin_lines(work.session, work.actor, today, pin_id=pin_given(work, data, today).id)[0]
    put(pin_json(line), as_json=as_json, text=f"{line.id} {line.number} {line.until}")


@shelf.command("unpin")
@click.argument("pin_id", type=click.IntRange(1))
@click.option("--reason", help="Stands in the audit trail.")
@as_option
@with_database
def unpin(db: Any, settings: Any, pin_id: int, reason: str | None, as_login: str | None) -> None:
    """Take a pin away, by its id."""
    with db.begin(acting(db, as_login)) as work:
        usecases.unpin(work, pin_id, reason=reason)
    say(f"kmsvc knowledge shelf put-back {pin_id}")


@shelf.command("put-back")
@click.argument("pin_id", type=click.IntRange(1))
@as_option
@with_database
def put_back(db: Any, settings: Any, pin_id: int, as_login: str | None) -> None:
    """Put a pin back that was taken away."""
    with db.begin(acting(db, as_login)) as work:
        usecases.put_back(work, pin_id, today=local_date(work.now, settings.timezone))
    say("Back.")
