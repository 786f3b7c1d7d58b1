"""What a question says that simpler formats have no place for, as codes; each format names those it cannot hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    Credit,
    FileAnswer,
    FillIn,
    Folding,
    Kind,
    Numeric,
    OrderCredit,
    Ordering,
    Question,
    ShortAnswer,
    pictures_of,
)

CODES = {"kind", "credit", "fixed_order", "pinned", "folding", "blank_weight", "many_blanks", "tolerance", "relative_tolerance", "unit",
         "longest", "types", "rubric", "model_answer", "explanation", "points", "pictures", "too_long", "text_changed"}
"""every code that `cannot_hold` of any format may give; doors have the sentences"""


def lost(question: Question, kinds: Collection[Kind], keeps: Collection[str]) -> list[str]:
    """The codes of what this question says and a format does not keep. kinds: that it has; keeps: codes of what it keeps."""
    if question.kind not in kinds:
        return ["kind"]
    return [code for code in dict.fromkeys(_said(question)) if code not in keeps]


def _said(question: Question) -> Iterator[str]:
    """Everything a question says that is not in each format, whether or not it is there."""
    body = question.body
    if isinstance(body, Choice):
        yield from _of_choice(body)
    elif isinstance(body, FillIn):
        yield from _of_fill_in(body)
    elif isinstance(body, Numeric):
        yield from _of_numeric(body)
    elif isinstance(body, Ordering):
        if any(one.pinned for one in body.items):
            yield "pinned"
        if body.credit is not OrderCredit.EXACT:
            yield "credit"
    elif isinstance(body, ShortAnswer | FileAnswer):
        yield from _of_manual(body)
    elif isinstance(body, Case):
        for part in body.parts:
            yield from _said(part.question)
    if question.explanation:
        yield "explanation"
    if question.points != 1:
        yield "points"
    if pictures_of(question):
        yield "pictures"


def _of_choice(body: Choice) -> Iterator[str]:
    if not body.shuffled:
        yield "fixed_order"
    if any(one.pinned for one in body.options):
        yield "pinned"
    if body.several and body.credit is not Credit.IF_NONE_WRONG:
        yield "credit"


def _of_fill_in(body: FillIn) -> Iterator[str]:
    if body.folding != Folding():
        yield "folding"
    if len(body.blanks) > 1:
        yield "many_blanks"
    if any(one.weight != 1 for one in body.blanks):
        yield "blank_weight"


def _of_numeric(body: Numeric) -> Iterator[str]:
    if body.tolerance:
        yield "tolerance"
    if body.relative:
        yield "relative_tolerance"
    if body.unit:
        yield "unit"


def _of_manual(body: ShortAnswer | FileAnswer) -> Iterator[str]:
    if body.rubric:
        yield "rubric"
    if body.model_answer:
        yield "model_answer"
    if isinstance(body, ShortAnswer) and body.longest:
        yield "longest"
    if isinstance(body, FileAnswer) and body.types:
        yield "types"


def share(part: int, whole: int) -> Decimal:
    """A share of a hundred as exchange formats write it, with five decimals."""
    return (Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.00001"))
