"""Other wordings: a vocabulary's, and the mainland's words for Taiwan's; they count, but less than what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.questions import parse
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING, document, texts_of

ARTICLES = [document(1, "孕妇乘机", "孕妇乘坐飞机的规定。"), document(2, "宽带销户", "家庭宽带销户步骤。"),
            document(3, "短信收不到", "收不到短信时的排查。"), document(4, "Refund policy", "How refunds are paid."),
            *(document(i, f"其他事项{i}", "登记办法。") for i in range(5, 20))]
WORDS = {"大肚婆": ("孕妇",), "拆网": ("宽带销户", "断网"), "money back": ("refund",)}


@pytest.fixture
def engine(tmp_path: Path) -> SearchEngine:
    engine = SearchEngine(tmp_path, poll_s=0)
    engine.rebuild(ARTICLES)
    return engine


def ids(engine: SearchEngine, text: str, words: dict[str, tuple[str, ...]] = WORDS) -> list[int]:
    return [hit.id for hit in engine.search(SearchRequest(text, EVERYTHING, expansions=words), texts_of(ARTICLES)).hits]


@pytest.mark.parametrize(("typed", "expected"), [
    ("大肚婆", 1), ("大肚婆能去吗", 1), ("我要拆网", 2), ("我要拆網", 2), ("Money  Back?", 4), ("get my money back now", 4)])
def test_another_wording_of_what_was_typed_finds_the_article(engine: SearchEngine, typed: str, expected: int) -> None:
    assert ids(engine, typed)[:1] == [expected]
    assert expected not in ids(engine, typed, {})


def test_a_wording_that_was_not_typed_adds_nothing(engine: SearchEngine) -> None:
    assert parse("moneyback 拆 网", WORDS).others == () == parse("money backs", WORDS).others
    assert ids(engine, "moneyback") == []


def test_what_was_typed_counts_more_than_another_wording(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([document(1, "手环"), document(2, "腕带"), *(document(i, f"其他{i}") for i in range(3, 9))])
    found = engine.search(SearchRequest("手环", EVERYTHING, expansions={"手环": ("腕带",)}))
    assert [hit.id for hit in found.hits] == [1, 2]
    assert 0.4 < found.hits[1].score / found.hits[0].score < 0.8


def test_a_known_wording_takes_a_question_out_of_the_weak_ones(engine: SearchEngine) -> None:
    text = "大肚婆还能去吗"
    assert not engine.search(SearchRequest(text, EVERYTHING, expansions=WORDS)).weak
    assert engine.search(SearchRequest(text, EVERYTHING)).weak


def test_words_of_taiwan_find_what_the_mainland_calls_otherwise(engine: SearchEngine) -> None:
    assert ids(engine, "簡訊", {})[:1] == [3]
    assert ids(engine, "我家的寬頻", {})[:1] == [2]
    assert parse("简讯").others == ()


def test_r_s1_another_wording_leads_to_nothing_the_reader_may_not_see(engine: SearchEngine) -> None:
    request = SearchRequest("大肚婆", Reach(1, frozenset({1})), expansions={"大肚婆": ("孕妇", "密约")}, budget_ms=60_000)
    before = engine.search(request, texts_of(ARTICLES))
    engine.apply([document(900 + i, "密约孕妇大肚婆", "密约" * i, level=3) for i in range(1, 5)])
    after = engine.search(request, texts_of(ARTICLES))
    assert (after.hits, after.total, after.weak, after.tried) == (before.hits, before.total, before.weak, before.tried)
