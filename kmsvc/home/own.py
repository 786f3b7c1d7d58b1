"""The two lists that belong to one person, as filtered: what I asked for, what I have not confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response
from marshmallow import validate
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kmsvc.convert.export import Cell
from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import sentence
from kmsvc.core.schemas import Choice, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.knowledge.confirmations.queries import OpenConfirmation
from kmsvc.process.changes.exports import list_table
from kmsvc.process.changes.models import Change
from kmsvc.process.changes.queries import ChangeLine, lines_of
from kmsvc.process.changes.schemas import LIST_STATES

PAGE = 40
MOST_EXPORTED = 5_000
DUE = {"late": N_("late"), "today": N_("by today"), "week": N_("within 7 days")}
CONFIRM_HEAD = (N_("Number"), N_("Title"), N_("Version"), N_("Asked on"), N_("Due"), N_("Minutes"), N_("Address"))


class DayQuery(InputSchema):
    """Whether a long day is shown whole."""

    all = Choice(["1"])


class AskedQuery(InputSchema):
    """The filters of what I asked for, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(LIST_STATES)
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


class ConfirmQuery(InputSchema):
    """The filters of what I have not confirmed, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    due = Choice(DUE)
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


def asked_page(session: Session, person_id: int | None, *, q: str | None = None, state: str | None = None, start: int = 0,
               limit: int = PAGE) -> tuple[list[ChangeLine], int | None]:
    """What a person asked for from a place on, open first and then newest first, and the place to go on from.

    state: one state, or `open` or `closed`; anything else shows all.
    """
    query = select(Change).where(Change.asker_id == person_id).order_by(Change.closed_at.is_not(None), Change.id.desc())
    if q:
        query = query.where(or_(Change.title.icontains(q, autoescape=True), Change.number.icontains(q, autoescape=True)))
    if state in ("open", "closed"):
        query = query.where(Change.closed_at.is_(None) if state == "open" else Change.closed_at.is_not(None))
    elif state and state != "all":
        query = query.where(Change.state == state)
    rows = list(session.scalars(query.offset(start).limit(limit + 1)))
    return lines_of(session, rows[:limit]), start + limit if len(rows) > limit else None


def asked_file(form: str, lines: Sequence[ChangeLine], today: date, zone: str, *, more: bool) -> Response:
    """What I asked for as a table to take away, with the columns of every list of requests."""
    headers, rows = list_table(lines, today, zone)
    return table_answer(form, sentence(N_("What I asked for")), headers, ended(rows, len(rows), more=more),
                        name=f"my-requests-{today.isoformat()}")


def due_until(due: str | None, today: date) -> date | None:
    """The last day that a choice of the filter takes in."""
    days = {"late": -1, "today": 0, "week": 7}
    return today + timedelta(days=days[due]) if due else None


def confirm_file(form: str, found: Sequence[OpenConfirmation], today: date, zone: str, base_url: str, *, more: bool) -> Response:
    """What I have not confirmed as a table to take away."""
    rows: list[list[Cell]] = [
        [one.number, one.title, one.version_label, local_date(one.asked_at, zone), one.due_on, max(1, round(one.seconds / 60)),
         base_url + one.url] for one in found]
    return table_answer(form, sentence(N_("To read and confirm")), [sentence(one) for one in CONFIRM_HEAD],
                        ended(rows, len(rows), more=more), name=f"to-confirm-{today.isoformat()}")
