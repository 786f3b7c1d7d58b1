"""Handing mail to the server: claim for a moment, send outside any transaction, record. One message per recipient.

5xx at the recipient: dead, with the reason. Everything else: later, with growing pauses. The Message-ID is the row, so that a
duplicate after a crash can be told (R-M1, R-M2). Rights are asked again at sending (R-M3)."""

from __future__ import annotations

import random
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from sqlalchemy import or_, select

from kmsvc.core import cards
from kmsvc.core.faults import fault
from kmsvc.core.work import Database, Work
from kmsvc.notices.models import Mail
from kmsvc.notices.permissions import SEND_MAIL
from kmsvc.notices.wording import mail_text
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.system import SYSTEM

log = structlog.get_logger("kmsvc.mail")
TIMEOUT_S = 10
CLAIM_S = 120
BATCH = 20


@dataclass(frozen=True)
class Letter:
    """A claimed mail, ready to go."""

    mail_id: int
    to: str
    name: str
    subject: str
    text: str


def send_waiting(db: Database, settings: Any) -> int:
    """Send what is due; returns how many were tried. Without a server everything stays readable in the outbox."""
    if not settings.smtp_url:
        return 0
    letters = _claim(db, settings)
    if not letters:
        return 0
    fault("mail.after_claim")
    done = 0
    try:
        with _server(settings.smtp_url) as server:
            for letter in letters:
                _settle(db, letter, *_send(server, settings, letter))
                done += 1
    except (OSError, smtplib.SMTPException) as error:
        for letter in letters[done:]:
            _settle(db, letter, "later", f"{type(error).__name__}: {error}"[:300])
    return len(letters)


def _claim(db: Database, settings: Any) -> list[Letter]:
    found: list[Letter] = []
    with db.begin(SYSTEM) as work:
        work.permit(SEND_MAIL)
        rows = work.session.scalars(select(Mail).where(
            Mail.state == "waiting", Mail.next_at <= work.now,
            or_(Mail.claimed_until.is_(None), Mail.claimed_until < work.now))
            .order_by(Mail.next_at, Mail.id).limit(BATCH).with_for_update(skip_locked=True))
        for row in rows:
            person = work.session.get(Person, row.person_id)
            if person is None or not person.email or person.state != "active" or not _still_allowed(work, row, person):
                row.state, row.error = "dropped", "the right to it was lost meanwhile"
                continue
            row.claimed_until = work.now + timedelta(seconds=CLAIM_S)
            subject, text = mail_text(row.kind, row.params, person.language, settings.base_url + row.url, person.name)
            found.append(Letter(row.id, person.email, person.name, subject, text))
    return found


def _still_allowed(work: Work, row: Mail, person: Person) -> bool:
    if row.subject_kind is None or row.subject_id is None or row.subject_kind not in cards.KINDS:
        return True
    actor = actor_of(work.session, person, login=person.login, via="worker")
    if cards.card(work.session, actor, row.subject_kind, row.subject_id) is not None:
        return True
    return row.kind == "process.version.released" and row.params.get("effective_on", "") > work.now.date().isoformat()


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_S)
    try:
        if parse_qs(parts.query).get("starttls") == ["1"]:
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _send(server: smtplib.SMTP, settings: Any, letter: Letter) -> tuple[str, str | None]:
    """(sent | dead | later, reason)"""
    message = EmailMessage()
    message["Subject"] = " ".join(letter.subject.split())
    message["From"] = settings.mail_from
    local, _, domain = letter.to.rpartition("@")
    message["To"] = Address(" ".join(letter.name.split()), local, domain)
    message["Message-ID"] = f"<mail-{letter.mail_id}@{urlsplit(settings.base_url).hostname or 'kmsvc'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    try:
        server.send_message(message, settings.mail_from, [letter.to])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[letter.to]
        server.rset()
        return ("dead" if 500 <= code < 600 else "later"), f"{code} {said.decode(errors='replace')[:200]}"
    except smtplib.SMTPDataError as error:
        return ("dead" if 500 <= error.smtp_code < 600 else "later"), f"{error.smtp_code} {error.smtp_error!r}"[:200]
    except smtplib.SMTPSenderRefused as error:
        return "later", f"{error.smtp_code} {error.smtp_error!r}"[:200]
    fault("mail.after_send")
    return "sent", None


def _settle(db: Database, letter: Letter, state: str, reason: str | None) -> None:
    with db.begin(SYSTEM) as work:
        work.permit(SEND_MAIL)
        row = work.session.get(Mail, letter.mail_id, with_for_update=True)
        if row is None or row.state != "waiting":
            return
        row.tries += 1
        row.claimed_until = None
        row.error = reason
        if state == "sent":
            row.state, row.sent_at = "sent", work.now
        elif state == "dead":
            row.state = "dead"
            log.warning("mail refused for good", mail=row.id, reason=reason)
        else:
            row.next_at = work.now + timedelta(seconds=min(5 * 2 ** min(row.tries, 10), 900) * random.uniform(0.7, 1.3))
