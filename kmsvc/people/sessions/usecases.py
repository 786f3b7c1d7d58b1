"""Sign in, sign out, step up; make and revoke tokens. Answers never tell whether an account exists (R-I5)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from kmsvc.core.actors import Actor
from kmsvc.core.acts import note_act
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.texts import N_
from kmsvc.core.trail_words import Said
from kmsvc.core.work import Database, Work
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.passwords import hash_password, needs_rehash, verify_password
from kmsvc.people.accounts.permissions import END_SESSIONS, KEEP_SELF, MANAGE_ACCOUNTS
from kmsvc.people.accounts.queries import account_by_login, actor_of
from kmsvc.people.factors.asked import must_have
from kmsvc.people.factors.queries import has_factor
from kmsvc.people.sessions import rules
from kmsvc.people.sessions.models import Guess, SignInSession, Token, TokenUse


class TooManyGuesses(Refusal):
    """Too many failed sign-ins for this account or from this address."""

    status = 429
    code = "too_many_guesses"
    sentence = N_("Too many failed sign-ins. Wait %(seconds)s seconds and try again.")


class WrongSignIn(Refusal):
    """Unknown login, wrong password or suspended person: one answer for all three."""

    status = 401
    code = "wrong_sign_in"
    sentence = N_("This login and password do not fit together.")


@dataclass(frozen=True)
class SignedIn:
    """secret: what the cookie holds; shown once. Empty where a one-time code is asked for first: `proof` says then which password was
    proved, for `sign_in_with_code`."""

    secret: str
    person_id: int
    must_change: bool
    proof: tuple[int, str] | None = None


def digest(secret: str) -> str:
    """The kept form of a session secret or token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sign_in(db: Database, actor: Actor, *, login: str, password: str, address: str, browser: str | None,
            old_secret: str | None = None, is_inside: bool = False) -> SignedIn:
    """A new session after a right password. The slow hashing runs outside any write transaction.

    is_inside: who asks has a session already and proves the password again; no code is asked for.

    Each try is counted before the password is looked at, so that the limit holds over all processes (R-I3).
    """
    login = login.strip().lower()[:63]
    with db.begin(actor) as work:
        count_guess(work.session, login, address, work.now)
        account = account_by_login(work.session, login)
        kept = account.password_hash if account else None
    right = verify_password(kept, password)
    with db.begin(actor) as work:
        account = account_by_login(work.session, login)
        person = work.session.get(Person, account.person_id) if account else None
        if not right or account is None or person is None or person.state != "active" or account.password_hash != kept:
            raise WrongSignIn()
        forget_guesses(work.session, login, address)
        if not is_inside and has_factor(work.session, person.id):
            return SignedIn("", person.id, account.must_change, (account.id, digest(kept or "")[:32]))
        end_session_of(work, old_secret)
        secret = open_session(work, account, address=address, browser=browser)
        return SignedIn(secret, person.id, account.must_change)


def end_session_of(work: Work, old_secret: str | None) -> None:
    """A browser that signs in anew leaves its old session behind."""
    if old_secret:
        work.session.execute(delete(SignInSession).where(SignInSession.secret_hash == digest(old_secret)))


def open_session(work: Work, account: Account, *, address: str, browser: str | None) -> str:
    """A session row for an account whose owner was proved; returns the cookie's secret."""
    secret = secrets.token_urlsafe(32)
    work.session.add(SignInSession(
        account_id=account.id, secret_hash=digest(secret), created_at=work.now, seen_at=work.now, fresh_at=work.now,
        ends_at=work.now + rules.ABSOLUTE, address=address[:64], browser=(browser or "")[:200] or None))
    return secret


def step_up(db: Database, actor: Actor, *, secret: str, password: str, address: str) -> str:
    """Prove the password again within a session; the session gets a new secret (R-I2), which is returned."""
    signed = sign_in(db, actor, login=actor.login, password=password, address=address, browser=None, old_secret=secret,
                     is_inside=True)
    return signed.secret


def sign_out(work: Work, secret: str) -> None:
    """End this session; its cookie is worth nothing from now on."""
    work.session.execute(delete(SignInSession).where(SignInSession.secret_hash == digest(secret)))


def end_other_sessions(work: Work, secret: str) -> None:
    """End all sessions of this person but the present one."""
    work.permit(KEEP_SELF)
    accounts = select(Account.id).where(Account.person_id == work.actor.person_id)
    work.session.execute(delete(SignInSession).where(
        SignInSession.account_id.in_(accounts), SignInSession.secret_hash != digest(secret)),
        execution_options={"synchronize_session": False})


def end_session(work: Work, session_id: int) -> None:
    """End one running session, one's own or, for who keeps accounts, anybody's."""
    row = work.get(SignInSession, session_id)
    account = work.get(Account, row.account_id)
    own = account.person_id == work.actor.person_id
    if not own and not work.actor.can(MANAGE_ACCOUNTS.name):
        raise NotFound()
    work.permit(KEEP_SELF if own else MANAGE_ACCOUNTS)
    if not own:
        note_act(work, "end_sessions", "people_session", f"s{row.id}", {
            "person_id": account.person_id, "login": Said(account.person_id, account.login)})
    work.session.delete(row)


def create_token(work: Work, login: str, *, name: str, days: int) -> str:
    """A new API token for an account; the secret is returned once and kept only as a hash."""
    own = work.actor.login == login and work.actor.is_person()
    work.permit(KEEP_SELF if own else MANAGE_ACCOUNTS)
    rules.check_fresh(work.actor)
    account = account_by_login(work.session, login)
    if account is None or account.person.is_guest:  # a token would pass by the second factor
        raise InvalidInput({"login": [N_("There is no account with this login.")]})
    if not 1 <= days <= 3660:
        raise InvalidInput({"days": [N_("A token lives 1 to 3660 days.")]})
    secret = "kms_" + secrets.token_urlsafe(32)
    work.session.add(Token(person_id=account.person_id, account_id=account.id, secret_hash=digest(secret), name=name,
                           created_at=work.now, expires_at=work.now + timedelta(days=days)))
    return secret


def revoke_token(work: Work, token_id: int) -> None:
    """End a token at once."""
    token = work.get(Token, token_id)
    work.permit(KEEP_SELF if token.person_id == work.actor.person_id else MANAGE_ACCOUNTS)
    if token.person_id != work.actor.person_id and not work.actor.can(MANAGE_ACCOUNTS.name):
        raise NotFound()
    token.revoked_at = token.revoked_at or work.now  # the first time counts


def drop_ended_sessions(work: Work) -> int:
    """Delete sessions that have run out; returns how many."""
    work.permit(END_SESSIONS)
    done = work.session.execute(delete(SignInSession).where(SignInSession.ends_at < work.now))
    work.session.execute(delete(Guess).where(Guess.since < work.now - rules.FORGET_AFTER - rules.LONGEST_WAIT))
    return int(getattr(done, "rowcount", 0))


def forget_guesses(session: Session, login: str, address: str, *, kind: str = "login") -> None:
    """The password was right, or the code (kind `code`): the account starts anew, and the address has one guess less against it."""
    session.execute(delete(Guess).where(Guess.key == f"{kind}:{login}"))
    here = session.get(Guess, f"address:{address}", with_for_update=True)
    if here is not None and here.failures > 0:
        here.failures -= 1
        here.until = None if here.failures < rules.PER_ADDRESS else here.until  # fifty people sign in at once (R-I4)


def _guess(session: Session, key: str, now: datetime) -> Guess:
    """The counted row of a key, held to the end; made where there is none, by one of many who come at once."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    while True:
        session.execute(insert(Guess).values(key=key, failures=0, since=now, until=None).on_conflict_do_nothing())
        row = session.get(Guess, key, with_for_update=True)
        if row is not None:
            return row  # else whoever was right just then forgot it


def count_guess(session: Session, login: str, address: str, now: datetime, *, kind: str = "login") -> None:
    """Count a try of a password (kind `login`) or a code against the account and the address; TooManyGuesses while one of them waits.
    Codes are counted apart: who knows the password must not be able to begin anew by entering it."""
    for key in (f"{kind}:{login}", f"address:{address}"):
        row = _guess(session, key, now)
        by_login = not key.startswith("address:")
        window = rules.FORGET_AFTER if by_login else rules.ADDRESS_WINDOW
        if now - row.since > window and (row.until is None or row.until < now):
            row.failures, row.since, row.until = 0, now, None
        if row.until is not None and now < row.until:
            raise TooManyGuesses(seconds=int((row.until - now).total_seconds()) + 1)
        row.failures += 1
        if by_login:
            wait = rules.wait_after(row.failures)
            row.until = now + wait if wait else None
        elif row.failures >= rules.PER_ADDRESS:
            row.until = row.since + rules.ADDRESS_WINDOW
    session.flush()


def actor_by_session(session: Session, secret: str, now: datetime) -> tuple[Actor, SignInSession] | None:
    """The party behind a cookie, or None when the session has ended or the person is suspended."""
    row = session.scalars(select(SignInSession).where(SignInSession.secret_hash == digest(secret))).one_or_none()
    if row is None or not rules.is_live(row.created_at, row.seen_at, row.ends_at, now):
        return None
    account = session.get(Account, row.account_id)
    person = session.get(Person, account.person_id) if account else None
    if account is None or person is None or person.state != "active":
        return None
    fresh = now - row.fresh_at < rules.FRESH
    actor = actor_of(session, person, login=account.login, via="cookie", session_ref=f"s{row.id}", fresh=fresh)
    return replace(actor, must_change=account.must_change,
                   factor_first=must_have(session, guest=person.is_guest, roles=actor.roles) and not has_factor(
                       session, person.id)), row


def actor_by_token(session: Session, secret: str, now: datetime) -> tuple[Actor, Token] | None:
    """The party behind a bearer token, or None when it is unknown, revoked or expired, or the person is suspended."""
    token = session.scalars(select(Token).where(Token.secret_hash == digest(secret))).one_or_none()
    if token is None or token.revoked_at is not None or token.expires_at <= now:
        return None
    account = session.get(Account, token.account_id)
    person = session.get(Person, token.person_id)
    if account is None or person is None or person.state != "active":
        return None
    return actor_of(session, person, login=account.login, via="token", session_ref=f"t{token.id}", fresh=True), token


def note_use(db: Database, actor: Actor, token_id: int) -> None:
    """Remember that a token was used (at most once a minute by the caller)."""
    with db.begin(actor) as work:
        row = work.session.get(TokenUse, token_id)
        if row is None:
            work.session.add(TokenUse(token_id=token_id, last_at=work.now))
        else:
            row.last_at = work.now


def rehash_if_needed(db: Database, actor: Actor, login: str, password: str) -> None:
    """Keep the password in today's form once it was proved."""
    with db.look(actor) as work:
        account = account_by_login(work.session, login)
        old = account is not None and account.password_hash is not None and needs_rehash(account.password_hash)
    if old:
        new_hash = hash_password(password)
        with db.begin(actor) as work:
            work.permit(KEEP_SELF)
            account = account_by_login(work.session, login)
            if account is not None:
                account.password_hash = new_hash
