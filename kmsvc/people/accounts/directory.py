"""The directory: everybody by id, with what lists, choices and steps need to know of a person.

Read at once and remembered until anything about people changes; pages ask it a dozen times."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from kmsvc.core.memory import remembered
from kmsvc.people.accounts.models import Account, Person, RoleGrant
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.family import PEOPLE
from kmsvc.people.roles import GUEST_GRANTS, granted
from kmsvc.people.units.queries import unit_names

LEAST_PEOPLE = 5
"""People in a unit from which it has figures of its own and is named beside what was done: of fewer that is nearly a person."""
_PEOPLE = select(*(Person.__table__.c[name] for name in ("id", "name", "unit_id", "post_id", "state", "is_first", "is_guest"))).order_by(
    Person.__table__.c.id)
_LOGINS = select(Account.__table__.c.person_id, Account.__table__.c.login).order_by(Account.__table__.c.id)
_ROLES = select(RoleGrant.__table__.c.person_id, RoleGrant.__table__.c.role)


@dataclass(frozen=True)
class Entry:
    """A person as the directory shows one. logins: the first made first; empty without a sign-in."""

    id: int
    name: str
    unit_id: int
    post_id: int | None
    is_active: bool
    is_first: bool
    logins: tuple[str, ...]
    role_names: frozenset[str]
    permissions: frozenset[str]
    is_guest: bool = False

    @property
    def login(self) -> str:
        """The first login, or an empty text."""
        return self.logins[0] if self.logins else ""


@dataclass(frozen=True)
class Directory:
    """Everybody. `people` by id, ascending."""

    people: dict[int, Entry]
    by_role: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def active(self, unit_ids: Collection[int] | None = None) -> list[Entry]:
        """Active persons, of some units or of all, by id; without the one `init` made and guests."""
        return [one for one in self.people.values() if one.is_active and not one.is_first and not one.is_guest
                and (unit_ids is None or one.unit_id in unit_ids)]

    def holders(self, role: str) -> tuple[Entry, ...]:
        """Active persons with a sign-in who hold a role, by id; without the one `init` made."""
        return self.by_role.get(role, ())


def directory(session: Session) -> Directory:
    """The directory as this session sees it."""
    return remembered(session, PEOPLE, "directory", _read)


def units_told(session: Session) -> dict[int, str]:
    """unit id -> name, of units in which people enough work to be named beside what one of them did."""
    held = directory(session)
    return {one: name for one, name in unit_names(session).items() if len(held.active({one})) >= LEAST_PEOPLE}


def _read(session: Session) -> Directory:
    logins: dict[int, list[str]] = {}
    for person_id, login in session.execute(_LOGINS):
        logins.setdefault(person_id, []).append(login)
    roles: dict[int, list[str]] = {}
    for person_id, role in session.execute(_ROLES):
        roles.setdefault(person_id, []).append(role)
    rights: dict[frozenset[str], frozenset[str]] = {}
    people = {}
    for row in session.execute(_PEOPLE):
        held = frozenset(roles.get(row.id, ()))
        if held not in rights:
            rights[held] = granted(held)
        people[row.id] = Entry(row.id, row.name, row.unit_id, row.post_id, row.state == PersonState.ACTIVE, row.is_first,
                               tuple(logins.get(row.id, ())), held, GUEST_GRANTS if row.is_guest else rights[held], row.is_guest)
    by_role: dict[str, list[Entry]] = {}
    for one in people.values():
        if one.is_active and one.logins and not one.is_first and not one.is_guest:
            for role in one.role_names:
                by_role.setdefault(role, []).append(one)
    return Directory(people, {role: tuple(its) for role, its in by_role.items()})
