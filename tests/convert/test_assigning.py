"""Somebody says what the columns of a sheet are; what cannot be is refused with a sentence, what is left out is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kmsvc.convert.assigning import heading_said, letter, meaning, position_of, said, said_of
from kmsvc.convert.columns import fingerprint
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Converted
from kmsvc.convert.service import convert_file
from tests.convert import make

BARE = "编号甲,怎么退费,原路退回，五个工作日。,宽带\n编号乙,怎么改套餐,打 10000 号。,移动\n".replace("，", "、")
ODD = [["2026 年常见问答"], ["客户怎么讲", "我们怎么讲", "谁管"], ["怎么退费", "原路退回。", "一组"], ["怎么报修", "按 2。", "二组"]]


@pytest.fixture
def convert(tmp_path: Path):
    def ask(name: str, content: bytes | str, layout: Any = None) -> Converted:
        path = tmp_path / "stored"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return convert_file(path, name, layout=layout)

    return ask


def test_letters_name_columns_both_ways() -> None:
    assert [letter(n) for n in (0, 25, 26, 99)] == ["A", "Z", "AA", "CV"]
    assert all(position_of(letter(n)) == n for n in range(100))


@pytest.mark.parametrize(("word", "code"), [
    ("answer", "body"), ("body", "body"), ("答案", "body"), ("question", "aliases"), ("ignored", "ignored"), ("忽略", "ignored"),
    ("further text", "more"), ("valid from", "valid_from"), ("nonsense", None)])
def test_a_column_may_be_called_by_code_or_by_any_heading_we_know(word: str, code: str | None) -> None:
    assert meaning(word) == code


@pytest.mark.parametrize(("words", "code"), [
    (["B"], "column_word"), (["B=nonsense"], "column_unknown"), (["B=title", "b=answer"], "column_said_twice"),
    (["12=title"], "column_word"), (["*=title"], "column_word")])
def test_words_that_say_nothing_are_refused(words: list[str], code: str) -> None:
    with pytest.raises(Refused) as told:
        said(words)
    assert told.value.code == code and str(told.value)


def test_headings_are_yes_no_or_a_row() -> None:
    assert [heading_said(word) for word in ("", "yes", "no", "3", "0", "是", "否")] == ["", "yes", "no", "3", "no", "yes", "no"]
    with pytest.raises(Refused, match="perhaps"):
        heading_said("perhaps")


def test_a_sheet_without_headings_is_read_as_chosen(convert) -> None:
    converted = convert("a.csv", BARE.encode("gb18030"), said(["A=external_id, B=question", "C=答案", "D=category"], "no"))
    assert [(one.title, one.body_markdown, one.fields) for one in converted.sections] == [
        ("怎么退费", "原路退回、五个工作日。", {"external_id": "编号甲", "category": "宽带"}),
        ("怎么改套餐", "打 10000 号。", {"external_id": "编号乙", "category": "移动"})]
    [look] = converted.sheets
    assert (look.heading, look.chosen, [one["code"] for one in look.columns]) == (
        0, True, ["external_id", "aliases", "body", "category"])
    assert look.columns[1]["samples"] == ["怎么退费", "怎么改套餐"] and look.first[0] == [
        1, "编号甲 · 怎么退费 · 原路退回、五个工作日。 · 宽带"]


def test_odd_headings_below_a_merged_title_are_a_heading_row_when_somebody_says_so(convert) -> None:
    alone = convert("a.xlsx", make.xlsx({"问答": ODD}))
    assert [(one.code, one.row) for one in alone.errors] == [("no_body", 1)]
    for heading in ("yes", "2"):
        told = convert("a.xlsx", make.xlsx({"问答": ODD}), said([], heading))
        assert [(one.title, one.row) for one in told.sections] == [("怎么退费", 3), ("怎么报修", 4)] and not told.errors
        assert [one["heading"] for one in told.sheets[0].columns] == ["客户怎么讲", "我们怎么讲", "谁管"]
    told = convert("a.xlsx", make.xlsx({"问答": ODD}), said(["A=question", "问答!B=answer", "C=tags"], "2"))
    assert told.sections[0].fields == {"tags": ["一组"]}


@pytest.mark.parametrize(("words", "heading", "code", "names"), [
    (["A=title", "B=title", "C=answer"], "", "column_twice", "A and B"), (["A=title", "B=question"], "no", "column_no_answer", ""),
    (["A=title", "Z=answer"], "", "column_beyond", "Z"), (["Preise!A=title"], "", "no_such_sheet", "Preise"),
    ([], "9", "no_such_row", "9")])
def test_what_does_not_fit_a_sheet_is_refused_with_the_place(convert, words: list[str], heading: str, code: str, names: str) -> None:
    with pytest.raises(Refused) as told:
        convert("a.xlsx", make.xlsx({"问答": ODD}), said(words, heading))
    assert told.value.code == code and names in str(told.value)


def test_some_columns_of_several_sheets_and_one_sheet_left_out(convert) -> None:
    book = make.xlsx({"一": [["问题", "答案", "备注"], ["怎么退费", "三天", "x"]], "二": [["怎么报修", "按 2", "x"]],
                      "说明": [["怎么填这张表"], ["看例子"]]})
    converted = convert("a.xlsx", book, said(["二!A=question", "二!B=answer", "一!C=further text", "说明!*=ignored"]))
    assert [(one.sheet, one.title, one.body_markdown) for one in converted.sections] == [
        ("一", "怎么退费", "三天\n\n**备注**\nx"), ("二", "怎么报修", "按 2")]
    assert [one.skip for one in converted.sheets] == [False, False, True] and not converted.errors
    assert "sheet_left_out" in {one.code for one in converted.warnings}


def test_rows_that_only_have_a_number_are_passed_over_and_counted(convert) -> None:
    rows = [["编号", "问题", "答案"], [1, "怎么退费", "三天"], *[[n, None, " "] for n in range(2, 20)], [20, "只有问题", None]]
    converted = convert("a.xlsx", make.xlsx({"问答": rows}))
    assert (len(converted.sections), [(one.code, one.row) for one in converted.errors]) == (1, [("no_body", 21)])
    [told] = [one for one in converted.warnings if one.code == "rows_blank"]
    assert (told.params["count"], told.params["rows"]) == (18, "3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …")
    assert converted.errors[0].cells == {"aliases": "只有问题"}


def test_what_is_doubtful_is_said_at_its_row(convert) -> None:
    rows = [["标题", "答案"], ["一", "暂无"], ["二", "#N/A"], ["三" * 201, "够长"], ["四", "好", "没有标题的一格"]]
    doubts = [[code for code, _ in one.doubts] for one in convert("a.xlsx", make.xlsx({"问答": rows})).sections]
    assert doubts == [["says_nothing"], ["cell_error"], ["title_cut"], ["cells_beyond"]]
    plain = convert("a.csv", "客户讲,我们讲\n怎么退费,三个工作日之内原路退回到付款的账户\n")
    assert [[code for code, _ in one.doubts] for one in plain.sections] == [["may_be_heading"], []]
    assert convert("a.csv", "答案\n三天\n").sections[0].doubts == [["title_from_text", {}]]


def test_a_heading_row_seen_before_is_read_as_it_was_chosen_then(convert) -> None:
    kept = {"remembered": {fingerprint(ODD[1]): ["aliases", "body", "category"]}}
    converted = convert("a.xlsx", make.xlsx({"问答": ODD}), kept)
    assert [(one.title, one.fields["category"]) for one in converted.sections] == [("怎么退费", "一组"), ("怎么报修", "二组")]
    again = convert("a.xlsx", make.xlsx({"问答": ODD}), {**said(["A=title", "B=answer"], "2"), **kept})
    assert "category" not in again.sections[0].fields, "what is said now counts"


def test_a_list_of_questions_beside_something_is_known_without_the_word_answer(convert) -> None:
    converted = convert("a.csv", "常见问题,怎么办\n怎么退费,三天\n")
    assert [(one.title, one.body_markdown) for one in converted.sections] == [("怎么退费", "三天")]


def test_a_running_number_in_front_is_neither_question_nor_answer(convert) -> None:
    odd = [["序号", "客户怎么讲", "我们怎么讲"], [1, "怎么退费", "三天"], [2, "怎么报修", "按 2"], [3, None, None]]
    headed = convert("a.xlsx", make.xlsx({"问答": odd}), said([], "yes"))
    assert [(one.title, one.body_markdown) for one in headed.sections] == [("怎么退费", "三天"), ("怎么报修", "按 2")]
    bare = convert("a.xlsx", make.xlsx({"问答": odd[1:]}))
    assert [(one.title, one.body_markdown) for one in bare.sections] == [("怎么退费", "三天"), ("怎么报修", "按 2")]
    prices = convert("a.xlsx", make.xlsx({"价目": [[100, "一百元套餐", "含流量"], [300, "三百元套餐", "含流量"]]}))
    assert [one.title for one in prices.sections] == ["100", "300"], "numbers that do not count may be questions"


def test_a_category_in_joined_cells_stands_for_the_rows_below_it_when_chosen(convert) -> None:
    rows = [["分类", "问题", "答案"], ["退费", "怎么退费", "三天"], [None, "多久到账", "五天"], [None, None, None],
            ["宽带", "怎么报修", "按 2"], [None, "怎么拆机", "带证件"]]
    plain = convert("a.xlsx", make.xlsx({"问答": rows}))
    assert [one.fields.get("category") for one in plain.sections] == ["退费", None, "宽带", None], "an empty cell says nothing by itself"
    told = convert("a.xlsx", make.xlsx({"问答": rows}), said(["A=category_below"]))
    assert [one.fields.get("category") for one in told.sections] == ["退费", "退费", "宽带", "宽带"]
    with pytest.raises(Refused, match="A and B"):
        convert("a.xlsx", make.xlsx({"问答": rows}), said(["A=category_below", "B=category"]))


def test_a_bare_column_that_repeats_itself_is_the_category(convert) -> None:
    rows = [[f"第{n}个怎么办", f"第{n}个这样办", "退费" if n % 2 else "宽带", "看附件"] for n in range(6)]
    first = convert("a.xlsx", make.xlsx({"问答": rows})).sections[0]
    assert (first.title, first.fields, first.body_markdown) == ("第0个怎么办", {"category": "宽带"}, "第0个这样办\n\n看附件")
    few = convert("a.xlsx", make.xlsx({"问答": [row[:3] for row in rows[:3]]})).sections[0]
    assert few.fields == {"aliases": ["宽带"]}, "three rows say too little"


@pytest.mark.parametrize(("heading", "first", "code"), [
    ("编号", 1, "ignored"), ("ID", 1, "ignored"), ("编码", 1, "ignored"), ("编号", 5, "external_id"), ("外部编号", 1, "external_id"),
    ("external_id", 1, "external_id")])
def test_a_column_that_only_counts_is_no_id_of_another_system(convert, heading: str, first: int, code: str) -> None:
    book = make.xlsx({"问答": [["问题", heading, "答案"], ["怎么退费", first, "三天"], ["怎么报修", first + 1, "按 2"]]})
    read = convert("a.xlsx", book)
    assert read.sheets[0].columns[1]["code"] == code
    assert ["only_numbers" in {one.code for one in read.warnings}] == [code == "ignored"]
    assert convert("a.xlsx", book, said(["B=external_id"])).sections[0].fields == {"external_id": str(first)}, "unless somebody says so"


def test_a_number_of_a_heading_row_holds_for_the_sheets_that_have_it(convert) -> None:
    book = make.xlsx({"说明": [["标题", "内容"]], "问答": ODD})
    read = convert("a.xlsx", book, said(["问答!A=question", "问答!B=answer"], "2"))
    assert [one.heading for one in read.sheets] == [1, 2] and [one.title for one in read.sections] == ["怎么退费", "怎么报修"]
    assert [one.params for one in read.warnings if one.code == "no_such_row_here"] == [{"sheet": "说明", "row": "2"}]
    bare = convert("a.csv", "标题,内容\n一,二\n", {**said([], "9"), "elsewhere": []})
    assert bare.sections and "no_such_row_here" in {one.code for one in bare.warnings}, "another file may have that row"


def test_a_first_row_that_was_said_to_be_content_is_no_doubtful_heading(convert) -> None:
    rows = "客户讲,我们讲\n怎么退费,三个工作日之内原路退回到付款的账户\n"
    assert [[code for code, _ in one.doubts] for one in convert("a.csv", rows).sections] == [["may_be_heading"], []]
    assert [one.doubts for one in convert("a.csv", rows, said([], "no")).sections] == [[], []]


def test_a_sheet_may_have_any_name() -> None:
    assert said_of([("价格,2026; 新!A", "answer"), ("甲!乙!*", "忽略")])["sheets"] == {
        "*": {"heading": ""}, "价格,2026; 新": {"columns": {"0": "body"}}, "甲!乙": {"skip": True}}
