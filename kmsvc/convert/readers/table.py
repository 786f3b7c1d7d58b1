"""Sheets of articles: one row, one article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kmsvc.convert.columns import article_fields, split_list
from kmsvc.convert.escape import escape_inline
from kmsvc.convert.questions import questions_in
from kmsvc.convert.result import HowRead, Notice, Row, RowError, Section, Table
from kmsvc.convert.tabular import read_tables
from kmsvc.convert.titles import LONGEST
from kmsvc.markup.cleaning import clean_line
from kmsvc.markup.render import plain_text


def read_xlsx(path: Path, name: str) -> Iterator[Section | Notice]:
    """A section for each row of each visible sheet."""
    yield from _read(path, "xlsx")


def read_csv(path: Path, name: str) -> Iterator[Section | Notice]:
    """A section for each row."""
    yield from _read(path, "csv")


def _read(path: Path, kind: str) -> Iterator[Section | Notice]:
    for table in read_tables(path, kind, "articles"):
        if isinstance(table, Notice):
            yield table
            continue
        yield table.how_read
        ignored = [heading for heading in table.unknown if heading] if "body" in table.columns else []
        if ignored and isinstance(table.how_read, HowRead):
            yield Notice("columns_ignored", {"columns": ", ".join(ignored)})
        for row in table.rows:
            yield _section(table, row)


def _section(table: Table, row: Row) -> Section | RowError:
    fields = article_fields({code: value for code, value in row.values.items() if code[0] != "+"})
    title, body = str(fields.pop("title", "")), str(fields.pop("body", ""))
    extra = {code[1:]: value for code, value in row.values.items() if code[0] == "+"}
    if table.how_read.code == "by_position":
        body = "\n\n".join(filter(None, [body, *extra.values()]))
    elif "body" not in table.columns:
        body = "\n\n".join(f"**{escape_inline(heading)}**\n{value}" for heading, value in extra.items())
    title, more = _questions(title, apart=table.how_read.code == "by_position")
    asked = [*more, *fields.get("aliases", [])]
    if more:
        fields["aliases"] = asked
    title = title or (asked[0] if asked else "")
    named = clean_line(title)[:LONGEST]
    parted = [one for cell in (title, *asked) for one in questions_in(cell)]
    if title and parted != [title, *asked]:
        title = parted[0]
        fields["aliases"] = [one for one in dict.fromkeys(parted) if one != title]
    first = clean_line(title)[:LONGEST]
    if not first and not {"title", "aliases"} & set(table.columns):
        first = clean_line(_first_line(body))[:LONGEST]
    where = {"row": row.number, "sheet": table.sheet}
    if not body:
        return RowError("no_body", **where)  # type: ignore[arg-type]
    if not first:
        return RowError("no_title", **where)  # type: ignore[arg-type]
    return Section(first, body, table.sheet, row.number, fields, named if named and named != first else "")


def _questions(title: str, *, apart: bool) -> tuple[str, list[str]]:
    """The first question of a cell, and the others it holds: one a line; without headings also with a mark between them."""
    found = split_list("aliases", title) if apart else [line.strip() for line in title.splitlines() if line.strip()]
    return (found[0], found[1:]) if found else ("", [])


def _first_line(body: str) -> str:
    words = plain_text(body).strip()
    return words.split("\n")[0][:60] if words else ""
