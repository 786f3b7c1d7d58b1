"""What the searching fields of a form offer, and what was meant by what was typed: number first, or the whole words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.people.accounts.directory import directory
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import open_posts, open_units
from kmsvc.training.certificates.models import CertificateNeed
from kmsvc.training.courses.models import Course, CourseVersion
from kmsvc.training.courses.rules import CourseState
from kmsvc.training.exams.models import Exam

MOST = 500
NOT_OFFERED = N_("Choose one from the list.")
DOT = " · "


@dataclass(frozen=True)
class Choices:
    """What each searching field offers, as texts."""

    courses: tuple[str, ...]
    exams: tuple[str, ...]
    whom: tuple[str, ...]
    people: tuple[str, ...]

    def rows(self, name: str) -> list[tuple[str, str]]:
        """What one field offers, as a list of choices."""
        return [(one, one) for one in getattr(self, name)]


def choices(session: Session) -> Choices:
    """Courses that are published, exams by the newest, everybody, posts, roles, units and queues asked for before, people."""
    return Choices(tuple(_courses(session)), tuple(_exams(session)), tuple(_whom(session)), tuple(_people(session)))


def _courses(session: Session) -> dict[str, int]:
    rows = session.execute(select(Course.id, Course.number, CourseVersion.title).join(
        CourseVersion, CourseVersion.id == Course.published_version_id).where(Course.state == CourseState.PUBLISHED).order_by(
        Course.number).limit(MOST))
    return {f"{number} {title}": one for one, number, title in rows}


def _exams(session: Session) -> dict[str, int]:
    rows = session.execute(select(Exam.id, Exam.number, Exam.title).where(Exam.state != "cancelled").order_by(
        Exam.id.desc()).limit(MOST))
    return {f"{number} {title}": one for one, number, title in rows}


def _people(session: Session) -> dict[str, str]:
    return {f"{one.login} {one.name}": one.login for one in directory(session).active()[:MOST] if one.login}


def _whom(session: Session) -> dict[str, dict[str, Any]]:
    post, unit, role, queue = (sentence(one) for one in (N_("Post"), N_("Unit"), N_("Role"), N_("Queue")))
    found: dict[str, dict[str, Any]] = {sentence(N_("Everybody")): {}}
    found |= {f"{post}{DOT}{one.name}": {"post_id": one.id} for one in open_posts(session)}
    found |= {f"{role}{DOT}{label(one)}": {"role": one.value} for one in Role}
    found |= {f"{unit}{DOT}{one.name}": {"unit_id": one.id} for one in open_units(session)}
    queues = session.scalars(select(CertificateNeed.queue).where(CertificateNeed.queue.is_not(None)).distinct().order_by(
        CertificateNeed.queue))
    return found | {f"{queue}{DOT}{one}": {"queue": one} for one in queues}


def course_of(session: Session, typed: str) -> int | None:
    """The course that is meant by its number or words, None for an empty field."""
    return _one(typed, _courses(session), {number: one for one, number in session.execute(select(Course.id, Course.number))}, "course")


def exam_of(session: Session, typed: str) -> int | None:
    """The exam that is meant by its number or words, None for an empty field."""
    return _one(typed, _exams(session), {number: one for one, number in session.execute(select(Exam.id, Exam.number))}, "exam")


def _one(typed: str, offered: dict[str, int], numbers: dict[str, int], name: str) -> int | None:
    words = " ".join(typed.split())
    if not words:
        return None
    found = offered.get(words) or numbers.get(words.split()[0].upper())
    if found is None:
        alike = [one for text, one in offered.items() if words.casefold() in text.casefold()]
        found = alike[0] if len(alike) == 1 else None
    if found is None:
        raise InvalidInput({name: [NOT_OFFERED]})
    return found


def whom_of(session: Session, typed: str) -> dict[str, Any]:
    """Who is meant: post_id, unit_id, role or queue, or nothing for everybody. A queue may be new: written as `Queue · name`."""
    words, offered = " ".join(typed.split()), _whom(session)
    if words in offered:
        return offered[words]
    kind, dot, name = words.partition("·")
    if dot and kind.strip() in (sentence(N_("Queue")), "queue") and name.strip():
        return {"queue": name.strip()}
    alike = [one for text, one in offered.items() if words and words.casefold() in text.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise InvalidInput({"whom": [NOT_OFFERED if words else N_("This is needed.")]})


def words_of(session: Session, *, course_id: int | None, exam_id: int | None) -> dict[str, str]:
    """What the fields of a kind show for what it holds."""
    course = session.get(Course, course_id) if course_id else None
    exam = session.get(Exam, exam_id) if exam_id else None
    version = session.get(CourseVersion, course.published_version_id or course.draft_version_id) if course is not None else None
    return {"course": f"{course.number} {version.title if version is not None else ''}".strip() if course is not None else "",
            "exam": f"{exam.number} {exam.title}" if exam is not None else ""}


def login_of(typed: str) -> str:
    """The login at the beginning of what a field for a person holds."""
    return typed.split()[0] if typed.split() else ""
