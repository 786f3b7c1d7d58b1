"""GIFT and Aiken: every item is taken or turned away with its line and reason; what they can hold comes back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.convert.refusals import Refused
from kmsvc.training.questions.formats import aiken, gift, gift_writing, lost
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken, alike
from kmsvc.training.questions.kinds import (
    Blank,
    Choice,
    Credit,
    FillIn,
    Folding,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from tests.training.questions.strategies import ROUGH, questions, simple

A, B, C = options_of(["三天", "七天", "十五天"])
SINGLE = Question("多久到账？", Choice((A, B, C), (B.id,)))


def _aiken(text: str) -> Reading:
    return aiken.read(text.encode())


def _gift(text: str) -> Reading:
    return gift.read(text.encode())


def _only(reading: Reading) -> Question:
    assert not reading.turned_away, reading.turned_away
    (one,) = reading.taken
    return one.question


def _codes(reading: Reading) -> list[tuple[int | None, str]]:
    return [(one.place.row, one.reasons[0].code) for one in reading.turned_away]


def test_aiken_as_people_write_it() -> None:
    found = _aiken("多久到账？\nA. 三天\nB) 七天\nC、十五天\nANSWER: B\n\n没有选项\nANSWER: A\n\n没有答案\nA. 一\nB. 二\n\n"
                   "超出\nA. 一\nB. 二\nANSWER: C\n看不懂\nA. 一\nB. 二\nANSWER: 二\n第一行\n\nA. 一\n续行\nB. 二\nanswer：a, b\n")
    assert found.taken[0].question == SINGLE
    several = found.taken[1].question
    assert (several.kind, several.stem, several.body.options[0].text) == (Kind.MULTIPLE, "第一行", "一\n续行")  # type: ignore[union-attr]
    assert _codes(found) == [(7, "no_options"), (10, "no_key"), (14, "key_beyond_options"), (18, "key_unread")]
    assert found.taken[1].place.row == 22
    with pytest.raises(Refused):
        _aiken(" \n")


@pytest.mark.parametrize(("text", "question"), [
    ("多久到账？{~三天 =七天 ~十五天}", SINGLE),
    ("::标题:: 多久到账？ {\n~三天 # 太快\n=七天 # 对\n~十五天\n#### 见流程}", Question("多久到账？", SINGLE.body, "见流程")),
    ("[html]<p>多久<b>到账</b>？</p>{~三天 =七天 ~十五天}", Question("多久**到账**？", SINGLE.body)),
    ("[markdown]多久*到账*？{~三天 =七天 ~十五天}", Question("多久*到账*？", SINGLE.body)),
    ("2*3*4 是？{=24 ~25}", Question("2\\*3\\*4 是？", Choice(options_of(["24", "25"]), (options_of(["24"])[0].id,)))),
    ("钱在{=七天 ~三天}到。", Question("钱在 （　） 到。", Choice(options_of(["七天", "三天"]), (B.id,)))),
    ("材料？{~%50%三天 ~%50%七天 ~%-100%十五天}", Question("材料？", Choice((A, B, C), (A.id, B.id), True))),
    ("材料？{~%50%三天 ~%50%七天 ~%-50%十五天}", Question("材料？", Choice((A, B, C), (A.id, B.id), True, Credit.LESS_WRONG))),
    ("对吗{T}", Question("对吗", TrueFalse(True))), ("对吗{false#为什么#因为}", Question("对吗", TrueFalse(False))),
    ("谁批？{=主管 =经理}", Question("谁批？ [[1]]", FillIn((Blank("1", ("主管", "经理")),)))),
    ("由 {=主管} 批。", Question("由 [[1]] 批。", FillIn((Blank("1", ("主管",)),)))),
    ("几天{#3:0.5}", Question("几天", Numeric(Decimal(3), Decimal("0.5")))),
    ("几天{#1..5}", Question("几天", Numeric(Decimal(3), Decimal(2)))), ("几天{#=3}", Question("几天", Numeric(Decimal(3)))),
    ("述{}", Question("述", ShortAnswer())),
    ("符号 \\{\\}\\~\\=\\#\\: 一\\n二{T}", Question("符号 {}~=#: 一\n二", TrueFalse(True))),
])
def test_gift_by_its_description(text: str, question: Question) -> None:
    assert _only(_gift(text)) == question


def test_gift_matching_with_a_distractor() -> None:
    body = _only(_gift("配{=甲 -> 一 =乙 -> 一 = -> 三}")).body
    one, other = options_of(["甲", "乙"]), options_of(["一", "三"])
    assert body == Matching(one, other, ((one[0].id, other[0].id), (one[1].id, other[0].id)))


def test_gift_items_beside_each_other() -> None:
    found = _gift("// [id:Q-1] [tag:退\\]款] [tag:b]\n::题一::对吗{T}\n\n$CATEGORY: $course$/top/退款/时限\n// 注释\n\n"
                  "对吗{F}\n\n只有说明，没有答案\n\n"
                  "谁{=主管 =%50%经理}\n\n谁{=*主管}\n\n几{#=3 =4}\n\n坏{=甲 ~乙\n\n坏{甲}\n\n{T}\n\n"
                  "选{=甲 ~%50%乙}\n\n选{~%-100%甲 =乙}\n")
    assert [one.about for one in found.taken] == [About("Q-1", "题一", "", "", ("退]款", "b")), About("", "", "退款/时限"),
                                                  About("", "", "退款/时限")]
    assert [one.place.row for one in found.taken] == [2, 7, 25]
    assert found.taken[2].remarks == ("credit_replaced",)
    assert _codes(found) == [(9, "no_answers"), (11, "share_of_answer"), (13, "wildcard"), (15, "many_numbers"), (17, "braces"),
                             (19, "answers_unread"),
                             (21, "stem_empty"), (23, "unequal_shares")]
    assert [(one.place.row, one.code) for one in found.passed_over] == [(4, "category")]
    assert found.count == 12


def test_what_a_file_says_beside_a_question_is_remarked() -> None:
    assert _gift("选{=甲#对了 ~乙#错了}").taken[0].remarks == ("feedback",)
    assert _gift("选{~%50%甲 ~%50%乙 ~丙}").taken[0].remarks == ("credit_replaced",)
    assert _gift("选{=甲 ~乙}").taken[0].remarks == ()


@settings(max_examples=150, deadline=None)
@given(questions(ROUGH) | questions())
def test_what_gift_can_hold_is_not_lost(question: Question) -> None:
    codes = gift_writing.cannot_hold(question)
    assert set(codes) <= lost.CODES
    assert codes or alike(_only(gift.read(gift_writing.write([Taken(Place(), question)]))), question)


@settings(max_examples=100, deadline=None)
@given(questions(cases=False).map(simple).filter(lambda one: one.kind in gift_writing.KINDS))
def test_gift_holds_every_plain_question(question: Question) -> None:
    assert gift_writing.cannot_hold(question) == []


@settings(max_examples=150, deadline=None)
@given(questions(ROUGH, cases=False) | questions(cases=False))
def test_what_aiken_can_hold_is_not_lost(question: Question) -> None:
    codes = aiken.cannot_hold(question)
    assert set(codes) <= lost.CODES
    assert codes or alike(_only(aiken.read(aiken.write([Taken(Place(), question)]))), question)


@settings(max_examples=60, deadline=None)
@given(questions(cases=False).map(simple).filter(lambda one: one.kind is Kind.SINGLE))
def test_aiken_holds_every_plain_single_choice(question: Question) -> None:
    assert aiken.cannot_hold(question) == []


def test_many_items_come_back_together_with_what_is_said_of_them() -> None:
    items = [Taken(Place(), SINGLE, About("Q-1", "题：一", "退款/时限", "", ("甲]", "乙"))),
             Taken(Place(), Question("对吗", TrueFalse(True)), About("", "", "退款/时限")),
             Taken(Place(), Question("// 一\n\n二", TrueFalse(False), "= 因为 #"), About())]
    found = gift.read(gift_writing.write(items))
    assert [(one.question, one.about) for one in found.taken] == [(one.question, one.about) for one in items]
    assert [one.question for one in aiken.read(aiken.write([items[0], items[0]])).taken] == [SINGLE, SINGLE]


@pytest.mark.parametrize(("question", "gifts", "aikens"), [
    (SINGLE, [], []),
    (Question("多久到账？", SINGLE.body, "因为"), [], ["explanation"]),
    (Question("多久到账？", SINGLE.body, points=Decimal(2)), ["points"], ["points"]),
    (Question("![图](attachment:" + "ab" * 32 + ")", SINGLE.body), ["pictures"], ["pictures"]),
    (Question("多**久**", SINGLE.body), [], ["text_changed"]),
    (Question("材料？", Choice((A, B, C), (A.id, B.id), True)), [], ["kind"]),
    (Question("材料？", Choice((A, B, C), (A.id, B.id), True, Credit.LESS_WRONG)), [], ["kind"]),
    (Question("材料？", Choice((A, B, C), (A.id, B.id), True, Credit.ALL)), ["credit"], ["kind"]),
    (Question("问", Choice((A, B), (A.id,), shuffled=False)), ["fixed_order"], ["fixed_order"]),
    (Question("排", Ordering((A, B))), ["kind"], ["kind"]),
    (Question("[[1]][[2]]", FillIn((Blank("1", ("甲",), 2), Blank("2", ("乙",))), Folding(case=False))),
     ["folding", "many_blanks", "blank_weight"], ["kind"]),
    (Question("几", Numeric(Decimal(3), Decimal("0.1"), True, "天")), ["relative_tolerance", "unit"], ["kind"]),
    (Question("述", ShortAnswer((), "先道歉", 100)), ["model_answer", "longest"], ["kind"]),
])
def test_what_cannot_be_held_is_named(question: Question, gifts: list[str], aikens: list[str]) -> None:
    assert gift_writing.cannot_hold(question) == gifts
    assert aiken.cannot_hold(question) == aikens


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="甲{}=~#%:\\/[]AB.T>-\n 1$", max_size=60), st.sampled_from((aiken.read, gift.read)))
def test_no_text_breaks_a_reader(text: str, reader: object) -> None:
    try:
        found, code = reader(text.encode()).count, ""  # type: ignore[operator]
    except Refused as refused:
        found, code = 0, refused.code
    assert found > 0 or code in ("empty", "not_text")
