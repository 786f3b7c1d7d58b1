"""The verbs of accounts: add, change roles, suspend, set passwords."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.events import PersonRightsChanged
from kmsvc.people.accounts.models import Account, Person, RoleGrant
from kmsvc.people.accounts.passwords import hash_password, verify_password
from kmsvc.people.accounts.permissions import KEEP_SELF, MANAGE_ACCOUNTS
from kmsvc.people.accounts.queries import account_by_login, person_by_login
from kmsvc.people.accounts.rules import PersonState, check_login, check_password
from kmsvc.people.roles import Role
from kmsvc.people.sessions.models import SignInSession, Token
from kmsvc.people.units.queries import all_posts, root_unit, unit_by_code


def check_roles(roles: Sequence[str]) -> frozenset[str]:
    """The role codes, or InvalidInput naming the one that is none."""
    for role in roles:
        if role not in set(Role):
            raise InvalidInput({"roles": [N_("There is no such role.")]})
    return frozenset(roles)


def add_account(work: Work, *, login: str, name: str, roles: Sequence[str] = (), unit_code: str | None = None,
                email: str | None = None, password_hash: str | None = None, post: str | None = None,
                language: str | None = None, person_login: str | None = None, is_first: bool = False) -> Person:
    """A new account, and its person unless `person_login` names one who gets a second way to sign in.

    password_hash: made by `hash_password` before the transaction (hashing is slow). Refuses a login that is taken.
    """
    work.permit(MANAGE_ACCOUNTS)
    login = check_login(login)
    if account_by_login(work.session, login) is not None:
        raise RuleBroken("people.account.login_taken", N_("The login %(login)s is taken."), login=login)
    if person_login:
        person = person_by_login(work.session, person_login)
        if person is None:
            raise InvalidInput({"person": [N_("There is no account with this login.")]})
    else:
        person = _new_person(work, name=name, roles=roles, unit_code=unit_code, email=email, post=post,
                             language=language, is_first=is_first)
    work.session.add(Account(person_id=person.id, login=login, password_hash=password_hash, created_at=work.now,
                             must_change=False))
    work.session.flush()
    work.session.refresh(person)
    return person


def _new_person(work: Work, *, name: str, roles: Sequence[str], unit_code: str | None, email: str | None,
                post: str | None, language: str | None, is_first: bool) -> Person:
    unit = unit_by_code(work.session, unit_code) if unit_code else root_unit(work.session)
    if unit is None:
        raise InvalidInput({"unit": [N_("There is no unit with this code.")]})
    held = next((one for one in all_posts(work.session) if post in (one.code, one.name)), None) if post else None
    if post and held is None:
        raise InvalidInput({"post": [N_("There is no such post.")]})
    person = Person(name=name, email=email, unit_id=unit.id, post_id=held.id if held else None,
                    language=language or "zh_Hans_CN", state=PersonState.ACTIVE, created_at=work.now, is_first=is_first,
                    roles=[RoleGrant(role=role) for role in sorted(check_roles(roles))])
    work.session.add(person)
    work.session.flush()
    return person


def change_person(work: Work, person_id: int, *, version: int | None = None, name: str | None = None,
                  email: str | None = None, roles: Sequence[str] | None = None, unit_code: str | None = None,
                  language: str | None = None) -> Person:
    """Change what is known of a person. A change of roles or unit ends running sessions at once (R-A7)."""
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    if name is not None:
        person.name = name
    if email is not None:
        person.email = email
    if language is not None:
        person.language = language
    moved = False
    if unit_code is not None:
        unit = unit_by_code(work.session, unit_code)
        if unit is None:
            raise InvalidInput({"unit": [N_("There is no unit with this code.")]})
        moved = person.unit_id != unit.id
        person.unit_id = unit.id
    if roles is not None and check_roles(roles) != person.role_names:
        wanted = check_roles(roles)
        if "admin" in person.role_names - wanted:
            _keep_an_admin(work, person)
        person.roles = [one for one in person.roles if one.role in wanted] + [
            RoleGrant(role=role) for role in sorted(wanted - person.role_names)]
        moved = True
    if moved:
        end_sessions(work, person.id)
        work.record(PersonRightsChanged(person.id))
    work.session.flush()
    return person


def suspend_person(work: Work, person_id: int, *, reason: str, version: int | None = None) -> Person:
    """Stop a person from signing in; sessions and tokens end at once."""
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    if "admin" in person.role_names:
        _keep_an_admin(work, person)
    work.because(reason)
    person.state = PersonState.SUSPENDED
    end_sessions(work, person.id)
    work.record(PersonRightsChanged(person.id))
    return person


def resume_person(work: Work, person_id: int, *, reason: str, version: int | None = None) -> Person:
    """Let a suspended person sign in again."""
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    work.because(reason)
    person.state = PersonState.ACTIVE
    work.record(PersonRightsChanged(person.id))
    return person


def set_password(work: Work, login: str, *, password: str, password_hash: str, must_change: bool = False) -> None:
    """Give an account a new password; all its sessions and tokens end."""
    work.permit(MANAGE_ACCOUNTS)
    account = account_by_login(work.session, login)
    if account is None:
        raise InvalidInput({"login": [N_("There is no account with this login.")]})
    check_password(password, account.login)
    account.password_hash = password_hash
    account.must_change = must_change
    end_sessions(work, account.person_id, tokens=True)


def change_own_password(work: Work, *, old: str, new: str) -> None:
    """Change one's own password, proving the old one; every session and token ends, this one too."""
    work.permit(KEEP_SELF)
    account = account_by_login(work.session, work.actor.login)
    if account is None or not verify_password(account.password_hash, old):
        raise InvalidInput({"old": [N_("This is not your present password.")]})
    check_password(new, account.login, work.actor.name)
    account.password_hash = hash_password(new)
    account.must_change = False
    end_sessions(work, account.person_id, tokens=True)


def set_own_language(work: Work, language: str) -> None:
    """Choose the language of pages and mail."""
    work.permit(KEEP_SELF)
    if language not in ("zh_Hans_CN", "en"):
        raise InvalidInput({"language": [N_("This language is not offered.")]})
    if work.actor.person_id is not None:
        work.get(Person, work.actor.person_id).language = language


def end_sessions(work: Work, person_id: int, *, tokens: bool = False) -> None:
    """End every running session of a person, and the tokens too after a password change."""

    accounts = select(Account.id).where(Account.person_id == person_id)
    work.session.execute(delete(SignInSession).where(SignInSession.account_id.in_(accounts)),
                         execution_options={"synchronize_session": False})
    if tokens:
        work.session.connection().execute(update(Token.__table__).where(
            Token.__table__.c.person_id == person_id, Token.__table__.c.revoked_at.is_(None)).values(revoked_at=work.now))


def _keep_an_admin(work: Work, person: Person) -> None:

    others = work.session.scalar(
        select(func.count()).select_from(Person).join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == "admin", Person.state == "active", Person.id != person.id))
    if not others:
        raise RuleBroken("people.account.last_admin", N_("The last administrator cannot be taken away."))


