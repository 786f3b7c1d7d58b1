"""`kmsvc knowledge alignment …`: process alignment reviews; one command a verb, from the table that makes pages and API too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local
from kmsvc.core.work import Work
from kmsvc.knowledge.alignment import queries, usecases, verbs
from kmsvc.knowledge.alignment.models import Alignment
from kmsvc.knowledge.alignment.schemas import (
    STATES,
    DrawInput,
    card_json,
    draw_of,
    item_json,
    line_json,
    rate_json,
)
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.units.queries import unit_by_code


@click.group("alignment")
def alignment() -> None:
    """Process alignment reviews: were contacts searched, linked, and the knowledge improved."""


def _whose(work: Work, person: str | None, unit: str | None) -> tuple[int | None, int | None]:
    found = person_by_login(work.session, person) if person else None
    place = unit_by_code(work.session, unit) if unit else None
    if (person and found is None) or (unit and place is None):
        raise NotFound()
    return found.id if found else None, place.id if place else None


@alignment.command("list")
@click.option("--q", help="Number or words of the conclusion.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--person", help="Login of whoever is reviewed.")
@click.option("--unit", help="Code of a unit; with the units below it.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, person: str | None, unit: str | None, limit: int,
            as_login: str | None, as_json: bool) -> None:
    """Reviews this person may see, newest first, and the rates of those that are signed."""
    with db.look(acting(db, as_login)) as work:
        person_id, unit_id = _whose(work, person, unit)
        asked = queries.Filters(q=q, state=state, person_id=person_id, unit_id=unit_id)
        lines, _ = queries.alignment_lines(work.session, work.actor, asked, limit=limit)
        rates = queries.summary(work.session, work.actor, asked)
    put({"items": [line_json(line) for line in lines], "rates": {name: rate_json(one) for name, one in rates.items()}},
        as_json=as_json, text="\n".join(
            [f"{line.number:13} {line.state:9} {line.judged:3}/{line.drawn:<3} {line.begins_on}…{line.ends_on} {line.whose}"
             for line in lines] + [_rate_line(name, one) for name, one in rates.items() if one.n]))


def _rate_line(name: str, rate: Any) -> str:
    low, high = rate.interval
    return f"{name:9} {rate.hits}/{rate.n}  95% {low:.2f}-{high:.2f}"


@alignment.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One review."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Alignment, which), settings, as_json)


def _put(work: Work, alignment_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = queries.alignment_card(work.session, work.actor, alignment_id)
    row, _ = queries.visible(work.session, work.actor, alignment_id)
    offers = verbs.offers_for(work.actor, row, card, local_date(work.now, settings.timezone))
    put(card_json(card, offers), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.state} {card.line.whose} {card.line.judged}/{card.line.drawn} seed {card.seed}",
        *(_rate_line(name, rate) for name, rate in card.rates.items())]))


@alignment.command("items")
@WHICH
@as_option
@json_option
@with_database
def items(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """The contacts of its sample."""
    with db.look(acting(db, as_login)) as work:
        card = queries.alignment_card(work.session, work.actor, id_of(work, Alignment, which))
    put({"items": [item_json(one) for one in card.items]}, as_json=as_json, text="\n".join(
        f"{one.id:5} {one.key:16} {one.person:20} {' '.join(answer or '-' for answer in one.answers.values())}" for one in card.items))


@alignment.command("draw")
@click.option("--person", help="Login of whoever is reviewed.")
@click.option("--unit", help="Code of a unit; with the units below it.")
@click.option("--begins-on", required=True, help="As 2026-11-01.")
@click.option("--ends-on", required=True, help="As 2026-11-30.")
@click.option("--size", type=int, default=5, show_default=True, help="Contacts.")
@click.option("--seed", help="Left out: drawn by the service.")
@as_option
@json_option
@with_database
def draw(db: Any, settings: Any, person: str | None, unit: str | None, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Draw contacts, as a coach (--as)."""
    with db.begin(acting(db, as_login)) as work:
        person_id, unit_id = _whose(work, person, unit)
        data = loaded(DrawInput(), given | {"person": person_id, "unit": unit_id})
        row = usecases.draw_contacts(work, draw_of(data), today=local_date(work.now, settings.timezone), zone=settings.timezone)
        _put(work, row.id, settings, as_json)


@alignment.command("judge")
@WHICH
@click.argument("item_id", type=click.IntRange(1))
@click.option("--searched", required=True)
@click.option("--linked", required=True)
@click.option("--accurate", required=True)
@click.option("--improved", required=True)
@click.option("--note")
@as_option
@json_option
@with_database
def judge(db: Any, settings: Any, which: str, item_id: int, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Judge one contact: yes, no or na each."""
    with db.begin(acting(db, as_login)) as work:
        alignment_id = id_of(work, Alignment, which)
        verbs.judge(work, alignment_id, item_id, loaded(verbs.JUDGE_SCHEMA(), given), local_date(work.now, settings.timezone), None)
        _put(work, alignment_id, settings, as_json)


def _act(work: Work, alignment_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, alignment_id, name, data, local_date(work.now, settings.timezone), None)


add_verbs(alignment, Alignment, verbs.VERBS, _act, _put)


@alignment.command("export")
@WHICH
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@with_database
def export(db: Any, settings: Any, which: str, path: Path, as_login: str | None) -> None:
    """Write the contacts with their answers to a .csv or .xlsx file."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        card = queries.alignment_card(work.session, work.actor, id_of(work, Alignment, which))
    give_out(path, card.line.number, ["place", "at", "person", "contact", "searches", "links", "searched", "linked", "accurate",
                                      "improved", "note"],
             ([one.place, local(one.at, settings.timezone), one.person, one.number, len(one.facts["searches"]), len(one.facts["links"]),
               *one.answers.values(), one.note] for one in card.items))
