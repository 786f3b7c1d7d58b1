"""Twelve weeks of searches as the floor makes them: customer words, initials, bursts and blanks.

Popularity falls off steeply, teams keep to their subjects, and what nobody has written yet is asked again and again.
"""

import random
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from kmsvc.demo.content.articles import ArticleText, articles
from kmsvc.demo.content.files import load
from kmsvc.demo.content.gaps import answered
from kmsvc.demo.content.people import Person, centre

FEEDBACK = ("useful", "wrong", "outdated", "unclear", "missing")
FRUITLESS = 0.05
NO_CLICK = 0.07
RATED = 0.14
_HEAD = re.compile(r"[：（(:]")
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class SearchEvent:
    """One search; minute counts from midnight of that day, the article is the one opened, if any. stood: the article that stood there
    and was read without being chosen; answer: the title of what answered a gap since, and was opened."""

    days_ago: int
    minute: int
    login: str
    query: str
    article: str | None
    feedback: str | None
    stood: str | None = None
    answer: str | None = None

    @property
    def in_vain(self) -> bool:
        """Whether nothing was read."""
        return not (self.article or self.stood or self.answer)


def search_events(seed: int, days: int = 84, count: int = 8000) -> Iterator[SearchEvent]:
    """The searches, oldest first; the same seed gives the same ones, at most `count`."""
    rng = random.Random(f"searches:{seed}")
    floor = _Floor(seed)
    weights = [load("searches.toml")["weekdays"][-day % 7] for day in range(days, 0, -1)]
    bounds = [count * part // sum(weights) for part in accumulate(weights, initial=0)]
    for index, days_ago in enumerate(range(days, 0, -1)):
        yield from _day(rng, floor, days_ago, bounds[index + 1] - bounds[index])


def events_of_today(seed: int, before: int, count: int = 8000, days: int = 84) -> Iterator[SearchEvent]:
    """The searches of the day itself, before a minute of it."""
    every = sum(load("searches.toml")["weekdays"]) * days // 7
    each = count * load("searches.toml")["weekdays"][0] // every
    yield from (one for one in _day(random.Random(f"today:{seed}"), _Floor(seed), 0, each) if one.minute < before)


def found_in_vain(query: str) -> int:
    """How many things that nobody wants a gap's query finds."""
    return 0 if query in load("searches.toml")["blank"] else 3


def found_of(event: SearchEvent) -> int:
    """How many results such a search had: what nobody has written finds other things, or nothing at all."""
    if event.in_vain:
        return found_in_vain(event.query)
    return random.Random(event.query).randint(1, 12)


def _day(rng: random.Random, floor: "_Floor", days_ago: int, count: int) -> Iterator[SearchEvent]:
    """One day's searches in the order of the clock, its burst included in the count."""
    minutes = sorted(floor.minute(rng) for _ in range(count))
    burst = next((row for row in load("searches.toml")["burst"] if row["days_ago"] == days_ago), None)
    left = min(burst["count"], count // 3) if burst else 0
    for minute in minutes:
        if burst and left and minute >= burst["minute"] and rng.random() < 0.7:
            left -= 1
            person = rng.choice([p for p in floor.present(days_ago) if p.unit in burst["units"]])
            article = floor.by_title.get(burst["text"])
            yield SearchEvent(days_ago, minute, person.login, burst["query"], article, None)
        else:
            yield _event(rng, floor, days_ago, minute)


def _event(rng: random.Random, floor: "_Floor", days_ago: int, minute: int) -> SearchEvent:
    """An ordinary search of somebody at work that day."""
    person = rng.choice(floor.present(days_ago))
    if rng.random() < FRUITLESS:
        query = floor.gap(rng, person, days_ago)
        deed = answered().get(query)
        if deed is not None and days_ago < deed.days_ago:
            return SearchEvent(days_ago, minute, person.login, query, None, None, answer=deed.title)
        feedback = "missing" if rng.random() < 0.6 else None
        return SearchEvent(days_ago, minute, person.login, query, None, feedback)
    article = floor.wanted(rng, person)
    query = rng.choice(_queries(article))
    if rng.random() < NO_CLICK:
        return SearchEvent(days_ago, minute, person.login, query, None, None, stood=article.external_id)
    feedback = _rating(rng, article) if rng.random() < RATED else None
    return SearchEvent(days_ago, minute, person.login, query, article.external_id, feedback)


def _rating(rng: random.Random, article: ArticleText) -> str:
    """Mostly thanks; what is about to expire gets told so."""
    if article.state == "expiring":
        return rng.choices(("useful", "outdated", "wrong", "unclear"), (45, 40, 5, 10))[0]
    if article.state_note:
        return rng.choices(("wrong", "outdated", "useful"), (55, 35, 10))[0]
    return rng.choices(("useful", "unclear", "wrong", "outdated"), (86, 8, 4, 2))[0]


class _Floor:
    """Who is at work and what may be found, prepared once for a seed."""

    def __init__(self, seed: int) -> None:
        found = [
            item
            for item in articles(seed)
            if item.state in ("published", "expiring") and item.confidentiality != "secret"
        ]
        self.by_title = {item.title: item.external_id for item in found}
        self.people = [p for p in centre(seed).people if {"agent", "team_leader"} & set(p.roles)]
        self._hours = list(accumulate(load("searches.toml")["hours"]))
        self._gaps, self._since = load("searches.toml")["gaps"], load("searches.toml")["since"]
        hot = {f"KB-{number:04d}": place for place, number in enumerate(load("searches.toml")["hot"])}
        order = list(range(len(found)))
        random.Random(f"popularity:{seed}").shuffle(order)
        self._shelves = {
            language: [
                (item, 28 / (2 + hot[item.external_id]) if item.external_id in hot else 30 / (8 + place))
                for item, place in zip(found, order, strict=True)
                if item.language == language
            ]
            for language in ("zh_Hans_CN", "en")
        }
        self._drawn: dict[str, tuple[list[ArticleText], list[float]]] = {}

    def present(self, days_ago: int) -> list[Person]:
        """Everybody who had already joined on that day."""
        return [person for person in self.people if person.hired_days_ago > days_ago]

    def minute(self, rng: random.Random) -> int:
        """A minute of the day after the hour's share of the load."""
        hour = bisect_left(self._hours, rng.randrange(self._hours[-1]) + 1)
        return hour * 60 + rng.randrange(60)

    def gap(self, rng: random.Random, person: Person, days_ago: int) -> str:
        """Something asked that no article answers, in the person's language."""
        english = person.language == "en"
        fitting = {
            query: parts
            for query, parts in self._gaps.items()
            if (query.isascii() and " " in query) == english and self._since.get(query, days_ago) >= days_ago
        }
        return rng.choices(list(fitting), list(fitting.values()))[0]

    def wanted(self, rng: random.Random, person: Person) -> ArticleText:
        """An article this person's customers ask about; four in five are of the team's subjects."""
        key = "en" if person.language == "en" and rng.random() < 0.85 else person.unit
        if key not in self._drawn:
            shelf = self._shelves["en" if key == "en" else "zh_Hans_CN"]
            own = load("searches.toml")["affinity"].get(key, ())
            weights = [weight * (8 if item.category in own else 1) for item, weight in shelf]
            self._drawn[key] = [item for item, _ in shelf], list(accumulate(weights))
        items, cumulative = self._drawn[key]
        return rng.choices(items, cum_weights=cumulative)[0]


@cache
def _queries(article: ArticleText) -> tuple[str, ...]:
    """The ways people type this article's question; the commoner ones stand in more than once."""
    head = _HEAD.split(article.title)[0].strip()
    tail = _HEAD.split(article.title)[-1].strip("）) ")
    if article.language == "en":
        return (*article.aliases, *article.aliases, head.lower(), tail.lower(), *article.tags[:1])
    short = _NOT_HAN.sub("", head)[:4]
    initials, spelled = _pinyin(short)
    return (
        *article.aliases,
        *article.aliases,
        head,
        initials,
        initials,
        spelled,
        f"{article.tags[0]} {tail}" if tail != head and len(tail) < 6 else article.tags[0],
    )


def _pinyin(text: str) -> tuple[str, str]:
    """Initials and full spelling, as typed before the input method offers a word."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)), "".join(lazy_pinyin(text[:2]))
