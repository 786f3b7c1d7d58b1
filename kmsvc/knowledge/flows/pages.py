"""Pages of guided flows for who writes them: the list, one with its versions, writing, trying out, how it is walked, as a file."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from marshmallow import fields, validate

from kmsvc.convert.sending import ended, list_answer, table_answer
from kmsvc.core.errors import InvalidInput, RuleBroken, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import Choice, InputSchema, Line, Whole
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
    told_fields,
    wanted_version,
)
from kmsvc.knowledge.articles.rules import Confidentiality
from kmsvc.knowledge.flows import counting, queries, showing, usecases, verbs
from kmsvc.knowledge.flows.permissions import READ_FLOW, SEE_WALKS, WRITE_FLOW
from kmsvc.knowledge.flows.rules import LONGEST, BadChoice, FlowState, WalkEnd, trail
from kmsvc.knowledge.flows.schemas import (
    ENDS,
    LANGUAGES,
    LEVELS,
    STATES,
    FlowInput,
    draft_of,
    file_json,
    unit_code,
)
from kmsvc.people.units.queries import audiences

blueprint = Blueprint("knowledge_flows_pages", __name__, url_prefix="/knowledge/flows")

PAGE = 50
MOST_EXPORTED = 20_000
_FORMAT: dict[str, Any] = {"load_default": None, "allow_none": True, "validate": validate.OneOf(["csv", "xlsx"])}


class ListQuery(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(**_FORMAT)


class WalksList(InputSchema):
    """The filters of the walks of a flow."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    end = Choice(ENDS)
    ordinal = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(**_FORMAT)


class Trying(InputSchema):
    """Which version is tried out, and the choices made so far, with dots between."""

    ordinal = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    path = fields.String(load_default="", validate=validate.Regexp(r"(\d(\.\d){0,99})?\Z"))


@blueprint.get("")
def index() -> str | Response:
    """Flows this person may walk, with filters in the address and an export of what is shown."""
    require(current_actor(), READ_FLOW)
    asked = query_data(ListQuery)
    chosen = {name: asked[name] for name in ("q", "state")}
    with look() as work:
        if asked["format"]:
            lines, rest = queries.flow_lines(work.session, work.actor, **chosen, limit=MOST_EXPORTED)
            rows = showing.export_rows(lines, lambda at: local(at, settings().timezone))
            return list_answer(asked["format"], N_("Guided flows"), showing.HEAD, rows, name="flows", more=rest is not None)
        lines, following = queries.flow_lines(work.session, work.actor, **chosen, before=asked["cursor"], limit=PAGE)
        total = queries.count_flows(work.session, work.actor, **chosen)
    return render_template("knowledge/flows/index.html", asked=asked, lines=lines, next_cursor=following, total=total, show=showing,
                           may_write=can(current_actor(), WRITE_FLOW), states=[(one.value, label(one)) for one in FlowState])


@blueprint.get("/new")
def new() -> str:
    """The form of a new one."""
    return _form(None, {"language": LANGUAGES[0], "confidentiality": "internal"}, {})


def _form(card: queries.FlowCard | None, typed: dict[str, Any], errors: dict[str, Any], *, version: int | None = None,
          late: bool = False) -> str:
    with look() as work:
        work.permit(WRITE_FLOW)
        held = card.audience_unit_id if card is not None else None  # saving must not lose it though it was closed
        units = [(unit.code, unit.name) for unit in audiences(work.session, held) if unit.parent_id is not None]
    wrong = errors.get("body")
    nodes = wrong if isinstance(wrong, dict) else {}
    if nodes:
        errors = errors | {"body": [sentence(N_("It cannot be published like this."))]}
    return render_template("knowledge/flows/edit.html", card=card, typed=typed, errors=errors, nodes=nodes, version=version, late=late,
                           units=units, most=LONGEST, levels=[(one, label(one, Confidentiality)) for one in LEVELS],
                           languages=[(LANGUAGES[0], sentence(N_("Chinese"))), (LANGUAGES[1], sentence(N_("English")))])


@blueprint.post("")
def create() -> Response:
    """Keep it as a draft, or publish it at once."""
    try:
        data = load(FlowInput, form_data())
        with begin() as work:
            row = usecases.new_flow(work, draft_of(work.session, data), publish=data["publish"])
    except InvalidInput as error:
        return make_response(_form(None, form_data(), told_fields(error)), error.status)
    flash(sentence(N_("%(number)s is kept."), {"number": row.number}), "ok")
    return go(url_for(".about", flow_id=row.id))


@blueprint.post("/import")
def take_in() -> Response:
    """A file that came from here, or from another centre, as a new draft."""
    with look() as work:
        work.permit(WRITE_FLOW)
    sent = request.files.get("file")
    raw = sent.read(1_000_001) if sent is not None else b""
    try:
        found = json.loads(raw.decode("utf-8-sig")) if 0 < len(raw) <= 1_000_000 else None
    except (ValueError, RecursionError):
        found = None
    try:
        if not isinstance(found, dict):
            raise InvalidInput({"file": [N_("This is no file of a guided flow.")]})
        data = load(FlowInput, found | {"publish": False})
        with begin() as work:
            row = usecases.new_flow(work, draft_of(work.session, data))
    except InvalidInput as error:
        told = told_fields(error)
        kept = {"language": LANGUAGES[0], "confidentiality": "internal"}
        return make_response(_form(None, kept, told if "file" in told else {"file": [sentence(error.sentence), *map(str, told)]}),
                             error.status)
    flash(sentence(N_("%(number)s is kept as a draft."), {"number": row.number}), "ok")
    return go(url_for(".about", flow_id=row.id))


def _card(flow_id: int, *, newest: bool = True, ordinal: int | None = None) -> queries.FlowCard:
    with look() as work:
        return queries.flow_card(work.session, work.actor, flow_id, newest=newest, ordinal=ordinal)


@blueprint.get("/<int:flow_id>/about")
def about(flow_id: int) -> str:
    """One flow as its writers see it: text, what it lacks, versions, what may be done."""
    return _page(flow_id)


def _page(flow_id: int, *, act: str = "", errors: dict[str, Any] | None = None, why: str = "") -> str:
    require(current_actor(), WRITE_FLOW)
    card = _card(flow_id)
    with look() as work:
        links = queries.linked(work.session, work.actor, card.nodes)
    return render_template("knowledge/flows/about.html", card=card, links=links, offers=verbs.offered(current_actor(), card),
                           show=showing, act=act, errors=errors or {}, typed=form_data() if act else {}, why=why,
                           levels=Confidentiality, may_count=can(current_actor(), SEE_WALKS))


@blueprint.get("/<int:flow_id>/edit")
def edit_page(flow_id: int) -> str:
    """The form of another version."""
    card = _card(flow_id)
    with look() as work:
        code = unit_code(work.session, card.audience_unit_id)
    typed = {"title": card.title, "summary": card.summary, "body": card.body, "aliases": "\n".join(card.aliases),
             "language": card.language, "confidentiality": card.confidentiality, "unit": code}
    return _form(card, typed, {}, version=card.version)


@blueprint.post("/<int:flow_id>/edit")
def edit(flow_id: int) -> Response:
    """Keep another version; somebody else's newer one is a conflict, never overwritten."""
    version = wanted_version()
    try:
        data = load(FlowInput, form_data())
        with begin() as work:
            verbs.act(work, flow_id, "edit", {"unit": None} | data, version)  # an empty choice of the form is the whole centre
    except InvalidInput as error:
        return make_response(_form(_card(flow_id), form_data(), told_fields(error), version=version), error.status)
    except Stale:
        card = _card(flow_id)
        return make_response(_form(card, form_data(), {}, version=card.version, late=True), 409)
    flash(sentence(verbs.BY_NAME["publish" if data["publish"] else "edit"].said), "ok")
    return go(url_for(".about", flow_id=flow_id))


@blueprint.post("/<int:flow_id>/<any(publish, revert, retire):name>")
def act(flow_id: int, name: str) -> Response:
    """Publish the newest version, an earlier one again, or retire the flow."""
    try:
        data = load(verbs.BY_NAME[name].schema)
        with begin() as work:
            verbs.act(work, flow_id, name, data, wanted_version())
    except InvalidInput as error:
        return make_response(_page(flow_id, act=name, errors=told_fields(error), why=sentence(error.sentence)), error.status)
    except (RuleBroken, Stale) as error:
        return make_response(_page(flow_id, act=name, why=sentence(error.sentence)), error.status)
    flash(sentence(verbs.BY_NAME[name].said), "ok")
    return go(url_for(".about", flow_id=flow_id))


@blueprint.get("/<int:flow_id>/preview")
def preview(flow_id: int) -> str:
    """Try a version out: nothing is recorded, each choice is a link."""
    asked = query_data(Trying)
    require(current_actor(), WRITE_FLOW)
    card = _card(flow_id, ordinal=asked["ordinal"])
    choices = [int(one) for one in asked["path"].split(".") if one]
    try:
        stops = trail(card.nodes, choices) if card.nodes else []
    except BadChoice:
        choices, stops = [], trail(card.nodes, [])
    with look() as work:
        screen = queries.screen_of(work.session, work.actor, stops) if stops else None

    def place(path: list[int]) -> str:
        return url_for(".preview", flow_id=flow_id, ordinal=asked["ordinal"], path=".".join(map(str, path)) or None)

    return render_template("knowledge/flows/preview.html", card=card, screen=screen, show=showing,
                           to=lambda choice: place([*choices, choice]), back_to=lambda at: place(choices[:at]))


@blueprint.get("/<int:flow_id>/export")
def export(flow_id: int) -> Response:
    """The newest version as a file that can be taken in again."""
    require(current_actor(), WRITE_FLOW)
    card = _card(flow_id)
    with look() as work:
        body = file_json(card, unit_code(work.session, card.audience_unit_id))
    answer = Response(json.dumps(body, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(card.number)}.json"
    return answer


@blueprint.get("/<int:flow_id>/walks")
def walks(flow_id: int) -> str | Response:
    """How a flow is walked: counts by question, where it is left, and the single walks below."""
    asked = query_data(WalksList)
    chosen = {name: asked[name] for name in ("q", "end", "ordinal")}
    with look() as work:
        found = counting.counts(work.session, work.actor, flow_id, work.now, ordinal=asked["ordinal"])
        card = queries.flow_card(work.session, work.actor, flow_id)
        if asked["format"]:
            lines, rest = counting.walk_lines(work.session, work.actor, flow_id, work.now, **chosen, limit=MOST_EXPORTED)
            rows = showing.walk_rows(lines, lambda at: local(at, settings().timezone))
            return table_answer(asked["format"], card.number, [sentence(one) for one in showing.WALKS_HEAD],
                                ended(rows, len(lines), more=rest is not None), name=f"{card.number}-walks")
        lines, following = counting.walk_lines(work.session, work.actor, flow_id, work.now, **chosen, before=asked["cursor"],
                                               limit=PAGE)
        total = counting.count_walks(work.session, work.actor, flow_id, work.now, **chosen)
    return render_template("knowledge/flows/walks.html", card=card, found=found, asked=asked, lines=lines, next_cursor=following,
                           total=total, show=showing, ends=[(one.value, label(one)) for one in WalkEnd])


@blueprint.get("/<int:flow_id>/counts")
def counts(flow_id: int) -> Response:
    """The counts by question and choice as a table to take away."""
    asked = query_data(WalksList)
    with look() as work:
        found = counting.counts(work.session, work.actor, flow_id, work.now, ordinal=asked["ordinal"])
        card = queries.flow_card(work.session, work.actor, flow_id)
    return table_answer(asked["format"] or "csv", card.number, [sentence(one) for one in showing.COUNTS_HEAD],
                        showing.count_rows(found), name=f"{card.number}-counts")
