"""What is typed or pasted is made fit to keep, or refused with a sentence."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.markup.cleaning import Unclean, clean_line, clean_text, scrub


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张\u3000三\t李四\n", "张 三 李四"),
        ("张\u200b三\ufeff", "张三"),
        ("a\u202etxt.exe\u202c", "atxt.exe"),
        ("\u2067x\u2069\u200e", "x"),
        ("e\u0301", "é"),
        ("a\x0bb\x85c\u2028d", "a b c d"),
        ("bell\x07", "bell"),
        ("tag\U000e0041", "tag"),
        ("５Ｇ", "５Ｇ"),
    ],
)
def test_a_line_keeps_only_what_can_be_seen(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_text_keeps_its_lines_and_indentation() -> None:
    assert clean_text("一\r\n  二\r三\u2028四\n") == "一\n  二\n三\n四\n"


def test_emoji_of_several_parts_stay_whole_in_a_text() -> None:
    family = "👨\u200d👩\u200d👧"
    assert clean_text(family) == family


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@pytest.mark.parametrize(
    ("typed", "code"), [("a\x00b", "nul"), ("a\ud800", "surrogate"), ("\udfffb", "surrogate")]
)
def test_broken_text_is_refused_with_a_sentence(clean, typed: str, code: str) -> None:
    with pytest.raises(ValueError, match=r"^This text .*\.$") as refused:
        clean(typed)
    assert isinstance(refused.value, Unclean)
    assert refused.value.code == code


def test_a_limit_counts_after_cleaning() -> None:
    assert clean_line("  abc  ", limit=3) == "abc"
    with pytest.raises(Unclean, match="at most 3"):
        clean_line("abcd", limit=3)


def test_text_out_of_a_file_is_repaired_instead() -> None:
    assert scrub("a\x00b\ud800c\u200b") == "ab\ufffdc"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (clean_line, clean_text):
        once = clean(text)
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        once.encode()
