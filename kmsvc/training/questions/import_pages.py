"""Bringing questions in on a page: choose files, see line by line what would happen, say what columns are, let it happen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from kmsvc.convert.receiving import Waiting, drop, keep, waiting
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused, told_fields
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, go, load, look, settings
from kmsvc.files.pictures import picture_keeper
from kmsvc.markup.cleaning import name_on_disk
from kmsvc.training.questions import showing
from kmsvc.training.questions.formats.choosing import CODES
from kmsvc.training.questions.formats.every import READ
from kmsvc.training.questions.importing import read_files, reason_of, take_in
from kmsvc.training.questions.looking import looks_at, remember, remembered, words_chosen
from kmsvc.training.questions.pages import languages
from kmsvc.training.questions.permissions import WRITE_QUESTIONS
from kmsvc.training.questions.queries import bank_names
from kmsvc.training.questions.schemas import ImportForm, into_of, said_of
from kmsvc.training.questions.usecases import QUESTION

blueprint = Blueprint("training_question_import_pages", __name__, url_prefix="/training/questions/import")

PLACE = "question-imports"
MOST_FILES = 10
LINES_SHOWN = 2_000


@blueprint.get("")
def upload_form() -> str:
    """Choose files and a bank."""
    return _form({}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    require(current_actor(), WRITE_QUESTIONS)
    with look() as work:
        banks = list(bank_names(work.session).values())
    return render_template("training/questions/import.html", typed=typed, errors=errors, banks=banks, languages=languages(),
                           endings=",".join(READ))


@blueprint.post("")
def upload() -> Response:
    """Keep the files, and go to what would happen."""
    require(current_actor(), WRITE_QUESTIONS)
    typed = form_data()
    wrong: dict[str, Any] = {}
    data: dict[str, Any] = {}
    given = [one for one in request.files.getlist("file") if one.filename]
    if not given:
        wrong["file"] = [sentence(N_("Choose a file."))]
    elif len(given) > MOST_FILES:
        wrong["file"] = [sentence(N_("At most %(most)s files at once."), {"most": MOST_FILES})]
    for one in given:
        if Path(one.filename or "").suffix.lower() not in READ:
            wrong["file"] = [sentence(N_("%(name)s: questions come as xlsx, xls, csv, GIFT, xml, txt, zip or json."),
                                      {"name": one.filename})]
    try:
        data = load(ImportForm, typed)
        said_of(data)
    except InvalidInput as error:
        wrong |= told_fields(error)
    if wrong:
        return make_response(_form(typed, wrong), 422)
    tokens = [keep(PLACE, one, name_on_disk(one.filename or "")) for one in given]
    held = [waiting(PLACE, token) for token in tokens]
    if not data["columns"]:
        data["columns"] = ",".join(remembered(_memory(), looks_at(_files(held), None)))
    return go(url_for(".dry_run", token="-".join(tokens), **_kept(data)))


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is not True else "1" for name, value in data.items() if value not in (None, "", False)}


def _memory() -> Path:
    return Path(settings().data_dir) / "question-columns.json"


def _held(tokens: str) -> list[Waiting]:
    return [waiting(PLACE, token) for token in tokens.split("-")[:MOST_FILES]]


def _files(held: list[Waiting]) -> list[tuple[Path, str]]:
    return [(one.path, one.name) for one in held]


@blueprint.get("/<token>")
def dry_run(token: str) -> Response | str:
    """What would happen, line by line, refused ones first."""
    require(current_actor(), WRITE_QUESTIONS)
    try:
        data = load(ImportForm, {name: request.args[name] for name in request.args})
        return _result(token, data, dry=True)
    except InvalidInput as error:
        return make_response(_form(dict(request.args), told_fields(error)), error.status)


@blueprint.post("/<token>")
def take(token: str) -> Response | str:
    """Read the files again with other columns, or do it."""
    require(current_actor(), WRITE_QUESTIONS)
    typed = form_data()
    held = _held(token)
    try:
        data = load(ImportForm, {name: typed[name] for name in typed if name in ImportForm().fields})
        if typed.get("act") == "read":
            looks = looks_at(_files(held), said_of(data))
            words = words_chosen(looks, typed)
            old = {word.rpartition("=")[0]: word for word in (data["columns"] or "").split(",") if "=" in word}
            data["columns"] = ",".join((old | {word.rpartition("=")[0]: word for word in words}).values())
            said_of(data)
            return go(url_for(".dry_run", token=token, **_kept(data)))
        answer = _result(token, data, dry=False)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors or {"file": [told.said]}), error.status)
    if data["columns"]:
        remember(_memory(), looks_at(_files(held), None), data["columns"].split(","))
    for one in held:
        if one.path.exists():
            drop(one.path.parent)
    return answer


def _result(token: str, data: dict[str, Any], *, dry: bool) -> Response | str:
    held, into = _held(token), into_of(data)
    if not held:
        raise NotFound()
    broken: BrokenOff | None = None
    try:
        report = take_in(database(), current_actor(), read_files(_files(held), into.columns), into, dry_run=dry,
                         keep_picture=picture_keeper(settings().files_dir, QUESTION))
    except BrokenOff as error:
        report, broken = error.report, error
    order = {"rejected": 0, "updated": 1, "created": 2, "unchanged": 3}
    lines = sorted(report.lines, key=lambda one: order[one.outcome])
    warnings = report.warnings(lambda source, params: sentence(source, params))
    if broken is not None:
        warnings.append(sentence(broken.sentence, broken.params))
    page = render_template(
        "training/questions/report.html", report=report, lines=lines[:LINES_SHOWN], more=max(0, len(lines) - LINES_SHOWN), dry=dry,
        token=token, data=data, sent=_kept(data), warnings=warnings, show=showing, names=[one.name for one in held],
        reason=lambda one: reason_of(one, lambda source, params: sentence(source, params)),
        looks=looks_at(_files(held), into.columns) if dry else [], codes=[(code, sentence(word)) for code, word in CODES.items()])
    return make_response(page, broken.status) if broken else page
