"""The second step of signing in: the code, after a right password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from kmsvc.core.actors import Actor
from kmsvc.core.work import Database
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.factors.codes import WrongCode
from kmsvc.people.factors.usecases import take_code
from kmsvc.people.sessions.usecases import (
    SignedIn,
    WrongSignIn,
    count_guess,
    digest,
    end_session_of,
    forget_guesses,
    open_session,
)

WITHIN = timedelta(minutes=5)


class Ticket:
    """What a browser holds between password and code: signed, for some minutes, bound to the password that was proved."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt="kmsvc.second-step")

    def give(self, proof: tuple[int, str], now: float) -> str:
        """The ticket for a proved password."""
        return str(self._signer.dumps([*proof, int(now)]))

    def read(self, ticket: str, now: float) -> tuple[int, str]:
        """Whose password was proved; WrongSignIn where that is too long ago or was never so."""
        try:
            account_id, proved, at = self._signer.loads(ticket)
        except (BadData, ValueError, TypeError) as error:
            raise WrongSignIn() from error
        if not 0 <= now - at <= WITHIN.total_seconds():
            raise WrongSignIn()
        return int(account_id), str(proved)


def sign_in_with_code(db: Database, actor: Actor, *, proof: tuple[int, str], code: str, address: str, browser: str | None,
                      old_secret: str | None = None) -> SignedIn:
    """A new session after password and code. Each try is counted before the code is looked at; a code counts once, though sixteen
    hand it in at the same moment (R-I7). Raises WrongCode, WrongSignIn, TooManyGuesses."""
    account_id, proved = proof

    def held(work: Any) -> tuple[Account, Person]:
        account = work.session.get(Account, account_id)
        person = work.session.get(Person, account.person_id) if account else None
        if account is None or person is None or person.state != "active" or digest(account.password_hash or "")[:32] != proved:
            raise WrongSignIn()
        return account, person
    with db.begin(actor) as work:
        login = held(work)[0].login
        count_guess(work.session, login, address, work.now, kind="code")
    with db.begin(actor) as work:
        account, person = held(work)
        if not take_code(work, person.id, code):
            raise WrongCode()
        forget_guesses(work.session, login, address, kind="code")
        end_session_of(work, old_secret)
        return SignedIn(open_session(work, account, address=address, browser=browser), person.id, account.must_change)
