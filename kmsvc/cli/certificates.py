"""`kmsvc training certificates …`: kinds, who needs them, who passed; passports of people and teams on any day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.tables import take_in
from kmsvc.cli.things import WHICH, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.system import SYSTEM
from kmsvc.people.units.queries import unit_by_code
from kmsvc.training.certificates import (
    batches,
    doing,
    proving,
    queries,
    queue_board,
    things,
    usecases,
    yearly,
)
from kmsvc.training.certificates.models import CertificateKind
from kmsvc.training.certificates.rows import PASSINGS
from kmsvc.training.certificates.schemas import (
    KindInput,
    QueueQuery,
    batch_json,
    board_json,
    kind_json,
    need_json,
    paper_json,
    passport_json,
    queue_sum_json,
    short_json,
    year_json,
    year_line_json,
)


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
    with db.begin(acting(db, as_login)) as work:
        day = on.date() if on else _day(work, settings)
        who = person_by_login(work.session, person) if person else None
        where = unit_by_code(work.session, unit) if unit else None
        if (who is None) == (where is None):
            raise NotFound()
        found = [queries.passport(work, who.id, day)] if who is not None else queries.team(work, where.id if where else 0, day)[1]
        looked = things.look_at_person(work.session, work.actor, who.id, day.isoformat()) if who is not None else things.look_at_team(
            work.session, where.id if where else 0, day.isoformat())
        if looked is not None:
            note(work, Act.SEEN, looked, place=Place.COMMAND)
    put({"items": [passport_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.person:20} {one.missing:3} {one.expiring:3} {', '.join(it.queue for it in one.queues if it.may)}" for one in found))


@certificates.command("held")
@click.argument("which", type=int)
@click.argument("name", type=click.Choice([*doing.HELD_ACTS, *doing.PASSING_ACTS, *doing.BATCH_ACTS]))
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def held(db: Any, settings: Any, which: int, name: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Revoke or reinstate a certificate, take back or give back a passing, undo an act on many: by its id."""
    table = next(one for one in (doing.HELD_ACTS, doing.PASSING_ACTS, doing.BATCH_ACTS) if name in one)
    schema, run, said = table[name]
    with db.begin(acting(db, as_login)) as work:
        run(work, which, loaded(schema(), {"reason": reason}), _day(work, settings), None)
    put({"id": which, "done": name}, as_json=as_json, text=said)


@certificates.command("expiring")
@click.option("--days", type=click.IntRange(1, 365), default=90, show_default=True)
@click.option("--kind", help="Its number.")
@click.option("--unit", help="Code of a team.")
@as_option
@json_option
@with_database
def expiring(db: Any, settings: Any, days: int, kind: str | None, unit: str | None, as_login: str | None, as_json: bool) -> None:
    """Whose certificate ends within days, is over, or is missing."""
    with db.begin(acting(db, as_login)) as work:
        unit_id = _unit(work, unit)
        found = queries.short_of(work.session, _day(work, settings), units=queries.units_seen(work, unit_id), days=days)
        note(work, Act.SEEN, things.look_at_team(work.session, unit_id, "expiring"), place=Place.COMMAND)
    found = [one for one in found if kind is None or one.number == kind.upper()]
    put({"items": [short_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.number} {one.state:9} {one.until or '-'!s:10} {one.person}" for one in found))


def _unit(work: Work, code: str | None) -> int | None:
    row = unit_by_code(work.session, code) if code else None
    if code and row is None:
        raise NotFound()
    return row.id if row is not None else None


@certificates.command("year")
@click.option("--kind", help="Its number; left out: the first that is proven each year.")
@click.option("--year", type=click.IntRange(2000, 2200))
@click.option("--unit", help="Code of a team.")
@as_option
@json_option
@with_database
def year(db: Any, settings: Any, kind: str | None, year: int | None, unit: str | None, as_login: str | None, as_json: bool) -> None:
    """A kind over a year: who must, who has, who is late."""
    with db.begin(acting(db, as_login)) as work:
        today = _day(work, settings)
        row = yearly.kind_of(yearly.yearly_kinds(work.session), kind)
        if row is None:
            raise NotFound()
        unit_id = _unit(work, unit)
        run = yearly.year_of(work.session, row, year or today.year, today, queries.units_seen(work, unit_id))
        note(work, Act.SEEN, things.look_at_team(work.session, unit_id, f"year {run.year}"), place=Place.COMMAND)
        body = year_json(run) | {"items": [year_line_json(one) for one in run.lines]}
    put(body, as_json=as_json, text="\n".join([f"{body['kind']} {run.year}: {run.counts['done']}/{run.must}", *(
        f"  {one.state.value:6} {one.person}" for one in run.lines)]))


@certificates.command("queue")
@click.argument("name", required=False)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As 2026-11-01; left out: today.")
@click.option("--at", help="As 14:00: whom one can put on it then.")
@click.option("--unit", help="Code of a team.")
@as_option
@json_option
@with_database
def queue(db: Any, settings: Any, name: str | None, on: Any, at: str | None, unit: str | None, as_login: str | None,
          as_json: bool) -> None:
    """Who may handle a queue on a day; without a name every queue with how many."""
    asked = loaded(QueueQuery(), {"at": at} if at else {})
    with db.begin(acting(db, as_login)) as work:
        day = on.date() if on else _day(work, settings)
        unit_id = _unit(work, unit)
        units = queries.units_seen(work, unit_id)
        note(work, Act.SEEN, things.look_at_team(work.session, unit_id, f"queue {name or '*'} {day}"), place=Place.COMMAND)
        if not name:
            sums = queue_board.queue_sums(work.session, day, units)
            put({"on": day, "items": [queue_sum_json(one) for one in sums]}, as_json=as_json,
                text="\n".join(f"{one.may:4}/{one.people:<4} {one.queue}" for one in sums))
            return
        board = queue_board.queue_board(work.session, name, day, units, queue_board.instant_of(day, asked["at"], settings.timezone))
        body = board_json(board)
    put(body, as_json=as_json, text="\n".join(
        f"{'+' if one.fit else '-'} {one.person} {', '.join(str(it) for it in one.against)}" for one in board.lines))


@certificates.command("verify")
@click.argument("code")
@as_option
@json_option
@with_database
def verify(db: Any, settings: Any, code: str, as_login: str | None, as_json: bool) -> None:
    """Whether a code stands on a certificate of this house, and whether it counts today."""
    with db.begin(acting(db, as_login)) as work:
        paper = proving.verified(work, code, _day(work, settings))
        looked = things.look_at_person(work.session, work.actor, paper.person_id, paper.number)
        if looked is not None:
            note(work, Act.SEEN, looked, place=Place.COMMAND)
    put(paper_json(paper), as_json=as_json, text=f"{paper.number} {paper.kind} {paper.person} {paper.state.value}")


@certificates.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row, keep nothing.")
@as_option
@json_option
@with_database
def import_file(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Passings from a csv or xlsx; one import is one act on many, taken back as a whole by `held ID undo`."""
    with db.look(SYSTEM) as work:
        today = _day(work, settings)
    take_in(db, acting(db, as_login), PASSINGS, file, dry_run=dry_run, as_json=as_json, today=today)
    settle(db, settings)


@certificates.command("batches")
@as_option
@json_option
@with_database
def batch_list(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Acts on many, newest first."""
    with db.look(acting(db, as_login)) as work:
        found = batches.batch_lines(work, 0, 1_000)[0]
    put({"items": [batch_json(one.row) | {"by": one.by} for one in found]}, as_json=as_json, text="\n".join(
        f"{one.row.id} {one.row.act} {one.row.people} {one.row.reason}{' (undone)' if one.row.undone_at else ''}" for one in found))
