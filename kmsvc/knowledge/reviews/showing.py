"""What the pages of reviews show: shapes and words of states and results, the tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from kmsvc.core.i18n import label
from kmsvc.core.texts import N_
from kmsvc.knowledge.health.rules import HealthSign
from kmsvc.knowledge.reviews.queries import ItemLine, ReviewLine
from kmsvc.knowledge.reviews.rules import ANSWERS, FollowUp, ReviewResult, ReviewState, ReviewVerdict
from kmsvc.search.showing import category_label

SHAPES = {ReviewState.PLANNED: "idle", ReviewState.RUNNING: "go", ReviewState.SIGNED: "ok", ReviewState.CANCELLED: "off"}
RESULT_SHAPES = {ReviewResult.KEEP: "ok", ReviewResult.UPDATE: "warn", ReviewResult.RETIRE: "off"}
FOLLOW_SHAPES = {FollowUp.NONE: "idle", FollowUp.OPEN: "due", FollowUp.DONE: "ok"}
QUESTIONS = {"needed": N_("Still needed"), "correct": N_("Correct in fact"), "complete": N_("Complete"),
             "fit": N_("Fit for use on the phone")}
HEAD = (N_("Number"), N_("Year"), N_("State"), N_("From this day"), N_("To this day"), N_("Due"), N_("Categories"),
        N_("Articles drawn"), N_("Articles judged"), N_("Who judges"), N_("Planned by"), N_("Signed by"), N_("Signed"),
        N_("Is the knowledge complete?"), N_("Is it fit for the work?"))
ITEM_HEAD = (N_("Place"), N_("Number"), N_("Title"), N_("Version"), N_("Category"), N_("Owner"), N_("Days since it was written"),
             N_("Signs"), N_("Opened from searches"), N_("Feedback"), N_("Gaps"), N_("Processes cited"), N_("Who judges"),
             *QUESTIONS.values(), N_("Findings"), N_("Result"), N_("By when"), N_("Judged by"), N_("When"), N_("What came of it"))


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of a state."""
    state = ReviewState(code)
    return SHAPES[state], label(state)


def result_of(code: str) -> tuple[str, str]:
    """Shape and word of a result."""
    result = ReviewResult(code)
    return RESULT_SHAPES[result], label(result)


def follow_of(code: str) -> tuple[str, str]:
    """Shape and word of what came of a result."""
    follow = FollowUp(code)
    return FOLLOW_SHAPES[follow], label(follow)


def verdict(code: str | None) -> str:
    """The word of a conclusion."""
    return label(code, ReviewVerdict) if code else ""


def shelf(name: str) -> str:
    """The name of a category; articles without one are together."""
    return category_label(name) if name else _("Without a category")


def shelves(names: Sequence[str]) -> list[str]:
    """The names of the categories of a plan."""
    return [shelf(one) for one in names] or [_("all of them")]


def signs_of(item: ItemLine) -> list[str]:
    """The words of the health signs it had."""
    return [label(one, HealthSign) for one in item.facts["signs"]]


def cited_of(item: ItemLine) -> list[str]:
    """The processes it cites, with the version it names where that is another one than the one in force."""
    return [f"{number} V{named} → V{now}" if named and named != now else f"{number} V{now}"
            for number, named, now in item.facts["cited"]]


def said_of(item: ItemLine) -> int:
    """How many readers said that something is not right."""
    return sum(many for kind, many in item.facts["feedback"].items() if kind != "helpful")


def rows(lines: Sequence[ReviewLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[one.number, one.year, state_of(one.state)[1], one.begins_on, one.ends_on, one.due_on, " | ".join(shelves(one.categories)),
             one.drawn, one.judged, " | ".join(one.reviewers), one.planned_by, one.signed_by,
             local(one.signed_at) if one.signed_at else None, verdict(one.complete), verdict(one.fit)] for one in lines]


def item_rows(items: Sequence[ItemLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The sample as a table to take away."""
    return [[one.place, one.facts["number"], one.facts["title"], one.facts["label"], shelf(one.category), one.facts["owner"],
             one.facts["age_days"], " | ".join(signs_of(one)), one.facts["opened"], said_of(one), " | ".join(one.facts["gaps"]),
             " | ".join(cited_of(one)), one.reviewer,
             *(None if one.answers[name] is None else _("Yes") if one.answers[name] else _("No") for name in ANSWERS),
             one.findings, result_of(one.result)[1] if one.result else None, one.due_on, one.judged_by,
             local(one.judged_at) if one.judged_at else None, follow_of(one.follow_up)[1]] for one in items]
