"""`kmsvc knowledge bulletins …`: what everybody concerned must know now, and who has read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, act_on, id_of, loaded, show_settled, together
from kmsvc.core.i18n import local
from kmsvc.core.work import Work
from kmsvc.knowledge.bulletins import queries, readers, usecases, verbs
from kmsvc.knowledge.bulletins.models import Bulletin
from kmsvc.knowledge.bulletins.schemas import (
    READ_STATES,
    STATES,
    URGENCIES,
    BulletinInput,
    card_json,
    line_json,
    message_of,
    reader_json,
)
from kmsvc.knowledge.bulletins.showing import READERS_HEAD

_text_options = together(
    click.option("--body", help="The rest, in Markdown; @FILE reads a file."),
    click.option("--urgency", type=click.Choice(URGENCIES), default="urgent", show_default=True),
    click.option("--must-read", is_flag=True, help="It must be read before the next call."),
    click.option("--begins-at", help="As 2026-12-15T14:00; left out: now."),
    click.option("--ends-at", required=True, help="As 2026-12-15T18:00, by the centre's clock."),
    click.option("--unit", "units", multiple=True, help="Code of a unit it is for; several times for several. None: everybody."),
    click.option("--link", help="Number of an article or process."),
)


@click.group("bulletins")
def bulletins() -> None:
    """What everybody concerned must know now."""


@bulletins.command("list")
@click.option("--q", help="Number or words.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--urgency", type=click.Choice(URGENCIES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, urgency: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Bulletins this person may see, newest first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.bulletin_lines(work.session, work.actor, work.now, q=q, state=state, urgency=urgency, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:13} {line.urgency:9} {line.state:8} "
        f"{f'{line.rate.read}/{line.rate.asked}' if line.rate else '':9} {line.title}" for line in lines))


@bulletins.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One bulletin."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Bulletin, which), as_json)


def _put(work: Work, bulletin_id: int, as_json: bool) -> None:
    card = queries.bulletin_card(work.session, work.actor, bulletin_id, work.now)
    put(card_json(card, verbs.allowed(work.session, work.actor, card)), as_json=as_json, text="\n".join(filter(None, (
        f"{card.number} {card.urgency} {card.state} {card.title}", card.body,
        f"{card.rate.read} of {card.rate.asked} have read it" if card.rate else ""))))


@bulletins.command("send")
@click.argument("title")
@_text_options
@as_option
@json_option
@with_database
def send(db: Any, settings: Any, as_login: str | None, as_json: bool, units: tuple[str, ...], **given: Any) -> None:
    """Hang up a bulletin, now or at its time."""
    data = loaded(BulletinInput(), given | {"units": list(units)})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = usecases.send_bulletin(work, message_of(work.session, data, settings.timezone))
    show_settled(db, settings, actor, lambda work: _put(work, row.id, as_json))


def _act(db: Any, settings: Any, which: str, name: str, data: dict[str, Any], as_login: str | None, as_json: bool) -> None:
    given = loaded(verbs.BY_NAME[name].schema(), data)
    act_on(db, settings, as_login, Bulletin, which, lambda work, one: verbs.act(work, one, name, given, verbs.Around(settings.timezone)),
           lambda work, one: _put(work, one, as_json))


@bulletins.command("correct")
@WHICH
@click.option("--title", required=True, help="In one line.")
@_text_options
@click.option("--again", is_flag=True, help="Who has read it is asked to read it once more.")
@click.option("--note", help="What changed.")
@as_option
@json_option
@with_database
def correct(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, units: tuple[str, ...], **given: Any) -> None:
    """Put a new text in place; what is left out is emptied."""
    _act(db, settings, which, "correct", given | {"units": list(units)}, as_login, as_json)


@bulletins.command("end")
@WHICH
@click.option("--reason", required=True, help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def end(db: Any, settings: Any, which: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Take it down before its time."""
    _act(db, settings, which, "end", {"reason": reason}, as_login, as_json)


@bulletins.command("remind")
@WHICH
@as_option
@json_option
@with_database
def remind(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Tell those who have not read it once more."""
    _act(db, settings, which, "remind", {}, as_login, as_json)


@bulletins.command("read")
@WHICH
@as_option
@json_option
@with_database
def read(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Confirm having read it, as a person (--as)."""
    _act(db, settings, which, "read", {}, as_login, as_json)


@bulletins.command("readers")
@WHICH
@click.option("--state", type=click.Choice(READ_STATES))
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def readers_command(db: Any, settings: Any, which: str, state: str | None, file: Path | None, as_login: str | None,
                    as_json: bool) -> None:
    """Who has read it and who has not, as far as this person may know."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        card = queries.bulletin_card(work.session, work.actor, id_of(work, Bulletin, which), work.now)
        found = readers.readers(work.session, work.actor, card.standing, state=state)
    if file is not None:
        give_out(file, card.number, READERS_HEAD, ((one.name, one.login, one.unit, local(
            one.read_at, settings.timezone) if one.read_at else None) for one in found))
        return
    put({"items": [reader_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.login:16} {one.unit:16} {one.read_at or '-'}" for one in found))
