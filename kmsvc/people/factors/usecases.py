"""Set up, confirm, use, replace and take away a second factor. Each code counts once, whoever is faster (R-I7)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from kmsvc.core.actors import Actor
from kmsvc.core.acts import note_act
from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Database, Work
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.permissions import KEEP_SELF, MANAGE_ACCOUNTS
from kmsvc.people.accounts.usecases import end_sessions
from kmsvc.people.factors import codes as rules
from kmsvc.people.factors.asked import must_have
from kmsvc.people.factors.codes import WrongCode
from kmsvc.people.factors.events import FactorReset
from kmsvc.people.factors.models import FactorStep, RecoveryCode, SecondFactor
from kmsvc.people.factors.queries import has_factor
from kmsvc.people.sessions.models import SignInSession
from kmsvc.people.sessions.rules import check_fresh
from kmsvc.people.sessions.usecases import count_guess, digest, forget_guesses

NOT_THIS = N_("This code does not fit. Look at the app and enter the one it shows now.")


def begin_factor(work: Work) -> tuple[str, str]:
    """A fresh secret for the caller, not asked for before it is confirmed: (secret, address for the picture). Shown now or never."""
    work.permit(KEEP_SELF)
    check_fresh(work.actor)
    if work.actor.person_id is None:
        raise NotFound()
    if has_factor(work.session, work.actor.person_id):
        raise RuleBroken("people.factor.there", N_("One-time codes are set up already. Take them away first to set up another phone."))
    for old in work.session.scalars(select(SecondFactor).where(SecondFactor.person_id == work.actor.person_id)):
        work.session.delete(old)
    work.session.flush()
    secret = rules.new_secret()
    work.session.add(SecondFactor(person_id=work.actor.person_id, secret=secret, begun_at=work.now, confirmed_at=None))
    return secret, rules.address_of(secret, work.actor.login)


def confirm_factor(db: Database, actor: Actor, *, code: str, address: str, session_secret: str = "") -> list[str]:
    """From now on the code is asked for: the app has shown that it holds the secret. Returns recovery codes, shown once; all other
    sessions end. Raises InvalidInput, TooManyGuesses."""
    _count(db, actor, address)
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        row = work.session.scalars(select(SecondFactor).where(SecondFactor.person_id == actor.person_id).with_for_update()).one_or_none()
        if row is None or row.confirmed_at is not None:
            raise RuleBroken("people.factor.not_begun", N_("Nothing is being set up. Begin anew."))
        step = rules.step_of(row.secret, rules.normal(code), work.now)
        if step is None:
            raise InvalidInput({"code": [NOT_THIS]})
        row.confirmed_at = work.now
        work.session.add(FactorStep(factor_id=row.id, last_step=step))
        forget_guesses(work.session, actor.login, address, kind="code")
        _end_others(work, session_secret)
        return _new_codes(work, row.id)


def _end_others(work: Work, session_secret: str) -> None:
    """Every session of the caller but this one ends: what was signed in before knew no code."""
    accounts = select(Account.id).where(Account.person_id == work.actor.person_id)
    work.session.execute(delete(SignInSession).where(
        SignInSession.account_id.in_(accounts), SignInSession.secret_hash != digest(session_secret)),
        execution_options={"synchronize_session": False})


def _new_codes(work: Work, factor_id: int) -> list[str]:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.factor_id == factor_id))
    codes = rules.recovery_codes()
    work.session.add_all([RecoveryCode(factor_id=factor_id, code_hash=rules.kept(one), used_at=None) for one in codes])
    return codes


def take_code(work: Work, person_id: int, code: str) -> bool:
    """Use up a code of the app or a recovery code; whether it counted. Normalised before both checks; of many at once one wins,
    because the row moves only while it still stands before this code."""
    row = work.session.scalars(select(SecondFactor).where(
        SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))).one_or_none()
    if row is None:
        return False
    typed = rules.normal(code)
    step = rules.step_of(row.secret, typed, work.now)
    if step is not None:
        done = work.session.execute(update(FactorStep).where(FactorStep.factor_id == row.id, FactorStep.last_step < step).values(
            last_step=step), execution_options={"synchronize_session": False})
        return int(getattr(done, "rowcount", 0)) == 1
    done = work.session.execute(update(RecoveryCode).where(
        RecoveryCode.factor_id == row.id, RecoveryCode.code_hash == rules.kept(typed), RecoveryCode.used_at.is_(None)).values(
        used_at=work.now), execution_options={"synchronize_session": False})
    if int(getattr(done, "rowcount", 0)) != 1:
        return False
    note_act(work, "use_recovery_code", "people_factor", str(row.id), {"person_id": person_id})
    return True


def remove_factor(db: Database, actor: Actor, *, code: str, address: str) -> None:
    """Take away one's own second factor, with a code of it. Who comes from outside keeps theirs."""
    if actor.guest:
        raise RuleBroken("people.factor.guest", N_("Whoever comes from outside signs in with a code; it cannot be taken away."))
    with db.look(actor) as work:
        if must_have(work.session, guest=False, roles=actor.roles):
            raise RuleBroken("people.factor.asked", N_("Your role signs in with a code; it cannot be taken away. For another phone, an "
                                                       "administrator takes it away and you set it up anew."))
    _with_code(db, actor, code, address)
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        for row in _own(work):
            work.session.delete(row)


def renew_codes(db: Database, actor: Actor, *, code: str, address: str) -> list[str]:
    """Fresh recovery codes, with a code of the app; those before count no more."""
    _with_code(db, actor, code, address)
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        row = next(iter(_own(work)))
        note_act(work, "renew_recovery_codes", "people_factor", str(row.id), {"person_id": actor.person_id})
        return _new_codes(work, row.id)


def _own(work: Work) -> Iterable[SecondFactor]:
    found = list(work.session.scalars(select(SecondFactor).where(
        SecondFactor.person_id == work.actor.person_id, SecondFactor.confirmed_at.is_not(None))))
    if not found:
        raise RuleBroken("people.factor.none", N_("No one-time codes are set up."))
    return found


def _count(db: Database, actor: Actor, address: str) -> None:
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        count_guess(work.session, actor.login, address, work.now, kind="code")


def _with_code(db: Database, actor: Actor, code: str, address: str) -> None:
    with db.look(actor) as work:
        _own(work)
    _count(db, actor, address)
    with db.begin(actor) as work:
        work.permit(KEEP_SELF)
        if not take_code(work, actor.person_id or 0, code):
            raise InvalidInput({"code": [WrongCode.sentence]})
        forget_guesses(work.session, actor.login, address, kind="code")


def reset_factor(work: Work, person_id: int, *, reason: str) -> None:
    """Take away somebody's second factor: phone and recovery codes are gone. Sessions end, and the person hears of it."""
    person = work.get(Person, person_id)
    work.permit(MANAGE_ACCOUNTS, person)
    check_fresh(work.actor)
    row = work.session.scalars(select(SecondFactor).where(SecondFactor.person_id == person_id).with_for_update()).one_or_none()
    if row is None:
        raise RuleBroken("people.factor.none", N_("No one-time codes are set up."))
    work.because(reason)
    work.record(FactorReset(person_id, row.id))
    work.session.delete(row)
    end_sessions(work, person_id)
