"""The page of reader groups: the list, adding, changing, closing and opening one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request

from kmsvc.convert.export import Cell
from kmsvc.convert.sending import table_answer
from kmsvc.core.errors import InvalidInput, Stale
from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, form_data, go, load, look, query_data, told_fields, wanted_version
from kmsvc.people.readers.permissions import KEEP_READERS
from kmsvc.people.readers.queries import GroupLine, Member, group_line, group_lines, group_of, group_people
from kmsvc.people.readers.schemas import GroupFilters, GroupInput, PeopleFilters, wanted
from kmsvc.people.readers.usecases import keep_group
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import all_posts, all_units

blueprint = Blueprint("people_readers_pages", __name__, url_prefix="/people/readers")
PAGE = 50
LATE = N_("Somebody else changed this in the meantime. What you typed is still here; save it to replace theirs.")
HEAD = (N_("Code"), N_("Name"), N_("Inside"), N_("Posts"), N_("Roles"), N_("People"), N_("State"))


def _roles(line: GroupLine | Member) -> list[str]:
    return [label(Role(one)) for one in line.roles]


@blueprint.get("")
def index() -> str | Response:
    """Reader groups; filters in the address and an export of what is shown."""
    asked = query_data(GroupFilters)
    if not asked["format"]:
        return _page(asked)
    with look() as work:
        work.permit(KEEP_READERS)
        rows: list[list[Cell]] = [
            [line.code, line.name, line.within, ", ".join(name for _, name in line.posts), ", ".join(_roles(line)), line.people,
             sentence(N_("closed") if line.closed_at else N_("open"))]
            for line in group_lines(work.session, q=asked["q"], state=asked["state"])]
    return table_answer(asked["format"], sentence(N_("Reader groups")), [sentence(one) for one in HEAD], rows, name="readers")


def _page(asked: dict[str, Any], errors: dict[str, Any] | None = None, opened: str | None = None,
          typed: dict[str, Any] | None = None) -> str:
    """opened: code of the group whose form stands open, "" for a new one, None for no form."""
    with look() as work:
        work.permit(KEEP_READERS)
        lines = group_lines(work.session, q=asked["q"], state=asked["state"])
        first = asked["cursor"] or 0
        within, held = {line.within_id for line in lines}, {code for line in lines for code, _ in line.posts}
        # what is closed stays on offer where a group has it: saving must not widen the group
        units = [unit for unit in all_units(work.session) if unit.closed_at is None or unit.id in within]
        posts = [post for post in all_posts(work.session) if post.closed_at is None or post.code in held]
        return render_template(
            "people/readers/index.html", lines=lines[first:first + PAGE], total=len(lines), asked=asked, roles_of=_roles,
            next_cursor=first + PAGE if len(lines) > first + PAGE else None, errors=errors or {}, opened=opened, typed=typed or {},
            units=[(unit.code, unit.name) for unit in units], unit_code={unit.id: unit.code for unit in units},
            posts=[(post.code, post.name) for post in posts],
            roles=[(one.value, label(one)) for one in Role])


@blueprint.get("/<int:group_id>")
def show(group_id: int) -> str:
    """One group: what makes somebody a reader, and who is one now."""
    asked = query_data(PeopleFilters)
    with look() as work:
        work.permit(KEEP_READERS)
        row = group_of(work, group_id)
        found, first = group_people(work.session, row.id, q=asked["q"]), asked["cursor"] or 0
        return render_template(
            "people/readers/show.html", line=group_line(work.session, row), asked=asked, people=found[first:first + PAGE],
            total=len(found), next_cursor=first + PAGE if len(found) > first + PAGE else None, roles_of=_roles)


@blueprint.post("")
def put() -> Response:
    """Add, change, close or reopen a group."""
    lists = {name: request.form.getlist(name) for name in ("posts", "roles")}
    typed: dict[str, Any] = {**{name: value for name, value in form_data().items() if name != "known"}, **lists}
    known, seen = "known" in request.form, wanted_version()
    opened = typed.get("code", "") if known else ""
    try:
        data = load(GroupInput, typed)
        with begin() as work:
            keep_group(work, version=seen, **wanted(data))
    except InvalidInput as error:
        return make_response(_page(load(GroupFilters, {}), told_fields(error), opened, typed), error.status)
    except Stale:
        return make_response(_page(load(GroupFilters, {}), {"name": [sentence(LATE)]}, opened, typed), 409)
    flash(sentence(N_("Saved.")), "ok")
    return go("/people/readers")
