"""How well questions have measured, fed by marking after each release: figures a version and exam, what they come to a question, and
who leaves the pool for them. Source: C4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import select

from kmsvc.core.work import Work
from kmsvc.training.questions.kinds import Choice, Question
from kmsvc.training.questions.models import QuestionFlag, QuestionMeasure, QuestionRow
from kmsvc.training.questions.queries import questions_of
from kmsvc.training.questions.rules import BY_FIGURES, ENOUGH, State, Why
from kmsvc.training.questions.statistics import (
    Flag,
    ItemFigures,
    OptionFigures,
    Thresholds,
    analysed,
    flags,
    options,
    rest_shares,
)
from kmsvc.training.questions.usecases import raise_flag


@dataclass(frozen=True)
class Answered:
    """What one sitting got for one question. points: final, None while nobody has marked it (it counts nowhere then); most: what it was
    worth in this paper; answer: as it was given, for the figures of options."""

    exam_id: int
    sitting_id: int
    question_id: int
    version_id: int
    points: Decimal | None
    most: Decimal
    answer: Any = None


def measure(work: Work, rows: Iterable[Answered]) -> list[int]:
    """Take in all answers of one or more exams and flag what figures speak against; the ids of questions that left the pool by it.

    Called by marking after a release or a regrade, in its unit and with its permission: the figures of these exams are written anew,
    so twice does no harm. What a person has put back in spite of the same figure stays, until twice as many have answered it."""
    by_exam: dict[int, list[Answered]] = defaultdict(list)
    for one in rows:
        by_exam[one.exam_id].append(one)
    touched: set[int] = set()
    for exam_id, its in sorted(by_exam.items()):
        touched |= _exam(work, exam_id, its)
    work.session.flush()
    return [one for one in sorted(touched) if _summed(work, one)]


def _exam(work: Work, exam_id: int, rows: Sequence[Answered]) -> set[int]:
    versions = sorted({one.version_id for one in rows})
    sittings = sorted({one.sitting_id for one in rows})
    column = {one: place for place, one in enumerate(versions)}
    line = {one: place for place, one in enumerate(sittings)}
    points = np.full((len(sittings), len(versions)), np.nan)
    most = np.zeros(len(versions))
    chosen: dict[int, list[tuple[str, ...] | None]] = {one: [None] * len(sittings) for one in versions}
    for one in rows:
        if one.points is None or one.most <= 0:
            continue
        worth = float(one.most)
        if most[column[one.version_id]] == 0:
            most[column[one.version_id]] = worth
        # papers may weigh a question differently: shares are what is compared
        points[line[one.sitting_id], column[one.version_id]] = float(one.points) / worth * most[column[one.version_id]]
        chosen[one.version_id][line[one.sitting_id]] = _chosen(one.answer)
    kept = [place for place in range(len(versions)) if most[place] > 0]
    _clear(work, exam_id, {versions[place] for place in kept})
    if not kept:
        return set()
    points, most = points[:, kept], most[kept]
    versions = [versions[place] for place in kept]
    paper = analysed(points, most)
    words = questions_of(work.session, versions)
    of = {one.version_id: one.question_id for one in rows}
    whole = {name: value for name, value in asdict(replace(paper, items=())).items() if name != "items"} | {"questions": len(versions)}
    for place, version in enumerate(versions):
        rest = rest_shares(points, most, place)
        its = _options(words[version], chosen[version], rest)
        work.session.add(QuestionMeasure(
            question_id=of[version], version_id=version, exam_id=exam_id, asked=paper.items[place].asked,
            figures=asdict(paper.items[place]), options=[asdict(one) for one in its], paper=whole, measured_at=work.now))
    return {of[version] for version in versions}


def _clear(work: Work, exam_id: int, versions: set[int]) -> None:
    for one in work.session.scalars(select(QuestionMeasure).where(QuestionMeasure.exam_id == exam_id,
                                                                  QuestionMeasure.version_id.in_(sorted(versions)))):
        work.session.delete(one)
    work.session.flush()


def _chosen(answer: Any) -> tuple[str, ...]:
    if isinstance(answer, str):
        return (answer,)
    return tuple(one for one in answer if isinstance(one, str)) if isinstance(answer, list | tuple) else ()


def _options(question: Question, chosen: Sequence[tuple[str, ...] | None], rest: Any) -> tuple[OptionFigures, ...]:
    if not isinstance(question.body, Choice):
        return ()
    return options(chosen, [one.id for one in question.body.options], question.body.keys, rest)


def together(measures: Sequence[QuestionMeasure]) -> tuple[ItemFigures, tuple[OptionFigures, ...]]:
    """The figures of one version over several exams: each weighted by how many were asked; undefined ones count nowhere."""
    item = ItemFigures(sum(one.asked for one in measures), *(_mean((one.figures.get(name), one.asked) for one in measures) for name in (
        "facility", "discrimination", "upper_lower", "alpha_without")))
    parts: dict[str, list[tuple[dict[str, Any], int]]] = defaultdict(list)
    for one in measures:
        for option in one.options:
            parts[option["id"]].append((option, one.asked))
    made = tuple(OptionFigures(name, bool(its[-1][0]["is_key"]), sum(one["chosen"] for one, _ in its), _mean(
        (one["share"], asked) for one, asked in its) or 0.0, *(_mean((one[code], asked) for one, asked in its) for code in (
            "upper", "lower", "discrimination"))) for name, its in parts.items())
    return item, made


def remarks_on(item: ItemFigures, its_options: Sequence[OptionFigures]) -> list[Flag]:
    """What speaks for a look at a question, gravest or not."""
    return flags(item, its_options, Thresholds(asked=ENOUGH))


def pulled(item: ItemFigures, remarks: Sequence[Flag]) -> Why | None:
    """Why figures take a question out of the pool, the gravest first; None when they do not. Nothing is said of fewer than ENOUGH."""
    if item.asked < ENOUGH or item.facility is None:
        return None
    codes = {one.code for one in remarks}
    if "negative" in codes:
        return Why.NEGATIVE
    if "option_over_key" in codes:
        return Why.OVER_KEY
    return Why.NOBODY if item.facility <= 0 else Why.EVERYBODY if item.facility >= 1 else None


def _mean(pairs: Iterable[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in pairs if value is not None and weight]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def _summed(work: Work, question_id: int) -> bool:
    """Write what a question comes to, and whether it left the pool for it."""
    row = work.get(QuestionRow, question_id, lock=True)
    measures = list(work.session.scalars(select(QuestionMeasure).where(QuestionMeasure.question_id == row.id)
                                         .order_by(QuestionMeasure.exam_id, QuestionMeasure.id)))
    now = [one for one in measures if one.version_id == row.current_version_id]
    if not now:
        return False
    item, its = together(now)
    row.answered = item.asked
    row.difficulty = None if item.facility is None else round((1 - item.facility) * 1000)
    row.discrimination = None if item.discrimination is None else round(item.discrimination * 1000)
    why = pulled(item, remarks_on(item, its))
    if why is None or row.state != State.ACTIVE or _stays(work, row, why, item.asked):
        return False
    raise_flag(work, row, why, params=_figures(item), answered=item.asked)
    return True


def _figures(item: ItemFigures) -> dict[str, Any]:
    return {"asked": item.asked, "facility": item.facility, "discrimination": item.discrimination}


def _stays(work: Work, row: QuestionRow, why: Why, answered: int) -> bool:
    """Whether a person has put it back in spite of this, with at least half of the answers there are now."""
    last = work.session.scalar(select(QuestionFlag.answered).where(
        QuestionFlag.question_id == row.id, QuestionFlag.version_id == row.current_version_id, QuestionFlag.why == why,
        QuestionFlag.ended_at.is_not(None), QuestionFlag.why.in_([one.value for one in BY_FIGURES]))
        .order_by(QuestionFlag.id.desc()).limit(1))
    return last is not None and answered < 2 * max(last, 1)
