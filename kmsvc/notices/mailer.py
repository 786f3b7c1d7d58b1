"""Handing mail to the server: claim for a moment, send outside any transaction, record. One message per recipient.

5xx for the one letter: dead, with the reason. Everything else: later. The Message-ID is the row, so that a duplicate
after a crash can be told (R-M1, R-M2). Rights are asked again at sending (R-M3). A server that is away costs one claim."""

from __future__ import annotations

import random
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select

from kmsvc.core import cards
from kmsvc.core.clock import local_date
from kmsvc.core.faults import fault
from kmsvc.core.work import Database, Work
from kmsvc.notices.envelope import BadAddress, Fate, hand_over, open_server, plain_reason
from kmsvc.notices.models import Mail
from kmsvc.notices.permissions import SEND_MAIL
from kmsvc.notices.wording import mail_text
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.system import SYSTEM

log = structlog.get_logger("kmsvc.mail")
CLAIM = timedelta(seconds=90)
SAFE_LEFT = timedelta(seconds=45)  # the slowest letter ends well before its claim does
GO_LIVE = timedelta(minutes=10)  # by then what comes into force with a day is there to be asked for
BATCH = 20
SERVER_AWAY_S = 20


@dataclass(frozen=True)
class Letter:
    """A claimed mail, ready to go; nobody else takes it before `claimed_until`."""

    mail_id: int
    to: str
    name: str
    subject: str
    text: str
    claimed_until: datetime


def send_waiting(db: Database, settings: Any, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due; returns how many were tried. Without a server everything stays readable in the outbox.

    Raises ServerAway after putting the claimed letters back, when the server cannot be talked to at all.
    """
    if not settings.smtp_url:
        return 0
    letters = _claim(db, settings)
    if not letters:
        return 0
    fault("mail.after_claim")
    waiting = list(letters)
    try:
        with open_server(settings.smtp_url) as server:
            while waiting and not stopping() and db.clock() < waiting[0].claimed_until - SAFE_LEFT:
                letter = waiting[0]
                try:
                    fate = hand_over(server, settings, letter)
                except (BadAddress, smtplib.SMTPNotSupportedError) as error:
                    fate = Fate("dead", plain_reason(error))
                if fate.state == "sent":
                    fault("mail.after_send")
                _settle(db, letter, fate)
                waiting.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        _put_back(db, waiting, plain_reason(error), after_s=SERVER_AWAY_S)
        raise ServerAway(plain_reason(error)) from error
    _put_back(db, waiting, None, after_s=0)
    return len(letters) - len(waiting)


class ServerAway(Exception):
    """The mail server cannot be reached, will not let us in, or broke off; nothing is lost, the mailer pauses."""


def _claim(db: Database, settings: Any) -> list[Letter]:
    found: list[Letter] = []
    with db.begin(SYSTEM) as work:
        work.permit(SEND_MAIL)
        rows = work.session.scalars(select(Mail).where(
            Mail.state == "waiting", Mail.next_at <= work.now,
            or_(Mail.claimed_until.is_(None), Mail.claimed_until < work.now, Mail.claimed_until > work.now + CLAIM * 2))
            .order_by(Mail.next_at, Mail.id).limit(BATCH).with_for_update(skip_locked=True))
        for row in rows:
            person = work.session.get(Person, row.person_id)
            if person is None or not person.email or person.state != "active" or not _still_allowed(
                    work, row, person, settings.timezone):
                row.state, row.error = "dropped", "the right to it was lost meanwhile"
                continue
            try:
                subject, text = mail_text(row.kind, row.params, person.language, settings.base_url + row.url, person.name)
            except (KeyError, ValueError, TypeError) as error:
                row.state, row.error = "dead", f"its words cannot be made: {type(error).__name__}: {error}"[:300]
                log.error("mail without words", mail=row.id, kind=row.kind)
                continue
            row.claimed_until = work.now + CLAIM
            found.append(Letter(row.id, person.email, person.name, subject, text, row.claimed_until))
    return found


def _still_allowed(work: Work, row: Mail, person: Person, zone: str) -> bool:
    """Whether the reader may know of it now; what comes into force on a later day is not there to be asked for yet."""
    if row.subject_kind is None or row.subject_id is None or row.subject_kind not in cards.KINDS:
        return True
    actor = actor_of(work.session, person, login=person.login, via="worker")
    if cards.card(work.session, actor, row.subject_kind, row.subject_id) is not None:
        return True
    today = local_date(work.now - GO_LIVE, zone).isoformat()
    return row.kind == "process.version.released" and row.params.get("effective_on", "") > today


def _settle(db: Database, letter: Letter, fate: Fate) -> None:
    with db.begin(SYSTEM) as work:
        work.permit(SEND_MAIL)
        row = work.session.get(Mail, letter.mail_id, with_for_update=True)
        if row is None or row.state != "waiting":
            return
        row.tries += 1
        row.claimed_until = None
        row.error = fate.reason
        if fate.state == "sent":
            row.state, row.sent_at = "sent", work.now
        elif fate.state == "dead":
            row.state = "dead"
            log.warning("mail refused for good", mail=row.id, reason=fate.reason)
        else:
            row.next_at = work.now + timedelta(seconds=min(5 * 2 ** min(row.tries, 10), 900) * random.uniform(0.7, 1.3))


def _put_back(db: Database, letters: list[Letter], reason: str | None, *, after_s: float) -> None:
    if not letters:
        return
    with db.begin(SYSTEM) as work:
        work.permit(SEND_MAIL)
        for row in work.session.scalars(select(Mail).where(
                Mail.id.in_([letter.mail_id for letter in letters]), Mail.state == "waiting").with_for_update()):
            row.claimed_until = None
            if reason is not None:
                row.error, row.tries = reason, row.tries + 1
                row.next_at = work.now + timedelta(seconds=after_s * random.uniform(0.7, 1.3))
