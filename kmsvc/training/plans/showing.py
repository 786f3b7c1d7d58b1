"""What pages and commands show of plans and sessions: shapes and words, tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.training.plans.queries import Member, PlanLine
from kmsvc.training.plans.rules import How, Place, PlanState, Purpose, SessionState
from kmsvc.training.plans.session_queries import SeatLine, SessionLine

PLAN_SHAPES = {"draft": "idle", "approved": "info", "running": "go", "done": "ok", "cancelled": "off"}
SESSION_SHAPES = {"planned": "go", "held": "ok", "cancelled": "off"}
HEAD = (N_("Number"), N_("Title"), N_("Year"), N_("Counts as"), N_("State"), N_("Course"), N_("People"), N_("Sessions"),
        N_("Were present"), N_("Next session"), N_("Everybody trained by"), N_("Hours a head"),
        N_("Cost in yuan"), N_("What it cost in the end, in yuan"))
MEMBER_HEAD = (N_("Full name"), N_("Account"), N_("Unit"), N_("Post"), N_("Why on the list"), N_("Sessions they were at"))
SESSION_HEAD = (N_("Number"), N_("Title"), N_("Training plan"), N_("State"), N_("Begins"), N_("Over at"), N_("Classroom"), N_("Trainer"),
                N_("Seats"), N_("Have a seat"), N_("On the waiting list"), N_("Were present"), N_("Gave feedback"),
                N_("Mean of all marks"))
SEAT_HEAD = (N_("Full name"), N_("Account"), N_("Unit"), N_("Seat"), N_("Present"), N_("How signed in"), N_("Reason"))

Local = Callable[[datetime], datetime]


def state_of(state: str) -> tuple[str, str]:
    """Shape and word of a plan's state."""
    return PLAN_SHAPES.get(state, "idle"), label(state, PlanState)


def session_state(state: str) -> tuple[str, str]:
    """Shape and word of a session's state."""
    return SESSION_SHAPES.get(state, "idle"), label(state, SessionState)


def purpose_of(code: str) -> str:
    """The word of a purpose."""
    return label(code, Purpose)


def place_of(code: str) -> str:
    """The word of a place."""
    return label(code, Place)


def how_of(code: str | None) -> str:
    """How somebody signed in."""
    return label(code, How) if code else ""


def hours(minutes: int) -> str:
    """Minutes as hours, without needless zeros."""
    return f"{minutes / 60:g}"


def rows(lines: Sequence[PlanLine], local: Local) -> list[list[Any]]:
    """The rows of the export of plans."""
    return [[one.number, one.title, one.year, purpose_of(one.purpose), state_of(one.state)[1], one.course_title or "", one.people,
             one.sessions, one.present, local(one.next_at) if one.next_at else None, one.due_on, one.minutes / 60, one.cost, one.spent]
            for one in lines]


def member_rows(members: Sequence[Member], why: Callable[[str | None], str]) -> list[list[Any]]:
    """The rows of the export of people."""
    return [[one.name, one.login, one.unit, one.post, why(one.because), len(one.present)] for one in members]


def state_words(code: str) -> str:
    """The word of a state in a filter."""
    return sentence(N_("under way")) if code == "live" else state_of(code)[1]


def session_words(code: str) -> str:
    """The word of a session's state in a filter."""
    return {"ahead": sentence(N_("still to come")), "open": sentence(N_("over, not closed"))}.get(code) or session_state(code)[1]


def session_rows(lines: Sequence[SessionLine], local: Local) -> list[list[Any]]:
    """The rows of the export of sessions."""
    return [[one.number, one.title, one.plan_number, session_state(one.state)[1], local(one.starts_at), local(one.ends_at), one.room,
             one.trainer, one.seats, one.taken, one.waiting, one.came, one.rated, None if one.mean is None else round(one.mean, 2)]
            for one in lines]


def seat_rows(people: Sequence[SeatLine], local: Local) -> list[list[Any]]:
    """The rows of the attendance list."""
    return [[one.name, one.login, one.unit, place_of(one.place), local(one.present_at) if one.present_at else None, how_of(one.how),
             one.reason or ""] for one in people]
