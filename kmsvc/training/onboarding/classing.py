"""A class after it was planned: changed, its lists, newcomers out of a file, who mentors whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.errors import InvalidInput, Refusal, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.people.accounts.naming import Among, one_called
from kmsvc.training.onboarding import rules
from kmsvc.training.onboarding.models import (
    OnboardingClass,
    OnboardingDecision,
    OnboardingDraft,
    OnboardingForm,
    OnboardingItem,
    OnboardingNote,
    OnboardingTalk,
    OnboardingTick,
    Trainee,
)
from kmsvc.training.onboarding.points import BY_HAND_NEVER, OnboardingList, key_of
from kmsvc.training.onboarding.usecases import add_trainee, check_class, planned

MOST_ROWS = 1_000


def change_class(work: Work, class_id: int, *, name: str, teacher_id: int, starts_on: date, exams: tuple[int, ...],
                 material: str | None, inspector_id: int | None, version: int | None = None) -> OnboardingClass:
    """Another name, teacher, inspector, material or exam days; another day of entry while no form was handed in."""
    row = planned(work, class_id, version)
    check_class(work, starts_on, exams, teacher_id, inspector_id)
    begun = select(OnboardingForm.id).join(Trainee, Trainee.id == OnboardingForm.trainee_id).where(Trainee.class_id == class_id)
    if starts_on != row.starts_on and work.session.scalar(begun.limit(1)):
        raise InvalidInput({"starts_on": [N_("Forms were handed in already; the day of entry stays.")]})
    row.name, row.teacher_id, row.starts_on, row.exams = name, teacher_id, starts_on, sorted(exams)
    row.material, row.inspector_id = material, inspector_id
    work.session.flush()
    return row


def change_trainee(work: Work, trainee_id: int, *, mentor_id: int | None, confirmation_on: date | None, confidential: bool,
                   version: int | None = None) -> Trainee:
    """Another mentor, another end of probation, access to confidential information or none."""
    row = work.get(Trainee, trainee_id, lock=True, version=version)
    its = planned(work, row.class_id)
    if row.ended_on is not None:
        raise RuleBroken("training.onboarding.over", N_("This onboarding is over."))
    people = directory(work.session).people
    if mentor_id is not None and (mentor_id == row.person_id or mentor_id not in people or not people[mentor_id].is_active):
        raise InvalidInput({"mentor": [N_("This cannot be chosen now.")]})
    if confirmation_on is not None and confirmation_on <= its.starts_on:
        raise InvalidInput({"confirmation_on": [rules.SAID["confirmation"]]})
    row.mentor_id, row.confirmation_on, row.confidential = mentor_id, confirmation_on, confidential
    work.session.flush()
    return row


def take_out(work: Work, trainee_id: int) -> OnboardingClass:
    """Somebody who was taken in by mistake leaves the class again, while nothing of theirs is on record; the trail keeps that they
    were in it."""
    row = work.get(Trainee, trainee_id, lock=True)
    its = planned(work, row.class_id)
    kinds: tuple[Any, ...] = (OnboardingForm, OnboardingNote, OnboardingTalk, OnboardingDecision)
    if any(work.session.scalar(select(kind.id).where(kind.trainee_id == row.id).limit(1)) for kind in kinds):
        raise RuleBroken("training.onboarding.begun", N_("Something of this newcomer is on record already; decide on an exit instead."))
    own: tuple[Any, ...] = (OnboardingTick, OnboardingDraft)
    for kind in own:
        for one in work.session.scalars(select(kind).where(kind.trainee_id == row.id).order_by(kind.id)):
            work.session.delete(one)
    work.session.flush()
    work.session.delete(row)
    work.session.flush()
    return its


@dataclass(frozen=True)
class NewcomerRow:
    """A row of a list of newcomers: their account or name, that of the mentor, end of probation as it was written."""

    row: int
    person: str
    mentor: str = ""
    confirmation_on: str = ""


@dataclass(frozen=True)
class NewcomerTold:
    """What became of a row. said: English source of the reason it was refused for, "" when the person was taken in."""

    row: int
    words: str
    said: str = ""


def join_listed(work: Work, class_id: int, rows: Sequence[NewcomerRow]) -> list[NewcomerTold]:
    """Take the people of a list in; every row is told, with its reason where it is refused."""
    planned(work, class_id)
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"file": [N_("That are too many rows at once.")]})
    told = []
    for one in rows:
        try:
            person = _named(work, one.person)
            mentor = _named(work, one.mentor) if one.mentor else None
            add_trainee(work, class_id, person, mentor_id=mentor, confirmation_on=_day(one.confirmation_on))
            told.append(NewcomerTold(one.row, one.person))
        except InvalidInput as error:
            told.append(NewcomerTold(one.row, one.person, next(iter(error.fields.values()))[0]))
        except Refusal as error:
            told.append(NewcomerTold(one.row, one.person, str(error)))
    return told


def _named(work: Work, words: str) -> int:
    return one_called(work.session, words, Among.ACCOUNTS, field="person").id


def _day(words: str) -> date | None:
    if not words.strip():
        return None
    try:
        return date.fromisoformat(words.strip()[:10].replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise InvalidInput({"confirmation_on": [N_("This is no day; write it as 2026-05-31.")]}) from error


def add_item(work: Work, class_id: int, *, list_name: str, title: str) -> OnboardingItem:
    """A point of the class's own on one of its lists."""
    planned(work, class_id)
    place = work.session.scalar(select(func.max(OnboardingItem.place)).where(
        OnboardingItem.class_id == class_id, OnboardingItem.list == list_name)) or 0
    row = OnboardingItem(class_id=class_id, list=OnboardingList(list_name).value, title=title, place=place + 1)
    work.session.add(row)
    work.session.flush()
    return row


def change_item(work: Work, item_id: int, *, title: str) -> OnboardingItem:
    """Other words for a point."""
    row = work.get(OnboardingItem, item_id, lock=True)
    planned(work, row.class_id)
    row.title = title
    work.session.flush()
    return row


def move_item(work: Work, item_id: int) -> OnboardingItem:
    """One place upwards on its list; the first stays."""
    row = work.get(OnboardingItem, item_id, lock=True)
    planned(work, row.class_id)
    its = list(work.session.scalars(select(OnboardingItem).where(
        OnboardingItem.class_id == row.class_id, OnboardingItem.list == row.list).order_by(OnboardingItem.place, OnboardingItem.id)))
    at = its.index(row)
    if at:
        its[at - 1], its[at] = its[at], its[at - 1]
    for place, one in enumerate(its, 1):
        one.place = place
    work.session.flush()
    return row


def remove_item(work: Work, item_id: int, *, reason: str) -> OnboardingItem:
    """This class does without a point, with the reason; it can be put back."""
    row = work.get(OnboardingItem, item_id, lock=True)
    planned(work, row.class_id)
    if row.code in BY_HAND_NEVER:
        raise RuleBroken("training.onboarding.quality", N_("No class does without the quality of the mentoring days."))
    work.because(reason)
    row.removed_why = reason
    work.session.flush()
    return row


def restore_item(work: Work, item_id: int) -> OnboardingItem:
    """The point stands on its list again."""
    row = work.get(OnboardingItem, item_id, lock=True)
    planned(work, row.class_id)
    row.removed_why = None
    work.session.flush()
    return row


def items_of(work: Work, class_id: int) -> list[OnboardingItem]:
    """The points of both lists of a class in their order, those it does without too."""
    return list(work.session.scalars(select(OnboardingItem).where(OnboardingItem.class_id == class_id).order_by(
        OnboardingItem.list.desc(), OnboardingItem.place, OnboardingItem.id)))


def ticked(work: Work, items: Sequence[OnboardingItem]) -> dict[int, int]:
    """For how many newcomers each of these points is ticked or left out: item -> count."""
    found: dict[int, int] = {}
    for one in items:
        found[one.id] = work.session.scalar(select(func.count()).select_from(OnboardingTick).join(
            Trainee, Trainee.id == OnboardingTick.trainee_id).where(Trainee.class_id == one.class_id,
                                                                    OnboardingTick.item == key_of(one))) or 0
    return found


def item_json(one: OnboardingItem) -> dict[str, Any]:
    """A point of a list, as JSON."""
    return {"id": one.id, "list": one.list, "code": one.code, "title": one.title, "place": one.place, "removed_why": one.removed_why}
