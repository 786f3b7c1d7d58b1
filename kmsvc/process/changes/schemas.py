"""Inputs and outputs of change requests for the JSON door and the forms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from marshmallow import fields, validate

from kmsvc.core.schemas import Day, InputSchema, Line, Text, Whole
from kmsvc.core.texts import N_
from kmsvc.process.changes import enums, rules
from kmsvc.process.changes.queries import ChangeCard, ChangeLine
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup

LIST_STATES = ("open", "closed", "all", *(one.value for one in rules.State))


class NewProcess(InputSchema):
    """A process that does not exist yet."""

    name = Line(required=True, validate=validate.Length(max=200))
    group = fields.String(required=True, validate=validate.OneOf([one.value for one in ProcessGroup]))
    klass = fields.String(required=True, data_key="class", validate=validate.OneOf([one.value for one in ProcessClass]))


class SubmitChange(InputSchema):
    """What a change request needs: a title, a reason, and the process or a new one."""

    title = Line(required=True, validate=validate.Length(max=200))
    reason = Text(required=True, validate=validate.Length(max=4000))
    process_id = Whole(load_default=None, allow_none=True)
    new_process = fields.Nested(NewProcess, load_default=None, allow_none=True)
    wanted_on = Day(load_default=None, allow_none=True, metadata={"description": "today or later"})
    urgency = fields.String(load_default="normal", validate=validate.OneOf([one.value for one in enums.Urgency]))
    place = Line(load_default=None, allow_none=True, validate=[validate.Length(max=300), validate.Regexp(r"/(?![/\\])[^\\]*$")],
                 metadata={"description": "address on this site of the page it is asked from", "label": N_("Asked from")})
    trigger = fields.String(load_default="business", validate=validate.OneOf([one.value for one in enums.Trigger]))


def submit_arguments(data: dict[str, Any]) -> dict[str, Any]:
    """The use case's arguments from a loaded SubmitChange."""
    new = data.get("new_process")
    return {**data, "new_process": {"name": new["name"], "group": new["group"], "class": new["klass"]} if new else None}


CHANGE_ANSWER: dict[str, Any] = {"type": "object", "properties": {
    "allowed": {"type": "array", "description": "what this caller may do now, with the JSON schema of its body",
                "items": {"type": "object", "required": ["verb", "href", "method", "forward", "schema"], "properties": {
                    "verb": {"type": "string"}, "href": {"type": "string"}, "method": {"type": "string"},
                    "forward": {"type": "boolean"}, "schema": {"type": "object"}}}},
    "hindered": {"type": "array", "description": "verbs that would finish the open step and are this caller's by place, but "
                 "are refused now, each with the sentence that refuses it; empty for who has no part in the step",
                 "items": {"type": "object", "required": ["verb", "reason"], "properties": {
                     "verb": {"type": "string"}, "reason": {"type": "string"}}}}}}


def change_json(card: ChangeCard, hindered: Iterable[tuple[str, str]],
                base: str = "/api/v1/process/changes") -> dict[str, Any]:
    """A change request as JSON, with `allowed` for this caller; hindered: (verb, reason in the reader's language)."""
    return {
        "id": card.id, "number": card.number, "version": card.version, "title": card.title, "reason": card.reason,
        "state": card.state, "step": {"number": card.step, "code": card.step_code}, "urgency": card.urgency,
        "trigger": card.trigger, "place": card.place, "wanted_on": _day(card.wanted_on), "process_id": card.process_id,
        "holders": [{"id": one.person_id, "login": one.login, "name": one.name} for one in card.holders],
        "step_since": card.step_since, "submitted_at": card.submitted_at, "closed_at": card.closed_at,
        "asker": card.asker, "author": card.author, "owner": card.owner, "waiting_for": card.waiting_for,
        "history": [{"step": one.step, "verb": one.verb, "actor": one.actor, "at": one.at, "comment": one.comment,
                     "to_state": one.to_state, "record": {"kind": one.record_kind, "id": one.record_id}
                     if one.record_kind else None} for one in card.history],
        "versions": list(card.versions),
        "allowed": [{"verb": one.verb, "href": f"{base}/{card.id}/{one.verb}", "method": "POST", "forward": one.forward,
                     "schema": one.schema} for one in card.offers],
        "hindered": [{"verb": verb, "reason": reason} for verb, reason in hindered],
    }


def line_json(line: ChangeLine) -> dict[str, Any]:
    """A change request in a list."""
    return {"id": line.id, "number": line.number, "version": line.version, "title": line.title, "state": line.state,
            "step": {"number": line.step, "code": line.state}, "urgency": line.urgency, "process_id": line.process_id,
            "holders": list(line.holders), "step_since": line.step_since, "submitted_at": line.submitted_at,
            "closed_at": line.closed_at, "wanted_on": _day(line.wanted_on)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
