"""`kmsvc training sittings …`: who sits an exam and how far they are; one command a verb, from the table of pages and API too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, id_of, loaded, options_of, settle
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.training.exams.models import Exam
from kmsvc.training.sittings import board as boards
from kmsvc.training.sittings import showing, usecases, verbs
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.queries import due_sittings
from kmsvc.training.sittings.rules import Stand
from kmsvc.training.sittings.schemas import line_json, steered_all_json, steered_json, told_json


@click.group("sittings")
def sittings() -> None:
    """Who sits an exam, how far they are, more time with a reason."""


def _settled(db: Any) -> None:
    """Hand in what the clock has ended, as the worker does."""
    from kmsvc.people.system import SYSTEM

    with db.look(SYSTEM) as work:
        due = due_sittings(work.session, work.now)
    for one in due:
        with db.begin(SYSTEM) as work:
            usecases.time_out(work, one)


@sittings.command("list")
@WHICH
@click.option("--q", help="Part of a name.")
@click.option("--stand", type=click.Choice([one.value for one in Stand]), help="Only who stands there.")
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, which: str, q: str | None, stand: str | None, file: Path | None, as_login: str | None,
            as_json: bool) -> None:
    """Where everybody on the list of an exam stands (its id or number)."""
    from kmsvc.cli.tables import give_out

    _settled(db)
    with db.look(acting(db, as_login)) as work:
        found = boards.board(work.session, work.actor, id_of(work, Exam, which), work.now, q=q, stand=stand)
    if file is not None:
        give_out(file, "Exam", showing.BOARD_HEAD, showing.board_rows(found.lines, lambda at: local(at, settings.timezone),
                                                                      lambda one: one.value))
        return
    put({"items": [line_json(line) for line in found.lines], "counts": {one.value: n for one, n in found.counts.items()}},
        as_json=as_json, text="\n".join(
            f"{line.sitting_id or '-':>6} {line.stand.value:10} {line.given:3}/{line.asked:<3} {showing.clock_of(line.left_s):>8} "
            f"{line.name}" for line in found.lines))


@sittings.command("protocol")
@WHICH
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write it to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def protocol(db: Any, settings: Any, which: str, file: Path | None, as_login: str | None, as_json: bool) -> None:
    """What happened in an exam: begun, left, more time, handed in; by whom and why."""
    from kmsvc.cli.tables import give_out

    _settled(db)
    with db.look(acting(db, as_login)) as work:
        exam = boards.watched(work.session, work.actor, id_of(work, Exam, which))
        told = boards.protocol(work.session, work.actor, boards.sittings_of(work.session, exam.id))
    if file is not None:
        give_out(file, "Protocol", showing.PROTOCOL_HEAD, showing.protocol_rows(
            told, lambda at: local(at, settings.timezone), lambda one: one.value))
        return
    put({"items": [told_json(one) for one in told]}, as_json=as_json, text="\n".join(
        f"{local(one.at, settings.timezone):%Y-%m-%d %H:%M:%S} {one.sitting_id:6} {one.what.value:10} {one.name} {one.by or ''} "
        f"{one.reason or ''}".rstrip() for one in told))


def _verb(name: str) -> click.Command:
    verb = verbs.VERBS[name]

    @as_option
    @json_option
    @with_database
    def run(db: Any, settings: Any, sitting_id: int, as_login: str | None, as_json: bool, **given: Any) -> None:
        with db.begin(acting(db, as_login)) as work:
            verbs.act(work, sitting_id, name, loaded(verb.schema()(), given))
        settle(db, settings)
        with db.look(acting(db, as_login)) as work:
            row = work.get(Sitting, sitting_id)
            body = steered_json(row, verbs.offered(work.actor, row.state, row.person_id, local_date(work.now, settings.timezone)))
        put(body, as_json=as_json, text=f"{row.id} {row.state} {row.more_s // 60:+} min")
    made = click.command(name, help=f"{verb.label}; SITTING_ID as `list` shows it.")(run)
    made.params = [click.Argument(["sitting_id"], type=click.IntRange(1)), *options_of(verb.inputs), *made.params]
    return made


def _for_all(name: str) -> click.Command:
    verb = verbs.EXAM_VERBS[name]

    @as_option
    @json_option
    @with_database
    def run(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
        with db.begin(acting(db, as_login)) as work:
            exam_id = id_of(work, Exam, which)
            verbs.act_for_all(work, exam_id, name, loaded(verb.schema()(), given))
        settle(db, settings)
        with db.look(acting(db, as_login)) as work:
            found = boards.board(work.session, work.actor, exam_id, work.now)
            body = steered_all_json(exam_id, found.running, found.paused_since, verbs.offered_for_all(
                work.actor, local_date(work.now, settings.timezone), published=found.published, running=found.running,
                paused=found.paused_since is not None))
        put(body, as_json=as_json, text=f"{found.number} {found.running} sit it{' (paused)' if found.paused_since else ''}")
    made = click.command({"extend": "extend-all"}.get(name, name), help=f"{verb.label}; an exam by its id or number.")(run)
    made.params = [click.Argument(["which"], metavar="ID|NUMBER"), *options_of(verb.inputs), *made.params]
    return made


for _name in verbs.EXAM_VERBS:
    sittings.add_command(_for_all(_name))
for _name in verbs.VERBS:
    sittings.add_command(_verb(_name))
