"""Sound questions of every kind, drawn at random."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from kmsvc.training.questions.kinds import (
    Blank,
    Body,
    Case,
    Choice,
    Credit,
    Criterion,
    FileAnswer,
    FillIn,
    Folding,
    Matching,
    Numeric,
    Option,
    OrderCredit,
    Ordering,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)

WORDS = st.text(alphabet="abcXYZ019退款流程客户。，？ （）", min_size=1, max_size=12).map(str.strip).filter(bool)
"""plain words as they stand in a sheet"""
ROUGH = st.text(alphabet="ab退 *_`~{}=#:%[]()<>&\\\"'|/.-+\n$@!?；：、①", min_size=1, max_size=20)
POINTS = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)


def _different(words: st.SearchStrategy[str], low: int, high: int) -> st.SearchStrategy[list[str]]:
    return st.lists(words, min_size=low, max_size=high, unique_by=lambda text: "".join(text.split()))


@st.composite
def choices(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS, *, pins: bool = True) -> Choice:
    """Single and multiple choices."""
    options = options_of(draw(_different(words, 2, 6)))
    if pins:
        options = tuple(replace(one, pinned=draw(st.booleans())) for one in options)
    several = draw(st.booleans())
    ids = [one.id for one in options]
    keys = draw(st.sets(st.sampled_from(ids), min_size=1, max_size=len(ids) if several else 1))
    return Choice(options, tuple(one for one in ids if one in keys), several, draw(st.sampled_from(list(Credit))) if several else
                  Credit.IF_NONE_WRONG, draw(st.booleans()))


def _rubric(draw: st.DrawFn, words: st.SearchStrategy[str]) -> tuple[Criterion, ...]:
    texts = draw(_different(words, 0, 4))
    return tuple(Criterion(str(place), text, draw(POINTS)) for place, text in enumerate(texts, 1))


@st.composite
def matchings(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS) -> Matching:
    """Matchings with and without distractors."""
    lefts, rights = options_of(draw(_different(words, 2, 5))), options_of(draw(_different(words, 2, 6)))
    return Matching(lefts, rights, tuple((one.id, draw(st.sampled_from(rights)).id) for one in lefts))


@st.composite
def questions(draw: st.DrawFn, words: st.SearchStrategy[str] = WORDS, *, cases: bool = True) -> Question:
    """Sound questions of all kinds."""
    stem, explanation, points = draw(words), draw(st.just("") | words), draw(POINTS)
    sort = draw(st.sampled_from(("choice", "true_false", "fill_in", "numeric", "ordering", "matching", "short", "file",
                                 *(("case",) if cases else ()))))
    body: Body
    if sort == "choice":
        body = draw(choices(words))
    elif sort == "true_false":
        body = TrueFalse(draw(st.booleans()))
    elif sort == "fill_in":
        count = draw(st.integers(1, 3))
        stem = " ".join([stem, *(f"[[{place}]] {draw(words)}" for place in range(1, count + 1))])
        blanks = tuple(Blank(str(place), tuple(draw(_different(WORDS, 1, 3))), draw(st.integers(1, 3))) for place in range(1, count + 1))
        body = FillIn(blanks, Folding(*(draw(st.booleans()) for _ in range(4))))
    elif sort == "numeric":
        body = Numeric(Decimal(draw(st.integers(1, 10**6))) / 1000, Decimal(draw(st.integers(0, 100))) / 100, draw(st.booleans()),
                       draw(st.sampled_from(("", "元", "%", "km"))))
    elif sort == "ordering":
        body = Ordering(options_of(draw(_different(words, 2, 5))), draw(st.sampled_from(list(OrderCredit))))
    elif sort == "matching":
        body = draw(matchings(words))
    elif sort == "short":
        rubric = _rubric(draw, words)
        points = sum((one.points for one in rubric), Decimal(0)) or points
        body = ShortAnswer(rubric, draw(st.just("") | words), draw(st.integers(0, 500)))
    elif sort == "file":
        rubric = _rubric(draw, words)
        points = sum((one.points for one in rubric), Decimal(0)) or points
        body = FileAnswer(rubric, draw(st.just("") | words), draw(st.sampled_from(((), ("docx", "pdf")))))
    else:
        parts = draw(st.lists(questions(words, cases=False), min_size=1, max_size=3))
        body = Case(tuple(Part(str(place), one) for place, one in enumerate(parts, 1)))
        points = sum((one.points for one in parts), Decimal(0))
    return Question(stem, body, explanation, points)


def option(text: str) -> Option:
    """One option with these words."""
    return options_of([text])[0]


def simple(question: Question) -> Question:
    """The same without what only some formats can hold: one point, no explanation, the usual credit and folding, one blank."""
    body = question.body
    if isinstance(body, Choice):
        body = Choice(tuple(replace(one, pinned=False) for one in body.options), body.keys, body.several)
    elif isinstance(body, FillIn):
        body = FillIn((replace(body.blanks[0], weight=1),))
        question = replace(question, stem="[[1]]" + question.stem.split("[[1]]")[1].split("[[2]]")[0].rstrip())
    elif isinstance(body, Numeric):
        body = Numeric(body.value, body.tolerance)
    elif isinstance(body, Ordering):
        body = Ordering(body.items)
    elif isinstance(body, ShortAnswer):
        body = ShortAnswer()
    elif isinstance(body, FileAnswer):
        body = FileAnswer()
    elif isinstance(body, Case):
        body = Case(tuple(replace(one, question=simple(one.question)) for one in body.parts))
    return replace(question, body=body, explanation="", points=Decimal(len(body.parts) if isinstance(body, Case) else 1))
