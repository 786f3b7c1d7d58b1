"""A cell with several questions: parted where each part stands alone, nowhere else."""

from pathlib import Path

import pytest

from kmsvc.convert.questions import questions_in
from kmsvc.convert.service import convert_file

PARTED = [
    ("宽带怎么拆机？/我要拆宽带", ["宽带怎么拆机？", "我要拆宽带"]),
    ("怎么退费？／能退钱吗", ["怎么退费？", "能退钱吗"]),
    ("怎么退费；多久到账呢", ["怎么退费", "多久到账呢"]),
    ("怎样停机保号;如何暂停号码", ["怎样停机保号", "如何暂停号码"]),
    ("能退吗|可以退么", ["能退吗", "可以退么"]),
    ("宽带故障报修｜网络断了怎么办", ["宽带故障报修", "网络断了怎么办"]),
    ("How to refund?/Where is my money?", ["How to refund?", "Where is my money?"]),
    ("refund how long / money back when", ["refund how long", "money back when"]),
    ("怎么退费\n\n钱什么时候退", ["怎么退费", "钱什么时候退"]),
    ("怎么退费？/怎么退费？", ["怎么退费？"]),
]
WHOLE = ["24/7人工服务怎么找？", "套餐30元/月怎么退订", "https://a.example/帮助中心/怎么退费", "2026/11/22起怎么收费？",
         "系统设置/网络/代理服务器设置/etc",
         "退订/退费有什么区别", "元/月是什么意思", "Wi-Fi/宽带怎么装", "TCP/IP settings", "/etc/hosts file; other words"]


@pytest.mark.parametrize(("cell", "questions"), PARTED)
def test_questions_that_stand_alone_are_parted(cell: str, questions: list[str]) -> None:
    assert questions_in(cell) == questions


@pytest.mark.parametrize("cell", WHOLE)
def test_a_mark_inside_a_sentence_parts_nothing(cell: str) -> None:
    assert questions_in(cell) == [cell]


def test_an_empty_cell_holds_no_question() -> None:
    assert questions_in(" \n ") == []


def test_a_sheet_s_first_question_is_the_title_and_the_others_are_wordings(tmp_path: Path) -> None:
    """The whole cell still names the article, so a file imported before is brought up to date, not doubled."""
    path = tmp_path / "faq.csv"
    path.write_text("问题,答案\n宽带怎么拆机？/我要拆宽带,带上身份证。\n24/7人工服务怎么找,按0。\n", "utf-8")
    first, second = convert_file(path, path.name).sections
    assert (first.title, first.fields["aliases"]) == ("宽带怎么拆机？", ["我要拆宽带"])
    assert first.named == "宽带怎么拆机？/我要拆宽带"
    assert (second.title, second.fields, second.named) == ("24/7人工服务怎么找", {}, "")


@pytest.mark.parametrize("cell", ["宽带怎么拆机？/我要拆宽带", "怎么退费\n钱什么时候退"])
def test_a_title_is_never_parted_but_whoever_looks_is_told(tmp_path: Path, cell: str) -> None:
    """A column of titles holds one title: half of it would be lost to readers. A column of questions may hold several."""
    path = tmp_path / "faq.csv"
    path.write_text(f'标题,内容\n"{cell}",带上身份证。\n', "utf-8")
    [one] = convert_file(path, path.name).sections
    assert (one.title, one.fields, one.doubts[0][0]) == (cell.replace("\n", " "), {}, "title_asks")
