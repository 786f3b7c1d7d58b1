"""Words and marks of onboarding on pages, and what JSON says."""

from __future__ import annotations

from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.training.onboarding.deciding import GoLive, OnboardingState
from kmsvc.training.onboarding.models import OnboardingClass
from kmsvc.training.onboarding.queries import BoardLine, Week
from kmsvc.training.onboarding.rules import NewcomerForm, NewcomerTalk, Preparation
from kmsvc.training.onboarding.weeks import Light

MARKS = {Light.GREY: "off", Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "bad"}
STATES = {"planned": "off", "running": "info", "observed": "warn", "in_team": "ok", "transferred": "off", "left": "off"}
PARTS = {"newcomer": N_("Newcomer"), "class_teacher": N_("Class teacher"), "trainer": N_("Trainer"), "mentor": N_("Mentor"),
         "qa_inspector": N_("QA inspector")}
NOTES = {"quality": N_("Quality result"), "absent": N_("Day missed"), "attention": N_("Call for attention"), "note": N_("Note")}
DECISIONS = {"go_on": N_("Go on"), "extend": N_("Extend"), "observe": N_("Observation period"), "enter_team": N_("Enter the team"),
             "transfer": N_("Transfer"), "leave": N_("Exit")}


def week(one: Week) -> tuple[str, str, str]:
    """Mark, word and why of a week."""
    return MARKS[one.light], label(one.light), "; ".join(label(it) for it in one.signs)


def state(code: str) -> tuple[str, str]:
    """Mark and word of a newcomer's state."""
    return STATES[code], label(OnboardingState(code))


def words(table: dict[str, str]) -> list[tuple[str, str]]:
    """Codes with their words."""
    return [(key, sentence(word)) for key, word in table.items()]


def codes(kind: Any) -> list[tuple[str, str]]:
    """Codes of a register with their words."""
    return [(one.value, label(one)) for one in kind]


FORMS, TALKS, POINTS = NewcomerForm, NewcomerTalk, (*Preparation, *(one for one in GoLive if one != GoLive.QUALITY))


def class_json(row: OnboardingClass) -> dict[str, Any]:
    """A class, as JSON."""
    return {"id": row.id, "number": row.number, "name": row.name, "teacher_id": row.teacher_id, "starts_on": row.starts_on,
            "exams": row.exams, "material": row.material, "version": row.version}


def line_json(one: BoardLine) -> dict[str, Any]:
    """A newcomer with the weeks, as JSON."""
    return {"id": one.id, "person_id": one.person_id, "person": one.person, "mentor": one.mentor, "state": one.state, "day": one.day,
            "version": one.version, "weeks": [{"number": it.number, "begins_on": it.begins_on, "light": it.light.value,
                                               "why": [why.value for why in it.signs]} for it in one.weeks]}
