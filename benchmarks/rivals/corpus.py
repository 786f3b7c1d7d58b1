"""Any number of articles that read like a centre's: made of the sentences of the articles written for the relevance bench.

An article takes most sentences from one written article, some from others of its field and a few from anywhere, with its own
names and figures, some 520 characters each. So a pair of a question stands in about as large a share of the articles as in
written ones; `shares` says how large. `benchmarks.search_engine` makes texts of a few hundred words, where a pair stands in a
third of all articles: far harder than any centre, kept as the worst case."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from statistics import fmean

from benchmarks.relevance.corpus import Entry
from benchmarks.relevance.corpus import corpus as written
from benchmarks.relevance.topics import questions as written_questions
from benchmarks.rivals.pages import asked
from kmsvc.markup.fences import visible
from kmsvc.markup.render import plain_text
from kmsvc.search.analysis import index_streams
from kmsvc.search.documents import SearchDocument

LENGTH = 520
KINDS = ("article", "process", "change")
_END = re.compile(r"(?<=[。！？!?.])\s*|\n+")
_FIGURES = re.compile(r"\d+")
_ALL_LEVELS = 3


@cache
def _sentences() -> tuple[list[Entry], list[list[str]], dict[tuple[str, str], list[int]]]:
    """The written articles, the sentences of each, and which belong to a field and language."""
    entries = written()
    parts = [[one.strip() for one in _END.split(plain_text(visible(entry.content.body, _ALL_LEVELS))) if one.strip()]
             for entry in entries]
    fields: dict[tuple[str, str], list[int]] = {}
    for place, entry in enumerate(entries):
        fields.setdefault((entry.category, entry.content.language), []).append(place)
    return entries, parts, fields


def _name(rng: random.Random) -> str:
    """A name that few others have, such as towns, people and products bring."""
    return "".join(chr(0x4E00 + int(rng.paretovariate(0.35)) % 6000) for _ in range(rng.choice((2, 2, 3))))


def article(number: int, seed: int = 0) -> SearchDocument:
    """One article; the same number and seed give the same text."""
    rng = random.Random(f"{seed}:{number}")
    entries, parts, fields = _sentences()
    place = rng.randrange(len(entries))
    entry = entries[place]
    near = fields[entry.category, entry.content.language]
    own, name = list(parts[place]), _name(rng)
    rng.shuffle(own)
    taken: list[str] = []
    length = 0
    wanted = rng.gauss(LENGTH, LENGTH / 4)
    while length < wanted:
        roll = rng.random()
        pool = own if roll < 0.7 and own else parts[rng.choice(near)] if roll < 0.95 else parts[rng.randrange(len(parts))]
        text = own.pop() if pool is own else rng.choice(pool)
        text = _FIGURES.sub(lambda _: str(rng.randrange(1, 400)), text)
        taken.append(text if rng.random() < 0.7 else f"{_name(rng)}：{text}")
        length += len(taken[-1])
    start = date(2026, 1, 1) + timedelta(days=rng.randrange(200))
    return SearchDocument(
        kind=KINDS[min(2, int(rng.expovariate(1.2)))], id=number, number=f"KB-{number:05d}",
        title=f"{name}{entry.content.title}", body="\n".join(taken), summary=entry.content.summary,
        aliases=entry.content.aliases if rng.random() < 0.3 else (), tags=entry.content.tags,
        category=f"类别{min(11, int(rng.expovariate(0.4)))}", language=entry.content.language,
        level=rng.choice((1, 1, 1, 2, 2, 3)), unit=rng.choice((0, 0, 0, 1, 2, 3, 4)),
        valid_from=start if rng.random() < 0.2 else None, valid_to=None, version=1, updated_on=start)


def questions(count: int) -> list[str]:
    """Written questions in an order that mixes their styles; the same for every run."""
    found = [one.text for one in written_questions()]
    random.Random(7).shuffle(found)
    return found[:count]


def shares(articles: Iterable[str], texts: Iterable[str]) -> float:
    """In what share of the articles a pair of a question stands, the mean over those that stand somewhere."""
    found: Counter[str] = Counter()
    count = 0
    for article_text in articles:
        found.update(index_streams(article_text).pairs.keys())
        count += 1
    return fmean(found[pair] / count for text in texts for pair in asked(text) if found[pair])


def shares_of_written() -> float:
    """The same of the written articles themselves."""
    return shares(("\n".join((entry.content.title, entry.content.summary, visible(entry.content.body, _ALL_LEVELS)))
                   for entry in written()), questions(1000))


def shares_of_made(count: int = 3000) -> float:
    """The same of the first made ones."""
    return shares(("\n".join((one.title, one.summary, one.body)) for one in map(article, range(count))), questions(1000))
