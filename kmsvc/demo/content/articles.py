"""The knowledge articles of the demo: hand-written topics filled with hand-written cases.

The first few hundred are the cases themselves; beyond them every case returns once per service area
with that area's shop, hours and visiting slots, so that any count up to 10,000 has its own titles.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, zip_longest
from typing import Any

from kmsvc.demo.content.files import load, names
from kmsvc.demo.content.processes import process_names

FIRST_NUMBER = 101
ENGLISH_EVERY = 10
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article as an import would bring it; days count from the demo's today."""

    external_id: str
    title: str
    body: str
    summary: str
    category: str
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    language: str
    confidentiality: str
    owner_login: str
    valid_from_days: int
    valid_to_days: int | None
    state: str
    updated_days_ago: int
    state_note: str


@dataclass(frozen=True, slots=True)
class _Case:
    """One topic with one row of its values, perhaps for one service area."""

    file: dict[str, Any]
    topic: dict[str, Any]
    values: dict[str, Any]
    area: dict[str, str] | None

    def text(self, key: str, default: str = "") -> str:
        """A field of the topic with this case's values put in."""
        return _fill(str(self.topic.get(key, default)), self.values)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list field of the topic with this case's values put in, without repeats."""
        return tuple(dict.fromkeys(_fill(item, self.values) for item in self.topic.get(key, ())))

    @property
    def pin(self) -> int | None:
        """The article number this case must bear, if it has one."""
        return self.values.get("pin") if self.area is None else None


def articles(seed: int, count: int = 400) -> list[ArticleText]:
    """The first `count` articles; a longer list begins with the shorter one. ValueError when too many."""
    found = [_article(seed, number, case) for number, case in islice(_numbered(), count)]
    if len(found) < count:
        raise ValueError(f"only {len(found)} articles can be told apart")
    return found


def categories() -> tuple[str, ...]:
    """The twelve categories in the order of the data files."""
    return tuple(dict.fromkeys(load(name)["category"] for name in names("articles")))


def _fill(text: str, values: dict[str, Any]) -> str:
    """Put the values into the braces; a missing value is a KeyError."""
    return _FIELD.sub(lambda match: str(values[match.group(1)]), text)


def _numbered() -> Iterator[tuple[int, _Case]]:
    """Every case with its article number: the pinned ones keep theirs, the rest count up around them."""
    pinned = {case.pin for one in _rounds("articles") for case in one if case.pin is not None}
    free = (number for number in range(FIRST_NUMBER, 100_000) if number not in pinned)
    for case in _ordered():
        yield (case.pin if case.pin is not None else next(free)), case


def _ordered() -> Iterator[_Case]:
    """Chinese cases with every tenth place taken by an English one while there are any."""
    chinese, english = _stream("articles"), _stream("articles_en")
    for place, case in enumerate(chinese, start=1):
        yield case
        if place % (ENGLISH_EVERY - 1) == 0:
            yield from islice(english, 1)


def _stream(folder: str) -> Iterator[_Case]:
    """All first cases topic by topic across the categories, then the second ones, then area by area."""
    rounds = _rounds(folder)
    plain = [case for one in rounds for case in one]
    areas: list[dict[str, str]] = load("areas.toml")["area"]
    local = (_Case(case.file, case.topic, case.values, area) for area in areas for case in plain)
    return chain(plain, local)


@cache
def _rounds(folder: str) -> tuple[tuple[_Case, ...], ...]:
    """The cases without an area, grouped by their place in the topic's list of values."""
    files = [load(name) for name in names(folder)]
    topics = [
        (file, topic)
        for row in zip_longest(*([(file, topic) for topic in file["topic"]] for file in files))
        for file, topic in filter(None, row)
    ]
    deepest = max(len(topic["v"]) for _, topic in topics)
    return tuple(
        tuple(_Case(file, topic, topic["v"][i], None) for file, topic in topics if i < len(topic["v"]))
        for i in range(deepest)
    )


def _article(seed: int, number: int, case: _Case) -> ArticleText:
    """The finished article; its dates and state come from the seed and its number alone."""
    rng = random.Random(f"article:{seed}:{number}")
    state = case.values.get("state") or _state(rng, case)
    updated = case.values.get("updated", rng.randrange(3, 300))
    valid_to = None
    if state == "expiring":
        valid_to = rng.randrange(5, 28) if case.pin != 377 else 12
    elif state == "retired":
        valid_to = -rng.randrange(1, updated)
    elif rng.random() < 0.5:
        valid_to = rng.randrange(60, 540)
    return ArticleText(
        external_id=f"KB-{number:04d}",
        title=case.text("title") + _suffix(case),
        body=_body(case),
        summary=case.text("summary"),
        category=case.topic.get("category", case.file["category"]),
        tags=case.texts("tags"),
        aliases=case.texts("aliases"),
        language=case.file.get("language", "zh_Hans_CN"),
        confidentiality=case.topic.get("level", "sayable"),
        owner_login=case.topic.get("owner", case.file["owner"]),
        valid_from_days=-(updated + rng.randrange(0, 60)),
        valid_to_days=valid_to,
        state=state,
        updated_days_ago=updated,
        state_note=case.text("note"),
    )


def _state(rng: random.Random, case: _Case) -> str:
    """Mostly published; the pinned ones always, since the change stories and searches lean on them."""
    if case.pin is not None:
        return "published"
    return rng.choices(("published", "expiring", "draft", "retired"), (86, 6, 5, 3))[0]


def _suffix(case: _Case) -> str:
    if case.area is None:
        return ""
    if case.file.get("language") == "en":
        return f" ({case.area['en']})"
    return f"（{case.area['name']}）"


def _body(case: _Case) -> str:
    """Script first, then the steps, then what must not be said, then where it comes from."""
    english = case.file.get("language") == "en"
    parts = [f":::say\n{case.text('say')}\n:::", case.text("body").strip()]
    if case.area is not None:
        parts.append(_fill(load("areas.toml")["text_en" if english else "text"], case.area).strip())
    if "internal" in case.topic:
        parts.append(f":::internal\n{case.text('internal')}\n:::")
    if "secret" in case.topic:
        parts.append(f":::secret\n{case.text('secret')}\n:::")
    code, _, section = case.text("source").partition("|")
    name = process_names()[code]
    if english:
        parts.append(f"Source: {code}, section “{section}”")
    else:
        parts.append(f"来源：《{name}》{code}，“{section}”一节")
    return "\n\n".join(parts) + "\n"
