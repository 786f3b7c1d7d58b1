"""`kmsvc training certificates …`: kinds, who needs them, who passed; passports of people and teams on any day."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.units.queries import unit_by_code
from kmsvc.training.certificates import doing, queries, usecases
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.schemas import KindInput, kind_json, need_json, passport_json


@click.group("certificates")
def certificates() -> None:
    """What people have proven, what expires, which queues they may handle."""


def _day(work: Work, settings: Any) -> date:
    return local_date(work.now, settings.timezone)


@certificates.command("kinds")
@as_option
@json_option
@with_database
def kinds(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Kinds of certificates."""
    with db.look(acting(db, as_login)) as work:
        work.permit(queries.SEE_CERTIFICATES)
        found = queries.kind_lines(work.session)
    put({"items": [kind_json(*one) for one in found]}, as_json=as_json, text="\n".join(
        f"{row.number} {row.months or '-':>4} {people:5} {row.name}" for row, people in found))


def _put(work: Work, kind_id: int, as_json: bool) -> None:
    work.session.flush()
    row = queries.visible_kind(work.session, kind_id)
    needs = queries.need_lines(work.session, kind_id)
    put(kind_json(row) | {"needs": [need_json(one) for one in needs]}, as_json=as_json, text="\n".join([
        f"{row.number} {row.name}", *(f"  {one.id} {one.whom} {one.name} {one.people}" for one in needs)]))


@certificates.command("make")
@click.option("--name", required=True)
@click.option("--purpose", required=True, help="security, processes, awareness, skills, trainer or other.")
@click.option("--months", type=int, help="Left out: it counts always.")
@click.option("--clause")
@click.option("--grace-days", type=int)
@as_option
@json_option
@with_database
def make(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Make a kind."""
    with db.begin(acting(db, as_login)) as work:
        _put(work, usecases.make_kind(work, usecases.KindDraft(**loaded(KindInput(), given))).id, as_json)


@certificates.command("act")
@WHICH
@click.argument("name", type=click.Choice(list(doing.KIND_ACTS)))
@click.argument("given", nargs=-1, metavar="FIELD=VALUE…")
@as_option
@json_option
@with_database
def act(db: Any, settings: Any, which: str, name: str, given: tuple[str, ...], as_login: str | None, as_json: bool) -> None:
    """Change, retire, restore, ask for a kind, or note that somebody passed (award): act CT-0001 award person=LOGIN …"""
    schema, run, _ = doing.KIND_ACTS[name]
    with db.begin(acting(db, as_login)) as work:
        kind_id = id_of(work, CertificateKind, which)
        run(work, kind_id, loaded(schema(), {one.partition("=")[0]: one.partition("=")[2] for one in given}),
            _day(work, settings), None)
        _put(work, kind_id, as_json)


@certificates.command("passport")
@click.option("--person", help="Login.")
@click.option("--unit", help="Code of a team.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As 2026-11-01; left out: today.")
@as_option
@json_option
@with_database
def passport(db: Any, settings: Any, person: str | None, unit: str | None, on: Any, as_login: str | None, as_json: bool) -> None:
    """Who may handle which queue, what is missing, what expires."""
    with db.look(acting(db, as_login)) as work:
        day = on.date() if on else _day(work, settings)
        who = person_by_login(work.session, person) if person else None
        where = unit_by_code(work.session, unit) if unit else None
        if (who is None) == (where is None):
            raise NotFound()
        found = [queries.passport(work, who.id, day)] if who is not None else queries.team(work, where.id if where else 0, day)[1]
    put({"items": [passport_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.person:20} {one.missing:3} {one.expiring:3} {', '.join(it.queue for it in one.queues if it.may)}" for one in found))
