"""Pages of questions: the list with what it can be exported as, one with its key, figures and versions, what a candidate sees of it,
what may be done with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.core.errors import NotFound, Refusal
from kmsvc.core.i18n import is_chinese, sentence
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
from kmsvc.files.queries import address_of
from kmsvc.knowledge.citations import showing as citing_shown
from kmsvc.knowledge.citations.queries import cites_of
from kmsvc.knowledge.citations.rules import CitationState
from kmsvc.training.questions import listing, showing, verbs
from kmsvc.training.questions.exporting import losses, taken_out, written
from kmsvc.training.questions.figures import asked_by, figures_of
from kmsvc.training.questions.formats.every import FORMATS
from kmsvc.training.questions.kinds import Kind
from kmsvc.training.questions.permissions import SEE_QUESTIONS, TAKE_QUESTIONS, WRITE_QUESTIONS
from kmsvc.training.questions.queries import bank_names
from kmsvc.training.questions.rules import Band, State, Why
from kmsvc.training.questions.saying import LOST
from kmsvc.training.questions.schemas import QuestionFilters, filters_of
from kmsvc.training.questions.usecases import LANGUAGES, QUESTION

blueprint = Blueprint("training_questions_pages", __name__, url_prefix="/training/questions")

PAGE = 50


def languages() -> list[tuple[str, str]]:
    """The languages questions are written in."""
    return [(LANGUAGES[0], sentence(N_("Chinese"))), (LANGUAGES[1], sentence(N_("English")))]


def choices(work: Work) -> dict[str, Any]:
    """What a list is narrowed by and what a form chooses from."""
    deep = [(one.id, "\u3000" * one.level + one.name) for one in listing.topic_lines(work.session, work.actor)]
    return {"banks": list(bank_names(work.session).items()), "topics": deep, "languages": languages(),
            "kinds": [(one.value, sentence(one.label)) for one in Kind], "bands": [(one.value, sentence(one.label)) for one in Band],
            "states": [(one.value, sentence(one.label)) for one in State], "whys": [(one.value, sentence(one.label)) for one in Why]}


@blueprint.get("")
def index() -> str:
    """Questions, the newest first, with filters in the address."""
    require(current_actor(), SEE_QUESTIONS)
    asked = query_data(QuestionFilters)
    filters = filters_of(asked)
    with look() as work:
        found = listing.lines(work.session, work.actor, filters, before=asked["cursor"], limit=PAGE + 1)
        return render_template(
            "training/questions/index.html", asked=asked, lines=found[:PAGE], show=showing,
            total=listing.count_lines(work.session, work.actor, filters), next_cursor=found[PAGE - 1].id if len(found) > PAGE else None,
            authors=listing.authors(work.session), processes=listing.processes(work.session), formats=FORMATS,
            may_write=can(work.actor, WRITE_QUESTIONS), may_take=can(work.actor, TAKE_QUESTIONS), **choices(work))


def _asked() -> dict[str, Any]:
    return {name: value for name, value in query_data(QuestionFilters).items() if value is not None and name not in ("form", "cursor")}


@blueprint.get("/export")
def export() -> str:
    """What a format cannot hold of the questions of the list, said before it is taken."""
    require(current_actor(), TAKE_QUESTIONS)
    asked = query_data(QuestionFilters)
    form = FORMATS[asked["form"] or "xlsx"]
    with look() as work:
        items = taken_out(work, filters_of(asked), form.name)
    lost = [(sentence(LOST[code]), numbers) for code, numbers in losses(items, form).items()]
    return render_template("training/questions/export.html", form=form, items=items, lost=lost, asked=_asked(), formats=FORMATS)


@blueprint.get("/export/file")
def export_file() -> Response:
    """The file, with the keys."""
    require(current_actor(), TAKE_QUESTIONS)
    asked = query_data(QuestionFilters)
    form = FORMATS[asked["form"] or "xlsx"]
    with look() as work:
        items = taken_out(work, filters_of(asked), form.name)
        data = written(work, items, form, settings().files_dir, "zh" if is_chinese() else "en")
    answer = Response(data, mimetype=form.media_type.split(";")[0])
    answer.headers["Content-Type"] = form.media_type
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'questions-{today().isoformat()}.{form.ending}')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<int:question_id>")
def show(question_id: int) -> str:
    """One question: its words with the key, what it rests on, figures, versions, and what may be done with it."""
    return _page(question_id)


def _page(question_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        one = listing.line(work.session, work.actor, question_id)
        said = listing.content(work.session, one.version_id)
        offers = {each.verb: each for each in verbs.offers_for(work.session, work.actor, one, today())}
        return render_template(
            "training/questions/show.html", line=one, show=showing, offers=offers, refused=refused,
            whole=showing.whole(said, address_of(work.session, work.actor)) if said is not None else None, question=said,
            versions=listing.versions(work.session, work.actor, question_id),
            flags=listing.flags_of(work.session, work.actor, question_id),
            figures=figures_of(work.session, work.actor, one, said), uses=asked_by(work.session, work.actor, question_id),
            cites=cites_of(work.session, work.actor, QUESTION, question_id),
            cite=citing_shown, CitationState=CitationState, may_write=can(work.actor, WRITE_QUESTIONS))


@blueprint.post("/<int:question_id>/<any(activate, unflag, flag, move, withdraw):name>")
def act(question_id: int, name: str) -> Response:
    """Do it; what was typed comes back with the reason when it is refused."""
    typed = form_data()
    try:
        data = load(verbs.VERBS[name].schema(), typed)
        with begin() as work:
            verbs.act(work, question_id, name, data, today(), wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(question_id, refused=(name, {**typed, "errors": told.errors}, told.said)), error.status)
    flash(sentence(verbs.VERBS[name].said), "ok")
    return go(url_for(".show", question_id=question_id))


@blueprint.get("/<int:question_id>/preview")
def preview(question_id: int) -> str:
    """The question as a candidate sees it; `seed` in the address gives another order."""
    require(current_actor(), SEE_QUESTIONS)
    seed = request.args.get("seed", "1")[:20]
    with look() as work:
        one = listing.line(work.session, work.actor, question_id)
        said = listing.content(work.session, one.version_id)
        if said is None:
            raise NotFound()
        faced = showing.faced(said, f"preview {seed}", address_of(work.session, work.actor))
    return render_template("training/questions/preview.html", line=one, faced=faced, seed=seed, show=showing,
                           following=str(int(seed) + 1) if seed.isdecimal() else "1")


@blueprint.get("/<int:question_id>/versions/<int:no>")
def version(question_id: int, no: int) -> str:
    """One version, with what it changed of the one before it."""
    require(current_actor(), SEE_QUESTIONS)
    with look() as work:
        one = listing.line(work.session, work.actor, question_id)
        held, said = listing.version_at(work.session, work.actor, question_id, no)
        changes = showing.difference(listing.version_at(work.session, work.actor, question_id, no - 1)[1], said) if no > 1 else []
        return render_template("training/questions/version.html", line=one, held=held, show=showing, changes=changes,
                               whole=showing.whole(said, address_of(work.session, work.actor)),
                               versions=listing.versions(work.session, work.actor, question_id))
