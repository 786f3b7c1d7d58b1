"""Pages of works of other systems that cite our texts: the list, one with what it cites, a new one, changing and removing one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.telling import form_refused, told_fields
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.citations import queries, showing, usecases, works
from kmsvc.knowledge.citations.naming import refs_named
from kmsvc.knowledge.citations.outside import OUTSIDE
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS, SEE_CITATIONS
from kmsvc.knowledge.citations.rules import CitationState, WorkKind
from kmsvc.knowledge.citations.schemas import (
    WORK_STATES,
    CiteInput,
    NewWorkInput,
    WorkFilters,
    WorkInput,
)
from kmsvc.people.accounts.directory import directory

blueprint = Blueprint("knowledge_works_pages", __name__, url_prefix="/knowledge/citations/works")

PAGE = 50


@blueprint.get("")
def index() -> str | Response:
    """Works of other systems, newest first, with an export of what is shown."""
    require(current_actor(), SEE_CITATIONS)
    asked = query_data(WorkFilters)
    with look() as work:
        lines = works.work_lines(work.session, work.actor, q=asked["q"], kind=asked["kind"], state=asked["state"])
    if asked["format"]:
        rows = showing.work_rows(lines, lambda at: local(at, settings().timezone))
        return list_answer(asked["format"], N_("Works of other systems"), showing.WORK_HEAD, rows, name="works")
    start = asked["cursor"]
    return render_template(
        "knowledge/citations/works.html", asked=asked, lines=lines[start:start + PAGE], total=len(lines), kinds=_kinds(), Kind=WorkKind,
        next_cursor=start + PAGE if start + PAGE < len(lines) else None, may_keep=can(current_actor(), KEEP_CITATIONS),
        states=[(WORK_STATES[0], sentence(N_("To be looked at"))), (WORK_STATES[1], sentence(N_("Removed")))])


def _kinds() -> list[tuple[str, str]]:
    return [(one.value, label(one)) for one in WorkKind]


@blueprint.get("/new")
def new() -> str:
    """The form of a new one; `cites` in the address is what it begins with."""
    require(current_actor(), KEEP_CITATIONS)
    return _form({"kind": "course", "cites": request.args.get("cites", "")[:200], "keeper": current_actor().login}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        return render_template("knowledge/citations/new.html", typed=typed, errors=errors, kinds=_kinds(), keepers=_keepers(work))


def _keepers(work: Work) -> list[tuple[str, str]]:
    return [(one.login, one.name) for one in directory(work.session).active() if one.login and KEEP_CITATIONS.name in one.permissions]


@blueprint.post("")
def create() -> Response:
    """Register it; what was typed comes back when it is refused."""
    require(current_actor(), KEEP_CITATIONS)
    try:
        data = load(NewWorkInput, form_data())
        with begin() as work:
            refs = refs_named(work.session, work.actor, data.pop("cites"))
            made = usecases.register_work(work, **data, refs=refs)
    except InvalidInput as error:
        return make_response(_form(form_data(), told_fields(error)), error.status)
    flash(sentence(N_("%(number)s is kept."), {"number": made.number}), "ok")
    return go(url_for(".show", outside_id=made.id))


@blueprint.get("/<int:outside_id>")
def show(outside_id: int) -> str:
    """One with what it cites."""
    return _page(outside_id)


def _page(outside_id: int, act: str = "", typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
          why: str = "") -> str:
    with look() as work:
        line = works.work_line(work.session, work.actor, outside_id)
        lines = queries.cites_of(work.session, work.actor, OUTSIDE, outside_id)
        return render_template(
            "knowledge/citations/work.html", work=line, lines=lines, act=act, typed=typed or {}, errors=errors or {}, why=why,
            show=showing, kinds=_kinds(), Kind=WorkKind, State=CitationState, keepers=_keepers(work),
            keeper=directory(work.session).people[line.keeper_id].login)


@blueprint.post("/<int:outside_id>/<any(edit, cite, remove, restore):verb>")
def change(outside_id: int, verb: str) -> Response:
    """Change it, say what it cites besides, remove it, put it back."""
    def edit(work: Work) -> None:
        usecases.change_work(work, outside_id, **load(WorkInput, form_data()), version=wanted_version())

    def cite(work: Work) -> None:
        usecases.cite_more(work, outside_id, refs_named(work.session, work.actor, load(CiteInput, form_data())["cites"]))
    acts: dict[str, tuple[Callable[[Work], Any], str]] = {
        "edit": (edit, N_("The changes are kept.")), "cite": (cite, N_("It cites these too.")),
        "remove": (lambda work: usecases.remove_work(work, outside_id, reason=load(ReasonInput, form_data())["reason"]),
                   N_("It is removed. It can be put back.")),
        "restore": (lambda work: usecases.restore_work(work, outside_id), N_("It is back."))}
    run, said = acts[verb]
    try:
        with begin() as work:
            works.work_line(work.session, work.actor, outside_id)
            run(work)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(outside_id, verb, form_data(), told.errors, told.why), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", outside_id=outside_id))
