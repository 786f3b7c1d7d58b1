"""`kmsvc process audits …`: the process audit of a year, the themed optimisations; one command a verb, from the tables of the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded, options_of, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.process.audits import queries, theme_queries, theme_verbs, themes, usecases, verbs
from kmsvc.process.audits.models import Optimisation, ProcessAudit
from kmsvc.process.audits.permissions import SEE_AUDITS
from kmsvc.process.audits.schemas import (
    RESULTS,
    STATES,
    OptimisationInput,
    ProcessAuditInput,
    card_json,
    item_json,
    line_json,
    theme_card_json,
    theme_json,
    year_json,
)


@click.group("audits")
def audits() -> None:
    """The process audit of a year: is each process still needed, correct, followed."""


@audits.command("list")
@click.option("--q", help="Number or words.")
@click.option("--year", type=click.IntRange(2000, 2200))
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, year: int | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Process audits, newest year first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_AUDITS)
        lines, _ = queries.audit_lines(work.session, work.actor, q=q, year=year, state=state, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:13} {line.year} {line.state:9} {line.judged:4}/{line.processes:<4} {line.closed_on or '-'} {line.closed_by}"
        for line in lines) or "No process audits.")


@audits.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One audit: how far it is, and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, ProcessAudit, which), settings, as_json)


def _put(work: Work, audit_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = queries.audit_card(work.session, work.actor, audit_id)
    offers = verbs.offers_for(work, work.get(ProcessAudit, audit_id), local_date(work.now, settings.timezone))
    put(card_json(card, offers), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.year} {card.line.state} {card.line.judged}/{card.line.processes}",
        *(f"  {name:12} {many}" for name, many in card.stands.items() if many),
        *([f"the archive {'is whole' if card.is_whole else 'DOES NOT FIT ITS HASH'}"] if card.is_whole is not None else [])]))


@audits.command("items")
@WHICH
@click.option("--result", type=click.Choice(RESULTS))
@as_option
@json_option
@with_database
def items(db: Any, settings: Any, which: str, result: str | None, as_login: str | None, as_json: bool) -> None:
    """The processes of an audit."""
    with db.look(acting(db, as_login)) as work:
        card = queries.audit_card(work.session, work.actor, id_of(work, ProcessAudit, which))
    found = queries.chosen(card.items, queries.Wanted(result=result))
    put({"items": [item_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.number:8} {one.result or '-':8} {one.stand.value:10} {one.auditor_login or '-':14} {one.name}" for one in found))


@audits.command("plan")
@click.option("--year", required=True, type=click.IntRange(2000, 2200))
@click.option("--due-on", required=True, help="As 2026-12-01: by this day it is closed.")
@click.option("--purpose", help="What to look at most.")
@as_option
@json_option
@with_database
def plan(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Plan the process audit of a year."""
    data = loaded(ProcessAuditInput(), given)
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = usecases.plan_audit(work, **data)
    show_settled(db, settings, actor, lambda work: _put(work, row.id, settings, as_json))


def _act(work: Work, audit_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, audit_id, name, data, local_date(work.now, settings.timezone), None)


def _on_item(name: str) -> None:
    verb = verbs.ITEM_VERBS[name]

    @audits.command(name.replace("_", "-"), help=f"{verb.label}: one process of an audit, named by its number.")
    @WHICH
    @click.argument("process", metavar="PROCESS")
    @as_option
    @json_option
    @with_database
    def act(db: Any, settings: Any, which: str, process: str, as_login: str | None, as_json: bool, **given: Any) -> None:
        actor, data = acting(db, as_login), loaded(verb.schema()(), given)
        with db.begin(actor) as work:
            card = queries.audit_card(work.session, work.actor, id_of(work, ProcessAudit, which))
            found = next((one for one in card.items if one.number == process.upper()), None)
            if found is None:
                raise NotFound()
            verbs.act_on_item(work, found.id, name, data, local_date(work.now, settings.timezone), None)
        settle(db, settings)
        with db.look(actor) as work:
            one = queries.item_card(work.session, work.actor, found.id)
        put(item_json(one), as_json=as_json, text=f"{one.number} {one.result or '-'} {one.stand.value}")
    act.params.extend(options_of(verb.inputs))


for _name in verbs.ITEM_VERBS:
    _on_item(_name)
add_verbs(audits, ProcessAudit, verbs.VERBS, _act, _put)


@audits.command("export")
@WHICH
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@with_database
def export(db: Any, settings: Any, which: str, path: Path, as_login: str | None) -> None:
    """Write the processes of an audit with their results to a .csv or .xlsx file."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        card = queries.audit_card(work.session, work.actor, id_of(work, ProcessAudit, which))
    rows = [item_json(one) | {"record": one.proof["number"] if one.proof else None, "change": one.change[1] if one.change else None}
            for one in card.items]
    head = [name for name in (rows[0] if rows else {}) if name not in ("id", "audit_id", "version", "url")]
    give_out(path, card.line.number, head, ([row[name] for name in head] for row in rows))


@click.group("themes")
def theme_group() -> None:
    """The themed optimisations of the year, three or four."""


@theme_group.command("list")
@click.option("--q", help="Number, theme or why.")
@click.option("--year", type=click.IntRange(2000, 2200), help="Left out: how this year stands, and all.")
@as_option
@json_option
@with_database
def theme_list(db: Any, settings: Any, q: str | None, year: int | None, as_login: str | None, as_json: bool) -> None:
    """Themed optimisations, newest year first, and how a year stands."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = theme_queries.theme_lines(work.session, work.actor, q=q, year=year, limit=10_000)
        stands = theme_queries.year_of(work.session, year or local_date(work.now, settings.timezone).year)
    put({"items": [theme_json(line) for line in lines], "year": year_json(stands)}, as_json=as_json, text="\n".join([
        f"{stands.year}: {stands.done} of {stands.least}-{stands.most} done",
        *(f"{line.number:13} Q{line.quarter} {line.state:7} {line.result or '-':8} {line.theme}" for line in lines)]))


def _put_theme(work: Work, theme_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = theme_queries.theme_card(work.session, work.actor, theme_id)
    offers = theme_verbs.offers_for(work, work.get(Optimisation, theme_id), local_date(work.now, settings.timezone))
    put(theme_card_json(card, offers), as_json=as_json, text="\n".join([
        f"{card.line.number} Q{card.line.quarter} {card.line.state} {card.line.theme}",
        *(f"  {one.number} {one.change[1] if one.change else '-'}" for one in card.touched)]))


@theme_group.command("show")
@WHICH
@as_option
@json_option
@with_database
def theme_show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One themed optimisation."""
    with db.look(acting(db, as_login)) as work:
        _put_theme(work, id_of(work, Optimisation, which), settings, as_json)


@theme_group.command("begin")
@click.option("--year", type=int, required=True)
@click.option("--quarter", type=int, required=True)
@click.option("--theme", required=True)
@click.option("--why", required=True, help="With figures.")
@click.option("--expected", required=True, help="The effect that is expected.")
@click.option("--owner", type=int, required=True, help="Id of a person.")
@click.option("--process", "processes", type=int, multiple=True, help="Id of a process it touches; several times for several.")
@as_option
@json_option
@with_database
def theme_begin(db: Any, settings: Any, processes: tuple[int, ...], as_login: str | None, as_json: bool, **given: Any) -> None:
    """Begin a themed optimisation."""
    data = loaded(OptimisationInput(), given | {"processes": list(processes)})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = themes.add_theme(work, themes.Theme(**data))
    show_settled(db, settings, actor, lambda work: _put_theme(work, row.id, settings, as_json))


def _act_theme(work: Work, theme_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    theme_verbs.act(work, theme_id, name, data, local_date(work.now, settings.timezone), None)


add_verbs(theme_group, Optimisation, theme_verbs.VERBS, _act_theme, _put_theme)
audits.add_command(theme_group)
