"""Leave, shifts and peaks as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import PageQuery
from kmsvc.core.web import current_actor, load, look, query_data, settings, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.tables.doors import run_for_program
from kmsvc.knowledge.tables.schemas import TableImport
from kmsvc.knowledge.tables.undoing import Settled
from kmsvc.training.plans import busy
from kmsvc.training.plans.busy_pages import BUSY, entered
from kmsvc.training.plans.busy_queries import busy_import_line, busy_import_lines, busy_line, busy_lines
from kmsvc.training.plans.busy_schemas import BusyInput, BusyQuery, BusyWhy, busy_json, chosen, file_json
from kmsvc.training.plans.permissions import MAKE_PLANS

blueprint = Blueprint("training_busy_api", __name__, url_prefix="/api/v1/training/plans/busy")


@blueprint.get("")
@says(query=BusyQuery)
def list_busy() -> Response:
    """Times, entered last first."""
    require(current_actor(), MAKE_PLANS)
    asked = query_data(BusyQuery)
    with look() as work:
        found, following = busy_lines(work.session, work.actor, **chosen(asked, settings().timezone),
                                      before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([busy_json(one) for one in found], following))


@blueprint.post("")
@says(body=BusyInput, status=201)
def enter() -> Response:
    """Enter one; several days of shifts or of a peak are one time a day."""
    require(current_actor(), MAKE_PLANS)
    data = load(BusyInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = entered(work, data)
        items = [busy_json(busy_line(work.session, work.actor, one.id)) for one in made]
        return items[0] | {"items": items}, 201, None
    return posting(effect)


@blueprint.get("/<int:busy_id>")
def show(busy_id: int) -> Response:
    """One time."""
    with look() as work:
        return reply(busy_json(busy_line(work.session, work.actor, busy_id)))


@blueprint.post("/<int:busy_id>/remove")
@says(body=BusyWhy)
def remove(busy_id: int) -> Response:
    """Delete one; the answer is what it said."""
    data = load(BusyWhy)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        was = busy_json(busy_line(work.session, work.actor, busy_id))
        busy.remove(work, busy_id, reason=data["reason"])
        return was, 200, None
    return posting(effect)


@blueprint.post("/import")
@says(form=TableImport)
def import_busy() -> Response:
    """A csv or xlsx of leave, shifts or peaks; every row counted, every refused one named."""
    require(current_actor(), MAKE_PLANS)
    return run_for_program(BUSY)


@blueprint.get("/imports")
@says(query=PageQuery)
def list_imports() -> Response:
    """Files that were taken in, newest first."""
    require(current_actor(), MAKE_PLANS)
    asked = query_data(PageQuery)
    with look() as work:
        found, following = busy_import_lines(work.session, work.actor, before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([file_json(one) for one in found], following))


@blueprint.get("/imports/<int:busy_import_id>")
def show_import(busy_import_id: int) -> Response:
    """One file that was taken in."""
    with look() as work:
        return reply(file_json(busy_import_line(work.session, work.actor, busy_import_id)))


@blueprint.post("/imports/<int:busy_import_id>/take-back")
@says(body=BusyWhy)
def take_back(busy_import_id: int) -> Response:
    """Take an import back."""
    data, version = load(BusyWhy), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        busy_import_line(work.session, work.actor, busy_import_id)
        return _settled(work, busy_import_id, busy.take_back(work, busy_import_id, reason=data["reason"], version=version))
    return posting(effect)


@blueprint.post("/imports/<int:busy_import_id>/bring-back")
def bring_back(busy_import_id: int) -> Response:
    """Bring an import back that was taken back."""
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        busy_import_line(work.session, work.actor, busy_import_id)
        return _settled(work, busy_import_id, busy.bring_back(work, busy_import_id, version=version))
    return posting(effect)


def _settled(work: Work, import_id: int, found: Settled) -> tuple[Any, int, int | None]:
    line = busy_import_line(work.session, work.actor, import_id)
    return file_json(line) | {"done": found.done, "stayed": found.stayed}, 200, line.version
