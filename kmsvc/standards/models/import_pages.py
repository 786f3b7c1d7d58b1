"""Bringing a standard in: choose a file, see row by row what would happen, then let it happen.

Between the two the file waits in the data folder under a name only its uploader's page knows, for a day at most."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, make_response, render_template, request

from kmsvc.convert.receiving import Waiting, drop, given_list, keep, waiting
from kmsvc.core.errors import Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.telling import form_refused
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, go, load, look
from kmsvc.standards.models import showing
from kmsvc.standards.models.permissions import KEEP_STANDARDS
from kmsvc.standards.models.queries import model_lines
from kmsvc.standards.models.schemas import TargetInput, target_of
from kmsvc.standards.models.sheets import COLUMNS, MAPPING
from kmsvc.standards.models.taking import SHEETS, is_ours, take_file

blueprint = Blueprint("standards_models_import", __name__, url_prefix="/standards/models/import")
PLACE = "standards-imports"
MOST_SHOWN = 1_000


def _form(typed: dict[str, Any], errors: dict[str, Any], status: int = 200, said: str = "") -> Response:
    with look() as work:
        work.permit(KEEP_STANDARDS)
        codes = [(one.code, f"{showing.title_of(one)} ({one.code})") for one in model_lines(work.session) if one.newest]
    return make_response(render_template("standards/models/import.html", typed=typed, errors=errors, said=said, columns=COLUMNS,
                                         mapping=MAPPING, codes=codes), status)


@blueprint.get("")
def upload_form() -> Response:
    """Choose a file."""
    return _form({name: request.args.get(name, "") for name in TargetInput().fields}, {})


@blueprint.post("")
def upload() -> Response:
    """Keep the file for its import, and show the dry run."""
    with look() as work:
        work.permit(KEEP_STANDARDS)
    typed = form_data()
    typed.pop("file", None)
    if typed.get("new_code"):
        typed["code"] = typed["new_code"].strip().lower()
    typed.pop("new_code", None)
    given, name = given_list()
    try:
        data = load(TargetInput, typed)
    except Refusal as error:
        return _form(typed, form_refused(error).errors, 422)
    if given is None or not is_ours(name):
        said = N_("Choose a file.") if given is None else N_("A standard is a yaml, xlsx or csv file.")
        return _form(typed, {"file": [sentence(said)]}, 422)
    if name.lower().endswith(SHEETS) and not data["code"]:
        return _form(typed, {"code": [sentence(N_("Say which standard the sheet is about."))]}, 422)
    chosen = {key: value for key, value in data.items() if value}
    return go(f"/standards/models/import/{keep(PLACE, given, name)}{'?' + urlencode(chosen) if chosen else ''}")


@blueprint.get("/<token>")
def dry_run(token: str) -> Response:
    """What would happen, row by row."""
    with look() as work:
        work.permit(KEEP_STANDARDS)
    return _result(waiting(PLACE, token), dict(request.args), dry_run=True)


@blueprint.post("/<token>")
def run(token: str) -> Response:
    """Do it."""
    with look() as work:
        work.permit(KEEP_STANDARDS)
    held = waiting(PLACE, token)
    answer = _result(held, form_data(), dry_run=False)
    if answer.status_code < 400:
        drop(held.path.parent)
    return answer


def _result(held: Waiting, typed: dict[str, Any], *, dry_run: bool) -> Response:
    chosen = {name: typed.get(name) or None for name in TargetInput().fields}
    try:
        taken = take_file(database(), current_actor(), held.path, held.name, target_of(load(TargetInput, chosen)), dry_run=dry_run)
    except Refusal as error:
        told = form_refused(error)
        if dry_run:
            drop(held.path.parent)
        return _form(chosen, told.errors or {"file": [f"{held.name}: {told.said}"]}, error.status)
    if not dry_run:
        flash(sentence(N_("Imported. The last import can be taken back on the page of the standard.")), "ok")
    rejected = [one for one in taken.report.results if one.outcome == "rejected"]
    shown = [*rejected, *(one for one in taken.report.results if one.outcome != "rejected")][:MOST_SHOWN]
    return make_response(render_template(
        "standards/models/import_report.html", taken=taken, report=taken.report, waiting=held, dry_run=dry_run, chosen=chosen,
        shown=shown, labels={name: head for name, head, _ in (*COLUMNS, *MAPPING)} | {
            "title": N_("Title"), "triggers": N_("Triggers"), "min_contents": N_("Minimum contents")},
        notices=[sentence(one.sentence, one.params) for one in taken.report.notices]))
