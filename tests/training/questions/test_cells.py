"""Cells of sheets of questions, as people fill them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kmsvc.training.questions.formats import cells
from kmsvc.training.questions.formats.words import heading, kind_in


@pytest.mark.parametrize(("cell", "options"), [
    ("A.三天\nB.七天\nC.十五天", ["三天", "七天", "十五天"]),
    ("A、三天 B、七天 C、十五天", ["三天", "七天", "十五天"]),
    ("A．三天；B．七天；C．十五天；", ["三天", "七天", "十五天"]),
    ("A.三天B.七天C.十五天", ["三天", "七天", "十五天"]),
    ("Ａ：三天　Ｂ：七天", ["三天", "七天"]),
    ("（A）三天（B）七天", ["三天", "七天"]),
    ("(a) three (b) seven", ["three", "seven"]),
    ("A 三天\nB 七天", ["三天", "七天"]),
    ("A三天\nB七天\n", ["三天", "七天"]),
    ("A. 选 B. 组的人", ["选", "组的人"]),
    ("三天\n\n七天\n", ["三天", "七天"]),
    ("三天|七天|", ["三天", "七天", ""]),
    ("三天；七天", ["三天", "七天"]),
    ("三天", ["三天"]),
    ("Apple pie\nBanana", ["Apple pie", "Banana"]),
    ("USB.\nCD.", ["USB.", "CD."]),
    ("A.三天\nC.七天", ["A.三天", "C.七天"]),
    ("  ", []),
])
def test_options_of_one_cell(cell: str, options: list[str]) -> None:
    assert cells.split_options(cell) == options


@pytest.mark.parametrize(("stem", "parts"), [
    ("多久到账？\nA.三天\nB.七天", ("多久到账？", ["三天", "七天"])),
    ("多久到账（　）A、三天 B、七天", ("多久到账（　）", ["三天", "七天"])),
    ("多久到账？", ("多久到账？", [])),
    ("A.这是题干", ("A.这是题干", [])),
])
def test_options_in_the_cell_of_the_stem(stem: str, parts: tuple[str, list[str]]) -> None:
    assert cells.options_in_stem(stem) == parts


OPTIONS = ["三天", "七天", "十五天", "Yes"]


@pytest.mark.parametrize(("cell", "places"), [
    ("A", [0]), ("a", [0]), ("AC", [0, 2]), ("ac", [0, 2]), ("A、C", [0, 2]), ("A,C", [0, 2]), ("A，C", [0, 2]), ("A;C", [0, 2]),
    ("A C", [0, 2]),
    ("A/C", [0, 2]), ("A|C", [0, 2]), ("A和C", [0, 2]), ("ＡＣ", [0, 2]), ("CA", [2, 0]), ("Ａ．", [0]), ("1", [0]), ("1,3", [0, 2]),
    ("七天", [1]), ("三天、七天", [0, 1]),
    ("三天\n十五天", [0, 2]), ("yes", [3]), ("E", [4]), ("AA", [0, 0]), ("四天", None), ("", None), ("A和四天", None), ("对", None),
    ("Z", None), ("13", [12]), ("99", None),
])
def test_answers_of_a_choice(cell: str, places: list[int] | None) -> None:
    assert cells.choice_key(cell, OPTIONS) == places


def test_a_number_that_is_an_option_is_that_option() -> None:
    assert cells.choice_key("12", ["10", "12"]) == [1]
    assert cells.choice_key("1", ["3", "1"]) is None  # the first one, or the option "1"? Nobody knows.


@pytest.mark.parametrize(("cell", "said"), [
    ("对", True), ("正确", True), ("√", True), ("✓", True), ("T", True), ("true", True), ("TRUE", True), ("是", True), ("Y", True),
    (" 对。", None),
    ("错", False), ("错误", False), ("×", False), ("x", False), ("X", False), ("F", False), ("False", False), ("否", False),
    ("ｆ", False),
    ("A", None), ("", None), ("1", None), ("也许", None),
])
def test_true_and_false_in_any_writing(cell: str, said: bool | None) -> None:
    assert cells.truth(cell) is said


@pytest.mark.parametrize(("stem", "key", "marked", "accepted"), [
    ("退款在____内", "三天", "退款在[[1]]内", [("三天",)]),
    ("在（  ）内，由（）办", "三天；财务", "在[[1]]内，由[[2]]办", [("三天",), ("财务",)]),
    ("在____内，由____（经理）办", "三天,财务", "在[[1]]内，由[[2]]（经理）办", [("三天",), ("财务",)]),
    ("在[[a]]内", "三天/72小时 / 三日", "在[[a]]内", [("三天", "72小时", "三日")]),
    ("日期是＿＿＿", "2026/5/1", "日期是[[1]]", [("2026/5/1",)]),
    ("在__内由__办", "三天或三日\n财务", "在[[1]]内由[[2]]办", [("三天", "三日"), ("财务",)]),
    ("在__内由__办", "三天 财务", "在[[1]]内由[[2]]办", [("三天",), ("财务",)]),
    ("在__内由__办", "三天", "在[[1]]内由[[2]]办", None),
])
def test_blanks_and_what_they_accept(stem: str, key: str, marked: str, accepted: list[tuple[str, ...]] | None) -> None:
    assert cells.with_marks(stem) == marked
    assert cells.fill_key(key, marked.count("[[")) == accepted


@pytest.mark.parametrize(("stem", "left", "key"), [
    ("退款时限是（B）天", "退款时限是（　）天", "B"), ("以下正确的有( ACD )。", "以下正确的有（　）。", "ACD"),
    ("可以先退款后审批。（×）", "可以先退款后审批。（　）", "×"), ("（A）和（B）", "（A）和（B）", ""),
    ("没有（答案）", "没有（答案）", ""),
])
def test_an_answer_inside_the_stem(stem: str, left: str, key: str) -> None:
    assert cells.answer_inside(stem) == (left, key)


@pytest.mark.parametrize(("cell", "points"), [("2", "2"), ("2分", "2"), ("２．５分", "2.5"), ("1.5 points", "1.5"), ("两分", None),
                                              ("", None), ("NaN", None)])
def test_points(cell: str, points: str | None) -> None:
    assert cells.amount(cell) == (None if points is None else Decimal(points))


def test_lines_of_a_rubric() -> None:
    read = cells.rubric_lines("说明时限（2分）\n致歉：1.5分\n")
    assert read is not None
    assert [(one.text, one.points) for one in read] == [("说明时限", Decimal(2)), ("致歉", Decimal("1.5"))]
    assert cells.rubric_lines("说明时限") is None
    assert cells.rubric_lines("") == ()


@pytest.mark.parametrize(("words", "code"), [
    ("题干（必填）", "stem"), (" 正确答案*", "key"), ("选项A", "option/1"), ("A选项", "option/1"), ("选项（Ｂ）", "option/2"),
    ("Ｃ", "option/3"), ("option 4", "option/4"),
    ("选项5", "option/5"), ("选项", "options"), ("题型", "kind"), ("分值(分)", "points"), ("1", None), ("姓名", None), ("x" * 100, None),
])
def test_headings(words: str, code: str | None) -> None:
    assert heading(words) == code


@pytest.mark.parametrize(("words", "kind"), [
    ("单选题", "single"), ("一、单选题（每题2分，共20分）", "single"), ("第二部分 多项选择题", "multiple"), ("判断", "true_false"),
    ("2026客服判断题", "true_false"), ("选择题", "choice"),
    ("Sheet1", None), ("客服题库", None),
])
def test_kinds_named_by_sheets_and_sections(words: str, kind: str | None) -> None:
    assert kind_in(words) == kind
