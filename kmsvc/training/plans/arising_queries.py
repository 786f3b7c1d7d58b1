"""Reads over rules that plans arise by: the list, one with what it has caught; what somebody is on a plan for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.queries import all_posts, unit_names
from kmsvc.process.changes.models import Change
from kmsvc.process.fieldwork.models import PlanLine
from kmsvc.training.plans.arising_models import ArisingCatch, ArisingRule
from kmsvc.training.plans.models import Plan
from kmsvc.training.plans.permissions import SEE_PLANS
from kmsvc.training.plans.queries import courses_of


@dataclass(frozen=True)
class RuleFilters:
    """What a list of rules is narrowed to. stand: `on` or `off`."""

    q: str | None = None
    event: str | None = None
    stand: str | None = None


@dataclass(frozen=True)
class RuleLine:
    """A rule in a list. caught: events that stand; last_at: the newest of them."""

    id: int
    number: str
    name: str
    event: str
    group: str | None
    klass: str | None
    words: str | None
    unit_id: int | None
    unit: str
    post_id: int | None
    post: str
    course: str | None
    course_title: str | None
    plan_id: int | None
    plan: str | None
    hours: int
    days: int
    on_since: datetime | None
    made_by: str
    caught: int
    last_at: datetime | None
    version: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"/training/plans/rules/{self.id}"


@dataclass(frozen=True)
class CatchLine:
    """An event that was caught. people: how many it put on the plan; made: whether the plan was made for it."""

    id: int
    title: str
    url: str
    plan_id: int
    plan: str
    plan_title: str
    made: bool
    people: int
    at: datetime
    taken_back_at: datetime | None
    reason: str | None


def _rules(actor: Actor, asked: RuleFilters) -> Select[ArisingRule]:
    query = select(ArisingRule).where(ArisingRule.id.is_not(None) if can(actor, SEE_PLANS) else ArisingRule.id.is_(None))
    if asked.q:
        query = query.where(or_(*(one.icontains(asked.q, autoescape=True) for one in (
            ArisingRule.number, ArisingRule.name, ArisingRule.words))))
    if asked.event:
        query = query.where(ArisingRule.event == asked.event)
    if asked.stand:
        query = query.where(ArisingRule.on_since.is_not(None) if asked.stand == "on" else ArisingRule.on_since.is_(None))
    return query


def rule_lines(session: Session, actor: Actor, asked: RuleFilters | None = None, *, before: int | None = None,
               limit: int = 50) -> tuple[list[RuleLine], int | None]:
    """Rules, newest first, and the id to go on from."""
    query = _rules(actor, asked or RuleFilters())
    if before:
        query = query.where(ArisingRule.id < before)
    rows = list(session.scalars(query.order_by(ArisingRule.id.desc()).limit(limit + 1)))
    return _lines(session, rows[:limit]), rows[limit - 1].id if len(rows) > limit else None


def count_rules(session: Session, actor: Actor, asked: RuleFilters) -> int:
    """How many fit."""
    return session.scalar(select(func.count()).select_from(_rules(actor, asked).subquery())) or 0


def _lines(session: Session, rows: Sequence[ArisingRule]) -> list[RuleLine]:
    units, posts = unit_names(session), {one.id: one.name for one in all_posts(session)}
    courses = courses_of(session, [row.course_id for row in rows])
    plans: Mapping[int, str] = dict(session.execute(select(Plan.id, Plan.number).where(
        Plan.id.in_([row.plan_id for row in rows if row.plan_id]))).all())
    who = names(session, [row.made_by_id for row in rows])
    caught: dict[int, tuple[int, datetime | None]] = {one: (n, at) for one, n, at in session.execute(select(
        ArisingCatch.rule_id, func.count(), func.max(ArisingCatch.at)).where(
        ArisingCatch.rule_id.in_([row.id for row in rows]), ArisingCatch.taken_back_at.is_(None)).group_by(ArisingCatch.rule_id))}
    found = []
    for row in rows:
        course, course_title = courses.get(row.course_id or 0, (None, None))
        count, last_at = caught.get(row.id, (0, None))
        found.append(RuleLine(
            row.id, row.number, row.name, row.event, row.group, row.klass, row.words, row.unit_id, units.get(row.unit_id or 0, ""),
            row.post_id, posts.get(row.post_id or 0, ""), course, course_title, row.plan_id, plans.get(row.plan_id or 0), row.hours,
            row.days, row.on_since, who.get(row.made_by_id or 0, ""), count, last_at, row.version))
    return found


def visible_rule(session: Session, actor: Actor, rule_id: int) -> ArisingRule:
    """The row of a rule, or NotFound where there is none for this caller."""
    row = session.get(ArisingRule, rule_id) if can(actor, SEE_PLANS) else None
    if row is None:
        raise NotFound()
    return row


def rule_line(session: Session, actor: Actor, rule_id: int) -> RuleLine:
    """One rule."""
    return _lines(session, [visible_rule(session, actor, rule_id)])[0]


def catches_of(session: Session, actor: Actor, rule_id: int, *, limit: int = 200) -> list[CatchLine]:
    """What a rule has caught, the newest first."""
    visible_rule(session, actor, rule_id)
    rows = session.execute(select(ArisingCatch, Plan.number, Plan.title).join(Plan, Plan.id == ArisingCatch.plan_id).where(
        ArisingCatch.rule_id == rule_id).order_by(ArisingCatch.id.desc()).limit(limit))
    return [CatchLine(row.id, row.title, row.url, row.plan_id, number, title, row.made, len(row.people), row.at, row.taken_back_at,
                      row.reason) for row, number, title in rows]


def because_of(session: Session, because: str | None) -> tuple[str, dict[str, str], str] | None:
    """What a plan or a person on one comes from, where an event or a change made it: a sentence, what fills it, and where it stands.
    None for every other reason."""
    kind, _, which = (because or "").partition(":")
    first = which.partition(":")[0]
    if kind == "arising" and which.isdecimal():
        row = session.get(ArisingCatch, int(which))
        return None if row is None else (N_("Because of «%(title)s»"), {"title": row.title}, row.url)
    if kind == "rule" and first.isdecimal():
        rule = session.get(ArisingRule, int(first))
        return None if rule is None else (N_("Made by the rule %(number)s %(name)s"), {"number": rule.number, "name": rule.name},
                                          f"/training/plans/rules/{rule.id}")
    if kind == "change_line" and which.isdecimal():
        found = session.execute(select(Change.id, Change.number, Change.title).join(PlanLine, PlanLine.change_id == Change.id).where(
            PlanLine.id == int(which))).one_or_none()
        return None if found is None else (N_("Step 9 of %(number)s %(title)s"), {"number": found.number, "title": found.title},
                                           f"/process/changes/{found.id}")
    if kind == "annual_line" and first.isdecimal():
        return N_("Made of a line of the annual plan"), {}, f"/training/needs/lines/{first}"
    return None
