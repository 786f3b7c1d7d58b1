"""Sheets of questions as centres keep them: each row is taken, turned away with its reason, or passed over with a word why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.convert.refusals import Refused
from kmsvc.convert.sheets import Sheet, csv_sheet
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken, alike
from kmsvc.training.questions.formats.sheet import read_file, read_sheets
from kmsvc.training.questions.formats.sheet_writing import cannot_hold, table, write_csv, write_xlsx
from kmsvc.training.questions.kinds import (
    Blank,
    Case,
    Choice,
    Credit,
    FillIn,
    Folding,
    Kind,
    Matching,
    Numeric,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from tests.convert import make
from tests.training.questions.strategies import ROUGH, questions, simple


def read(rows: Sequence[Sequence[str]], name: str = "") -> Reading:
    """A sheet with these rows."""
    sheet = Sheet(name)
    for number, row in enumerate(rows, 1):
        sheet.add(number, [cell.strip() for cell in row])
    return read_sheets([sheet])


def _keys(question: Question) -> list[str]:
    assert isinstance(question.body, Choice)
    return [one.text for one in question.body.options if one.id in question.body.keys]


def _reasons(reading: Reading) -> list[tuple[int | None, str]]:
    return [(one.place.row, one.reasons[0].code) for one in reading.turned_away]


USUAL = [
    ["客服基础题库（2026年第一季度）"],
    ["序号", "题型", "题目（必填）", "选项A", "选项B", "选项C", "选项D", "正确答案", "分值", "难度", "知识点", "答案解析"],
    ["1", "单选题", "多久到账？", "三天", "七天", "十五天", "", "B", "2分", "易", "退款", "见流程第七步"],
    ["2", "多选", "需要哪些材料？", "发票", "银行卡", "身份证", "户口本", "AC", "3", "中等", "退款", ""],
    ["3", "判断题", "可以先退款后审批。", "", "", "", "", "×", "1", "", "", ""],
    ["4", "填空题", "退款由____审批，____内完成。", "", "", "", "", "主管；三天/72小时", "", "难", "", ""],
    ["5", "简答题", "怎样安抚客户？", "", "", "", "", "先道歉，再说明。", "5", "", "", ""],
    ["", "单选题", "没有选项的题", "", "", "", "", "A", "1", "", "", ""],
    ["7", "单选题", "两个答案的单选", "甲", "乙", "", "", "AB", "1", "", "", ""],
    ["8", "单选题", "超出选项", "甲", "乙", "", "", "D", "1", "", "", ""],
    ["9", "连词成句", "没有这种题型", "甲", "乙", "", "", "A", "1", "", "", ""],
    ["10"],
    ["11", "单选题", "", "甲", "乙", "", "", "A", "1", "", "", ""],
    ["12", "判断题", "答案看不懂", "", "", "", "", "也许", "1", "", "", ""],
    ["13", "填空题", "没有空", "", "", "", "", "三天", "1", "", "", ""],
    ["14", "填空题", "一个空____", "", "", "", "", "", "1", "", "", ""],
    ["15", "单选题", "分值看不懂", "甲", "乙", "", "", "A", "两分", "", "", ""],
]


def test_a_usual_sheet_row_by_row() -> None:
    found = read(USUAL, "题库")
    assert found.count == len(USUAL)
    assert [one.question.kind for one in found.taken] == [Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.FILL_IN, Kind.SHORT_ANSWER]
    single, multiple, judged, filled, short = (one.question for one in found.taken)
    assert (_keys(single), single.points, single.explanation) == (["七天"], Decimal(2), "见流程第七步")
    assert len(single.body.options) == 3  # type: ignore[union-attr]
    assert found.taken[0].about == About("1", "", "退款", "easy")
    assert found.taken[0].place == Place("题库", 3, "1")
    assert _keys(multiple) == ["发票", "身份证"]
    assert judged.body == TrueFalse(False)
    assert filled == Question("退款由[[1]]审批，[[2]]内完成。", FillIn((Blank("1", ("主管",)), Blank("2", ("三天", "72小时")))))
    assert short.body == ShortAnswer((), "先道歉，再说明。")
    assert _reasons(found) == [(8, "no_options"), (9, "many_keys"), (10, "key_beyond_options"), (11, "kind_unknown"), (13, "stem_empty"),
                               (14, "key_unread"), (15, "no_blanks"), (16, "blank_accepts_nothing"), (17, "points_unread")]
    assert [(one.place.row, one.code) for one in found.passed_over] == [(1, "above_heading"), (2, "heading"), (12, "nothing_asked")]
    assert found.turned_away[0].shown == "没有选项的题"


def test_a_sheet_without_headings_is_understood_by_what_stands_in_it() -> None:
    found = read([
        ["1", "多久到账？请选择一项", "三天", "七天", "十五天", "", "B", "2"],
        ["2", "需要哪些材料？可以多选", "发票", "银行卡", "身份证", "A", "AC", "3"],
        ["3", "可以先退款后审批，对不对？", "", "", "", "", "错", "1"],
    ])
    assert [one.question.kind for one in found.taken] == [Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE]
    assert [one.question.points for one in found.taken] == [2, 3, 1]
    assert _keys(found.taken[1].question) == ["发票", "身份证"]
    assert found.count == 3


@pytest.mark.parametrize("rows", [
    [["多久到账？请选择一项", "A.三天 B.七天", "B"], ["还有哪些材料要交？", "A.发票\nB.证件", "A"]],
    [["单选题", "多久到账？请选择一项", "三天|七天", "B"], ["单选题", "还有哪些材料要交？", "发票|证件", "A"]],
    [["多久到账？\nA.三天\nB.七天", "B"], ["还有哪些材料？\nA.发票\nB.证件", "A"]],
])
def test_other_shapes_without_headings(rows: list[list[str]]) -> None:
    found = read(rows)
    assert [_keys(one.question) for one in found.taken] == [["七天"], ["发票"]]
    assert not found.turned_away


def test_nobody_guesses_columns_that_say_nothing() -> None:
    found = read([["张三", "13800000000"], ["李四", "13900000000"]])
    assert _reasons(found) == [(1, "columns_unknown"), (2, "columns_unknown")]


def test_sections_and_sheet_names_say_the_kind() -> None:
    rows = [["题目", "选项", "答案"], ["一、单选题（每题2分）"], ["甲？", "A.一 B.二", "A"], ["二、多选题"], ["乙？", "A.一 B.二", "A"],
            ["题目", "选项", "答案"], ["三、判断题"], ["丙。", "", "√"]]
    found = read(rows)
    assert [one.question.kind for one in found.taken] == [Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE]
    assert [one.code for one in found.passed_over] == ["heading", "section", "section", "heading", "section"]
    assert read([["题目", "选项", "答案"], ["乙？", "A.一 B.二", "A"]], "多选题").taken[0].question.kind is Kind.MULTIPLE


@pytest.mark.parametrize(("row", "kind", "code"), [
    (["甲？", "", "B"], None, "no_options"), (["甲？", "", "AC"], None, "no_options"), (["甲？", "", "A、C"], None, "no_options"),
    (["甲？", "A.一 B.二", ""], None, "no_key"), (["甲？", "A.一 B.二", "二十"], None, "key_unread"),
    (["甲？", "A.一 B.一", "A"], None, "same_options"),
    (["甲？", "A.一 B.二", "B"], Kind.SINGLE, ""), (["甲？", "一\n二\n三", "一、三"], Kind.MULTIPLE, ""),
    (["甲。", "", "T"], Kind.TRUE_FALSE, ""),
    (["甲。", "A.正确 B.错误", "B"], Kind.SINGLE, ""), (["甲。", "A.正确 B.错误", "错误"], Kind.TRUE_FALSE, ""),
    (["在____内", "", "三天"], Kind.FILL_IN, ""),
    (["怎样做？", "", "先道歉。"], Kind.SHORT_ANSWER, ""), (["甲？\nA.一\nB.二", "", "B"], Kind.SINGLE, ""),
    (["时限是（B）天 A.一 B.二", "", ""], Kind.SINGLE, ""),
])
def test_rows_that_do_not_say_their_kind(row: list[str], kind: Kind | None, code: str) -> None:
    found = read([["题目", "选项", "答案"], row])
    assert [one.question.kind for one in found.taken] == ([kind] if kind else [])
    assert [one.reasons[0].code for one in found.turned_away] == ([code] if code else [])


def test_a_heading_joined_over_the_columns_of_all_options() -> None:
    found = read([["题目", "选项", "", "", "答案"], ["甲？", "一", "二", "三", "C"]])
    assert _keys(found.taken[0].question) == ["三"]
    found = read([["题目", "选项", "选项", "选项", "答案"], ["甲？", "一", "二", "三", "AC"]])
    assert _keys(found.taken[0].question) == ["一", "三"]


def test_words_of_foreign_sheets_are_plain_words() -> None:
    found = read([["题目", "选项A", "选项B", "答案"], ["2*3*4 等于 # 多少 [x](y)？", "*号", "<b>", "A"]])
    question = found.taken[0].question
    assert question.stem == "2\\*3\\*4 等于 # 多少 [x\\](y)？"
    assert [one.text for one in question.body.options] == ["\\*号", "\\<b>"]  # type: ignore[union-attr]


def test_numbers_orders_and_pairs() -> None:
    heads = ["题型", "题目", "选项A", "选项B", "选项C", "答案", "误差", "单位"]
    found = read([heads, ["数值题", "多少？", "", "", "", "1,200元", "5%", "元"], ["排序题", "排", "乙", "甲", "丙", "BAC", "", ""],
                  ["匹配题", "配", "甲 => 一", "乙 => 一", "=> 三", "", "", ""], ["匹配题", "配", "甲-一", "乙", "", "", "", ""],
                  ["数值题", "多少？", "", "", "", "很多", "", ""],
                  ["排序题", "排", "乙", "甲", "丙", "BA", "", ""], ["案例题", "景", "", "", "", "甲", "", ""]])
    number, order, pairs = (one.question.body for one in found.taken)
    assert number == Numeric(Decimal(1200), Decimal("0.05"), True, "元")
    assert isinstance(order, Ordering) and [one.text for one in order.items] == ["甲", "乙", "丙"]
    one, other = options_of(["甲", "乙"]), options_of(["一", "三"])
    assert pairs == Matching(one, other, ((one[0].id, other[0].id), (one[1].id, other[0].id)))
    assert [code for _, code in _reasons(found)] == ["pair_unread", "key_unread", "key_unread", "case_in_sheet"]


def test_files_of_chinese_excel(tmp_path: Path) -> None:
    text = "题型,题目,A,B,答案\r\n单选题,多久到账？,三天,七天,Ｂ\r\n判断题,可以。,,,√\r\n,,,,\r\n"
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    found = read_file(tmp_path / "a.csv", "a.csv")
    assert [one.question.kind for one in found.taken] == [Kind.SINGLE, Kind.TRUE_FALSE]
    assert [one.code for one in found.notices] == ["guessed_encoding"]

    book = openpyxl.Workbook()
    first = book.active
    first.title = "单选题"
    for row in [["题目", "A", "B", "答案", "分值"], ["甲？", 1, 2.5, "B", 2], ["乙？", True, "否", "A", 1]]:
        first.append(row)
    for row in range(4, 300):
        first.cell(row, 1).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
        first.cell(row, 2).value = "  "
    second = book.create_sheet("判断题")
    second.append(["题干", "答案"])
    second.append(["丙。", True])
    book.create_sheet("空")
    hidden = book.create_sheet("旧题")
    hidden.append(["题干", "答案"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "b.xlsx")
    found = read_file(tmp_path / "b.xlsx", "b.xlsx")
    assert [(one.place.sheet, one.place.row) for one in found.taken] == [("单选题", 2), ("单选题", 3), ("判断题", 2)]
    assert [one.text for one in found.taken[0].question.body.options] == ["1", "2.5"]  # type: ignore[union-attr]
    assert found.taken[2].question.body == TrueFalse(True)
    assert [(one.code, one.params) for one in found.notices] == [("sheet_empty", {"sheet": "空"}), ("sheet_hidden", {"sheet": "旧题"})]
    assert found.count == 5 and not found.turned_away


def test_r_u2_hostile_files_are_refused_whole(tmp_path: Path) -> None:
    for name, data, code in (("a.xlsx", b"PK\x03\x04 nothing", "damaged"), ("a.csv", b"\x00\x01", "not_text"), ("a.csv", b" ", "empty"),
                             ("a.exe", b"MZ", "type_not_allowed"),
                             ("b.xlsx", make.zipped({"[Content_Types].xml": "spreadsheetml.sheet.main+xml", "../x": "y"}), "odd_part")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refused) as refused:
            read_file(tmp_path / name, name)
        assert refused.value.code == code


PLAIN = Question("多久到账？", Choice(options_of(["三天", "七天"]), (options_of(["三天"])[0].id,)))


def test_our_own_sheets_come_back_from_the_disk(tmp_path: Path) -> None:
    pairs = options_of(["甲", "乙"])
    several = [
        PLAIN, Question("**粗** ![图](attachment:" + "ab" * 32 + ")\n\n| 表 | 头 |\n| --- | --- |\n| 1 | 2 |", Choice(
            options_of(["=1+1", "-2", "@x"]), tuple(one.id for one in options_of(["=1+1", "@x"])), True, Credit.ALL),
                        "因为 *它*", Decimal("2.5")),
        Question("对吗", TrueFalse(False)), Question("在[[1]]内[[2]]", FillIn((Blank("1", ("三天", "3 天")), Blank("2", ("完成",))))),
        Question("多少", Numeric(Decimal("98.5"), Decimal("0.01"), True, "%")), Question("排", Ordering(pairs)),
        Question("配", Matching(pairs, options_of(["一", "二", "三"]),
                               ((pairs[0].id, options_of(["二"])[0].id), (pairs[1].id, options_of(["一"])[0].id)))),
    ]
    items = [Taken(Place(), one, About(f"Q-{n}", "", "退款", "hard", ("甲", "乙"))) for n, one in enumerate(several)]
    for language in ("zh", "en"):
        (tmp_path / "q.xlsx").write_bytes(write_xlsx(items, language))
        (tmp_path / "q.csv").write_bytes(write_csv(items, language))
        for name in ("q.xlsx", "q.csv"):
            found = read_file(tmp_path / name, name)
            assert not found.turned_away, found.turned_away
            assert [alike(one.question, item.question) for one, item in zip(found.taken, items, strict=True)] == [True] * len(items)
            assert [one.about for one in found.taken] == [one.about for one in items]


def test_a_table_in_a_text_is_not_taken_for_the_delimiter() -> None:
    table_text = "表\n\n" + "\n".join("| a | b | c |" for _ in range(40))
    data = write_csv([Taken(Place(), Question(table_text, PLAIN.body)), Taken(Place(), PLAIN)])
    assert [alike(one.question, PLAIN) for one in read_sheets([csv_sheet(data)]).taken] == [False, True]


@settings(max_examples=120, deadline=None)
@given(questions())
def test_what_a_sheet_can_hold_is_not_lost_and_what_it_cannot_is_named(question: Question) -> None:
    lost = cannot_hold(question)
    heads, rows = table([Taken(Place(), question)], "en")
    back = read([heads, *[["" if cell is None else str(cell) for cell in row] for row in rows]])
    assert lost or alike(back.taken[0].question, question)
    assert back.count == 2


@settings(max_examples=80, deadline=None)
@given(questions(cases=False).map(simple))
def test_plain_questions_can_be_held(question: Question) -> None:
    """The list of what cannot be held is not a way out: plain words in a plain question come back, whatever the question."""
    assert cannot_hold(question) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(questions(ROUGH, cases=False), min_size=1, max_size=4))
def test_many_rough_questions_together(several: list[Question]) -> None:
    held = [one for one in several if not cannot_hold(one)]
    found = read_sheets([csv_sheet(write_csv([Taken(Place(), one) for one in held]))])
    assert [alike(one.question, other) for one, other in zip(found.taken, held, strict=True)] == [True] * len(held)


@pytest.mark.parametrize(("question", "code"), [
    (Question("景", Case((Part("1", PLAIN),))), "case"),
    (Question("[[1]]", FillIn((Blank("1", ("甲",)),), Folding(case=False))), "folding"),
    (Question("[[1]][[2]]", FillIn((Blank("1", ("甲",), 2), Blank("2", ("乙",))))), "blank_weight"),
    (Question("问", Choice(PLAIN.body.options, PLAIN.body.keys, shuffled=False)), "fixed_order"),  # type: ignore[union-attr]
    (Question("述", ShortAnswer(longest=10)), "longest"),
    (Question("[[1]]", FillIn((Blank("1", ("甲 / 乙",)),))), "text_changed"),
    (Question("    代码", PLAIN.body), "text_changed"),
])
def test_what_cannot_be_held_is_named(question: Question, code: str) -> None:
    assert cannot_hold(question) == [code]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(("", "题目", "答案", "选项", "A", "单选题", "A.一 B.二", "对", "____", "甲？", "2", "=> 三",
                                          "甲 => 一", "排序题", "匹配题", "数值题",
                                          "判断题", "[[1]]", "题型", "分值", "评分标准", "评分（2分）")), max_size=7),
                min_size=1, max_size=8))
def test_every_row_with_content_is_counted_whatever_stands_in_it(rows: list[list[str]]) -> None:
    full = [row for row in rows if any(row)]
    if not full:
        return
    assert read(rows).count == len(full)
