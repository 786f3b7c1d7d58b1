"""What every test shares: databases on both engines, a small centre of real rows, a movable clock, signed-in clients.

`db` is a fresh copy of the small centre, once on SQLite and once on PostgreSQL; `empty_db` has only the tables.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine

from kmsvc.app import create_app, make_database, settle
from kmsvc.core.actors import Actor
from kmsvc.core.db import make_engine
from kmsvc.core.logs import configure
from kmsvc.core.work import Database
from kmsvc.models import load_models
from kmsvc.operations.schema import upgrade
from kmsvc.registry import load_nouns
from kmsvc.search.engine import SearchEngine
from kmsvc.settings import Settings
from tests.support.centre import Centre, furnish
from tests.support.chromium import browser, open_window, pytest_runtest_makereport
from tests.support.clients import Caller, sign_in_as
from tests.support.clock import MovableClock
from tests.support.figures import HARD
from tests.support.lending import Lending, keep_rows
from tests.support.postgres import Server, postgres_server, quick_place, skipped
from tests.support.selection import pytest_collection_modifyitems
from tests.support.smtp import FakeSmtp, fake_smtp

configure(logging.WARNING)
gc.set_threshold(50_000, 20, 100)  # thousands of short lives: to look through everything that is loaded each time is in vain
# Files of tests lie in memory where there is plenty: thousands of small databases need not wait for the disk.
# `make hard` writes to the disk as a service does.
if not HARD:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", quick_place())

__all__ = ["browser", "open_window", "pytest_collection_modifyitems", "pytest_runtest_makereport"]

KINDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=[
        pytest.mark.postgres, pytest.mark.skipif(skipped(), reason="KMSVC_SKIP_POSTGRES=1")]),
]


def make_settings(folder: Path, url: str, **more: Any) -> Settings:
    """Settings of a centre in a folder of the test; the address people use is plain http on loopback."""
    return Settings(data_dir=folder, database_url=url, secret_key="only-for-tests-" + "k" * 32,
                    base_url="http://localhost", **more)


_first: dict[str, Engine] = {}


def engine_like_before(url: str, lending: Lending) -> Engine:
    """The product's engine, knowing the statements that earlier ones of this process have compiled: a third of a short test."""
    made = make_engine(url)
    if url == lending.url:
        lending.connect(made)
    first = _first.setdefault(made.dialect.name, made)
    if first is made:
        made.connect().close()  # its dialect learns the version of the server
    else:
        made.dialect = first.dialect
        made._compiled_cache = first._compiled_cache
    return made


class Templates:
    """Databases that were built once: `empty` has the tables, `centre` the small centre too. Copies are cheap."""

    def __init__(self, folder: Path, cluster: Callable[[], Server]) -> None:
        self.folder, self.cluster = folder, cluster
        self.lending = Lending(cluster, lambda: cluster().fresh_database(self.source("postgres", "centre")))
        self._made: dict[tuple[str, str], str] = {}

    def copy(self, kind: str, stage: str, target: Path) -> str:
        """The address of a copy; a SQLite file lies in `target`."""
        source = self.source(kind, stage)
        if kind == "postgres":
            return self.cluster().fresh_database(source)
        shutil.copyfile(source.removeprefix("sqlite:///"), target / "kmsvc.db")
        return f"sqlite:///{target / 'kmsvc.db'}"

    def source(self, kind: str, stage: str) -> str:
        """The address of the one that is copied; nobody writes there."""
        return self._made.get((kind, stage)) or self._make(kind, stage)

    def drop(self, url: str) -> None:
        """A copy is no longer needed."""
        if not url.startswith("sqlite"):
            self.cluster().drop_database(url)

    def _make(self, kind: str, stage: str) -> str:
        if stage == "empty":
            url = (self.cluster().fresh_database() if kind == "postgres"
                   else f"sqlite:///{self.folder / f'{kind}-{stage}.db'}")
            engine = make_engine(url)
            upgrade(engine)
        else:
            folder = self.folder / f"{kind}-{stage}"
            folder.mkdir(exist_ok=True)
            url = self.copy(kind, "empty", folder)
            engine = make_engine(url)
            furnish(make_database(make_settings(folder, url), clock=MovableClock(), engine=engine))
        engine.dispose()
        if (kind, stage) == ("postgres", "centre"):
            keep_rows(url)
        self._made[kind, stage] = url
        return url


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Callable[[], Server]]:
    """One PostgreSQL server a test process, started when the first test asks for it."""
    opened: list[Any] = []

    def cluster() -> Server:
        if not opened:
            manager = postgres_server()
            opened.extend((manager, manager.__enter__()))
        return opened[1]  # type: ignore[no-any-return]

    yield cluster
    if opened:
        opened[0].__exit__(None, None, None)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, postgres_cluster: Callable[[], Server]) -> Iterator[Templates]:
    """Built once a test process, copied for each test."""
    load_models()
    load_nouns()
    made = Templates(tmp_path_factory.mktemp("templates"), postgres_cluster)
    yield made
    made.lending.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgres`."""
    return str(request.param)


@pytest.fixture
def clock() -> MovableClock:
    """Stands still until the test moves it; Monday 2 March 2026, 9 o'clock in Shanghai."""
    return MovableClock()


@pytest.fixture
def smtp() -> Iterator[FakeSmtp]:
    """A real mail server of the test; ask for it to have mail sent at all."""
    with fake_smtp() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, database_kind: str, templates: Templates,
             request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of this test's own centre, its database a fresh copy of the small centre."""
    folder = tmp_path / "data"
    folder.mkdir()
    smtp_url = request.getfixturevalue("smtp").url if "smtp" in request.fixturenames else None
    if database_kind == "postgres":
        yield make_settings(folder, templates.lending.lend(), smtp_url=smtp_url)
        templates.lending.take_back()
    else:
        yield make_settings(folder, templates.copy(database_kind, "centre", folder), smtp_url=smtp_url)


@pytest.fixture
def db(settings: Settings, clock: MovableClock, templates: Templates) -> Iterator[Database]:
    """The database of the small centre, with the reactions of the product and the clock of the test."""
    database = make_database(settings, clock=clock, engine=engine_like_before(settings.database_url, templates.lending))
    yield database
    if settings.is_sqlite:
        database.engine.dispose()


@pytest.fixture
def empty_db(tmp_path: Path, database_kind: str, templates: Templates, clock: MovableClock) -> Iterator[Database]:
    """A migrated database without a row."""
    folder = tmp_path / "empty"
    folder.mkdir()
    url = templates.copy(database_kind, "empty", folder)
    database = make_database(make_settings(folder, url), clock=clock)
    yield database
    database.engine.dispose()
    templates.drop(url)


@pytest.fixture
def engine(settings: Settings) -> SearchEngine:
    """The search engine of this test's centre; its folder is empty at first."""
    return SearchEngine(settings.index_dir)


@pytest.fixture
def world(db: Database, settings: Settings, clock: MovableClock, engine: SearchEngine) -> Centre:
    """The small centre: people by login, units by code, and shortcuts to act as somebody. See tests/support/centre.py."""
    return Centre(db, settings, clock, engine)


@pytest.fixture
def actor(world: Centre) -> Callable[..., Actor]:
    """`actor("agent")`: the acting party behind a login, with today's rights."""
    return world.actor


@pytest.fixture
def drain(world: Centre) -> Callable[[], None]:
    """Deliver every fact and bring the search index level, as the worker would."""
    return world.drain


@pytest.fixture(scope="session")
def _templates_of_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("jinja")))


@pytest.fixture(scope="session")
def _pages(_templates_of_pages: FileSystemBytecodeCache) -> list[Flask]:
    return []


@pytest.fixture
def app(settings: Settings, db: Database, engine: SearchEngine, _pages: list[Flask],
        _templates_of_pages: FileSystemBytecodeCache) -> Flask:
    """The web half on this test's centre: one for all tests of the process, as its three hundred addresses take a while."""
    if not _pages:
        _pages.append(create_app(settings, db=db, search=engine))
        _pages[0].jinja_env.bytecode_cache = _templates_of_pages
    settle(_pages[0], settings, db, engine)
    return _pages[0]


@pytest.fixture
def client(app: Flask, world: Centre) -> Callable[..., Caller]:
    """`client("agent")` signed in by cookie, `client("agent", by="token")`, `client()` for a stranger."""
    def make(login: str | None = None, *, by: str = "cookie") -> Caller:
        return sign_in_as(app, world, login, by=by)
    return make
