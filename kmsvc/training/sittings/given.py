"""Answers as they were given, in words, for who may read them. Who shows them notes the look first (`things.readable`)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.markup.render import plain_text
from kmsvc.people.accounts.queries import names
from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    FillIn,
    Matching,
    Ordering,
    Question,
    TrueFalse,
)
from kmsvc.training.sittings.frozen import frozen_items
from kmsvc.training.sittings.models import Answer, Sitting
from kmsvc.training.sittings.shapes import files_in


@dataclass(frozen=True)
class Given:
    """An answer as it came. counts: it is the one that counts; words: what it says."""

    number: int
    at: datetime
    device: str | None
    words: str
    flag: bool
    counts: bool
    files: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class GivenItem:
    """A question with every answer to it, newest first."""

    place: int
    kind: str
    stem: str
    answers: tuple[Given, ...]


def given_answers(session: Session, row: Sitting) -> list[GivenItem]:
    """Every answer of a sitting, by question."""
    came: dict[int, list[Answer]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.sitting_id == row.id).order_by(Answer.number.desc(), Answer.id.desc())):
        came[answer.item_id].append(answer)
    return [GivenItem(one.place, one.question.kind.value, plain_text(one.question.stem), tuple(
        Given(it.number, it.at, it.device, words_of(one.question, it.value.get("answer")), bool(it.value.get("flag")), not nth,
              tuple(files_in(one.question, it.value.get("answer"))))
        for nth, it in enumerate(came[one.id]))) for one in frozen_items(session, row.id, row.seed)]


def words_of(question: Question, answer: Any) -> str:
    """An answer in words: the texts of what was chosen, in the order it was given."""
    body = question.body
    if answer is None:
        return ""
    if isinstance(body, Choice):
        return _texts({one.id: one.text for one in body.options}, answer if isinstance(answer, list) else [answer])
    if isinstance(body, TrueFalse):
        return sentence(N_("It is right")) if answer else sentence(N_("It is wrong"))
    if isinstance(body, Ordering):
        return " → ".join(_words(one.text) for name in answer for one in body.items if one.id == name)
    if isinstance(body, Matching):
        lefts, rights = ({one.id: _words(one.text) for one in side} for side in (body.lefts, body.rights))
        return "; ".join(f"{lefts.get(left, left)} = {rights.get(right, right)}" for left, right in answer.items())
    if isinstance(body, FillIn):
        return "; ".join(f"{one.id}: {answer[one.id]}" for one in body.blanks if one.id in answer)
    if isinstance(body, Case):
        return "\n".join(f"{nth}. {words_of(part.question, answer[part.id])}" for nth, part in enumerate(body.parts, 1)
                         if part.id in answer)
    return str(answer["name"]) if isinstance(answer, dict) else str(answer)


def _words(text: str) -> str:
    return plain_text(text).strip()


def _texts(texts: dict[str, str], chosen: list[Any]) -> str:
    return "; ".join(_words(texts.get(one, str(one))) for one in chosen)


def name_of(session: Session, row: Sitting) -> str:
    """Whose sitting it is."""
    return names(session, [row.person_id]).get(row.person_id, "—")
