"""Files of trainers as lists and pages read them. Ratings and pass rates are filled by nouns above, through registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

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
    """A figure of a trainer's classes. code: rating, a mean of 1 to 5, or passed, percent; n: what is behind it; url: the list."""

    code: str
    label: str
    value: float
    n: int
    url: str = ""


SOON_DAYS = 60
FigureOf = Callable[[Session, int], Sequence[TrainerFigure]]
FIGURES: list[FigureOf] = []
"""Called with the person: ratings by learners (plans/ratings.py), pass rates of classes (sittings/teaching.py)."""


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
    marks: dict[str, int] | None = None
    course: str | None = None


@dataclass(frozen=True)
class TrainerLine:
    """A trainer in a list. until_on: the last day of what counts today, none where nothing does; taught: sessions held; rating, passed,
    observed: the three sources, none where there is nothing."""

    id: int
    number: str
    person_id: int
    name: str
    qualification: str
    until_on: date | None
    version: int
    rating: TrainerFigure | None = None
    passed: TrainerFigure | None = None
    observed: TrainerFigure | None = None

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


def trainer_lines(session: Session, actor: Actor, today: date, *, q: str | None = None, stand: str | None = None) -> list[TrainerLine]:
    """Trainers by number, with their three sources; of who may not see all of them the own file. q: number, name or words of the
    qualification; stand: `authorised`, `ending` within sixty days, or `none`."""
    if not can(actor, SEE_TRAINERS) and actor.person_id is None:
        return []
    query = select(Trainer).order_by(Trainer.number)
    if not can(actor, SEE_TRAINERS):
        query = query.where(Trainer.person_id == actor.person_id)
    people = directory(session).people
    until: dict[int, date] = {}
    for one in session.scalars(select(Authorisation).order_by(Authorisation.id)):
        if Covered(one.course_id, one.from_on, one.until_on, one.withdrawn_on).holds(today):
            until[one.trainer_id] = max(one.until_on, until.get(one.trainer_id, one.until_on))
    found = [TrainerLine(row.id, row.number, row.person_id, people[row.person_id].name if row.person_id in people else "",
                         row.qualification, until.get(row.id), row.version)
             for row in session.scalars(query)]
    word, soon = (q or "").casefold(), today + timedelta(days=SOON_DAYS)
    return [one for one in found if word in f"{one.number} {one.name} {one.qualification}".casefold() and (
        stand is None or (one.until_on is None if stand == "none" else one.until_on is not None and (
            stand != "ending" or one.until_on < soon)))]


def with_sources(session: Session, lines: Sequence[TrainerLine]) -> list[TrainerLine]:
    """These lines with what learners say, how many passed, what observers saw."""
    seen: dict[int, list[int]] = {}
    for trainer_id, score in session.execute(select(Observation.trainer_id, Observation.score).where(
            Observation.trainer_id.in_([one.id for one in lines])).order_by(Observation.id)):
        seen.setdefault(trainer_id, []).append(score)
    found = []
    for one in lines:
        its = {figure.code: figure for source in FIGURES for figure in source(session, one.person_id)}
        scores = seen.get(one.id, [])
        observed = TrainerFigure("observed", N_("Points of observers"), round(sum(scores) / len(scores), 1), len(scores),
                                 f"{one.url}#observations") if scores else None
        found.append(replace(one, rating=its.get("rating"), passed=its.get("passed"), observed=observed))
    return found


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
    seen = tuple(ObservationLine(one.seen_on, one.score, one.note, name(one.by_id), one.marks, one.course) for one in session.scalars(
        select(Observation).where(Observation.trainer_id == trainer_id).order_by(Observation.seen_on.desc(), Observation.id.desc())))
    line = with_sources(session, [line])[0]
    return TrainerCard(line, held, seen, tuple(one for one in (line.rating, line.passed, line.observed) if one is not None))


def _cards(session: Session, actor: Actor, ids: Sequence[int]) -> Mapping[int, ThingCard]:
    people, sees = directory(session).people, can(actor, SEE_TRAINERS)
    return {row.id: ThingCard("trainer", row.id, row.number, people[row.person_id].name, f"/training/trainers/{row.id}", "open")
            for row in session.scalars(select(Trainer).where(Trainer.id.in_(ids)).order_by(Trainer.id))
            if sees or row.person_id == actor.person_id}


cards.register(cards.Kind("trainer", N_("Trainer file"), _cards))
