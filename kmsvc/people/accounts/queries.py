"""Reads over persons: actors, lists, who holds a role."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.errors import NotFound
from kmsvc.core.trail_words import token_of
from kmsvc.people.accounts.directory import Entry, directory
from kmsvc.people.accounts.models import Account, Person, RoleGrant
from kmsvc.people.readers.queries import units_read
from kmsvc.people.roles import GUEST_GRANTS, granted
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.queries import downward, parents


@dataclass(frozen=True)
class PersonCard:
    """What lists and choices show of a person."""

    id: int
    login: str
    name: str
    email: str | None
    unit_id: int
    unit: str
    roles: tuple[str, ...]
    state: str
    language: str
    version: int
    post: str = ""
    post_code: str = ""
    unit_code: str = ""
    logins: tuple[str, ...] = ()
    url: str = ""
    is_erased: bool = False

    @property
    def is_erasable(self) -> bool:
        """Whether a pseudonym may be put in the place of the name: who has left and stands here by name."""
        return self.state == "suspended" and not self.is_erased


def actor_of(session: Session, person: Person, *, login: str, via: str, session_ref: str | None = None,
             fresh: bool = False) -> Actor:
    """The acting party for a person, with what the roles grant today."""
    roles = person.role_names
    if person.is_guest:
        return Actor(login=login, name=person.name, person_id=person.id, permissions=GUEST_GRANTS, language=person.language, via=via,
                     session_ref=session_ref, fresh=fresh, guest=True, trail_login=token_of(session, person.id, login))
    return Actor(login=login, name=person.name, person_id=person.id, roles=roles, permissions=granted(roles),
                 unit_id=person.unit_id, units=units_read(session, person.unit_id, person.post_id, roles), language=person.language,
                 via=via, session_ref=session_ref, fresh=fresh, trail_login=token_of(session, person.id, login))


def account_by_login(session: Session, login: str) -> Account | None:
    """The account with this login."""
    return session.scalars(select(Account).where(Account.login == login.strip().lower())).one_or_none()


def person_by_login(session: Session, login: str) -> Person | None:
    """The person an account belongs to."""
    account = account_by_login(session, login)
    return session.get(Person, account.person_id) if account else None


def holders_of(session: Session, role: str) -> list[Entry]:
    """Active persons with a sign-in who hold a role, by id; without the one `init` made."""
    return list(directory(session).holders(role))


def active_people(session: Session, unit_ids: Collection[int] | None = None) -> list[Entry]:
    """Active persons, of some units or of all, by id; without the one `init` made."""
    return directory(session).active(unit_ids)


def names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """person id -> name."""
    wanted = {one for one in ids if one is not None}
    people = directory(session).people if wanted else {}
    return {one: people[one].name for one in wanted if one in people}


def _filtered(session: Session, q: str | None, role: str | None, unit_id: int | None, state: str | None) -> Select[Any]:
    query = select(Person)
    if q:
        query = query.where(or_(
            func.lower(Person.name).contains(q.lower(), autoescape=True),
            func.lower(Person.email).contains(q.lower(), autoescape=True),
            Person.id.in_(select(Account.person_id).where(Account.login.contains(q.lower(), autoescape=True)))))
    if role:
        query = query.where(Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == role)))
    if unit_id:
        query = query.where(Person.unit_id.in_(downward(parents(session), unit_id)))
    if state:
        query = query.where(Person.state == state)
    return query


def people_page(session: Session, *, q: str | None = None, role: str | None = None, unit_id: int | None = None,
                state: str | None = None, after: int = 0, limit: int = 50) -> tuple[list[PersonCard], int]:
    """One page of persons after an id, and how many there are with these filters. unit_id: with all units below it."""
    query = _filtered(session, q, role, unit_id, state)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.where(Person.id > after).order_by(Person.id).limit(limit))
    return person_cards(session, rows), total


def person_card(session: Session, person_id: int) -> PersonCard:
    """The card of one person, or NotFound."""
    row = session.get(Person, person_id)
    if row is None:
        raise NotFound()
    return person_cards(session, [row])[0]


def person_cards(session: Session, rows: Iterable[Person]) -> list[PersonCard]:
    """Cards for persons, with the names of unit and post."""
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    posts = {post.id: post for post in session.scalars(select(Post))}
    return [_card(row, units[row.unit_id], posts.get(row.post_id or 0)) for row in rows]


def _card(row: Person, unit: Unit, post: Post | None) -> PersonCard:
    return PersonCard(
        id=row.id, login=row.login, name=row.name, email=row.email, unit_id=row.unit_id, unit=unit.name,
        roles=tuple(sorted(row.role_names)), state=row.state, language=row.language, version=row.version,
        post=post.name if post else "", post_code=post.code if post else "", unit_code=unit.code,
        logins=tuple(account.login for account in row.accounts), url=f"/people/accounts/{row.id}",
        is_erased=row.erased_at is not None)
