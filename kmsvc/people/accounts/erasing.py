"""Erasing a person who has left: a pseudonym stands wherever the name stood, in the trail too, and the chain stays whole. R-W8."""

from __future__ import annotations

from kmsvc.core.errors import InvalidInput, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.trail_words import pseudonym
from kmsvc.core.work import Work
from kmsvc.people.accounts.events import PersonRightsChanged
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS
from kmsvc.people.accounts.rules import NOT_ERASABLE, PersonState
from kmsvc.people.accounts.usecases import end_sessions
from kmsvc.people.sessions.rules import check_fresh


def erase_person(work: Work, person_id: int, *, confirm: str, reason: str, version: int | None = None) -> Person:
    """Put a pseudonym in the place of name, e-mail and logins, for good; what the person did stays, under the pseudonym. confirm: a
    login of the person, typed again. Raises RuleBroken while the person may sign in or is erased already, InvalidInput, Stale."""
    person = work.get(Person, person_id, lock=True, version=version)
    work.permit(MANAGE_ACCOUNTS, person)
    check_fresh(work.actor)
    if person.erased_at is not None:
        raise RuleBroken(NOT_ERASABLE, N_("This person is erased already."))
    if person.state != PersonState.SUSPENDED:
        raise RuleBroken(NOT_ERASABLE, N_("Suspend this person first: who may sign in cannot be erased."))
    if confirm.strip().lower() not in {one.login for one in person.accounts}:
        raise InvalidInput({"confirm": [N_("Type the account of this person again; it cannot be brought back.")]})
    work.because(reason)
    person.name, person.email, person.erased_at = pseudonym(person.id), None, work.now
    for grant in list(person.roles):
        work.session.delete(grant)
    for account in person.accounts:
        account.login, account.password_hash = f"erased-{account.id}", None
    end_sessions(work, person.id, tokens=True)
    work.forget(person.id)
    work.record(PersonRightsChanged(person.id))
    return person
