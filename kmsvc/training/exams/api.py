"""Exams as JSON: the list, one with its people and its checklist, planning, people, announcing; the own exams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from kmsvc.access.guard import shown
from kmsvc.access.rules import Place
from kmsvc.core.api import cursor_id, page, part_of, posting, reply
from kmsvc.core.i18n import sentence
from kmsvc.core.openapi import says
from kmsvc.core.permissions import require
from kmsvc.core.schemas import PageQuery, ReasonInput
from kmsvc.core.web import current_actor, load, look, query_data, settings, today, wanted_version
from kmsvc.core.work import Work
from kmsvc.training.exams import doing, mine, queries, usecases
from kmsvc.training.exams.allowing import acts_on
from kmsvc.training.exams.checking import checklist
from kmsvc.training.exams.clashes import clashes_of, results_in
from kmsvc.training.exams.filling import FIGURES, LABELS, TIMES, differences
from kmsvc.training.exams.lists import told_json
from kmsvc.training.exams.permissions import PLAN_EXAM, SEE_EXAMS, SEE_MY_EXAMS
from kmsvc.training.exams.schemas import (
    CancelInput,
    CopyInput,
    ExamInput,
    ExamsQuery,
    ExtraInput,
    MakeUpInput,
    MarkersInput,
    PeopleInput,
    RoomsInput,
    RuleInput,
    RulesInput,
    candidate_json,
    changes_of,
    filters_of,
    in_zone,
    line_json,
    rooms_in,
)
from kmsvc.training.exams.usecases import Wish

blueprint = Blueprint("training_exams_api", __name__, url_prefix="/api/v1/training/exams")


@blueprint.get("")
@says(query=ExamsQuery)
def index() -> Response:
    """Exams this caller may see, those that open last first."""
    require(current_actor(), SEE_EXAMS)
    asked = query_data(ExamsQuery)
    start = cursor_id(asked["cursor"]) or 0
    with look() as work:
        lines, total = queries.exam_lines(work.session, work.actor, work.now, filters_of(asked), skip=start, limit=asked["limit"])
    following = start + asked["limit"]
    return reply(page([line_json(one) for one in lines], following if following < total else None, total=total))


def _whole(work: Work, exam_id: int) -> dict[str, Any]:
    work.session.flush()
    row = queries.visible(work.session, work.actor, exam_id)
    held = {name: getattr(row, name) for name in LABELS}
    shown = {name: str(held[name]) if name in ("border", "limit") else held[name] for name in (*TIMES, *FIGURES, "about", "course_id",
                                                                                             "proves_id", "process_id")}
    return line_json(queries.exam_line(work.session, work.actor, exam_id, work.now)) | shown | {
        "differs": sorted(differences(held, settings().timezone)), "published_at": row.published_at, "released_at": row.released_at,
        "rooms": [{"name": one.name, "seats": one.seats} for one in queries.rooms_of(work.session, exam_id)],
        "markers": queries.markers_of(work.session, exam_id), "reason": row.reason,
        "allowed": acts_on(work, row, settings().timezone)}


@blueprint.get("/<int:exam_id>")
def show(exam_id: int) -> Response:
    """One exam with its rules, rooms and markers, and what differs from its template."""
    require(current_actor(), SEE_EXAMS)
    with look() as work:
        body = _whole(work, exam_id)
    return reply(body, version=body["version"])


@blueprint.get("/<int:exam_id>/candidates")
@says(query=PageQuery)
def candidates(exam_id: int) -> Response:
    """Who is to sit it, and what speaks against somebody."""
    require(current_actor(), SEE_EXAMS)
    asked = query_data(PageQuery)
    with look() as work:
        row = queries.visible(work.session, work.actor, exam_id)
        cards, clashes = queries.candidates_of(work.session, row), clashes_of(work.session, row)
        noted = results_in(row, clashes)
    shown(noted, Place.PROGRAM)
    return reply(part_of(cards, asked, lambda one: candidate_json(one) | {"clashes": [
        sentence(clash.said, dict(clash.params)) for clash in clashes.get(one.person_id, [])]}))


@blueprint.get("/<int:exam_id>/checklist")
def check(exam_id: int) -> Response:
    """Everything that matters before it is announced."""
    require(current_actor(), PLAN_EXAM)
    with look() as work:
        points = checklist(work, queries.visible(work.session, work.actor, exam_id), settings().timezone)
    return reply({"ready": all(one.kind != "bad" for one in points), "points": [
        {"code": one.code, "kind": one.kind, "said": sentence(one.said, dict(one.params)), "step": one.step} for one in points]})


@blueprint.get("/mine")
def my_exams() -> Response:
    """The own exams: open now, to come, waiting for results, past; a score only once it is released."""
    require(current_actor(), SEE_MY_EXAMS)
    with look() as work:
        held = mine.mine(work.session, work.actor.person_id or 0, work.now)
    return reply({name: [{
        "id": one.id, "number": one.number, "title": one.title, "state": one.state, "opens_at": one.window.opens_at,
        "closes_at": one.window.closes_at, "minutes": one.minutes, "room": one.room, "sitting": one.running, "attempts_left": one.left,
        "release_at": one.release_at, "score": None if one.score is None else str(one.score),
        "most": None if one.most is None else str(one.most), "passed": one.passed} for one in its] for name, its in held.items()})


@blueprint.post("")
@says(body=ExamInput, status=201)
def create() -> Response:
    """Plan an exam: title, paper and when it opens; everything else comes from the template."""
    data, zone = load(ExamInput), settings().timezone

    def effect(work: Work) -> tuple[Any, int, int | None]:
        changes = {name: value for name, value in changes_of(data, zone).items()
                   if name not in ("title", "paper_id", "template", "opens_at")}
        wish = Wish(data["title"], data["paper"], in_zone(data["opens_at"], zone), data.get("template"), changes)
        row = usecases.plan_exam(work, wish, zone=zone)
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.post("/<int:exam_id>/edit")
@says(body=RulesInput)
def edit(exam_id: int) -> Response:
    """Change what is named; another template fills anew, another opening moves all times along."""
    data, zone, version = load(RulesInput), settings().timezone, wanted_version()
    return _do(exam_id, lambda work: usecases.change_exam(work, exam_id, changes_of(data, zone), zone=zone, reason=data["reason"],
                                                          version=version))


@blueprint.post("/<int:exam_id>/copy")
@says(body=CopyInput)
def copy(exam_id: int) -> Response:
    """A new plan like it at another time."""
    data, zone = load(CopyInput), settings().timezone

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.copy_exam(work, exam_id, in_zone(data["opens_at"], zone), zone=zone, title=data["title"])
        return _whole(work, row.id), 200, row.version
    return posting(effect)


@blueprint.post("/<int:exam_id>/publish")
def publish(exam_id: int) -> Response:
    """Announce it: papers are composed, its people are told."""
    version = wanted_version()
    return _do(exam_id, lambda work: usecases.publish(work, exam_id, zone=settings().timezone, version=version))


@blueprint.post("/<int:exam_id>/take_back")
@says(body=ReasonInput)
def take_back(exam_id: int) -> Response:
    """Plan on it again."""
    data, version = load(ReasonInput), wanted_version()
    return _do(exam_id, lambda work: usecases.take_back(work, exam_id, zone=settings().timezone, reason=data["reason"], version=version))


@blueprint.post("/<int:exam_id>/cancel")
@says(body=CancelInput)
def cancel(exam_id: int) -> Response:
    """It does not take place."""
    data, version = load(CancelInput), wanted_version()
    return _do(exam_id, lambda work: usecases.cancel(work, exam_id, zone=settings().timezone, reason=data["reason"], version=version))


@blueprint.post("/<int:exam_id>/redraw")
def redraw(exam_id: int) -> Response:
    """Compose all papers anew, while nobody has begun."""
    return _do(exam_id, lambda work: usecases.redraw(work, exam_id))


@blueprint.post("/<int:exam_id>/candidates")
@says(body=PeopleInput)
def add(exam_id: int) -> Response:
    """Let people sit it, named by login or by a name that only one bears; every refused one is named with its reason."""
    data = load(PeopleInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return told_json(doing.add_named(work, exam_id, data["people"] or [], data["reason"] or "")), 200, None
    return posting(effect)


@blueprint.post("/<int:exam_id>/find")
@says(body=RuleInput)
def find(exam_id: int) -> Response:
    """Let everybody a rule finds sit it."""
    data = load(RuleInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        done, words = doing.add_by_rule(work, exam_id, data["rule"], data["value"], today(), sentence)
        return {"rule": words, "added": list(done.added), "there": list(done.there)}, 200, None
    return posting(effect)


@blueprint.post("/<int:exam_id>/remove")
@says(body=PeopleInput)
def remove(exam_id: int) -> Response:
    """Take people off the list."""
    data = load(PeopleInput)
    return _do(exam_id, lambda work: doing.act_on_people(work, exam_id, "remove", data))


@blueprint.post("/<int:exam_id>/make_up")
@says(body=MakeUpInput)
def make_up(exam_id: int) -> Response:
    """Let people sit it in the make-up, or in the first window again."""
    data = load(MakeUpInput)
    return _do(exam_id, lambda work: doing.act_on_people(work, exam_id, "make_up", data))


@blueprint.post("/<int:exam_id>/extra")
@says(body=ExtraInput)
def extra(exam_id: int) -> Response:
    """Give one person more time, with the reason."""
    data = load(ExtraInput)
    return _do(exam_id, lambda work: usecases.set_extra(work, exam_id, data["person"], percent=data["percent"] or 0,
                                                        minutes=data["minutes"] or 0, reason=data["reason"]))


@blueprint.post("/<int:exam_id>/rooms")
@says(body=RoomsInput)
def rooms(exam_id: int) -> Response:
    """Set the rooms with their seats; people without a seat are placed."""
    data = load(RoomsInput)
    return _do(exam_id, lambda work: usecases.set_rooms(work, exam_id, rooms_in(data)))


@blueprint.post("/<int:exam_id>/markers")
@says(body=MarkersInput)
def markers(exam_id: int) -> Response:
    """Set who marks it."""
    data = load(MarkersInput)
    return _do(exam_id, lambda work: usecases.set_markers(work, exam_id, doing.people_in(work, data["markers"], "markers")))


def _do(exam_id: int, act: Callable[[Work], Any]) -> Response:
    def effect(work: Work) -> tuple[Any, int, int | None]:
        act(work)
        body = _whole(work, exam_id)
        return body, 200, body["version"]
    return posting(effect, theirs=lambda work: _whole(work, exam_id))
