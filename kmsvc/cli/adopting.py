"""`kmsvc process definitions add` and `adopt`: processes the centre had before, with their numbers and texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from marshmallow import ValidationError

from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import Text
from kmsvc.core.texts import N_
from kmsvc.people.system import OPERATOR
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup


@click.command("add")
@click.option("--name", required=True)
@click.option("--number", help="The number people know it by; without one the next free is taken.")
@click.option("--group", required=True, type=click.Choice([one.value for one in ProcessGroup]))
@click.option("--class", "klass", required=True, type=click.Choice([one.value for one in ProcessClass]))
@click.option("--owner", metavar="LOGIN", help="A business owner.")
@click.option("--audience", metavar="CODE", help="A unit; without one the whole centre.")
@click.option("--review-months", type=int, default=12, show_default=True)
@as_option
@json_option
@with_database
def add(db: Any, settings: Any, as_login: str | None, as_json: bool, klass: str, **given: Any) -> None:
    """Add a process the centre has already; its text comes through a change request."""
    from kmsvc.process.definitions.adding import ProcessInput, bring_in

    with db.begin(acting(db, as_login)) as work:
        made = bring_in(work, **loaded(ProcessInput(), given | {"class": klass}))
    settle(db, settings)
    put({"id": made.id, "number": made.number}, as_json=as_json, text=f"{made.number} was added.")


@click.command("adopt")
@click.argument("which", metavar="ID|NUMBER")
@click.argument("file", type=click.Path(dir_okay=False))
@click.option("--label", required=True, help="The version it has, e.g. 3.2.")
@click.option("--effective-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day it took effect.")
@click.option("--reason", required=True, help="Where it was approved and by whom; stands in the trail.")
@click.option("--name", help="Its name then; without one the name of the process.")
@click.option("--purpose", default="", help="One sentence.")
@json_option
@with_database
def adopt(db: Any, settings: Any, which: str, file: str, label: str, effective_on: Any, reason: str, name: str | None,
          purpose: str, as_json: bool) -> None:
    """Take over a text (Markdown) that is in force outside kmsvc; the operator of the machine answers for it."""
    from kmsvc.process.definitions.adding import adopt_text, label_of
    from kmsvc.process.definitions.models import Process

    try:
        body = Text(required=True).deserialize(Path(file).read_text("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Sentence(N_("The file %(file)s is not UTF-8 text."), file=file) from error
    except ValidationError as error:
        raise InvalidInput({"file": error.messages}) from error
    with db.begin(OPERATOR) as work:
        made = adopt_text(work, id_of(work, Process, which), body=body, label=label_of(label), effective_on=effective_on.date(),
                          zone=settings.timezone, today=local_date(work.now, settings.timezone), reason=reason, name=name,
                          purpose=purpose)
    settle(db, settings)
    put({"process_id": made.process_id, "n": made.ordinal, "label": made.label, "content_hash": made.content_hash},
        as_json=as_json, text=f"V{made.label} is in force.")
