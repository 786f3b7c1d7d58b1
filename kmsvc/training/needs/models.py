"""The survey of needs of a year, its questionnaires, who was asked, what was answered, interviews, the proof of each step; what
was entered as hurting, suggestions, the annual plan. What is signed no longer changes: the database refuses it too."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.training.needs.rules import CampaignState, LineState, SourceKind, SuggestionState

_PERSON = "people_person.id"


def _one_of(column: str, codes: type[Any]) -> str:
    return f"{column} IN ({', '.join(repr(str(one.value)) for one in codes)})"


class Campaign(Base):
    """The survey of a year. `population`: persons who were asked; `seed`, `share`: who was drawn of them to be interviewed;
    `record`: figures, ranking and lines as they were signed; `content_hash`: of everything that was signed."""

    __tablename__ = "training_needs_campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(Code)
    purpose: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    planned_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    planned_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    seed: Mapped[str | None] = mapped_column(Code)
    share: Mapped[int | None]
    population: Mapped[list[Any] | None]
    drawn_at: Mapped[datetime | None]
    met_on: Mapped[date | None]
    minutes: Mapped[str | None] = mapped_column(Text)
    decisions: Mapped[str | None] = mapped_column(Text)
    attendee_ids: Mapped[list[Any] | None]
    conclusion: Mapped[str | None] = mapped_column(Text)
    record: Mapped[dict[str, Any] | None]
    content_hash: Mapped[str | None] = mapped_column(Code)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    signed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint(_one_of("state", CampaignState), name="state"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_at"),
        CheckConstraint("share BETWEEN 1 AND 100", name="share"),
    )


class NeedsForm(Base):
    """A questionnaire. `posts` (ids) and `grades`: whom it is for, none is all; `questions`: as `rules.checked_questions` keeps
    them; `anonymous`: its answers are tied to nobody."""

    __tablename__ = "training_needs_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("training_needs_campaign.id"), index=True)
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    intro: Mapped[str | None] = mapped_column(Text)
    posts: Mapped[list[Any]]
    grades: Mapped[list[Any]]
    anonymous: Mapped[bool]
    questions: Mapped[list[Any]]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


class Asked(Base):
    """That a person was sent a questionnaire, with the post, unit and grade of that day. `answered_at`: that something was answered,
    never what; for an anonymous one it is the day alone."""

    __tablename__ = "training_needs_asked"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("training_needs_campaign.id"))
    form_id: Mapped[int] = mapped_column(ForeignKey("training_needs_form.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("people_unit.id"))
    grade: Mapped[str] = mapped_column(Code)
    asked_at: Mapped[datetime]
    answered_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("campaign_id", "person_id"),)


class NeedsAnswer(Base):
    """One filled questionnaire. Anonymous: `asked_id` is none, there is no instant, and post and unit stand here only where at
    least five people of them were asked. `key` is drawn by lot and the rows keep no order, so that not even the order of coming
    leads to a person; therefore it has no entry in the trail either, that somebody answered has one (`Asked`)."""

    __tablename__ = "training_needs_answer"
    audited = False

    key: Mapped[str] = mapped_column(Code, primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("training_needs_form.id"), index=True)
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("training_needs_asked.id"), unique=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("people_post.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    answers: Mapped[dict[str, Any]]

    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy's own form)


class Interview(Base):
    """A person drawn to be interviewed. `confirms`: whether what the survey says is so; `skipped`: why it was not held."""

    __tablename__ = "training_needs_interview"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("training_needs_campaign.id"))
    place: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON))
    held_on: Mapped[date | None]
    confirms: Mapped[str | None] = mapped_column(Code)
    note: Mapped[str | None] = mapped_column(Text)
    skipped: Mapped[str | None] = mapped_column(Text)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    noted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (UniqueConstraint("campaign_id", "person_id"),)


class NeedsStep(Base):
    """The proof of a step: who did what, when, with its figures. Only ever added to."""

    __tablename__ = "training_needs_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("training_needs_campaign.id"), index=True)
    step: Mapped[int]
    verb: Mapped[str] = mapped_column(Code)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]


class NeedEntry(Base):
    """What hurts, entered by hand or imported, until a slice of its own tells it. `count`: how often, in the period."""

    __tablename__ = "training_need_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(String(200))
    subject_key: Mapped[str] = mapped_column(String(200))
    count: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    entered_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint(_one_of("source", SourceKind), name="source"),
        CheckConstraint("count > 0", name="count"),
        Index("ix_training_need_entry_year_source_subject_key", "year", "source", "subject_key"),
    )


class Suggestion(Base):
    """What somebody would like to be trained in, or says of training; `place`: the page it was sent from."""

    __tablename__ = "training_suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(_PERSON), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(String(300))
    sent_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Code)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint(_one_of("state", SuggestionState), name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_at"),
    )


class AnnualLine(Base):
    """A line of the annual plan. `minutes` a head; `fen`: what all of it costs, in hundredths of a yuan; `reasons`: what it comes
    from, with points, as the list of what hurts showed it that day; `plan_id`: the training plan made of it."""

    __tablename__ = "training_annual_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Code, unique=True)
    year: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(Code)
    subject: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str | None] = mapped_column(String(300))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("people_unit.id"))
    heads: Mapped[int]
    minutes: Mapped[int]
    fen: Mapped[int]
    target: Mapped[str | None] = mapped_column(Text)
    evaluation: Mapped[str] = mapped_column(Code)
    quarter: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("training_needs_campaign.id"), index=True)
    reasons: Mapped[list[Any]]
    plan_id: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)
    __table_args__ = (
        CheckConstraint(_one_of("state", LineState), name="state"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        CheckConstraint("heads >= 0 AND minutes >= 0 AND fen >= 0", name="amounts"),
    )


class DeliveryStep(Base):
    """That a step of delivering a line was done: by whom, when, what was seen."""

    __tablename__ = "training_delivery_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("training_annual_line.id"))
    step: Mapped[str] = mapped_column(Code)
    done_on: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(ForeignKey(_PERSON))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("line_id", "step"),)
