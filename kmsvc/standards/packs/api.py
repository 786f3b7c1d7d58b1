"""Packs as JSON: order, look how far it is, cancel, fetch the file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.web import load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.standards.packs.models import PackOrder
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.packs.queries import pack_card, pack_cards
from kmsvc.standards.packs.schemas import PackNoInput, PacksQuery, PackWanted, filters_of, pack_json
from kmsvc.standards.packs.serving import pack_answer
from kmsvc.standards.packs.tongue import PackLang
from kmsvc.standards.packs.usecases import cancel_order, order_again, order_pack

blueprint = Blueprint("standards_packs_api", __name__, url_prefix="/api/v1/standards/packs")


@blueprint.get("")
@says(query=PacksQuery)
def list_packs() -> Response:
    """Packs that were ordered, newest first."""
    asked = query_data(PacksQuery)
    with look() as work:
        work.permit(MAKE_PACK)
        cards, following = pack_cards(work.session, work.actor, filters_of(asked), before=cursor_id(asked["cursor"]),
                                      limit=asked["limit"])
    return reply(page([pack_json(one) for one in cards], following))


def _whole(work: Work, row: PackOrder) -> tuple[Any, int, int | None]:
    work.session.flush()
    body = pack_json(pack_card(work.session, work.actor, row.id), acts=True)
    return body, 200, body["version"]


@blueprint.post("")
@says(body=PackWanted, status=201)
def order() -> Response:
    """Order a pack; the worker makes it."""
    data = load(PackWanted)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = order_pack(work, model=data["model"], year=data["year"], as_of=data["as_of"] or today(), clauses=data["clauses"],
                         lang=data["lang"] or PackLang.ZH)
        body, _, version = _whole(work, row)
        return body, 201, version
    return posting(effect)


@blueprint.get("/<int:pack_id>")
def show(pack_id: int) -> Response:
    """One order, with how far it is."""
    with look() as work:
        work.permit(MAKE_PACK)
        card = pack_card(work.session, work.actor, pack_id)
    return reply(pack_json(card, acts=True), version=card.version)


@blueprint.post("/<int:pack_id>/cancel")
@says(body=PackNoInput)
def cancel(pack_id: int) -> Response:
    """Stop one that is under way."""
    load(PackNoInput)
    version = wanted_version()
    return posting(lambda work: _whole(work, cancel_order(work, pack_id, version=version)))


@blueprint.post("/<int:pack_id>/again")
@says(body=PackNoInput)
def again(pack_id: int) -> Response:
    """Order the same once more; the answer is the new order."""
    load(PackNoInput)
    version = wanted_version()
    return posting(lambda work: _whole(work, order_again(work, pack_id, version=version)))


@blueprint.get("/<int:pack_id>/file")
@says(answer="application/zip")
def fetch(pack_id: int) -> Response:
    """The zip."""
    with look() as work:
        work.permit(MAKE_PACK)
        return pack_answer(pack_card(work.session, work.actor, pack_id), settings().data_dir)
