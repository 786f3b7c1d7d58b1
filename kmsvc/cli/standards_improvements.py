"""`kmsvc standards improvements …`: improvement plans, a command a verb."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.standards.assessments import plan_queries, schemas, verbs
from kmsvc.standards.assessments.models import Improvement


@click.group("improvements")
def improvements() -> None:
    """Improvement plans: what is raised in four steps."""


@improvements.command("list")
@click.option("--q", help="Number, clause or title.")
@click.option("--state", type=click.Choice(schemas.PLAN_STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_plans(db: Any, settings: Any, q: str | None, state: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Items of plans, the next day first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = plan_queries.plan_lines(work.session, work.actor, q=q, state=state, limit=limit)
    put({"items": [schemas.plan_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:13} {one.state:8} #{one.name:6} {one.due_on} {one.owner:10} {one.title}" for one in lines)
        or "Nothing is planned.")


@improvements.command("show")
@WHICH
@as_option
@json_option
@with_database
def show_plan(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One item of a plan with what was done, and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put_plan(work, id_of(work, Improvement, which), settings, as_json)


def _put_plan(work: Work, improvement_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = plan_queries.plan_card(work.session, work.actor, improvement_id)
    body = schemas.plan_card_json(card, verbs.plan_offers(work, card.row, local_date(work.now, settings.timezone)))
    put(body, as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.title} {card.line.state} by {card.line.due_on}",
        *(f"  {one.day} {one.step:8} {one.note}" for one in card.steps)]))


def _act(work: Work, thing_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act_on_plan(work, thing_id, name, data, local_date(work.now, settings.timezone), None)


add_verbs(improvements, Improvement, verbs.PLAN_VERBS, _act, _put_plan)
