"""What commands share: settings, the acting party, sentences instead of tracebacks, JSON on stdout, progress on stderr."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from environs import EnvError
from sqlalchemy.exc import DBAPIError

from kmsvc.core.actors import Actor
from kmsvc.core.api import jsonable
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.logs import configure
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.settings import Settings


class PartFailed(Exception):
    """Some of it failed and was named; what succeeded is kept. Exit status 1."""


class Sentence(Refusal):
    """A refusal of the command line itself."""

    status = 2
    code = "command"


def run(command: click.Command) -> int:
    """Run a command tree and turn every end into an exit status."""
    configure(logging.WARNING, tracebacks=False)
    try:
        result = command.main(standalone_mode=False)
        return result if isinstance(result, int) else 0
    except PartFailed:
        return 1
    except InvalidInput as error:
        say_error(refused_fields(error) or str(error))
    except Refusal as error:
        say_error(str(error))
    except click.exceptions.Abort:
        say_error("Stopped. What was finished is kept; the command can be run again.")
    except click.ClickException as error:
        error.show(sys.stderr)
    except EnvError as error:
        say_error(f"A setting cannot be used. {error}")
    except DBAPIError as error:
        if os.environ.get("KMSVC_DEBUG"):
            raise
        say_error(_database_sentence(error))
    except (OSError, RuntimeError) as error:
        if os.environ.get("KMSVC_DEBUG"):
            raise
        say_error(str(error) or type(error).__name__)
    except KeyboardInterrupt:
        say_error("Stopped. What was finished is kept; the command can be run again.")
    except Exception as error:
        if os.environ.get("KMSVC_DEBUG"):
            raise
        say_error(f"Something unexpected happened ({type(error).__name__}: {error}). KMSVC_DEBUG=1 shows where.")
    return 2


def refused_fields(error: InvalidInput) -> str:
    """`field: sentence` for each, on one line."""
    return "; ".join(f"{name}: {' '.join(map(str, said)) if isinstance(said, list) else said}"
                     for name, said in error.fields.items())


def _database_sentence(error: DBAPIError) -> str:
    words = str(error.orig)
    if "no such table" in words or "does not exist" in words:
        return "There is no kmsvc database here yet. Run `kmsvc init` first (KMSVC_DATA_DIR names the folder)."
    return f"The database refused: {words.splitlines()[0]}"


def say(text: str) -> None:
    """A message for the person at the terminal; stdout stays for results."""
    click.echo(text, err=True)


def say_error(text: str) -> None:
    """One clear sentence on stderr."""
    click.echo(f"kmsvc: {text}", err=True)


def put(body: Any, *, as_json: bool, text: str | None = None) -> None:
    """A result: one JSON document, or lines for people."""
    click.echo(json.dumps(jsonable(body), ensure_ascii=False, indent=2) if as_json else (text if text is not None else ""))


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
as_option = click.option("--as", "as_login", metavar="LOGIN", help="Act with this person's rights.")


def get_settings() -> Settings:
    """The machine's settings."""
    return Settings.from_env()


def settings_of_centre() -> Settings:
    """The settings of a centre that is there; where none is, the refusal leaves nothing behind."""
    open_database(Settings.from_env(make=False)).engine.dispose()
    return get_settings()


def open_database(settings: Settings | None = None) -> Database:
    """The database with everything registered; refuses one that was never made or is newer than this program."""
    from kmsvc.app import make_database
    from kmsvc.operations.dump_sqlite import database_file
    from kmsvc.operations.schema import NewerSchema, current_revision, head_revision, known_revisions
    from kmsvc.registry import load_nouns

    missing = Sentence(N_(
        "There is no kmsvc database here yet. Run `kmsvc init` first (KMSVC_DATA_DIR names the folder)."))
    settings = settings or Settings.from_env(make=False)
    if settings.is_sqlite and not (database_file(settings.database_url) or settings.data_dir).exists():
        raise missing  # to look would make an empty file
    load_nouns()
    db = make_database(settings)
    with db.engine.connect() as connection:
        found = current_revision(connection)
    if found is None:
        raise missing
    if found not in known_revisions():
        raise NewerSchema(found)
    if found != head_revision():
        raise Sentence(N_("This database was made by an older release. Run `kmsvc init` to upgrade it; a backup is made first."))
    return db


def acting(db: Database, login: str | None) -> Actor:
    """The person behind `--as`, else the operator of the machine."""
    from kmsvc.people.accounts.queries import actor_of, person_by_login
    from kmsvc.people.system import OPERATOR, SYSTEM

    if login is None:
        return OPERATOR
    with db.look(SYSTEM) as work:
        person = person_by_login(work.session, login)
        if person is None or person.state != "active":
            raise Sentence(N_("There is no active account %(login)s."), login=login)
        return actor_of(work.session, person, login=login.strip().lower(), via="cli", fresh=True)


ROW_ID = click.IntRange(1, 2**31 - 1)
"""an id as the database holds it"""


def checked(schema: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What was given, through the schema of the JSON door; InvalidInput says what does not fit."""
    from marshmallow import ValidationError

    from kmsvc.core.errors import InvalidInput

    try:
        found: dict[str, Any] = schema.load(given)
    except ValidationError as error:
        raise InvalidInput(error.normalized_messages()) from error
    return found


MANY = 1000
"""From so many changed documents on, building the index anew is quicker than taking them in."""


def settle(db: Database, settings: Settings) -> None:
    """Deliver what a command caused and bring the index level, worker or not."""
    from sqlalchemy import func, select

    from kmsvc.people.system import SYSTEM
    from kmsvc.reactions import Surroundings
    from kmsvc.search.engine import SearchEngine
    from kmsvc.search.models import DirtyMark
    from kmsvc.search.usecases import clear_marks_before, rebuild
    from kmsvc.worker import drain, take_in_all

    drain(db, Surroundings(settings.timezone, settings.base_url))
    engine = SearchEngine(settings.index_dir)
    with db.look(SYSTEM) as work:
        last, waiting = work.session.execute(select(func.max(DirtyMark.id), func.count(DirtyMark.id))).one()
    if waiting >= MANY:
        marks = rebuild(db, engine, SYSTEM)
        clear_marks_before(db, SYSTEM, last)
        say(f"The index was built anew: {marks} documents.")
    take_in_all(db, engine)


def with_database(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `db` and `settings`."""
    @wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        db = open_database(Settings.from_env(make=False))  # a refusal leaves nothing behind
        return function(*args, db=db, settings=get_settings(), **kwargs)
    return inner


FEWEST = 100
"""So many are done at least between two plain lines of progress: a short work says only that it is done."""


@contextmanager
def ctrl_c_waits() -> Iterator[Callable[[], bool]]:
    """Yields whether Ctrl-C was pressed. The first one is left to the work, which ends between two batches: in the middle of a
    statement the driver may make a failed statement of it. A second one interrupts at once."""
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def press(number: int, frame: Any) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)
    if before is not signal.default_int_handler or threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    signal.signal(signal.SIGINT, press)
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(label: str, length: int | None, *, quiet: bool = False) -> Any:
    """A bar on a terminal, plain lines elsewhere; yields a function that is told how many are done."""
    if quiet or not sys.stderr.isatty():
        state = {"shown": 0}

        def plain(done: int) -> None:
            step = max(FEWEST, (length or 0) // 10)
            if not quiet and (done - state["shown"] >= step or done == length):
                state["shown"] = done
                say(f"{label} {done}" + (f"/{length}" if length else ""))
        yield plain
        return
    with click.progressbar(length=length or 0, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(done - bar.pos)
