"""Reads over templates: lists, one, those a new article is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.knowledge.templates.models import Template, TemplateUse
from kmsvc.knowledge.templates.rules import Section, sections_of
from kmsvc.people.accounts.queries import names


@dataclass(frozen=True)
class TemplateCard:
    """A template as it is listed and shown."""

    id: int
    name: str
    language: str
    case_kind: str
    note: str
    body: str
    category: str
    confidentiality: str
    review_months: int | None
    strict: bool
    retired_at: datetime | None
    changed_at: datetime
    changed_by: str
    used: int
    sections: tuple[Section, ...]
    version: int
    url: str


def _fits(q: str | None, language: str | None, state: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if q:
        found.append(or_(*(one.icontains(q, autoescape=True) for one in (Template.name, Template.case_kind, Template.note))))
    if language:
        found.append(Template.language == language)
    if state:
        found.append(Template.retired_at.is_(None) if state == "offered" else Template.retired_at.is_not(None))
    return found


def template_page(session: Session, *, q: str | None = None, language: str | None = None, state: str | None = None,
                  before: int | None = None, limit: int = 50) -> tuple[list[TemplateCard], int | None]:
    """A page of templates, newest first, and the id to go on from."""
    query = select(Template).where(*_fits(q, language, state)).order_by(Template.id.desc()).limit(limit + 1)
    rows = list(session.scalars(query.where(Template.id < before) if before else query))
    shown = rows[:limit]
    return _cards(session, shown), shown[-1].id if len(rows) > limit else None


def count_templates(session: Session, *, q: str | None = None, language: str | None = None, state: str | None = None) -> int:
    """How many templates fit."""
    return session.scalar(select(func.count(Template.id)).where(*_fits(q, language, state))) or 0


def template_card(session: Session, template_id: int) -> TemplateCard:
    """One template, or NotFound."""
    row = session.get(Template, template_id)
    if row is None:
        raise NotFound()
    return _cards(session, [row])[0]


def offered(session: Session, language: str) -> list[TemplateCard]:
    """The templates a new article may begin with, those in the reader's language first."""
    rows = session.scalars(select(Template).where(Template.retired_at.is_(None)).order_by(Template.language != language,
                                                                                            Template.name, Template.id))
    return _cards(session, list(rows))


def _cards(session: Session, rows: Sequence[Template]) -> list[TemplateCard]:
    used = {row.template_id: row.n for row in session.execute(
        select(TemplateUse.template_id, func.count(TemplateUse.id).label("n")).where(
            TemplateUse.template_id.in_([row.id for row in rows])).group_by(TemplateUse.template_id))} if rows else {}
    who = names(session, [row.changed_by_id for row in rows])
    return [TemplateCard(
        row.id, row.name, row.language, row.case_kind, row.note, row.body, row.category, row.confidentiality, row.review_months,
        row.strict, row.retired_at, row.changed_at, who.get(row.changed_by_id or 0, ""), used.get(row.id, 0), sections_of(row.body),
        row.version, f"/knowledge/templates/{row.id}") for row in rows]
