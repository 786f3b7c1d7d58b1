"""Which articles are meant by what somebody typed on the form of a merge: numbers, or words of titles and what was picked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.relations.choosing import Choice, choices
from kmsvc.search.engine import SearchEngine

MOST_TYPED = 400
MOST_PICKED = 20


@dataclass(frozen=True)
class Meant:
    """picked: the articles that are meant; found: what else the words may mean; why: what is still to be decided, or empty."""

    picked: tuple[Choice, ...]
    found: tuple[Choice, ...]
    why: str = ""

    @property
    def numbers(self) -> list[str]:
        """The numbers of those that are meant."""
        return [one.number for one in self.picked]


def meant(work: Work, engine: SearchEngine, typed: str, picked: Sequence[str], today: date, *, several: bool) -> Meant:
    """What was typed and picked comes to. Typed numbers count like picked ones; of one article alone they count before those."""
    typed = typed.replace("\0", "")[:MOST_TYPED].strip()
    words = typed.replace(",", " ").replace("\uff0c", " ").replace("\u3001", " ").split()
    named = _numbered(work, words) if len(words) <= MOST_PICKED else []
    whole = bool(named) and len(named) == len(set(words))
    chosen = named if whole and not several else [*_numbered(work, picked[:MOST_PICKED]), *(named if whole else ())]
    chosen = list({one.id: one for one in chosen}.values())
    if not several:
        chosen = chosen[:1]
    held = {one.id for one in chosen} if several else set()
    found = () if whole else tuple(one for one in choices(work.session, engine, work.actor, 0, typed, today) if one.id not in held)
    if chosen:
        return Meant(tuple(chosen), found)
    if found:
        return Meant((), found, N_("Pick those that are meant.") if several else N_("Pick the one that is meant."))
    return Meant((), (), N_("No article has this number or these words in its title.") if words else N_("This is needed."))


def _numbered(work: Work, numbers: Iterable[str]) -> list[Choice]:
    found = [(one, article_numbered(work.session, work.actor, one.replace("\0", ""))) for one in dict.fromkeys(numbers)]
    known = [readable_version(work.session, work.actor, article_id, draft=True) for _, article_id in found if article_id is not None]
    return [Choice(article.id, article.number, version.title) for article, version in known]
