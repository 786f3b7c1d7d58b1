"""People by rule: of a unit, a post, a role, whom a change request affects, who failed or missed an exam. Nouns above fill the register:
a class of newcomers, people whose certificate ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.people.accounts.queries import active_people
from kmsvc.people.readers.queries import readers_of
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import downward, open_posts, open_units, parents
from kmsvc.process.changes.models import Change
from kmsvc.process.definitions.models import Process
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import candidates_of

MOST_CHOICES = 100
Choice = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """A way to find people. choices: (value, name or English source) that can be chosen now; people: ids for a value on a day."""

    name: str
    label: str
    choices: Callable[[Session], Sequence[Choice]]
    people: Callable[[Session, str, date], Collection[int]]


RULES: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    """Offer a further way to find people; a noun above calls it once."""
    RULES[rule.name] = rule


def found_by(session: Session, name: str, value: str, today: date, say: Callable[[str], str] = str) -> tuple[list[int], str]:
    """(people, words of the rule) by a rule; InvalidInput for what cannot be chosen now. say: how a source is said in a language."""
    rule = RULES.get(name)
    words = dict(rule.choices(session)) if rule is not None else {}
    if rule is None or value not in words:
        raise InvalidInput({"value": [N_("This cannot be chosen now.")]})
    return sorted(rule.people(session, value, today)), f"{say(rule.label)}: {say(words[value])}"[:200]


def _units(session: Session) -> list[Choice]:
    return [(one.code, one.name) for one in open_units(session)]


def _of_unit(session: Session, value: str, today: date) -> list[int]:
    ids = {one.code: one.id for one in open_units(session)}
    return [one.id for one in active_people(session, downward(parents(session), ids[value]))]


def _posts(session: Session) -> list[Choice]:
    return [(one.code, one.name) for one in open_posts(session)]


def _of_post(session: Session, value: str, today: date) -> list[int]:
    ids = {one.code: one.id for one in open_posts(session)}
    return [one.id for one in active_people(session) if one.post_id == ids[value]]


def _roles(session: Session) -> list[Choice]:
    return [(one.value, one.label) for one in Role]


def _of_role(session: Session, value: str, today: date) -> list[int]:
    return [one.id for one in active_people(session) if value in one.role_names]


def _changes(session: Session) -> list[Choice]:
    rows = session.execute(select(Change.number, Change.title).where(Change.process_id.is_not(None)).order_by(
        Change.id.desc()).limit(MOST_CHOICES))
    return [(number, f"{number} {title}") for number, title in rows]


def _affected(session: Session, value: str, today: date) -> list[int]:
    """Whoever reads the process the request changes."""
    unit = session.scalar(select(Process.audience_unit_id).join(Change, Change.process_id == Process.id).where(Change.number == value))
    return [one.id for one in readers_of(session, unit)]


def _exams(session: Session) -> list[Choice]:
    rows = session.execute(select(Exam.number, Exam.title).where(Exam.state.in_(("published", "released", "final"))).order_by(
        Exam.opens_at.desc(), Exam.id.desc()).limit(MOST_CHOICES))
    return [(number, f"{number} {title}") for number, title in rows]


def _not_passed(session: Session, value: str, today: date) -> list[int]:
    exam = session.scalars(select(Exam).where(Exam.number == value)).one()
    return [one.person_id for one in candidates_of(session, exam) if not one.passed]


def _sat_with(session: Session, value: str, today: date) -> list[int]:
    return list(session.scalars(select(ExamCandidate.person_id).join(Exam, Exam.id == ExamCandidate.exam_id).where(
        Exam.number == value).order_by(ExamCandidate.person_id)))


for _rule in (
    Rule("unit", N_("Unit"), _units, _of_unit),
    Rule("post", N_("Post"), _posts, _of_post),
    Rule("role", N_("Role"), _roles, _of_role),
    Rule("change", N_("Affected by the change request"), _changes, _affected),
    Rule("not_passed", N_("Failed or missed the exam"), _exams, _not_passed),
    Rule("same", N_("The people of the exam"), _exams, _sat_with),
):
    register(_rule)
