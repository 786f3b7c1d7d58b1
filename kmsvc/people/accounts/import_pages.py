"""Importing a list of staff: choose a file, see row by row what would happen, then let it happen.

Between the two the file waits in the data folder under a name only its uploader's page knows, for a day at most."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from kmsvc.convert.receiving import Waiting, drop, given_list, is_list, keep, waiting
from kmsvc.convert.reports import Report
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, go, load, look, told_fields
from kmsvc.people.accounts.imports import import_staff, read_staff
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.schemas import ImportChoices
from kmsvc.people.sessions.proof import prove

blueprint = Blueprint("people_accounts_import", __name__, url_prefix="/people/accounts/import")
PLACE = "imports"
MOST_PASSWORDS = 200


def _permit() -> None:
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)


@blueprint.get("")
def upload_form() -> str:
    """Choose a file."""
    _permit()
    return render_template("people/accounts/import.html", errors={})


@blueprint.post("")
def upload() -> Response:
    """Keep the file for its import, and show the dry run."""
    _permit()
    given, name = given_list()
    if given is None or not is_list(name):
        said = N_("Choose a file.") if given is None else N_("A list of staff is a csv or xlsx file.")
        return make_response(render_template("people/accounts/import.html", errors={"file": [sentence(said)]}), 422)
    token = keep(PLACE, given, name)
    return go(f"/people/accounts/import/{token}{'?make_units=1' if request.form.get('make_units') else ''}")


@blueprint.get("/<token>")
def dry_run(token: str) -> Response | str:
    """What would happen, row by row."""
    _permit()
    return _result(waiting(PLACE, token), make_units=request.args.get("make_units") == "1", dry_run=True)


@blueprint.post("/<token>")
def run(token: str) -> Response | str:
    """Do it. Made passwords stand in this answer only."""
    _permit()
    held = waiting(PLACE, token)
    data = load(ImportChoices, {name: value for name, value in request.form.items() if name != "password"})
    try:
        prove(request.form.get("password"))
    except InvalidInput as error:
        return make_response(_result(held, make_units=data["make_units"], dry_run=True, errors=told_fields(error)), 422)
    answer = _result(held, make_units=data["make_units"], dry_run=False, passwords=data["passwords"])
    drop(held.path.parent)
    return answer


def _result(held: Waiting, *, make_units: bool, dry_run: bool, passwords: bool = False,
            errors: dict[str, Any] | None = None) -> Response | str:
    try:
        tables, notices = read_staff(held.path, held.name)
    except Refusal as error:
        drop(held.path.parent)
        said = {"file": [f"{held.name}: {sentence(error.sentence, error.params)}"]}
        return make_response(render_template("people/accounts/import.html", errors=said), 422)
    passwords = passwords and sum(len(table.rows) for table in tables) <= MOST_PASSWORDS
    broken: BrokenOff | None = None
    try:
        report = import_staff(database(), current_actor(), tables, notices, held.name, dry_run=dry_run,
                              make_units=make_units, passwords=passwords)
    except BrokenOff as error:  # what was made until then is shown, with its first passwords
        report, broken = error.report, error
    why = [sentence(broken.sentence, broken.params)] if broken else []
    page = render_template("people/accounts/import_report.html", report=report, notices=_said(report) + why, waiting=held,
                           dry_run=dry_run, make_units=make_units, errors=errors or {}, most_passwords=MOST_PASSWORDS)
    return make_response(page, broken.status) if broken else page


def _said(report: Report[Any]) -> list[str]:
    return [sentence(notice.sentence, notice.params) for notice in report.notices]
