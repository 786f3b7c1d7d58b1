"""Figures of a questionnaire: each answer counted, by question, post and unit; of anonymous ones only groups of five and more.

What a figure opens to is counted by the same walk over the same rows (`behind`), so that both always agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.people.units.queries import all_posts, unit_names
from kmsvc.training.needs import rules
from kmsvc.training.needs.models import Asked, NeedsAnswer, NeedsForm
from kmsvc.training.needs.rules import MARKS, QuestionKind

SPLITS = {"post": "post_id", "unit": "unit_id"}


@dataclass(frozen=True)
class Bar:
    """How many gave one answer. value: the option or mark; n of `of` that answered the question."""

    value: str
    n: int
    of: int

    @property
    def percent(self) -> int:
        """Rounded to whole percents."""
        return round(100 * self.n / self.of) if self.of else 0


@dataclass(frozen=True)
class QuestionFigure:
    """A question with its figures. bars: answers; mean: of a scale; texts: own words, in the order of the letters."""

    key: str
    kind: str
    text: str
    wish: bool
    n: int
    bars: tuple[Bar, ...]
    mean: float | None
    texts: tuple[str, ...]


@dataclass(frozen=True)
class FormFigure:
    """A questionnaire with its figures. hidden: anonymous and too few to be shown; groups: (id, name, answers) that may be looked at
    on their own, by what they are split."""

    id: int
    title: str
    anonymous: bool
    asked: int
    answered: int
    hidden: bool
    questions: tuple[QuestionFigure, ...]
    groups: Mapping[str, tuple[tuple[int, str, int], ...]]

    def as_json(self) -> dict[str, Any]:
        """As the report keeps it."""
        return {"form": self.title, "anonymous": self.anonymous, "asked": self.asked, "answered": self.answered, "hidden": self.hidden,
                "questions": [{"key": one.key, "kind": one.kind, "text": one.text, "n": one.n, "mean": one.mean,
                               "bars": [[bar.value, bar.n] for bar in one.bars], "texts": list(one.texts)} for one in self.questions]}


def answers_of(session: Session, form: NeedsForm, split: str | None = None, group: int | None = None) -> list[NeedsAnswer] | None:
    """The answers of a questionnaire, or of one group of it; None where they may not be shown. In no order of time."""
    rows = list(session.scalars(select(NeedsAnswer).where(NeedsAnswer.form_id == form.id).order_by(NeedsAnswer.key)))
    if form.anonymous and len(rows) < rules.LEAST_GROUP:
        return None
    if split is None or group is None:
        return rows
    counts = Counter(getattr(one, SPLITS[split]) for one in rows)
    if form.anonymous and group not in rules.groups_shown(counts):
        return None
    return [one for one in rows if getattr(one, SPLITS[split]) == group]


def figures_of(session: Session, form: NeedsForm, split: str | None = None, group: int | None = None) -> FormFigure:
    """The figures of a questionnaire, or of one post or unit of it."""
    asked, answered = session.execute(select(func.count(), func.count(Asked.answered_on)).where(Asked.form_id == form.id)).one()
    rows = answers_of(session, form, split, group)
    return FormFigure(form.id, form.title, form.anonymous, asked, answered, rows is None,
                      tuple(_figure(one, rows) for one in form.questions) if rows is not None else (), groups_of(session, form))


def groups_of(session: Session, form: NeedsForm) -> dict[str, tuple[tuple[int, str, int], ...]]:
    """post and unit -> the groups that may be looked at on their own, with their answers."""
    words = {"post": {one.id: one.name for one in all_posts(session)}, "unit": unit_names(session)}
    rows = answers_of(session, form)
    found: dict[str, tuple[tuple[int, str, int], ...]] = {}
    for split, column in SPLITS.items():
        counts = Counter(getattr(one, column) for one in rows or ())
        shown = rules.groups_shown(counts) if form.anonymous else frozenset(counts)
        found[split] = tuple(sorted(((one, words[split].get(one, ""), counts[one]) for one in shown if one is not None),
                                    key=lambda it: (-it[2], it[1])))
    return found


def _figure(question: Mapping[str, Any], rows: Sequence[NeedsAnswer]) -> QuestionFigure:
    values = [row.answers[question["key"]] for row in rows if question["key"] in row.answers]
    bars: tuple[Bar, ...] = ()
    mean = None
    if question["kind"] == QuestionKind.SCALE:
        bars = tuple(Bar(str(mark), values.count(mark), len(values)) for mark in MARKS)
        mean = round(sum(values) / len(values), 2) if values else None
    elif question["kind"] != QuestionKind.TEXT:
        bars = tuple(Bar(option, sum(_holds(value, option) for value in values), len(values)) for option in question["options"])
    texts = tuple(sorted(values)) if question["kind"] == QuestionKind.TEXT else ()
    return QuestionFigure(question["key"], question["kind"], question["text"], question["wish"], len(values), bars, mean, texts)


def _holds(value: Any, wanted: str) -> bool:
    return wanted in value if isinstance(value, list) else str(value) == wanted


@dataclass(frozen=True)
class Behind:
    """What a figure counts. people: (person, unit, post) of those who answered so, where the questionnaire is named; else None, and
    groups: (unit, how many) of groups that may be shown."""

    n: int
    of: int
    people: tuple[int, ...] | None
    groups: tuple[tuple[str, int], ...]


def behind(session: Session, form: NeedsForm, key: str, value: str | None, split: str | None = None,
           group: int | None = None) -> Behind | None:
    """What stands behind a figure of a question; value None: everybody who answered it. None where it may not be shown."""
    rows = answers_of(session, form, split, group)
    if rows is None or all(one["key"] != key for one in form.questions):
        return None
    answered = [row for row in rows if key in row.answers]
    held = [row for row in answered if value is None or _holds(row.answers[key], value)]
    if not form.anonymous:
        ids = [row.asked_id for row in held]
        people = tuple(session.scalars(select(Asked.person_id).where(Asked.id.in_(ids)).order_by(Asked.person_id)))
        return Behind(len(held), len(answered), people, ())
    units = unit_names(session)
    shown = {one for one, _, _ in groups_of(session, form)["unit"]} if split is None else set()
    counts = Counter(row.unit_id for row in held if row.unit_id in shown)
    return Behind(len(held), len(answered), None, tuple(sorted(((units.get(one or 0, ""), n) for one, n in counts.items()),
                                                               key=lambda it: (-it[1], it[0]))))
