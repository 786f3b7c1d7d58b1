"""Plain text and Markdown. Neither has a parser that could be attacked: lines are looked at one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kmsvc.convert.encoding import decode
from kmsvc.convert.escape import escape_text
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Section
from kmsvc.convert.titles import LONGEST, document, of_file
from kmsvc.markup.cleaning import clean_line, scrub

_FIRST_HEADING = re.compile(r"\s*(?P<heading>#{1,6}[ \t]+[^\n]+)\n")
_UNDERLINED = re.compile(r"\s*(?P<heading>[^\n]+)\n(?:=+|-+)[ \t]*\n")
_FRONT = re.compile(r"---[ \t]*\n(?P<lines>(?:[^\n]*\n){0,60}?)---[ \t]*\n")
_SENTENCE_END = ("\u3002", "\uff1b", "\uff0c", ".", ";", ",")
LONGEST_FIRST_LINE = 60


def read_markdown(path: Path, name: str) -> Iterator[Section | Notice]:
    """One section; a heading that opens the text is its title, simple `key: value` lines at the head its fields."""
    text, notices = _text(path)
    fields: dict[str, str | list[str]] = {}
    front = _FRONT.match(text)
    if front is not None:
        fields = _fields(front["lines"])
        text = text[front.end() :]
    title = str(fields.pop("title", ""))
    heading = _FIRST_HEADING.match(text + "\n")
    underlined = None if heading else _UNDERLINED.match(text + "\n")
    if heading is not None:
        section = document([heading["heading"], text[heading.end() :].strip("\n")], name)
    elif underlined is not None:
        section = document([f"# {underlined['heading'].strip()}", text[underlined.end() :].strip("\n")], name)
    else:
        section = Section(of_file(name), text.strip("\n"))
    yield Section(clean_line(title)[:LONGEST] or section.title, section.body_markdown, fields=fields)
    yield from notices


def read_text(path: Path, name: str) -> Iterator[Section | Notice]:
    """One section; a short first line that is no sentence and has an empty line below is its title."""
    text, notices = _text(path)
    lines = text.strip("\n").split("\n")
    first = lines[0].strip()
    is_title = (
        len(lines) > 1
        and not lines[1].strip()
        and 0 < len(first) <= LONGEST_FIRST_LINE
        and not first.endswith(_SENTENCE_END)
    )
    body = escape_text("\n".join(lines[1:] if is_title else lines), lists=True).strip("\n")
    yield Section(clean_line(first) if is_title else of_file(name), re.sub(r"\n{3,}", "\n\n", body))
    yield from notices


def _text(path: Path) -> tuple[str, list[Notice]]:
    text, encoding = decode(path.read_bytes())
    text = scrub(text)
    if not text.strip():
        raise Refused("empty")
    guessed = encoding not in {"utf-8", "utf-16-le", "utf-16-be"}
    return text, [Notice("guessed_encoding", {"encoding": encoding.upper()})] if guessed else []


def _fields(lines: str) -> dict[str, str | list[str]]:
    from kmsvc.convert.columns import article_fields

    pairs: dict[str, str] = {}
    for line in lines.split("\n"):
        key, colon, value = line.partition(":")
        if colon and re.fullmatch(r"\w[\w -]{0,40}", key):
            pairs[key] = value.strip().strip("\"'").strip("[]")
    return article_fields(pairs)
