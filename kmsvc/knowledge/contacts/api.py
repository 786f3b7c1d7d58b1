"""Links to contacts as JSON: link, the list, one with what may be done, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.knowledge.contacts import queries, usecases, verbs
from kmsvc.knowledge.contacts.permissions import SEE_CONTACTS
from kmsvc.knowledge.contacts.schemas import LinkInput, LinksQuery, card_json, filters_of, line_json

blueprint = Blueprint("knowledge_contacts_api", __name__, url_prefix="/api/v1/knowledge/contacts")


@blueprint.get("")
@says(query=LinksQuery)
def list_links() -> Response:
    """Links to contacts this caller may see, newest first; numbers and names only for those who may see them."""
    require(current_actor(), SEE_CONTACTS)
    asked = query_data(LinksQuery)
    with look() as work:
        lines, following = queries.link_lines(work.session, work.actor, filters_of(asked), settings().timezone,
                                              before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([line_json(line) for line in lines], following))


@blueprint.post("")
@says(body=LinkInput, status=201)
def link() -> Response:
    """Link what was used to a contact; the same once more, for the same contact, is the same link."""
    data = load(LinkInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.link_contact(work, data["kind"], data["id"], number=data["contact"], query=data["query"])
        return _whole(work, row.id), 201, None
    return posting(effect)


@blueprint.get("/<int:link_id>")
def show(link_id: int) -> Response:
    """One link, and what this caller may do with it now."""
    with look() as work:
        return reply(_whole(work, link_id))


def _whole(work: Work, link_id: int) -> dict[str, Any]:
    work.session.flush()
    line = queries.visible_link(work.session, work.actor, link_id)
    return card_json(line, verbs.offers_for(work.actor, line, today()))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(link_id: int) -> Response:
        data = load(schema)

        def effect(work: Work) -> tuple[Any, int, int | None]:
            verbs.act(work, link_id, name, data, today())
            return _whole(work, link_id), 200, None
        return posting(effect)
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:link_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])
