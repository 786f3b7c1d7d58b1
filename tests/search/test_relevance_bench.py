"""The relevance bench can be trusted: topics fit the corpus, figures and the baseline are what they say they are."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.relevance.baseline import BigramIndex, terms
from benchmarks.relevance.corpus import Entry, corpus
from benchmarks.relevance.figures import compared, judged
from benchmarks.relevance.gate import complaints, set_gate
from benchmarks.relevance.product import centre
from benchmarks.relevance.report import misses, table
from benchmarks.relevance.run import BASELINE, FIRST_STAGE, PRODUCT, UNCUT, WIDER, Outcome
from benchmarks.relevance.topics import DEV, HELD_OUT, STYLES, Question, part_of, questions, topics


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return corpus()


def test_the_corpus_is_the_demo_and_at_least_250_others_of_which_40_are_english(entries: list[Entry]) -> None:
    others = [one for one in entries if not one.key.startswith("KB-")]
    assert len(others) >= 250 and len(entries) - len(others) >= 350
    assert sum(one.content.language == "en" for one in others) >= 40
    sizes = [len(one.content.summary + one.content.body) for one in others]
    assert min(sizes) >= 80 and max(sizes) <= 600


def test_every_topic_is_answered_by_articles_of_its_corpus(entries: list[Entry]) -> None:
    keys = {one.key for one in entries}
    assert {(one.id, key) for one in topics().values() for key in one.answers if key not in keys} == set()


def test_there_are_200_chinese_and_100_english_topics_and_15_of_every_style() -> None:
    found = topics().values()
    languages, styles = Counter(one.lang for one in found), Counter(one.style for one in found)
    assert languages["zh"] >= 200 and languages["en"] >= 100
    assert set(styles) == set(STYLES) and min(styles.values()) >= 15


def test_a_title_that_is_to_be_asked_in_part_holds_that_part(entries: list[Entry]) -> None:
    titles = {one.key: one.content.title for one in entries}
    wanted = [one for one in topics().values() if one.style == "title_substring"]
    assert [one.id for one in wanted if one.need.lower() not in titles[one.answers[0]].lower()] == []


def test_the_halves_are_about_equal() -> None:
    parts = Counter(part_of(one) for one in topics())
    assert min(parts[DEV], parts[HELD_OUT]) / sum(parts.values()) > 0.4


def test_questions_of_an_unknown_topic_or_with_one_id_twice_are_refused(tmp_path: Path) -> None:
    good = {"id": "q1", "topic": "zh-001", "lang": "zh", "style": "plain", "text": "水费"}
    file = tmp_path / "questions.jsonl"
    for second in ({"id": "q2", "topic": "zh-999"}, {"id": "q1"}, {"id": "q2", "text": " "}, {"id": "q2", "style": "x"}):
        file.write_text("\n".join(map(json.dumps, (good, good | second))))
        with pytest.raises(ValueError):
            questions(file)
    file.write_text(json.dumps(good))
    assert questions(file)[0].answers == topics()["zh-001"].answers


def test_figures_of_one_answer_list_are_those_counted_by_hand() -> None:
    assert judged(["a", "b"], ["a"]) == (1, 1, 1, 1)
    assert judged(["x", "y", "a"], ["a", "b"]) == (0, 1, 0.5, 1 / 3)
    assert judged(["1", "2", "3", "4", "5", "a"], ["a"]) == (0, 0, 0, 1 / 6)
    assert judged([*"1234567890", "a"], ["a"]) == (0, 0, 0, 0)
    assert judged([*"abcdef"], [*"abcdef"]) == (1, 1, 1, 1)
    assert judged([], ["a"]) == (0, 0, 0, 0)


def test_the_interval_of_a_difference_holds_it_and_is_the_same_each_time() -> None:
    rng = np.random.default_rng(3)
    ours, theirs = rng.integers(0, 2, (200, 4)).astype(float), rng.integers(0, 2, (200, 4)).astype(float)
    first, again = compared(ours, theirs), compared(ours, theirs)
    assert first == again
    assert all(one.low <= one.gain <= one.high for one in first)
    # about 1.96 standard errors to each side
    error = (ours - theirs)[:, 0].std() / math.sqrt(200)
    assert first[0].high - first[0].low == pytest.approx(2 * 1.96 * error, rel=0.1)
    assert all((one.gain, one.low, one.high) == (0, 0, 0) for one in compared(ours, ours))


def test_the_baseline_scores_as_bm25_says() -> None:
    texts = [("a", "退费时限"), ("b", "退费退费和宽带报修"), ("c", "iPhone 15 換貨")]
    assert terms("退費iPhone 15水") == ["退费", "iphone", "15", "水"]
    index = BigramIndex(texts)
    bags = {key: terms(text) for key, text in texts}
    mean = sum(map(len, bags.values())) / 3

    def score(key: str, term: str) -> float:
        holding = sum(term in bag for bag in bags.values())
        count = bags[key].count(term)
        return (math.log(1 + (3 - holding + 0.5) / (holding + 0.5)) * count * 2.2
                / (count + 1.2 * (0.25 + 0.75 * len(bags[key]) / mean)))

    by_hand = sorted("ab", key=lambda key: -score(key, "退费"))
    assert index.search("退费") == by_hand
    assert index.search("IPHONE") == ["c"] and index.search("换货") == ["c"]
    assert index.search("没有") == [] and index.search("报修 退费", limit=1) == ["b"]


def made(ours: list[list[str]], theirs: list[list[str]]) -> Outcome:
    """An outcome of one question a pair of lists, all answered by article a."""
    asked = [Question(f"q{i}", f"zh-{i:03d}", "zh", "plain", f"问题{i}", ("a",)) for i in range(1, len(ours) + 1)]
    same = {PRODUCT: ours, UNCUT: ours, FIRST_STAGE: ours, BASELINE: theirs, WIDER: theirs}
    return Outcome(asked, same, {"a": "甲", "b": "乙"})


def test_the_gate_holds_against_no_gain_and_against_a_loss(tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    good, poor = made([["a"]] * 10, [["a"]] * 5 + [["b"]] * 5), made([["a"]] * 9 + [["b"]], [["b"]] * 10)
    set_gate(good, gate)
    assert complaints(good, gate) == []
    assert len(complaints(poor, gate)) == 1 and "stored" in complaints(poor, gate)[0]
    even = made([["a"]] * 10, [["a"]] * 10)
    assert len(complaints(even, gate)) == 1 and "baseline" in complaints(even, gate)[0]


def test_misses_of_the_held_out_half_are_shown_only_when_asked_for() -> None:
    outcome = made([["b"]] * 40, [["a"]] * 40)
    told, held = ({line.split()[0] for line in misses(outcome, held_out=side) if line.startswith("q")} for side in (False, True))
    assert told == {one.id for one in outcome.questions if one.part == DEV}
    assert held == {one.id for one in outcome.questions if one.part == HELD_OUT}
    assert any(line.startswith(HELD_OUT) for line in table(outcome))


def test_the_product_is_asked_over_its_own_database_and_index(entries: list[Entry]) -> None:
    some = entries[:5] + [one for one in entries if one.key == "gov-dog"]
    with centre(some) as ours:
        assert ours.search("养犬登记")[0] == ours.first_stage("养犬登记")[0] == ours.uncut("养犬登记")[0] == "gov-dog"
