"""Onboarding as JSON: classes, lists, timetable, the board, one newcomer, the own day, every act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import part_of, posting, reply
from kmsvc.core.i18n import sentence
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import InputSchema, ReasonInput
from kmsvc.core.web import current_actor, load, look, query_data, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.onboarding import classing, doing, inputs, queries, signing, timetabling, usecases
from kmsvc.training.onboarding.allowing import allowed
from kmsvc.training.onboarding.one import card_of, look_at_many, secret_of
from kmsvc.training.onboarding.overdue import overdue as overdue_of
from kmsvc.training.onboarding.permissions import SEE_OWN_ONBOARDING
from kmsvc.training.onboarding.showing import (
    card_json,
    class_json,
    day_json,
    hour_json,
    line_json,
    overdue_json,
)
from kmsvc.training.onboarding.today import day_of_person

blueprint = Blueprint("training_onboarding_api", __name__, url_prefix="/api/v1/training/onboarding")


@blueprint.get("/classes")
@says(query=inputs.ClassesQuery)
def classes() -> Response:
    """Classes this caller sees, newest first."""
    require(current_actor(), SEE_OWN_ONBOARDING)
    asked = query_data(inputs.ClassesQuery)
    with look() as work:
        found = queries.classes(work.session, work.actor, q=asked["q"], state=asked["state"], today=today())
        return reply(part_of(found, asked, class_json))


@blueprint.get("/newcomers")
@says(query=inputs.NewcomersQuery)
def newcomers() -> Response:
    """Newcomers of all classes this caller sees with their weeks, by name."""
    require(current_actor(), SEE_OWN_ONBOARDING)
    asked = query_data(inputs.NewcomersQuery)
    with look() as work:
        found = queries.newcomers(work.session, work.actor, today(), class_id=asked["class_id"], mentor=asked["mentor"],
                                  unit=asked["unit"], state=asked["state"], q=asked["q"])
        noted = look_at_many(work.session, work.actor, [one.person_id for one in found], "board", asked["class_id"])
    shown(noted, Place.PROGRAM)
    return reply(part_of(found, asked, line_json))


@blueprint.get("/overdue")
@says(query=inputs.OverdueQuery)
def overdue() -> Response:
    """What is overdue of the newcomers this caller sees, the oldest first."""
    require(current_actor(), SEE_OWN_ONBOARDING)
    asked = query_data(inputs.OverdueQuery)
    with look() as work:
        found = overdue_of(work, today(), class_id=asked["class_id"], what=asked["what"], q=asked["q"])
        return reply(part_of(found, asked, overdue_json))


@blueprint.get("/today")
def own_day() -> Response:
    """The day of the caller: the own onboarding, newcomers they mentor, classes they teach."""
    require(current_actor(), SEE_OWN_ONBOARDING)
    with look() as work:
        return reply(day_json(day_of_person(work, today())))


@blueprint.post("/classes")
@says(body=doing.ClassInput, status=201)
def plan() -> Response:
    """Plan a class."""
    data = load(doing.ClassInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = doing.plan(work, data)
        return class_json(row), 201, row.version
    return posting(effect)


@blueprint.get("/classes/<int:class_id>")
def board(class_id: int) -> Response:
    """One class with its newcomers and their weeks, its timetable and its lists."""
    with look() as work:
        body = _class(work, class_id)
        noted = look_at_many(work.session, work.actor, [one["person_id"] for one in body["trainees"]], "board", class_id)
    shown(noted, Place.PROGRAM)
    return reply(body)


def _class(work: Work, class_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.class_of(work.session, work.actor, class_id)
    return class_json(row) | {
        "trainees": [line_json(one) for one in queries.board(work.session, work.actor, class_id, today())],
        "timetable": [hour_json(one) for one in queries.timetable(work.session, class_id)],
        "lists": [classing.item_json(one) for one in classing.items_of(work, class_id)]}


def _on_class(run: Callable[[Work, int, Any], Any], schema: type[InputSchema] | None, said: str) -> Callable[..., Response]:
    def answer(class_id: int, data: Any) -> Response:
        def effect(work: Work) -> tuple[Any, int, int | None]:
            run(work, class_id, data)
            return _class(work, class_id), 200, None
        return posting(effect)

    if schema is None:
        @says(summary=said)
        def bare(class_id: int) -> Response:
            return answer(class_id, None)
        return bare

    @says(body=schema, summary=said)
    def view(class_id: int) -> Response:
        return answer(class_id, load(schema))
    return view


_CLASS_ACTS: dict[str, tuple[Callable[[Work, int, Any], Any], type[InputSchema], str]] = {
    "change": (lambda work, one, data: doing.change(work, one, data, wanted_version()), doing.ClassInput, "Change a class."),
    "join": (doing.join, doing.TraineeInput, "Take somebody into a class."),
    "copy": (lambda work, one, data: doing.copy(work, one, data, sentence), doing.CopyInput, "Copy a timetable."),
    "hand_in_day": (lambda work, one, data: doing.hand_in_day(work, one, data, today()), doing.DayInput,
                    "Fill in the training forms of a day for several newcomers as their class teacher."),
    **{name: (run, schema, said) for name, (schema, run, said) in doing.CLASS_ACTS.items()},
}
for _name, (_run, _schema, _said) in _CLASS_ACTS.items():
    blueprint.add_url_rule(f"/classes/<int:class_id>/{_name}", endpoint=f"class_{_name}", view_func=_on_class(_run, _schema, _said),
                           methods=["POST"])


@blueprint.post("/classes/<int:class_id>/join_many")
@says(body=doing.NewcomersInput)
def join_many(class_id: int) -> Response:
    """Take several in; every one is told, with the reason where one is refused."""
    data = load(doing.NewcomersInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        told = doing.join_many(work, class_id, data)
        return {"read": len(told), "added": sum(not one.said for one in told),
                "refused": [{"row": one.row, "words": one.words, "reason": sentence(one.said)} for one in told if one.said]}, 200, None
    return posting(effect)


def _on_row(find: Callable[[Work, int, Any], Any], schema: type[InputSchema] | None, said: str, key: str) -> Callable[..., Response]:
    def answer(row_id: int, data: Any) -> Response:
        def effect(work: Work) -> tuple[Any, int, int | None]:
            return _class(work, find(work, row_id, data).class_id), 200, None
        return posting(effect)

    if schema is None:
        @says(summary=said)
        def bare(**ids: int) -> Response:
            return answer(ids[key], None)
        return bare

    @says(body=schema, summary=said)
    def view(**ids: int) -> Response:
        return answer(ids[key], load(schema))
    return view


_ROW_ACTS: tuple[tuple[str, str, Callable[[Work, int, Any], Any], type[InputSchema] | None, str], ...] = (
    ("hours", "change", lambda work, one, data: timetabling.change_hour(work, one, **data), doing.HourInput,
     "Change a line of a timetable."),
    ("hours", "remove", lambda work, one, data: timetabling.remove_hour(work, one), None, "Take a line of a timetable away."),
    ("items", "change", lambda work, one, data: classing.change_item(work, one, title=data["title"]), inputs.ItemWords,
     "Other words for a point of a list."),
    ("items", "move", lambda work, one, data: classing.move_item(work, one), None, "Move a point of a list up by one place."),
    ("items", "remove", lambda work, one, data: classing.remove_item(work, one, reason=data["reason"]), inputs.WhyInput,
     "Let a class do without a point of a list."),
    ("items", "restore", lambda work, one, data: classing.restore_item(work, one), None, "Put a point back on its list."),
)
for _things, _name, _find, _wanted, _said in _ROW_ACTS:
    _key = {"hours": "hour_id", "items": "point_id"}[_things]
    blueprint.add_url_rule(f"/{_things}/<int:{_key}>/{_name}", endpoint=f"{_things}_{_name}",
                           view_func=_on_row(_find, _wanted, _said, _key), methods=["POST"])


@blueprint.get("/trainees/<int:trainee_id>")
def show(trainee_id: int) -> Response:
    """One newcomer: weeks, forms, lists, results, talks, decisions. A look at somebody else's is noted."""
    with look() as work:
        body, secret = _one(work, trainee_id), secret_of(work.session, work.actor, trainee_id)
    shown(secret, Place.PROGRAM)
    return reply(body)


def _one(work: Work, trainee_id: int) -> dict[str, Any]:
    work.session.flush()
    card = card_of(work, trainee_id, today())
    return card_json(card) | {"allowed": allowed(card, today())}


def _view(name: str) -> Any:
    schema, act, said = doing.ACTS[name]

    @says(body=schema, summary=said)
    def view(trainee_id: int) -> Response:
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            queries.visible(work.session, work.actor, trainee_id)
            act(work, trainee_id, data, today(), version)
            return _one(work, trainee_id), 200, None
        return posting(effect)
    return view


for _name in doing.ACTS:
    blueprint.add_url_rule(f"/trainees/<int:trainee_id>/{_name}", endpoint=f"do_{_name}", view_func=_view(_name), methods=["POST"])


@blueprint.post("/trainees/<int:joined_id>/take_out")
@says()
def take_out(joined_id: int) -> Response:
    """Take somebody out of a class who was taken in by mistake."""
    def effect(work: Work) -> tuple[Any, int, int | None]:
        queries.visible(work.session, work.actor, joined_id)
        return _class(work, classing.take_out(work, joined_id).id), 200, None
    return posting(effect)


@blueprint.post("/decisions/<int:decision_id>/undo")
@says(body=ReasonInput)
def undo(decision_id: int) -> Response:
    """Take a decision back."""
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        made = usecases.undo_decision(work, decision_id, reason=data["reason"], today=today())
        return _one(work, made.trainee_id), 200, None
    return posting(effect)


@blueprint.post("/talks/<int:talk_id>/sign")
@says(body=inputs.SignInput)
def sign_talk(talk_id: int) -> Response:
    """Sign as the newcomer what was said in a talk."""
    data = load(inputs.SignInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return _one(work, signing.sign_talk(work, talk_id, word=data["word"]).trainee_id), 200, None
    return posting(effect)


@blueprint.post("/decisions/<int:decision_id>/sign")
@says(body=inputs.SignInput)
def sign_decision(decision_id: int) -> Response:
    """Sign as the newcomer that one was told of a decision."""
    data = load(inputs.SignInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return _one(work, signing.sign_decision(work, decision_id, word=data["word"]).trainee_id), 200, None
    return posting(effect)
