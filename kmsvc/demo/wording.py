"""The words customers use and the searches that must hit, kept by the knowledge editors in the last months of the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from kmsvc.demo.content.words import SearchText, TermText, saved_searches, terms
from kmsvc.knowledge.bench.usecases import add_search
from kmsvc.knowledge.vocabulary.usecases import add_term

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

EDITORS = ("hemiao", "zhuan")


def keep_words(stage: Stage, numbers: Mapping[str, str]) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    """Every other day a term; the searches together on the last afternoon. numbers: title of an article -> its number."""
    for place, text in enumerate(terms()):
        def add(now: datetime, text: TermText = text, login: str = EDITORS[place % 2]) -> None:
            with stage.db.begin(stage.actor(login), now) as work:
                add_term(work, term=text.term, sayings=text.sayings, direction=text.direction, note=text.note)
        yield stage.at(70 - 2 * place, 14, 5 + place), add

    def save(now: datetime, texts: tuple[SearchText, ...] = saved_searches()) -> None:
        with stage.db.begin(stage.actor(EDITORS[0]), now) as work:
            for text in texts:
                if text.title in numbers:
                    add_search(work, query=text.query, article=numbers[text.title], kind=text.kind, note=text.note)
    yield stage.at(1, 16, 20), save
