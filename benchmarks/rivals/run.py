"""Builds the engines, asks them in turns, and puts our figures beside theirs."""

from __future__ import annotations

import contextlib
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.place import percentile
from benchmarks.rivals.corpus import article, questions, shares_of_made, shares_of_written
from benchmarks.rivals.engines import Fts5, Ours, Postgres, Rival, Tantivy
from benchmarks.rivals.pages import REACH, TODAY, Page, asked, tokens_of
from benchmarks.rivals.writing import found_after, private_memory_mb
from kmsvc.search.documents import SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.questions import parse
from kmsvc.search.requests import SearchRequest
from kmsvc.search.snippets import snippet

ROUNDS = 3
ASKED = 260
Store = dict[int, SearchDocument]


def measure(articles: int = 100_000) -> dict[str, object]:
    """All figures of the comparison."""
    folder = Path(tempfile.mkdtemp(prefix="kmsvc-rivals-"))
    try:
        with _postgres() as address:
            return _measured(folder, address, articles)
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _postgres() -> Iterator[str | None]:
    from tests.support.postgres import NoPostgres, postgres_server

    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgres_server(durable=False))
        except NoPostgres:
            yield None
            return
        yield server.fresh_database()


def _rivals(folder: Path, address: str | None) -> list[Rival]:
    found: list[Rival] = [Ours(folder / "kmsvc")]
    with contextlib.suppress(ImportError):
        found.append(Tantivy(folder / "tantivy"))
    found.append(Fts5(folder / "fts5"))
    if address is not None:
        found.append(Postgres(address))
    return found


def _measured(folder: Path, address: str | None, articles: int) -> dict[str, object]:
    store: Store = {number: article(number) for number in range(articles)}
    rivals = _rivals(folder, address)
    figures: dict[str, object] = {
        "articles": articles, "characters each": round(sum(len(document.body) for document in store.values()) / articles),
        "a pair of a question stands in so many articles: written ones, these":
            f"{shares_of_written():.1%}, {shares_of_made():.1%}"}
    for rival in rivals:
        began = perf_counter()
        rival.build((document, tokens_of(document)) if rival.name != "kmsvc" else (document, {}) for document in store.values())
        figures[f"{rival.name}: build s"] = round(perf_counter() - began, 1)
    texts = [text for text in questions(ASKED) if '"' not in text and asked(text)]
    times, pages = _in_turns(rivals, store, texts)
    for rival in rivals:
        figures[f"{rival.name}: page of the plain first stage p50 / p95 / max ms"] = _told(times[rival.name])
    ours = times["kmsvc"]
    for rival in rivals[1:]:
        figures[f"p95 of kmsvc / {rival.name}"] = round(percentile(ours, 0.95) / percentile(times[rival.name], 0.95), 2)
        figures[f"ten best shared with {rival.name}"] = round(_shared(pages["kmsvc"], pages[rival.name]), 2)
    engine = rivals[0].engine  # type: ignore[attr-defined]
    figures |= _whole(engine, store)
    figures |= found_after(folder / "kmsvc", articles)
    figures["private memory of a process above its start MB"] = private_memory_mb(folder / "kmsvc")
    return figures


def _in_turns(rivals: list[Rival], store: Store, texts: list[str]) -> tuple[dict[str, list[float]], dict[str, list[Page]]]:
    """Every engine answers every question in each round; a page counts with its snippets, which are ours for all."""
    times: dict[str, list[float]] = {rival.name: [] for rival in rivals}
    pages: dict[str, list[Page]] = {rival.name: [] for rival in rivals}
    for turn in range(ROUNDS):
        for text in texts:
            terms, question = asked(text), parse(text)
            for rival in rivals[turn % len(rivals):] + rivals[:turn % len(rivals)]:
                began = perf_counter()
                page = rival.ask(terms)
                for number in page.best:
                    snippet(store[number].body, question)
                times[rival.name].append((perf_counter() - began) * 1000)
                if not turn:
                    pages[rival.name].append(page)
    return times, pages


def _shared(ours: list[Page], theirs: list[Page]) -> float:
    """The mean share of the ten best that both name."""
    both = [len(set(a.best) & set(b.best)) / max(1, len(a.best)) for a, b in zip(ours, theirs, strict=True)]
    return sum(both) / len(both)


def _whole(engine: SearchEngine, store: Store) -> dict[str, object]:
    """The product's own page: full ranking, every kind of question, prefixes and long pastes among them."""
    by_key = {document.key: document for document in store.values()}

    def texts(keys: Any) -> dict[str, tuple[str, str]]:
        return {key: (by_key[key].title, by_key[key].body) for key in keys}

    rng = random.Random(5)
    pastes = ["".join(store[rng.randrange(len(store))].body for _ in range(20))[:10_240] for _ in range(10)]
    prefixes = [text[:n] for text in questions(60) for n in (1, 2, 3)]
    figures: dict[str, object] = {}
    mixes: dict[str, list[str]] = {"questions": questions(ASKED), "prefixes": prefixes, "10 KB pastes": pastes}
    for name, mix in mixes.items():
        figures[f"kmsvc: full ranking, {name}, first time p50 / p95 / max ms"] = _told(_asked(engine, mix, texts))
        figures[f"kmsvc: full ranking, {name}, again p50 / p95 / max ms"] = _told(_asked(engine, mix, texts))
    return figures


def _asked(engine: SearchEngine, mix: list[str], texts: Callable[[Any], Any]) -> list[float]:
    found = []
    for text in mix:
        began = perf_counter()
        engine.search(SearchRequest(text, REACH, on=TODAY), texts)
        found.append((perf_counter() - began) * 1000)
    return found


def _told(times: list[float]) -> str:
    return f"{percentile(times, 0.5):.2f} / {percentile(times, 0.95):.2f} / {max(times):.1f}"
