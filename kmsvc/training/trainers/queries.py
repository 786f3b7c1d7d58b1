"""Files of trainers as lists and pages read them. Ratings and pass rates are filled by nouns above, through registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core import cards
from kmsvc.core.actors import Actor
from kmsvc.core.cards import ThingCard
from kmsvc.core.errors import NotFound
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.training.courses.models import Course
from kmsvc.training.trainers.models import Authorisation, Observation, Trainer
from kmsvc.training.trainers.permissions import SEE_TRAINERS
from kmsvc.training.trainers.rules import Covered


@dataclass(frozen=True)
class TrainerFigure:
    """A figure of a trainer's classes. value: mean of 1 to 5, or percent; n: what is behind it; url: the list."""

    label: str
    value: float
    n: int
    url: str = ""


FigureOf = Callable[[Session, int], Sequence[TrainerFigure]]
FIGURES: list[FigureOf] = []
"""Called with the person: ratings by learners (filled by plans), pass rates of classes (for exams to fill). Empty: nothing is shown."""


@dataclass(frozen=True)
class AuthorisationLine:
    """An authorisation in the file. course: number, none for all; holds: whether it counts today."""

    id: int
    course: str | None
    topic: str | None
    from_on: date
    until_on: date
    proof: str
    given_by: str
    withdrawn_on: date | None
    reason: str | None
    holds: bool


@dataclass(frozen=True)
class ObservationLine:
    """What an observer saw."""

    seen_on: date
    score: int
    note: str
    by: str


@dataclass(frozen=True)
class TrainerLine:
    """A trainer in a list. until_on: the last day of what counts today, none where nothing does."""

    id: int
    number: str
    person_id: int
    name: str
    qualification: str
    until_on: date | None
    version: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"/training/trainers/{self.id}"


@dataclass(frozen=True)
class TrainerCard:
    """One file."""

    line: TrainerLine
    authorisations: tuple[AuthorisationLine, ...]
    observations: tuple[ObservationLine, ...]
    figures: tuple[TrainerFigure, ...]


def trainer_lines(session: Session, actor: Actor, today: date, *, q: str | None = None) -> list[TrainerLine]:
    """Trainers by number; q: number, name or words of the qualification."""
    if not can(actor, SEE_TRAINERS):
        return []
    people = directory(session).people
    until: dict[int, date] = {}
    for one in session.scalars(select(Authorisation).order_by(Authorisation.id)):
        if Covered(one.course_id, one.from_on, one.until_on, one.withdrawn_on).holds(today):
            until[one.trainer_id] = max(one.until_on, until.get(one.trainer_id, one.until_on))
    found = [TrainerLine(row.id, row.number, row.person_id, people[row.person_id].name if row.person_id in people else "",
                         row.qualification, until.get(row.id), row.version)
             for row in session.scalars(select(Trainer).order_by(Trainer.number))]
    word = (q or "").casefold()
    return [one for one in found if word in f"{one.number} {one.name} {one.qualification}".casefold()]


def trainer_card(session: Session, actor: Actor, trainer_id: int, today: date) -> TrainerCard:
    """One file, or NotFound."""
    line = next((one for one in trainer_lines(session, actor, today) if one.id == trainer_id), None)
    if line is None:
        raise NotFound()
    people = directory(session).people

    def name(person_id: int | None) -> str:
        return people[person_id].name if person_id in people else ""
    rows = session.execute(select(Authorisation, Course.number).outerjoin(Course, Course.id == Authorisation.course_id).where(
        Authorisation.trainer_id == trainer_id).order_by(Authorisation.id.desc()))
    held = tuple(AuthorisationLine(
        one.id, number, one.topic, one.from_on, one.until_on, one.proof, name(one.given_by_id), one.withdrawn_on, one.reason,
        Covered(one.course_id, one.from_on, one.until_on, one.withdrawn_on).holds(today)) for one, number in rows)
    seen = tuple(ObservationLine(one.seen_on, one.score, one.note, name(one.by_id)) for one in session.scalars(
        select(Observation).where(Observation.trainer_id == trainer_id).order_by(Observation.seen_on.desc(), Observation.id.desc())))
    return TrainerCard(line, held, seen, tuple(figure for source in FIGURES for figure in source(session, line.person_id)))


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    if not can(actor, SEE_TRAINERS):
        return {}
    people = directory(session).people
    return {row.id: ThingCard("trainer", row.id, row.number, people[row.person_id].name, f"/training/trainers/{row.id}", "open")
            for row in session.scalars(select(Trainer).where(Trainer.id.in_(ids)).order_by(Trainer.id))}


cards.register(cards.Kind("trainer", N_("Trainer file"), _cards))
