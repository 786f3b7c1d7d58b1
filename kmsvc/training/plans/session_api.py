"""Sessions as JSON: the list, one with its people and feedback, planning and changing, attendance; the own ones, signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.core.api import cursor_id, page, posting, reply
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import Day, InputSchema
from kmsvc.core.telling import told
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.plans import attending, codes, holding, queries, session_queries, session_verbs
from kmsvc.training.plans.permissions import ATTEND, MAKE_PLANS, SEE_PLANS
from kmsvc.training.plans.rules import FACTOR_LABELS
from kmsvc.training.plans.session_schemas import (
    TIMES,
    HandInput,
    LetInInput,
    MaterialsInput,
    MinutesInput,
    RateInput,
    SessionChange,
    SessionInput,
    SessionsQuery,
    SignInInput,
    card_json,
    filters_of,
    line_json,
    mine_json,
    trainer_json,
)

blueprint = Blueprint("training_sessions_api", __name__, url_prefix="/api/v1/training/plans")
HAND: dict[str, Callable[..., Any]] = {"came": attending.sign_in_by_hand, "out": attending.take_out,
                                    "again": attending.put_again, "gone": attending.take_back_sign_in}


class DayQuery(InputSchema):
    """Of which day."""

    day = Day(required=True)


@blueprint.get("/sessions")
@says(query=SessionsQuery)
def list_sessions() -> Response:
    """Sessions: those to come first, soonest first, then the past ones."""
    require(current_actor(), SEE_PLANS)
    asked = query_data(SessionsQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = session_queries.session_lines(work.session, work.actor, work.now, filters_of(asked), skip=start,
                                                     limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([line_json(one) for one in lines], following if following < total else None, total=total))


@blueprint.get("/mine")
def mine() -> Response:
    """The own sessions, by time."""
    require(current_actor(), ATTEND)
    with look() as work:
        return reply(page([mine_json(one) for one in session_queries.my_sessions(work.session, work.actor)]))


@blueprint.get("/<int:plan_id>/trainers")
@says(query=DayQuery)
def list_trainers(plan_id: int) -> Response:
    """Who may teach the course of a plan on a day (#79)."""
    require(current_actor(), MAKE_PLANS)
    asked = query_data(DayQuery)
    with look() as work:
        plan = queries.visible(work.session, work.actor, plan_id)
        found = session_queries.trainer_choices(work.session, plan.course_id, asked["day"])
    return reply(page([trainer_json(one, told(list(one.against))) for one in found]))


def _whole(work: Work, meeting_id: int) -> dict[str, Any]:
    work.session.flush()
    card = session_queries.session_card(work.session, work.actor, meeting_id)
    row = session_queries.visible(work.session, work.actor, meeting_id)
    return card_json(card, session_verbs.offers_for(work.actor, row, work.now, today()))


@blueprint.post("/<int:plan_id>/sessions")
@says(body=SessionInput)
def create(plan_id: int) -> Response:
    """Plan a session; what speaks against it stands under `anyway` until there is a reason."""
    data, version = load(SessionInput), wanted_version()

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = holding.plan_session(work, plan_id, **{name: data[name] for name in TIMES}, unseated=data["unseated"],
                                   zone=settings().timezone, version=version)
        return _whole(work, row.id), 200, row.version
    return posting(effect)


@blueprint.get("/sessions/<int:meeting_id>")
def show(meeting_id: int) -> Response:
    """One session with its people and what was said of it."""
    with look() as work:
        body = _whole(work, meeting_id)
        return reply(body, version=body["version"])


@blueprint.get("/sessions/<int:meeting_id>/code")
def code(meeting_id: int) -> Response:
    """The code of now for another display: it counts for about a minute; the next one comes at `until`."""
    with look() as work:
        holding.permit_holding(work, session_queries.visible(work.session, work.actor, meeting_id))
        return reply({"code": codes.code_for(settings().secret_key, meeting_id, work.now), "until": codes.turn_ends(work.now)})


def _do(meeting_id: int, act: Callable[[Work], Any]) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        act(work)
        body = _whole(work, meeting_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _whole(work, meeting_id))


@blueprint.post("/sessions/<int:meeting_id>/edit")
@says(body=SessionChange)
def change(meeting_id: int) -> Response:
    """Move or change it; everybody concerned is told."""
    data, version, zone = load(SessionChange), wanted_version(), settings().timezone
    return _do(meeting_id, lambda work: holding.move(work, meeting_id, **{name: data[name] for name in TIMES}, reason=data["reason"],
                                                     zone=zone, version=version))


@blueprint.post("/sessions/<int:meeting_id>/minutes")
@says(body=MinutesInput)
def minutes(meeting_id: int) -> Response:
    """Change the minutes of one that was held."""
    data, version = load(MinutesInput), wanted_version()
    return _do(meeting_id, lambda work: holding.change_minutes(work, meeting_id, minutes=data["minutes"], version=version))


@blueprint.post("/sessions/<int:meeting_id>/materials")
@says(body=MaterialsInput)
def materials(meeting_id: int) -> Response:
    """What there is to read."""
    data, version = load(MaterialsInput), wanted_version()
    return _do(meeting_id, lambda work: holding.set_materials(work, meeting_id, materials=data["materials"], version=version))


@blueprint.post("/sessions/<int:meeting_id>/let_in")
@says(body=LetInInput)
def let_in(meeting_id: int) -> Response:
    """Somebody who is on no list."""
    data = load(LetInInput)
    return _do(meeting_id, lambda work: attending.let_in(work, meeting_id, login=data["login"], reason=data["reason"]))


def _hand_of(name: str, label: str) -> Any:
    @says(body=HandInput, summary=label)
    def view(meeting_id: int) -> Response:
        data = load(HandInput)

        def act(work: Work) -> None:
            for one in data["person"]:
                HAND[name](work, meeting_id, person=one, reason=data["reason"])
        return _do(meeting_id, act)
    return view


for _name, _label in (("came", "These people are here"), ("out", "Take people out of the session"),
                      ("again", "Put people in again who left the session"),
                      ("gone", "They were not here after all")):
    blueprint.add_url_rule(f"/sessions/<int:meeting_id>/people/{_name}", endpoint=f"people_{_name}", view_func=_hand_of(_name, _label),
                           methods=["POST"])


def _view_of(name: str) -> Any:
    schema = session_verbs.VERBS[name].schema()

    @says(body=schema, summary=session_verbs.VERBS[name].label)
    def view(meeting_id: int) -> Response:
        data, version = load(schema), wanted_version()
        return _do(meeting_id, lambda work: session_verbs.act(work, meeting_id, name, data, settings().timezone, today(), version))
    return view


for _name in session_verbs.VERBS:
    blueprint.add_url_rule(f"/sessions/<int:meeting_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])


@blueprint.get("/sessions/<int:meeting_id>/mine")
def show_mine(meeting_id: int) -> Response:
    """One session as it concerns this caller."""
    with look() as work:
        return reply(mine_json(session_queries.my_session(work.session, work.actor, meeting_id)))


def _own(meeting_id: int, act: Callable[[Work], Any]) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        act(work)
        work.session.flush()
        return mine_json(session_queries.my_session(work.session, work.actor, meeting_id)), 200, None
    return posting(effect)


@blueprint.post("/sessions/<int:meeting_id>/join")
@says(body=InputSchema)
def join(meeting_id: int) -> Response:
    """Take a seat, or a place on the waiting list."""
    load(InputSchema)
    return _own(meeting_id, lambda work: attending.join(work, meeting_id))


@blueprint.post("/sessions/<int:meeting_id>/leave")
@says(body=InputSchema)
def leave(meeting_id: int) -> Response:
    """Give the place back."""
    load(InputSchema)
    return _own(meeting_id, lambda work: attending.leave(work, meeting_id))


@blueprint.post("/sessions/<int:meeting_id>/sign-in")
@says(body=SignInInput)
def sign_in(meeting_id: int) -> Response:
    """I am here: with the code that is on the wall now."""
    data, secret = load(SignInInput), settings().secret_key

    def act(work: Work) -> None:
        work.permit(ATTEND)
        codes.check_code(secret, meeting_id, data["code"], work.now)
        attending.sign_in(work, meeting_id, take_seat=data["take_seat"])
    return _own(meeting_id, act)


@blueprint.post("/sessions/<int:meeting_id>/feedback")
@says(body=RateInput)
def rate(meeting_id: int) -> Response:
    """What one thinks of it, once."""
    data = load(RateInput)
    return _own(meeting_id, lambda work: attending.rate(work, meeting_id, marks={name: data[name] for name in FACTOR_LABELS},
                                                        said=data["said"]))
