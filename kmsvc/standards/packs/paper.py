"""Pages to print: a PDF of each clause, and two pages for the board. The same content gives the same bytes: nothing is compressed, no
clock and no random number goes in, and the Chinese font is embedded, as far as it is used. Source: E13, E19."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

Numbered = Callable[[int], str]
"""the number of a page, in words"""
FONT, FONT_FILE = "kmsvc-zh", ("paperang_p2_fonts_cjk", "fonts/wqy-microhei.ttc")
"""WenQuanYi Micro Hei, Apache-2.0; a TrueType collection whose first face is proportional"""
INK, GREY, LINE, PAPER = HexColor("#1c2430"), HexColor("#5b6673"), HexColor("#d5dae1"), HexColor("#f3f5f8")
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
AT_ONCE = 200
"""rows of one table; a long list is several, so that laying it out grows with its length and no faster"""
LONGEST = 600
"""characters of one cell; the whole stands in records.json"""


@cache
def _font() -> str:
    package, name = FONT_FILE
    with resources.as_file(resources.files(package) / name) as path:
        pdfmetrics.registerFont(TTFont(FONT, str(path), subfontIndex=0))
    return FONT


def _style(size: float, colour: Any = INK, *, space: float = 0) -> ParagraphStyle:
    return ParagraphStyle(f"{size}{colour}", fontName=_font(), fontSize=size, leading=size * 1.4, textColor=colour, wordWrap="CJK",
                          spaceAfter=space)


def heading(text: str, size: float = 15) -> Flowable:
    """A heading."""
    return Paragraph(escape(text), _style(size, space=2 * mm))


def line(text: str, *, quiet: bool = False) -> Flowable:
    """A paragraph."""
    return Paragraph(escape(text), _style(9, GREY if quiet else INK, space=1 * mm))


def gap(height: float = 4) -> Flowable:
    """Free space, in millimetres."""
    return Spacer(1, height * mm)


def new_page() -> Flowable:
    """What follows stands on a page of its own."""
    return PageBreak()


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> list[Flowable]:
    """A table of texts. widths: shares of the page's width. Its heading is repeated on each page."""
    whole = sum(widths)
    columns = [WIDTH * one / whole for one in widths]
    style = TableStyle([
        ("FONT", (0, 0), (-1, -1), _font(), 8), ("LEADING", (0, 0), (-1, -1), 10.5), ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("TEXTCOLOR", (0, 0), (-1, 0), GREY), ("BACKGROUND", (0, 0), (-1, 0), PAPER), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5)])
    cell = _style(8)
    top = [_cell(one, width, cell) for one, width in zip(head, columns, strict=True)]
    parts = [rows[at:at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)] or [[]]
    return [Table([top, *([_cell(one, width, cell) for one, width in zip(row, columns, strict=True)] for row in part)],
                  colWidths=columns, repeatRows=1, style=style) for part in parts]


def _cell(text: str, width: float, style: ParagraphStyle) -> Any:
    """Only what does not fit on a line is broken: that is what takes time."""
    text = " ".join(text[:LONGEST].split())
    return text if pdfmetrics.stringWidth(text, FONT, 8) <= width - 6 else Paragraph(escape(text), style)


def paper(title: str, foot: str, content: Sequence[Flowable], page: Numbered) -> bytes:
    """The PDF. foot: stands on every page, with its number as `page` says it."""
    out = io.BytesIO()

    def footed(canvas: Canvas, document: Any) -> None:
        canvas.setFont(_font(), 7.5)
        canvas.setFillColor(GREY)
        canvas.drawString(MARGIN, 9 * mm, foot)
        canvas.drawRightString(A4[0] - MARGIN, 9 * mm, page(document.page))

    # invariant: a fixed date and a number of the file that follows from its content
    made = SimpleDocTemplate(out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=title,
                             author="kmsvc", pageCompression=0, invariant=1)
    made.build(list(content), onFirstPage=footed, onLaterPages=footed)
    return out.getvalue()
