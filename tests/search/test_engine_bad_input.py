"""R-S2: whatever is typed or stored: an answer within a second, no exception, no query language."""

import random
from collections.abc import Callable
from pathlib import Path
from time import thread_time

import pytest

from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING, WORDS, document, random_document, texts_of
from tests.support.figures import full

ROUNDS = full(5_000, short=300)
NASTY = (
    "",
    " ",
    '"',
    '""',
    '"""""',
    "“”",
    '"退费',
    "title:退费",
    "bp:退费 OR level:3",
    "NOT 退费",
    "退*",
    "*",
    "?",
    "退费~2",
    "[a TO z]",
    "(((((",
    "\\",
    "\0",
    "退\0费",
    "\ud800",
    "退费\udfff",
    "\u202e退费",
    "a" * 20_000,
    "退" * 20_000,
    "退费" * 10_000,
    '"退费" ' * 3_000,
    "ﷺ" * 5_000,
    "é" * 10_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE article; --",
    "👍🏽" * 200,
    "𠮷野家",
    "\n\t\r",
    "的 的 的 的",
    "the of and",
    "1" * 5_000,
    "1.5.6.7",
    " ".join(map(str, range(3_000))),
    " ".join(chr(0x4E00 + i) for i in range(3_000)),
    "x-" * 5_000,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    rng = random.Random(1)
    engine = SearchEngine(tmp_path_factory.mktemp("bad"))
    engine.rebuild(random_document(rng, id) for id in range(300))
    engine.warm()
    return engine


def ask(engine: SearchEngine, text: str) -> float:
    """Ask and suggest; returns the seconds taken."""
    rng = random.Random(1)
    texts = texts_of(random_document(rng, id) for id in range(300))
    started = thread_time()
    result = engine.search(SearchRequest(text, Reach(2, frozenset({1}))), texts)
    engine.suggest(text, Reach(2, frozenset({1})))
    seconds = thread_time() - started
    assert seconds < 1, text[:40]
    assert len(result.hits) <= min(10, result.total)
    return seconds


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_r_s2_nasty_input_is_just_text(engine: SearchEngine, text: str) -> None:
    ask(engine, text)


def test_r_s2_random_input_is_just_text(
    engine: SearchEngine, record_property: Callable[[str, object], None]
) -> None:
    rng = random.Random(2)
    slowest = 0.0
    for _ in range(ROUNDS):
        parts = (rng.choice(WORDS), chr(rng.randrange(1, 0x30000)), rng.choice('"“”*:()[]~^&|!-_ \n'))
        slowest = max(slowest, ask(engine, "".join(rng.choice(parts) for _ in range(rng.randrange(60)))))
    record_property("inputs", ROUNDS)
    record_property("slowest, ms", round(slowest * 1000))


def test_r_s2_field_names_and_operators_have_no_meaning(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([document(1, "退费标准"), document(2, "level 3 机密", level=3)])
    assert engine.search(SearchRequest("level:3", Reach(1))).total == 0
    assert engine.search(SearchRequest("-退费 NOT 标准", Reach(1))).total == 1


@pytest.mark.parametrize("text", [*NASTY[15:30], "\ud83d", "a\x1fb"], ids=lambda text: ascii(text[:12]))
def test_nasty_documents_can_be_stored_and_found(tmp_path: Path, text: str) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([])
    engine.apply(
        [
            document(
                1,
                f"退费{text}",
                text * 2,
                aliases=(text,),
                tags=(text,),
                number=text[:50],
                category=text[:50],
            )
        ]
    )
    assert engine.search(SearchRequest("退费", EVERYTHING)).total == 1
    assert engine.suggest("退", EVERYTHING)[0].id == 1
    assert engine.versions() == {"article:1": 1}


def test_an_engine_out_of_time_still_answers(engine: SearchEngine) -> None:
    rng = random.Random(1)
    texts = texts_of(random_document(rng, id) for id in range(300))
    result = engine.search(SearchRequest("退费标准 客户办理", EVERYTHING, budget_ms=0), texts)
    assert result.hits
    assert not result.complete


def test_odd_pages_are_empty_not_errors(engine: SearchEngine) -> None:
    for limit, offset in ((0, 0), (-5, 0), (10, -3), (10, 10**9), (10**9, 0)):
        result = engine.search(SearchRequest("退费", EVERYTHING, limit=limit, offset=offset))
        assert result.total > 0
        assert len(result.hits) <= max(0, limit)
