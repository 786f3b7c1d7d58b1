"""The product under measurement: a database written by the real use cases, its index, and the search behind the page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.orm import Session

from benchmarks.relevance.corpus import TODAY, Entry
from kmsvc.core.db import make_engine
from kmsvc.core.work import Database
from kmsvc.knowledge.articles.usecases import write_article
from kmsvc.operations.schema import upgrade
from kmsvc.people.system import OPERATOR
from kmsvc.registry import load_nouns
from kmsvc.search.engine import SearchEngine
from kmsvc.search.expansions import NONE, Expansions
from kmsvc.search.queries import NEAREST, reach_of, texts_for
from kmsvc.search.requests import SearchRequest, SearchResult
from kmsvc.search.usecases import rebuild

LIMIT = 10
UNHURRIED_MS = 60_000.0
_NOW = datetime.combine(TODAY, time(2), UTC)


class Centre:
    """A centre with the corpus, seen by somebody who may read everything."""

    def __init__(self, engine: SearchEngine, session: Session, keys: dict[str, str]) -> None:
        self._engine, self._session, self._keys = engine, session, keys
        self._reach = reach_of(OPERATOR, session)

    def search(self, text: str, expansions: Expansions = NONE) -> list[str]:
        """Keys of what the page would show first: ten hits, or the few nearest where nothing holds the question. expansions: of a
        vocabulary; the bench asks without."""
        found = self._asked(text, refined=True, expansions=expansions)
        return self._keys_of(found)[: NEAREST if found.weak else LIMIT]

    def uncut(self, text: str) -> list[str]:
        """The ten hits, also where nothing holds a fair part of the question."""
        return self._keys_of(self._asked(text, refined=True))

    def first_stage(self, text: str) -> list[str]:
        """The ten hits before titles and texts are read: terms alone decide."""
        return self._keys_of(self._asked(text, refined=False))

    def _asked(self, text: str, *, refined: bool, expansions: Expansions = NONE) -> SearchResult:
        """No time budget: a busy machine must not change the figures."""
        request = SearchRequest(text, self._reach, on=TODAY, limit=LIMIT, snippets=False, budget_ms=UNHURRIED_MS,
                                expansions=expansions)
        return self._engine.search(request, texts_for(self._session, OPERATOR, {}) if refined else None)

    def _keys_of(self, result: SearchResult) -> list[str]:
        return [self._keys[hit.key] for hit in result.hits]


@contextmanager
def centre(entries: Sequence[Entry]) -> Iterator[Centre]:
    """A centre with these articles published, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kmsvc-relevance-") as name:
        folder = Path(name)
        load_nouns()
        tables = make_engine(f"sqlite:///{folder / 'kmsvc.db'}")
        event.listen(tables, "connect", lambda raw, record: raw.execute("PRAGMA synchronous=OFF"))
        upgrade(tables)
        db = Database(tables, clock=lambda: _NOW)
        with db.begin(OPERATOR) as work:
            ids = {one.key: write_article(work, one.content, category=one.category, number=one.number,
                                          external_id=one.key, publish=True).id for one in entries}
        engine = SearchEngine(folder / "index")
        rebuild(db, engine, OPERATOR)
        with db.look(OPERATOR) as work:
            yield Centre(engine, work.session, {f"article:{id}": key for key, id in ids.items()})
        tables.dispose()
