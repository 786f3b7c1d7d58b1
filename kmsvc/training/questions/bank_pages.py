"""Pages of banks and topics: lists, making and changing one, removing it and back, the figures of a bank."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for

from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, wanted_version
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.questions import banks, listing, showing
from kmsvc.training.questions.figures import bank_figures
from kmsvc.training.questions.permissions import SEE_QUESTIONS, WRITE_QUESTIONS
from kmsvc.training.questions.schemas import BankInput, TopicInput, keeper_of

blueprint = Blueprint("training_question_bank_pages", __name__, url_prefix="/training/questions")


def _keepers(work: Work) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in directory(work.session).active() if WRITE_QUESTIONS.name in one.permissions]


@blueprint.get("/banks")
def list_banks() -> str:
    """Banks with how many questions stand how, and the form of a new one."""
    return _banks({}, {})


def _banks(typed: dict[str, Any], errors: dict[str, Any], why: str = "") -> str:
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        return render_template("training/questions/banks.html", lines=listing.bank_lines(work.session, work.actor), show=showing,
                               gone=listing.bank_lines(work.session, work.actor, removed=True), typed=typed, errors=errors, why=why,
                               keepers=_keepers(work), may_write=can(work.actor, WRITE_QUESTIONS))


@blueprint.post("/banks")
def make_bank() -> Response:
    """Make a bank."""
    typed = form_data()
    try:
        data = load(BankInput, typed)
        with begin() as work:
            row = banks.make_bank(work, data["name"], about=data["about"] or "", keeper_id=keeper_of(work, data["keeper"]))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_banks(typed, told.errors, told.why), error.status)
    flash(sentence(N_("%(number)s is kept."), {"number": row.number}), "ok")
    return go(url_for(".show_bank", bank_id=row.id))


@blueprint.get("/banks/<int:bank_id>")
def show_bank(bank_id: int) -> str:
    """One bank: its counts, what exams measured of it, what may be done."""
    return _bank(bank_id, None, {})


def _bank(bank_id: int, typed: dict[str, Any] | None, errors: dict[str, Any], why: str = "") -> str:
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        line = listing.bank_line(work.session, work.actor, bank_id)
        held = {"name": line.name, "about": line.about, "keeper": line.keeper_id}
        return render_template("training/questions/bank.html", line=line, figures=bank_figures(work.session, work.actor, bank_id),
                               typed=held if typed is None else typed, errors=errors, why=why, show=showing, keepers=_keepers(work),
                               may_write=can(work.actor, WRITE_QUESTIONS))


@blueprint.post("/banks/<int:bank_id>/edit")
def edit_bank(bank_id: int) -> Response:
    """Another name, other words or another keeper."""
    typed = form_data()
    try:
        data = load(BankInput, typed)
        with begin() as work:
            banks.change_bank(work, bank_id, data["name"], about=data["about"] or "", keeper_id=keeper_of(work, data["keeper"]),
                              version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_bank(bank_id, typed, told.errors, told.why), error.status)
    flash(sentence(N_("The changes are kept.")), "ok")
    return go(url_for(".show_bank", bank_id=bank_id))


@blueprint.post("/banks/<int:bank_id>/<any(remove, restore):verb>")
def move_bank(bank_id: int, verb: str) -> Response:
    """Remove it, or put it back."""
    try:
        with begin() as work:
            if verb == "remove":
                banks.remove_bank(work, bank_id, reason=load(ReasonInput, form_data())["reason"])
            else:
                banks.restore_bank(work, bank_id)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_bank(bank_id, None, told.errors, told.said), error.status)
    flash(sentence(N_("It is removed. It can be put back.") if verb == "remove" else N_("It is back.")), "ok")
    return go(url_for(".list_banks") if verb == "remove" else url_for(".show_bank", bank_id=bank_id))


@blueprint.get("/topics")
def list_topics() -> str:
    """The tree of topics with how many questions each has."""
    return _topics({}, {})


def _topics(typed: dict[str, Any], errors: dict[str, Any], why: str = "", topic_id: int | None = None) -> str:
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        return render_template("training/questions/topics.html", lines=listing.topic_lines(work.session, work.actor), typed=typed,
                               gone=listing.removed_topics(work.session, work.actor), errors=errors, why=why, topic_id=topic_id,
                               may_write=can(work.actor, WRITE_QUESTIONS))


@blueprint.post("/topics")
def make_topic() -> Response:
    """Make a topic."""
    typed = form_data()
    try:
        data = load(TopicInput, typed)
        with begin() as work:
            banks.make_topic(work, data["name"], parent_id=data["parent"])
    except Refusal as error:
        told = form_refused(error)
        return make_response(_topics(typed, told.errors, told.why), error.status)
    flash(sentence(N_("The topic is kept.")), "ok")
    return go(url_for(".list_topics"))


@blueprint.get("/topics/<int:topic_id>")
def show_topic(topic_id: int) -> str:
    """The form of one topic, within the tree."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        found = next((one for one in listing.topic_lines(work.session, work.actor) if one.id == topic_id), None)
    if found is None:
        raise NotFound()
    return _topics({"name": found.name, "parent": found.parent_id, "version": found.version}, {}, topic_id=topic_id)


@blueprint.post("/topics/<int:topic_id>/edit")
def edit_topic(topic_id: int) -> Response:
    """Another name, or another place in the tree."""
    typed = form_data()
    try:
        data = load(TopicInput, typed)
        with begin() as work:
            banks.change_topic(work, topic_id, data["name"], parent_id=data["parent"], version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_topics(typed, told.errors, told.why, topic_id), error.status)
    flash(sentence(N_("The changes are kept.")), "ok")
    return go(url_for(".list_topics"))


@blueprint.post("/topics/<int:topic_id>/<any(remove, restore):verb>")
def move_topic(topic_id: int, verb: str) -> Response:
    """Remove it, or put it back."""
    try:
        with begin() as work:
            if verb == "remove":
                banks.remove_topic(work, topic_id, reason=load(ReasonInput, form_data())["reason"])
            else:
                banks.restore_topic(work, topic_id)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_topics({}, told.errors, told.said), error.status)
    flash(sentence(N_("It is removed. It can be put back.") if verb == "remove" else N_("It is back.")), "ok")
    return go(url_for(".list_topics"))
