"""The page that adds a process the centre had before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, told_fields
from kmsvc.people.accounts.queries import holders_of
from kmsvc.people.units.queries import open_units
from kmsvc.process.definitions.adding import ProcessInput, bring_in
from kmsvc.process.definitions.permissions import MANAGE_PROCESS
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup

blueprint = Blueprint("process_adding_pages", __name__, url_prefix="/process/definitions/new")


@blueprint.get("")
def new() -> str:
    """The form."""
    return _form({}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(MANAGE_PROCESS)
        owners = [(person.login, person.name) for person in holders_of(work.session, "business_owner")]
        units = [(unit.code, unit.name) for unit in open_units(work.session)]
    return render_template("process/definitions/new.html", typed=typed, errors=errors, owners=owners, units=units,
                           ProcessGroup=ProcessGroup, ProcessClass=ProcessClass)


@blueprint.post("")
def add() -> Response:
    """Add it; what does not fit comes back with what was typed."""
    typed = form_data()
    try:
        data = load(ProcessInput)
        with begin() as work:
            made = bring_in(work, **data)
    except InvalidInput as error:
        return make_response(_form(typed, told_fields(error)), 422)
    except RuleBroken as error:
        return make_response(_form(typed, {"number": [sentence(error.sentence, error.params)]}), error.status)
    flash(sentence(N_("%(number)s is in the tree. Its text comes through a change request."), {"number": made.number}), "ok")
    return go(f"/process/definitions/{made.id}")
