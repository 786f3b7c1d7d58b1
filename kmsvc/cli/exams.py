"""`kmsvc training exams …`: plan, announce, move and cancel exams; their people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, act_on, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.core.work import Work
from kmsvc.people.accounts.lists import read_people
from kmsvc.training.exams import doing, queries, usecases
from kmsvc.training.exams.checking import checklist
from kmsvc.training.exams.lists import add_listed, told_json
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.permissions import PLAN_EXAM, SEE_EXAMS
from kmsvc.training.exams.schemas import (
    STATES,
    TEMPLATES,
    ExamInput,
    ExtraInput,
    RulesInput,
    candidate_json,
    changes_of,
    in_zone,
    line_json,
)
from kmsvc.training.exams.usecases import Wish


@click.group("exams")
def exams() -> None:
    """Exams: paper × time × people."""


def _line(line: queries.ExamLine, settings: Any) -> str:
    at = local(line.opens_at, settings.timezone).strftime("%Y-%m-%d %H:%M")
    return f"{line.number} {line.phase or line.state:9} {at} {line.candidates:4} {line.title}"


def _put(work: Work, exam_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    line = queries.exam_line(work.session, work.actor, exam_id, work.now)
    cards = queries.candidates_of(work.session, queries.visible(work.session, work.actor, exam_id))
    put(line_json(line) | {"people": [candidate_json(one) for one in cards]}, as_json=as_json,
        text="\n".join([_line(line, settings), *(f"  {one.person_id:5} {one.name:20} {one.room or '-':10} {one.sat or '-'}"
                                                 for one in cards)]))


@exams.command("list")
@click.option("--q", help="Number or title.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--template", type=click.Choice(TEMPLATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, template: str | None, limit: int, as_login: str | None,
            as_json: bool) -> None:
    """Exams, those that open last first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_EXAMS)
        lines, _ = queries.exam_lines(work.session, work.actor, work.now, queries.ExamFilters(q=q, state=state, template=template),
                                      limit=limit)
    put({"items": [line_json(one) for one in lines]}, as_json=as_json, text="\n".join(_line(one, settings) for one in lines))


@exams.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One exam with its people."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_EXAMS)
        _put(work, id_of(work, Exam, which), settings, as_json)


@exams.command("plan")
@click.option("--title", required=True)
@click.option("--paper", required=True, type=click.IntRange(1), help="Id of a paper.")
@click.option("--opens-at", required=True, help="As 2026-11-30T09:00, the clock of the centre.")
@click.option("--template", type=click.Choice(TEMPLATES))
@click.option("--set", "more", multiple=True, metavar="COLUMN=VALUE", help="A figure that is otherwise than the template says.")
@as_option
@json_option
@with_database
def plan(db: Any, settings: Any, more: tuple[str, ...], as_login: str | None, as_json: bool, **given: Any) -> None:
    """Plan an exam; everything that is not named comes from the template."""
    data = loaded(ExamInput(), given | _pairs(more))
    changes = {name: value for name, value in changes_of(data, settings.timezone).items()
               if name not in ("title", "paper_id", "template", "opens_at")}
    with db.begin(acting(db, as_login)) as work:
        wish = Wish(data["title"], data["paper"], in_zone(data["opens_at"], settings.timezone), data.get("template"), changes)
        _put(work, usecases.plan_exam(work, wish, zone=settings.timezone).id, settings, as_json)


def _pairs(more: tuple[str, ...]) -> dict[str, str]:
    return {name.strip().replace("-", "_"): value for name, _, value in (one.partition("=") for one in more)}


@exams.command("change")
@WHICH
@click.option("--set", "more", multiple=True, required=True, metavar="COLUMN=VALUE")
@click.option("--reason")
@as_option
@json_option
@with_database
def change(db: Any, settings: Any, which: str, more: tuple[str, ...], reason: str | None, as_login: str | None, as_json: bool) -> None:
    """Change figures of a plan; another opens_at moves all times along, and an announced exam tells its people."""
    data = loaded(RulesInput(), _pairs(more) | {"reason": reason})

    def act(work: Work, exam_id: int) -> None:
        usecases.change_exam(work, exam_id, changes_of(data, settings.timezone), zone=settings.timezone, reason=reason)
    act_on(db, settings, as_login, Exam, which, act, lambda work, one: _put(work, one, settings, as_json))


@exams.command("copy")
@WHICH
@click.option("--opens-at", required=True, help="As 2026-11-30T09:00.")
@as_option
@json_option
@with_database
def copy(db: Any, settings: Any, which: str, opens_at: str, as_login: str | None, as_json: bool) -> None:
    """A new plan like it at another time."""
    at: datetime = loaded(RulesInput(), {"opens_at": opens_at})["opens_at"]
    with db.begin(acting(db, as_login)) as work:
        row = usecases.copy_exam(work, id_of(work, Exam, which), in_zone(at, settings.timezone), zone=settings.timezone)
        _put(work, row.id, settings, as_json)


@exams.command("add")
@WHICH
@click.argument("people", nargs=-1)
@click.option("--rule", nargs=2, metavar="RULE VALUE", help="unit CODE, post CODE, role CODE, change NUMBER, not_passed NUMBER …")
@click.option("--file", "path", type=click.Path(path_type=Path, dir_okay=False), help="A csv or xlsx file.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, which: str, people: tuple[str, ...], rule: tuple[str, str] | None, path: Path | None,
        as_login: str | None, as_json: bool) -> None:
    """Let people sit it: by login or name, by rule, from a sheet. Every refused row is named."""
    with db.begin(acting(db, as_login)) as work:
        exam_id = id_of(work, Exam, which)
        if rule:
            done, words = doing.add_by_rule(work, exam_id, rule[0], rule[1], local_date(work.now, settings.timezone))
            told: dict[str, Any] = {"rule": words, "added": len(done.added), "there": len(done.there), "refused": []}
        else:
            rows = read_people(path, path.name) if path else list(enumerate(people, 1))
            told = told_json(add_listed(work, exam_id, rows, because=""))
    put(told, as_json=as_json, text="\n".join([f"{told['added']} added, {told['there']} there, {len(told['refused'])} refused",
                                               *(f"  {one['row']}: {one['words']}: {one['said']}" for one in told["refused"])]))


@exams.command("extra")
@WHICH
@click.argument("person", type=click.IntRange(1))
@click.option("--percent", type=int)
@click.option("--minutes", type=int)
@click.option("--reason", required=True)
@as_option
@json_option
@with_database
def extra(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Give one person (id) more time, with the reason."""
    data = loaded(ExtraInput(), given)
    act_on(db, settings, as_login, Exam, which, lambda work, one: usecases.set_extra(
        work, one, data["person"], percent=data["percent"] or 0, minutes=data["minutes"] or 0, reason=data["reason"]),
        lambda work, one: _put(work, one, settings, as_json))


@exams.command("people")
@WHICH
@click.argument("verb", type=click.Choice(["remove", "make_up", "back"]))
@click.argument("people", nargs=-1, required=True)
@click.option("--reason")
@as_option
@json_option
@with_database
def people_command(db: Any, settings: Any, which: str, verb: str, people: tuple[str, ...], reason: str | None, as_login: str | None,
                   as_json: bool) -> None:
    """Take people off the list, or let them sit it in the make-up, or back in the first window."""
    data = {"people": list(people), "reason": reason, "back": verb == "back"}
    act_on(db, settings, as_login, Exam, which, lambda work, one: doing.act_on_people(
        work, one, "remove" if verb == "remove" else "make_up", data), lambda work, one: _put(work, one, settings, as_json))


@exams.command("markers")
@WHICH
@click.argument("logins", nargs=-1)
@as_option
@json_option
@with_database
def markers(db: Any, settings: Any, which: str, logins: tuple[str, ...], as_login: str | None, as_json: bool) -> None:
    """Set who marks it."""
    act_on(db, settings, as_login, Exam, which, lambda work, one: usecases.set_markers(work, one, doing.people_in(
        work, list(logins), "markers")), lambda work, one: _put(work, one, settings, as_json))


@exams.command("check")
@WHICH
@as_option
@json_option
@with_database
def check(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Everything that matters before it is announced."""
    with db.look(acting(db, as_login)) as work:
        work.permit(PLAN_EXAM)
        points = checklist(work, queries.visible(work.session, work.actor, id_of(work, Exam, which)), settings.timezone)
    put({"ready": all(one.kind != "bad" for one in points), "points": [{"code": one.code, "kind": one.kind} for one in points]},
        as_json=as_json, text="\n".join(f"{one.kind:5} {one.said % one.params}" for one in points))


def _acting(name: str, words: str, act: Callable[[Work, int, str, str | None], Any]) -> None:
    @exams.command(name, help=words)
    @WHICH
    @click.option("--reason", required=name == "cancel")
    @as_option
    @json_option
    @with_database
    def command(db: Any, settings: Any, which: str, reason: str | None, as_login: str | None, as_json: bool) -> None:
        act_on(db, settings, as_login, Exam, which, lambda work, one: act(work, one, settings.timezone, reason),
               lambda work, one: _put(work, one, settings, as_json))


_acting("publish", "Announce it: papers are composed, its people are told.",
        lambda work, one, zone, reason: usecases.publish(work, one, zone=zone))
_acting("take-back", "Plan on it again.", lambda work, one, zone, reason: usecases.take_back(work, one, zone=zone, reason=reason))
_acting("cancel", "It does not take place.", lambda work, one, zone, reason: usecases.cancel(work, one, zone=zone, reason=reason or ""))
