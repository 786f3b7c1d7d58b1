"""Pages of bulletins: the list, one, who has read it, writing and correcting, and the light question of every page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from marshmallow import fields, validate

from kmsvc.convert.sending import ended, table_answer
from kmsvc.core.callers import is_fragment
from kmsvc.core.errors import InvalidInput, NotFound, Refusal, RuleBroken, Stale
from kmsvc.core.i18n import label, local, sentence
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Choice, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    database,
    form_data,
    go,
    load,
    look,
    query_data,
    safe_target,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.knowledge.bulletins import queries, showing, usecases, verbs
from kmsvc.knowledge.bulletins.permissions import READ_BULLETIN, SEND_BULLETIN
from kmsvc.knowledge.bulletins.readers import NOBODY, reach, readers
from kmsvc.knowledge.bulletins.rules import LONGEST, BulletinState, BulletinUrgency
from kmsvc.knowledge.bulletins.schemas import READ_STATES, STATES, URGENCIES, BulletinInput, message_of
from kmsvc.people.units.queries import open_units

blueprint = Blueprint("knowledge_bulletins_pages", __name__, url_prefix="/knowledge/bulletins")

PAGE = 50
MOST_EXPORTED = 20_000
USUAL = timedelta(hours=8)
CLOCK = "%Y-%m-%dT%H:%M"  # as a browser's field for day and time sends and takes it


class ListQuery(InputSchema):
    """The filters of the list, all in the address."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(STATES)
    urgency = Choice(URGENCIES)
    cursor = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


class ReadersList(InputSchema):
    """The filters of the people who are to read it."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(READ_STATES)
    unit = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    cursor = Whole(load_default=0, validate=validate.Range(min=0))
    format = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["csv", "xlsx"]))


@blueprint.get("")
def index() -> str | Response:
    """Bulletins this person may see, newest first, with filters in the address and an export of what is shown."""
    require(current_actor(), READ_BULLETIN)
    asked = query_data(ListQuery)
    chosen = {name: asked[name] for name in ("q", "state", "urgency")}
    with look() as work:
        if asked["format"]:
            lines, rest = queries.bulletin_lines(work.session, work.actor, work.now, **chosen, limit=MOST_EXPORTED)
            rows = showing.export_rows(lines, lambda at: local(at, settings().timezone))
            return table_answer(asked["format"], sentence(N_("Bulletins")), [sentence(one) for one in showing.HEAD],
                                ended(rows, len(lines), more=rest is not None), name=f"bulletins-{today().isoformat()}")
        lines, following = queries.bulletin_lines(work.session, work.actor, work.now, **chosen, before=asked["cursor"], limit=PAGE)
        total = queries.count_bulletins(work.session, work.actor, work.now, **chosen)
    return render_template("knowledge/bulletins/index.html", asked=asked, lines=lines, next_cursor=following, total=total,
                           show=showing, states=[(one.value, label(one)) for one in BulletinState], urgencies=_urgencies())


def _urgencies() -> list[tuple[str, str]]:
    return [(one.value, label(one)) for one in BulletinUrgency]


@blueprint.get("/now")
def now() -> Response:
    """What every open page asks now and then: the banner, or «as before» where nothing is new for this person."""
    require(current_actor(), READ_BULLETIN)
    banner = showing.Banner(current_actor())
    answer = make_response("" if request.if_none_match.contains(banner.tag) else
                           render_template("knowledge/bulletins/_banner.html", banner=banner))
    answer.status_code = 200 if answer.get_data() else 304
    answer.set_etag(banner.tag)
    return answer


@blueprint.get("/new")
def new() -> str:
    """The form of a new one."""
    at = local(database().clock() + USUAL, settings().timezone).replace(minute=0)
    return _form(None, {"urgency": "urgent", "ends_at": at.strftime(CLOCK), "units": []}, {})


def _form(card: queries.BulletinCard | None, typed: dict[str, Any], errors: dict[str, Any], *, version: int | None = None,
          late: bool = False, why: str = "") -> str:
    with look() as work:
        work.permit(SEND_BULLETIN)
        units = [(unit.code, unit.name) for unit in open_units(work.session) if unit.parent_id is not None]
    return render_template("knowledge/bulletins/edit.html", card=card, typed=typed, errors=errors, version=version, late=late,
                           why=why, units=units, urgencies=_urgencies(), most=LONGEST, show=showing)


def _sent() -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the form sent, what stands in its fields when it comes back)."""
    units = request.form.getlist("units")
    return form_data() | {"units": ",".join(units)}, form_data() | {"units": units}


@blueprint.post("")
def create() -> Response:
    """Hang it up."""
    sent, typed = _sent()
    try:
        data = load(BulletinInput, sent)
        with begin() as work:
            row = usecases.send_bulletin(work, message_of(work.session, data, settings().timezone))
    except InvalidInput as error:
        return make_response(_form(None, typed, told_fields(error)), error.status)
    flash(sentence(N_("%(number)s is out."), {"number": row.number}), "ok")
    return go(url_for(".show", bulletin_id=row.id))


def _card(bulletin_id: int) -> queries.BulletinCard:
    with look() as work:
        return queries.bulletin_card(work.session, work.actor, bulletin_id, work.now)


@blueprint.get("/<int:bulletin_id>")
def show(bulletin_id: int) -> str:
    """One bulletin: its text, its earlier texts, how far it is read, what this person may do."""
    return _page(bulletin_id)


def _page(bulletin_id: int, *, errors: dict[str, Any] | None = None, typed: dict[str, Any] | None = None, why: str = "") -> str:
    card = _card(bulletin_id)
    return render_template("knowledge/bulletins/show.html", card=card, offers=verbs.offered(current_actor(), card), show=showing,
                           errors=errors or {}, typed=typed or {}, why=why)


@blueprint.get("/<int:bulletin_id>/rate")
def rate(bulletin_id: int) -> str:
    """How far it is read, asked for again and again by the open page of who may know."""
    card = _card(bulletin_id)
    if card.rate is None:
        raise NotFound()
    return render_template("knowledge/bulletins/_rate.html", card=card)


@blueprint.get("/<int:bulletin_id>/readers")
def readers_page(bulletin_id: int) -> str | Response:
    """Who has read it and who has not: everybody for who sent it, the own team for a leader."""
    asked = query_data(ReadersList)
    card = _card(bulletin_id)
    with look() as work:
        within = reach(work.session, work.actor)
        if within == NOBODY:
            raise NotFound()
        found = readers(work.session, work.actor, card.standing, q=asked["q"], state=asked["state"], unit_id=asked["unit"])
        units = [(unit.id, unit.name) for unit in open_units(work.session) if within is None or unit.id in within]
    if asked["format"]:
        rows = showing.reader_rows(found, lambda at: local(at, settings().timezone))
        return table_answer(asked["format"], card.number, [sentence(one) for one in showing.READERS_HEAD], rows,
                            name=f"{card.number}-readers")
    start = asked["cursor"]
    shown = found[start:start + PAGE]
    return render_template("knowledge/bulletins/readers.html", card=card, asked=asked, shown=shown, total=len(found), units=units,
                           next_cursor=start + PAGE if start + PAGE < len(found) else None,
                           offers=verbs.offered(current_actor(), card))


@blueprint.get("/<int:bulletin_id>/edit")
def edit_page(bulletin_id: int) -> str:
    """The form of a correction."""
    card = _card(bulletin_id)
    return _form(card, _typed(card), {}, version=card.version)


def _typed(card: queries.BulletinCard) -> dict[str, Any]:
    with look() as work:
        codes = [unit.code for unit in open_units(work.session) if unit.id in card.unit_ids]
    zone = settings().timezone
    return {"title": card.title, "body": card.body, "urgency": card.urgency, "must_read": card.must_read, "units": codes,
            "begins_at": local(card.begins_at, zone).strftime(CLOCK), "ends_at": local(card.ends_at, zone).strftime(CLOCK),
            "link": card.link[0] if card.link else None, "again": True}


@blueprint.post("/<int:bulletin_id>/correct")
def correct(bulletin_id: int) -> Response:
    """Put the new text in place; somebody else's newer one is a conflict, never overwritten."""
    sent, typed = _sent()
    version = wanted_version()
    try:
        data = load(verbs.BY_NAME["correct"].schema, sent)
        with begin() as work:
            verbs.act(work, bulletin_id, "correct", data, verbs.Around(settings().timezone, version))
    except InvalidInput as error:
        return make_response(_form(_card(bulletin_id), typed, told_fields(error), version=version), error.status)
    except Stale:
        card = _card(bulletin_id)
        return make_response(_form(card, typed, {}, version=card.version, late=True), 409)
    except RuleBroken as error:
        return make_response(_form(_card(bulletin_id), typed, {}, version=version, why=sentence(error.sentence)), error.status)
    flash(sentence(verbs.BY_NAME["correct"].said), "ok")
    return go(url_for(".show", bulletin_id=bulletin_id))


@blueprint.post("/<int:bulletin_id>/<any(end, remind):name>")
def act(bulletin_id: int, name: str) -> Response:
    """End it early, or remind who has not read it."""
    try:
        data = load(verbs.BY_NAME[name].schema)
        with begin() as work:
            verbs.act(work, bulletin_id, name, data, verbs.Around(settings().timezone, wanted_version()))
    except InvalidInput as error:
        return make_response(_page(bulletin_id, errors=told_fields(error), typed=form_data()), error.status)
    except RuleBroken as error:
        return make_response(_page(bulletin_id, typed=form_data(), why=sentence(error.sentence)), error.status)
    flash(sentence(verbs.BY_NAME[name].said), "ok")
    return go(safe_target(request.form.get("then"), url_for(".show", bulletin_id=bulletin_id)))


@blueprint.post("/<int:bulletin_id>/read")
def read(bulletin_id: int) -> Response:
    """One key: read. A script gets the banner as it is now, a browser the page it came from."""
    data = load(verbs.BY_NAME["read"].schema)
    try:
        with begin() as work:
            verbs.act(work, bulletin_id, "read", data, verbs.Around(settings().timezone))
    except Refusal as error:
        if error.status != 409 or not is_fragment():
            raise
    if is_fragment():
        return make_response(render_template("knowledge/bulletins/_banner.html", banner=showing.Banner(current_actor())))
    return go(safe_target(request.form.get("then"), url_for(".show", bulletin_id=bulletin_id)))
