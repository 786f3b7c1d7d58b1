"""Questions as customers say them: particles and words that only ask neither hide an answer nor choose it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmsvc.search.engine import SearchEngine
from kmsvc.search.expansions import Expansions
from kmsvc.search.questions import parse
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING, document, texts_of

OTHERS = [document(i, title) for i, title in enumerate(
    ("宽带移机", "发票补开流程", "套餐变更", "账单查询", "投诉升级", "会员权益", "国际漫游", "手机解锁"), 50)]


def titles(folder: Path, words: str, *documents: object) -> list[str]:
    """Titles of what is found, best first; empty where it is nearest at most."""
    engine = SearchEngine(folder)
    engine.rebuild([*documents, *OTHERS])  # type: ignore[list-item]
    found = engine.search(SearchRequest(words, EVERYTHING), texts_of([*documents, *OTHERS]))  # type: ignore[list-item]
    return [] if found.weak else [hit.key for hit in found.hits]


@pytest.mark.parametrize("words", ["没网了", "没网了吗", "我没网了啊", "你们没网了呢"])
def test_a_particle_that_nobody_writes_hides_no_answer(tmp_path: Path, words: str) -> None:
    assert titles(tmp_path, words, document(1, "片区施工", "我们这片都没网"))[:1] == ["article:1"]


def test_what_is_not_known_stays_unknown_with_or_without_a_particle(tmp_path: Path) -> None:
    assert titles(tmp_path, "鹦鹉丢了吗", document(1, "手表丢失")) == []


def test_how_long_does_not_find_what_is_long(tmp_path: Path) -> None:
    documents = (document(1, "Long-haul day pass", "abroad"), document(2, "Money back", "a refund takes five days"))
    assert titles(tmp_path, "refund how long", *documents) == ["article:2"]
    assert titles(tmp_path / "again", "long", *documents) == ["article:1"]


def test_words_that_only_ask_count_less_than_what_is_asked_for(tmp_path: Path) -> None:
    documents = (document(1, "宽带退费标准", "按剩余天数退费"), document(2, "带怎样的证件", "怎么么退怎么办"))
    assert titles(tmp_path, "宽带怎么退费", *documents)[0] == "article:1"
    question = parse("宽带怎么退费了")
    assert question.asking == {"带怎", "怎么", "么退"} and "费了" in question.empty
    assert question.asking.isdisjoint({"宽带", "退费"}) and question.empty.isdisjoint({"宽带", "退费"})


def test_a_hit_by_another_name_shows_that_name_and_one_by_another_wording_that_wording(tmp_path: Path) -> None:
    documents = (document(1, "射频类故障", "先看天线。", aliases=("信号灯不对",)), document(2, "重复收费", "核对两笔扣款。"))
    engine = SearchEngine(tmp_path)
    engine.rebuild([*documents, *OTHERS])
    first = engine.search(SearchRequest("灯色不对", EVERYTHING), texts_of([*documents, *OTHERS])).hits[0]
    assert first.key == "article:1" and "<mark>不对</mark>" in first.snippet and "先看天线" in first.snippet
    asked = SearchRequest("双倍", EVERYTHING, expansions=Expansions({"双倍": ("重复收费",)}))
    first = engine.search(asked, texts_of([*documents, *OTHERS])).hits[0]
    assert first.title == "<mark>重复收费</mark>"
