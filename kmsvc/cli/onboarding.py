"""`kmsvc training onboarding …`: classes, newcomers, the board, the lists, decisions, quality results in and out, courses of a class."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.tables import give_out, take_in
from kmsvc.cli.things import WHICH, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.training.courses.models import Course
from kmsvc.training.onboarding import doing, finding, queries, results, results_queries
from kmsvc.training.onboarding.inputs import ClassInput, DecideInput, TickInput, TraineeInput
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.one import card_of, secret_of
from kmsvc.training.onboarding.permissions import ENTER_RESULTS, SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.results_rows import HEAD, RESULTS, lines
from kmsvc.training.onboarding.results_schemas import ResultInput, import_json, result_json, result_of
from kmsvc.training.onboarding.showing import card_json, class_json, line_json, point_json

DAY = click.DateTime(["%Y-%m-%d"])
WHO = click.argument("who", metavar="ID|LOGIN")


@click.group("onboarding")
def onboarding() -> None:
    """Newcomers: classes, the board, lists, decisions, quality results."""


def _today(work: Work, settings: Any) -> date:
    return local_date(work.now, settings.timezone)


def _trainee(work: Work, who: str) -> int:
    """The newcomer of an id, or of an account whose onboarding runs."""
    if who.isdecimal() and len(who) < 10:
        return int(who)
    person = person_by_login(work.session, who)
    found = work.session.scalar(select(Trainee.id).where(Trainee.person_id == (person.id if person else 0)).order_by(
        Trainee.ended_on.is_not(None), Trainee.id.desc()).limit(1))
    if found is None:
        raise NotFound()
    return int(found)


@onboarding.command("list")
@click.option("--q", help="Number or name.")
@click.option("--state", type=click.Choice(["open", "over"]), help="Classes that run, or that are over.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, as_login: str | None, as_json: bool) -> None:
    """Classes, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_OWN_ONBOARDING)
        found = queries.classes(work.session, work.actor, q=q, state=state, today=_today(work, settings))
    put({"items": [class_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.number} {one.starts_on} {one.name}" for one in found))


@onboarding.command("board")
@WHICH
@as_option
@json_option
@with_database
def board(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """The newcomers of a class and their weeks: . to come, g green, a amber, r red."""
    with db.look(acting(db, as_login)) as work:
        row = queries.class_of(work.session, work.actor, id_of(work, OnboardingClass, which))
        found = queries.board(work.session, work.actor, row.id, _today(work, settings))
    signs = {"grey": ".", "green": "g", "amber": "a", "red": "r"}
    put(class_json(row) | {"trainees": [line_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.id:5} {''.join(signs[it.light.value] for it in one.weeks)} {one.settled}/{one.points} {one.state:11} {one.person}"
        for one in found))


@onboarding.command("plan")
@click.option("--name", required=True)
@click.option("--teacher", required=True, help="Account of the class teacher.")
@click.option("--starts-on", required=True, help="Day of entry, a working day.")
@click.option("--inspector", help="Account of the QA inspector.")
@click.option("--material", help="What is taught from.")
@as_option
@json_option
@with_database
def plan(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Plan a class."""
    with db.begin(acting(db, as_login)) as work:
        row = doing.plan(work, loaded(ClassInput(), given))
        body = class_json(row)
    put(body, as_json=as_json, text=f"{row.number} {row.name}")


@onboarding.command("join")
@WHICH
@click.option("--person", required=True, help="Account of the newcomer.")
@click.option("--mentor", help="Account of the mentor.")
@click.option("--confirmation-on", help="End of probation.")
@as_option
@json_option
@with_database
def join(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Take somebody into a class."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        one = doing.join(work, id_of(work, OnboardingClass, which), loaded(TraineeInput(), given)).id
    settle(db, settings)
    _show(db, settings, as_login, str(one), as_json)


def _show(db: Any, settings: Any, as_login: str | None, who: str, as_json: bool) -> None:
    with db.begin(acting(db, as_login)) as work:
        one = _trainee(work, who)
        card = card_of(work, one, _today(work, settings))
        secret = secret_of(work.session, work.actor, one)
        if secret is not None:
            note(work, Act.SEEN, secret, place=Place.COMMAND)
        body = card_json(card)
    put(body, as_json=as_json, text="\n".join([
        f"{card.line.person} {card.row.state} day {card.day}/{card.last} quality {body['quality'] or '-'}",
        *(f"  week {one.number} {one.light.value:6} {', '.join(why.value for why in one.signs)}" for one in card.line.weeks)]))


@onboarding.command("show")
@WHO
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, who: str, as_login: str | None, as_json: bool) -> None:
    """One newcomer: weeks, forms, lists, results, talks, decisions. A look is noted."""
    _show(db, settings, as_login, who, as_json)


@onboarding.command("checklist")
@WHO
@as_option
@json_option
@with_database
def checklist(db: Any, settings: Any, who: str, as_login: str | None, as_json: bool) -> None:
    """What must be there before a newcomer works alone, and the welcome pack: settled or open, by which proof."""
    with db.begin(acting(db, as_login)) as work:
        one = _trainee(work, who)
        points = card_of(work, one, _today(work, settings)).points
        secret = secret_of(work.session, work.actor, one)
        if secret is not None:
            note(work, Act.SEEN, secret, place=Place.COMMAND)
        body = [point_json(it) for it in points]
    put({"items": body}, as_json=as_json, text="\n".join(
        f"{one.list:8} {one.state.value:9} {one.key:15} {one.title or one.code} {one.proof or one.reason}".rstrip() for one in points))


@onboarding.command("tick")
@WHO
@click.option("--item", required=True, help="Key of the point, as `checklist` shows it.")
@click.option("--proof", help="What proves it; needed before going live.")
@click.option("--reason", help="Why by hand, where the service knows it by itself.")
@as_option
@json_option
@with_database
def tick(db: Any, settings: Any, who: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Settle a point of a list."""
    _do(db, settings, who, "tick", loaded(TickInput(), given), as_login, as_json)


@onboarding.command("decide")
@WHO
@click.option("--verb", required=True, type=click.Choice(["go_on", "extend", "observe", "enter_team", "transfer", "leave"]))
@click.option("--reason", required=True, help="The newcomer reads it.")
@click.option("--days", type=int, help="Working days, of extend and observe.")
@as_option
@json_option
@with_database
def decide(db: Any, settings: Any, who: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Decide on the week of a newcomer; a person signs for it, so `--as` is needed."""
    _do(db, settings, who, "decide", loaded(DecideInput(), given), as_login, as_json)


def _do(db: Any, settings: Any, who: str, name: str, data: dict[str, Any], as_login: str | None, as_json: bool) -> None:
    act = doing.ACTS[name][1]
    with db.begin(acting(db, as_login)) as work:
        one = _trainee(work, who)
        queries.visible(work.session, work.actor, one)
        act(work, one, data, _today(work, settings), None)
    settle(db, settings)
    _show(db, settings, as_login, str(one), as_json)


@onboarding.command("assign")
@WHICH
@click.option("--course", required=True, help="Number of the course.")
@click.option("--due-on", type=DAY, help="Until when; two weeks without it.")
@click.option("--reason", help="Stands in the assignment.")
@as_option
@json_option
@with_database
def assign(db: Any, settings: Any, which: str, course: str, due_on: Any, reason: str | None, as_login: str | None,
           as_json: bool) -> None:
    """Let every newcomer of a class take a course."""
    with db.begin(acting(db, as_login)) as work:
        made = finding.assign_to_class(work, id_of(work, OnboardingClass, which), id_of(work, Course, course), today=_today(
            work, settings), due_on=due_on.date() if due_on else None, reason=reason)
        body = [{"id": one.id, "person_id": one.person_id} for one in made]
    settle(db, settings)
    put({"items": body}, as_json=as_json, text=f"{len(body)} newcomers")


@onboarding.group("results")
def results_group() -> None:
    """Quality results of newcomers: entered, imported, taken back."""


@results_group.command("list")
@click.option("--class", "which", help="Id or number of a class.")
@click.option("--q", help="Name, account, number or words of the note.")
@click.option("--stand", type=click.Choice(["below", "meets"]), help="Below the baseline, or not.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write all of them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def list_results(db: Any, settings: Any, which: str | None, q: str | None, stand: str | None, limit: int, out: Path | None,
                 as_login: str | None, as_json: bool) -> None:
    """Results, entered last first."""
    with db.look(acting(db, as_login)) as work:
        if not results_queries.sees_results(work.actor):
            work.permit(ENTER_RESULTS)
        if out is not None:
            give_out(out, RESULTS.title, HEAD, lines(work, str, lambda at: at))
            return
        found, _ = results_queries.result_lines(work.session, work.actor, q=q, stand=stand, limit=limit, class_id=id_of(
            work, OnboardingClass, which) if which else None)
    put({"items": [result_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.id:5} {one.on} {one.score:6} {'ok ' if one.meets else 'low'} {one.person} {one.reference or ''}" for one in found))


@results_group.command("add")
@click.option("--person", required=True, help="Account or name of the newcomer.")
@click.option("--score", required=True, help="92, 92.5, 92% or 46/50.")
@click.option("--on", help="The day; today without it.")
@click.option("--reference", help="Number of the inspection.")
@click.option("--note", "note", help="What was noted.")
@as_option
@json_option
@with_database
def add_result(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Enter one result."""
    data = loaded(ResultInput(), given)
    with db.begin(acting(db, as_login)) as work:
        work.permit(ENTER_RESULTS)
        row = results.newcomer_named(work.session, "", data["person"])
        made = results.enter_result(work, row.id, result_of(data, _today(work, settings)), today=_today(work, settings))
        body = result_json(results_queries.result_line(work.session, work.actor, made.id))
    put(body, as_json=as_json, text=f"{body['id']} {body['on']} {body['score']} {body['person']}")


@results_group.command("remove")
@click.argument("which", type=int)
@click.option("--reason", required=True)
@as_option
@with_database
def remove_result(db: Any, settings: Any, which: int, reason: str, as_login: str | None) -> None:
    """Take one result out."""
    with db.begin(acting(db, as_login)) as work:
        results_queries.result_line(work.session, work.actor, which)
        was = results.remove_result(work, which, reason=reason)
    put({}, as_json=False, text=f"{was.on} {was.score} {was.reference or ''}".rstrip())


@results_group.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@as_option
@json_option
@with_database
def bring_in(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Results out of a csv or xlsx file as inspectors keep it; every refused row is named with its reason."""
    actor = acting(db, as_login)
    with db.look(actor) as work:
        today = _today(work, settings)
    take_in(db, actor, RESULTS, file, dry_run=dry_run, as_json=as_json, today=today)


@results_group.command("imports")
@as_option
@json_option
@with_database
def imports(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Files that were taken in, newest first."""
    with db.look(acting(db, as_login)) as work:
        if not results_queries.sees_results(work.actor):
            work.permit(ENTER_RESULTS)
        found, _ = results_queries.import_lines(work.session, work.actor, limit=200)
    put({"items": [import_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{one.id:4} {one.made:4} new {one.changed:4} changed {'taken back' if one.undone_at else '':10} {one.file}" for one in found))


@results_group.command("take-back")
@click.argument("which", type=int)
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def take_back(db: Any, settings: Any, which: int, reason: str, as_login: str | None, as_json: bool) -> None:
    """Take an import back as a whole; `bring-back` undoes it."""
    _settled(db, as_login, as_json, which, lambda work: results.take_back(work, which, reason=reason))


@results_group.command("bring-back")
@click.argument("which", type=int)
@as_option
@json_option
@with_database
def bring_back(db: Any, settings: Any, which: int, as_login: str | None, as_json: bool) -> None:
    """Bring an import back that was taken back."""
    _settled(db, as_login, as_json, which, lambda work: results.bring_back(work, which))


def _settled(db: Any, as_login: str | None, as_json: bool, which: int, act: Any) -> None:
    with db.begin(acting(db, as_login)) as work:
        results_queries.import_line(work.session, work.actor, which)
        found = act(work)
    put({"done": found.done, "stayed": found.stayed}, as_json=as_json, text=f"{found.done} done, {found.stayed} stay as they are")
