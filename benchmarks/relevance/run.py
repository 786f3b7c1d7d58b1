"""One run: every question to the product, its first stage and the baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.relevance.baseline import BigramIndex
from benchmarks.relevance.corpus import Entry, corpus
from benchmarks.relevance.figures import MEASURES, Compared, compared, judged
from benchmarks.relevance.product import centre
from benchmarks.relevance.topics import DEV, HELD_OUT, QUESTIONS, STYLES, Question, questions
from kmsvc.markup.fences import visible
from kmsvc.markup.render import plain_text

PRODUCT, UNCUT, FIRST_STAGE = "product", "all ten, weak ones too", "first stage"
BASELINE, WIDER = "bigrams", "bigrams, aliases, tags"
SYSTEMS = (PRODUCT, UNCUT, FIRST_STAGE, BASELINE, WIDER)
ALL_LEVELS = 3
Chosen = NDArray[np.bool_]
RECALL = MEASURES.index("recall@5")


@dataclass(frozen=True)
class Outcome:
    """The answer lists of all systems: for each name one list of keys a question, in the order of the questions."""

    questions: list[Question]
    lists: dict[str, list[list[str]]]
    titles: dict[str, str]

    @cached_property
    def scores(self) -> dict[str, NDArray[np.float64]]:
        """Per system one row a question, one column a measure."""
        return {name: np.array([judged(found, one.answers) for one, found in zip(self.questions, lists, strict=True)])
                for name, lists in self.lists.items()}

    def against(self, among: Chosen | None = None, *, ours: str = PRODUCT, theirs: str = BASELINE) -> list[Compared]:
        """Two systems on some of the questions or all, one value a measure."""
        rows = np.ones(len(self.questions), bool) if among is None else among
        return compared(self.scores[ours][rows], self.scores[theirs][rows])

    def groups(self) -> Iterator[tuple[str, Chosen]]:
        """Each group that has questions, with who belongs to it: all, halves, languages, styles."""
        yield "all", self._where(lambda one: "all", "all")
        sides: tuple[tuple[str, Callable[[Question], str], tuple[str, ...]], ...] = (
            ("", lambda one: one.part, (DEV, HELD_OUT)),
            ("lang ", lambda one: one.lang, ("zh", "en")),
            ("", lambda one: one.style, STYLES),
        )
        for prefix, side, values in sides:
            for value in values:
                among = self._where(side, value)
                if among.any():
                    yield prefix + value, among

    def _where(self, side: Callable[[Question], str], value: str) -> Chosen:
        return np.array([side(one) == value for one in self.questions], bool)


def run(path: Path = QUESTIONS, *, only: Sequence[str] = SYSTEMS) -> Outcome:
    """Ask everything, of these systems; the same texts and questions give the same outcome."""
    asked, entries = questions(path), corpus()
    bigrams = BigramIndex([(one.key, _text(one)) for one in entries])
    wider = BigramIndex([(one.key, "\n".join((_text(one), *one.content.aliases, *one.content.tags))) for one in entries])
    with centre(entries) as ours:
        systems = {PRODUCT: ours.search, UNCUT: ours.uncut, FIRST_STAGE: ours.first_stage,
                   BASELINE: bigrams.search, WIDER: wider.search}
        lists = {name: [systems[name](one.text) for one in asked] for name in only}
    return Outcome(asked, lists, {one.key: one.content.title for one in entries})


def _text(one: Entry) -> str:
    """Title, summary and text as the product reads them."""
    body = plain_text(visible(one.content.body, ALL_LEVELS))
    return f"{one.content.title}\n{one.content.summary}\n{body}"
