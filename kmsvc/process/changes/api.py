"""Change requests as JSON: list, submit, look, and one route a verb."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.i18n import sentence
from kmsvc.core.openapi import says
from kmsvc.core.schemas import Choice, Line, PageQuery, Whole
from kmsvc.core.web import load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.process.changes import queries, scenes, usecases
from kmsvc.process.changes.doing import run_verb
from kmsvc.process.changes.hindrances import hindered
from kmsvc.process.changes.schemas import (
    CHANGE_ANSWER,
    LIST_STATES,
    SubmitChange,
    change_json,
    line_json,
    submit_arguments,
)
from kmsvc.process.changes.training import sees_who, training_json, training_of
from kmsvc.process.changes.verbs import VERBS

blueprint = Blueprint("process_changes_api", __name__, url_prefix="/api/v1/process/changes")


class ChangeQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None)
    state = Choice(LIST_STATES)
    process_id = Whole(load_default=None)


@blueprint.get("")
@says(query=ChangeQuery)
def list_changes() -> Response:
    """Change requests this caller may see, newest first."""
    asked = query_data(ChangeQuery)
    with look() as work:
        lines, following = queries.change_lines(
            work.session, work.actor, q=asked["q"], state=asked["state"], process_id=asked["process_id"],
            before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=SubmitChange, status=201, gives=CHANGE_ANSWER)
def submit() -> Response:
    """Submit a change request; it starts at step 1."""
    arguments = submit_arguments(load(SubmitChange))

    def effect(work: Work) -> tuple[Any, int, int | None]:
        change = usecases.submit_change(work, today=today(), **arguments)
        return _json(work, change.id), 201, change.version
    return posting(effect)


@blueprint.get("/<int:change_id>")
@says(gives=CHANGE_ANSWER)
def show(change_id: int) -> Response:
    """One change request, with what this caller may do now."""
    with look() as work:
        body = _json(work, change_id)
    return reply(body, version=body["version"])


@blueprint.get("/<int:change_id>/training")
def show_training(change_id: int) -> Response:
    """How many of those affected are trained, and who is missing, for who works on the change."""
    with look() as work:
        change = queries.visible_change(work.session, work.actor, change_id)
        return reply(training_json(training_of(work.session, change, today()), sees_who(work.session, work.actor, change)))


def _json(work: Work, change_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.change_card(work.session, work.actor, change_id, today())
    return change_json(card, [(verb, sentence(reason)) for verb, reason in hindered(card.scene, scenes.me(work.actor))])


def _do(name: str, change_id: int) -> Response:
    verb = VERBS[name]
    data = load(verb.schema())
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        change = run_verb(work, change_id, verb, data, version, today=today(), zone=settings().timezone)
        return _json(work, change_id), 200, change.version
    return posting(effect, theirs=lambda work: _standing(work, change_id))


def _standing(work: Work, change_id: int) -> dict[str, Any]:
    """What a request says now; for its author also the text on the desk."""
    change = queries.visible_change(work.session, work.actor, change_id)
    own = change.author_id == work.actor.person_id
    return _json(work, change_id) | ({"text": scenes.text_on_the_desk(work.session, change)} if own else {})


def _view_of(name: str) -> Any:
    @says(body=VERBS[name].schema(), summary=VERBS[name].rule.label, gives=CHANGE_ANSWER)
    def view(change_id: int) -> Response:
        return _do(name, change_id)
    return view


for _name in VERBS:
    blueprint.add_url_rule(f"/<int:change_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
