"""Exports carry no live formula and read back as what they were."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.convert.export import csv_bytes, xlsx_bytes
from tests import payloads

FORMULAS = [
    "=1+1",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1+1",
    "\uff0b1",
    "=cmd|' /C calc'!A0",
    "-1",
]  # fmt: skip


def _sheet(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).active


@pytest.mark.parametrize("text", FORMULAS)
def test_r_c3_text_that_looks_like_a_formula_is_text_in_both(text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(["a"], [[text]]).decode("utf-8-sig"), newline="")))
    assert rows[1] == ["'" + text]
    sheet = _sheet(xlsx_bytes("t", [text], [[text]], text))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert sheet["A3"].value.strip() == text.strip()
    assert sheet["A3"].quotePrefix


def test_r_c3_no_part_of_the_workbook_holds_a_formula_element() -> None:
    data = xlsx_bytes("=1", FORMULAS, [FORMULAS, payloads.ALL])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if "worksheets/" in name:
                assert b"<f>" not in package.read(name)
                assert b"<f " not in package.read(name)


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_r_c3_whatever_the_text_no_cell_begins_like_a_formula(texts: list[str]) -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(["h"], [texts]).decode("utf-8-sig"), newline="")))
    assert all(not cell or cell[0] not in "=+-@\t\r\n" for cell in rows[1])
    sheet = _sheet(xlsx_bytes("t", ["h"], [texts]))
    assert all(cell.data_type in "sn" for row in sheet.iter_rows() for cell in row)


def test_numbers_stay_numbers_and_dates_stay_dates() -> None:
    day, instant = datetime.date(2026, 11, 21), datetime.datetime(2026, 11, 21, 9, 30, tzinfo=datetime.UTC)
    row = [-5, 2.5, day, instant, None, True, "退费"]
    sheet = _sheet(xlsx_bytes("报表/一", [str(n) for n in range(7)], [row], "导出：张三"))
    assert [cell.value for cell in sheet[3]] == [
        -5, 2.5, datetime.datetime(2026, 11, 21), instant.replace(tzinfo=None), None, True, "退费",
    ]  # fmt: skip
    assert sheet["C3"].number_format == "yyyy-mm-dd"
    assert sheet.freeze_panes == "A3"
    text = csv_bytes(["a"] * 7, [row]).decode("utf-8-sig")
    assert text.split("\r\n")[1] == "-5,2.5,2026-11-21,2026-11-21 09:30,,True,退费"


def test_csv_opens_in_chinese_excel() -> None:
    assert csv_bytes(["姓名"], []).startswith(b"\xef\xbb\xbf")
