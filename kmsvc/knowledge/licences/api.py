"""Licences as JSON: list, read, the proof of a person, grant, suspend, resume, end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can
from kmsvc.core.web import load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.knowledge.licences import queries, usecases
from kmsvc.knowledge.licences.limits import limits_now
from kmsvc.knowledge.licences.permissions import SEE_LICENCE
from kmsvc.knowledge.licences.proof import Proof, figures_json, proof_of, since_day
from kmsvc.knowledge.licences.rules import Level, advice
from kmsvc.knowledge.licences.schemas import GrantInput, LicenceQuery, LicenceReason, licence_json
from kmsvc.people.accounts.directory import directory

blueprint = Blueprint("knowledge_licences_api", __name__, url_prefix="/api/v1/knowledge/licences")


@blueprint.get("")
@says(query=LicenceQuery)
def list_licences() -> Response:
    """Licences, newest first; without the right to see all of them, the caller's own."""
    asked = query_data(LicenceQuery)
    with look() as work:
        lines, following = queries.licence_page(work.session, work.actor, today(), q=asked["q"], level=asked["level"],
                                                state=asked["state"], before=cursor_id(asked["cursor"]), limit=asked["limit"])
    return reply(page([licence_json(line) for line in lines], following))


@blueprint.post("")
@says(body=GrantInput, status=201)
def grant() -> Response:
    """Grant a licence; one that stands in the same place ends with it."""
    data = load(GrantInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.grant_to(work, today=today(), **data)
        return licence_json(queries.lines_of(work.session, [row], today())[0]), 201, row.version
    return posting(effect)


@blueprint.get("/<int:licence_id>")
def show(licence_id: int) -> Response:
    """One licence."""
    with look() as work:
        line = queries.licence_line(work.session, work.actor, licence_id, today())
    return reply(licence_json(line), version=line.version)


@blueprint.get("/people/<int:person_id>")
def proof(person_id: int) -> Response:
    """The proof of a person's texts: figures, their rows, what they speak for, and the licences."""
    with look() as work:
        if person_id not in directory(work.session).people or not can(work.actor, SEE_LICENCE, person_id):
            raise NotFound()
        found = proof_of(work.session, person_id, since_day(work.session, today()), today())
        lines = queries.licences_of(work.session, person_id, today())
        return reply(proof_json(found, lines, limits_now(work.session)))


def proof_json(found: Proof, lines: list[queries.LicenceLine], limits: Any) -> dict[str, Any]:
    """Figures with rows, what they speak for at the present level, and the licences."""
    best = max((Level(one.level) for one in lines if one.ended_at is None), key=list(Level).index, default=Level.CANDIDATE)
    says_, why = advice(best, found.figures, limits)
    return {"person_id": found.person_id, "figures": figures_json(found), "advice": says_, "because": list(why),
            "rows": {name: [{"number": one.number, "article": one.about or None, "at": one.at, "url": one.url} for one in its]
                     for name, its in found.rows.items()}, "licences": [licence_json(line) for line in lines]}


def _view_of(name: str) -> Any:
    @says(body=LicenceReason, summary=f"{name.capitalize()} a licence, with a reason.")
    def view(licence_id: int) -> Response:
        data, seen = load(LicenceReason), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            queries.licence_line(work.session, work.actor, licence_id, today())
            row = usecases.VERBS[name](work, licence_id, reason=data["reason"], version=seen)
            return licence_json(queries.lines_of(work.session, [row], today())[0]), 200, row.version
        return posting(effect)
    return view


for _name in usecases.VERBS:
    blueprint.add_url_rule(f"/<int:licence_id>/{_name}", endpoint=f"act_{_name}", view_func=_view_of(_name), methods=["POST"])
