"""The tree of units, and the posts, on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, RuleBroken, Stale
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, told_fields, wanted_version
from kmsvc.people.units import usecases
from kmsvc.people.units.models import Unit
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.people.units.queries import all_posts, all_units, heads_of_posts, heads_of_units
from kmsvc.people.units.schemas import PostInput, UnitInput

blueprint = Blueprint("people_units_pages", __name__, url_prefix="/people/units")
LATE = N_("Somebody else changed this in the meantime. What you typed is still here; save it to replace theirs.")
FIELDS = {"parent_code": "parent"}


def tree(session: Session) -> list[tuple[int, Unit]]:
    """(depth, unit), each unit right below its parent."""
    units = all_units(session)

    def below(parent_id: int | None, depth: int) -> list[tuple[int, Unit]]:
        return [row for unit in units if unit.parent_id == parent_id for row in [(depth, unit), *below(unit.id, depth + 1)]]
    return below(None, 0)


@blueprint.get("")
def index() -> str:
    """Units as a tree with their people, and posts."""
    return _page()


def _page(errors: dict[str, Any] | None = None, opened: str = "", typed: dict[str, Any] | None = None) -> str:
    with look() as work:
        work.permit(MANAGE_UNITS)
        session = work.session
        rows = tree(session)
        options = [(unit.code, "\u2003" * depth + unit.name) for depth, unit in rows if unit.closed_at is None]
        return render_template("people/units/index.html", tree=rows, options=options, posts=all_posts(session),
                               heads=heads_of_units(session), holders=heads_of_posts(session), errors=errors or {},
                               opened=opened, typed=typed or {})


def _keep(schema: Any, opened: str, run: Any) -> Response:
    typed, seen = form_data(), wanted_version()
    try:
        data = load(schema, {name: value for name, value in typed.items() if name != "known"})
        with begin() as work:
            run(work, data, seen)
    except InvalidInput as error:
        told = {FIELDS.get(name, name): said for name, said in told_fields(error).items()}
        return make_response(_page(told, opened + (typed.get("code", "") if "known" in typed else ""), typed), 422)
    except Stale:
        told = {"name": [sentence(LATE)]}
        return make_response(_page(told, opened + typed.get("code", ""), typed), 409)
    except RuleBroken as error:
        told = {"reason": [sentence(error.sentence, error.params)]}
        return make_response(_page(told, opened.replace(":", "-close:") + typed.get("code", ""), typed), error.status)
    flash(sentence(N_("Saved.")), "ok")
    return go("/people/units")


@blueprint.post("")
def put_unit() -> Response:
    """Add, rename, move, close or reopen a unit."""
    return _keep(UnitInput, "unit:", lambda work, data, seen: usecases.add_unit(
        work, code=data["code"], name=data["name"], parent_code=data["parent"], closed=data["closed"], reason=data["reason"],
        version=seen))


@blueprint.post("/posts")
def put_post() -> Response:
    """Add, rename, close or reopen a post."""
    return _keep(PostInput, "post:", lambda work, data, seen: usecases.add_post(
        work, code=data["code"], name=data["name"], closed=data["closed"], reason=data["reason"], version=seen))
