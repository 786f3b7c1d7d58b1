"""Everything that is wrong with a question, as codes with their values: what keeps it out of the bank, and out of any paper."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from kmsvc.markup.fences import SAYABLE, level_of
from kmsvc.training.questions.kinds import (
    BLANK_MARK,
    OPTION_ID,
    Blank,
    Case,
    Choice,
    Criterion,
    FileAnswer,
    FillIn,
    Kind,
    Matching,
    Numeric,
    Option,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    texts_of,
)

LONGEST = {"stem": 20_000, "explanation": 10_000, "model_answer": 10_000, "options": 2_000, "items": 2_000, "lefts": 2_000,
           "rights": 2_000, "rubric": 2_000, "accepted": 200, "unit": 20}
"""most characters of a text, by the first word of its place"""
MOST = {"options": 20, "items": 20, "lefts": 20, "rights": 30, "blanks": 20, "accepted": 50, "rubric": 20, "parts": 30, "types": 20}
MOST_POINTS = Decimal(1000)
MOST_WEIGHT = 100
MOST_DIGITS = 30
"""before or behind the point of a number that is asked for"""
LONGEST_ANSWER = 20_000
_NONE = Decimal(0)


@dataclass(frozen=True)
class Problem:
    """code: a key of CODES. where: `stem`, `options/2`, `blanks/1`; within a case `parts/3/options/2`; "" for the whole."""

    code: str
    where: str = ""
    params: dict[str, Any] = field(default_factory=dict)


CODES = {
    "stem_empty", "text_empty", "text_too_long", "text_locked", "too_many", "points_wrong",
    "no_options", "too_few_options", "same_options", "same_ids", "telling_id", "no_key", "key_unknown", "key_twice", "many_keys",
    "no_blanks", "blank_without_mark", "mark_without_blank", "mark_twice", "blank_accepts_nothing", "blank_weight",
    "no_value", "tolerance_negative", "tolerance_of_zero", "number_too_long",
    "too_few_items", "too_few_pairs", "left_unmatched", "left_matched_twice",
    "rubric_sum", "bound_wrong", "type_wrong", "no_parts", "case_in_case", "parts_sum",
}
"""every code there is; doors have the sentences"""


def problems_of(question: Question) -> list[Problem]:
    """All that is wrong, in the order of the question; none means that it may be asked."""
    body = question.body
    found = [*_of_texts(question), *_of_points(question.points)]
    if isinstance(body, Choice):
        found += _of_choice(body)
    elif isinstance(body, TrueFalse):
        found += [Problem("no_key")] if body.key is None else []
    elif isinstance(body, FillIn):
        found += _of_fill_in(question.stem, body)
    elif isinstance(body, Numeric):
        found += _of_numeric(body)
    elif isinstance(body, Ordering):
        found += _of_rows("items", body.items)
        found += [Problem("too_few_items", "items", {"fewest": 2})] if len(body.items) < 2 else []
    elif isinstance(body, Matching):
        found += _of_matching(body)
    elif isinstance(body, ShortAnswer | FileAnswer):
        found += _of_manual(question, body)
    else:
        found += _of_case(question, body)
    return found


def _of_texts(question: Question) -> Iterator[Problem]:
    for where, text in texts_of(question):
        sort = where.split("/")[0]
        if not text.strip() and sort not in ("explanation", "model_answer"):
            yield Problem("stem_empty" if sort == "stem" else "text_empty", where)
        if len(text) > LONGEST[sort]:
            yield Problem("text_too_long", where, {"most": LONGEST[sort], "length": len(text)})
        if level_of(text) > SAYABLE:
            yield Problem("text_locked", where)


def _of_points(points: Decimal) -> Iterator[Problem]:
    if not _is_amount(points) or points == 0:
        yield Problem("points_wrong", "points", {"most": MOST_POINTS})


def _is_amount(points: Decimal) -> bool:
    """Whether these are points as they can be written down: not negative, two decimals at most, not beyond all measure."""
    return points.is_finite() and 0 <= points <= MOST_POINTS and points == points.quantize(Decimal("0.01"))


def _many(where: str, count: int, sort: str = "") -> Iterator[Problem]:
    most = MOST[sort or where]
    if count > most:
        yield Problem("too_many", where, {"most": most, "count": count})


def _of_rows(name: str, options: Sequence[Option]) -> Iterator[Problem]:
    """What may be wrong with any row of options, whatever they are for."""
    yield from _many(name, len(options))
    for place, one in enumerate(options, 1):
        if not OPTION_ID.fullmatch(one.id):
            yield Problem("telling_id", f"{name}/{place}")
    for places in _same(one.id for one in options):
        yield Problem("same_ids", f"{name}/{places[1]}", {"first": places[0], "second": places[1]})
    for places in _same(_seen_as(one.text) for one in options):
        yield Problem("same_options", f"{name}/{places[1]}", {"first": places[0], "second": places[1]})


def _seen_as(text: str) -> str:
    """Two options that look alike are alike, whatever their spaces and width."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _same(values: Iterable[str]) -> Iterator[tuple[int, int]]:
    """(first place, later place), from 1, of each value that stands twice; empty ones are another matter."""
    seen: dict[str, int] = {}
    for place, value in enumerate(values, 1):
        if value and value in seen:
            yield seen[value], place
        seen.setdefault(value, place)


def _of_choice(body: Choice) -> Iterator[Problem]:
    if not body.options:
        yield Problem("no_options", "options")
    elif len(body.options) < 2:
        yield Problem("too_few_options", "options", {"fewest": 2})
    yield from _of_rows("options", body.options)
    known = {one.id for one in body.options}
    if not body.keys:
        yield Problem("no_key", "keys")
    for place, key in enumerate(body.keys, 1):
        if key not in known:
            yield Problem("key_unknown", f"keys/{place}", {"key": key[:40]})
    if len(set(body.keys)) < len(body.keys):
        yield Problem("key_twice", "keys")
    if not body.several and len(set(body.keys)) > 1:
        yield Problem("many_keys", "keys", {"count": len(set(body.keys))})


def _of_fill_in(stem: str, body: FillIn) -> Iterator[Problem]:
    marks, ids = Counter(BLANK_MARK.findall(stem)), [one.id for one in body.blanks]
    if not ids:
        yield Problem("no_blanks", "blanks")
    yield from _many("blanks", len(ids))
    for places in _same(ids):
        yield Problem("same_ids", f"blanks/{places[1]}", {"first": places[0], "second": places[1]})
    for place, one in enumerate(body.blanks, 1):
        if one.id not in marks:
            yield Problem("blank_without_mark", f"blanks/{place}", {"id": one.id[:40], "marks": marks.total(), "blanks": len(ids)})
        yield from _of_blank(f"blanks/{place}", one)
    for mark, count in marks.items():
        if mark not in ids:
            yield Problem("mark_without_blank", "stem", {"id": mark, "marks": marks.total(), "blanks": len(ids)})
        if count > 1:
            yield Problem("mark_twice", "stem", {"id": mark})


def _of_blank(where: str, blank: Blank) -> Iterator[Problem]:
    if not any(text.strip() for text in blank.accepted):
        yield Problem("blank_accepts_nothing", where)
    elif not all(text.strip() for text in blank.accepted):
        yield Problem("text_empty", where)
    yield from _many(where, len(blank.accepted), "accepted")
    if any(len(text) > LONGEST["accepted"] for text in blank.accepted):
        yield Problem("text_too_long", where, {"most": LONGEST["accepted"], "length": max(map(len, blank.accepted))})
    if not 1 <= blank.weight <= MOST_WEIGHT:
        yield Problem("blank_weight", where, {"most": MOST_WEIGHT})


def _of_numeric(body: Numeric) -> Iterator[Problem]:
    if body.value is None or not body.value.is_finite():
        yield Problem("no_value", "value")
    if not body.tolerance.is_finite() or body.tolerance < 0:
        yield Problem("tolerance_negative", "tolerance")
    elif max(abs(one.adjusted()) for one in (body.value or _NONE, body.tolerance) if one.is_finite()) > MOST_DIGITS:
        yield Problem("number_too_long", "value", {"most": MOST_DIGITS})
    elif body.relative and body.value == 0 and body.tolerance:
        yield Problem("tolerance_of_zero", "tolerance")
    if len(body.unit) > LONGEST["unit"]:
        yield Problem("text_too_long", "unit", {"most": LONGEST["unit"], "length": len(body.unit)})


def _of_matching(body: Matching) -> Iterator[Problem]:
    yield from _of_rows("lefts", body.lefts)
    yield from _of_rows("rights", body.rights)
    if len(body.lefts) < 2 or len(body.rights) < 2:
        yield Problem("too_few_pairs", "lefts", {"fewest": 2})
    lefts, rights = {one.id for one in body.lefts}, {one.id for one in body.rights}
    for place, (left, right) in enumerate(body.key, 1):
        if left not in lefts or right not in rights:
            yield Problem("key_unknown", f"key/{place}", {"key": (left if left not in lefts else right)[:40]})
    matched = Counter(left for left, _ in body.key)
    for place, one in enumerate(body.lefts, 1):
        if not matched[one.id]:
            yield Problem("left_unmatched", f"lefts/{place}")
        elif matched[one.id] > 1:
            yield Problem("left_matched_twice", f"lefts/{place}")


def _of_manual(question: Question, body: ShortAnswer | FileAnswer) -> Iterator[Problem]:
    yield from _of_rubric(body.rubric, question.points)
    if isinstance(body, ShortAnswer):
        if not 0 <= body.longest <= LONGEST_ANSWER:
            yield Problem("bound_wrong", "longest", {"most": LONGEST_ANSWER})
        return
    yield from _many("types", len(body.types))
    for place, one in enumerate(body.types, 1):
        if not (one.isascii() and one.isalnum() and one == one.lower() and len(one) <= 10):
            yield Problem("type_wrong", f"types/{place}", {"type": one[:20]})


def _of_rubric(rubric: Sequence[Criterion], points: Decimal) -> Iterator[Problem]:
    yield from _many("rubric", len(rubric))
    for places in _same(one.id for one in rubric):
        yield Problem("same_ids", f"rubric/{places[1]}", {"first": places[0], "second": places[1]})
    wrong = [place for place, one in enumerate(rubric, 1) if not _is_amount(one.points) or not one.points]
    yield from (Problem("points_wrong", f"rubric/{place}", {"most": MOST_POINTS}) for place in wrong)
    total = sum((one.points for one in rubric), Decimal(0)) if not wrong else points
    if rubric and total != points:
        yield Problem("rubric_sum", "rubric", {"total": total, "points": points})


def _of_case(question: Question, body: Case) -> Iterator[Problem]:
    if not body.parts:
        yield Problem("no_parts", "parts")
    yield from _many("parts", len(body.parts))
    for places in _same(one.id for one in body.parts):
        yield Problem("same_ids", f"parts/{places[1]}", {"first": places[0], "second": places[1]})
    for place, part in enumerate(body.parts, 1):
        if part.question.kind is Kind.CASE:
            yield Problem("case_in_case", f"parts/{place}")
            continue
        for one in problems_of(part.question):
            yield replace(one, where=f"parts/{place}/{one.where}".rstrip("/"))
    worth = [part.question.points for part in body.parts]
    total = sum(worth, Decimal(0)) if all(map(_is_amount, worth)) else question.points
    if body.parts and total != question.points:
        yield Problem("parts_sum", "parts", {"total": total, "points": question.points})
