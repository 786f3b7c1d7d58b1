"""What a caller may do with an exam now: verb, address and inputs, as every object with a life says it."""

from __future__ import annotations

from typing import Any

from kmsvc.core.offers import Act, allowed
from kmsvc.core.permissions import can
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.work import Work
from kmsvc.training.exams import schemas, usecases
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.permissions import PLAN_EXAM
from kmsvc.training.exams.queries import candidates_of, plan_of
from kmsvc.training.exams.states import ExamState, hindrances

BASE = "/api/v1/training/exams"


def acts_on(work: Work, row: Exam, zone: str) -> list[dict[str, Any]]:
    """The verbs on an exam's plan and its people; those on its results stand at /api/v1/training/marking/{id}."""
    if not can(work.actor, PLAN_EXAM, row):
        return []
    scene, plan = usecases.scene_of(work, row), plan_of(row)
    free = {verb for verb in ("publish", "take_back", "cancel") if not hindrances(verb, row.state, plan, scene, work.now, zone)}
    open_yet = row.state in (ExamState.DRAFT, ExamState.PUBLISHED)
    people = [one.person_id for one in candidates_of(work.session, row) if one.sat is None] if open_yet else []
    return allowed(f"{BASE}/{row.id}", [
        Act("publish", forward=True) if "publish" in free else None,
        Act("edit", schemas.RulesInput) if open_yet and (row.state == ExamState.DRAFT or work.now < row.opens_at) else None,
        Act("add", schemas.PeopleInput, part="candidates", needs=("people",)) if open_yet else None,
        Act("remove", schemas.PeopleInput, needs=("people",)) if people else None,
        Act("extra", schemas.ExtraInput, choices={"person": people}) if people else None,
        Act("make_up", schemas.MakeUpInput, needs=("people",)) if people and row.make_up_opens_at is not None else None,
        Act("markers", schemas.MarkersInput) if row.state != ExamState.CANCELLED and row.state != ExamState.FINAL else None,
        Act("redraw") if row.state == ExamState.PUBLISHED and not scene.begun else None,
        Act("copy", schemas.CopyInput),
        Act("take_back", ReasonInput) if "take_back" in free else None,
        Act("cancel", schemas.CancelInput) if "cancel" in free else None])
