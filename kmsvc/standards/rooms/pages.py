"""Pages of rooms for the house: the list, a new one, one with its guests and requests, and every look. The room itself: room_pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import label, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    NOBODY,
    begin,
    current_actor,
    database,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    today,
    told_fields,
    wanted_version,
)
from kmsvc.people.accounts.directory import directory
from kmsvc.people.sessions.cookie import with_cookie
from kmsvc.standards.models.queries import model_lines
from kmsvc.standards.rooms import queries, showing, usecases, verbs
from kmsvc.standards.rooms.entering import NOT_SAME, enter, invitation
from kmsvc.standards.rooms.permissions import ANSWER_ROOM, KEEP_ROOMS, SEE_ROOMS
from kmsvc.standards.rooms.rules import LookKind, RoomState
from kmsvc.standards.rooms.schemas import NewRoom, RoomEntry, RoomLooksAsked, RoomsAsked, clauses_of_text

blueprint = Blueprint("standards_rooms_pages", __name__, url_prefix="/standards/rooms")
PAGE = 50
MOST_EXPORTED = 20_000


@blueprint.get("")
def index() -> str | Response:
    """All rooms, the newest first."""
    actor = current_actor()
    require(actor, SEE_ROOMS)
    asked = query_data(RoomsAsked)
    with look() as work:
        if asked["format"]:
            cards, rest = queries.room_cards(work.session, actor, q=asked["q"], state=asked["state"], limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Auditor's rooms"), showing.HEAD, [showing.room_row(one, today()) for one in cards],
                               name="rooms", more=rest is not None)
        cards, following = queries.room_cards(work.session, actor, q=asked["q"], state=asked["state"], after=asked["cursor"], limit=PAGE)
        return render_template("standards/rooms/index.html", asked=asked, cards=cards, next_cursor=following, show=showing,
                               total=queries.count_rooms(work.session, asked["q"], asked["state"]), keeps=can(actor, KEEP_ROOMS),
                               states=[(one.value, label(one)) for one in RoomState], today=today())


def _form(typed: dict[str, Any], errors: dict[str, Any] | None = None, why: str = "") -> str:
    with look() as work:
        require(work.actor, KEEP_ROOMS)
        return render_template(
            "standards/rooms/new.html", typed=typed, errors=errors or {}, why=why,
            models=[(one.code, f"{one.title_zh} {one.edition}") for one in model_lines(work.session) if one.newest],
            keepers=[(one.id, f"{one.name} {one.login}") for one in directory(work.session).active()
                     if ANSWER_ROOM.name in one.permissions and one.logins])


@blueprint.get("/new")
def new() -> str:
    """The form of a new room."""
    day = today()
    return _form({"year": day.year, "from_on": day, "until_on": day + timedelta(days=14), "keeper": current_actor().person_id})


@blueprint.post("")
def create() -> Response:
    """Open a room."""
    typed = form_data()
    try:
        data = load(NewRoom, typed)
        with begin() as work:
            made = usecases.open_room(work, **opened(data), today=today())
    except Refusal as error:
        if error.status not in (409, 422):
            raise
        told = form_refused(error)
        return make_response(_form(typed, told.errors, told.said), error.status)
    flash(sentence(N_("The room is open. Invite who shall see it.")), "ok")
    return go(url_for(".show", room_id=made.id))


def opened(data: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `open_room`."""
    return {"title": data["title"], "model": data["model"], "year": data["year"], "clauses": clauses_of_text(data["clauses"]),
            "as_of": data["as_of"], "from_on": data["from_on"], "until_on": data["until_on"], "keeper_id": data["keeper"]}


@blueprint.get("/<int:room_id>")
def show(room_id: int) -> str:
    """One room as the house keeps it."""
    return _page(room_id)


def _page(room_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    with look() as work:
        require(work.actor, SEE_ROOMS)
        row = queries.visible_room(work.session, work.actor, room_id, today())
        asked = queries.requests_of(work.session, row.id)
        return render_template(
            "standards/rooms/show.html", card=queries.room_card(work.session, row), show=showing, refused=refused, today=today(),
            guests=queries.guests_of(work.session, row.id, work.now), requests=asked, verbs=verbs.ROOM_VERBS,
            offers={one.verb: one for one in verbs.room_offers(work, row, today())}, keeps=can(work.actor, KEEP_ROOMS),
            looks=queries.looks_of(work.session, row.id, limit=8)[0], days_left=(row.until_on - today()).days)


@blueprint.post("/<int:room_id>/<any(invite, change, revoke, close, reopen):name>")
def act(room_id: int, name: str) -> Response:
    """Do something with a room."""
    typed = form_data()
    try:
        data = load(verbs.ROOM_VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act_on_room(work, room_id, name, data, today(), wanted_version(), settings().timezone)
    except (InvalidInput, Refusal) as error:
        if isinstance(error, NotFound) or error.status in (401, 403):
            raise
        told = form_refused(error)
        return make_response(_page(room_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.ROOM_VERBS[name].said), "ok")
    return go(url_for(".show", room_id=room_id))


@blueprint.get("/<int:room_id>/looks")
def looks(room_id: int) -> str | Response:
    """Every look of the guests."""
    asked = query_data(RoomLooksAsked)
    with look() as work:
        require(work.actor, SEE_ROOMS)
        row = queries.visible_room(work.session, work.actor, room_id, today())
        if asked["format"]:
            lines, rest = queries.looks_of(work.session, row.id, person_id=asked["person"], what=asked["what"], limit=MOST_EXPORTED)
            return list_answer(asked["format"], N_("Looks"), showing.LOOK_HEAD, [showing.look_row(*one) for one in lines],
                               name=f"looks-{row.number}", more=rest is not None)
        lines, following = queries.looks_of(work.session, row.id, person_id=asked["person"], what=asked["what"],
                                            after=asked["cursor"], limit=PAGE)
        return render_template("standards/rooms/looks.html", card=queries.room_card(work.session, row), lines=lines, asked=asked,
                               next_cursor=following, show=showing, whats=[(one.value, label(one)) for one in LookKind],
                               people=[(one.person_id, one.name) for one in queries.guests_of(work.session, row.id, work.now)])


@blueprint.get("/enter/<invited>")
def enter_form(invited: str) -> str:
    """Where the link of an invitation leads: choose a password."""
    return _enter(invited)


def _enter(invited: str, errors: dict[str, Any] | None = None) -> str:
    with database().look(NOBODY) as work:
        found = invitation(work, invited[:200])
        return render_template("standards/rooms/enter.html", room=found.room, login=found.login, name=found.person.name,
                               errors=errors or {}, invited=invited)


@blueprint.post("/enter/<invited>")
def do_enter(invited: str) -> Response:
    """Use the link up: the password counts, and the way goes on to the one-time codes."""
    try:
        data = load(RoomEntry, {name: value for name, value in form_data().items() if name != "again"})
        if data["new"] != request.form.get("again"):
            raise InvalidInput({"again": [NOT_SAME]})
        session = enter(database(), NOBODY, invited[:200], password=data["new"], address=request.remote_addr or "",
                        browser=request.user_agent.string)
    except InvalidInput as error:
        return make_response(_enter(invited, told_fields(error)), 422)
    if session is None:
        flash(sentence(N_("The password counts. Sign in with it and a code of your app.")), "ok")
        return go("/sign-in")
    return with_cookie(go("/people/me/factor"), session)


