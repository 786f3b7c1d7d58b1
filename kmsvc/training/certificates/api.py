"""Certificates as JSON: passports of people and teams on any day, kinds, who needs them, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.errors import NotFound
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.certificates import doing, queries, usecases
from kmsvc.training.certificates.models import Certificate, CertificateNeed
from kmsvc.training.certificates.permissions import SEE_CERTIFICATES
from kmsvc.training.certificates.schemas import (
    DayQuery,
    KindInput,
    KindsQuery,
    kind_json,
    need_json,
    passport_json,
)

blueprint = Blueprint("training_certificates_api", __name__, url_prefix="/api/v1/training/certificates")


@blueprint.get("")
@says(query=DayQuery)
def mine() -> Response:
    """The own passport."""
    require(current_actor(), SEE_CERTIFICATES)
    asked = query_data(DayQuery)
    with look() as work:
        if work.actor.person_id is None:
            raise NotFound()
        return reply(passport_json(queries.passport(work, work.actor.person_id, asked["on"] or today())))


@blueprint.get("/people/<int:person_id>")
@says(query=DayQuery)
def person(person_id: int) -> Response:
    """The passport of a person."""
    asked = query_data(DayQuery)
    with look() as work:
        return reply(passport_json(queries.passport(work, person_id, asked["on"] or today())))


@blueprint.get("/teams/<int:unit_id>")
@says(query=DayQuery)
def team(unit_id: int) -> Response:
    """The passports of a team."""
    asked = query_data(DayQuery)
    with look() as work:
        name, found = queries.team(work, unit_id, asked["on"] or today())
    return reply({"id": unit_id, "name": name, "items": [passport_json(one) for one in found]})


@blueprint.get("/kinds")
@says(query=KindsQuery)
def kinds() -> Response:
    """Kinds of certificates, by number."""
    require(current_actor(), SEE_CERTIFICATES)
    asked = query_data(KindsQuery)
    with look() as work:
        found = queries.kind_lines(work.session, q=asked["q"], purpose=asked["purpose"])
    return reply(part_of(found, asked, lambda one: kind_json(*one)))


@blueprint.get("/kinds/<int:kind_id>")
def kind(kind_id: int) -> Response:
    """One kind and who needs it."""
    require(current_actor(), SEE_CERTIFICATES)
    with look() as work:
        body = _kind(work, kind_id)
        return reply(body, version=body["version"])


def _kind(work: Work, kind_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.visible_kind(work.session, kind_id)
    return kind_json(row) | {"needs": [need_json(one) for one in queries.need_lines(work.session, kind_id)]}


@blueprint.post("/kinds")
@says(body=KindInput, status=201)
def make() -> Response:
    """Make a kind."""
    data = load(KindInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.make_kind(work, usecases.KindDraft(**data))
        return _kind(work, row.id), 201, row.version
    return posting(effect)


def _view(table: dict[str, Any], name: str, shown: Any) -> Any:
    schema, act, said = table[name]

    @says(body=schema, summary=said)
    def view(**which: int) -> Response:
        one = next(iter(which.values()))
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            act(work, one, data, today(), version)
            return shown(work, one), 200, None
        return posting(effect)
    return view


def _of_need(work: Work, need_id: int) -> dict[str, Any]:
    return _kind(work, work.get(CertificateNeed, need_id).kind_id)


def _of_held(work: Work, certificate_id: int) -> dict[str, Any]:
    work.session.flush()
    return passport_json(queries.passport(work, work.get(Certificate, certificate_id).person_id, today()))


for _name in doing.KIND_ACTS:
    blueprint.add_url_rule(f"/kinds/<int:kind_id>/{_name}", endpoint=f"kind_{_name}", view_func=_view(doing.KIND_ACTS, _name, _kind),
                           methods=["POST"])
for _name in doing.NEED_ACTS:
    blueprint.add_url_rule(f"/needs/<int:need_id>/{_name}", endpoint=f"need_{_name}", view_func=_view(doing.NEED_ACTS, _name, _of_need),
                           methods=["POST"])
for _name in doing.HELD_ACTS:
    blueprint.add_url_rule(f"/held/<int:certificate_id>/{_name}", endpoint=f"held_{_name}",
                           view_func=_view(doing.HELD_ACTS, _name, _of_held), methods=["POST"])
