"""Standards as JSON: editions, clauses, how they correspond; brought in, and the last import taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from kmsvc.convert.receiving import answer_program, given_list
from kmsvc.convert.reports import Report, RowResult
from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.errors import InvalidInput
from kmsvc.core.offers import Act, allowed
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.standards.models import queries
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.permissions import KEEP_STANDARDS, READ_LICENSED, SEE_STANDARDS
from kmsvc.standards.models.rules import borders
from kmsvc.standards.models.schemas import (
    ClausesQuery,
    ModelImport,
    ModelsQuery,
    TakeBackInput,
    border_json,
    clause_json,
    correspondence_json,
    filters_of,
    model_json,
    target_of,
)
from kmsvc.standards.models.taking import is_ours, take_file
from kmsvc.standards.models.usecases import can_take_back, take_back

BASE = "/api/v1/standards/models"
blueprint = Blueprint("standards_models_api", __name__, url_prefix=BASE)


@blueprint.get("")
@says(query=ModelsQuery)
def list_models() -> Response:
    """Standards, each edition on its own, the newest of each first."""
    asked = query_data(ModelsQuery)
    with look() as work:
        work.permit(SEE_STANDARDS)
        return reply(part_of(queries.sought(queries.model_lines(work.session), asked["q"]), asked, model_json))


def _whole(work: Work, model_id: int) -> dict[str, Any]:
    work.permit(SEE_STANDARDS)
    row = work.get(StandardModel, model_id)
    body = queries.export(work.session, row)
    every = queries.clauses_of(work.session, row.id, subs=False)
    last = row.frame.get("last_chapter")
    acts = [Act("take_back", TakeBackInput)] if can(work.actor, KEEP_STANDARDS) and can_take_back(row) else []
    return {"id": row.id, "version": row.version, **{name: body[name] for name in body if name != "items"}, "newest": row.newest,
            "is_packaged": row.is_packaged, "digest": row.digest, "clauses": len(every), "borders": [border_json(one) for one in borders(
                row.frame.get("levels", []), row.frame.get("bases", {}),
                sum(one.section.partition(".")[0] == last for one in every))],
            "allowed": allowed(f"{BASE}/{row.id}", acts)}


@blueprint.get("/<int:model_id>")
def show(model_id: int) -> Response:
    """One edition with its sections, levels, bases and what each level means in numbers."""
    with look() as work:
        body = _whole(work, model_id)
        return reply(body, version=body["version"])


@blueprint.get("/<int:model_id>/clauses")
@says(query=ClausesQuery)
def list_clauses(model_id: int) -> Response:
    """The clauses and sub-items of an edition, in its order."""
    asked = query_data(ClausesQuery)
    with look() as work:
        work.permit(SEE_STANDARDS)
        row = work.get(StandardModel, model_id)
        found = queries.narrowed(queries.clauses_of(work.session, row.id), filters_of(asked), row.frame.get("signs", {}))
        return reply(part_of(found, asked, lambda one: clause_json(one, row)))


@blueprint.get("/clauses/<int:clause_id>")
def clause(clause_id: int) -> Response:
    """One clause with its correspondences; the licensed wording for whoever may read it."""
    with look() as work:
        work.permit(SEE_STANDARDS)
        one = work.get(Clause, clause_id)
        model = work.get(StandardModel, one.model_id)
        body = clause_json(one, model) | {"gone": one.gone, "mappings": [
            correspondence_json(it) for it in queries.correspondences(work.session, one.id)]}
        if can(work.actor, READ_LICENSED):
            body["text"] = queries.licensed_texts(work.session, [one.id]).get(one.id)
        return reply(body)


@blueprint.post("/import")
@says(form=ModelImport)
def run() -> Response:
    """Bring a standard in: one part named `file`, YAML, xlsx or csv. A sheet needs `code`; twice is once."""
    with look() as work:
        work.permit(KEEP_STANDARDS)
    data = load(ModelImport, form_data())
    given, name = given_list()
    if given is None or not is_ours(name):
        raise InvalidInput({"file": [N_("Choose a file.") if given is None else N_("A standard is a yaml, xlsx or csv file.")]})

    def take(path: Path) -> Report[RowResult]:
        return take_file(database(), current_actor(), path, name, target_of(data), dry_run=data["dry_run"]).report
    return answer_program(given, name, data, take)


@blueprint.post("/<int:model_id>/take_back")
@says(body=TakeBackInput)
def back(model_id: int) -> Response:
    """Take the last import back; `there` is false where it had made the edition, which is gone then."""
    data, version = load(TakeBackInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        if take_back(work, model_id, reason=data["reason"], version=version):
            work.session.flush()
            body = _whole(work, model_id)
            return {"there": True, **body}, 200, body["version"]
        return {"there": False, "allowed": []}, 200, None
    return posting(effect, theirs=lambda work: _whole(work, model_id))
