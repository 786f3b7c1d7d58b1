"""The verbs of accounts: add, change roles, suspend, set passwords."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update

from kmsvc.core.acts import note_act
from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.events import PersonJoined, PersonMoved, PersonRightsChanged
from kmsvc.people.accounts.models import Account, Person, RoleGrant
from kmsvc.people.accounts.permissions import KEEP_SELF, MANAGE_ACCOUNTS
from kmsvc.people.accounts.queries import account_by_login, person_by_login
from kmsvc.people.accounts.rules import (
    ALREADY_ACTIVE,
    ALREADY_SUSPENDED,
    NOT_ERASABLE,
    PersonState,
    check_login,
    check_password,
    is_email,
)
from kmsvc.people.roles import Role
from kmsvc.people.sessions.models import SignInSession, Token
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.people.units.queries import open_posts, root_unit, unit_by_code


def check_roles(roles: Sequence[str]) -> frozenset[str]:
    """The role codes, or InvalidInput naming the one that is none."""
    for role in roles:
        if role not in set(Role):
            raise InvalidInput({"roles": [N_("There is no such role.")]})
    return frozenset(roles)


def check_email(email: str | None) -> None:
    """InvalidInput for what mail cannot be sent to; nothing is no fault."""
    if email and not is_email(email):
        raise InvalidInput({"email": [N_("This is not an e-mail address.")]})


def add_account(work: Work, *, login: str, name: str, roles: Sequence[str] = (), unit_code: str | None = None,
                email: str | None = None, password_hash: str | None = None, post: str | None = None,
                language: str | None = None, person_login: str | None = None, is_first: bool = False,
                must_change: bool = False) -> Person:
    """A new account, and its person unless `person_login` names one who gets a second way to sign in.

    password_hash: made by `hash_password` before the transaction (hashing is slow). must_change: it must be replaced at
    the first sign-in. Refuses a login that is taken; roles ask for a fresh password.
    """
    work.permit(MANAGE_ACCOUNTS)
    login = _free_login(work, login)
    if roles or person_login:
        check_fresh(work.actor)
    if person_login:
        person = person_by_login(work.session, person_login)
        if person is None:
            raise InvalidInput({"person": [N_("There is no account with this login.")]})
    else:
        person = _new_person(work, name=name, roles=roles, unit_code=unit_code, email=email, post=post,
                             language=language, is_first=is_first)
    work.session.add(Account(person_id=person.id, login=login, password_hash=password_hash, created_at=work.now,
                             must_change=must_change))
    work.session.flush()
    work.session.refresh(person)
    return person


def add_login(work: Work, person_id: int, login: str) -> Account:
    """A second way to sign in for the same person, still without a password. Separation of duties sees one person."""
    person = work.get(Person, person_id)
    work.permit(MANAGE_ACCOUNTS, person)
    check_fresh(work.actor)
    account = Account(person_id=person.id, login=_free_login(work, login), password_hash=None, created_at=work.now,
                      must_change=False)
    work.session.add(account)
    work.session.flush()
    work.session.refresh(person)
    return account


def _free_login(work: Work, login: str) -> str:
    login = check_login(login)
    if account_by_login(work.session, login) is not None:
        raise RuleBroken("people.account.login_taken", N_("The login %(login)s is taken."), login=login)
    return login


def _new_person(work: Work, *, name: str, roles: Sequence[str], unit_code: str | None, email: str | None,
                post: str | None, language: str | None, is_first: bool) -> Person:
    unit = unit_by_code(work.session, unit_code) if unit_code else root_unit(work.session)
    if unit is None or unit.closed_at is not None:
        raise InvalidInput({"unit": [N_("There is no unit with this code.")]})
    check_email(email)
    person = Person(name=name, email=email, unit_id=unit.id, post_id=_post_id(work, post),
                    language=language or "zh_Hans_CN", state=PersonState.ACTIVE, created_at=work.now, is_first=is_first,
                    roles=[RoleGrant(role=role) for role in sorted(check_roles(roles))])
    work.session.add(person)
    work.session.flush()
    work.record(PersonJoined(person.id, person.unit_id, person.post_id))
    return person


def _post_id(work: Work, post: str | None, now: int | None = None) -> int | None:
    held = next((one for one in open_posts(work.session, now) if post in (one.code, one.name)), None) if post else None
    if post and held is None:
        raise InvalidInput({"post": [N_("There is no such post.")]})
    return held.id if held else None


def _grant(work: Work, person: Person, wanted: frozenset[str]) -> None:
    """Make the roles held exactly these; rows are deleted by name so that the trail sees each."""
    for grant in [one for one in person.roles if one.role not in wanted]:
        work.session.delete(grant)
    for role in sorted(wanted - person.role_names):
        work.session.add(RoleGrant(person_id=person.id, role=role))
    work.session.flush()
    # roles are rows of their own; the second of two editors must still be told
    work.session.connection().execute(update(Person).where(Person.id == person.id).values(version=Person.version + 1))
    work.session.refresh(person, ["version", "roles"])


def change_person(work: Work, person_id: int, *, version: int | None = None, name: str | None = None,
                  email: str | None = None, roles: Sequence[str] | None = None, unit_code: str | None = None,
                  language: str | None = None, post: str | None = None) -> Person:
    """Change what is known of a person. A change of roles or unit ends running sessions at once (R-A7).

    None leaves a value as it is; an empty e-mail or post takes it away. Other roles ask for a fresh password.
    """
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    check_email(email)
    unit = unit_by_code(work.session, unit_code) if unit_code is not None else None
    if unit_code is not None and (unit is None or (unit.closed_at is not None and unit.id != person.unit_id)):
        raise InvalidInput({"unit": [N_("There is no unit with this code.")]})
    post_id = _post_id(work, post, person.post_id) if post is not None else person.post_id
    moved = unit is not None and person.unit_id != unit.id
    before = person.unit_id, person.post_id
    person.name = name if name is not None else person.name  # all at once: one act is one entry of the trail
    person.email = (email or None) if email is not None else person.email
    person.language = language if language is not None else person.language
    person.post_id = post_id
    person.unit_id = unit.id if unit is not None else person.unit_id
    if roles is not None and check_roles(roles) != person.role_names:
        check_fresh(work.actor)
        wanted = check_roles(roles)
        if "admin" in person.role_names - wanted:
            _keep_an_admin(work, person)
        _grant(work, person, wanted)
        moved = True
    if moved:
        end_sessions(work, person.id)
        work.record(PersonRightsChanged(person.id))
    work.session.flush()
    if before != (person.unit_id, person.post_id):
        work.record(PersonMoved(person.id, *before, person.unit_id, person.post_id, person.version))
    return person


def suspend_person(work: Work, person_id: int, *, reason: str, version: int | None = None) -> Person:
    """Stop a person from signing in; sessions and tokens end at once."""
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    if person.state == PersonState.SUSPENDED:
        raise RuleBroken(ALREADY_SUSPENDED, N_("This person is suspended already."))
    if "admin" in person.role_names:
        _keep_an_admin(work, person)
    work.because(reason)
    person.state = PersonState.SUSPENDED
    end_sessions(work, person.id, tokens=True)
    work.record(PersonRightsChanged(person.id))
    return person


def resume_person(work: Work, person_id: int, *, reason: str, version: int | None = None) -> Person:
    """Let a suspended person sign in again."""
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    if person.state == PersonState.ACTIVE:
        raise RuleBroken(ALREADY_ACTIVE, N_("This person may sign in already."))
    if person.erased_at is not None:
        raise RuleBroken(NOT_ERASABLE, N_("This person was erased and cannot come back; add a new account instead."))
    work.because(reason)
    person.state = PersonState.ACTIVE
    work.record(PersonRightsChanged(person.id))
    return person


def set_password(work: Work, login: str, *, password: str, password_hash: str, must_change: bool = False) -> None:
    """Give an account a new password; all its sessions and tokens end."""
    work.permit(MANAGE_ACCOUNTS)
    check_fresh(work.actor)
    account = account_by_login(work.session, login)
    if account is None:
        raise InvalidInput({"login": [N_("There is no account with this login.")]})
    _put_password(work, account, password, password_hash, must_change)


def set_person_password(work: Work, person_id: int, *, login: str | None, password: str, password_hash: str,
                        must_change: bool = True) -> Account:
    """Give one of a person's accounts, the first unless `login` says which, a new password; sessions and tokens end."""
    person = work.get(Person, person_id)
    work.permit(MANAGE_ACCOUNTS, person)
    check_fresh(work.actor)
    account = next((one for one in person.accounts if login in (None, one.login)), None)
    if account is None:
        raise InvalidInput({"login": [N_("There is no account with this login.")]})
    _put_password(work, account, password, password_hash, must_change)
    return account


def _put_password(work: Work, account: Account, password: str, password_hash: str, must_change: bool) -> None:
    check_password(password, account.login)
    account.password_hash = password_hash
    account.must_change = must_change
    end_sessions(work, account.person_id, tokens=True)


def sign_person_out(work: Work, person_id: int) -> None:
    """End every running session of a person; tokens stay."""
    person = work.get(Person, person_id)
    work.permit(MANAGE_ACCOUNTS, person)
    ended = end_sessions(work, person.id)
    note_act(work, "end_sessions", "people_person", str(person.id), {"sessions": ended})


def set_own_language(work: Work, language: str) -> None:
    """Choose the language of pages and mail."""
    work.permit(KEEP_SELF)
    if language not in ("zh_Hans_CN", "en"):
        raise InvalidInput({"language": [N_("This language is not offered.")]})
    if work.actor.person_id is not None:
        work.get(Person, work.actor.person_id).language = language


def end_sessions(work: Work, person_id: int, *, tokens: bool = False) -> int:
    """End every running session of a person, and the tokens too after a password change or a suspension; how many sessions."""
    accounts = select(Account.id).where(Account.person_id == person_id)
    done = work.session.execute(delete(SignInSession).where(SignInSession.account_id.in_(accounts)),
                                execution_options={"synchronize_session": False})
    if tokens:
        for token in work.session.scalars(select(Token).where(Token.person_id == person_id, Token.revoked_at.is_(None))):
            token.revoked_at = work.now
    return int(getattr(done, "rowcount", 0))


def _keep_an_admin(work: Work, person: Person) -> None:
    """RuleBroken when no other administrator may sign in. The grants are locked, so that two who take each other's away
    at the same moment do it one after the other."""
    work.session.execute(select(RoleGrant.id).where(RoleGrant.role == Role.ADMIN).order_by(RoleGrant.id).with_for_update())
    others = work.session.scalar(
        select(func.count()).select_from(Person).join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.role == "admin", Person.state == "active", Person.id != person.id))
    if not others:
        raise RuleBroken("people.account.last_admin", N_("The last administrator cannot be taken away."))
