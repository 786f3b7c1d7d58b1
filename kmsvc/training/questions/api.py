"""Questions, banks and topics as JSON: the list, one with its key and what may be done, versions, figures, files in and out."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from kmsvc.core.api import broken_off, cursor_id, page, part_of, posting, reply
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.i18n import sentence
from kmsvc.core.offers import Act, allowed
from kmsvc.core.openapi import says
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import InputSchema, PageQuery, ReasonInput
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    current_actor,
    database,
    form_data,
    load,
    look,
    query_data,
    settings,
    today,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.files.pictures import picture_keeper
from kmsvc.markup.cleaning import name_on_disk
from kmsvc.training.questions import banks, listing, usecases, verbs
from kmsvc.training.questions.figures import figures_of
from kmsvc.training.questions.importing import read_files, take_in
from kmsvc.training.questions.permissions import SEE_QUESTIONS, WRITE_QUESTIONS
from kmsvc.training.questions.schemas import (
    BankInput,
    ImportForm,
    NewQuestion,
    QuestionInput,
    QuestionsQuery,
    TopicInput,
    around_of,
    bank_json,
    card_json,
    filters_of,
    into_of,
    keeper_of,
    line_json,
    question_in,
    topic_json,
    version_json,
)
from kmsvc.training.questions.usecases import QUESTION

blueprint = Blueprint("training_questions_api", __name__, url_prefix="/api/v1/training/questions")


@blueprint.get("")
@says(query=QuestionsQuery)
def index() -> Response:
    """Questions this caller may see, the newest first, without their keys."""
    require(current_actor(), SEE_QUESTIONS)
    asked = query_data(QuestionsQuery)
    limit = asked["limit"]
    with look() as work:
        found = listing.lines(work.session, work.actor, filters_of(asked), before=cursor_id(asked["cursor"]), limit=limit + 1)
    return reply(page([line_json(one) for one in found[:limit]], found[limit - 1].id if len(found) > limit else None))


def _whole(work: Work, question_id: int) -> dict[str, Any]:
    work.session.flush()
    line = listing.line(work.session, work.actor, question_id)
    said = listing.content(work.session, line.version_id)
    if said is None:
        raise NotFound()
    return card_json(line, said, listing.flags_of(work.session, work.actor, question_id),
                     verbs.offers_for(work.session, work.actor, line, today()))


@blueprint.post("")
@says(body=NewQuestion, status=201)
def create() -> Response:
    """Write a question into a bank."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(NewQuestion)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.write_question(work, data["bank"], question_in(data["question"]), around_of(work, data), active=data["active"])
        return _whole(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/<int:question_id>")
def show(question_id: int) -> Response:
    """One with its words, its key and what this caller may do."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        body = _whole(work, question_id)
    return reply(body, version=body["version"])


@blueprint.post("/<int:question_id>/edit")
@says(body=QuestionInput)
def edit(question_id: int) -> Response:
    """Say it otherwise: the next version, when it says something else."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(QuestionInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = usecases.change_question(work, question_id, question_in(data["question"]), around_of(work, data),
                                       reason=data["reason"] or "", version=wanted_version())
        body = _whole(work, question_id)
        return body, 200, row.version
    return posting(effect, theirs=lambda work: _whole(work, question_id))


def _view_of(name: str) -> Any:
    schema = verbs.VERBS[name].schema()

    @says(body=schema, summary=verbs.VERBS[name].label)
    def view(question_id: int) -> Response:
        require(current_actor(), WRITE_QUESTIONS)
        data, version = load(schema), wanted_version()

        def effect(work: Work) -> tuple[Any, int, int | None]:
            row = verbs.act(work, question_id, name, data, today(), version)
            return _whole(work, question_id), 200, row.version
        return posting(effect, theirs=lambda work: _whole(work, question_id))
    return view


for _name in verbs.VERBS:
    blueprint.add_url_rule(f"/<int:question_id>/{_name}", endpoint=f"do_{_name}", view_func=_view_of(_name), methods=["POST"])


@blueprint.get("/<int:question_id>/versions")
@says(query=PageQuery)
def versions(question_id: int) -> Response:
    """Every version, the newest first."""
    require(current_actor(), SEE_QUESTIONS)
    asked = query_data(PageQuery)
    with look() as work:
        found = listing.versions(work.session, work.actor, question_id)
    return reply(part_of(found, asked, version_json))


@blueprint.get("/<int:question_id>/versions/<int:no>")
def version(question_id: int, no: int) -> Response:
    """One version with its words and key."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        held, said = listing.version_at(work.session, work.actor, question_id, no)
    return reply(version_json(held, said))


@blueprint.get("/<int:question_id>/figures")
def figures(question_id: int) -> Response:
    """What exams measured of it: difficulty, discrimination, options, reliability."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        line = listing.line(work.session, work.actor, question_id)
        found = figures_of(work.session, work.actor, line, listing.content(work.session, line.version_id))
    if found is None:
        return reply({"item": None, "options": [], "exams": [], "remarks": []})
    return reply({"item": asdict(found.item), "options": [asdict(one) for one in found.options], "exams": [
        {"exam_id": one.exam_id, "exam": one.exam, "item": asdict(one.item), "reliability": one.reliability, "current": one.current,
         "url": one.url} for one in found.exams], "remarks": [asdict(one) for one in found.remarks]})


@blueprint.post("/import")
@says(form=ImportForm)
def import_files() -> Response:
    """Bring questions in out of files (multipart, `file` as often as there are); the report of contract section 5 in the answer."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(ImportForm, form_data())
    given = [one for one in request.files.getlist("file") if one.filename]
    if not given:
        raise InvalidInput({"file": [N_("Choose a file.")]})
    into = into_of(data)
    with tempfile.TemporaryDirectory(prefix=".questions-", dir=settings().data_dir) as place:
        files = []
        for number, one in enumerate(given):
            name = name_on_disk(one.filename or "")
            path = Path(place) / f"{number}{Path(name).suffix.lower()}"
            one.save(path)
            files.append((path, name))
        try:
            report = take_in(database(), current_actor(), read_files(files, into.columns), into, dry_run=data["dry_run"],
                             keep_picture=picture_keeper(settings().files_dir, QUESTION))
        except BrokenOff as error:
            return broken_off(error, error.report.as_json(lambda source, params: sentence(source, params)))
    return reply(report.as_json(lambda source, params: sentence(source, params)))


@blueprint.get("/banks")
@says(query=PageQuery)
def list_banks() -> Response:
    """Banks with how many questions stand how."""
    require(current_actor(), SEE_QUESTIONS)
    asked = query_data(PageQuery)
    with look() as work:
        found = listing.bank_lines(work.session, work.actor)
    return reply(part_of(found, asked, bank_json))


def _bank(work: Work, bank_id: int) -> dict[str, Any]:
    work.session.flush()
    line = listing.bank_line(work.session, work.actor, bank_id)
    gone = line.removed_at is not None
    return bank_json(line) | {"allowed": _kept(work, f"/api/v1/training/questions/banks/{bank_id}", BankInput, gone)}


def _kept(work: Work, base: str, schema: type[InputSchema], removed: bool) -> list[dict[str, Any]]:
    """What this caller may do with a bank or a topic now."""
    if not can(work.actor, WRITE_QUESTIONS):
        return []
    return allowed(base, [Act("restore")] if removed else [Act("edit", schema), Act("remove", ReasonInput)])


@blueprint.post("/banks")
@says(body=BankInput, status=201)
def make_bank() -> Response:
    """Make a bank."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(BankInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = banks.make_bank(work, data["name"], about=data["about"] or "", keeper_id=keeper_of(work, data["keeper"]))
        return _bank(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/banks/<int:bank_id>")
def show_bank(bank_id: int) -> Response:
    """One bank."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        body = _bank(work, bank_id)
    return reply(body, version=body["version"])


@blueprint.post("/banks/<int:bank_id>/edit")
@says(body=BankInput)
def edit_bank(bank_id: int) -> Response:
    """Another name, other words or another keeper."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(BankInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = banks.change_bank(work, bank_id, data["name"], about=data["about"] or "", keeper_id=keeper_of(work, data["keeper"]),
                                version=wanted_version())
        return _bank(work, bank_id), 200, row.version
    return posting(effect, theirs=lambda work: _bank(work, bank_id))


@blueprint.post("/banks/<int:bank_id>/remove")
@says(body=ReasonInput)
def remove_bank(bank_id: int) -> Response:
    """Remove an empty bank."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        banks.remove_bank(work, bank_id, reason=data["reason"])
        return _bank(work, bank_id), 200, None
    return posting(effect)


@blueprint.post("/banks/<int:bank_id>/restore")
def restore_bank(bank_id: int) -> Response:
    """Put it back."""
    require(current_actor(), WRITE_QUESTIONS)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        banks.restore_bank(work, bank_id)
        return _bank(work, bank_id), 200, None
    return posting(effect)


@blueprint.get("/topics")
@says(query=PageQuery)
def list_topics() -> Response:
    """The tree of topics from top to bottom."""
    require(current_actor(), SEE_QUESTIONS)
    asked = query_data(PageQuery)
    with look() as work:
        found = listing.topic_lines(work.session, work.actor)
    return reply(part_of(found, asked, topic_json))


def _topic(work: Work, topic_id: int) -> dict[str, Any]:
    work.session.flush()
    found = next((one for one in listing.topic_lines(work.session, work.actor) if one.id == topic_id), None)
    if found is None:
        raise NotFound()
    return topic_json(found) | {"allowed": _kept(work, f"/api/v1/training/questions/topics/{topic_id}", TopicInput, False)}


@blueprint.post("/topics")
@says(body=TopicInput, status=201)
def make_topic() -> Response:
    """Make a topic."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(TopicInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = banks.make_topic(work, data["name"], parent_id=data["parent"])
        return _topic(work, row.id), 201, row.version
    return posting(effect)


@blueprint.get("/topics/<int:topic_id>")
def show_topic(topic_id: int) -> Response:
    """One topic."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        body = _topic(work, topic_id)
    return reply(body, version=body["version"])


@blueprint.post("/topics/<int:topic_id>/edit")
@says(body=TopicInput)
def edit_topic(topic_id: int) -> Response:
    """Another name, or another place in the tree."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(TopicInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = banks.change_topic(work, topic_id, data["name"], parent_id=data["parent"], version=wanted_version())
        return _topic(work, topic_id), 200, row.version
    return posting(effect, theirs=lambda work: _topic(work, topic_id))


@blueprint.post("/topics/<int:topic_id>/remove")
@says(body=ReasonInput)
def remove_topic(topic_id: int) -> Response:
    """Remove a topic with nothing below it."""
    require(current_actor(), WRITE_QUESTIONS)
    data = load(ReasonInput)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        row = banks.remove_topic(work, topic_id, reason=data["reason"])
        return {"id": row.id, "name": row.name, "removed": True}, 200, None
    return posting(effect)


@blueprint.post("/topics/<int:topic_id>/restore")
def restore_topic(topic_id: int) -> Response:
    """Put it back."""
    require(current_actor(), WRITE_QUESTIONS)

    def effect(work: Work) -> tuple[Any, int, int | None]:
        banks.restore_topic(work, topic_id)
        return _topic(work, topic_id), 200, None
    return posting(effect)
