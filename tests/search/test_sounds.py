"""Homophones: what sounds like the words of articles finds them, from what this reader may see alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kmsvc.search import sounds
from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import IndexUnusable
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING, document, texts_of

OPEN = [document(1, "话费充错怎么办", "充错话费可以申请退回。"), document(2, "受益人变更", "变更保单受益人。"),
        document(3, "押金退还", "机顶盒押金退还。"), *(document(i, f"其他事项{i}", "流程说明与登记办法。") for i in range(4, 24))]


def engine_of(folder: Path, *more: object) -> SearchEngine:
    engine = SearchEngine(folder, poll_s=0)
    engine.rebuild([*OPEN, *more])  # type: ignore[list-item]
    return engine


@pytest.mark.parametrize(("typed", "expected"), [
    ("话废", 1), ("画费冲错了", 1), ("手艺人", 2), ("呀金", 3), ("機頂盒呀金", 3), ("话肺多少", 1)])
def test_a_question_written_by_its_sound_finds_the_article(tmp_path: Path, typed: str, expected: int) -> None:
    found = engine_of(tmp_path).search(SearchRequest(typed, EVERYTHING), texts_of(OPEN))
    assert [hit.id for hit in found.hits][:1] == [expected]


@pytest.mark.parametrize("typed", ["受理", "花园", "金额"])
def test_what_neither_stands_nor_sounds_like_anything_finds_nothing(tmp_path: Path, typed: str) -> None:
    assert engine_of(tmp_path).search(SearchRequest(typed, EVERYTHING)).hits == ()


def test_the_written_word_comes_before_what_only_sounds_like_it(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, document(30, "画费标准", "画展的画费。"))
    assert [hit.id for hit in engine.search(SearchRequest("画费", EVERYTHING)).hits][:1] == [30]
    assert [hit.id for hit in engine.search(SearchRequest("话费", EVERYTHING)).hits] == [1]


def test_r_s1_a_secret_text_that_sounds_like_the_question_changes_nothing(tmp_path: Path) -> None:
    engine, reach = engine_of(tmp_path), Reach(1, frozenset({1}))
    asked = ("话废", "秘蜜项目", "呀金", "秘密项目")

    def answers() -> list[object]:
        found = [engine.search(SearchRequest(text, reach, budget_ms=60_000), texts_of(OPEN)) for text in asked]
        return [(one.hits, one.total, one.tried, one.weak, one.slipped, dict(one.categories)) for one in found]

    before = answers()
    secrets = [document(900 + i, "话废秘密项目押金呀金", "秘密项目话费" * i, level=3, unit=0) for i in range(1, 6)]
    secrets += [document(950 + i, "话废秘密项目", "话费押金" * i, level=1, unit=2) for i in range(1, 6)]
    engine.apply(secrets)
    assert answers() == before
    assert engine.search(SearchRequest("秘蜜项目", EVERYTHING)).total > 0


@pytest.mark.parametrize(("syllable", "expected"), [
    ("zhōng", "zong"), ("shēng", "sen"), ("qíng", "qin"), ("huáng", "huan"), ("lǜ", "lv"), ("lù", "lu"), ("ér", "er")])
def test_syllables_lose_tone_and_what_ears_confuse(syllable: str, expected: str) -> None:
    assert sounds.plain(syllable) == expected


def test_pairs_are_the_sounds_of_neighbours() -> None:
    assert sounds.pairs("话费") == sounds.pairs("画废") == ("hua fei",)
    assert sounds.pairs("受益人") == sounds.pairs("手艺人") == ("sou yi", "yi ren")
    assert sounds.pairs("费") == ()


def test_an_index_made_with_other_sounds_must_be_made_anew(tmp_path: Path) -> None:
    engine = engine_of(tmp_path)
    marks = tmp_path / engine.generation()[0] / "kmsvc.json"
    made = json.loads(marks.read_text("utf-8"))
    marks.write_text(json.dumps(made | {"sounds": "others"}), "utf-8")
    with pytest.raises(IndexUnusable):
        SearchEngine(tmp_path).search(SearchRequest("话费", EVERYTHING))
