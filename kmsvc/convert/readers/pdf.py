"""PDF text: pages in order, the lines of a paragraph joined again, page numbers and running heads left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kmsvc.convert import limits
from kmsvc.convert.escape import escape_inline, escape_line
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Section
from kmsvc.convert.titles import document
from kmsvc.markup.cleaning import clean_line, scrub

MOST_CHARACTERS = 8_000_000
# A line shorter than this share of the usual length ends its paragraph.
SHORT_LINE = 0.75
# A first paragraph that is no sentence and no longer than this is the title.
LONGEST_TITLE = 40

_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\u2018-\u201d]")
_END = re.compile("[.!?:;\u3002\uff01\uff1f\uff1a\uff1b\u2026][\"')\u201d\u2019\uff09]?\\Z")
_BEGIN = re.compile(
    r"(?:[-*\u2022\u25cf\u25a0\u25c6\u00b7\u2013]\s|\d{1,3}(?:\.\d{1,3})*[.)\u3001\uff0e\s]|[\uff08(]\S{1,3}[)\uff09]"
    r"|[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}\u3001|\u7b2c\S{1,4}[\u7ae0\u8282\u6761])"
)
_PAGE_NUMBER = re.compile(
    r"[-\u2013\s]*(?:\u7b2c\s*)?\d{1,4}(?:\s*[/\u9875]\s*(?:\u5171?\s*\d{1,4}\s*\u9875?)?)?[-\u2013\s]*"
)
_BULLET = re.compile("[\u2022\u25cf\u25a0\u25c6\u00b7]\\s*")


def read(path: Path, name: str) -> Iterator[Section | Notice]:
    """One section with the text of all pages."""
    import pypdf

    reader = pypdf.PdfReader(str(path), strict=False)
    if reader.is_encrypted:
        raise Refused("encrypted")
    pages: list[list[str]] = []
    size = 0
    for number, page in enumerate(reader.pages, start=1):
        if number > limits.PAGES:
            raise Refused("too_much")
        text = scrub(page.extract_text() or "")
        size += len(text)
        if size > MOST_CHARACTERS:
            raise Refused("too_much")
        pages.append([line for line in (clean_line(line) for line in text.split("\n")) if line])
    empty = sum(1 for page in pages if not page)
    if empty == len(pages):
        raise Refused("no_text")
    metadata = reader.metadata
    title = str(metadata.title or "") if metadata else ""
    yield document(_paragraphs(_without_running_heads(pages)), name, title=clean_line(scrub(title)))
    if empty:
        yield Notice("pages_without_text", {"count": empty})


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Lines that stand first or last on most pages, and bare page numbers, are not part of the text."""
    edges = Counter(line for page in pages for line in {*page[:1], *page[-1:]})
    often = {line for line, count in edges.items() if len(pages) >= 3 and count > len(pages) * 0.6}

    def is_running(line: str) -> bool:
        return line in often or bool(_PAGE_NUMBER.fullmatch(line))

    trimmed = []
    for page in pages:
        lines = list(page)
        while lines and is_running(lines[0]):
            lines.pop(0)
        while lines and is_running(lines[-1]):
            lines.pop()
        trimmed.append(lines)
    return trimmed


def _paragraphs(pages: list[list[str]]) -> list[str]:
    lines = [line for page in pages for line in page]
    usual = sorted(map(len, lines))[len(lines) * 4 // 5] if lines else 0
    paragraphs: list[str] = []
    open_paragraph = False
    for line in lines:
        if open_paragraph and not _BEGIN.match(line):
            paragraphs[-1] = _join(paragraphs[-1], line)
        else:
            paragraphs.append(line)
        open_paragraph = not _END.search(line) and len(line) >= usual * SHORT_LINE
    written = [_written(paragraph) for paragraph in paragraphs]
    if paragraphs and _is_title(paragraphs[0]):
        written[0] = f"# {written[0]}"
    return written


def _is_title(paragraph: str) -> bool:
    return len(paragraph) <= LONGEST_TITLE and not _END.search(paragraph) and not _BEGIN.match(paragraph)


def _join(before: str, after: str) -> str:
    if _CJK.match(before[-1]) or _CJK.match(after[0]):
        return before + after
    if before.endswith("-") and before[-2:-1].isalpha() and after[0].islower():
        return before[:-1] + after
    return f"{before} {after}"


def _written(paragraph: str) -> str:
    bullet = _BULLET.match(paragraph)
    if bullet:
        return "- " + escape_inline(paragraph[bullet.end() :])
    return escape_line(escape_inline(paragraph), lists=True)
