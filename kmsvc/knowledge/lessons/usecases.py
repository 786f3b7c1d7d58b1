"""The verbs of lessons: make one of texts and paragraphs in an order, change it, remove it, put it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.numbers import next_number
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.citations.keeping import Ref, cites
from kmsvc.knowledge.citations.usecases import keeper_named
from kmsvc.knowledge.lessons.citing import LESSON, card
from kmsvc.knowledge.lessons.models import Lesson
from kmsvc.knowledge.lessons.permissions import WRITE_LESSON


@dataclass(frozen=True)
class Draft:
    """What somebody wants of a lesson. keeper: a login; left out, whoever makes it. refs: what is read, in this order."""

    title: str
    summary: str
    language: str
    keeper: str | None
    refs: Sequence[Ref]


def make_lesson(work: Work, draft: Draft) -> Lesson:
    """A lesson of texts and paragraphs that its maker may read."""
    work.permit(WRITE_LESSON)
    row = Lesson(number=f"LES-{next_number(work.session, 'lesson'):04d}", title=draft.title, summary=draft.summary,
                 language=draft.language, keeper_id=keeper_named(work, draft.keeper), made_at=work.now,
                 made_by_id=work.actor.person_id, changed_at=work.now)
    work.session.add(row)
    work.session.flush()
    _cite(work, row, draft.refs)
    return row


def change_lesson(work: Work, lesson_id: int, draft: Draft, *, version: int | None = None) -> Lesson:
    """Other words, another order or other paragraphs; what stays keeps what was found of it."""
    row = _lesson(work, lesson_id, version)
    row.title, row.summary, row.language = draft.title, draft.summary, draft.language
    row.keeper_id = keeper_named(work, draft.keeper) if draft.keeper else row.keeper_id
    row.changed_at = work.now
    _cite(work, row, draft.refs)
    return row


def remove_lesson(work: Work, lesson_id: int, *, reason: str | None = None) -> Lesson:
    """It is read no longer, and nobody is told of its citations. It can be put back."""
    row = _lesson(work, lesson_id)
    work.because(reason)
    row.removed_at = work.now
    return row


def restore_lesson(work: Work, lesson_id: int) -> Lesson:
    """Put it back, with what is to be looked at since."""
    row = work.get(Lesson, lesson_id, lock=True)
    work.permit(WRITE_LESSON, card(row, work.actor, ""))
    if row.removed_at is None:
        raise RuleBroken("knowledge.lesson.stands", N_("This was not removed."))
    row.removed_at = None
    return row


def _cite(work: Work, row: Lesson, refs: Sequence[Ref]) -> None:
    if not refs:
        raise InvalidInput({"cites": [N_("Name at least one article, process or paragraph.")]})
    cites(work, LESSON, row.id, refs)


def _lesson(work: Work, lesson_id: int, version: int | None = None) -> Lesson:
    row = work.get(Lesson, lesson_id, lock=True, version=version)
    work.permit(WRITE_LESSON, card(row, work.actor, ""))
    if row.removed_at is not None:
        raise NotFound()
    return row
