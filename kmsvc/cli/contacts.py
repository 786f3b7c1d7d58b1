"""`kmsvc knowledge contacts …`: what was used for which contact; one command a verb, from the table that makes pages and API too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, say, with_database
from kmsvc.cli.things import loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.contacts import queries, usecases, verbs
from kmsvc.knowledge.contacts.permissions import SEE_CONTACTS
from kmsvc.knowledge.contacts.schemas import (
    ACCURACIES,
    HEAD,
    KINDS,
    VIEWS,
    LinkInput,
    card_json,
    export_rows,
    line_json,
)
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.units.queries import unit_by_code


@click.group("contacts")
def contacts() -> None:
    """What was used for which contact."""


@contacts.command("list")
@click.option("--q", help="Words in article or search, or a whole contact number.")
@click.option("--kind", type=click.Choice(KINDS))
@click.option("--article", help="Number of an article.")
@click.option("--unit", help="Code of a unit; with the units below it.")
@click.option("--person", help="Login of a person, for those who may see who linked.")
@click.option("--accuracy", type=click.Choice(ACCURACIES))
@click.option("--view", type=click.Choice(VIEWS), default="all", show_default=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="To this day.")
@click.option("--limit", type=click.IntRange(1, 20_000), default=50, show_default=True)
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, limit: int, file: Path | None, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Links this person may see, newest first."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_CONTACTS)
        lines, _ = queries.link_lines(work.session, work.actor, _filters(work, given), settings.timezone, limit=limit)
    if file is not None:
        give_out(file, "Contacts", HEAD, export_rows(lines, lambda at: local(at, settings.timezone), lambda one: one.value))
        return
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.id:6} {local(line.at, settings.timezone):%Y-%m-%d %H:%M} {line.number or '-':16} {line.kind:8} "
        f"{line.thing_number:12} {line.accuracy:10} {line.person}" for line in lines))


def _filters(work: Work, given: dict[str, Any]) -> queries.Filters:
    article = article_id_of(work, given["article"]) if given["article"] else None
    unit = unit_by_code(work.session, given["unit"]) if given["unit"] else None
    person = person_by_login(work.session, given["person"]) if given["person"] else None
    if (given["unit"] and unit is None) or (given["person"] and person is None):
        raise NotFound()
    return queries.Filters(q=given["q"], kind=given["kind"], article_id=article, unit_id=unit.id if unit else None,
                           person_id=person.id if person else None, accuracy=given["accuracy"], view=given["view"],
                           since=given["since"].date() if given["since"] else None,
                           until=given["until"].date() if given["until"] else None)


def article_id_of(work: Work, which: str) -> int:
    """The id behind an id or number of an article."""
    from sqlalchemy import select

    if which.isascii() and which.isdigit() and len(which) < 10:
        return int(which)
    found = work.session.scalar(select(Article.id).where(Article.number == which.strip().upper()))
    if found is None:
        raise NotFound()
    return found


@contacts.command("show")
@click.argument("link_id", type=click.IntRange(1))
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, link_id: int, as_login: str | None, as_json: bool) -> None:
    """One link."""
    with db.look(acting(db, as_login)) as work:
        _put(work, link_id, settings, as_json)


def _put(work: Work, link_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    line = queries.visible_link(work.session, work.actor, link_id)
    put(card_json(line, verbs.offers_for(work.actor, line, local_date(work.now, settings.timezone))), as_json=as_json,
        text=f"{line.id} {line.number or '-'} {line.kind} {line.thing_number} {line.title} {line.accuracy}")


@contacts.command("link")
@click.argument("which")
@click.option("--kind", type=click.Choice(KINDS), default="article", show_default=True)
@click.option("--contact", help="Number of the contact.")
@click.option("--query", help="What was searched for.")
@as_option
@json_option
@with_database
def link(db: Any, settings: Any, which: str, kind: str, contact: str | None, query: str | None, as_login: str | None,
         as_json: bool) -> None:
    """Link an article (id or number), flow or process (id) to a contact, as a person (--as)."""
    with db.begin(acting(db, as_login)) as work:
        one = article_id_of(work, which) if kind == "article" else which
        data = loaded(LinkInput(), {"kind": kind, "id": one, "contact": contact, "query": query})
        row = usecases.link_contact(work, data["kind"], data["id"], number=data["contact"], query=data["query"])
        _put(work, row.id, settings, as_json)


def _act(db: Any, settings: Any, link_id: int, name: str, given: dict[str, Any], as_login: str | None) -> None:
    with db.begin(acting(db, as_login)) as work:
        data = loaded(verbs.VERBS[name].schema()(), given)
        verbs.act(work, link_id, name, data, local_date(work.now, settings.timezone))


@contacts.command("number")
@click.argument("link_id", type=click.IntRange(1))
@click.argument("contact", required=False)
@as_option
@with_database
def number(db: Any, settings: Any, link_id: int, contact: str | None, as_login: str | None) -> None:
    """Note the number of the contact of one's own link; left out: none."""
    _act(db, settings, link_id, "number", {"contact": contact}, as_login)
    say("Noted.")


@contacts.command("withdraw")
@click.argument("link_id", type=click.IntRange(1))
@as_option
@with_database
def withdraw(db: Any, settings: Any, link_id: int, as_login: str | None) -> None:
    """Take one's own link back."""
    _act(db, settings, link_id, "withdraw", {}, as_login)
    say("Taken back.")


@contacts.command("check")
@click.argument("link_id", type=click.IntRange(1))
@click.argument("accuracy", type=click.Choice(ACCURACIES[1:]))
@click.option("--note", help="What would have been right.")
@as_option
@with_database
def check(db: Any, settings: Any, link_id: int, accuracy: str, note: str | None, as_login: str | None) -> None:
    """Say whether somebody else's link is accurate."""
    _act(db, settings, link_id, "check", {"accuracy": accuracy, "note": note}, as_login)
    say("Noted.")


@contacts.command("forget")
@json_option
@with_database
def forget(db: Any, settings: Any, as_json: bool) -> None:
    """Forget now the numbers whose time is over, as the worker does each day."""
    from kmsvc.people.system import SYSTEM

    with db.begin(SYSTEM) as work:
        gone = usecases.forget_numbers(work)
    put({"forgotten": gone}, as_json=as_json, text=f"{gone} numbers are forgotten.")
