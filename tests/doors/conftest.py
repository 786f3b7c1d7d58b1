"""Doors are the same on both databases: short runs take SQLite, `make hard` both. One bench serves a whole test process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import FileSystemBytecodeCache

from kmsvc.app import create_app, make_database
from kmsvc.search.engine import SearchEngine
from tests.conftest import Templates, make_settings
from tests.doors.bench import Bench
from tests.support.centre import Centre
from tests.support.clock import MovableClock
from tests.support.figures import HARD

KINDS = ["sqlite", "postgres"] if HARD else ["sqlite"]


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`; `postgres` too when the full figures are asked for."""
    return str(request.param)


@pytest.fixture(scope="session", params=KINDS)
def bench(request: pytest.FixtureRequest, templates: Templates, tmp_path_factory: pytest.TempPathFactory,
          _templates_of_pages: FileSystemBytecodeCache) -> Iterator[Bench]:
    """Every route with a real address and body; nothing that is called there is kept."""
    folder = tmp_path_factory.mktemp("bench")
    url = templates.copy(request.param, "centre", folder)
    settings, clock = make_settings(folder, url), MovableClock()
    db, engine = make_database(settings, clock=clock), SearchEngine(settings.index_dir)
    app = create_app(settings, db=db, search=engine)
    app.jinja_env.bytecode_cache = _templates_of_pages
    made = Bench(app, Centre(db, settings, clock, engine))
    yield made
    made.close()
    db.engine.dispose()
    templates.drop(url)
