"""Inputs and answers of practice. A form names its fields `a` (what is chosen or written), `b-BLANK`, `m-LEFT` and `o-ITEM`; those of a
mock exam begin with the place of the question: `3-a`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.training.papers.schemas import NEEDED
from kmsvc.training.practice.choosing import right_answer
from kmsvc.training.practice.queries import Mistake, MistakeCardView, RunCard, RunLine, TopicLine, Turn
from kmsvc.training.practice.rules import OWN_VERDICTS, Book, PracticeMode
from kmsvc.training.questions.kinds import Case, FileAnswer, ShortAnswer


class RunInput(InputSchema):
    """What is practised."""

    mode = fields.String(required=True, validate=validate.OneOf([one.value for one in PracticeMode]), error_messages=NEEDED,
                         metadata={"label": N_("What is practised")})
    topic = Whole(load_default=None, allow_none=True, metadata={"label": N_("Topic"), "description": "id of a topic"})
    paper = Whole(load_default=None, allow_none=True, metadata={"label": N_("Paper"), "description": "id of a paper"})


class AnswerInput(InputSchema):
    """An answer to a question of a round, in the form of its kind."""

    place = Whole(required=True, validate=validate.Range(min=1, max=500), error_messages=NEEDED,
                  metadata={"label": N_("Number of the question")})
    answer = fields.Raw(load_default=None, allow_none=True, metadata={
        "label": N_("Answer"), "type": ["string", "number", "boolean", "array", "object"],
        "description": "in the form of the kind of question"})


class JudgeInput(InputSchema):
    """How an own short answer compares with the model answer."""

    place = Whole(required=True, validate=validate.Range(min=1, max=500), error_messages=NEEDED,
                  metadata={"label": N_("Number of the question")})
    verdict = fields.String(required=True, validate=validate.OneOf(list(OWN_VERDICTS)), error_messages=NEEDED,
                            metadata={"label": N_("How it compares")})


class BookFilters(InputSchema):
    """What narrows a mistake book."""

    q = Line(load_default=None, validate=validate.Length(max=200))
    topic = Whole(load_default=None, allow_none=True, metadata={"description": "id of a topic; those below it too"})
    book = fields.String(load_default=None, allow_none=True, validate=validate.OneOf([one.value for one in Book]))


class BookQuery(BookFilters, PageQuery):
    """A mistake book as JSON."""


class BookPage(BookFilters):
    """A mistake book as a page."""

    cursor = Whole(load_default=0, validate=validate.Range(min=0, max=100_000))
    format = fields.String(load_default=None, validate=validate.OneOf(["csv", "xlsx"]))


class HandInInput(InputSchema):
    """Answers of a mock exam by place."""

    answers = fields.Dict(keys=Whole(validate=validate.Range(min=1, max=500)), values=fields.Raw(allow_none=True), load_default=dict,
                          metadata={"label": N_("Answers"), "type": "object"})


def answer_of(faced: dict[str, Any], get: Callable[[str], str | None], several: Callable[[str], list[str]], before: str = "") -> Any:
    """What a plain form says to a question, in the form of its kind; None where nothing was said. get, several: fields of the form."""
    kind = faced["kind"]
    if kind == "case":
        parts = {one["id"]: answer_of(one["question"], get, several, f"{before}{one['id']}-") for one in faced["parts"]}
        return {name: given for name, given in parts.items() if given is not None} or None
    if kind == "file":
        return None
    if kind == "multiple":
        return several(f"{before}a") or None
    if kind == "true_false":
        return {"true": True, "false": False}.get(get(f"{before}a") or "")
    if kind == "fill_in":
        texts = {one["id"]: get(f"{before}b-{one['id']}") or "" for one in faced["blanks"]}
        return texts if any(one.strip() for one in texts.values()) else None
    if kind == "matching":
        pairs = {one["id"]: get(f"{before}m-{one['id']}") or "" for one in faced["lefts"]}
        return {left: right for left, right in pairs.items() if right} or None
    if kind == "ordering":
        places = {one["id"]: get(f"{before}o-{one['id']}") or "" for one in faced["items"]}
        if not all(one.isdecimal() and len(one) < 4 for one in places.values()):
            return None
        if len({int(one) for one in places.values()}) < len(places):
            return None
        return sorted(places, key=lambda one: int(places[one]))
    return (get(f"{before}a") or "").strip() or None


def lacking(faced: dict[str, Any]) -> str:
    """What to say where a form says nothing that is an answer: an English source."""
    if faced["kind"] == "ordering":
        return N_("Give every step a place of its own, from 1 on; or let the answer be shown.")
    return N_("Choose or write an answer, or let it be shown.")


def line_json(line: RunLine) -> dict[str, Any]:
    """A round in a list, as JSON."""
    return {"id": line.id, "mode": line.mode, "name": line.name or None, "asked": line.asked, "answered": line.answered,
            "right": line.right, "begun_at": line.begun_at, "ended_at": line.ended_at, "url": f"/training/practice/{line.id}"}


def turn_json(turn: Turn) -> dict[str, Any]:
    """A question of a round, as JSON; its key and explanation only once it is answered."""
    found: dict[str, Any] = {"place": turn.place, "points": str(turn.points), "withheld": turn.withheld, "question": turn.faced}
    if turn.question is not None:
        found |= {"answer": turn.value, "verdict": turn.verdict, "given": str(turn.given), "right": right_answer(turn.question),
                  "explanation": turn.question.explanation or None}
        found |= _to_compare(turn.question.body)
    return found


def _to_compare(body: Any) -> dict[str, Any]:
    """What an own answer is compared with: model answer and rubric, of a case by the id of the part."""
    if isinstance(body, Case):
        parts = {one.id: _to_compare(one.question.body) for one in body.parts}
        return {"parts": {name: told for name, told in parts.items() if told}}
    if not isinstance(body, ShortAnswer | FileAnswer):
        return {}
    return {"model_answer": body.model_answer or None, "rubric": [{"text": one.text, "points": str(one.points)} for one in body.rubric]}


def card_json(card: RunCard) -> dict[str, Any]:
    """A round, as JSON."""
    return line_json(card.line) | {"left_out": card.left_out, "points": str(card.points), "most": str(card.most),
                                   "questions": [turn_json(one) for one in card.turns]}


def topic_json(line: TopicLine) -> dict[str, Any]:
    """A topic one can practise, as JSON."""
    return {"id": line.id, "name": line.name, "there": line.there, "met": line.met, "right_percent": line.right}


def mistake_json(one: Mistake) -> dict[str, Any]:
    """A question of a mistake book, as JSON."""
    return {"id": one.id, "question_id": one.question_id, "head": one.head, "topic": one.topic or None, "wrong": one.wrong,
            "box": one.box, "due_on": one.due_on, "last_at": one.last_at, "url": f"/training/practice/mistakes/{one.id}"}


def mistake_card_json(one: MistakeCardView) -> dict[str, Any]:
    """A question of a mistake book with its key and what was answered, as JSON."""
    return mistake_json(one.mistake) | {"turn": turn_json(one.turn), "answers": [
        {"at": at, "verdict": verdict, "run_id": run_id} for at, verdict, run_id in one.answers]}
