"""Changing one's own password: proves the old one, counted like any guess, and signs out everywhere."""

from __future__ import annotations

from kmsvc.core.actors import Actor
from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.people.accounts.passwords import hash_password, verify_password
from kmsvc.people.accounts.permissions import KEEP_SELF
from kmsvc.people.accounts.queries import account_by_login
from kmsvc.people.accounts.rules import check_password
from kmsvc.people.accounts.usecases import end_sessions
from kmsvc.people.sessions.usecases import count_guess, forget_guesses


def change_own_password(db: Database, actor: Actor, *, old: str, new: str, address: str) -> None:
    """Replace one's own password; every session and token of the person ends, this one too (R-I1).

    The slow hashing runs between two transactions. Raises TooManyGuesses like a sign-in does (R-I3).
    """
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        count_guess(work.session, actor.login, address, work.now)
        account = account_by_login(work.session, actor.login)
        kept = account.password_hash if account else None
    if not verify_password(kept, old):
        raise InvalidInput({"old": [N_("This is not your present password.")]})
    if old == new:
        raise InvalidInput({"new": [N_("The new password must be another one.")]})
    try:
        check_password(new, actor.login, actor.name)
    except InvalidInput as error:
        raise InvalidInput({"new": error.fields["password"]}) from error
    made = hash_password(new)
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        account = account_by_login(work.session, actor.login)
        if account is None or account.password_hash != kept:
            raise InvalidInput({"old": [N_("This is not your present password.")]})
        account.password_hash = made
        account.must_change = False
        forget_guesses(work.session, actor.login, address)
        end_sessions(work, account.person_id, tokens=True)
