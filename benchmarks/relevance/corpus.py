"""The knowledge that is searched: the demo's published articles and those of other fields in corpus/.

Seed and day are fixed, so that a corpus differs only when somebody edits a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kmsvc.demo.content.articles import articles
from kmsvc.knowledge.articles.usecases import Content

FOLDER = Path(__file__).parent
SEED, COUNT = 1, 400
TODAY = date(2026, 6, 1)
FIRST_WRITTEN = 3001
_HEADING = re.compile(r"^## ", re.M)
_PUBLISHED = ("published", "expiring")
_LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}


@dataclass(frozen=True)
class Entry:
    """One article of the bench. key: by which answers.toml names it; number: its readable number."""

    key: str
    number: str
    category: str
    content: Content


def corpus() -> list[Entry]:
    """All articles, each with its own title and text; ValueError where two are alike or a heading is malformed."""
    found = [*_demo(), *_written()]
    for what in ({one.key for one in found}, {one.content.title for one in found}, {one.content.body for one in found}):
        if len(what) != len(found):
            raise ValueError("two articles of the bench share a key, a title or a text")
    return found


def _demo() -> Iterator[Entry]:
    for text in articles(SEED, COUNT):
        if text.state not in _PUBLISHED:
            continue
        ends = TODAY + timedelta(days=text.valid_to_days) if text.valid_to_days is not None else None
        yield Entry(text.external_id, text.external_id, text.category, Content(
            title=text.title, body=text.body, summary=text.summary, tags=text.tags, aliases=text.aliases,
            language=text.language, confidentiality=text.confidentiality,
            valid_from=TODAY + timedelta(days=text.valid_from_days), valid_to=ends))


def _written() -> Iterator[Entry]:
    number = FIRST_WRITTEN
    for file in sorted((FOLDER / "corpus").glob("*.md")):
        field, language = file.name.split(".")[:2]
        for part in _HEADING.split(file.read_text(encoding="utf-8"))[1:]:
            yield _entry(part, f"KB-{number}", field, _LANGUAGES[language])
            number += 1


def _entry(part: str, number: str, field: str, language: str) -> Entry:
    """From `key | title | tags | aliases` and the text below; a first line with > is the summary."""
    heading, _, body = part.partition("\n")
    key, title, tags, aliases = (column.strip() for column in heading.split("|"))
    summary, body = "", body.strip()
    if body.startswith(">"):
        summary, _, body = body.removeprefix(">").partition("\n")
    return Entry(key, number, field, Content(
        title=title, body=body.strip() + "\n", summary=summary.strip(), tags=_list(tags), aliases=_list(aliases),
        language=language))


def _list(column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in column.split(",") if part.strip())
