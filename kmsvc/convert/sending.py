"""A table as the answer of a page: the export of what a list shows, as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from flask import Response

from kmsvc.convert.export import Cell, csv_bytes, xlsx_bytes
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import today

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8",
               "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def ended(rows: Iterable[Sequence[Cell]], count: int, *, more: bool) -> list[Sequence[Cell]]:
    """The rows of an export; where the list goes on after them, a last line says so: no file ends in silence."""
    told = sentence(N_("Only the first %(count)s rows are in this file. Filter the list to take the others."), {"count": count})
    return [*rows, [told]] if more else list(rows)


def list_answer(form: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str,
                more: bool = False) -> Response:
    """The export of what a list shows. title, head: sources of texts; more: the list goes on after these rows, and the file says so;
    name: of the file, before the day."""
    held = list(rows)
    return table_answer(form, sentence(title), [sentence(one) for one in head], ended(held, len(held), more=more),
                        name=f"{name}-{today().isoformat()}")


def table_answer(form: str, title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str,
                 note: str | None = None) -> Response:
    """The file to take away. form: csv or xlsx, anything else counts as csv. name: of the file, without its ending.

    note: a line above the headings of an XLSX: who took what, and when.
    """
    form = form if form in MEDIA_TYPES else "csv"
    body = xlsx_bytes(title, headers, rows, note) if form == "xlsx" else csv_bytes(headers, rows)
    answer = Response(body, mimetype=MEDIA_TYPES[form].split(";")[0])
    answer.headers["Content-Type"] = MEDIA_TYPES[form]
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{form}')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer
