"""Where the lives of the state machine begin: a request some verbs on its way, played once and copied for each life.

All lives on one kind of database follow each other at one place, so that they share an engine and what it has compiled. The
files lie in memory: what a life writes is thrown away, and no disk is tested here."""

from __future__ import annotations

import copy
import itertools
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from kmsvc.app import make_database
from kmsvc.core.actors import Actor
from kmsvc.core.db import make_engine
from tests.conftest import Templates, make_settings
from tests.process.changes.model import Model
from tests.support.centre import Centre
from tests.support.clock import MovableClock
from tests.support.figures import HARD
from tests.support.postgres import quick_place

SPAN = 8


@dataclass(frozen=True)
class Kept:
    """A request after `on` verbs: the database it stands in, and the model that has come as far."""

    url: str
    on: int
    change_id: int
    model: Model


class Beginnings:
    """Fresh centres for one life after the other, and requests on their way to begin with."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self.folder = Path(tempfile.mkdtemp(prefix="kmsvc-lives-", dir=quick_place()))
        self.lives = 0
        self.kind = "sqlite"
        self.actors: dict[tuple[str, frozenset[str]], Actor] = {}
        self._engines: dict[str, Engine] = {}
        self._kept: dict[tuple[str, bool, int], Kept] = {}
        self._numbers = itertools.count()

    def next(self, known: bool, on: int) -> tuple[Centre, Kept | None]:
        """A centre for the next life, with the request furthest on its way that is kept, but no further than `on` verbs."""
        self.kind = "postgres" if HARD and self.lives % 5 == 4 else "sqlite"
        self.lives += 1
        held = next((found for stage in range(on - on % SPAN, -1, -SPAN)
                     if (found := self._kept.get((self.kind, known, stage)))), None)
        folder = self.folder / self.kind
        engine = self._engines.get(self.kind)
        if engine is None:
            folder.mkdir()
            url = self.templates.copy(self.kind, "centre", folder)
            self._engines[self.kind] = engine = make_engine(url)
        else:
            engine.dispose()
            self._lay(held.url if held else self.templates.source(self.kind, "centre"), _address(engine))
        settings = make_settings(folder, _address(engine))
        db = make_database(settings, clock=MovableClock(), engine=engine)
        return Centre(db, settings, db.clock, None), held  # type: ignore[arg-type]

    def keep(self, world: Centre, known: bool, on: int, change_id: int, model: Model) -> None:
        """Keep this state to begin with, unless it is kept already. Nobody may be reading or writing."""
        key = (self.kind, known, on)
        if on % SPAN or key in self._kept:
            return
        world.db.engine.dispose()
        here = _address(world.db.engine)
        if self.kind == "postgres":
            url = self.templates.cluster().fresh_database(here)
        else:
            url = f"sqlite:///{self.folder / f'{next(self._numbers)}.db'}"
            self._lay(here, url)
        self._kept[key] = Kept(url, on, change_id, copy.deepcopy(model))

    def _lay(self, source: str, target: str) -> None:
        """Put a copy of one database where another was."""
        if self.kind == "postgres":
            self.templates.cluster().drop_database(target)
            self.templates.cluster().fresh_database(source, target)
            return
        path = target.removeprefix("sqlite:///")
        for end in ("-wal", "-shm"):
            Path(path + end).unlink(missing_ok=True)
        shutil.copyfile(source.removeprefix("sqlite:///"), path)

    def close(self) -> None:
        """Put everything away."""
        for engine in self._engines.values():
            engine.dispose()
            self.templates.drop(_address(engine))
        for kept in self._kept.values():
            self.templates.drop(kept.url)
        shutil.rmtree(self.folder)


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)
