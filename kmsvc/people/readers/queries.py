"""Reads over reader groups: which a person is in, the list with how many people each has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kmsvc.core.errors import NotFound
from kmsvc.core.memory import remembered
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.family import PEOPLE
from kmsvc.people.readers.rules import Membership, membership
from kmsvc.people.units.models import Unit
from kmsvc.people.units.queries import all_groups, all_posts, parents, unit_names, upward


def units_read(session: Session, unit_id: int | None, post_id: int | None, roles: Collection[str]) -> frozenset[int]:
    """The audiences somebody belongs to: the own unit, those above it, and the reader groups, closed ones too."""
    units = upward(parents(session), unit_id)
    return units | {one for one, group in _memberships(session).items() if group.holds(units, post_id, roles)}


def _memberships(session: Session) -> dict[int, Membership]:
    return remembered(session, PEOPLE, "reader groups", lambda held: {
        row.id: membership(row.parent_id, row.readers or {"posts": [], "roles": []}) for row in all_groups(held)})


def readers_of(session: Session, audience_id: int | None) -> list[Entry]:
    """The active persons a text with this audience is for, by id: of a unit and those below it, of a reader group, or everybody."""
    people = directory(session).active()
    if audience_id is None:
        return people
    return [one for one in people if audience_id in units_read(session, one.unit_id, one.post_id, one.role_names)]


def all_read(session: Session, audience_id: int | None) -> frozenset[int]:
    """The audiences to which everybody of this one belongs: a unit and those above it; a reader group, the unit it is inside and
    those above, and groups that hold all it holds. Empty for everybody."""
    groups = _memberships(session)
    own = groups.get(audience_id) if audience_id is not None else None
    if own is None or audience_id is None:
        return upward(parents(session), audience_id)
    around = upward(parents(session), own.within)
    return around | {audience_id} | {one for one, group in groups.items() if group.within in around
                                     and own.posts <= group.posts and own.roles <= group.roles}


@dataclass(frozen=True)
class GroupLine:
    """A group in a list. posts: (code, name); people: active ones who are in it."""

    id: int
    code: str
    name: str
    within: str
    within_id: int | None
    posts: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    people: int
    closed_at: datetime | None
    version: int


def group_lines(session: Session, *, q: str | None = None, state: str | None = None) -> list[GroupLine]:
    """Groups by code. state: open or closed."""
    tree, called = parents(session), unit_names(session)
    posts = {post.id: (post.code, post.name) for post in all_posts(session)}
    everybody = [(upward(tree, one.unit_id), one.post_id, one.role_names) for one in directory(session).active()]
    sought = (q or "").casefold()
    lines = []
    for row in all_groups(session):
        group = membership(row.parent_id, row.readers or {"posts": [], "roles": []})
        if (sought in row.name.casefold() or sought in row.code.casefold()) and (
                not state or (row.closed_at is not None) == (state == "closed")):
            lines.append(GroupLine(
                row.id, row.code, row.name, called.get(row.parent_id or 0, ""), row.parent_id,
                tuple(sorted(posts[one] for one in group.posts if one in posts)), tuple(sorted(group.roles)),
                sum(group.holds(*one) for one in everybody), row.closed_at, row.version))
    return lines


@dataclass(frozen=True)
class Member:
    """Somebody who is in a group. post, unit: their names."""

    id: int
    name: str
    unit: str
    post: str
    roles: tuple[str, ...]


def group_people(session: Session, group_id: int, *, q: str | None = None) -> list[Member]:
    """The active people of a group by name, whose name holds what is sought."""
    units, posts = unit_names(session), {post.id: post.name for post in all_posts(session)}
    found = [Member(one.id, one.name, units.get(one.unit_id, ""), posts.get(one.post_id or 0, ""), tuple(sorted(one.role_names)))
             for one in readers_of(session, group_id) if (q or "").casefold() in one.name.casefold()]
    return sorted(found, key=lambda one: (one.name, one.id))


def group_of(work: Work, group_id: int) -> Unit:
    """A group's row; NotFound for a unit."""
    row = work.get(Unit, group_id)
    if row.readers is None:
        raise NotFound()
    return row


def group_line(session: Session, row: Unit) -> GroupLine:
    """One of them."""
    return next(one for one in group_lines(session) if one.id == row.id)
