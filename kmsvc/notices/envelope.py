"""Talking to the mail server: one connection, one message a recipient, and what its answers mean for the letter."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_S = 10


@dataclass(frozen=True)
class Fate:
    """What became of a letter: `sent`, `dead` or `later`, and why."""

    state: str
    reason: str | None = None


class BadAddress(ValueError):
    """No message can be addressed to this; it waits for a person, not for a better day."""


@contextmanager
def open_server(url: str) -> Iterator[smtplib.SMTP]:
    """A connection after TLS and login as the address asks. Raises OSError or SMTPException."""
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


def header_line(text: str) -> str:
    """One line without control characters, and without encoded words: Python decodes those and writes what comes out."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.replace("=?", "= ?").split())


def compose(settings: Any, letter: Any) -> EmailMessage:
    """The message of a letter; line breaks in names and subjects become spaces, so that no header is smuggled in."""
    message = EmailMessage()
    local, _, domain = letter.to.rpartition("@")
    try:
        message["Subject"] = header_line(letter.subject)
        message["From"] = settings.mail_from
        message["To"] = Address(header_line(letter.name), local, domain)
        message["Message-ID"] = f"<mail-{letter.mail_id}@{urlsplit(settings.base_url).hostname or 'kmsvc'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
    except (ValueError, IndexError, MessageError) as error:
        raise BadAddress(f"this cannot be put into a message: {error}") from error
    return message


def hand_over(server: smtplib.SMTP, settings: Any, letter: Any) -> Fate:
    """Hand one letter over. Raises OSError or SMTPException when the connection is of no more use."""
    message = compose(settings, letter)
    try:
        server.send_message(message, settings.mail_from, [letter.to])
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[letter.to]
        server.rset()
        return Fate("dead" if 500 <= code < 600 else "later", f"{code} {said.decode(errors='replace')[:200]}")
    except smtplib.SMTPDataError as error:
        return Fate("dead" if 500 <= error.smtp_code < 600 else "later", plain_reason(error))
    except smtplib.SMTPSenderRefused as error:
        return Fate("later", plain_reason(error))
    except UnicodeError as error:
        raise BadAddress(f"this cannot be put into a message: {error}") from error
    return Fate("sent")


def plain_reason(error: BaseException) -> str:
    """Why, for an administrator: what the server said, or what the machine said."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
        return f"{error.smtp_code} {said}"[:300]
    return f"{type(error).__name__}: {error}"[:300]
