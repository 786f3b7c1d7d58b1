"""`kmsvc process …`: processes and change requests. One command a verb, from the tables that make pages and API too."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.adopting import add, adopt
from kmsvc.cli.audits import audits
from kmsvc.cli.glue import acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, command, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.process.changes.schemas import LIST_STATES
from kmsvc.process.changes.verbs import VERBS as CHANGE_VERBS
from kmsvc.process.definitions.rules import STATES, ProcessClass, ProcessGroup
from kmsvc.process.definitions.verbs import VERBS as PROCESS_VERBS


class Verbs(click.Group):
    """A group whose commands may be written with dashes as well."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        return super().get_command(ctx, name.replace("-", "_"))


@click.group()
def process() -> None:
    """Processes and change requests."""


@process.group(cls=Verbs)
def changes() -> None:
    """Change requests: submit, look, and every verb of the fifteen steps."""


@process.group(cls=Verbs)
def definitions() -> None:
    """Processes: look, add, review, revert, keep, retire."""


@changes.command("list")
@click.option("--q", help="Words in number or title.")
@click.option("--state", type=click.Choice(LIST_STATES), help="Only open or closed requests, or those at this step or end.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def list_changes(db: Any, settings: Any, q: str | None, state: str | None, limit: int, as_login: str | None,
                 as_json: bool) -> None:
    """Change requests, newest first."""
    from kmsvc.process.changes.queries import change_lines
    from kmsvc.process.changes.schemas import line_json

    with db.look(acting(db, as_login)) as work:
        lines, _ = change_lines(work.session, work.actor, q=q, state=state, process_id=None, before=None, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json,
        text="\n".join(f"{line.number:14} {line.step:2} {line.state:16} {line.title}" for line in lines))


@changes.command("submit")
@click.option("--title", required=True)
@click.option("--reason", required=True, help="@FILE reads a file.")
@click.option("--process", "which", metavar="ID|NUMBER", help="The process to change.")
@click.option("--new-name", help="Name of a new process instead; with --group and --class.")
@click.option("--group", type=click.Choice([one.value for one in ProcessGroup]))
@click.option("--class", "klass", type=click.Choice([one.value for one in ProcessClass]))
@click.option("--wanted-on", metavar="DATE", help="The day it should be in force, today or later.")
@click.option("--urgency", default="normal", show_default=True)
@as_option
@json_option
@with_database
def submit(db: Any, settings: Any, which: str | None, new_name: str | None, group: str | None, klass: str | None,
           as_login: str | None, as_json: bool, **given: Any) -> None:
    """Ask for a change of a process, or for a new one."""
    from kmsvc.process.changes.schemas import SubmitChange, submit_arguments
    from kmsvc.process.changes.usecases import submit_change
    from kmsvc.process.definitions.models import Process

    with db.begin(acting(db, as_login)) as work:
        new = {"name": new_name, "group": group, "class": klass} if new_name else None
        place = {"process_id": id_of(work, Process, which) if which else None, "new_process": new}
        made = submit_change(work, today=local_date(work.now, settings.timezone),
                             **submit_arguments(loaded(SubmitChange(), given | place)))
    settle(db, settings)
    put({"id": made.id, "number": made.number, "state": made.state}, as_json=as_json, text=f"{made.number} was submitted.")


@changes.command("show")
@WHICH
@as_option
@json_option
@with_database
def show_change(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One request: its step, who holds it, and what this person may do now."""
    from kmsvc.process.changes.hindrances import hindered
    from kmsvc.process.changes.models import Change
    from kmsvc.process.changes.queries import change_card
    from kmsvc.process.changes.scenes import me
    from kmsvc.process.changes.schemas import change_json

    with db.look(acting(db, as_login)) as work:
        card = change_card(work.session, work.actor, id_of(work, Change, which), local_date(work.now, settings.timezone))
        refused = list(hindered(card.scene, me(work.actor)))
    body = change_json(card, refused)
    put(body, as_json=as_json, text="\n".join((
        f"{card.number} {card.title}", f"step {card.step}, {card.state}; held by "
        + (", ".join(one.name for one in card.holders) or "nobody"),
        "now: " + (", ".join(one["verb"] for one in body["allowed"]) or "nothing"),
        *(f"not {verb}: {reason}" for verb, reason in refused))))


def do_change(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Do one verb of a change request."""
    from kmsvc.process.changes.doing import run_verb
    from kmsvc.process.changes.models import Change

    verb = CHANGE_VERBS[name]
    with db.begin(acting(db, as_login)) as work:
        row = run_verb(work, id_of(work, Change, which), verb, loaded(verb.schema()(), given), None,
                       today=local_date(work.now, settings.timezone), zone=settings.timezone)
    settle(db, settings)
    put({"id": row.id, "number": row.number, "state": row.state}, as_json=as_json, text=f"{row.number}: {row.state}")


@definitions.command("list")
@click.option("--q", help="Words in number or name.")
@click.option("--state", type=click.Choice(STATES))
@as_option
@json_option
@with_database
def list_processes(db: Any, settings: Any, q: str | None, state: str | None, as_login: str | None, as_json: bool) -> None:
    """The processes of the tree, by number."""
    from kmsvc.process.definitions.api import process_json
    from kmsvc.process.definitions.queries import process_lines

    with db.look(acting(db, as_login)) as work:
        lines = process_lines(work.session, work.actor, q=q, state=state)
    put({"items": [process_json(line) for line in lines]}, as_json=as_json,
        text="\n".join(f"{line.number:10} {line.label or '-':6} {line.state:10} {line.name}" for line in lines))


def do_process(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Do one act on a process."""
    from kmsvc.process.definitions.models import Process
    from kmsvc.process.definitions.verbs import Around, act

    with db.begin(acting(db, as_login)) as work:
        around = Around(local_date(work.now, settings.timezone), settings.timezone)
        row = act(work, id_of(work, Process, which), name, loaded(PROCESS_VERBS[name].schema()(), given), around)
    settle(db, settings)
    put({"id": row.id, "number": row.number, "published_version_id": row.published_version_id}, as_json=as_json,
        text=f"{row.number}: done.")


definitions.add_command(add)
definitions.add_command(adopt)
process.add_command(audits)
for _verb in CHANGE_VERBS.values():
    changes.add_command(command(_verb.name, _verb.rule.label, _verb.inputs, do_change))
for _act in PROCESS_VERBS.values():
    definitions.add_command(command(_act.name, _act.label, _act.inputs, do_process))
