"""The verbs of units and posts."""

from __future__ import annotations

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, RuleBroken, Stale
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.people.units.queries import (
    audience_by_code,
    heads_of_posts,
    heads_of_units,
    parents,
    post_by_code,
    root_unit,
    unit_by_code,
    upward,
)


def add_unit(work: Work, *, code: str, name: str, parent_code: str | None = None, closed: bool | None = None,
             reason: str | None = None, version: int | None = None) -> Unit:
    """A new unit below `parent_code` (the root when there is none yet). The same code again renames, moves, closes or
    reopens it. Raises RuleBroken for closing a unit that still has people or open units below it; Stale unless the unit
    is still `version`."""
    work.permit(MANAGE_UNITS)
    work.because(reason)
    parent = unit_by_code(work.session, parent_code) if parent_code else None
    if parent_code and (parent is None or parent.closed_at is not None):
        raise InvalidInput({"parent_code": [N_("There is no unit with this code.")]})
    unit = unit_by_code(work.session, code)
    if unit is None and audience_by_code(work.session, code) is not None:
        raise InvalidInput({"code": [N_("A reader group has this code.")]})
    _check_version(unit, version)
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
    if closed is not None and closed != (unit.closed_at is not None):
        _may_close(work, unit) if closed else _may_open(work, unit)
        unit.closed_at = work.now if closed else None
        work.session.flush()
    return unit


def _check_version(row: Unit | Post | None, version: int | None) -> None:
    if version is not None and (row is None or row.version != version):
        raise Stale(version=row.version if row is not None else None)


def _may_close(work: Work, unit: Unit) -> None:
    if unit.parent_id is None:
        raise RuleBroken("people.unit.root", N_("The centre itself cannot be closed."))
    if heads_of_units(work.session).get(unit.id, 0):
        raise RuleBroken("people.unit.people", N_("People still belong to this unit. Move them first."))
    if work.session.scalar(select(Unit.id).where(Unit.parent_id == unit.id, Unit.closed_at.is_(None), Unit.readers.is_(None)).limit(1)):
        raise RuleBroken("people.unit.below", N_("There are open units below this one. Close or move them first."))


def _may_open(work: Work, unit: Unit) -> None:
    above = work.session.get(Unit, unit.parent_id) if unit.parent_id else None
    if above is not None and above.closed_at is not None:
        raise RuleBroken("people.unit.above", N_("The unit above this one is closed."))


def add_post(work: Work, *, code: str, name: str, closed: bool | None = None, reason: str | None = None,
             version: int | None = None) -> Post:
    """A new post; the same code again renames, closes or reopens it. Raises RuleBroken for closing one that people hold;
    Stale unless the post is still `version`."""
    work.permit(MANAGE_UNITS)
    work.because(reason)
    post = post_by_code(work.session, code)
    _check_version(post, version)
    if post is None:
        post = Post(code=code, name=name)
        work.session.add(post)
    post.name = name
    work.session.flush()
    if closed is not None and closed != (post.closed_at is not None):
        if closed and heads_of_posts(work.session).get(post.id, 0):
            raise RuleBroken("people.post.people", N_("People still hold this post. Give them another one first."))
        post.closed_at = work.now if closed else None
        work.session.flush()
    return post
