"""Importing a list of staff for programs: one multipart request, the report of contract section 5 in the answer.

First passwords are made by the page and by the command line only: an answer to a program is kept for its repetition."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response

from kmsvc.convert.receiving import answer_program, given_list, is_list
from kmsvc.convert.reports import Report
from kmsvc.core.errors import InvalidInput
from kmsvc.core.openapi import says
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, load, look
from kmsvc.people.accounts.imports import StaffResult, import_staff, read_staff
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
    given, name = given_list()
    if given is None:
        raise InvalidInput({"file": [N_("Choose a file.")]})
    if not is_list(name):
        raise InvalidInput({"file": [N_("A list of staff is a csv or xlsx file.")]})

    def take(path: Path) -> Report[StaffResult]:
        tables, notices = read_staff(path, name)
        return import_staff(database(), current_actor(), tables, notices, name, **data)
    return answer_program(given, name, data, take)
