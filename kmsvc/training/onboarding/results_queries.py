"""Quality results as lists read them, and the files they came with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.people.accounts.directory import directory
from kmsvc.training.onboarding.gathering import BASELINE
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingImport,
    OnboardingImportRow,
    OnboardingNote,
    Trainee,
)
from kmsvc.training.onboarding.permissions import ENTER_RESULTS, SEE_ONBOARDING
from kmsvc.training.onboarding.results import QUALITY, reaches_all


@dataclass(frozen=True)
class ResultLine:
    """A quality result in a list. meets: at or above the baseline; file: it came with, none by hand."""

    id: int
    trainee_id: int
    person: str
    login: str
    person_id: int
    class_id: int
    class_name: str
    on: date
    score: Decimal
    meets: bool
    reference: str | None
    note: str | None
    file: str | None
    by: str
    runs: bool


@dataclass(frozen=True)
class ImportLine:
    """A file that was taken in. made, changed: rows; undone_at: taken back."""

    id: int
    file: str
    at: datetime
    by: str
    made: int
    changed: int
    undone_at: datetime | None
    undone_by: str
    reason: str | None
    version: int


def sees_results(actor: Actor) -> bool:
    """Whether this caller sees results: of all newcomers, or of the own classes."""
    return can(actor, ENTER_RESULTS) or can(actor, SEE_ONBOARDING)


def result_lines(session: Session, actor: Actor, *, q: str | None = None, class_id: int | None = None, trainee_id: int | None = None,
                 stand: str | None = None, since: date | None = None, until: date | None = None, import_id: int | None = None,
                 before: int | None = None, limit: int = 50) -> tuple[list[ResultLine], int | None]:
    """Results, entered last first, and the id to go on from. stand: `below` the baseline or `meets` it; q: name, account, number or
    words of the note. Nothing for who may not see them."""
    if not sees_results(actor):
        return [], None
    query = select(OnboardingNote, Trainee, OnboardingClass).join(Trainee, Trainee.id == OnboardingNote.trainee_id).join(
        OnboardingClass, OnboardingClass.id == Trainee.class_id).where(OnboardingNote.kind == QUALITY)
    if not reaches_all(actor):
        query = query.where(OnboardingClass.teacher_id == (actor.person_id or 0))
    people = directory(session).people
    if q:
        word = q.casefold()
        named = [one.id for one in people.values() if word in f"{one.name} {' '.join(one.logins)}".casefold()]
        query = query.where(or_(Trainee.person_id.in_(named), OnboardingNote.text.icontains(q, autoescape=True),
                                OnboardingNote.reference.icontains(q, autoescape=True)))
    for column, value in ((Trainee.class_id, class_id), (Trainee.id, trainee_id), (OnboardingNote.import_id, import_id)):
        query = query.where(column == value) if value is not None else query
    if stand:
        query = query.where(OnboardingNote.score < BASELINE if stand == "below" else OnboardingNote.score >= BASELINE)
    query = query.where(OnboardingNote.on >= since) if since else query
    query = query.where(OnboardingNote.on <= until) if until else query
    query = query.where(OnboardingNote.id < before) if before else query
    rows = session.execute(query.order_by(OnboardingNote.id.desc()).limit(limit + 1)).all()
    files = dict(session.execute(select(OnboardingImport.id, OnboardingImport.file).where(
        OnboardingImport.id.in_({note.import_id for note, _, _ in rows if note.import_id}))).all())
    found = []
    for note, row, its in rows[:limit]:
        who, score = people.get(row.person_id), note.score or Decimal(0)
        found.append(ResultLine(
            note.id, row.id, who.name if who else "", who.login if who else "", row.person_id, its.id, its.name, note.on, score,
            score >= BASELINE, note.reference, note.text, files.get(note.import_id or 0),
            people[note.by_id].name if note.by_id in people else "", row.ended_on is None))
    return found, rows[limit - 1][0].id if len(rows) > limit else None


def result_line(session: Session, actor: Actor, result_id: int) -> ResultLine:
    """One result, or NotFound."""
    found, _ = result_lines(session, actor, before=result_id + 1, limit=1)
    if not found or found[0].id != result_id:
        raise NotFound()
    return found[0]


def import_lines(session: Session, actor: Actor, *, before: int | None = None, limit: int = 50) -> tuple[list[ImportLine], int | None]:
    """Files that were taken in, newest first, and the id to go on from."""
    if not sees_results(actor):
        return [], None
    query = select(OnboardingImport)
    if not reaches_all(actor):
        query = query.where(OnboardingImport.by_id == (actor.person_id or 0))
    query = query.where(OnboardingImport.id < before) if before else query
    rows = list(session.scalars(query.order_by(OnboardingImport.id.desc()).limit(limit + 1)))
    shown = [one.id for one in rows[:limit]]
    every = dict(session.execute(select(OnboardingImportRow.import_id, func.count()).where(
        OnboardingImportRow.import_id.in_(shown)).group_by(OnboardingImportRow.import_id)).all())
    changed = dict(session.execute(select(OnboardingImportRow.import_id, func.count()).where(
        OnboardingImportRow.import_id.in_(shown), OnboardingImportRow.before.is_not(None)).group_by(
        OnboardingImportRow.import_id)).all())
    people = directory(session).people

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""
    return [ImportLine(one.id, one.file, one.at, name(one.by_id), every.get(one.id, 0) - changed.get(one.id, 0), changed.get(one.id, 0),
                       one.undone_at, name(one.undone_by_id), one.reason, one.version) for one in rows[:limit]], (
        rows[limit - 1].id if len(rows) > limit else None)


def import_line(session: Session, actor: Actor, import_id: int) -> ImportLine:
    """One of them, or NotFound."""
    found, _ = import_lines(session, actor, before=import_id + 1, limit=1)
    if not found or found[0].id != import_id:
        raise NotFound()
    return found[0]


def running(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(account, name and class) of newcomers whose onboarding runs, by name; but for the caller."""
    people = directory(session).people
    query = select(Trainee.person_id, OnboardingClass.name).join(OnboardingClass, OnboardingClass.id == Trainee.class_id).where(
        Trainee.ended_on.is_(None), Trainee.person_id != (actor.person_id or 0)).order_by(Trainee.id)
    if not reaches_all(actor):
        query = query.where(OnboardingClass.teacher_id == (actor.person_id or 0))
    rows = session.execute(query).all()
    found = [(people[person].login, f"{people[person].name} \u00b7 {name}") for person, name in rows if person in people]
    return sorted([one for one in found if one[0]], key=lambda one: one[1])
