"""Banks and topics: made, changed, removed and put back. What stands in one stays where it is."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import exists, select

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.questions.models import Bank, QuestionRow, Topic
from kmsvc.training.questions.permissions import WRITE_QUESTIONS

Kept = TypeVar("Kept", Bank, Topic)
TOPIC_LEVELS = 5


def make_bank(work: Work, name: str, *, about: str = "", keeper_id: int | None = None) -> Bank:
    """A bank of this name, kept by whoever makes it unless another is named."""
    work.permit(WRITE_QUESTIONS)
    _check_name(work, Bank, name)
    row = Bank(number=f"QB-{next_number(work.session, 'question_bank'):03d}", name=name, about=about,
               keeper_id=keeper_id if keeper_id is not None else work.actor.person_id, made_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def change_bank(work: Work, bank_id: int, name: str, *, about: str = "", keeper_id: int | None = None,
                version: int | None = None) -> Bank:
    """Another name, other words or another keeper."""
    row = work.get(Bank, bank_id, lock=True, version=version)
    work.permit(WRITE_QUESTIONS, row)
    _check_name(work, Bank, name, row.id)
    row.name, row.about = name, about
    row.keeper_id = keeper_id if keeper_id is not None else row.keeper_id
    return row


def make_topic(work: Work, name: str, *, parent_id: int | None = None) -> Topic:
    """A topic, below another one or at the top."""
    work.permit(WRITE_QUESTIONS)
    _check_name(work, Topic, name)
    _check_parent(work, None, parent_id)
    row = Topic(name=name, parent_id=parent_id)
    work.session.add(row)
    work.session.flush()
    return row


def change_topic(work: Work, topic_id: int, name: str, *, parent_id: int | None = None, version: int | None = None) -> Topic:
    """Another name, or another place in the tree."""
    row = work.get(Topic, topic_id, lock=True, version=version)
    work.permit(WRITE_QUESTIONS, row)
    _check_name(work, Topic, name, row.id)
    _check_parent(work, row.id, parent_id)
    row.name, row.parent_id = name, parent_id
    return row


def remove_bank(work: Work, bank_id: int, *, reason: str | None = None) -> Bank:
    """An empty bank goes; one with questions that are not withdrawn stays."""
    row = work.get(Bank, bank_id, lock=True)
    if work.session.scalar(select(exists().where(QuestionRow.bank_id == row.id, QuestionRow.state != "withdrawn"))):
        raise RuleBroken("training.bank.full", N_("Withdraw or move its questions first."))
    return _away(work, row, reason)


def remove_topic(work: Work, topic_id: int, *, reason: str | None = None) -> Topic:
    """A topic that nothing stands under goes; questions keep it until they are given another."""
    row = work.get(Topic, topic_id, lock=True)
    if work.session.scalar(select(exists().where(Topic.parent_id == row.id, Topic.removed_at.is_(None)))):
        raise RuleBroken("training.topic.full", N_("Move the topics below it first."))
    return _away(work, row, reason)


def restore_bank(work: Work, bank_id: int) -> Bank:
    """Put a bank back."""
    return _back(work, work.get(Bank, bank_id, lock=True))


def restore_topic(work: Work, topic_id: int) -> Topic:
    """Put a topic back."""
    return _back(work, work.get(Topic, topic_id, lock=True))


def topic_of_path(work: Work, path: str) -> int | None:
    """The topic that a file names, `above/below`, made where it is missing; None for no name. Names are known by themselves: a topic
    that stands elsewhere stays where it is."""
    found: Topic | None = None
    for name in [one.strip()[:200] for one in path.replace("\uff0f", "/").split("/") if one.strip()][-TOPIC_LEVELS:]:
        row = work.session.scalar(select(Topic).where(Topic.name == name))
        if row is None:
            row = make_topic(work, name, parent_id=found.id if found is not None and _level(work, found.id) < TOPIC_LEVELS else None)
        elif row.removed_at is not None:
            row.removed_at = None
        found = row
    return found.id if found is not None else None


def _away(work: Work, row: Kept, reason: str | None) -> Kept:
    work.permit(WRITE_QUESTIONS, row)
    work.because(reason)
    if row.removed_at is None:
        row.removed_at = work.now
    return row


def _back(work: Work, row: Kept) -> Kept:
    work.permit(WRITE_QUESTIONS, row)
    if row.removed_at is None:
        raise RuleBroken("training.bank.stands", N_("This was not removed."))
    row.removed_at = None
    return row


def _check_name(work: Work, kind: type[Bank] | type[Topic], name: str, but: int | None = None) -> None:
    held = work.session.scalar(select(kind.id).where(kind.name == name))
    if held is not None and held != but:
        raise InvalidInput({"name": [N_("This name is taken.")]})


def _check_parent(work: Work, topic_id: int | None, parent_id: int | None) -> None:
    if parent_id is None:
        return
    parent = work.session.get(Topic, parent_id)
    if parent is None or parent.removed_at is not None:
        raise InvalidInput({"parent": [N_("There is no such topic.")]})
    at: int | None = parent_id
    while at is not None:
        if at == topic_id:
            raise InvalidInput({"parent": [N_("A topic cannot stand below itself.")]})
        at = work.session.scalar(select(Topic.parent_id).where(Topic.id == at))
    if _level(work, parent_id) >= TOPIC_LEVELS:
        raise InvalidInput({"parent": [N_("Topics stand in five levels at most.")]})


def _level(work: Work, topic_id: int) -> int:
    level, at = 0, topic_id
    while at is not None and level <= TOPIC_LEVELS:
        level, at = level + 1, work.session.scalar(select(Topic.parent_id).where(Topic.id == at))  # type: ignore[assignment]
    return level
