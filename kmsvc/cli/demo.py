"""`kmsvc demo`: a believable centre on this machine, in one command."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import event

from kmsvc.cli.glue import Sentence, say
from kmsvc.core.texts import N_
from kmsvc.people.roles import Role
from kmsvc.settings import Settings

STALE_DAYS = 6
EARLIEST, LATEST = date(2010, 1, 1), date(2090, 12, 31)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port; the next free one when it is taken.",
)
@click.option("--size", type=click.Choice(["small", "large"]), help="How much content; small unless said.")
@click.option("--seed", type=int, help="Another number makes another centre; 1 unless said.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day the demo's dates count from.")
@click.option("--reset", is_flag=True, help="Throw the demo away and make it anew; asks first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--no-serve", is_flag=True, help="Only make it.")
def demo(port: int, size: str | None, seed: int | None, today: datetime | None, reset: bool, yes: bool, no_serve: bool) -> None:
    """Make a believable centre and serve it on this machine; a second start keeps its data."""
    from kmsvc.cli.serve import free_port, run_web

    folder = Path(os.environ.get("KMSVC_DATA_DIR") or "var/demo").absolute()
    if reset and (folder / "demo.json").exists():
        if not yes:
            click.confirm(f"Throw away the demo in {folder}?", abort=True, err=True)
        with _held(folder, alone=True):
            shutil.rmtree(folder)
    day = today.date() if today else None
    if not (folder / "demo.json").exists():
        make(folder, size=size or "small", seed=1 if seed is None else seed, today=day)
        kept = json.loads((folder / "demo.json").read_text())
    else:
        kept = json.loads((folder / "demo.json").read_text())
        _say_what_is_there(kept, size=size, seed=seed, today=day)
    if no_serve:
        return
    if os.environ.get("KMSVC_DATABASE_URL"):
        raise Sentence(N_("A demo keeps to its own folder; unset KMSVC_DATABASE_URL."))
    chosen = free_port("127.0.0.1", port)
    if port and chosen != port:
        say(f"Port {port} is taken; serving on {chosen} instead.")
    bring_up_to_date(folder)
    settings = Settings.from_env(data_dir=folder, base_url=f"http://127.0.0.1:{chosen}")
    with _held(folder, alone=False):
        run_web(settings, "127.0.0.1", chosen, with_worker=True, told=lambda at: _tell(at, kept, folder))


def bring_up_to_date(folder: Path) -> None:
    """A demo of an older release is upgraded as `kmsvc init` does it: a backup first, what was done in it stays."""
    from kmsvc.core.db import make_engine
    from kmsvc.operations.schema import current_revision, head_revision
    from kmsvc.operations.upgrade import upgrade_safely

    settings = Settings.from_env(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}")
    if not (folder / "kmsvc.db").exists():
        return  # what serves it says so
    engine = make_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            found = current_revision(connection)
        if found not in (None, head_revision()):
            with _held(folder, alone=True):
                before, after = upgrade_safely(settings, engine)
            say(f"Upgraded the demo from {before} to {after}.")
    finally:
        engine.dispose()


@contextmanager
def _held(folder: Path, *, alone: bool) -> Iterator[None]:
    """Keep the folder from being thrown away or made twice at once: any number may serve it, one alone may make it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "in-use").open("w") as handle:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError as error:
            raise Sentence(N_("The demo in %(folder)s is being made or served right now; stop that first, or wait."),
                           folder=folder) from error
        yield


def _say_what_is_there(kept: dict[str, Any], *, size: str | None, seed: int | None, today: date | None) -> None:
    """Say plainly that a demo that is there stays as it is, and when its dates have grown old."""
    from kmsvc.core.clock import system_clock

    wanted = {"size": size, "seed": seed, "today": today.isoformat() if today else None}
    if any(value is not None and value != kept[name] for name, value in wanted.items()):
        say(f"The demo is there already: size {kept['size']}, seed {kept['seed']}, day {kept['today']}. "
            "It stays as it is; --reset makes it anew.")
    elif (system_clock().date() - date.fromisoformat(kept["today"])).days > STALE_DAYS:
        say(f"The demo's dates count from {kept['today']}; --reset makes one that counts from today.")


def _tell(port: int, kept: dict[str, Any], folder: Path) -> None:
    click.echo(f"\n  kmsvc demo: http://127.0.0.1:{port}\n")
    click.echo(f"  password for every sign-in: {kept['password']}\n")
    for label, login in kept["banner"]:
        click.echo(f"    {label:24} {login}")
    click.echo(f"\n  data: {folder}    Ctrl-C stops it.", nl=True)


def make(folder: Path, *, size: str = "small", seed: int = 1, today: date | None = None) -> None:
    """The demo's data folder: database played through the real use cases, index, sign-ins. Interrupted, it is begun anew."""
    if today is not None and not EARLIEST <= today <= LATEST:
        raise Sentence(N_("The demo's day lies between %(first)s and %(last)s."), first=EARLIEST, last=LATEST)
    if os.environ.get("KMSVC_DATABASE_URL"):
        raise Sentence(N_("A demo keeps to its own folder; unset KMSVC_DATABASE_URL."))
    if (folder / "kmsvc.db").exists() and not (folder / "making").exists():
        raise Sentence(N_("%(folder)s holds a database that is no demo; choose another folder."), folder=folder)
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)  # what is made here is short-lived or kept to the end
    try:
        with _held(folder, alone=True):
            _make(folder, size, seed, today)
    finally:
        gc.set_threshold(*usual)


def _make(folder: Path, size: str, seed: int, today: date | None) -> None:
    from kmsvc.cli.operate import readable_password
    from kmsvc.core.clock import local_date, start_of_day, system_clock
    from kmsvc.core.db import make_engine
    from kmsvc.demo.coaching import coach_contacts
    from kmsvc.demo.figures import count_figures
    from kmsvc.demo.gaps import find_gaps
    from kmsvc.demo.health import show_signs
    from kmsvc.demo.licensing import license_writers
    from kmsvc.demo.play import play
    from kmsvc.demo.reviewing import hold_reviews
    from kmsvc.demo.shelving import fill_shelves
    from kmsvc.operations.schema import upgrade
    from kmsvc.people.accounts.passwords import hash_password
    from kmsvc.people.system import OPERATOR
    from kmsvc.registry import load_nouns
    from kmsvc.search.engine import SearchEngine
    from kmsvc.search.usecases import rebuild

    _forget(folder)
    settings = Settings.from_env(data_dir=folder)
    (folder / "making").write_text("")
    load_nouns()
    engine = make_engine(settings.database_url)
    event.listen(engine, "connect", lambda raw, record: raw.execute("PRAGMA synchronous=OFF"))  # still being made
    upgrade(engine)
    password = readable_password()
    now = system_clock()
    day = today or local_date(now, settings.timezone)
    if today is not None:
        now = start_of_day(today, settings.timezone) + timedelta(hours=10)
    people = play(
        engine,
        zone=settings.timezone,
        base_url=settings.base_url,
        today=day,
        now=now,
        seed=seed,
        size=size,
        password_hash=hash_password(password),
        files=settings.files_dir,
        told=lambda what: say(f"Making the demo: {what} …"),
    )
    from kmsvc.app import make_database

    search = SearchEngine(settings.index_dir)
    done = rebuild(make_database(settings, engine=engine), search, OPERATOR)
    find_gaps(engine, search, zone=settings.timezone, base_url=settings.base_url, now=now)
    show_signs(engine, people.sign_ins, zone=settings.timezone, base_url=settings.base_url, now=now)
    hold_reviews(engine, people.sign_ins, zone=settings.timezone, base_url=settings.base_url, now=now)
    coach_contacts(engine, people.sign_ins, zone=settings.timezone, base_url=settings.base_url, now=now, seed=seed)
    license_writers(engine, people.sign_ins, zone=settings.timezone, base_url=settings.base_url, now=now)
    fill_shelves(engine, search, people.sign_ins, zone=settings.timezone, base_url=settings.base_url, now=now)
    count_figures(engine, zone=settings.timezone, now=now)
    engine.dispose()
    say(f"Indexed {done} documents.")
    banner = [[Role(role).label, login] for role, login in people.sign_ins.items()]
    handle = os.open(folder / "demo.json.new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(handle, "w") as out:
        json.dump(
            {"password": password, "banner": banner, "today": day.isoformat(), "seed": seed, "size": size},
            out,
            ensure_ascii=False,
            indent=1,
        )
    with (folder / "kmsvc.db").open("rb") as database:
        os.fsync(database)  # what was written carelessly is safe before the demo counts as made
    os.replace(folder / "demo.json.new", folder / "demo.json")
    (folder / "making").unlink()


def _forget(folder: Path) -> None:
    for name in ("kmsvc.db", "kmsvc.db-wal", "kmsvc.db-shm", "making", "audit-anchors.log"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "index", ignore_errors=True)
