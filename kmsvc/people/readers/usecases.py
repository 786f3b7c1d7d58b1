"""The verbs of reader groups."""

from __future__ import annotations

from collections.abc import Sequence

from kmsvc.core.errors import InvalidInput, Stale
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.readers.permissions import KEEP_READERS
from kmsvc.people.roles import Role
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import audience_by_code, post_by_code, root_unit, unit_by_code


def keep_group(work: Work, *, code: str, name: str, within: str | None = None, posts: Sequence[str] = (), roles: Sequence[str] = (),
               closed: bool | None = None, reason: str | None = None, version: int | None = None) -> Unit:
    """A new group of those who hold one of some posts (codes) or roles, inside a unit: a code; where none is named the centre, or
    what a known group has. The same code again changes, closes or reopens it. A closed one is offered no more; what is for it stays.

    Raises InvalidInput for what is not there, Stale unless it is still `version`. Clause #60."""
    work.permit(KEEP_READERS)
    work.because(reason)
    wrong: dict[str, list[str]] = {}
    row = audience_by_code(work.session, code)
    held_in = row.parent_id if row is not None and row.readers is not None and not within else None
    unit = (work.get(Unit, held_in) if held_in is not None
            else unit_by_code(work.session, within) if within else root_unit(work.session))
    if unit is None:
        wrong["within"] = [N_("There is no unit with this code.")]
    held = [post_by_code(work.session, one) for one in posts]
    if None in held:
        wrong["posts"] = [N_("There is no such post.")]
    if not set(roles) <= {str(one) for one in Role}:
        wrong["roles"] = [N_("There is no such role.")]
    if not posts and not roles:
        wrong["posts"] = [N_("Name at least one post or role.")]
    if row is not None and row.readers is None:
        wrong["code"] = [N_("A unit has this code.")]
    if wrong:
        raise InvalidInput(wrong)
    if version is not None and (row is None or row.version != version):
        raise Stale(version=row.version if row is not None else None)
    if row is None:
        row = Unit(code=code)
        work.session.add(row)
    row.name, row.parent_id = name, unit.id if unit is not None else None
    row.readers = {"posts": sorted(post.id for post in held if post is not None), "roles": sorted(set(roles))}
    if closed is not None and closed != (row.closed_at is not None):
        row.closed_at = work.now if closed else None
    work.session.flush()
    return row
