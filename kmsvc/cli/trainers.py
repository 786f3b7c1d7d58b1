"""`kmsvc training trainers …`: who may teach what, until when, by which proof; one command a verb, from the table of pages and API."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.training.trainers import queries, usecases, verbs
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.permissions import SEE_TRAINERS
from kmsvc.training.trainers.schemas import TrainerInput, card_json, line_json


@click.group("trainers")
def trainers() -> None:
    """Who may teach: authorisations, their proof, observations."""


@trainers.command("list")
@click.option("--q", help="Number, name or words of the qualification.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, as_login: str | None, as_json: bool) -> None:
    """Trainers by number."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_TRAINERS)
        lines = queries.trainer_lines(work.session, work.actor, local_date(work.now, settings.timezone), q=q)
    put({"items": [line_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:8} {one.until_on or '-'!s:10} {one.name}" for one in lines))


@trainers.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One file."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Trainer, which), settings, as_json)


def _put(work: Work, trainer_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    today = local_date(work.now, settings.timezone)
    card = queries.trainer_card(work.session, work.actor, trainer_id, today)
    put(card_json(card, verbs.offers_for(work, work.get(Trainer, trainer_id), today)), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.name}",
        *(f"  {one.id} {one.course or '*'} {one.from_on} {one.until_on} {one.proof}" for one in card.authorisations)]))


@trainers.command("open")
@click.option("--login", required=True, help="The account of the person.")
@click.option("--qualification", required=True)
@as_option
@json_option
@with_database
def open_file(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Open the file of a trainer."""
    with db.begin(acting(db, as_login)) as work:
        _put(work, usecases.open_file(work, **loaded(TrainerInput(), given)).id, settings, as_json)


def _act(work: Work, one: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, one, name, data, local_date(work.now, settings.timezone), None)


add_verbs(trainers, Trainer, verbs.VERBS, _act, _put)
