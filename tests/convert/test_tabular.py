"""Columns are understood by their headings, in Chinese and English, wherever the heading row stands."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest

from kmsvc.convert.columns import by_position, code_of, codes, recognise
from kmsvc.convert.refusals import Refused
from kmsvc.convert.service import table_file
from kmsvc.convert.sheets import read_sheets
from tests.convert import make


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("标题", "title"), (" 分段标题（选填）", "title"), ("TITLE", "title"), ("*标题*", "title"),
        ("分段内容（必填，最长不超过4096个字符）", "body"), ("答案", "body"), ("问题（选填，单元格内一行一个）", "aliases"),

        ("External ID", "external_id"), ("valid-from", "valid_from"), ("生效日期:", "valid_from"),
        ("备注", None), ("", None),
    ],
)  # fmt: skip
def test_headings_are_known_whatever_their_dress(heading: str, code: str | None) -> None:
    assert code_of(heading, "articles") == code


def test_the_columns_of_both_sorts_are_those_of_the_contract() -> None:
    assert set(codes("articles")) == {
        "external_id", "title", "body", "summary", "category", "tags", "aliases", "language", "confidentiality",
        "owner", "valid_from", "valid_to", "product", "region", "channel", "customer",
    }  # fmt: skip
    assert set(codes("accounts")) == {"login", "name", "email", "roles", "unit", "post", "language"}


def test_the_first_of_two_equal_headings_counts() -> None:
    assert recognise(["内容", "答案", "标题"], "articles") == {0: "body", 2: "title"}
    assert recognise(["张三", "13800000000"], "articles") == {}
    assert recognise(["姓名", "部门"], "accounts") == {}


def test_positions_depend_on_the_number_of_columns() -> None:
    assert by_position(1, "articles") == {0: "body"}
    assert by_position(2, "articles") == {0: "aliases", 1: "body"}, "a question may stand beside another, a title may not"
    assert by_position(3, "articles") == {0: "aliases", 1: "body", 2: "aliases"}
    assert by_position(5, "articles") == {0: "aliases", 1: "body"}
    assert by_position(3, "accounts") == {}


def test_accounts_are_read_from_both_formats(tmp_path: Path) -> None:
    rows = [
        ["工号", "姓名", "邮箱", "角色", "部门", "岗位"],
        ["zhang", "张三", "z@a.example", "agent", "一组", "坐席"],
    ]
    files = {
        "a.xlsx": make.xlsx({"员工": rows}),
        "a.csv": "\n".join(",".join(row) for row in rows).encode("gbk"),
    }
    for name, content in files.items():
        path = tmp_path / "stored"
        path.write_bytes(content)
        (table,), _ = table_file(path, name)
        assert table.columns == ("login", "name", "email", "roles", "unit", "post")
        assert [(row.number, row.values["login"], row.values["post"]) for row in table.rows] == [
            (2, "zhang", "坐席")
        ]


def test_accounts_without_a_heading_row_are_refused_with_the_expected_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("zhang,张三\n")
    with pytest.raises(Refused, match="login, name, email") as refused:
        table_file(path, "a.csv")
    assert refused.value.code == "no_headings"


def test_only_sheets_are_read_as_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(make.pdf([["x"]]))
    with pytest.raises(Refused) as refused:
        table_file(path, "a.pdf")
    assert refused.value.code == "type_not_allowed"


def test_cells_come_as_people_see_them(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    instant = datetime.datetime(2026, 1, 2, 9, 30)
    book = openpyxl.Workbook()
    book.active.append(
        [3, 3.0, 2.5, 1e15, True, instant.date(), instant, "  张\u200b三 ", None, 0.15, "=1+1"]
    )
    book.active["J1"].number_format = "0%"
    book.save(path)
    (sheet,) = read_sheets(path, "xlsx")
    assert sheet.rows == [
        (
            1,
            [
                "3",
                "3",
                "2.5",
                "1000000000000000",
                "TRUE",
                "2026-01-02",
                "2026-01-02 09:30",
                "张三",
                "",
                "15%",
            ],
        )
    ]


def test_a_line_that_names_the_sign_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_text("sep=;\nlogin;name\nzhang;张三\n")
    (table,), _ = table_file(path, "a.csv")
    assert [(row.number, row.values) for row in table.rows] == [(3, {"login": "zhang", "name": "张三"})]
