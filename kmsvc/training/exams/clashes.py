"""What speaks against somebody sitting an exam: passed already, in another exam at that time, what others register (leave, shifts)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Boolean, Integer, String, column, select, table
from sqlalchemy.orm import Session

from kmsvc.core.cards import SecretText
from kmsvc.core.texts import N_
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import candidates_of, window_for
from kmsvc.training.exams.rules import Window
from kmsvc.training.exams.states import ExamState

RESULTS = "exam_marking"
"""the word of results of an exam in the log of looks; its cards are marking's, above"""
_SAT = table("training_sitting", column("exam_id", Integer), column("person_id", Integer), column("state", String),
             column("passed", Boolean))


@dataclass(frozen=True)
class Clash:
    """Something that speaks against it. said: English source with places; params fill them; personal: it tells a result."""

    person_id: int
    said: str
    params: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = False


Finder = Callable[[Session, Collection[int], Window], Iterator[Clash]]
FINDERS: list[Finder] = []


def register(finder: Finder) -> None:
    """Say what else speaks against people being in a room at a time: leave, a shift in a peak."""
    FINDERS.append(finder)


def clashes_of(session: Session, exam: Exam) -> dict[int, list[Clash]]:
    """person -> what speaks against them sitting this exam when they are to."""
    cards = candidates_of(session, exam)
    found: dict[int, list[Clash]] = {}
    for made_up in (False, True):
        found |= against(session, exam, [one.person_id for one in cards if one.made_up == made_up], made_up=made_up)
    return found


def against(session: Session, exam: Exam, people: Collection[int], *, made_up: bool = False) -> dict[int, list[Clash]]:
    """person -> what speaks against them sitting this exam in a window of it, on its list or not."""
    found: dict[int, list[Clash]] = {}
    for finder in (_elsewhere(exam), _passed(exam), *FINDERS) if people else ():
        for clash in finder(session, people, window_for(exam, made_up)):
            found.setdefault(clash.person_id, []).append(clash)
    return found


def results_in(exam: Exam, *found: Mapping[int, Sequence[Clash]]) -> SecretText | None:
    """What is noted when somebody is shown these: one entry for a list that tells who passed, None when it tells of nobody."""
    if not any(clash.personal for one in found for clashes in one.values() for clash in clashes):
        return None
    return SecretText(RESULTS, exam.id, exam.number, 0, "clashes", True, (), lambda _: "")


def _elsewhere(exam: Exam) -> Finder:
    def find(session: Session, people: Collection[int], window: Window) -> Iterator[Clash]:
        wanted = set(people)
        others = session.scalars(select(Exam).where(
            Exam.id != exam.id, Exam.state == ExamState.PUBLISHED, Exam.opens_at < window.closes_at).order_by(Exam.id))
        for other in others:
            rows = session.execute(select(ExamCandidate.person_id, ExamCandidate.made_up).where(ExamCandidate.exam_id == other.id))
            for person, made_up in rows:
                theirs = window_for(other, made_up)
                if person in wanted and theirs.opens_at < window.closes_at and window.opens_at < theirs.closes_at:
                    yield Clash(person, N_("in exam %(number)s at that time"), {"number": other.number})
    return find


def _passed(exam: Exam) -> Finder:
    """Passed this paper, or an exam that proves the same, before."""
    def find(session: Session, people: Collection[int], window: Window) -> Iterator[Clash]:
        alike = Exam.paper_id == exam.paper_id
        if exam.proves_id is not None:
            alike = alike | (Exam.proves_id == exam.proves_id)
        rows = session.execute(select(_SAT.c.person_id, Exam.number).join(Exam, Exam.id == _SAT.c.exam_id).where(
            Exam.id != exam.id, alike, Exam.state.in_((ExamState.RELEASED, ExamState.FINAL)), _SAT.c.passed,
            _SAT.c.state != "void").order_by(Exam.id))
        seen: set[int] = set()
        for person, number in rows:
            if person in set(people) and person not in seen:
                seen.add(person)
                yield Clash(person, N_("passed already in %(number)s"), {"number": number}, personal=True)
    return find
