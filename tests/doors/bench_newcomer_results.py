"""The bench of newcomers' quality results: one by hand, a file that stands, one that was taken back; a course for the class."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.convert.result import HowRead, Row, Table
from kmsvc.knowledge.tables.taking import take_rows
from kmsvc.training.courses.models import Course
from kmsvc.training.onboarding import results
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingImport, Trainee
from kmsvc.training.onboarding.results import Result
from kmsvc.training.onboarding.results_rows import RESULTS

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

BASE = "/training/onboarding/results"
DOORS = ("", "/api/v1")
BODIES: dict[str, dict[str, Any]] = {f"POST {door}{BASE}{path}": body for door in DOORS for path, body in (
    ("", {"person": "agent", "score": "90"}), ("/{quality_id}/remove", {"reason": "r"}),
    ("/imports/{taken_id}/take-back", {"reason": "r"}), ("/imports/{taken_id}/bring-back", {}))}
LIST = b"name,on,score\nAgent,2026-03-02,77\n"
UPLOADS = {f"POST {door}{BASE}/import": ("results.csv", LIST) for door in DOORS}


def add_rows(rows: Rows) -> None:
    """Two files and one result by hand."""
    world = rows.world
    with world.look() as work:
        row = work.get(Trainee, rows.values["trainee_id"])
        day = work.get(OnboardingClass, row.class_id).starts_on
    made = []
    for number, score in enumerate(("81", "82")):
        table = Table("", ("name", "on", "score"), (), [Row(2, {"name": "Agent", "on": day.isoformat(), "score": score})],
                      HowRead("heading_row", {"sheet": "", "row": 1, "columns": ""}))
        take_rows(world.db, world.actor("qa_inspector"), RESULTS, [table], [], f"{number}.csv", today=day)
    with world.begin("qa_inspector") as work:
        made = list(work.session.scalars(select(OnboardingImport.id).order_by(OnboardingImport.id)))
        results.take_back(work, made[1], reason="r")
        rows.values |= {"quality_id": results.enter_result(work, row.id, Result(day, Decimal(90), "R-1"), today=day).id,
                        "taken_id": made[0]}
    rows.instead[("taken_id", "bring-back")] = made[1]


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """A published course."""
    if route.name.replace("/api/v1", "") != "POST /training/onboarding/classes/{class_id}/courses":
        return None
    with rows.world.look() as work:
        return {"course": work.session.scalars(select(Course.number).where(Course.state == "published").order_by(Course.id)).first()}
