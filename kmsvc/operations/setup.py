"""What a fresh centre starts with: the unit CENTRE, the first administrator where there is none, the standards of the product."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from kmsvc.core.work import Database
from kmsvc.people.accounts.models import Person, RoleGrant
from kmsvc.people.accounts.passwords import hash_password
from kmsvc.people.accounts.rules import PersonState
from kmsvc.people.accounts.usecases import add_account
from kmsvc.people.roles import Role
from kmsvc.people.system import OPERATOR
from kmsvc.people.units.queries import root_unit
from kmsvc.people.units.usecases import add_unit
from kmsvc.standards.models.queries import model_by_code
from kmsvc.standards.models.usecases import install_packaged, packaged


def install_standards(db: Database) -> list[str]:
    """Make the standards that come with the product, or bring them level with it; the codes of those that changed."""
    with db.look(OPERATOR) as work:
        if all((row := model_by_code(work.session, one.code, one.edition)) is not None and (
                not row.is_packaged or row.digest == one.digest) for one in packaged()):
            return []
    with db.begin(OPERATOR) as work:
        return install_packaged(work)


def first_rows(db: Database, settings: Any, password: str) -> bool:
    """Make CENTRE where it is missing, and `admin` where nobody can administer; whether the first sign-in was made now."""
    with db.look(OPERATOR) as work:
        there = root_unit(work.session) is not None
        first = work.session.scalars(select(Person).where(or_(Person.is_first, Person.id.in_(
            select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMIN.value))), Person.state == PersonState.ACTIVE)
            .limit(1)).first() is not None
    if there and first:
        return False
    kept = hash_password(password)
    with db.begin(OPERATOR) as work:
        if not there:
            add_unit(work, code="CENTRE", name="CENTRE")
        if first:
            return False
        person = add_account(work, login="admin", name="admin", roles=["admin"], password_hash=kept,
                             language=settings.language, is_first=True)
        person.accounts[0].must_change = True
    return True
