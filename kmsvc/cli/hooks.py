"""`kmsvc hooks …`: other systems that are told what happens here."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import click

from kmsvc.cli.glue import ROW_ID, PartFailed, acting, as_option, json_option, put, with_database
from kmsvc.cli.things import loaded
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.hooks import queries, usecases
from kmsvc.hooks.permissions import MANAGE_HOOKS
from kmsvc.hooks.rules import OFFERED, DeliveryState
from kmsvc.hooks.schemas import DELIVERY_STATES, NewHookInput, delivery_json, hook_json, wish_of
from kmsvc.hooks.sending import send_of

WHICH = click.argument("hook_id", type=ROW_ID)


@click.group("hooks")
def hooks() -> None:
    """Other systems that are told what happens here."""


@hooks.command("list")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """Hooks by name."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, MANAGE_HOOKS)
        lines = queries.hook_lines(work.session)
    put({"items": [hook_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.id:4} {line.state:8} waiting {line.waiting:5} given up {line.dead:5} {line.name} {line.address}" for line in lines))


@hooks.command("kinds")
@json_option
def kinds(as_json: bool) -> None:
    """What can be told."""
    put({"items": [{"kind": kind, "what": one.label} for kind, one in OFFERED.items()]}, as_json=as_json,
        text="\n".join(f"{kind:32} {one.label}" for kind, one in OFFERED.items()))


@hooks.command("add")
@click.argument("name")
@click.argument("address")
@click.option("--login", required=True, help="Account whose rights count.")
@click.option("--kind", "kinds", multiple=True, required=True, metavar="KIND", help="A kind of fact; several times for several, or all.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from the first line of stdin; else one is made and printed.")
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, name: str, address: str, login: str, kinds: tuple[str, ...], secret_stdin: bool,
        as_login: str | None, as_json: bool) -> None:
    """Register the address of another system."""
    given = sys.stdin.readline().strip() if secret_stdin else None
    wanted = list(OFFERED) if kinds == ("all",) else list(kinds)
    data = loaded(NewHookInput(), {"name": name, "address": address, "login": login, "kinds": wanted, "secret": given})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = usecases.add_hook(work, wish_of(data, settings), secret=given)
    with db.look(actor) as work:
        line = queries.hook_line(work.session, row.id)
    put(hook_json(line, secret=None if given else row.secret), as_json=as_json,
        text=f"{line.id} {line.name}" + ("" if given else f"\nsecret {row.secret}"))


@hooks.command("log")
@WHICH
@click.option("--state", type=click.Choice(DELIVERY_STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def log(db: Any, settings: Any, hook_id: int, state: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """What was sent, newest first."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, MANAGE_HOOKS)
        queries.hook_line(work.session, hook_id)
        lines, _ = queries.delivery_lines(work.session, hook_id, state=state, limit=limit)
    put({"items": [delivery_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.id:6} {line.at:%Y-%m-%d %H:%M} {line.state:8} {line.tries:3} {line.status or '-':>4} {line.kind} {line.error or ''}"
        for line in lines))


def _act(db: Any, hook_id: int, as_login: str | None, as_json: bool, run: Callable[[Work], Any]) -> None:
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        run(work)
    with db.look(actor) as work:
        line = queries.hook_line(work.session, hook_id)
    put(hook_json(line), as_json=as_json, text=f"{line.id} {line.state} {line.name}")


@hooks.command("test")
@WHICH
@as_option
@json_option
@with_database
def test(db: Any, settings: Any, hook_id: int, as_login: str | None, as_json: bool) -> None:
    """Send a delivery that says nothing, now and from here; exit status 1 where it was not taken."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = usecases.test_hook(work, hook_id)
    for wait in (*[0.0] * 10, *[0.5] * 30):  # what waits longer goes first, and the worker may have taken it
        time.sleep(wait)
        send_of(db, settings, hook_id)
        with db.look(actor) as work:
            line = next((one for one in queries.delivery_lines(work.session, hook_id)[0] if one.id == row.id), None)
        if line is None or line.state != DeliveryState.WAITING:
            break
    if line is None:
        raise NotFound()
    put(delivery_json(line), as_json=as_json, text=f"{line.state} {line.status or ''} {line.error or ''} {line.answer or ''}".strip())
    if line.state != "sent":
        raise PartFailed()


@hooks.command("pause")
@WHICH
@click.option("--reason", help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def pause(db: Any, settings: Any, hook_id: int, reason: str | None, as_login: str | None, as_json: bool) -> None:
    """Nothing is sent until it goes on; what happens meanwhile waits."""
    _act(db, hook_id, as_login, as_json, lambda work: usecases.pause_hook(work, hook_id, reason=reason))


@hooks.command("resume")
@WHICH
@as_option
@json_option
@with_database
def resume(db: Any, settings: Any, hook_id: int, as_login: str | None, as_json: bool) -> None:
    """It is told again, first of what waited."""
    _act(db, hook_id, as_login, as_json, lambda work: usecases.resume_hook(work, hook_id))


@hooks.command("retry")
@WHICH
@click.option("--delivery", type=ROW_ID, help="Only this one.")
@as_option
@json_option
@with_database
def retry(db: Any, settings: Any, hook_id: int, delivery: int | None, as_login: str | None, as_json: bool) -> None:
    """Send once more what was given up."""
    _act(db, hook_id, as_login, as_json, lambda work: usecases.try_again(work, hook_id, delivery))


@hooks.command("secret")
@WHICH
@click.option("--stdin", "secret_stdin", is_flag=True, help="Read it from the first line of stdin; else one is made and printed.")
@as_option
@with_database
def secret(db: Any, settings: Any, hook_id: int, secret_stdin: bool, as_login: str | None) -> None:
    """Sign with another secret from now on; prints one that is made here and nothing else."""
    given = sys.stdin.readline().strip() if secret_stdin else None
    if given is not None and not 24 <= len(given) <= 100:
        raise InvalidInput({"secret": [N_("24 to 100 characters are needed.")]})
    with db.begin(acting(db, as_login)) as work:
        row = usecases.new_secret(work, hook_id, secret=given)
    if given is None:
        put({}, as_json=False, text=row.secret)


@hooks.command("remove")
@WHICH
@click.option("--reason", help="Stands in the audit trail.")
@as_option
@json_option
@with_database
def remove(db: Any, settings: Any, hook_id: int, reason: str | None, as_login: str | None, as_json: bool) -> None:
    """It is told of nothing any more."""
    with db.begin(acting(db, as_login)) as work:
        usecases.remove_hook(work, hook_id, reason=reason)
    put({"id": hook_id, "removed": True}, as_json=as_json, text=f"{hook_id} removed")
