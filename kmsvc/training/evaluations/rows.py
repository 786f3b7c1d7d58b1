"""A row of a list of effects: number of the evaluation, level, what is measured, before, after, unit, cases, source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kmsvc.convert.columns import meaning_of
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_, Filled
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.taking import RowSort, Taken
from kmsvc.training.evaluations import usecases
from kmsvc.training.evaluations.models import Evaluation, Measure
from kmsvc.training.evaluations.permissions import RUN_EVALUATION
from kmsvc.training.evaluations.rules import LONGEST, Level

HEAD = (N_("Number of the evaluation"), N_("Level of the effect"), N_("What is measured"), N_("Before the training"),
        N_("After the training"),
        N_("Unit of measure"), N_("Cases"), N_("Where it is known from"))


def take(work: Work, values: Mapping[str, str], dry_run: bool, before: dict[str, str]) -> Taken:
    """Enter one figure; the same one is left alone, another value for the same indicator takes its place."""
    number, indicator = values.get("evaluation", "").strip().upper(), " ".join(values.get("indicator", "").split())
    level = meaning_of("effect_level", values.get("level", "")) or ""
    row = work.session.scalars(select(Evaluation).where(Evaluation.number == number)).one_or_none()
    if row is None:
        raise InvalidInput({"evaluation": [Filled(N_("There is no evaluation %(number)s."), number=number[:40] or "—")]})
    if level not in set(Level):
        raise InvalidInput({"level": [Filled(N_("“%(word)s” is no level."), word=values.get("level", "")[:40])]})
    if not indicator or len(indicator) > LONGEST["indicator"]:
        raise InvalidInput({"indicator": [N_("Say what is measured, in 1 to 200 characters.")]})
    given = {"before": _figure(values, "before"), "after": _figure(values, "after"),
             "unit": values.get("unit", "").strip()[:LONGEST["unit"]] or None, "cases": _cases(values),
             "source": values.get("source", "").strip()[:LONGEST["source"]] or None}
    held = work.session.scalars(select(Measure).where(
        Measure.evaluation_id == row.id, Measure.level == level, Measure.indicator == indicator,
        Measure.removed_at.is_(None)).order_by(Measure.id)).first()
    changes = tuple(name for name, value in given.items() if held is not None and value != getattr(held, name))
    if held is not None and changes:
        usecases.remove_measure(work, row.id, held.id)
    if held is None or changes:
        usecases.add_measure(work, row.id, level=level, indicator=indicator, **given)  # type: ignore[arg-type]
    again = dry_run and held is None and f"{number} {level} {indicator}" in before
    before[f"{number} {level} {indicator}"] = "m"
    return Taken("updated" if changes or again else "created" if held is None else "unchanged", indicator, changes)


def _figure(values: Mapping[str, str], name: str) -> float | None:
    text = values.get(name, "").strip().replace(",", "").removesuffix("%").strip()
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not -1e9 <= found <= 1e9:
        raise InvalidInput({name: [Filled(N_("“%(word)s” is no figure."), word=text[:40])]})
    return found


def _cases(values: Mapping[str, str]) -> int | None:
    text = values.get("cases", "").strip().removesuffix(".0")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 8):
        raise InvalidInput({"cases": [Filled(N_("“%(word)s” is no whole number."), word=text[:40])]})
    return int(text)


def lines(work: Work, say: Callable[[Any], str], local: Callable[[datetime], datetime]) -> list[tuple[Any, ...]]:
    """All figures that were entered, as rows of the export."""
    found = work.session.execute(select(Evaluation.number, Measure).join(Measure, Measure.evaluation_id == Evaluation.id).where(
        Measure.removed_at.is_(None)).order_by(Measure.id))
    return [(number, say(Level(one.level)), one.indicator, one.before, one.after, one.unit, one.cases, one.source)
            for number, one in found]


EFFECTS = RowSort("effects", RUN_EVALUATION, take, HEAD, lines, columns=(
    ("indicator", HEAD[2], N_("The QA item or indicator, needed.")),
    ("evaluation", HEAD[0], N_("As TE-2026-0001, needed.")),
    ("level", HEAD[1], N_("Reaction, learning, behaviour or result.")),
    ("before", HEAD[3], N_("The figure before the training.")), ("after", HEAD[4], N_("The figure after it.")),
    ("unit", HEAD[5], N_("Percent, minutes …")), ("cases", HEAD[6], N_("How many were measured.")),
    ("source", HEAD[7], N_("The report behind it."))),
    place="/training/evaluations/effects", title=N_("Effects of trainings"))
