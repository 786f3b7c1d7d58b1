"""Who of those a change affects is trained: read from the real plans of step 9, else from what was entered by hand (A13, W2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import options
from kmsvc.core.actors import Actor
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.people.units.queries import unit_names
from kmsvc.process.changes.counting import affected_people
from kmsvc.process.changes.holding import SEES_ALL
from kmsvc.process.changes.models import Assistant, Change
from kmsvc.process.changes.options import TRAINED_SHARE
from kmsvc.process.fieldwork import teaching
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.process.fieldwork.teaching import Taught


@dataclass(frozen=True)
class Untrained:
    """Somebody who is still missing. why: an English source; plan: the one they are on."""

    person_id: int
    name: str
    unit: str
    why: str
    plan: Taught | None


@dataclass(frozen=True)
class Training:
    """How far the training of a change is. people: affected; trained: of those, by_hand: of those on somebody's word alone; asked:
    percent that must be reached; plans: the real ones; unlinked: lines of step 9 that were entered by hand, of so many."""

    people: int
    trained: int
    by_hand: int
    asked: int
    plans: tuple[Taught, ...]
    unlinked: int
    missing: tuple[Untrained, ...]
    lines: int = 0

    @property
    def is_real(self) -> bool:
        """Whether the figure rests on real plans, if only on one that is being made."""
        return self.lines > self.unlinked

    @property
    def is_enough(self) -> bool:
        """Whether the version may take effect. Where everything was entered by hand nothing is held up, as nothing is known."""
        return (self.lines > 0 and not self.is_real) or 100 * self.trained >= self.asked * self.people

    @property
    def percent(self) -> int:
        """Of those affected, rounded down: 99.6 is not all."""
        return 100 * self.trained // self.people if self.people else 100


def training_of(session: Session, change: Change, today: date) -> Training:
    """How far the training of the present round is. Trained is who was present at a session of the plan of the own line, and has passed
    its exam where the line names a real one; of a line by hand who was planned, once its day has come."""
    lines = list(session.scalars(select(PlanLine).where(
        PlanLine.change_id == change.id, PlanLine.visit == change.visit(9)).order_by(PlanLine.id)))
    plans = teaching.taught(session, sorted({one.plan_id for one in lines if one.plan_id is not None}))
    trained: set[int] = set()
    by_hand: set[int] = set()
    why: dict[int, tuple[str, Taught | None]] = {}
    for line in lines:
        its = {one.person_id for one in line.people}
        plan = plans.get(line.plan_id or 0)
        if plan is None and line.by_hand:
            done = its if line.held_on <= today else set()
            by_hand |= done
            words = N_("entered by hand, its day is still to come")
        elif plan is None:
            done = set()
            words = N_("its training plan is being made") if line.plan_id is None else N_("its training plan was given up")
        else:
            its |= plan.people
            done = its & plan.present
            words = N_("was at no session yet")
            passed = teaching.passed(session, line.exam, its) if line.exam else None
            if passed is not None:
                why |= {one: (N_("has not passed the exam yet"), plan) for one in done - passed}
                done &= passed
        trained |= done
        why |= {one: (words, plan) for one in its - done if one not in why}
    affected = affected_people(session, change)
    people, units = directory(session).people, unit_names(session)
    missing = [Untrained(one, people[one].name, units.get(people[one].unit_id, ""), *why.get(one, (N_("is not planned"), None)))
               for one in affected - trained]
    return Training(len(affected), len(affected & trained), len((affected & by_hand) - _proven(plans)),
                    options.value(session, TRAINED_SHARE), tuple(plans.values()), sum(line.by_hand for line in lines),
                    tuple(sorted(missing, key=lambda one: (one.unit, one.name, one.person_id))), len(lines))


def _proven(plans: dict[int, Taught]) -> frozenset[int]:
    return frozenset().union(*(one.present for one in plans.values())) if plans else frozenset()


def sees_who(session: Session, actor: Actor, change: Change) -> bool:
    """Whether this caller may see who is missing: who works on changes, its author, its assistants; others see the figure."""
    return bool(actor.permissions & set(SEES_ALL)) or actor.person_id in {
        change.author_id, *session.scalars(select(Assistant.person_id).where(Assistant.change_id == change.id))}


def training_json(found: Training, who: bool) -> dict[str, Any]:
    """The figure as JSON; who: with those who are missing."""
    return {"people": found.people, "trained": found.trained, "by_hand": found.by_hand, "percent": found.percent, "asked": found.asked,
            "is_real": found.is_real, "is_enough": found.is_enough,
            "plans": [{"number": one.number, "title": one.title, "url": one.url, "people": len(one.people), "present": len(one.present),
                       "sessions": [{"number": it.number, "url": it.url, "starts_at": it.starts_at, "present": it.present}
                                    for it in one.sessions]} for one in found.plans],
            "missing": [{"person_id": one.person_id, "name": one.name, "unit": one.unit, "why": one.why,
                         "plan": one.plan.number if one.plan else None} for one in found.missing] if who else None}
