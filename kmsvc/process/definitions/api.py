"""Processes as JSON: list, one process with its pointers, versions and differences."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown as noted
from kmsvc.access.rules import Place
from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.schemas import Choice, Line, PageQuery
from kmsvc.core.web import load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.markup.diff import BlockChange, count_changes, diff_blocks
from kmsvc.markup.kept import revive
from kmsvc.process.definitions import queries, verbs
from kmsvc.process.definitions.adding import ProcessInput, bring_in
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.queries import ProcessLine, VersionCard, VersionLine
from kmsvc.process.definitions.rules import STATES, ProcessClass, ProcessGroup
from kmsvc.process.definitions.secrets import secret_of

blueprint = Blueprint("process_definitions_api", __name__, url_prefix="/api/v1/process/definitions")


class ProcessQuery(PageQuery):
    """Filters of the list."""

    q = Line(load_default=None)
    group = Choice(ProcessGroup)
    klass = Choice(ProcessClass, data_key="class")
    state = Choice(STATES)


def process_json(line: ProcessLine) -> dict[str, Any]:
    """A process as JSON."""
    return {"id": line.id, "number": line.number, "version": line.version, "name": line.name, "group": line.group,
            "class": line.klass, "owner": line.owner, "state": line.state, "effective_on": line.effective_on,
            "review_on": line.review_on, "published_label": line.label}


def version_json(card: VersionLine) -> dict[str, Any]:
    """A version as JSON; its words too where the card holds them."""
    body = {"n": card.n, "label": card.label, "content_hash": card.content_hash, "author": card.author, "note": card.note,
            "change_id": card.change_id, "recorded_at": card.recorded_at, "effective_on": card.effective_on,
            "live_at": card.live_at, "is_published": card.is_live}
    if isinstance(card, VersionCard):
        body |= {"name": card.name, "purpose": card.purpose, "body": card.body, "blocks": card.blocks}
    return body


@blueprint.get("")
@says(query=ProcessQuery)
def list_processes() -> Response:
    """The processes this caller may see, by number."""
    asked = query_data(ProcessQuery)
    with look() as work:
        lines = queries.process_lines(work.session, work.actor, q=asked["q"], group=asked["group"], klass=asked["klass"],
                                      state=asked["state"])
    return reply(part_of(lines, asked, process_json))


@blueprint.post("")
@says(body=ProcessInput, status=201)
def add() -> Response:
    """Add a process the centre has already, with its number; its text comes through a change request."""
    data = load(ProcessInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = bring_in(work, **data)
        body = _whole(work, made)
        return body, 201, made.version
    return posting(effect)


@blueprint.get("/<int:process_id>")
def show(process_id: int) -> Response:
    """One process: published and draft pointers, versions, the log of publications, and what this caller may do now."""
    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        return reply(_whole(work, process), version=process.version)


def _whole(work: Work, process: Process) -> dict[str, Any]:
    work.session.flush()
    line = queries.lines_of(work.session, [process])[0]
    cards = queries.version_lines(work.session, work.actor, process)
    log = queries.publication_lines(work.session, process)
    seen = {card.id: card.n for card in cards}
    return process_json(line) | {
        "published": seen.get(process.published_version_id or 0), "draft": seen.get(process.draft_version_id or 0),
        "superseded_by": process.superseded_by_id, "review_months": process.review_months,
        "versions": [version_json(card) for card in cards],
        "publications": [{"kind": one.kind, "old": one.old_label, "new": one.new_label, "by": one.by, "reason": one.reason,
                          "effective_on": one.effective_on, "recorded_at": one.recorded_at, "done_at": one.done_at,
                          "change_id": one.change_id} for one in log],
        "reviews": [{"id": one.id, "reviewed_on": one.reviewed_on, "label": one.label, "by": one.by, "reason": one.reason,
                     "at": one.at} for one in queries.review_lines(work.session, process)],
        "allowed": [{"verb": offer.verb, "href": f"{blueprint.url_prefix}/{process.id}/{offer.verb}", "method": "POST",
                     "forward": False, "schema": offer.schema}
                    for offer in verbs.offers_for(work.session, work.actor, process, today())]}


def _do(name: str, process_id: int) -> Response:
    data = load(verbs.VERBS[name].schema())
    around = verbs.Around(today(), settings().timezone, wanted_version())

    def effect(work: Work) -> tuple[Any, int, int | None]:
        process = verbs.act(work, process_id, name, data, around)
        body = _whole(work, process)
        return body, 200, process.version
    return posting(effect, theirs=lambda work: _whole(
        work, queries.visible_process(work.session, work.actor, process_id)))


def _view_of(name: str) -> Any:
    @says(body=verbs.VERBS[name].schema(), summary=verbs.VERBS[name].label)
    def view(process_id: int) -> Response:
        return _do(name, process_id)
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:process_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])


@blueprint.get("/<int:process_id>/versions")
@says(query=PageQuery)
def versions(process_id: int) -> Response:
    """The versions of a process, newest first."""
    asked = query_data(PageQuery)
    before = cursor_id(asked["cursor"])
    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        cards = [card for card in queries.version_lines(work.session, work.actor, process)
                 if before is None or card.n < before]
    shown = cards[:asked["limit"]]
    return reply(page([version_json(card) for card in shown], shown[-1].n if len(cards) > len(shown) else None))


@blueprint.get("/<int:process_id>/versions/<int:n>")
def version(process_id: int, n: int) -> Response:
    """One immutable version with its text, hash, dates and approvals."""
    from kmsvc.process.changes.approvals import approvals_of

    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        card = queries.version_card(work.session, work.actor, process, n)
        noted(secret_of(work.session, work.actor, process.id, process.number, card), Place.PROGRAM)
        return reply(version_json(card) | {
            "approvals": approvals_of(work.session, {card.id: card.content_hash})[card.id]})


@blueprint.get("/<int:process_id>/versions/<int:n>/diff/<int:m>")
def difference(process_id: int, n: int, m: int) -> Response:
    """What changed from version n to version m, block by block, word by word."""
    with look() as work:
        process = queries.visible_process(work.session, work.actor, process_id)
        old = queries.version_card(work.session, work.actor, process, n)
        new = queries.version_card(work.session, work.actor, process, m)
        changes = diff_blocks(revive(old.blocks), revive(new.blocks))
        for one in (old, new):
            noted(secret_of(work.session, work.actor, process.id, process.number, one), Place.PROGRAM)
    return reply({"from": n, "to": m, "counts": count_changes(changes), "blocks": [block_json(one) for one in changes]})


def block_json(change: BlockChange) -> dict[str, Any]:
    """One block of a difference."""
    return {"id": change.block_id, "status": change.status, "parts": [list(part) for part in change.parts]}
