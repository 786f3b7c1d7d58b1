"""`kmsvc training plan-rules …`: rules by which training plans arise from what happens; one command a verb."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.training.plans import arising, arising_queries, arising_verbs
from kmsvc.training.plans.arising import Arises
from kmsvc.training.plans.arising_models import ArisingRule
from kmsvc.training.plans.arising_queries import RuleFilters
from kmsvc.training.plans.arising_schemas import RuleInput, card_json, line_json, text_of
from kmsvc.training.plans.permissions import SEE_PLANS


@click.group("plan-rules")
def plan_rules() -> None:
    """Rules by which training plans arise: somebody joins or moves, a process takes effect, a QA gap is entered."""


@plan_rules.command("list")
@click.option("--q", help="Number, name or words.")
@click.option("--event", type=click.Choice([one.value for one in Arises]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, event: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Rules, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PLANS)
        lines, _ = arising_queries.rule_lines(work.session, work.actor, RuleFilters(q, event), limit=limit)
    put({"items": [line_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number} {'on ' if one.on_since else 'off'} {one.event:9} {one.caught:4} {one.name}" for one in lines))


@plan_rules.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One rule: what it has caught, and would have caught in the last 90 days."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, ArisingRule, which), settings, as_json)


def _put(work: Work, rule_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    row = arising_queries.visible_rule(work.session, work.actor, rule_id)
    line = arising_queries.rule_line(work.session, work.actor, rule_id)
    catches = arising_queries.catches_of(work.session, work.actor, rule_id)
    found = arising.would_catch(work.session, row, work.now)
    offers = arising_verbs.offers_for(work, row, local_date(work.now, settings.timezone))
    put(card_json(line, catches, found, offers), as_json=as_json, text="\n".join([
        f"{line.number} {'on' if line.on_since else 'off'} {line.event} {line.name}",
        *(f"  {one.id} {one.at:%Y-%m-%d} {one.plan} {one.people:3} {'-' if one.taken_back_at else '+'} {one.title}" for one in catches),
        f"  last 90 days: {len(found)}", *(f"  {it.at:%Y-%m-%d} {len(people):3} {it.title}" for it, people in found)]))


@plan_rules.command("add")
@click.option("--name", required=True)
@click.option("--event", required=True, type=click.Choice([one.value for one in Arises]))
@click.option("--group", help="Group of the process.")
@click.option("--klass", help="Class of the process.")
@click.option("--words", help="Only what names this.")
@click.option("--unit", help="Id of a unit.")
@click.option("--post", help="Id of a post.")
@click.option("--course", help="Number of the course.")
@click.option("--plan", help="Number of the plan that people are put on; without it a draft is made.")
@click.option("--hours", type=int, default=1, show_default=True)
@click.option("--days", type=int, default=30, show_default=True)
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Make a rule; it is off until it is switched on."""
    with db.begin(acting(db, as_login)) as work:
        _put(work, arising.write_rule(work, text_of(loaded(RuleInput(), given))).id, settings, as_json)


def _act(work: Work, one: int, name: str, data: dict[str, Any], settings: Any) -> None:
    arising_verbs.act(work, one, name, data, local_date(work.now, settings.timezone), None)


add_verbs(plan_rules, ArisingRule, arising_verbs.VERBS, _act, _put)
