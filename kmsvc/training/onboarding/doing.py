"""The acts behind pages and JSON: loaded inputs to use cases, the same for each door."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from kmsvc.convert.service import sheets_file
from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_, compared
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.training.onboarding import classing, signing, timetabling, usecases
from kmsvc.training.onboarding.classing import NewcomerRow
from kmsvc.training.onboarding.inputs import (
    ChangeTraineeInput,
    ClassInput,
    CopyInput,
    DayInput,
    DecideInput,
    DraftInput,
    FormInput,
    HourInput,
    ItemInput,
    LeaveOutInput,
    NewcomersInput,
    NoteInput,
    TalkInput,
    TickInput,
    TraineeInput,
    UnnoteInput,
    UntickInput,
)
from kmsvc.training.onboarding.models import OnboardingClass, OnboardingForm, Trainee
from kmsvc.training.onboarding.queries import class_of, classes, visible
from kmsvc.training.onboarding.rules import FACTORS, NewcomerForm

EXAMS = (10, 20, 30)
HEADS = {name: frozenset(compared(one) for one in words) for name, words in tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text("utf-8")).items()}
COLUMNS = ("person", "mentor", "confirmation")


def plan(work: Work, data: Mapping[str, Any]) -> OnboardingClass:
    """Plan a class with loaded inputs."""
    return usecases.plan_class(work, name=data["name"], teacher_id=_person(work, data, "teacher") or 0, starts_on=data["starts_on"],
                               material=data["material"], exams=_exams(data), inspector_id=_person(work, data, "inspector"))


def change(work: Work, class_id: int, data: Mapping[str, Any], version: int | None) -> OnboardingClass:
    """Change a class with loaded inputs."""
    return classing.change_class(
        work, class_id, name=data["name"], teacher_id=_person(work, data, "teacher") or 0, starts_on=data["starts_on"],
        material=data["material"], exams=_exams(data), inspector_id=_person(work, data, "inspector"), version=version)


def _exams(data: Mapping[str, Any]) -> tuple[int, ...]:
    try:
        return tuple(int(one) for one in data["exams"]) if data["exams"] else EXAMS
    except ValueError as error:
        raise InvalidInput({"exams": [N_("Numbers of working days, as 10, 20, 30.")]}) from error


def join(work: Work, class_id: int, data: Mapping[str, Any]) -> Trainee:
    """Take somebody into a class with loaded inputs."""
    return usecases.add_trainee(work, class_id, _person(work, data, "person") or 0, mentor_id=_person(work, data, "mentor"),
                                confirmation_on=data["confirmation_on"], confidential=data["confidential"])


def _person(work: Work, data: Mapping[str, Any], name: str) -> int | None:
    found = person_by_login(work.session, data[name]) if data[name] else None
    if data[name] and found is None:
        raise InvalidInput({name: [N_("There is no such account.")]})
    return found.id if found else None


def rows_of_file(path: Path | str, name: str) -> list[NewcomerRow]:
    """Newcomers of a csv or xlsx file; columns are found by their headings, without a heading they are account, mentor, end of
    probation. Raises Refused."""
    found: list[NewcomerRow] = []
    for sheet in sheets_file(path, name):
        at = {one: place for place, one in enumerate(COLUMNS)}
        for place, (number, cells) in enumerate(sheet.rows):
            heads = {one: column for one in COLUMNS for column, cell in enumerate(cells) if compared(cell) in HEADS[one]}
            if place == 0 and "person" in heads:
                at = heads
                continue
            words = {one: cells[column].strip()[:200] for one, column in at.items() if column < len(cells)}
            if words.get("person"):
                found.append(NewcomerRow(number, words["person"], words.get("mentor", ""), words.get("confirmation", "")))
    return found


def rows_of_text(text: str) -> list[NewcomerRow]:
    """The same out of a text: one person a line, the mentor behind a comma, the end of probation behind a second one."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = [one.strip()[:200] for one in line.replace("\uff0c", ",").replace("\t", ",").split(",")]
        if parts[0]:
            found.append(NewcomerRow(number, parts[0], *parts[1:3]))
    return found


def join_many(work: Work, class_id: int, data: Mapping[str, Any]) -> list[classing.NewcomerTold]:
    """Take several in with loaded inputs."""
    return classing.join_listed(work, class_id, [
        NewcomerRow(number, one["person"], one["mentor"] or "", one["confirmation_on"] or "")
        for number, one in enumerate(data["people"], 1)])


def copy(work: Work, class_id: int, data: Mapping[str, Any], said: Callable[[str], str]) -> int:
    """Copy a timetable with loaded inputs. said: the words of the template in the language of the caller."""
    number = data["from_class"]
    if not number:
        row = class_of(work.session, work.actor, class_id)
        lines = [(day, begins, ends, said(title)) for day, begins, ends, title in timetabling.template(row.exams)]
        return timetabling.copy_hours(work, class_id, from_class_id=None, titles=lines, replace=data["replace"])
    found = next((one for one in classes(work.session, work.actor) if one.number == number), None)
    if found is None:
        raise InvalidInput({"from_class": [N_("This cannot be chosen now.")]})
    return timetabling.copy_hours(work, class_id, from_class_id=found.id, replace=data["replace"])


def hand_in_day(work: Work, class_id: int, data: Mapping[str, Any], today: date) -> list[OnboardingForm]:
    """The training forms of a day for several newcomers of a class, as their class teacher."""
    class_of(work.session, work.actor, class_id)
    found = []
    for one in data["texts"]:
        row = visible(work.session, work.actor, one["trainee_id"])
        if row.class_id != class_id:
            raise InvalidInput({"texts": [N_("This cannot be chosen now.")]})
        found.append(usecases.hand_in(work, row.id, form=NewcomerForm.TRAINING.value, day=data["day"], part="class_teacher",
                                      answers={"text": one["text"]}, today=today))
    return found


def answers_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a form: its text, the six factors where they were asked."""
    factors = {one: data[one] for one in FACTORS if data.get(one) is not None}
    return {"text": data.get("text") or "", **(factors if data["form"] == NewcomerForm.EVALUATION else {})}


def _draft(work: Work, trainee_id: int, data: Mapping[str, Any]) -> Any:
    kept = {name: data[name] for name in ("text", "score", "mark", *FACTORS) if data.get(name) is not None}
    return signing.keep_draft(work, trainee_id, form=data["form"], day=data["day"], part=data["part"], answers=kept)


def _change_trainee(work: Work, trainee_id: int, data: Mapping[str, Any], version: int | None) -> Any:
    return classing.change_trainee(work, trainee_id, mentor_id=_person(work, data, "mentor"),
                                   confirmation_on=data["confirmation_on"], confidential=data["confidential"], version=version)


Act = Callable[[Work, int, Mapping[str, Any], date, int | None], Any]
ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "hand_in": (FormInput, lambda work, one, data, today, version: usecases.hand_in(
        work, one, form=data["form"], day=data["day"], part=data["part"], answers=answers_of(data), score=data["score"],
        mark=data["mark"], today=today), N_("Handed in.")),
    "draft": (DraftInput, lambda work, one, data, today, version: _draft(work, one, data),
              N_("The draft is kept. Nobody else sees it.")),
    "note": (NoteInput, lambda work, one, data, today, version: usecases.note_day(
        work, one, kind=data["kind"], on=data["on"] or today, text=data["text"], score=data["score"], today=today), N_("Noted.")),
    "unnote": (UnnoteInput, lambda work, one, data, today, version: usecases.take_note_back(work, one, data["note_id"]),
               N_("Taken back.")),
    "talk": (TalkInput, lambda work, one, data, today, version: usecases.hold_talk(
        work, one, talk=data["talk"], held_on=data["held_on"] or today, shortcomings=data["shortcomings"], advice=data["advice"],
        today=today), N_("Kept. The newcomer reads and signs it.")),
    "tick": (TickInput, lambda work, one, data, today, version: usecases.tick(
        work, one, data["item"], proof=data["proof"], reason=data["reason"]), N_("Ticked.")),
    "leave_out": (LeaveOutInput, lambda work, one, data, today, version: usecases.leave_out(
        work, one, data["item"], reason=data["reason"]), N_("Left out.")),
    "untick": (UntickInput, lambda work, one, data, today, version: usecases.untick(work, one, data["item"]),
               N_("Taken back; the point is open again.")),
    "change": (ChangeTraineeInput, lambda work, one, data, today, version: _change_trainee(work, one, data, version), N_("Kept.")),
    "decide": (DecideInput, lambda work, one, data, today, version: usecases.decide(
        work, one, data["verb"], days=data["days"], reason=data["reason"], today=today, version=version),
        N_("Decided. The newcomer reads and signs it.")),
}
"""what is done to one newcomer: inputs, use case, what the page says then"""
CLASS_ACTS: dict[str, tuple[type[InputSchema], Callable[[Work, int, Mapping[str, Any]], Any], str]] = {
    "teach": (HourInput, lambda work, one, data: usecases.add_hour(work, one, **data), N_("Written.")),
    "add_item": (ItemInput, lambda work, one, data: classing.add_item(work, one, list_name=data["list"], title=data["title"]),
                 N_("Added for every newcomer of this class.")),
}
"""what is done to a class, beside what has a page of its own"""
__all__ = ["ACTS", "CLASS_ACTS", "ClassInput", "CopyInput", "DayInput", "HourInput", "NewcomersInput", "TraineeInput"]
