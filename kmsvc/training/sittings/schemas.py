"""Inputs and answers of sittings as JSON."""

from __future__ import annotations

import math
from typing import Any

from marshmallow import ValidationError, fields, validate

from kmsvc.core.offers import Offer
from kmsvc.core.schemas import Choice, InputSchema, Line, PageQuery, Whole
from kmsvc.core.texts import N_
from kmsvc.training.sittings.board import BoardLine, Told
from kmsvc.training.sittings.models import Sitting
from kmsvc.training.sittings.queries import KeptAnswer, OwnSitting
from kmsvc.training.sittings.rules import SittingState, Stand
from kmsvc.training.sittings.timing import until
from kmsvc.training.sittings.usecases import MOST_AT_ONCE, Came, Receipt

DEVICE = validate.Regexp(r"[A-Za-z0-9_-]{1,64}\Z")
FOCUS = ("left", "back", "copied", "printed")


class AnswerValue(fields.Field[Any]):
    """An answer as JSON holds one: text, number, yes or no, a list or a mapping; its form is the question's to judge."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            raise ValidationError(N_("This has not the form of an answer to this question."))
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15:
            raise ValidationError(N_("This number is too large."))
        return value


class SittingAnswerInput(InputSchema):
    """One answer. number: rises through the sitting, the newest counts; answer: null where it is taken back; flag: to be looked at
    later."""

    place = Whole(required=True, validate=validate.Range(min=1, max=1000))
    number = Whole(required=True, validate=validate.Range(min=1))
    answer = AnswerValue(load_default=None, allow_none=True, metadata={
        "type": ["string", "number", "boolean", "array", "object"], "items": {}})
    flag = fields.Boolean(load_default=False)


class SittingAnswersInput(InputSchema):
    """Answers a window sends, and which window it is."""

    device = fields.String(required=True, validate=DEVICE)
    answers = fields.List(fields.Nested(SittingAnswerInput), required=True, validate=validate.Length(min=1, max=MOST_AT_ONCE))


class BeatInput(InputSchema):
    """A window says that it is there. known: the highest mark it has seen."""

    device = fields.String(required=True, validate=DEVICE)
    known = Whole(load_default=0, validate=validate.Range(min=0))


class FocusInput(InputSchema):
    """The page was left or is looked at again, or something on it was copied or printed. away_s: for how long it was left."""

    device = fields.String(required=True, validate=DEVICE)
    act = fields.String(required=True, validate=validate.OneOf(FOCUS))
    away_s = Whole(load_default=0, validate=validate.Range(min=0, max=86_400))


class SittingBeginInput(InputSchema):
    """Which exam is begun."""

    exam_id = Whole(required=True, validate=validate.Range(min=1))


class SittingsQuery(PageQuery):
    """Filters of one's own sittings."""

    exam = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    state = Choice([one.value for one in SittingState])


class BoardQuery(InputSchema):
    """Filters of the board. stand: where somebody stands; q: part of a name."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    stand = Choice([one.value for one in Stand])
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ProtocolQuery(InputSchema):
    """Filters of the protocol. q: part of a name."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


def answer_json(one: KeptAnswer) -> dict[str, Any]:
    """A kept answer, for its candidate."""
    return {"place": one.place, "number": one.number, "answer": one.answer, "flag": one.flag, "at": one.at, "device": one.device}


def card_json(card: OwnSitting) -> dict[str, Any]:
    """A sitting without its paper. at: the server's instant; left_s: whole seconds left at it."""
    return {"id": card.id, "exam": {"id": card.exam_id, "number": card.exam_number, "title": card.title}, "attempt": card.attempt,
            "attempts": card.attempts, "state": card.state, "begun_at": card.begun_at, "ended_at": card.ended_at, "at": card.at,
            "ends_at": card.ends_at, "last_at": card.last_at, "grace_s": card.grace_s, "more_s": card.more_s,
            "left_s": card.left_s if card.state == SittingState.RUNNING else 0, "most": plain(card.most), "paused": card.paused}


def plain(points: Any) -> str:
    """Points as people write them: 2, 2.5."""
    return f"{points.normalize():f}"


def newest_json(kept: list[KeptAnswer], known: int = 0) -> dict[str, Any]:
    """Kept answers with the highest number and mark among them."""
    return {"number": max((one.number for one in kept), default=0), "mark": max((one.mark for one in kept), default=known),
            "answers": [answer_json(one) for one in kept]}


def receipt_json(found: Receipt) -> dict[str, Any]:
    """What became of each answer, and where the sitting stands. saved: per answer `store` or `again` when it is kept; `older`,
    `clash` when a newer one is; `late`, `ended` when it came too late; `paused` when it is to be sent again after the pause. before:
    the mark of what was there; who knows less asks for the rest by a beat."""
    return {"saved": [{"place": one.place, "number": one.number, "became": became.value} for one, became in found.saved],
            "number": found.number, "before": found.before, "mark": found.mark, "at": found.at, "state": found.state,
            "ends_at": found.end.ends_at, "paused": found.paused}


def line_json(line: BoardLine) -> dict[str, Any]:
    """A line of the board."""
    return {"person_id": line.person_id, "name": line.name, "room": line.room, "stand": line.stand.value, "sitting_id": line.sitting_id,
            "attempt": line.attempt, "begun_at": line.begun_at, "ended_at": line.ended_at, "heard_at": line.heard_at,
            "ends_at": line.ends_at, "length_s": line.length_s, "left_s": line.left_s, "more_s": line.more_s, "answered": line.given,
            "questions": line.asked, "windows": line.devices, "copied": line.copied,
            "left": {"times": line.focus.times, "total_s": line.focus.total_s, "longest_s": line.focus.longest_s}}


def told_json(one: Told) -> dict[str, Any]:
    """A line of the protocol."""
    return {"at": one.at, "sitting_id": one.sitting_id, "person_id": one.person_id, "name": one.name, "what": one.what.value,
            "until": one.until, "minutes": one.minutes, "by": one.by, "reason": one.reason}


def steered_json(row: Sitting, offers: tuple[Offer, ...]) -> dict[str, Any]:
    """A sitting after an act of who watches, and what may be done next."""
    return {"id": row.id, "exam_id": row.exam_id, "person_id": row.person_id, "state": row.state, "more_s": row.more_s,
            "ended_at": row.ended_at, "ends_at": until(row).ends_at,
            "allowed": [{"verb": one.verb, "href": f"/api/v1/training/sittings/{row.id}/{one.verb}", "method": "POST",
                         "forward": one.forward, "schema": one.schema} for one in offers]}


def steered_all_json(exam_id: int, running: int, paused_since: Any, offers: tuple[Offer, ...]) -> dict[str, Any]:
    """An exam after an act on everybody who sits it. running: how many sit it now."""
    return {"exam_id": exam_id, "running": running, "paused_since": paused_since,
            "allowed": [{"verb": one.verb, "href": f"/api/v1/training/sittings/board/{exam_id}/{one.verb}", "method": "POST",
                         "forward": one.forward, "schema": one.schema} for one in offers]}


def came_of(data: list[dict[str, Any]]) -> list[Came]:
    """Loaded answers."""
    return [Came(one["place"], one["number"], one["answer"], one["flag"]) for one in data]
