"""`kmsvc standards duties …` beside run and list: one duty and its verbs, the year, the rules."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, act_on, add_verbs, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.standards.duties import queries, ruling, verbs, wheel
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.duties.schemas import (
    DutiesNarrowed,
    DutyRuleInput,
    DutyRuleSwitch,
    duty_json,
    filters_of,
    rule_json,
    span_json,
    text_of,
    typed_of,
    wheel_json,
    whole_json,
)


def _today(work: Work, settings: Any) -> Any:
    return local_date(work.now, settings.timezone)


def _put(work: Work, duty_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    today = _today(work, settings)
    row = queries.visible_duty(work.session, work.actor, duty_id)
    card, steps = queries.duty_card(work.session, work.actor, duty_id, today), queries.steps_of(work.session, duty_id)
    body = whole_json(card, steps, queries.beside(work.session, row), verbs.offers_for(work, row, today))
    put(body, as_json=as_json, text="\n".join([
        f"{card.number} {card.state}{' late' if card.late else ''} {card.clause or '-'} {card.period} due {card.due_on} {card.name_en}",
        *(f"  record {one['number']}" for one in card.records),
        *(f"  {one.at:%Y-%m-%d} {one.verb} {one.by} {one.reason or ''}".rstrip() for one in steps)]))


def _act(work: Work, duty_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, duty_id, name, data, _today(work, settings), None)


@click.command("find")
@click.option("--q", help="Words of the duty, its period or who answers.")
@click.option("--clause", help="N or N.sub.")
@click.option("--state", help="open, late, done, waived, cancelled or moot.")
@click.option("--days", type=int, help="Open and due within so many days.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def find(db: Any, settings: Any, limit: int, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Duties that fit, by due day, each with the number its verbs take."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.duty_cards(work.session, work.actor, filters_of(loaded(DutiesNarrowed(), given)), _today(work, settings),
                                      limit=limit)
    put({"items": [duty_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:8} {one.due_on}  {'late' if one.late else one.state:9} {one.clause or '-':5} {one.period:10} "
        f"{one.owner_login or '-':12} {one.name_en or one.code}" for one in lines) or "No duties.")


@click.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One duty with its records, its history and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Obligation, which), settings, as_json)


@click.command("year")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--level", "act", flag_value="level", help="Plan open duties into emptier months first.")
@click.option("--unlevel", "act", flag_value="unlevel", help="Take the planning back first.")
@click.option("--make", "act", flag_value="make", help="Make what is missing to the end of the year first.")
@as_option
@json_option
@with_database
def year_of(db: Any, settings: Any, year: int, act: str | None, as_login: str | None, as_json: bool) -> None:
    """The yearly wheel: every duty by month, and whose work it is."""
    actor = acting(db, as_login)
    if act is not None:
        with db.begin(actor) as work:
            if act == "level":
                wheel.level_year(work, year, _today(work, settings))
            else:
                (wheel.unlevel_year if act == "unlevel" else wheel.make_year)(work, year)
        settle(db, settings)
    with db.look(actor) as work:
        found = wheel.wheel(work.session, work.actor, year, _today(work, settings))
    put(wheel_json(found), as_json=as_json, text="\n".join([
        f"{found.year}: {found.done} of {found.total} done, {found.late} late",
        *(f"{row.clause or '-':5} {row.done:3}/{row.total:<3} {' '.join(str(cell.total or '.') for cell in row.cells)}  "
          f"{row.name_en or row.code}" for row in found.rows)]))


@click.group("rules")
def rules() -> None:
    """The rules of clauses: how often, who answers, when is reminded, what proves it."""


@rules.command("list")
@click.option("--q", help="Clause or words.")
@as_option
@json_option
@with_database
def rule_list(db: Any, settings: Any, q: str | None, as_login: str | None, as_json: bool) -> None:
    """Rules by clause."""
    with db.look(acting(db, as_login)) as work:
        rows = queries.rule_rows(work.session, work.actor, q)
    put({"items": [rule_json(row) for row in rows]}, as_json=as_json, text="\n".join(
        f"{row.number:7} {'on ' if row.is_on else 'off'} {row.clause:5} {row.months or row.trigger or ','.join(row.on_days or [])!s:18} "
        f"{row.name_en}" for row in rows) or "No rules.")


def _put_rule(work: Work, rule_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    row = queries.visible_rule(work.session, work.actor, rule_id)
    body = rule_json(row)
    put(body, as_json=as_json, text="\n".join(f"{name}: {value}" for name, value in body.items() if value is not None))


@rules.command("show")
@WHICH
@as_option
@json_option
@with_database
def rule_show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One rule."""
    with db.look(acting(db, as_login)) as work:
        _put_rule(work, id_of(work, ClauseDuty, which), settings, as_json)


FIELDS = tuple(name for name in DutyRuleInput().fields if name != "reason")


def _change(which: str, given: dict[str, Any], db: Any, settings: Any, as_login: str | None, as_json: bool, *, dry_run: bool) -> None:
    def text(work: Work, one: int) -> dict[str, Any]:
        kept = typed_of(queries.visible_rule(work.session, work.actor, one))
        return loaded(DutyRuleInput(), {name: "" if value == "-" else value for name, value in {
            **{name: value for name, value in kept.items() if value is not None}, **{
                name: value for name, value in given.items() if value is not None}}.items()})

    if dry_run:
        with db.look(acting(db, as_login)) as work:
            one = id_of(work, ClauseDuty, which)
            said = text_of(text(work, one))
            found = ruling.preview(work.session, queries.visible_rule(work.session, work.actor, one), said, _today(work, settings))
        put({"items": [span_json(it) for it in found]}, as_json=as_json, text="\n".join(
            f"{it.period:12} {it.begins_on} {it.due_on}" for it in found))
        return

    def write(work: Work, one: int) -> None:
        data = text(work, one)
        ruling.write_rule(work, one, text_of(data), reason=data["reason"], today=_today(work, settings))
    act_on(db, settings, as_login, ClauseDuty, which, write, lambda work, one: _put_rule(work, one, settings, as_json))


@rules.command("edit")
@WHICH
@click.option("--dry-run", is_flag=True, help="Only show this year and the next as the rule would make them.")
@as_option
@json_option
@with_database
def edit(db: Any, settings: Any, which: str, dry_run: bool, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Change what is given; a dash empties it. What has begun stays."""
    _change(which, given, db, settings, as_login, as_json, dry_run=dry_run)


edit.params += [click.Option([f"--{name.replace('_', '-')}", name], help=str(field.metadata.get("label", name)))
                for name, field in DutyRuleInput().fields.items()]


def _switch(name: str, on: bool, about: str) -> None:
    @rules.command(name, help=about)
    @WHICH
    @click.option("--reason", required=True)
    @as_option
    @json_option
    @with_database
    def switch(db: Any, settings: Any, which: str, reason: str, as_login: str | None, as_json: bool) -> None:
        why = loaded(DutyRuleSwitch(), {"reason": reason})["reason"]
        act_on(db, settings, as_login, ClauseDuty, which,
               lambda work, one: ruling.switch(work, one, on, reason=why, today=_today(work, settings)),
               lambda work, one: _put_rule(work, one, settings, as_json))


_switch("switch-on", True, "Let a rule ask from today.")
_switch("switch-off", False, "Let a rule ask no more; what has begun stays.")


def add_to(duties: click.Group) -> None:
    """Add these commands to the group of duties."""
    for one in (find, show, year_of, rules):
        duties.add_command(one)
    add_verbs(duties, Obligation, verbs.VERBS, _act, _put)
