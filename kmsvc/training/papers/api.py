"""Papers as JSON: the list, one, making and changing, the check of a blueprint, picking, previews, every act."""

from __future__ import annotations

from typing import Any

from flask import Blueprint as Door
from flask import Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.offers import Act, allowed
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.web import current_actor, load, look, query_data, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.papers import queries, showing, usecases
from kmsvc.training.papers.keeping import blueprint_json, blueprint_of
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.permissions import SEE_PAPERS, WRITE_PAPER
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.schemas import (
    CheckInput,
    PaperInput,
    PapersQuery,
    PickInput,
    PreviewQuery,
    SeedInput,
    asked_json,
    bank_ids,
    blueprint_in,
    check_json,
    draft_of,
    line_json,
    preview_json,
)

blueprint = Door("training_papers_api", __name__, url_prefix="/api/v1/training/papers")


@blueprint.get("")
@says(query=PapersQuery)
def index() -> Response:
    """Papers, changed last first."""
    require(current_actor(), SEE_PAPERS)
    asked = query_data(PapersQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = queries.paper_lines(work.session, q=asked["q"], state=asked["state"], way=asked["way"], skip=start,
                                           limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([line_json(one) for one in lines], following if following < total else None, total=total))


def _whole(work: Work, paper_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.paper_row(work.session, paper_id, work.actor)
    it = None if row.blueprint is None else blueprint_of(row.blueprint, row.pass_percent)
    found = None if it is None else queries.check(work.session, it, row.banks)
    topics = queries.topic_names(work.session) if it is not None else {}
    return line_json(queries.paper_line(work.session, paper_id)) | {
        "seed": row.seed, "banks": row.banks, "tolerance": row.tolerance, "blueprint": None if it is None else blueprint_json(it),
        "check": None if found is None else check_json(found, showing.sentences_of(found, topics)),
        "asked": [asked_json(one) for one in queries.questions_asked(work.session, row)], "allowed": _acts(work, row)}


def _acts(work: Work, row: PaperRow) -> list[dict[str, Any]]:
    """What this caller may do with a paper now."""
    if not can(work.actor, WRITE_PAPER, row):
        return []
    written, held = row.state == PaperState.DRAFT, row.state == PaperState.READY and usecases.in_use(work, [row.id])
    return allowed(f"/api/v1/training/papers/{row.id}", [
        Act("ready", forward=True) if written else None,
        Act("edit", PaperInput) if written else None,
        Act("pick", PickInput) if written and row.way == PaperWay.PICKED else None,
        Act("compose", SeedInput) if written and row.way == PaperWay.FIXED else None,
        Act("refresh") if written and row.way != PaperWay.EACH else None,
        Act("copy"),
        Act("reopen") if not written and not held else None,
        Act("withdraw", ReasonInput) if row.state != PaperState.WITHDRAWN and not held else None])


@blueprint.get("/<int:paper_id>")
def show(paper_id: int) -> Response:
    """One paper with its blueprint, what the bank says of it, and the questions of one that is the same for all; never a key."""
    require(current_actor(), SEE_PAPERS)
    with look() as work:
        body = _whole(work, paper_id)
    return reply(body, version=body["version"])


@blueprint.post("")
@says(body=PaperInput, status=201)
def create() -> Response:
    """Make a paper."""
    data = load(PaperInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.make_paper(work, draft_of(data))
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.post("/check")
@says(body=CheckInput)
def check() -> Response:
    """Whether the banks can give a blueprint, with the exact shortage, before anything is kept."""
    require(current_actor(), WRITE_PAPER)
    data = load(CheckInput)
    with look() as work:
        found = queries.check(work.session, blueprint_in(data), bank_ids(data["banks"]))
        return reply(check_json(found, showing.sentences_of(found, queries.topic_names(work.session))))


@blueprint.post("/<int:paper_id>/edit")
@says(body=PaperInput)
def edit(paper_id: int) -> Response:
    """Change a paper that is being written."""
    data, version = load(PaperInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.change_paper(work, paper_id, draft_of(data), version=version)
        return _whole(work, paper_id), 200, row.version
    return posting(effect, theirs=lambda work: _whole(work, paper_id))


@blueprint.post("/<int:paper_id>/pick")
@says(body=PickInput)
def pick(paper_id: int) -> Response:
    """All questions of a paper picked by hand, in their order."""
    data, version = load(PickInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.pick(work, paper_id, [(one["question_id"], one["points"]) for one in data["questions"]], version=version)
        return _whole(work, paper_id), 200, row.version
    return posting(effect, theirs=lambda work: _whole(work, paper_id))


@blueprint.post("/<int:paper_id>/compose")
@says(body=SeedInput)
def compose(paper_id: int) -> Response:
    """Compose a fixed paper by a seed."""
    data, version = load(SeedInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.compose_fixed(work, paper_id, seed=data["seed"], version=version)
        return _whole(work, paper_id), 200, row.version
    return posting(effect)


@blueprint.post("/<int:paper_id>/ready")
def ready(paper_id: int) -> Response:
    """Exams may use it."""
    return _turn(paper_id, "ready")


@blueprint.post("/<int:paper_id>/reopen")
def reopen(paper_id: int) -> Response:
    """Write on it again."""
    return _turn(paper_id, "reopen")


@blueprint.post("/<int:paper_id>/refresh")
def refresh(paper_id: int) -> Response:
    """Take every question in the version that counts now."""
    return _turn(paper_id, "refresh")


@blueprint.post("/<int:paper_id>/withdraw")
@says(body=ReasonInput)
def withdraw(paper_id: int) -> Response:
    """No exam may use it any more."""
    data, version = load(ReasonInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.withdraw(work, paper_id, reason=data["reason"], version=version)
        return _whole(work, paper_id), 200, row.version
    return posting(effect)


@blueprint.post("/<int:paper_id>/copy")
def copy(paper_id: int) -> Response:
    """A new draft like it."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.copy_paper(work, paper_id)
        return _whole(work, row.id), 200, row.version
    return posting(effect)


def _turn(paper_id: int, verb: str) -> Response:
    version = wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        if verb == "refresh":
            usecases.refresh(work, paper_id)
        else:
            {"ready": usecases.ready, "reopen": usecases.reopen}[verb](work, paper_id, version=version)
        body = _whole(work, paper_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _whole(work, paper_id))


@blueprint.get("/<int:paper_id>/preview")
@says(query=PreviewQuery)
def preview(paper_id: int) -> Response:
    """The paper as three people would get it, with the difficulty of each."""
    require(current_actor(), SEE_PAPERS)
    asked = query_data(PreviewQuery)
    with look() as work:
        row = queries.paper_row(work.session, paper_id, work.actor)
        return reply(preview_json(queries.preview(work.session, row, seed=asked["seed"])))
