"""Pages of process alignment reviews: the list with its rates, the draw, one with its contacts, one contact with its proof."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer, table_answer
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
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
    today,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.knowledge.alignment import queries, showing, usecases, verbs
from kmsvc.knowledge.alignment.permissions import COACH, SEE_ALIGNMENT, SEE_ALL_ALIGNMENTS
from kmsvc.knowledge.alignment.rules import AlignmentState, Found, Question
from kmsvc.knowledge.alignment.schemas import STATES, AlignmentFilters, DrawInput, draw_of, filters_of
from kmsvc.knowledge.contacts.queries import names_reach, reach
from kmsvc.people.accounts.directory import directory
from kmsvc.people.sessions.proof import prove
from kmsvc.people.units.queries import open_units

blueprint = Blueprint("knowledge_alignment_pages", __name__, url_prefix="/knowledge/alignment")

PAGE = 50
MOST_EXPORTED = 5_000


@blueprint.get("")
def index() -> str | Response:
    """Reviews this person may see, newest first, with the rates of those that are signed, filters and export."""
    require(current_actor(), SEE_ALIGNMENT)
    asked = query_data(AlignmentFilters)
    filters = filters_of(asked)
    with look() as work:
        if asked["format"]:
            lines, rest = queries.alignment_lines(work.session, work.actor, filters, limit=MOST_EXPORTED)
            rows = showing.rows(lines, lambda at: local(at, settings().timezone))
            return list_answer(asked["format"], N_("Process alignment"), showing.HEAD, rows, name="alignment", more=rest is not None)
        lines, following = queries.alignment_lines(work.session, work.actor, filters, before=asked["cursor"], limit=PAGE)
        total = queries.count_alignments(work.session, work.actor, filters)
        rates = queries.summary(work.session, work.actor, filters)
        return render_template("knowledge/alignment/index.html", asked=asked, lines=lines, next_cursor=following, total=total,
                               rates=rates, states=[(one, showing.state_of(one)[1]) for one in STATES], show=showing,
                               coaches=can(work.actor, COACH), wide=can(work.actor, COACH) or can(work.actor, SEE_ALL_ALIGNMENTS),
                               **_choices(work))


def _choices(work: Work) -> dict[str, Any]:
    """Units and persons this coach may draw contacts of, or narrow the list to."""
    held = reach(work.session, work.actor) if can(work.actor, SEE_ALL_ALIGNMENTS) else names_reach(
        work.session, work.actor) if can(work.actor, COACH) else frozenset()
    units = [one for one in open_units(work.session) if held is None or one.id in held]
    people = [one for one in directory(work.session).active(held) if one.id != work.actor.person_id]
    return {"units": [(one.id, one.name) for one in units], "people": [(one.id, one.name) for one in people]}


@blueprint.get("/new")
def new() -> str:
    """The form of a draw, for the last four weeks."""
    return _form({"begins_on": today() - timedelta(days=27), "ends_on": today(), "size": 5}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    with look() as work:
        work.permit(COACH)
        chosen = _choices(work)
    return render_template("knowledge/alignment/new.html", typed=typed, errors=errors, why=why, **chosen)


@blueprint.post("")
def create() -> Response:
    """Draw the contacts."""
    typed = form_data()
    try:
        data = load(DrawInput, typed)
        with begin() as work:
            row = usecases.draw_contacts(work, draw_of(data), today=today(), zone=settings().timezone)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s: the contacts are drawn."), {"number": row.number}), "ok")
    return go(url_for(".show", alignment_id=row.id))


@blueprint.get("/<int:alignment_id>")
def show(alignment_id: int) -> str | Response:
    """One review: rates, contacts, conclusion, answers, what this person may do."""
    return _page(alignment_id)


def _page(alignment_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str | Response:
    with look() as work:
        card = queries.alignment_card(work.session, work.actor, alignment_id)
        row, _ = queries.visible(work.session, work.actor, alignment_id)
        offers = {one.verb: one for one in verbs.offers_for(work.actor, row, card, today())}
        judges = row.state == AlignmentState.RUNNING and can(work.actor, COACH, row)
        following = queries.next_of(work.session, row.id, 0) if judges else None
    if request.method == "GET" and request.args.get("format") in ("csv", "xlsx"):
        return table_answer(request.args["format"], card.line.number, [sentence(one) for one in showing.ITEM_HEAD],
                            showing.item_rows(card.items, lambda at: local(at, settings().timezone)), name=card.line.number)
    return render_template("knowledge/alignment/show.html", card=card, line=card.line, offers=offers, refused=refused,
                           following=following, show=showing, Question=Question, Found=Found)


@blueprint.post("/<int:alignment_id>/<any(sign, cancel, reply):name>")
def act(alignment_id: int, name: str) -> Response:
    """Sign, give up or answer; what was typed comes back with the reason when it is refused."""
    typed = {key: value for key, value in form_data().items() if key not in ("password", "version")}
    try:
        if name == "sign":
            prove(request.form.get("password"), always=True)
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, alignment_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(alignment_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", alignment_id=alignment_id))


@blueprint.get("/<int:alignment_id>/items/<int:sampled_id>")
def item(alignment_id: int, sampled_id: int) -> str:
    """One contact: what the service knows of it, and the four questions."""
    return _item(alignment_id, sampled_id)


def _item(alignment_id: int, sampled_id: int, *, typed: dict[str, Any] | None = None, errors: dict[str, Any] | None = None,
          why: str = "") -> str:
    with look() as work:
        row, line = queries.item_of(work.session, work.actor, alignment_id, sampled_id)
        offer = verbs.judge_offer(work.actor, row, line, today())
    held = {name: line.answers[name] or line.known[name] for name in line.known} | {"note": line.note}
    return render_template("knowledge/alignment/item.html", row=row, line=line, offer=offer, typed=held if typed is None else typed,
                           errors=errors or {}, why=why, show=showing, Question=Question, Found=Found)


@blueprint.post("/<int:alignment_id>/items/<int:sampled_id>/judge")
def judge(alignment_id: int, sampled_id: int) -> Response:
    """Judge it and go on to the next one."""
    typed = {key: value for key, value in form_data().items() if key != "version"}
    try:
        data = load(verbs.JUDGE_SCHEMA, typed)
        with begin() as work:
            verbs.judge(work, alignment_id, sampled_id, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_item(alignment_id, sampled_id, typed=typed, errors=told.errors, why=told.why), error.status)
    with look() as work:
        place = queries.item_of(work.session, work.actor, alignment_id, sampled_id)[1].place
        following = queries.next_of(work.session, alignment_id, place)
    flash(sentence(N_("Noted.")) if following else sentence(N_("Noted. Every contact of the sample has been judged.")), "ok")
    return go(url_for(".item", alignment_id=alignment_id, sampled_id=following) if following
              else url_for(".show", alignment_id=alignment_id))
