"""The doors of every list that is imported: choose a file, see what would happen, let it happen; and the same for programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template

from kmsvc.convert.receiving import Waiting, answer_program, drop, given_list, is_list, keep, waiting
from kmsvc.convert.reports import Report, RowResult
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import current_actor, database, form_data, go, load, look, today
from kmsvc.knowledge.tables.schemas import TableImport
from kmsvc.knowledge.tables.taking import RowSort, read_rows, take_rows


def add_doors(blueprint: Blueprint, sort: RowSort) -> None:
    """Give the pages of a list the four of its import: choose a file, keep it, see what would happen, let it happen."""
    for verb, place, view in (("GET", "/import", upload_form), ("POST", "/import", upload),
                              ("GET", "/import/<token>", dry_run), ("POST", "/import/<token>", take)):
        blueprint.add_url_rule(place, view.__name__, _of(view, sort), methods=[verb])


def _of(view: Callable[..., Response | str], sort: RowSort) -> Callable[..., Response | str]:
    @wraps(view)
    def door(**place: str) -> Response | str:
        return view(sort, **place)
    return door


def upload_form(sort: RowSort) -> str:
    """Choose a file."""
    _permit(sort)
    return _form(sort, {})


def upload(sort: RowSort) -> Response:
    """Keep the file for its import, and go to the dry run."""
    _permit(sort)
    given, name, wrong = _given()
    if wrong:
        return make_response(_form(sort, {"file": [sentence(wrong)]}), 422)
    return go(f"{sort.place}/import/{keep(_place(sort), given, name)}")


def dry_run(sort: RowSort, token: str) -> Response | str:
    """What would happen, row by row."""
    _permit(sort)
    return _result(sort, waiting(_place(sort), token), dry_run=True)


def take(sort: RowSort, token: str) -> Response | str:
    """Do it."""
    _permit(sort)
    held = waiting(_place(sort), token)
    answer = _result(sort, held, dry_run=False)
    if held.path.exists():
        drop(held.path.parent)
    return answer


def run_for_program(sort: RowSort) -> Response:
    """One multipart request; the report of what happened in the answer. One that breaks off answers a problem with `report`."""
    _permit(sort)
    data = load(TableImport, form_data())
    given, name, wrong = _given()
    if wrong:
        raise InvalidInput({"file": [wrong]})

    def taken(path: Path) -> Report[RowResult]:
        tables, notices = read_rows(path, name, sort)
        return take_rows(database(), current_actor(), sort, tables, notices, name, dry_run=data["dry_run"], today=today())
    return answer_program(given, name, data, taken)


def _permit(sort: RowSort) -> None:
    with look() as work:
        work.permit(sort.permission)


def _given() -> tuple[Any, str, str]:
    """(the file, its name, what is wrong with it)."""
    given, name = given_list()
    if given is None:
        return None, "", N_("Choose a file.")
    return given, name, "" if is_list(name) else N_("A list is a csv or xlsx file.")


def _place(sort: RowSort) -> str:
    return f"{sort.name}-imports"


def _form(sort: RowSort, errors: dict[str, Any]) -> str:
    return render_template("knowledge/tables/import.html", sort=sort, errors=errors)


def _result(sort: RowSort, held: Waiting, *, dry_run: bool) -> Response | str:
    try:
        tables, notices = read_rows(held.path, held.name, sort)
    except Refusal as error:
        drop(held.path.parent)
        return make_response(_form(sort, {"file": [f"{held.name}: {sentence(error.sentence, error.params)}"]}), 422)
    broken: BrokenOff | None = None
    try:
        report = take_rows(database(), current_actor(), sort, tables, notices, held.name, dry_run=dry_run, today=today())
    except BrokenOff as error:
        report, broken = error.report, error
    said = [sentence(one.sentence, one.params) for one in report.notices]
    page = render_template("knowledge/tables/report.html", sort=sort, report=report, waiting=held, dry_run=dry_run,
                           notices=said + ([sentence(broken.sentence, broken.params)] if broken else []))
    return make_response(page, broken.status) if broken else page
