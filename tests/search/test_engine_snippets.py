"""Snippets: short, HTML-safe, hits marked, at the place that answers the question."""

import html
import random
import re

import pytest

from kmsvc.search.questions import parse
from kmsvc.search.snippets import LONGEST, marked, snippet
from tests.search.corpus import WORDS

LONG = "本文说明日常工作。" * 30


@pytest.mark.parametrize(
    ("typed", "text", "mark"),
    [
        ("退费标准", LONG + "客户可以按照退费标准办理。" + LONG, "退费标准"),
        ("退費標準", LONG + "客户可以按照退费标准办理。", "退费标准"),
        ("退费", LONG + "可以退費。", "退費"),
        ("refunding", "Money " * 60 + "was refunded. " + "Then " * 40, "refunded"),
        ("５Ｇ套餐", LONG + "（5G套餐）的资费", "5G套餐"),
        ("5g套餐", LONG + "……⑤……５Ｇ套餐……的资费", "５Ｇ套餐"),
        ("减免", LONG + "㎡……經理可以減免。", "減免"),
        ("接", LONG + "不接电话", "接"),
        ('"标准办理"', LONG + "退费标准办理。", "标准办理"),
    ],
)
def test_the_hit_is_marked_in_the_spelling_of_the_text(typed: str, text: str, mark: str) -> None:
    shown = snippet(text, parse(typed))
    assert f"<mark>{mark}</mark>" in shown
    assert len(re.sub(r"<[^>]*>", "", html.unescape(shown))) <= LONGEST + 2


def test_the_window_with_more_of_the_question_wins() -> None:
    text = "退费说明。" + LONG + "宽带退费的标准如下。" + LONG
    assert "宽带退费" in re.sub("</?mark>", "", snippet(text, parse("宽带退费标准")))


def test_a_snippet_begins_at_a_sentence_when_one_is_near() -> None:
    assert snippet(LONG + "请按退费标准办理。" + LONG, parse("退费标准")).startswith(
        "…请按<mark>退费标准</mark>办理。"
    )


def test_a_text_without_hits_is_quoted_from_its_beginning() -> None:
    assert snippet("开头。" + LONG, parse("退费")).startswith("开头。本文")
    assert snippet("", parse("退费")) == ""


def test_html_in_texts_is_shown_not_run() -> None:
    shown = snippet('<script>alert("退费")</script> & <b>标准</b>', parse("退费标准"))
    assert (
        shown
        == "&lt;script&gt;alert(&quot;<mark>退费</mark>&quot;)&lt;/script&gt; &amp; &lt;b&gt;<mark>标准</mark>&lt;/b&gt;"
    )
    assert marked("<退费>", parse("退费")) == "&lt;<mark>退费</mark>&gt;"


def test_whatever_is_asked_the_snippet_is_a_safe_piece_of_the_text() -> None:
    rng = random.Random(5)
    odd = "<>&\"'\n\t…①㎏ﬁİß𠮷👍é"
    for _ in range(500):
        text = "".join(
            rng.choice((rng.choice(WORDS), rng.choice(odd), "，", "費")) for _ in range(rng.randrange(200))
        )
        shown = snippet(
            text, parse("".join(rng.choice((rng.choice(WORDS), rng.choice(odd))) for _ in range(5)))
        )
        bare = re.sub("</?mark>", "", shown)
        assert not re.search("[<>\"']", bare)
        assert shown.count("<mark>") == shown.count("</mark>")
        piece = html.unescape(bare).strip("…").split()
        assert "".join(piece) in "".join(text.split())
        assert len(html.unescape(bare)) <= LONGEST + 2
