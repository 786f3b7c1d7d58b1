"""Running the service as JSON: the overview, outbox, mail, index, settings of the centre."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, current_app

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import InputSchema
from kmsvc.core.web import current_actor, database, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.operations import queries, rebuilding, usecases
from kmsvc.operations.overview import overview
from kmsvc.operations.permissions import SEE_OPERATIONS
from kmsvc.operations.schemas import (
    DeliveryQuery,
    MailQuery,
    Setting,
    delivery_json,
    mail_json,
    option_json,
    overview_json,
)

blueprint = Blueprint("operations_api", __name__, url_prefix="/api/v1/operations")


@blueprint.get("")
def show() -> Response:
    """How the service runs, in numbers."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        card = overview(work.session, settings(), current_app.extensions["kmsvc.search"], work.now, today())
        rebuild = rebuilding.status(settings(), work.now)
    return reply({**overview_json(card), "rebuild": asdict(rebuild) if rebuild else None})


@blueprint.get("/deliveries")
@says(query=DeliveryQuery)
def list_deliveries() -> Response:
    """The outbox, newest first."""
    asked = query_data(DeliveryQuery)
    with look() as work:
        work.permit(SEE_OPERATIONS)
        cards = queries.deliveries(work.session, state=asked["state"], reaction=asked["reaction"],
                                   q=asked["q"], before=cursor_id(asked["cursor"]), limit=asked["limit"] + 1)
    shown, following = queries.cut(cards, asked["limit"])
    return reply(page([delivery_json(card) for card in shown], following))


@blueprint.post("/deliveries/<int:delivery_id>/retry")
@says(body=InputSchema)
def retry_delivery(delivery_id: int) -> Response:
    """Try one delivery again, now."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.retry_delivery(work, delivery_id)
        return {"id": delivery_id, "state": "pending"}, 200, None
    return posting(effect)


@blueprint.post("/retry")
@says(body=InputSchema)
def retry_all() -> Response:
    """Try every failed delivery and mail again, now."""
    load(InputSchema)
    return posting(lambda work: ({"again": usecases.retry_all(work)}, 200, None))


@blueprint.get("/mail")
@says(query=MailQuery)
def list_mail() -> Response:
    """Mail, newest first, without its words."""
    asked = query_data(MailQuery)
    with look() as work:
        work.permit(SEE_OPERATIONS)
        cards = queries.mails(work.session, base_url=settings().base_url, state=asked["state"],
                              q=asked["q"], before=cursor_id(asked["cursor"]), limit=asked["limit"] + 1)
    shown, following = queries.cut(cards, asked["limit"])
    return reply(page([mail_json(card) for card in shown], following))


@blueprint.get("/mail/<int:mail_id>")
def show_mail(mail_id: int) -> Response:
    """One mail with the words it has, or would have."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        card = queries.one_mail(work.session, mail_id, base_url=settings().base_url)
    return reply(mail_json(card, whole=True))


@blueprint.post("/mail/<int:mail_id>/retry")
@says(body=InputSchema)
def retry_mail(mail_id: int) -> Response:
    """Try one mail again, now."""
    load(InputSchema)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.retry_mail(work, mail_id)
        return {"id": mail_id, "state": "waiting"}, 200, None
    return posting(effect)


@blueprint.post("/index/rebuild")
@says(body=InputSchema, status=202)
def rebuild_index() -> Response:
    """Begin to build the search index anew; searching goes on. `GET /api/v1/operations` says how far it is."""
    load(InputSchema)
    rebuilding.start(database(), settings(), current_app.extensions["kmsvc.search"], current_actor())
    found = rebuilding.status(settings(), database().clock())
    return reply(asdict(found) if found else {}, 202)


@blueprint.get("/settings")
def list_settings() -> Response:
    """Every setting of the centre."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        cards = queries.option_cards(work.session)
    return reply(page([option_json(card) for card in cards]))


@blueprint.get("/settings/<name>")
def show_setting(name: str) -> Response:
    """One setting of the centre."""
    with look() as work:
        work.permit(SEE_OPERATIONS)
        card = queries.option_card(work.session, name)
    return reply(option_json(card), version=card.version)


@blueprint.post("/settings/<name>/set")
@says(body=Setting)
def set_setting(name: str) -> Response:
    """Change a setting of the centre."""
    data, version = load(Setting), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        queries.option_card(work.session, name)
        usecases.set_option(work, name, data["value"], version=version, reason=data["reason"])
        work.session.flush()
        card = queries.option_card(work.session, name)
        return option_json(card), 200, card.version
    return posting(effect)
