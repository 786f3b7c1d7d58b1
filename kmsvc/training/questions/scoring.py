"""From an answer to points: exact to the hundredth, never below nothing, never above the most, and never an exception.

An answer is what JSON holds. single: an id; multiple, ordering: a list of ids; true_false: true or false; fill_in: {id of the
blank: text}; numeric: text or number; matching: {id on the left: id on the right}; short_answer: text; file: what the house keeps
of it; case: {id of the part: answer}. Source: C10."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from kmsvc.core.texts import N_, Labelled
from kmsvc.training.questions.folding import folded, number_in
from kmsvc.training.questions.kinds import (
    MANUAL,
    Case,
    Choice,
    Credit,
    FillIn,
    Matching,
    Numeric,
    OrderCredit,
    Ordering,
    Question,
    TrueFalse,
)
from kmsvc.training.questions.problems import LONGEST_ANSWER

_CENT = Decimal("0.01")


class Verdict(Labelled):
    """How an answer was judged."""

    RIGHT = "right", N_("Right")
    PARTLY = "partly", N_("Partly right")
    WRONG = "wrong", N_("Wrong")
    UNANSWERED = "unanswered", N_("Not answered")
    UNREADABLE = "unreadable", N_("The answer cannot be read")
    NO_KEY = "no_key", N_("The question has no key")
    MANUAL = "manual", N_("A person marks this")


@dataclass(frozen=True)
class Score:
    """points: None where a person must mark first. right: what was right, by id, where several things were asked. parts: of a
    case, by the id of the part."""

    points: Decimal | None
    most: Decimal
    verdict: Verdict
    right: tuple[str, ...] = ()
    parts: tuple[tuple[str, Score], ...] = ()


class _Unreadable(Exception):
    """The answer has not the form of an answer to this kind of question."""


_Judged = tuple[Fraction, tuple[str, ...]]
"""share of the points, what was right"""


def score(question: Question, answer: object, most: Decimal | None = None) -> Score:
    """Judge an answer. most: what the question is worth here, in place of its own points; rounded to hundredths, half up.

    ValueError for a `most` that is negative or no number: that is the paper's fault, not the candidate's."""
    worth = question.points if most is None else most
    if not worth.is_finite() or worth < 0:
        raise ValueError("a question is worth nothing or more")
    worth = _points(Fraction(worth))
    if isinstance(question.body, Case):
        return _score_case(question.body, answer, worth)
    if question.kind in MANUAL:
        return Score(None, worth, Verdict.UNANSWERED if _is_empty(answer) else Verdict.MANUAL)
    if not _has_key(question.body):
        return Score(_points(Fraction(0)), worth, Verdict.NO_KEY)
    if _is_empty(answer):
        return Score(_points(Fraction(0)), worth, Verdict.UNANSWERED)
    try:
        share, right = _JUDGES[type(question.body)](question.body, answer)
    except _Unreadable:
        return Score(_points(Fraction(0)), worth, Verdict.UNREADABLE)
    share = min(max(share, Fraction(0)), Fraction(1))
    verdict = Verdict.RIGHT if share == 1 else Verdict.PARTLY if share else Verdict.WRONG
    return Score(_points(share * Fraction(worth)), worth, verdict, right)


def _points(exact: Fraction) -> Decimal:
    """Hundredths, half up."""
    return (Decimal((exact.numerator * 200 + exact.denominator) // (exact.denominator * 2)) * _CENT).quantize(_CENT)


def _score_case(body: Case, answer: object, worth: Decimal) -> Score:
    """The parts share what the case is worth by their own points; their shares add up to it to the hundredth."""
    answers: Mapping[Any, Any] = answer if isinstance(answer, dict) else {}
    total = sum((Fraction(part.question.points) for part in body.parts), Fraction(0))
    judged: list[tuple[str, Score]] = []
    given, before = Fraction(0), _points(Fraction(0))
    for part in body.parts:
        given += Fraction(part.question.points)
        until = _points(given / total * Fraction(worth)) if total else before
        judged.append((part.id, score(part.question, answers.get(part.id), until - before)))
        before = until
    scores = [one for _, one in judged]
    known = [one.points for one in scores if one.points is not None]
    points = sum(known, _points(Fraction(0))) if len(known) == len(scores) else None
    right = tuple(name for name, one in judged if one.verdict is Verdict.RIGHT)
    return Score(points, worth, _of_all(answer, scores, points, worth), right, tuple(judged))


def _of_all(answer: object, scores: Sequence[Score], points: Decimal | None, worth: Decimal) -> Verdict:
    if not isinstance(answer, dict) and not _is_empty(answer):
        return Verdict.UNREADABLE
    if all(one.verdict is Verdict.UNANSWERED for one in scores):
        return Verdict.UNANSWERED
    if points is None:
        return Verdict.MANUAL
    if all(one.verdict is Verdict.RIGHT for one in scores):
        return Verdict.RIGHT
    return Verdict.PARTLY if points else Verdict.WRONG


def _has_key(body: object) -> bool:
    if isinstance(body, Choice):
        return bool(body.keys)
    if isinstance(body, TrueFalse):
        return body.key is not None
    if isinstance(body, Numeric):
        return body.value is not None and body.value.is_finite() and body.tolerance.is_finite()
    if isinstance(body, FillIn):
        return sum(one.weight for one in body.blanks) > 0
    return bool(body.key if isinstance(body, Matching) else cast(Ordering, body).items)


def _is_empty(answer: object) -> bool:
    """Nothing was answered: no value, no text, or a list or table without one."""
    if answer is None:
        return True
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, list | tuple):
        return len(answer) == 0
    return isinstance(answer, dict) and all(one is None or (isinstance(one, str) and not one.strip()) for one in answer.values())


def _ids(answer: object, known: Sequence[str]) -> tuple[str, ...]:
    """The ids of an answer that is a list, each once and each known."""
    if not isinstance(answer, list | tuple) or len(answer) > len(known) or not all(isinstance(one, str) for one in answer):
        raise _Unreadable
    if len(set(answer)) < len(answer) or not set(answer) <= set(known):
        raise _Unreadable
    return tuple(answer)


def _judge_choice(body: Choice, answer: object) -> _Judged:
    chosen = set(_ids([answer] if isinstance(answer, str) else answer, [one.id for one in body.options]))
    keys = set(body.keys)
    hits, wrong = len(chosen & keys), len(chosen - keys)
    right = tuple(one.id for one in body.options if one.id in chosen & keys)
    if not body.several:
        if len(chosen) > 1:
            raise _Unreadable
        return Fraction(hits), right
    if body.credit is Credit.LESS_WRONG:
        return Fraction(hits - wrong, len(keys)), right
    if chosen == keys:
        return Fraction(1), right
    if body.credit is Credit.ALL or wrong or not hits:
        return Fraction(0), right
    return Fraction(1, 2) if body.credit is Credit.HALF_IF_MISSED else Fraction(hits, len(keys)), right


def _judge_true_false(body: TrueFalse, answer: object) -> _Judged:
    said = {"true": True, "false": False}.get(answer) if isinstance(answer, str) else answer
    if not isinstance(said, bool):
        raise _Unreadable
    return Fraction(said is body.key), ()


def _judge_fill_in(body: FillIn, answer: object) -> _Judged:
    """Each blank by itself. A lone text is the answer to a lone blank."""
    if isinstance(answer, str) and len(body.blanks) == 1:
        answer = {body.blanks[0].id: answer}
    if not isinstance(answer, dict) or not set(answer) <= {one.id for one in body.blanks}:
        raise _Unreadable
    if not all(one is None or (isinstance(one, str) and len(one) <= LONGEST_ANSWER) for one in answer.values()):
        raise _Unreadable
    right = []
    for blank in body.blanks:
        said = folded(answer.get(blank.id) or "", body.folding)
        if said and said in {folded(one, body.folding) for one in blank.accepted}:
            right.append(blank.id)
    weights = {one.id: one.weight for one in body.blanks}
    return Fraction(sum(weights[one] for one in right), sum(weights.values())), tuple(right)


def _judge_numeric(body: Numeric, answer: object) -> _Judged:
    text = str(answer) if isinstance(answer, int | float) and not isinstance(answer, bool) else answer
    if not isinstance(text, str) or len(text) > LONGEST_ANSWER or body.value is None:
        raise _Unreadable
    number = number_in(text, body.unit)
    if number is None:
        raise _Unreadable
    allowed = Fraction(body.tolerance) * (abs(Fraction(body.value)) if body.relative else 1)
    return Fraction(abs(Fraction(number) - Fraction(body.value)) <= allowed), ()


def _judge_ordering(body: Ordering, answer: object) -> _Judged:
    right = [one.id for one in body.items]
    given = _ids(answer, right)
    if list(given) == right:
        return Fraction(1), tuple(right)
    if body.credit is OrderCredit.EXACT or len(right) < 2:
        return Fraction(0), ()
    follows = set(pairwise(right))
    hits = [pair for pair in pairwise(given) if pair in follows]
    return Fraction(len(hits), len(right) - 1), tuple(dict.fromkeys(one for pair in hits for one in pair))


def _judge_matching(body: Matching, answer: object) -> _Judged:
    lefts, rights = {one.id for one in body.lefts}, {one.id for one in body.rights}
    if not isinstance(answer, dict) or not set(answer) <= lefts:
        raise _Unreadable
    if not all(one is None or one == "" or (isinstance(one, str) and one in rights) for one in answer.values()):
        raise _Unreadable
    key = dict(body.key)
    right = tuple(one.id for one in body.lefts if one.id in key and answer.get(one.id) == key[one.id])
    return Fraction(len(right), len(body.lefts)), right


_JUDGES: dict[type, Callable[[Any, object], _Judged]] = {
    Choice: _judge_choice, TrueFalse: _judge_true_false, FillIn: _judge_fill_in, Numeric: _judge_numeric,
    Ordering: _judge_ordering, Matching: _judge_matching,
}
