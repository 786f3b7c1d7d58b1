"""What commands on one thing share: which one it is, its inputs, one command a verb, away and back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from marshmallow import Schema

from kmsvc.cli.glue import acting, as_option, checked, json_option, put, settle, with_database
from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.forms import Input
from kmsvc.core.work import Database, Work
from kmsvc.settings import Settings

WHICH = click.argument("which", metavar="ID|NUMBER")


def loaded(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    """Options through the schema of the JSON door; `@file` stands for what the file says."""
    values = {name: Path(value[1:]).read_text("utf-8") if isinstance(value, str) and value.startswith("@") else value
              for name, value in given.items() if value is not None}
    return checked(schema, values)


def id_of(work: Work, model: Any, which: str) -> int:
    """The id behind an id or a readable number."""
    from sqlalchemy import select

    if which.isdecimal() and len(which) < 18:
        return int(which)
    found = work.session.scalar(select(model.id).where(model.number == which.upper()))
    if found is None:
        raise NotFound()
    return int(found)


def options_of(inputs: Sequence[Input]) -> list[click.Parameter]:
    """One option an input."""
    return [click.Option([f"--{one.name.replace('_', '-')}", one.name], metavar=one.kind.upper(),
                         help=f"{one.label}{' (@FILE reads a file)' if one.kind == 'text' else ''}"
                              f"{' [needed]' if one.required else ''}") for one in inputs]


def together(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Options that several commands take, as one decorator; the help lists them in this order."""
    def give(function: Any) -> Any:
        for option in reversed(options):
            function = option(function)
        return function
    return give


def show_settled(db: Database, settings: Settings, actor: Actor, show: Callable[[Work], None]) -> None:
    """Deliver what the command caused, then show the thing as this person sees it now."""
    settle(db, settings)
    with db.look(actor) as work:
        show(work)


def act_on(db: Database, settings: Settings, as_login: str | None, model: Any, which: str, act: Callable[[Work, int], Any],
           show: Callable[[Work, int], None]) -> None:
    """Do one act on the thing of an id or number, deliver what it caused, then show the thing."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        one = id_of(work, model, which)
        act(work, one)
    show_settled(db, settings, actor, lambda work: show(work, one))


def command(name: str, label: str, inputs: Sequence[Input], run: Callable[..., None]) -> click.Command:
    """A verb as a command: which thing, its inputs, as whom. `run` is called with its name first."""
    made = click.Command(name, callback=with_database(partial(run, name)), help=f"{label}.", params=[
        click.Argument(["which"], metavar="ID|NUMBER"), *options_of(inputs)])
    return as_option(json_option(made))  # type: ignore[no-any-return]


def add_verbs(group: click.Group, model: Any, verbs: Mapping[str, Any], act: Callable[[Work, int, str, dict[str, Any], Settings], Any],
              show: Callable[[Work, int, Settings, bool], None]) -> None:
    """One command for each verb of a table. model: of the thing; act: does a verb by its name with loaded inputs, for the thing of
    an id; show: says how that stands afterwards, as JSON or in lines."""
    def run(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
        data = loaded(verbs[name].schema()(), given)
        act_on(db, settings, as_login, model, which, lambda work, one: act(work, one, name, data, settings),
               lambda work, one: show(work, one, settings, as_json))
    for verb in verbs.values():
        group.add_command(command(verb.name, verb.label, verb.inputs, run))


def add_remove_and_restore(group: click.Group, model: Any, *, path: str, about: str, remove: Callable[..., Any],
                           restore: Callable[[Work, int], Any], show: Callable[[Work, int, bool], None]) -> None:
    """The two commands of a thing that can be put back. path: of the group, for the line that says how to undo; about: what being
    removed means; remove, restore: its use cases; show: says how it stands once it is back."""
    @group.command("remove", help=about)
    @WHICH
    @click.option("--reason", help="Stands in the audit trail.")
    @as_option
    @json_option
    @with_database
    def remove_command(db: Any, settings: Any, which: str, reason: str | None, as_login: str | None, as_json: bool) -> None:
        with db.begin(acting(db, as_login)) as work:
            row = remove(work, id_of(work, model, which), reason=reason)
        put({"id": row.id, "removed": True}, as_json=as_json, text=f"{path} restore {row.number}")

    @group.command("restore")
    @WHICH
    @as_option
    @json_option
    @with_database
    def restore_command(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
        """Put it back."""
        actor = acting(db, as_login)
        with db.begin(actor) as work:
            row = restore(work, id_of(work, model, which))
        with db.look(actor) as work:
            show(work, row.id, as_json)
