"""What is asked of the search engine and what it answers, as frozen values.

Snippets and marked titles are HTML-safe text with `<mark>`; everything else is plain.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kmsvc.search.documents import Reach, key_of
from kmsvc.search.scopes import Wanted

Texts = Callable[[Sequence[str]], Mapping[str, tuple[str, str]]]
"""keys -> {key: (title, readable text)} from the database; a key that is left out does not exist for the
reader."""


@dataclass(frozen=True)
class SearchRequest:
    """One question.

    text: what the person typed, plain text; "quoted" parts must occur literally. on: the day for which
    validity counts, None to ignore validity. kinds, categories, scopes, language: the person's own filters (rights
    belong into reach). budget_ms: after this the engine stops refining and answers with what it
    has. expansions: word of the normalised text -> words that count for it too. lifts: key of a document -> places
    it stands higher by use.
    """

    text: str
    reach: Reach
    on: date | None = None
    kinds: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    scopes: Wanted = ()
    language: str | None = None
    limit: int = 10
    offset: int = 0
    snippets: bool = True
    budget_ms: float = 250.0
    expansions: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    lifts: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class SearchHit:
    """One document found; title and snippet are filled if texts were given and snippets wanted. moved: places it stands
    higher by use."""

    kind: str
    id: int
    score: float
    title: str = ""
    snippet: str = ""
    moved: int = 0

    @property
    def key(self) -> str:
        """The document's name inside the index."""
        return key_of(self.kind, self.id)


@dataclass(frozen=True)
class SearchResult:
    """The answer.

    total: documents that match with all filters. categories, kinds, scopes: counts by value, each without its own
    filter so that one can switch. scopes: by mark, how many name it; everywhere: by dimension, how many name none
    of it. tried: words and quotations the text was split into. complete: false if the budget ran out. weak: nothing
    holds a fair part of the question; the hits are only what comes nearest.
    slipped: letters were taken for the spelling nearest to them.
    """

    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    categories: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    scopes: Mapping[str, int] = field(default_factory=dict)
    everywhere: Mapping[str, int] = field(default_factory=dict)
    took_ms: float = 0.0
    tried: tuple[str, ...] = ()
    complete: bool = True
    weak: bool = False
    slipped: bool = False


@dataclass(frozen=True)
class Suggestion:
    """A title to offer while somebody types; `match` is the title, alias or number that fitted."""

    kind: str
    id: int
    number: str
    title: str
    match: str
