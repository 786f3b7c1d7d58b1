"""Bringing questions in on a page: choose files, see line by line what would happen, say what columns are, let it happen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for

from kmsvc.convert.receiving import Waiting, drop, keep, waiting
from kmsvc.convert.sending import list_answer
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.permissions import require
from kmsvc.core.telling import form_refused, told_fields
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, go, load, look, query_data, settings
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
from kmsvc.training.questions.schemas import ImportForm, LinesQuery, into_of, said_of
from kmsvc.training.questions.usecases import QUESTION

blueprint = Blueprint("training_question_import_pages", __name__, url_prefix="/training/questions/import")

PLACE, DONE = "question-imports", "question-reports"
MOST_FILES = 10
PAGE = 200
ORDER = {"rejected": 0, "updated": 1, "created": 2, "unchanged": 3}
"""outcome -> where its lines stand in a report"""


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
    """What would happen, or of an import that was done what did, line by line, refused ones first; narrowed, taken away as a sheet."""
    require(current_actor(), WRITE_QUESTIONS)
    asked = query_data(LinesQuery)
    try:
        held = waiting(DONE, token)
    except NotFound:
        pass
    else:
        return _lines(ReportShown(**json.loads(held.path.read_text("utf-8"))), asked, token)
    try:
        data = load(ImportForm, {name: request.args[name] for name in request.args if name in ImportForm().fields})
        return _lines(_taken(token, data, dry=True)[0], asked, token, data)
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
        shown, broken = _taken(token, data, dry=False)
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors or {"file": [told.said]}), error.status)
    if data["columns"]:
        remember(_memory(), looks_at(_files(held), None), data["columns"].split(","))
    for one in held:
        if one.path.exists():
            drop(one.path.parent)
    if broken is not None:
        return make_response(_lines(shown, load(LinesQuery, {}), token), broken.status)
    return go(url_for(".dry_run", token=keep(DONE, shown, "report.json")))


@dataclass(frozen=True)
class ReportShown:
    """A report in the words of who reads it. counts: read, created, updated, unchanged, rejected; lines: where, shown, id, kind,
    outcome, why, question of each, refused ones first."""

    names: list[str]
    bank: str
    bank_id: int | None
    dry: bool
    counts: dict[str, int]
    warnings: list[str]
    lines: list[dict[str, Any]]

    def save(self, path: Path) -> None:
        """Write it to a new file, for the page it is shown on."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")


def _say(source: str, params: dict[str, Any]) -> str:
    return sentence(source, params)


def _taken(token: str, data: dict[str, Any], *, dry: bool) -> tuple[ReportShown, BrokenOff | None]:
    held, into = _held(token), into_of(data)
    if not held:
        raise NotFound()
    broken: BrokenOff | None = None
    try:
        report = take_in(database(), current_actor(), read_files(_files(held), into.columns), into, dry_run=dry,
                         keep_picture=picture_keeper(settings().files_dir, QUESTION))
    except BrokenOff as error:
        report, broken = error.report, error
    warnings = report.warnings(_say)
    if broken is not None:
        warnings.append(sentence(broken.sentence, broken.params))
    several = len(held) > 1
    lines = [{"where": " ".join(str(one) for one in (line.file if several else "", line.sheet,
                                                     line.row if line.row is not None else line.id) if one != ""),
              "shown": line.shown, "id": line.id, "kind": line.kind, "outcome": line.outcome, "why": reason_of(line, _say),
              "question": line.question_id} for line in sorted(report.lines, key=lambda one: ORDER[one.outcome])]
    return ReportShown([one.name for one in held], data["bank"], report.bank_id, dry, {
        "read": len(lines), **{name: report.count(name) for name in ORDER}}, warnings, lines), broken


def _lines(shown: ReportShown, asked: dict[str, Any], token: str, data: dict[str, Any] | None = None) -> Response | str:
    """The page of a report, or its lines as a sheet. data: what was said of the files, while nothing is done yet."""
    q = (asked["q"] or "").casefold()
    fit = [one for one in shown.lines if (asked["outcome"] is None or one["outcome"] == asked["outcome"]) and (
        not q or q in f"{one['where']} {one['shown']} {one['id']} {one['why']}".casefold())]
    words = showing.outcomes(shown.dry)
    if asked["format"]:
        return list_answer(asked["format"], N_("Lines"), showing.REPORT_HEAD, showing.report_rows(fit, shown.dry), name="import")
    start = asked["cursor"]
    looks = looks_at(_files(_held(token)), into_of(data).columns) if data is not None else []
    return render_template(
        "training/questions/report.html", report=shown, lines=fit[start:start + PAGE], total=len(fit), dry=shown.dry, token=token,
        data=data, sent=_kept(data) if data is not None else {}, show=showing, asked=asked, words=words, looks=looks,
        next_cursor=start + PAGE if start + PAGE < len(fit) else None, codes=[(code, sentence(word)) for code, word in CODES.items()])
