"""Questions as customers ask them, over the demo's articles with its vocabulary: the answer is among the first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.relevance.corpus import corpus
from benchmarks.relevance.product import Centre, centre
from kmsvc.demo.content.words import saved_searches, terms
from kmsvc.search.expansions import NONE, Vocabulary, expand, vocabulary_of

# Question -> article that must be among the first three.
FIRST_THREE = {
    "没网了": "KB-0110",
    "家里网断了": "KB-0110",
    "双倍扣钱了": "KB-0412",
    "话费突然多了好多": "KB-0390",
    "网咋这么卡，刷个视频都转圈": "KB-0368",
    "宽带怎么退费": "KB-0412",
    "手机卡丢了怎么办": "KB-0202",
    "想先停着不用号码留着": "KB-0466",
    "电视没画面了": "KB-0215",
    "帮我把宽带改户主": "KB-0439",
    "流量用超了网速突然变慢": "KB-0238",
    "搬家宽带能一起搬走吗": "KB-0382",
    "师傅没来我等了一天": "KB-0250",
    "刚买完就便宜了50": "KB-0151",
    "refund how long": "KB-0143",
    "宽带不要了怎么拆机": "KB-0465",
    "这个月怎么扣了我两份钱": "KB-0412",
    "家里没网了": "KB-0110",
}
# Question -> article that must be the first: what is copied by habit.
FIRST = {
    "没网了": "KB-0110",
    "没网": "KB-0110",
    "多扣钱了": "KB-0412",
    "扣了两次": "KB-0412",
    "充值没到账": "KB-0189",
    "没到账": "KB-0189",
    "退款没到账": "KB-0501",
    "wifi密码忘了": "KB-0116",
}
# Question -> how the title of the first begins.
BEGINS = {"要多少天能退": "退费标准", "几天能退": "退费标准", "手机打不通": "通话问题", "打不通": "通话问题"}
LONG = "我昨天在营业厅办了个套餐结果今天发现扣了两次钱你们是不是乱收费我要退"


@pytest.fixture(scope="module")
def demo() -> Iterator[Centre]:
    """The demo's articles alone."""
    with centre([one for one in corpus() if one.key.startswith("KB-")]) as opened:
        yield opened


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    """The vocabulary of the demo."""
    return vocabulary_of((first, [then]) for one in terms() for said in one.sayings
                         for first, then in [(said, one.term), *([(one.term, said)] if one.direction == "both" else [])])


@pytest.mark.parametrize(("asked", "answer"), FIRST_THREE.items())
def test_everyday_words_lead_to_the_answer(demo: Centre, words: Vocabulary, asked: str, answer: str) -> None:
    assert answer in demo.search(asked, expand(words, asked))[:3]


@pytest.mark.parametrize(("asked", "answer"), FIRST.items())
def test_the_commonest_words_have_their_answer_first(demo: Centre, words: Vocabulary, asked: str, answer: str) -> None:
    assert demo.search(asked, expand(words, asked))[0] == answer


@pytest.mark.parametrize(("asked", "title"), BEGINS.items())
def test_the_first_answer_is_about_what_was_said(demo: Centre, words: Vocabulary, asked: str, title: str) -> None:
    titles = {one.key: one.content.title for one in corpus()}
    assert titles[demo.search(asked, expand(words, asked))[0]].startswith(title)


def test_a_long_story_of_being_charged_twice_leads_to_refunds(demo: Centre, words: Vocabulary) -> None:
    assert "KB-0412" in demo.search(LONG, expand(words, LONG))[:5]


@pytest.mark.parametrize("asked", ["没网了", "怎么退费", "退费", "多扣我钱", "上不了网"])
def test_without_a_vocabulary_they_find_something(demo: Centre, asked: str) -> None:
    assert len(demo.search(asked, NONE)) > 3


def test_saved_searches_find_their_article(demo: Centre, words: Vocabulary) -> None:
    numbers = {one.content.title: one.key for one in corpus()}
    asked = [(one.query, numbers[one.title]) for one in saved_searches() if one.title in numbers]
    assert len(asked) >= 14
    assert [query for query, answer in asked if answer not in demo.search(query, expand(words, query))[:10]] == []
