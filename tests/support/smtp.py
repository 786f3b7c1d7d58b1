"""A mail server for the tests: real SMTP on a loopback port; it keeps what it takes and fails on demand.

Faults are set while it runs, so that a test can break the mail and mend it again.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Faults:
    """What goes wrong now; the defaults are a healthy server."""

    slow_seconds: float = 0.0  # before each answer to a recipient and to DATA
    refuse: set[str] = field(default_factory=set)  # recipients answered with 550, for good
    greylist: dict[str, int] = field(default_factory=dict)  # recipient -> how many more times 451, try later
    drop_after_data: int = (
        0  # how many times the line is cut after the message was taken but before the answer
    )
    drop_before_data: int = 0  # how many times the line is cut when the message comes, nothing taken
    refuse_login: bool = False


@dataclass(frozen=True)
class Mail:
    """One message as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def message_id(self) -> str:
        """The Message-ID: the same for a message that is sent again."""
        return str(self.message["Message-ID"] or "")

    @property
    def text(self) -> str:
        """The plain text."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body else ""


class FakeSmtp:
    """The running server, its faults and the mail it took."""

    def __init__(self, *, login: tuple[str, str] | None, starttls: bool) -> None:
        self.login, self.starttls = login, starttls
        self.faults = Faults()
        self.taken: list[Mail] = []
        self.tries: list[str] = []  # every recipient offered, also the refused ones
        self.port = free_port()
        self._arrived = threading.Condition()
        self._controller: Controller | None = None
        self._certificate = Certificate() if starttls else None

    @property
    def url(self) -> str:
        """The address for KMSVC_SMTP_URL."""
        user = "{}:{}@".format(*self.login) if self.login else ""
        return f"smtp://{user}127.0.0.1:{self.port}" + ("?starttls=1" if self.starttls else "")

    def up(self) -> None:
        """Listen, on the same port as before."""
        if self._controller:
            return
        options: dict[str, object] = {"authenticator": self._check_login, "auth_require_tls": False}
        if self.login:
            options["auth_required"] = True
            warnings.filterwarnings("ignore", "Requiring AUTH", UserWarning, "aiosmtpd")
        if self._certificate:
            options |= {"tls_context": self._certificate.context(), "require_starttls": True}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def down(self) -> None:
        """Stop listening: connections are refused."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Mail]:
        """The mail taken, as soon as there are `count`. Raises AssertionError when time runs out."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.taken) >= count, seconds)
        assert came, f"{len(self.taken)} of {count} messages arrived within {seconds} s"
        return list(self.taken)

    def wait_about(self, words: str, seconds: float = 15) -> None:
        """Until a message has come whose subject has these words. Raises AssertionError with the subjects that came instead."""
        def subjects() -> list[str]:
            return [str(mail.message["Subject"]) for mail in self.taken]

        with self._arrived:
            came = self._arrived.wait_for(lambda: any(words in one for one in subjects()), seconds)
        assert came, subjects()

    def to(self, address: str) -> list[Mail]:
        """The mail taken for one recipient."""
        return [mail for mail in self.taken if address in mail.recipients]

    # What aiosmtpd calls

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer one recipient."""
        self.tries.append(address)
        await asyncio.sleep(self.faults.slow_seconds)
        if address in self.faults.refuse:
            return "550 5.1.1 No such user here"
        if self.faults.greylist.get(address, 0) > 0:
            self.faults.greylist[address] -= 1
            return "451 4.7.1 Greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the message."""
        await asyncio.sleep(self.faults.slow_seconds)
        if self.faults.drop_before_data > 0:
            self.faults.drop_before_data -= 1
            return self._cut(server)
        content = envelope.original_content or b""
        message = message_from_bytes(content, policy=policy.default)
        with self._arrived:
            self.taken.append(Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
            self._arrived.notify_all()
        if self.faults.drop_after_data > 0:
            self.faults.drop_after_data -= 1
            return self._cut(server)
        return "250 OK"

    def _cut(self, server: SMTP) -> str:
        if server.transport:
            server.transport.abort()
        return "421 4.3.0 Gone"

    def _check_login(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        return AuthResult(success=given == self.login and not self.faults.refuse_login, handled=False)


class Certificate:
    """A certificate for 127.0.0.1 that nobody trusts unless told to."""

    def __init__(self) -> None:
        if not shutil.which("openssl"):
            pytest.skip("no openssl here to make a certificate")
        self._folder = tempfile.TemporaryDirectory(prefix="kmsvc-smtp-")
        self.path, self.key = Path(self._folder.name) / "cert.pem", Path(self._folder.name) / "key.pem"
        words = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
        ]
        words += [
            "-addext",
            "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-keyout",
            str(self.key),
            "-out",
            str(self.path),
        ]
        subprocess.run(words, check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def context(self) -> ssl.SSLContext:
        """For the server's side."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def fake_smtp(
    *, login: tuple[str, str] | None = None, starttls: bool = False, down: bool = False
) -> Iterator[FakeSmtp]:
    """A mail server, listening unless `down`.

    login: the only account, demanded. starttls: demanded, with a certificate that no machine trusts.
    """
    server = FakeSmtp(login=login, starttls=starttls)
    if not down:
        server.up()
    try:
        yield server
    finally:
        with suppress(RuntimeError):
            server.down()
