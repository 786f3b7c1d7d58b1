"""Hooks as JSON: the list, one with how it fares, its log, and every verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.web import load, look, query_data, settings, wanted_version
from kmsvc.core.work import Work
from kmsvc.hooks import queries, usecases
from kmsvc.hooks.permissions import MANAGE_HOOKS
from kmsvc.hooks.rules import OFFERED
from kmsvc.hooks.schemas import (
    HookInput,
    HooksQuery,
    LogQuery,
    NewHookInput,
    SecretInput,
    delivery_json,
    hook_json,
    wish_of,
)

blueprint = Blueprint("hooks_api", __name__, url_prefix="/api/v1/hooks")


@blueprint.get("")
@says(query=HooksQuery)
def index() -> Response:
    """Hooks by name."""
    asked = query_data(HooksQuery)
    with look() as work:
        work.permit(MANAGE_HOOKS)
        lines = queries.hook_lines(work.session, q=asked["q"], state=asked["state"])
    return reply(part_of(lines, asked, hook_json))


@blueprint.get("/kinds")
def kinds() -> Response:
    """What can be told."""
    with look() as work:
        work.permit(MANAGE_HOOKS)
    return reply(page([{"kind": kind, "what": one.label} for kind, one in OFFERED.items()]))


@blueprint.get("/<int:hook_id>")
def show(hook_id: int) -> Response:
    """One, without its secret."""
    with look() as work:
        work.permit(MANAGE_HOOKS)
        line = queries.hook_line(work.session, hook_id)
    return reply(hook_json(line), version=line.version)


@blueprint.get("/<int:hook_id>/deliveries")
@says(query=LogQuery)
def log(hook_id: int) -> Response:
    """What was sent, newest first."""
    asked = query_data(LogQuery)
    with look() as work:
        work.permit(MANAGE_HOOKS)
        queries.hook_line(work.session, hook_id)
        lines, following = queries.delivery_lines(work.session, hook_id, state=asked["state"], kind=asked["kind"],
                                                  before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([delivery_json(line) for line in lines], following))


@blueprint.post("")
@says(body=NewHookInput, status=201)
def create() -> Response:
    """Register an address. A secret that is made here stands in this answer and never again."""
    data = load(NewHookInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.add_hook(work, wish_of(data, settings()), secret=data["secret"])
        return _line(work, row.id, None if data["secret"] else row.secret), 201, row.version
    return posting(effect)


def _line(work: Work, hook_id: int, secret: str | None = None) -> dict[str, Any]:
    work.session.flush()
    return hook_json(queries.hook_line(work.session, hook_id), secret=secret)


@blueprint.post("/<int:hook_id>/edit")
@says(body=HookInput)
def edit(hook_id: int) -> Response:
    """Change name, address, account or what it is told of."""
    data = load(HookInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.change_hook(work, hook_id, wish_of(data, settings()), version=wanted_version())
        work.session.flush()
        return _line(work, hook_id), 200, row.version
    return posting(effect, theirs=lambda work: _line(work, hook_id))


def _verb(hook_id: int, run: Callable[[Work], Any]) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        run(work)
        return _line(work, hook_id), 200, None
    return posting(effect)


@blueprint.post("/<int:hook_id>/pause")
@says(body=ReasonInput)
def pause(hook_id: int) -> Response:
    """Nothing is sent until it goes on; what happens meanwhile waits."""
    data = load(ReasonInput)
    return _verb(hook_id, lambda work: usecases.pause_hook(work, hook_id, reason=data["reason"]))


@blueprint.post("/<int:hook_id>/resume")
def resume(hook_id: int) -> Response:
    """It is told again, first of what waited."""
    return _verb(hook_id, lambda work: usecases.resume_hook(work, hook_id))


@blueprint.post("/<int:hook_id>/test")
def test(hook_id: int) -> Response:
    """Send a delivery that says nothing; what came of it stands in the log."""
    return _verb(hook_id, lambda work: usecases.test_hook(work, hook_id))


@blueprint.post("/<int:hook_id>/retry")
def retry(hook_id: int) -> Response:
    """Send once more everything that was given up."""
    return _verb(hook_id, lambda work: usecases.try_again(work, hook_id))


@blueprint.post("/<int:hook_id>/deliveries/<int:sent_id>/retry")
def retry_one(hook_id: int, sent_id: int) -> Response:
    """Send once more one delivery that was given up."""
    return _verb(hook_id, lambda work: usecases.try_again(work, hook_id, sent_id))


@blueprint.post("/<int:hook_id>/secret")
@says(body=SecretInput)
def secret(hook_id: int) -> Response:
    """Sign with another secret from now on. One that is made here stands in this answer and never again."""
    data = load(SecretInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.new_secret(work, hook_id, secret=data["secret"])
        return _line(work, hook_id, None if data["secret"] else row.secret), 200, None
    return posting(effect)


@blueprint.post("/<int:hook_id>/remove")
@says(body=ReasonInput)
def remove(hook_id: int) -> Response:
    """It is told of nothing any more."""
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.remove_hook(work, hook_id, reason=data["reason"])
        return {"id": hook_id, "removed": True}, 200, None
    return posting(effect)
