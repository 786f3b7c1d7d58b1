"""`kmsvc training plans …`: plans with their people, sessions with their attendance; one command a verb, from the tables of pages and
API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.calendar import calendar_command
from kmsvc.cli.glue import (
    PartFailed,
    acting,
    as_option,
    json_option,
    put,
    say,
    settle,
    with_database,
)
from kmsvc.cli.tables import give_out
from kmsvc.cli.things import WHICH, act_on, add_verbs, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.core.work import Work
from kmsvc.people.accounts.lists import looked_up, read_people
from kmsvc.people.accounts.naming import Among, one_called
from kmsvc.training.plans import (
    attending,
    holding,
    people,
    queries,
    session_queries,
    session_verbs,
    usecases,
    verbs,
)
from kmsvc.training.plans import schemas as plan_schemas
from kmsvc.training.plans import session_schemas as schemas
from kmsvc.training.plans.models import Plan, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.session_api import HAND

FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
SEAT_HEAD = ("name", "account", "unit", "place", "present_at", "how", "reason")


@click.group("plans")
def plans() -> None:
    """Training plans: their people, sessions and attendance."""


@plans.command("list")
@click.option("--q", help="Number, title or target.")
@click.option("--year", type=click.IntRange(2000, 2200))
@click.option("--state", type=click.Choice(plan_schemas.STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, year: int | None, state: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Plans, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PLANS)
        lines, _ = queries.plan_lines(work.session, work.actor, work.now, queries.PlanFilters(q, year, state), limit=limit)
    put({"items": [plan_schemas.line_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:14} {one.state:10} {one.people:4} {one.held}/{one.sessions} {one.title}" for one in lines))


@plans.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One plan with its people."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Plan, which), settings, as_json)


def _put(work: Work, plan_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = queries.plan_card(work.session, work.actor, plan_id, work.now)
    offers = verbs.offers_for(work.actor, queries.visible(work.session, work.actor, plan_id), local_date(work.now, settings.timezone))
    body = plan_schemas.card_json(card, offers) | {"members": [plan_schemas.member_json(one) for one in card.members]}
    put(body, as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.state} {card.line.title}",
        *(f"  {one.login:14} {one.name} {one.unit} {one.because or ''}" for one in card.members)]))


@plans.command("make")
@click.option("--title", required=True)
@click.option("--year", required=True, help="As 2026.")
@click.option("--hours", required=True, help="A head.")
@click.option("--cost", help="Yuan, for everybody together.")
@click.option("--target", required=True, help="What is reached by it; @FILE takes it from a file.")
@click.option("--evaluation", required=True, help="How that is seen.")
@click.option("--course", help="Number of the course.")
@click.option("--purpose", help="other or onboarding.")
@click.option("--due-on", help="By when everybody was trained, as 2026-12-15.")
@as_option
@json_option
@with_database
def make(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Make a draft."""
    with db.begin(acting(db, as_login)) as work:
        data = loaded(plan_schemas.PlanInput(), given)
        row = usecases.make_plan(work, **{name: data[name] for name in plan_schemas.FIELDS})
        _put(work, row.id, settings, as_json)


@plans.command("add")
@WHICH
@click.option("--people", "people_", help="Accounts or names, with commas between; @FILE takes them from a file.")
@click.option("--role")
@click.option("--unit", help="Id of the unit; those below it are meant too.")
@click.option("--post", help="Id of the post.")
@click.option("--people-course", help="Number of a course: those who must take it.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, which: str, people_: str | None, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Put people on a plan; each gets a seat in the sessions to come where one is free."""
    whom = plan_schemas.meant_of(loaded(plan_schemas.PeopleFields(), {"people": people_, **given}))
    act_on(db, settings, as_login, Plan, which, lambda work, one: people.add_people(work, one, **whom),
           lambda work, one: _put(work, one, settings, as_json))


@plans.command("import")
@WHICH
@FILE
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@as_option
@json_option
@with_database
def bring_in(db: Any, settings: Any, which: str, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Put people on a plan out of a csv or xlsx file: a column of accounts or names. Every refused row is named with its reason."""
    rows = read_people(file, file.name)
    with db.begin(acting(db, as_login)) as work:
        work.permit(MAKE_PLANS)
        plan_id = id_of(work, Plan, which)
        found = looked_up(work.session, rows, people.on_plan(work.session, plan_id))
        new = [one.person.id for one in found if one.state == "new" and one.person is not None]
        if new and not dry_run:
            people.put_listed(work, plan_id, new, file.name)
    settle(db, settings)
    refused = [{"row": one.row, "words": one.words, "reason": str(one.said)} for one in found if one.state == "refused"]
    for it in refused:
        say(f"{file} row {it['row']}: {it['reason']}")
    added = 0 if dry_run else len(new)
    put({"rows": len(rows), "added": added, "refused": refused}, as_json=as_json, text=f"{len(rows)} read: {len(new)} added, "
        f"{len(refused)} rejected" + (" (dry run, nothing was changed)" if dry_run else ""))
    if refused:
        raise PartFailed()


OFF = {"remove": (people.remove_people, "Take people off a plan; their seats in sessions to come go to who waits."),
       "put-back": (people.put_back, "Put people back who were taken off a plan, with the places they had where they are free.")}


def _off_command(name: str) -> None:
    run, told = OFF[name]

    @plans.command(name, help=told)
    @WHICH
    @click.option("--people", "people_", required=True, help="Accounts, names or ids, with commas between; @FILE too.")
    @click.option("--reason", help="Why.")
    @as_option
    @json_option
    @with_database
    def command(db: Any, settings: Any, which: str, people_: str, reason: str | None, as_login: str | None, as_json: bool) -> None:
        words = loaded(plan_schemas.PeopleFields(), {"people": people_})["people"] or []

        def act(work: Work, one: int) -> Any:
            ids = [one_called(work.session, word, Among.EVERYBODY, field="people", ids=True).id for word in words]
            work.because(reason)
            return run(work, one, ids)
        act_on(db, settings, as_login, Plan, which, act, lambda work, one: _put(work, one, settings, as_json))


for _name in OFF:
    _off_command(_name)


def _act(work: Work, one: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, one, name, data, local_date(work.now, settings.timezone), None)


add_verbs(plans, Plan, verbs.VERBS, _act, _put)


@plans.group("sessions")
def sessions() -> None:
    """Sessions of plans: planned, held, cancelled; who came."""


@sessions.command("list")
@click.option("--q", help="Number, title or room.")
@click.option("--state", type=click.Choice(schemas.STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_sessions(db: Any, settings: Any, q: str | None, state: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Sessions: those to come first, then the past ones."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PLANS)
        asked = session_queries.SessionFilters(q, state)
        lines, _ = session_queries.session_lines(work.session, work.actor, work.now, asked, limit=limit)
    put({"items": [schemas.line_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:14} {one.state:10} {local(one.starts_at, settings.timezone):%Y-%m-%d %H:%M} {one.taken}/{one.seats} "
        f"{one.waiting:3} {one.came:3} {one.room} {one.trainer} {one.title}" for one in lines))


@sessions.command("show")
@WHICH
@as_option
@json_option
@with_database
def show_session(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One session with its people and feedback."""
    with db.look(acting(db, as_login)) as work:
        _put_session(work, id_of(work, TrainingSession, which), settings, as_json)


def _put_session(work: Work, session_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = session_queries.session_card(work.session, work.actor, session_id)
    row = session_queries.visible(work.session, work.actor, session_id)
    offers = session_verbs.offers_for(work.actor, row, work.now, local_date(work.now, settings.timezone))
    put(schemas.card_json(card, offers), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.state} {card.line.title}",
        *(f"  {one.login:14} {one.name} {one.place} {one.present_at or '-'} {one.how or ''}" for one in card.people)]))


@sessions.command("plan")
@WHICH
@click.option("--day", required=True, help="As 2026-12-15.")
@click.option("--starts", required=True, help="As 09:30, in the centre's zone.")
@click.option("--ends", required=True, help="As 11:00.")
@click.option("--room", required=True)
@click.option("--seats", required=True)
@click.option("--trainer", required=True, help="Id of the trainer's file.")
@click.option("--anyway", help="Why all the same, where something speaks against it.")
@click.option("--unseated", is_flag=True, default=None, help="Only for those without a seat in another session of the plan.")
@as_option
@json_option
@with_database
def plan_session(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Plan a session of a plan (its id or number)."""
    made: list[int] = []
    data = loaded(schemas.SessionInput(), given)

    def act(work: Work, one: int) -> None:
        made.append(holding.plan_session(work, one, **data, zone=settings.timezone).id)
    act_on(db, settings, as_login, Plan, which, act, lambda work, one: _put_session(work, made[0], settings, as_json))


@sessions.command("edit")
@WHICH
@click.option("--day", required=True)
@click.option("--starts", required=True)
@click.option("--ends", required=True)
@click.option("--room", required=True)
@click.option("--seats", required=True)
@click.option("--trainer", required=True, help="Id of the trainer's file.")
@click.option("--reason", required=True, help="Everybody on the list reads it.")
@click.option("--anyway", help="Why all the same, where something speaks against it.")
@as_option
@json_option
@with_database
def change_session(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Move or change a session."""
    data = loaded(schemas.SessionChange(), given)
    act_on(db, settings, as_login, TrainingSession, which, lambda work, one: holding.move(work, one, **data, zone=settings.timezone),
           lambda work, one: _put_session(work, one, settings, as_json))


def _act_session(work: Work, one: int, name: str, data: dict[str, Any], settings: Any) -> None:
    session_verbs.act(work, one, name, data, settings.timezone, local_date(work.now, settings.timezone), None)


add_verbs(sessions, TrainingSession, session_verbs.VERBS, _act_session, _put_session)


@sessions.command("attendance")
@WHICH
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write it to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def attendance(db: Any, settings: Any, which: str, file: Path | None, as_login: str | None, as_json: bool) -> None:
    """Who has a seat, who waits, who came and how."""
    with db.look(acting(db, as_login)) as work:
        session_id = id_of(work, TrainingSession, which)
        card = session_queries.session_card(work.session, work.actor, session_id)
        if file:
            give_out(file, card.line.number, SEAT_HEAD, (
                [one.name, one.login, one.unit, one.place, local(one.present_at, settings.timezone) if one.present_at else None, one.how,
                 one.reason] for one in card.people))
        else:
            _put_session(work, session_id, settings, as_json)


@sessions.command("hand")
@WHICH
@click.argument("what", type=click.Choice(list(HAND)))
@click.option("--person", "persons", type=int, multiple=True, required=True, help="Id of a person; more than once for several.")
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def by_hand(db: Any, settings: Any, which: str, what: str, persons: tuple[int, ...], reason: str, as_login: str | None,
            as_json: bool) -> None:
    """These people came, are taken out of the session, or were gone after all."""
    def act(work: Work, one: int) -> None:
        for person in persons:
            HAND[what](work, one, person=person, reason=reason)
    act_on(db, settings, as_login, TrainingSession, which, act, lambda work, one: _put_session(work, one, settings, as_json))


@sessions.command("let-in")
@WHICH
@click.option("--login", required=True, help="Account, or a name that only one bears.")
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def let_in(db: Any, settings: Any, which: str, login: str, reason: str, as_login: str | None, as_json: bool) -> None:
    """Somebody who is on no list."""
    act_on(db, settings, as_login, TrainingSession, which, lambda work, one: attending.let_in(work, one, login=login, reason=reason),
           lambda work, one: _put_session(work, one, settings, as_json))


plans.add_command(calendar_command)
