"""Reading what a list hands out as a file, and counting what a page asks the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import event

from tests.support.centre import Centre


def table(answer: Any) -> list[list[str]]:
    """The rows of an export with its headings, as text, whichever form it has."""
    assert answer.status_code == 200
    if "spreadsheet" in answer.headers["Content-Type"]:
        return [["" if cell is None else str(cell) for cell in row]
                for row in load_workbook(io.BytesIO(answer.get_data())).active.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


@contextmanager
def counted(world: Centre) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)
    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)
