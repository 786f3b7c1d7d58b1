"""What comes out of a file: sections of Markdown, pictures, and notices about what was left out or wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kmsvc.convert.texts import ALL, WITHOUT_SHEET


@dataclass(frozen=True)
class Notice:
    """A code of texts.py with its values. `sentence` is the English source, to be translated and then filled."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        if self.params.get("sheet") == "":
            return WITHOUT_SHEET.get(self.code) or ALL[self.code]
        return ALL[self.code]

    def __str__(self) -> str:
        return self.sentence % self.params


@dataclass(frozen=True)
class HowRead(Notice):
    """How the columns of a sheet were understood, to be shown to whoever imports it."""


@dataclass(frozen=True)
class RowError(Notice):
    """A row that cannot be taken; the other rows can. `row` counts from 1 as the sheet or file shows it; `cells`: what it said, by
    code, to be corrected."""

    row: int = 0
    sheet: str = ""
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetLook:
    """A sheet of articles as somebody who says what its columns are must see it. heading: number of its row, 0 for none; first: the rows
    that may be it, (number, how it begins); columns: one mapping each, with heading, samples and code; chosen: somebody said so;
    fingerprint: of the whole headings, which `columns` may cut."""

    sheet: str
    heading: int
    first: list[list[Any]]
    columns: list[dict[str, Any]]
    skip: bool = False
    chosen: bool = False
    fingerprint: str = ""


@dataclass(frozen=True)
class Section:
    """One article, slide or document. `row` is the row, line or slide; `fields` the further columns by code.

    named: what its cell called it, where the title is only the first of several questions; an import knows it by that.
    doubts: [code of texts.DOUBTS, its values] for whoever looks at it before it is taken in."""

    title: str
    body_markdown: str
    sheet: str = ""
    row: int | None = None
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    named: str = ""
    doubts: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A picture out of a document; the Markdown shows it as `attachment:` and its SHA-256."""

    sha256: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Row:
    """One row of a table: its number as the sheet shows it, and the cells by column code."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A sheet of which the columns were understood: their codes, those left over, and the rows with content."""

    sheet: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: list[Row]
    how_read: HowRead


@dataclass(frozen=True)
class Converted:
    """A file that was read. `one_document`: its sections are parts of one text, not articles of their own."""

    kind: str
    title: str
    one_document: bool
    sections: list[Section]
    warnings: list[Notice]
    errors: list[RowError]
    how_read: list[HowRead]
    pictures: list[Picture]
    sheets: list[SheetLook] = field(default_factory=list)

    def whole(self) -> Section:
        """All sections as one text; the title of each becomes a heading unless it is that of the whole."""
        if len(self.sections) == 1:
            only = self.sections[0]
            return Section(only.title or self.title, only.body_markdown, only.sheet, only.row, only.fields)
        parts: list[str] = []
        for section in self.sections:
            if section.title and section.title != self.title:
                parts.append(f"## {section.title}")
            if section.body_markdown:
                parts.append(section.body_markdown)
        return Section(self.title, "\n\n".join(parts))
