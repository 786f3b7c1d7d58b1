"""What a template fills in, and what an author changed of it: pure functions over the columns of an exam."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from kmsvc.core.texts import N_
from kmsvc.training.exams.rules import ExamPlan
from kmsvc.training.exams.templates import PRESETS, ExamTemplate, plan_from

TIMES = ("opens_at", "closes_at", "make_up_opens_at", "make_up_closes_at", "release_at", "review_opens_at", "review_closes_at")
FIGURES = ("duration_min", "grace_s", "attempts", "pass_percent", "appeal_days", "most_appeals", "border", "second_percent", "limit",
           "settling", "shows", "author_may_mark")
WORDS = ("title", "about", "paper_id", "template", "proves_id", "course_id", "process_id")
LABELS = {
    "title": N_("Title"), "about": N_("What it is for"), "paper_id": N_("Paper"), "template": N_("Template"),
    "proves_id": N_("Certificate it proves"), "course_id": N_("Course it belongs to"), "process_id": N_("Process"),
    "opens_at": N_("Opens"), "closes_at": N_("Closes"), "make_up_opens_at": N_("Make-up opens"),
    "make_up_closes_at": N_("Make-up closes"), "release_at": N_("Results released at"), "review_opens_at": N_("Review opens"),
    "review_closes_at": N_("Review closes"), "duration_min": N_("Duration in minutes"), "grace_s": N_("Grace in seconds"),
    "attempts": N_("Attempts"), "pass_percent": N_("Pass mark in per cent"), "appeal_days": N_("Working days for appeals"),
    "most_appeals": N_("Appeals for each person"), "border": N_("Second mark within so many points of the pass mark"),
    "second_percent": N_("Second mark for so many per cent"), "limit": N_("Points two marks may lie apart"),
    "settling": N_("Of two marks counts"), "shows": N_("What the review shows"),
    "author_may_mark": N_("Whoever wrote a question may mark it"),
}
"""What people call each column."""


def preset_values(template: str | None, opens_at: datetime, zone: str) -> dict[str, Any]:
    """Every column a template fills in for an instant; without a template those of a weekly test."""
    preset = PRESETS[ExamTemplate(template or ExamTemplate.WEEKLY)]
    plan = plan_from(template or ExamTemplate.WEEKLY, opens_at, zone, ())
    return {**columns_of(plan), "most_appeals": 3, "border": Decimal(preset.border), "second_percent": preset.second_percent,
            "limit": Decimal(2), "settling": "mean", "shows": "marks", "author_may_mark": False}


def columns_of(plan: ExamPlan) -> dict[str, Any]:
    """A plan as columns, without its people and rooms."""
    return {"opens_at": plan.window.opens_at, "closes_at": plan.window.closes_at, "duration_min": plan.duration_min,
            "grace_s": plan.grace_s, "attempts": plan.attempts, "pass_percent": plan.pass_percent,
            "make_up_opens_at": plan.make_up.opens_at if plan.make_up else None,
            "make_up_closes_at": plan.make_up.closes_at if plan.make_up else None, "release_at": plan.release_at,
            "review_opens_at": plan.review.opens_at, "review_closes_at": plan.review.closes_at, "appeal_days": plan.appeal_days}


def moved(held: Mapping[str, Any], opens_at: datetime, zone: str) -> dict[str, Any]:
    """All instants when the exam opens at another one: what the template filled in it fills in anew, what was changed by hand moves
    along by as much."""
    by = opens_at - held["opens_at"]
    before, after = preset_values(held["template"], held["opens_at"], zone), preset_values(held["template"], opens_at, zone)
    found = {}
    for name in TIMES:
        if held[name] == before[name]:
            found[name] = after[name]
        else:
            found[name] = None if held[name] is None else held[name] + by
    return found


def differences(held: Mapping[str, Any], zone: str) -> dict[str, tuple[Any, Any]]:
    """column -> (what the template says, what stands), where they differ; nothing without a template."""
    if held["template"] is None:
        return {}
    preset = preset_values(held["template"], held["opens_at"], zone)
    return {name: (preset[name], held[name]) for name in (*TIMES, *FIGURES) if preset[name] != held[name]}
