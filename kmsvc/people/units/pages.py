"""The tree of units, and the posts, on one page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template
from marshmallow import validate
from sqlalchemy.orm import Session

from kmsvc.convert.export import Cell
from kmsvc.convert.sending import table_answer
from kmsvc.core.errors import InvalidInput, RuleBroken, Stale
from kmsvc.core.i18n import sentence
from kmsvc.core.schemas import Choice, InputSchema, Line, Whole
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, told_fields, wanted_version
from kmsvc.people.units import usecases
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.people.units.queries import all_posts, all_units, heads_of_posts, heads_of_units
from kmsvc.people.units.schemas import PostInput, UnitInput

blueprint = Blueprint("people_units_pages", __name__, url_prefix="/people/units")
LATE = N_("Somebody else changed this in the meantime. What you typed is still here; save it to replace theirs.")
FIELDS = {"parent_code": "parent"}
PAGE = 100
HEAD = (N_("Kind"), N_("Code"), N_("Name"), N_("Stands below"), N_("People"), N_("State"))


def tree(session: Session) -> list[tuple[int, Unit]]:
    """(depth, unit), each unit right below its parent."""
    units = all_units(session)

    def below(parent_id: int | None, depth: int) -> list[tuple[int, Unit]]:
        return [row for unit in units if unit.parent_id == parent_id for row in [(depth, unit), *below(unit.id, depth + 1)]]
    return below(None, 0)


class UnitsQuery(InputSchema):
    """The filters of both lists, all in the address; each list has its own place."""

    q = Line(load_default=None, allow_none=True, validate=validate.Length(max=200))
    state = Choice(["open", "closed"])
    cursor = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    posts = Whole(load_default=0, allow_none=True, validate=validate.Range(min=0, max=100_000))
    format = Choice(["csv", "xlsx"])


@blueprint.get("")
def index() -> str | Response:
    """Units as a tree with their people, and posts; filters in the address and an export of what is shown."""
    asked = query_data(UnitsQuery)
    if not asked["format"]:
        return _page(asked=asked)
    with look() as work:
        work.permit(MANAGE_UNITS)
        rows = _rows(work.session, asked)
    return table_answer(asked["format"], sentence(N_("Units and posts")), [sentence(one) for one in HEAD], rows, name="units")


def _fits(row: Unit | Post, asked: dict[str, Any]) -> bool:
    sought = (asked["q"] or "").casefold()
    return ((sought in row.name.casefold() or sought in row.code.casefold())
            and (not asked["state"] or (row.closed_at is not None) == (asked["state"] == "closed")))


def _rows(session: Session, asked: dict[str, Any]) -> list[list[Cell]]:
    """Units and then posts as rows of one table."""
    units, heads, holders = tree(session), heads_of_units(session), heads_of_posts(session)
    codes = {unit.id: unit.code for _, unit in units}
    kept: list[tuple[Unit | Post, str, str, dict[int, int]]] = [
        (unit, sentence(N_("Unit")), codes.get(unit.parent_id or 0, ""), heads)
        for _, unit in units if _fits(unit, asked)]
    kept += [(post, sentence(N_("Post")), "", holders) for post in all_posts(session) if _fits(post, asked)]
    return [[kind, row.code, row.name, above, count.get(row.id, 0), sentence(N_("closed") if row.closed_at else N_("open"))]
            for row, kind, above, count in kept]


def _page(errors: dict[str, Any] | None = None, opened: str = "", typed: dict[str, Any] | None = None,
          asked: dict[str, Any] | None = None) -> str:
    """asked: the filters; without them all is shown, so that the row a refused form belongs to is there."""
    with look() as work:
        work.permit(MANAGE_UNITS)
        session = work.session
        rows, posts = tree(session), all_posts(session)
        options = [(unit.code, "\u2003" * depth + unit.name) for depth, unit in rows if unit.closed_at is None]
        kept = [(depth, unit) for depth, unit in rows if asked is None or _fits(unit, asked)]
        kept_posts = [post for post in posts if asked is None or _fits(post, asked)]
        first, first_post = (asked["cursor"] or 0, asked["posts"] or 0) if asked else (0, 0)
        last, last_post = (first + PAGE, first_post + PAGE) if asked else (len(kept), len(kept_posts))
        return render_template(
            "people/units/index.html", tree=kept[first:last], posts=kept_posts[first_post:last_post], options=options,
            codes={unit.id: unit.code for _, unit in rows}, root=rows[0][1].code if rows else None,
            total=len(kept), total_posts=len(kept_posts), following=last if len(kept) > last else None,
            following_posts=last_post if len(kept_posts) > last_post else None, asked=asked or load(UnitsQuery, {}),
            heads=heads_of_units(session), holders=heads_of_posts(session), errors=errors or {}, opened=opened, typed=typed or {})


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
