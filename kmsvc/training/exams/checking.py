"""The checklist before an exam is announced: each thing with how it stands and where it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.exams.clashes import clashes_of
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import markers_of, plan_of
from kmsvc.training.exams.rules import inconsistencies
from kmsvc.training.exams.usecases import scene_of
from kmsvc.training.papers.models import PaperRow

THREE = 3
"""so many people mark where two of them may disagree"""


@dataclass(frozen=True)
class Point:
    """A thing to be checked. kind: `ok`, `warn` (may stay so) or `bad` (keeps it from being announced); step: of the plan where it is
    mended, 0 for the paper; said: English source with places."""

    code: str
    kind: str
    said: str
    step: int
    params: Mapping[str, Any] = field(default_factory=dict)


def checklist(work: Work, row: Exam, zone: str) -> list[Point]:
    """Everything that matters before candidates hear of it, in the order of the steps."""
    paper, plan = work.get(PaperRow, row.paper_id), plan_of(row)
    scene = scene_of(work, row, paper)
    found = [
        Point("paper", "bad" if scene.unready else "ok", N_("The paper is not ready yet.") if scene.unready
              else N_("The paper is ready."), 0),
        Point("questions", "bad" if scene.short else "ok", N_("The banks lack %(count)s questions for this paper.") if scene.short
              else N_("The banks have enough questions."), 0, {"count": scene.short}),
        Point("stale", "bad" if scene.stale else "ok", N_("%(count)s questions count no more or were written anew.") if scene.stale
              else N_("No question is out of date."), 0, {"count": scene.stale}),
    ]
    clashes = clashes_of(work.session, row)
    found.append(Point("people", "bad" if not plan.candidates else "ok", N_("Nobody is to sit this exam.") if not plan.candidates
                       else N_("%(count)s people are to sit it."), 2, {"count": len(plan.candidates)}))
    if clashes:
        found.append(Point("clashes", "warn", N_("Something speaks against %(count)s of them."), 2, {"count": len(clashes)}))
    markers = len(markers_of(work.session, row.id))
    if scene.unassigned:
        found.append(Point("markers", "bad", N_("%(count)s questions need a person to mark them, and nobody is to."), 3,
                           {"count": scene.unassigned}))
    else:
        found.append(Point("markers", "ok", N_("%(count)s people mark what needs a person.") if markers
                           else N_("Everything is marked by the service."), 3, {"count": markers}))
    if row.second_percent or row.border >= 0:
        border = f"{max(row.border, Decimal(0)).normalize():f}"
        found.append(Point("second", "ok", N_("Second marking: %(percent)s %% by lot, all within %(border)s points of the pass mark."),
                           3, {"percent": row.second_percent, "border": border}))
        if 0 < markers < THREE:
            found.append(Point("third", "warn", N_("Two marks too far apart go to a third person; %(count)s people mark so far."), 3,
                               {"count": markers}))
    else:
        found.append(Point("second", "warn", N_("There is no second marking."), 3))
    found.append(Point("appeals", "ok" if row.appeal_days else "warn", N_("Appeals are possible on %(days)s working days.")
                       if row.appeal_days else N_("No appeal is possible."), 3, {"days": row.appeal_days}))
    if plan.rooms:
        found.append(Point("seats", "ok", N_("%(seats)s seats for %(people)s people."), 3, {
            "seats": sum(one.seats for one in plan.rooms), "people": len(plan.candidates)}))
    else:
        found.append(Point("seats", "ok", N_("Everybody sits at the own place; no rooms are set."), 3))
    found.append(Point("notices", "ok", N_("Everybody is told when it is announced, moved or cancelled, and reminded a day before."), 4))
    seen: set[str] = set()
    for one in inconsistencies(plan, zone, work.now):
        if one.code not in seen and one.code != "nobody":
            seen.add(one.code)
            found.append(Point(one.code, "bad", one.sentence, 2 if one.person_id is not None else 3, one.params))
    return found
