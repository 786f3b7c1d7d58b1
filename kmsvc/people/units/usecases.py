"""The verbs of units and posts."""

from __future__ import annotations

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.people.units.queries import parents, root_unit, unit_by_code, upward


def add_unit(work: Work, *, code: str, name: str, parent_code: str | None = None) -> Unit:
    """A new unit below `parent_code` (the root when there is none yet). The same code again renames it."""
    work.permit(MANAGE_UNITS)
    parent = unit_by_code(work.session, parent_code) if parent_code else None
    if parent_code and parent is None:
        raise InvalidInput({"parent_code": [N_("There is no unit with this code.")]})
    unit = unit_by_code(work.session, code)
    if unit is None:
        above = parent or root_unit(work.session)  # one tree: only the very first unit stands below nothing
        unit = Unit(code=code, name=name, parent_id=above.id if above else None)
        work.session.add(unit)
    else:
        unit.name = name
        if parent is not None and unit.id in upward(parents(work.session), parent.id):
            raise InvalidInput({"parent_code": [N_("A unit cannot stand below itself.")]})
        unit.parent_id = parent.id if parent else unit.parent_id
    work.session.flush()
    return unit


def add_post(work: Work, *, code: str, name: str) -> Post:
    """A new post; the same code again renames it."""
    work.permit(MANAGE_UNITS)
    post = work.session.scalars(select(Post).where(Post.code == code)).one_or_none()
    if post is None:
        post = Post(code=code, name=name)
        work.session.add(post)
    post.name = name
    work.session.flush()
    return post
