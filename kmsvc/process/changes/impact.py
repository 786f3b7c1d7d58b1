"""What a change touches: units and people, who assists, who is trained when, which articles follow. Feature A8."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.queries import may_see
from kmsvc.knowledge.citations.queries import cited_by, count_citations, touched_by
from kmsvc.knowledge.confirmations.queries import ReadRate, read_rate
from kmsvc.people.accounts.queries import names
from kmsvc.people.units.models import Unit
from kmsvc.process.changes.counting import people_below
from kmsvc.process.changes.models import AffectedUnit, Assistant, Change, Research
from kmsvc.process.definitions.cited import text_of
from kmsvc.process.definitions.models import ProcessVersion
from kmsvc.process.fieldwork.models import PlanLine, PlanPerson


@dataclass(frozen=True)
class UnitLine:
    """An affected unit with how many people work in it and below, and how many of them a training is planned for."""

    code: str
    name: str
    people: int
    planned: int


@dataclass(frozen=True)
class AssistantLine:
    """Who assists for a unit."""

    unit: str
    person: str
    state: str
    answered_at: datetime | None


@dataclass(frozen=True)
class PlanNote:
    """A planned session."""

    id: int
    course: str
    held_on: date
    trainer: str
    people: int
    current: bool


@dataclass(frozen=True)
class ArticleNote:
    """An article that follows the process of this change."""

    number: str
    title: str
    url: str
    label: str
    read: ReadRate


@dataclass(frozen=True)
class CitationNote:
    """A lesson, question or work of another system that cites the process. change: what the text of this change does to what it
    cites, None where that stays as it is or there is no text yet."""

    number: str
    title: str
    url: str
    keeper: str
    excerpt: str
    change: str | None


@dataclass(frozen=True)
class ResearchNote:
    """The note of step 2."""

    id: int
    parties: str | None
    present_state: str
    gap: str | None
    risk: str | None
    person: str
    at: datetime


@dataclass(frozen=True)
class Impact:
    """Everything a change touches; `people` counts each person once."""

    units: tuple[UnitLine, ...]
    people: int
    assistants: tuple[AssistantLine, ...]
    plan: tuple[PlanNote, ...]
    articles: tuple[ArticleNote, ...]
    citations: tuple[CitationNote, ...] = ()

    @property
    def total(self) -> int:
        """How many things are listed."""
        return len(self.units) + len(self.assistants) + len(self.plan) + len(self.articles) + len(self.citations)


def impact(session: Session, actor: Actor, change: Change) -> Impact:
    """What this change touches, as far as the caller may see it."""
    units = list(session.scalars(select(Unit).join(AffectedUnit, AffectedUnit.unit_id == Unit.id)
                                 .where(AffectedUnit.change_id == change.id).order_by(Unit.code)))
    people = people_below(session, {unit.id: {unit.id} for unit in units})
    lines = list(session.scalars(select(PlanLine).where(PlanLine.change_id == change.id).order_by(PlanLine.id)))
    planned = set(session.scalars(select(PlanPerson.person_id).join(PlanLine, PlanLine.id == PlanPerson.line_id).where(
        PlanLine.change_id == change.id, PlanLine.visit == change.visit(9))))
    assistants = list(session.execute(select(Assistant, Unit.name).join(Unit, Unit.id == Assistant.unit_id).where(
        Assistant.change_id == change.id).order_by(Assistant.id)))
    who = names(session, [row.person_id for row, _ in assistants] + [line.trainer_id for line in lines])
    return Impact(
        units=tuple(UnitLine(unit.code, unit.name, len(people[unit.id]), len(people[unit.id] & planned)) for unit in units),
        people=len(frozenset().union(*people.values())) if people else 0,
        assistants=tuple(AssistantLine(unit, who.get(row.person_id, ""), row.state, row.answered_at)
                         for row, unit in assistants),
        plan=tuple(PlanNote(line.id, line.course, line.held_on, who.get(line.trainer_id, ""), len(line.people),
                            line.visit == change.visit(9)) for line in lines),
        articles=tuple(_articles(session, actor, change)), citations=tuple(_citations(session, actor, change)))


def _followers(session: Session, actor: Actor, change: Change) -> list[tuple[Article, ArticleVersion]]:
    """The articles in force that follow the process of a change, those this caller may see."""
    if change.process_id is None:
        return []
    rows = session.execute(select(Article, ArticleVersion).join(
        ArticleVersion, ArticleVersion.id == Article.published_version_id).where(Article.process_id == change.process_id))
    return [(article, version) for article, version in rows if may_see(actor, article, version)]


def _articles(session: Session, actor: Actor, change: Change) -> list[ArticleNote]:
    return [ArticleNote(article.number, version.title, f"/knowledge/articles/{article.id}", version.label,
                        read_rate(session, version.id)) for article, version in _followers(session, actor, change)]


def _citations(session: Session, actor: Actor, change: Change) -> list[CitationNote]:
    """What cites the process, with what the text of this change will mark; for who sees citations."""
    lines = cited_by(session, actor, "process", change.process_id) if change.process_id is not None else []
    version = session.get(ProcessVersion, change.candidate_id) if lines and change.candidate_id is not None else None
    touched = {} if version is None else {
        (one.citing.kind, one.citing.id, one.block_id): one.change
        for one in touched_by(session, actor, "process", change.process_id or 0, text_of(version), version.recorded_at.date())}
    return [CitationNote(one.citing.number, one.citing.title, one.citing.url, one.citing.keeper, one.excerpt,
                         touched.get((one.citing.kind, one.citing.id, one.block_id))) for one in lines]


def research_of(session: Session, change: Change) -> ResearchNote | None:
    """The newest research note of a change."""
    row = session.scalars(select(Research).where(Research.change_id == change.id).order_by(Research.id.desc())
                          .limit(1)).one_or_none()
    if row is None:
        return None
    who = names(session, [row.person_id])
    return ResearchNote(row.id, row.parties, row.present_state, row.gap, row.risk, who.get(row.person_id or 0, ""),
                        row.recorded_at)


def impact_count(session: Session, actor: Actor, change: Change) -> int:
    """How many things the impact of a change lists for this caller, cheaply: for the tab."""
    def count(model: type[AffectedUnit] | type[Assistant] | type[PlanLine]) -> int:
        return session.scalar(select(func.count()).select_from(model).where(model.change_id == change.id)) or 0

    return count(AffectedUnit) + count(Assistant) + count(PlanLine) + len(_followers(session, actor, change)) + (
        count_citations(session, actor, "process", change.process_id) if change.process_id is not None else 0)
