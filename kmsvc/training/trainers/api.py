"""Files of trainers as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_read, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.trainers import queries, usecases, verbs
from kmsvc.training.trainers.models import Trainer
from kmsvc.training.trainers.permissions import SEE_TRAINERS
from kmsvc.training.trainers.schemas import TrainerInput, TrainersQuery, card_json, line_json

blueprint = Blueprint("training_trainers_api", __name__, url_prefix="/api/v1/training/trainers")


@blueprint.get("")
@says(query=TrainersQuery)
def list_trainers() -> Response:
    """Trainers by number."""
    require(current_actor(), SEE_TRAINERS)
    asked = query_data(TrainersQuery)
    with look() as work:
        lines = queries.trainer_lines(work.session, work.actor, today(), q=asked["q"], stand=asked["stand"])
        return reply(part_read(lambda start, limit: queries.with_sources(work.session, lines[start:start + limit]), asked, line_json))


def _whole(work: Work, trainer_id: int) -> dict[str, Any]:
    work.session.flush()
    card = queries.trainer_card(work.session, work.actor, trainer_id, today())
    return card_json(card, verbs.offers_for(work, work.get(Trainer, trainer_id), today()))


@blueprint.post("")
@says(body=TrainerInput, status=201)
def create() -> Response:
    """Open the file of a trainer."""
    data = load(TrainerInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.open_file(work, **data)
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:trainer_id>")
def show(trainer_id: int) -> Response:
    """One file."""
    with look() as work:
        body = _whole(work, trainer_id)
        return reply(body, version=body["version"])


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(trainer_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, trainer_id, name, data, today(), version)
            return _whole(work, row.id), 200, row.version
        return posting(effect, theirs=lambda work: _whole(work, trainer_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:trainer_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
