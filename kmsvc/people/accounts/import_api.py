"""Importing a list of staff for programs: one multipart request, the report of contract section 5 in the answer.

First passwords are made by the page and by the command line only: an answer to a program is kept for its repetition."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from kmsvc.core.api import broken_off, posting, replayed
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import sentence
from kmsvc.core.openapi import says
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, load, look, settings
from kmsvc.core.work import Work
from kmsvc.people.accounts.imports import import_staff, read_staff
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.schemas import StaffImport

blueprint = Blueprint("people_accounts_import_api", __name__, url_prefix="/api/v1/people/accounts/import")


@blueprint.post("")
@says(form=StaffImport)
def run() -> Response:
    """Import accounts from a csv or xlsx file: one part named `file`. Only differences are written; twice is once.

    One that breaks off answers a problem with `report`: what is in, and `broke_at`, the row to go on from."""
    with look() as work:
        work.permit(MANAGE_ACCOUNTS)
    data = load(StaffImport, form_data())
    given = request.files.get("file")
    name = Path(str(given.filename if given else "").replace("\\", "/")).name[:100]
    if given is None or not name:
        raise InvalidInput({"file": [N_("Choose a file.")]})
    if not name.lower().endswith((".csv", ".xlsx")):
        raise InvalidInput({"file": [N_("A list of staff is a csv or xlsx file.")]})
    with tempfile.TemporaryDirectory(prefix=".staff-", dir=settings().data_dir) as place:
        path = Path(place) / f"list{Path(name).suffix.lower()}"
        given.save(path)
        sent = repr((sorted(data.items()), name, hashlib.sha256(path.read_bytes()).hexdigest())).encode()
        before = replayed(sent)
        if before is not None:
            return before
        tables, notices = read_staff(path, name)
        try:
            report = import_staff(database(), current_actor(), tables, notices, name, **data)
        except BrokenOff as error:
            return broken_off(error, error.report.as_json(sentence))

    def effect(work: Work) -> tuple[Any, int, int | None]:
        return report.as_json(sentence), 200, None
    return posting(effect, content=sent)
