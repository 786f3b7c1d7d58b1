"""Words that are searched too: longest match on the normal form, one step, never inside quotations."""

from __future__ import annotations

import pytest

from kmsvc.search.expansions import (
    MOST_ADDED,
    MOST_WORDS,
    Expansions,
    expand,
    is_character,
    key_of_word,
    vocabulary_of,
)

WORDS = vocabulary_of([("退钱", ["退费"]), ("把钱", ["不该"]), ("把钱还我", ["退费"]), ("断网", ["宽带故障"]), ("断网", ["网络中断"]),
                       ("wifi", ["宽带"]), ("money back", ["refund"]), ("5g套餐", ["第五代套餐"])])


@pytest.mark.parametrize(("asked", "found"), [
    ("我要退钱", {"退钱": ("退费",)}),
    ("退錢", {"退钱": ("退费",)}),
    ("请把钱还我，退钱", {"把钱还我": ("退费",), "退钱": ("退费",)}),
    ("断网了", {"断网": ("宽带故障", "网络中断")}),
    ("ＷＩＦＩ坏了", {"wifi": ("宽带",)}),
    ("Money  Backs please", {"money  backs": ("refund",)}),
    ("5G套餐多少钱", {"5g套餐": ("第五代套餐",)}),
    ("wifix", {}),
    ("断。网", {}),
    ("“退钱”", {}),
    ("退钱 退费", {}),
    ("", {}),
])
def test_the_longest_word_of_a_question_leads_to_its_other_words(asked: str, found: dict[str, tuple[str, ...]]) -> None:
    assert dict(expand(WORDS, asked)) == found


@pytest.mark.parametrize(("asked", "found"), [
    ("卡丢了", {"卡": ("储值卡",)}),
    ("我的 卡", {"卡": ("储值卡",)}),
    ("卡片在哪", {}),
    ("刷卡", {}),
    ("储值卡 卡", {}),
    ("“卡”", {}),
])
def test_one_character_leads_on_only_where_it_is_a_word_of_the_question(asked: str, found: dict[str, tuple[str, ...]]) -> None:
    assert dict(expand(vocabulary_of([("卡", ["储值卡"])]), asked)) == found


def test_the_longer_word_counts_before_the_character_it_begins_with() -> None:
    assert dict(expand(vocabulary_of([("卡", ["储值卡"]), ("卡丢", ["挂失"])]), "卡丢了")) == {"卡丢": ("挂失",)}


@pytest.mark.parametrize(("word", "yes"), [("卡", True), ("x", False), ("5", False), ("卡丢", False), ("—", False), ("é", False)])
def test_a_word_of_one_character_is_chinese(word: str, yes: bool) -> None:
    assert is_character(key_of_word(word)) is yes


def test_what_is_added_leads_on_to_nothing() -> None:
    words = vocabulary_of([("甲甲", ["乙乙"]), ("乙乙", ["丙丙"])])
    assert expand(words, "甲甲").added() == ["乙乙"]


def test_a_long_paste_adds_a_bounded_number_of_words() -> None:
    words = vocabulary_of([(f"word{n}", [f"more{n} {m}" for m in range(50)]) for n in range(200)])
    found = expand(words, " ".join(f"word{n}" for n in range(200)))
    assert len(found) == MOST_WORDS
    assert all(len(added) == MOST_ADDED for added in found.values())


def test_equal_expansions_are_one_key_and_compare_with_a_plain_mapping() -> None:
    one, two = Expansions({"a": ("b",)}), Expansions({"a": ("b",)})
    assert one == two == {"a": ("b",)}
    assert len({one, two}) == 1


def test_signs_alone_are_no_word() -> None:
    assert key_of_word("—— ，") == ()
