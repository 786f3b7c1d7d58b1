"""Importing a list of staff: choose a file, see row by row what would happen, then let it happen.

Between the two the file waits in the data folder under a name only its uploader's page knows, for a day at most."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from kmsvc.core.breaks import BrokenOff
from kmsvc.core.clock import system_clock
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, go, load, look, settings, told_fields
from kmsvc.people.accounts.imports import Report, import_staff, read_staff
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.schemas import ImportChoices
from kmsvc.people.sessions.proof import prove

blueprint = Blueprint("people_accounts_import", __name__, url_prefix="/people/accounts/import")
KEEP_S = 24 * 3600
MOST_PASSWORDS = 200
KINDS = (".csv", ".xlsx")


@dataclass(frozen=True)
class Waiting:
    """A file between its dry run and its import."""

    token: str
    path: Path
    name: str


def _folder() -> Path:
    folder = Path(settings().data_dir) / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


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
    given = request.files.get("file")
    errors: dict[str, Any] = {}
    if given is None or not given.filename:
        errors["file"] = [sentence(N_("Choose a file."))]
    elif not given.filename.lower().endswith(KINDS):
        errors["file"] = [sentence(N_("A list of staff is a csv or xlsx file."))]
    if errors or given is None:
        return make_response(render_template("people/accounts/import.html", errors=errors), 422)
    _sweep()
    token = secrets.token_hex(16)
    name = Path(str(given.filename).replace("\\", "/")).name[:100]
    folder = _folder() / f"{current_actor().person_id}-{token}"
    folder.mkdir(mode=0o700)
    given.save(folder / name)
    return go(f"/people/accounts/import/{token}{'?make_units=1' if request.form.get('make_units') else ''}")


def _sweep() -> None:
    """Files nobody came back for are removed."""
    now = system_clock().timestamp()
    for folder in _folder().iterdir():
        if now - folder.stat().st_mtime > KEEP_S:
            _remove(folder)


def _remove(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()


def _waiting(token: str) -> Waiting:
    if len(token) != 32 or not set(token) <= set("0123456789abcdef"):
        raise NotFound()
    folder = _folder() / f"{current_actor().person_id}-{token}"
    held = next(folder.iterdir(), None) if folder.is_dir() else None
    if held is None:
        raise NotFound(N_("This file is no longer here. Upload it again."))
    return Waiting(token, held, held.name)


@blueprint.get("/<token>")
def dry_run(token: str) -> Response | str:
    """What would happen, row by row."""
    _permit()
    return _result(_waiting(token), make_units=request.args.get("make_units") == "1", dry_run=True)


@blueprint.post("/<token>")
def run(token: str) -> Response | str:
    """Do it. Made passwords stand in this answer only."""
    _permit()
    waiting = _waiting(token)
    data = load(ImportChoices, {name: value for name, value in request.form.items() if name != "password"})
    try:
        prove(request.form.get("password"))
    except InvalidInput as error:
        return make_response(_result(waiting, make_units=data["make_units"], dry_run=True, errors=told_fields(error)), 422)
    answer = _result(waiting, make_units=data["make_units"], dry_run=False, passwords=data["passwords"])
    _remove(waiting.path.parent)
    return answer


def _result(waiting: Waiting, *, make_units: bool, dry_run: bool, passwords: bool = False,
            errors: dict[str, Any] | None = None) -> Response | str:
    try:
        tables, notices = read_staff(waiting.path, waiting.name)
    except Refusal as error:
        _remove(waiting.path.parent)
        said = {"file": [f"{waiting.name}: {sentence(error.sentence, error.params)}"]}
        return make_response(render_template("people/accounts/import.html", errors=said), 422)
    passwords = passwords and sum(len(table.rows) for table in tables) <= MOST_PASSWORDS
    broken: BrokenOff | None = None
    try:
        report = import_staff(database(), current_actor(), tables, notices, waiting.name, dry_run=dry_run,
                              make_units=make_units, passwords=passwords)
    except BrokenOff as error:  # what was made until then is shown, with its first passwords
        report, broken = error.report, error
    why = [sentence(broken.sentence, broken.params)] if broken else []
    page = render_template("people/accounts/import_report.html", report=report, notices=_said(report) + why, waiting=waiting,
                           dry_run=dry_run, make_units=make_units, errors=errors or {}, most_passwords=MOST_PASSWORDS)
    return make_response(page, broken.status) if broken else page


def _said(report: Report) -> list[str]:
    return [sentence(notice.sentence, notice.params) for notice in report.notices]
