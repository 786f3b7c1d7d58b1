"""Relations as JSON: those of an article with what is similar, relate, take away, put back; twins and how they stand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import InvalidInput
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, load, look, query_data, today
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.permissions import READ_ARTICLE
from kmsvc.knowledge.articles.queries import readable_version
from kmsvc.knowledge.articles.secrets import secret_of
from kmsvc.knowledge.relations import listing, queries, usecases
from kmsvc.knowledge.relations.schemas import (
    EqualInput,
    RelateInput,
    RemoveInput,
    TwinsQuery,
    WithdrawInput,
    card_json,
    kin_json,
    line_json,
    near_json,
)
from kmsvc.knowledge.relations.similar import similar_to
from kmsvc.knowledge.relations.standing import family_of
from kmsvc.search.api import engine

blueprint = Blueprint("knowledge_relations_api", __name__, url_prefix="/api/v1/knowledge/relations")


@blueprint.get("/articles/<int:article_id>")
def of_article(article_id: int) -> Response:
    """The articles related to one, as far as this caller may see them."""
    with look() as work:
        return reply(_related(work, article_id))


def _related(work: Work, article_id: int) -> dict[str, Any]:
    work.session.flush()
    readable_version(work.session, work.actor, article_id)
    return page([kin_json(kin) for kin in family_of(work.session, work.actor, article_id)[0]])


@blueprint.get("/articles/<int:article_id>/similar")
def similar(article_id: int) -> Response:
    """Up to five articles near this one that are not related to it by hand."""
    with look() as work:
        return reply(page([near_json(card) for card in similar_to(work.session, engine(), work.actor, article_id, today())]))


@blueprint.post("/articles/<int:article_id>")
@says(body=RelateInput)
def relate(article_id: int) -> Response:
    """Say what another article is to this one; the answer is all that are related to it now."""
    data = load(RelateInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        readable_version(work.session, work.actor, article_id)
        other = article_numbered(work.session, work.actor, data["other"])
        if other is None:
            raise InvalidInput({"other": [N_("There is no article with this number.")]})
        usecases.relate(work, article_id, other, data["word"], equal=data["equal"])
        return _related(work, article_id), 200, None
    return posting(effect)


@blueprint.post("/<int:relation_id>/remove")
@says(body=RemoveInput)
def remove(relation_id: int) -> Response:
    """Take a relation away."""
    data = load(RemoveInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.remove(work, relation_id, reason=data["reason"])
        return _related(work, row.from_id), 200, None
    return posting(effect)


@blueprint.post("/<int:relation_id>/restore")
def restore(relation_id: int) -> Response:
    """Put a relation back that was taken away."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.restore(work, relation_id)
        return _related(work, row.from_id), 200, None
    return posting(effect)


@blueprint.get("/twins")
@says(query=TwinsQuery)
def list_twins() -> Response:
    """Twins of which this caller may see both, what drifted longest ago first; without a state all to be looked at."""
    require(current_actor(), READ_ARTICLE)
    asked = query_data(TwinsQuery)
    with look() as work:
        lines, following = listing.twin_lines(work.session, work.actor, q=asked["q"], state=asked["state"], view=asked["view"],
                                              start=cursor_id(asked["cursor"]) or 0, limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.get("/twins/<int:relation_id>")
def show_twin(relation_id: int) -> Response:
    """Two twins paragraph by paragraph, what changed since they were found equal, and what this caller may do."""
    with look() as work:
        card = queries.twin_card(work.session, work.actor, relation_id)
        for one in (card.left, card.right):
            shown(secret_of(work.session, work.actor, one.article, one.version), Place.PROGRAM)
        return reply(card_json(card))


@blueprint.post("/twins/<int:relation_id>/equal")
@says(body=EqualInput)
def equal(relation_id: int) -> Response:
    """Find the two published texts equal."""
    data = load(EqualInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.find_equal(work, relation_id, version_ids=(data["from_version_id"], data["to_version_id"]))
        work.session.flush()
        return _stand(work, relation_id), 200, None
    return posting(effect, theirs=lambda work: _stand(work, relation_id))


@blueprint.post("/twins/<int:relation_id>/withdraw")
@says(body=WithdrawInput)
def withdraw(relation_id: int) -> Response:
    """Take back that the two were found equal; what was found before counts again."""
    data = load(WithdrawInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        usecases.take_back(work, relation_id, check_id=data["check_id"])
        work.session.flush()
        return _stand(work, relation_id), 200, None
    return posting(effect)


def _stand(work: Work, relation_id: int) -> dict[str, Any]:
    return line_json(queries.twin_line(work.session, work.actor, relation_id))
