"""One question from text to answer: score, filter, count, order, refine, quote.

The order of these steps is what keeps answers equal whether or not a document beyond the reader's reach
exists: every step sees the audience only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.analysis import literal
from kmsvc.search.audience import Audience
from kmsvc.search.kernel import holding_all, score
from kmsvc.search.learned import lifted
from kmsvc.search.narrowing import scoping_of
from kmsvc.search.questions import Question, parse
from kmsvc.search.ranking import REFINED, behind_their_first, best, refined, worth_refining
from kmsvc.search.requests import SearchHit, SearchRequest, SearchResult, Texts
from kmsvc.search.snapshot import Snapshot
from kmsvc.search.snippets import marked, snippet
from kmsvc.search.spelling import marked_spelt

MOST_SPELT = 50
MOST_SLIPPED = 10
MOST_VERIFIED = 400
_NUMBER_BONUS = 2.0
_MARK = "<mark>"
Mask = NDArray[np.bool_]


@dataclass
class _Work:
    """What one question is working on; scores and matches change from step to step."""

    snapshot: Snapshot
    audience: Audience
    request: SearchRequest
    question: Question
    texts: Texts | None
    deadline: float
    scores: NDArray[np.float32]
    matches: Mask
    exact: list[int]
    complete: bool
    weak: bool
    slipped: bool = False
    moved: dict[int, int] = field(default_factory=dict)

    def key(self, document: int) -> str:
        return self.snapshot.key(document)

    def late(self) -> bool:
        if perf_counter() > self.deadline:
            self.complete = False
        return not self.complete


def answer(
    snapshot: Snapshot, request: SearchRequest, texts: Texts | None, started: float
) -> SearchResult:
    """Answer one question on one snapshot; started in perf_counter seconds."""
    question = parse(request.text, request.expansions)
    deadline = started + request.budget_ms / 1000
    audience = snapshot.audience(request.reach, request.on)
    scored = score(audience, question, deadline)
    work = _Work(
        snapshot,
        audience,
        request,
        question,
        texts,
        deadline,
        scored.score,
        scored.matches,
        [],
        scored.complete,
        scored.weak,
    )
    _add_spelt(work)
    _add_numbers(work)
    passing = _filters(work)
    _keep_quoted(work, passing)
    ranked, gone, fetched = _ranked(work, work.matches & passing["all"])
    work.matches[gone] = False
    page = ranked[max(0, request.offset) : max(0, request.offset) + max(0, request.limit)]
    found = _Found(work, passing)
    scopes, everywhere = _scoped(snapshot, request, found)
    return SearchResult(
        hits=_dressed(work, page, fetched),
        total=len(found.without("")),
        categories=_counts(snapshot.categories, snapshot.category, found.without("category")),
        kinds=_counts(snapshot.kinds, snapshot.kind, found.without("kind")),
        scopes=scopes,
        everywhere=everywhere,
        took_ms=(perf_counter() - started) * 1000,
        tried=question.tried,
        complete=work.complete,
        weak=work.weak and not work.exact,
        slipped=work.slipped,
    )


def _add_spelt(work: _Work) -> None:
    """Letters may be pinyin or initials of a title: such documents match too, behind those that hold the
    letters. Where nothing is written or spelt so, names whose spelling is nearest match."""
    if not work.question.letters:
        return
    top = float(work.scores[work.matches].max(initial=0.0)) or 1.0
    request = work.request
    book = work.snapshot.names
    spelt = book.spelt(work.question.letters, request.reach, request.on, MOST_SPELT)
    if not spelt and not work.matches.any():
        spelt = book.slipped(work.question.letters, request.reach, request.on, MOST_SLIPPED)
        work.slipped = bool(spelt)
    if spelt:
        work.weak = False
    for place, (kind, id) in enumerate(spelt):
        document = work.snapshot.find(f"{kind}:{id}")
        if document is not None and work.audience.mask[document]:
            bonus = top * 0.5 * (1 - place / (2 * MOST_SPELT))
            work.scores[document] = max(work.scores[document], bonus)
            work.matches[document] = True


def _add_numbers(work: _Work) -> None:
    """A document whose number was typed exactly comes first."""
    for number in work.question.numbers:
        for document in work.snapshot.postings("number", number).documents.tolist():
            if work.audience.mask[document]:
                work.matches[document] = True
                work.exact.append(document)


def _filters(work: _Work) -> dict[str, Mask]:
    """Masks of the person's own filters: all of them, and for each that is on all but that one."""
    snapshot, request = work.snapshot, work.request
    rest = work.audience.mask
    if request.language:
        rest = rest & _among(snapshot.languages, snapshot.language, frozenset({request.language}))
    on: dict[str, Mask] = {}
    if request.kinds is not None:
        on["kind"] = _among(snapshot.kinds, snapshot.kind, request.kinds)
    if request.categories is not None:
        on["category"] = _among(snapshot.categories, snapshot.category, request.categories)
    for name, marks in request.scopes:
        on[name] = scoping_of(snapshot).passing(name, marks)
    passing = {"all": rest}
    for name in on:
        passing[name] = rest
    for name, mask in on.items():
        passing = {other: held if other == name else held & mask for other, held in passing.items()}
    return passing


@dataclass
class _Found:
    """The documents that were found, by the filter that is left out; each looked up once."""

    work: _Work
    passing: dict[str, Mask]
    known: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def without(self, name: str) -> NDArray[np.int64]:
        """Numbers of the documents that pass all filters but this one."""
        place = name if name in self.passing else "all"
        if place not in self.known:
            self.known[place] = np.flatnonzero(self.work.matches & self.passing[place])
        return self.known[place]


def _scoped(snapshot: Snapshot, request: SearchRequest, found: _Found) -> tuple[dict[str, int], dict[str, int]]:
    """How many name each mark, and none of each dimension; of a dimension that is narrowed without its own filter."""
    scoping, own = scoping_of(snapshot), {name for name, _ in request.scopes}
    held, everywhere = scoping.counts(found.without(""), frozenset(scoping.dimensions) - own)
    for name in own:
        more, none = scoping.counts(found.without(name), frozenset({name}))
        held |= more
        everywhere |= none or {name: len(found.without(name))}
    return held, everywhere


def _among(names: Sequence[str], column: NDArray[np.int32], wanted: frozenset[str]) -> Mask:
    return np.isin(column, [i for i, name in enumerate(names) if name in wanted])


def _keep_quoted(work: _Work, passing: dict[str, Mask]) -> None:
    """Keep only documents that hold each quotation literally, as their texts say."""
    if not work.question.phrases:
        return
    work.matches = work.audience.mask & np.logical_or.reduce(list(passing.values()))
    for _, units in work.question.phrases:
        work.matches &= holding_all(work.audience, units)
    if work.texts is None:
        return
    candidates = best(work.snapshot, work.scores, work.matches, MOST_VERIFIED)
    work.matches = np.zeros(work.snapshot.size, bool)
    for at in range(0, len(candidates), 100):
        if work.late():
            return
        part = candidates[at : at + 100]
        texts = work.texts([work.key(document) for document in part])
        for document in part:
            found = texts.get(work.key(document))
            if found is not None and _quotes_all(work, document, found):
                work.matches[document] = True


def _quotes_all(work: _Work, document: int, text: tuple[str, str]) -> bool:
    number, _, aliases, _ = work.snapshot.card(document)
    whole = "\n".join(literal(part) for part in (*text, number, *aliases))
    return all(phrase in whole for phrase, _ in work.question.phrases)


def _ranked(
    work: _Work, matches: Mask
) -> tuple[list[tuple[int, float]], list[int], dict[str, tuple[str, str]]]:
    """Documents with final scores, best first; those the database does not give; the texts read."""
    request, scores = work.request, work.scores
    page_end = max(1, request.offset + request.limit)
    documents = best(work.snapshot, scores, matches, max(REFINED, page_end))
    top = float(scores[documents[0]]) if documents else 0.0
    exact = [document for document in dict.fromkeys(work.exact) if matches[document]]
    documents = [*exact, *(document for document in documents if document not in exact)]
    values = {document: float(scores[document]) / (top or 1.0) for document in documents}
    texts: dict[str, tuple[str, str]] = {}
    gone: list[int] = []
    if work.texts is not None and documents and not work.late():
        plain = documents[len(exact) :]
        gone = _refine(work, [*exact, *worth_refining(plain, scores, page_end)], values, texts)
        if gone:  # the page moves up: those just behind it count as well
            gone += _refine(work, [d for d in plain[:REFINED] if work.key(d) not in texts], values, texts)
    for document in exact:
        values[document] += _NUMBER_BONUS
    taken = set(gone)

    def best_first(some: Iterable[int]) -> list[int]:
        return sorted(some, key=lambda d: (-values[d], work.snapshot.kind[d], work.snapshot.ids[d]))

    order = best_first(document for document in documents if document not in taken)
    told = [document for document in order if work.key(document) in texts and document not in exact]
    stepped = behind_their_first([(texts[work.key(document)][0], values[document]) for document in told])
    values.update(zip(told, stepped, strict=True))
    order = _moved_by_use(work, best_first(order), exact, texts)
    return [(document, values[document]) for document in order], gone, texts


def _moved_by_use(work: _Work, order: list[int], exact: list[int], texts: dict[str, tuple[str, str]]) -> list[int]:
    """Some of the first few moved up by what use has taught, behind what was asked for by number or title."""
    if not work.request.lifts:
        return order
    head = order[:REFINED]
    question = literal(work.question.text)
    titled = {document for document in head if literal(texts.get(work.key(document), ("", ""))[0]) == question}
    after = lifted(head, {document: work.request.lifts.get(work.key(document), 0) for document in head}, titled.union(exact))
    before = {document: place for place, document in enumerate(head)}
    work.moved = {document: before[document] - place for place, document in enumerate(after) if before[document] > place}
    return after + order[REFINED:]


def _refine(
    work: _Work, documents: list[int], values: dict[int, float], texts: dict[str, tuple[str, str]]
) -> list[int]:
    """Read the texts of documents and refine their values; returns those that the database does not give."""
    assert work.texts is not None
    texts.update(work.texts([work.key(document) for document in documents]))
    gone = []
    question = literal(work.question.text)
    for document in documents:
        text = texts.get(work.key(document))
        if text is None:
            gone.append(document)
        elif not work.late():
            values[document] = refined(question, *text, values[document])
    return gone


def _dressed(
    work: _Work, page: list[tuple[int, float]], texts: dict[str, tuple[str, str]]
) -> tuple[SearchHit, ...]:
    """The page's hits with marked titles and snippets."""
    snapshot = work.snapshot
    hits = [
        SearchHit(snapshot.kinds[snapshot.kind[document]], int(snapshot.ids[document]), round(value, 6),
                  moved=work.moved.get(document, 0))
        for document, value in page
    ]
    if work.texts is None or not work.request.snippets:
        return tuple(hits)
    missing = [hit.key for hit in hits if hit.key not in texts]
    if missing:
        texts |= work.texts(missing)
    otherwise = work.question.otherwise
    return tuple(replace(hit, **_words_of(work, hit.key, *texts[hit.key], otherwise)) for hit in hits if hit.key in texts)


def _words_of(work: _Work, key: str, title: str, text: str, otherwise: Question) -> dict[str, Any]:
    """Title and snippet with what was asked marked. Where neither has a word of it, the other name that has stands before the
    snippet, or the words that were searched too are marked."""
    shown = {"title": _title(work, key, title), "snippet": snippet(text, work.question)}
    if any(_MARK in words for words in shown.values()):
        return shown
    document = work.snapshot.find(key)
    _, indexed, names, _ = work.snapshot.card(document) if document is not None else ("", "", (), ())
    for name in names if title == indexed else ():  # a text of an earlier day had other names
        named = marked(name, work.question)
        if _MARK in named:
            return shown | {"snippet": f"{named} \u00b7 {shown['snippet']}"}
    if otherwise.words:
        return {"title": marked(title, otherwise), "snippet": snippet(text, otherwise)}
    return shown


def _title(work: _Work, key: str, title: str) -> str:
    """A title with its hits marked: the words written there, else the characters spelt by the letters."""
    shown = marked(title, work.question)
    document = work.snapshot.find(key) if work.question.letters and _MARK not in shown else None
    if document is None:
        return shown
    _, indexed, _, spelt = work.snapshot.card(document)
    return (marked_spelt(title, spelt[0], work.question.letters) if title == indexed and spelt else None) or shown


def _counts(names: Sequence[str], column: NDArray[np.int32], documents: NDArray[np.int64]) -> dict[str, int]:
    """How many documents have each value, most frequent first, by name where equal."""
    counts = np.bincount(column.take(documents), minlength=len(names)).tolist()
    found = [(name, count) for name, count in zip(names, counts, strict=True) if count]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
