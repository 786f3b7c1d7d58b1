"""The mail server of the tests takes, refuses, delays and drops as it is told."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

import pytest

from tests.support.smtp import FakeSmtp, fake_smtp


def send(server: FakeSmtp, *recipients: str, login: tuple[str, str] | None = None, tls: bool = False) -> dict:
    """Send one message; the recipients that were refused."""
    message = EmailMessage()
    message["Message-ID"], message["Subject"] = "<one@test>", "退款流程 v2"
    message.set_content("正文")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        if tls:
            client.starttls(context=ssl._create_unverified_context())
        if login:
            client.login(*login)
        return client.send_message(message, "kmsvc@test", recipients)


def test_it_keeps_what_it_takes() -> None:
    with fake_smtp() as server:
        send(server, "a@test", "b@test")
        [mail] = server.wait_for(1)
    assert mail.recipients == ("a@test", "b@test")
    assert mail.message_id == "<one@test>"
    assert mail.message["Subject"] == "退款流程 v2"
    assert mail.text == "正文\n"


def test_it_refuses_one_recipient_and_greylists_another_once() -> None:
    with fake_smtp() as server:
        server.faults.refuse.add("gone@test")
        server.faults.greylist["new@test"] = 1
        refused = send(server, "a@test", "gone@test", "new@test")
        assert {address: answer[0] for address, answer in refused.items()} == {
            "gone@test": 550,
            "new@test": 451,
        }
        assert send(server, "new@test") == {}
        assert len(server.to("new@test")) == 1


def test_it_goes_down_and_comes_back_on_the_same_port() -> None:
    with fake_smtp() as server:
        server.down()
        with pytest.raises(ConnectionRefusedError):
            send(server, "a@test")
        server.up()
        send(server, "a@test")
        assert len(server.taken) == 1


def test_a_line_cut_after_the_message_was_taken_looks_like_a_failure_to_the_sender() -> None:
    with fake_smtp() as server:
        server.faults.drop_after_data = 1
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(server, "a@test")
        send(server, "a@test")
        assert [mail.message_id for mail in server.taken] == ["<one@test>"] * 2


def test_a_line_cut_before_the_message_was_taken_leaves_nothing() -> None:
    with fake_smtp() as server:
        server.faults.drop_before_data = 1
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(server, "a@test")
        assert server.taken == []


def test_a_slow_server_outlasts_a_short_patience() -> None:
    with fake_smtp() as server:
        server.faults.slow_seconds = 1
        with (
            smtplib.SMTP("127.0.0.1", server.port, timeout=0.3) as client,
            pytest.raises((TimeoutError, OSError)),
        ):
            client.sendmail("kmsvc@test", ["a@test"], b"x")


def test_login_and_starttls_are_demanded_and_can_fail() -> None:
    with fake_smtp(login=("kmsvc", "secret"), starttls=True) as server:
        assert server.url == f"smtp://kmsvc:secret@127.0.0.1:{server.port}?starttls=1"
        with pytest.raises(smtplib.SMTPException):
            send(server, "a@test")
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(server, "a@test", login=("kmsvc", "wrong"), tls=True)
        send(server, "a@test", login=("kmsvc", "secret"), tls=True)
        server.faults.refuse_login = True
        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(server, "a@test", login=("kmsvc", "secret"), tls=True)
        assert len(server.taken) == 1
