"""What the readers of the demo say of its answers, as texts; playing it is not this package's business."""

from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load


@dataclass(frozen=True, slots=True)
class SaidText:
    """One word of a reader days_ago at hour, and what came of it `after` so many days: then answer, edit or take, done by
    somebody; empty while it waits. article: its external id."""

    article: str
    login: str
    days_ago: int
    hour: int
    kind: str
    note: str = ""
    contact: str = ""
    query: str = ""
    then: str = ""
    by: str = ""
    after: int = 0
    reason: str = ""
    replace: str = ""
    put: str = ""


@dataclass(frozen=True, slots=True)
class HelpfulText:
    """Answers that several readers found helpful, one of them each day from days_ago on."""

    articles: tuple[str, ...]
    logins: tuple[str, ...]
    days_ago: int


@cache
def said() -> tuple[SaidText, ...]:
    """All that asks for a reply."""
    return tuple(SaidText(**one) for one in load("feedback.toml")["said"])


@cache
def helpful() -> tuple[HelpfulText, ...]:
    """All that is only counted."""
    return tuple(HelpfulText(tuple(one["articles"]), tuple(one["logins"]), one["days_ago"])
                 for one in load("feedback.toml")["helpful"])
