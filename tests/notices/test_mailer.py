"""Mail leaves through a real SMTP conversation: troubles of the server lose nothing, rights are asked at sending.

R-M1, R-M2, R-M3."""

from __future__ import annotations

import smtplib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.notices import envelope, mailer
from kmsvc.notices.mailer import ServerAway, send_waiting
from kmsvc.notices.models import Mail
from kmsvc.notices.permissions import SEND_MAIL
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.settings import Settings
from tests.builders import make_process, submit
from tests.support.centre import Centre
from tests.support.figures import full
from tests.support.smtp import FakeSmtp, fake_smtp


def queue(
    world: Centre,
    count: int,
    *,
    kind: str = "process.review.due",
    login: str = "manager",
    about: tuple[str, int] | None = None,
    **params: Any,
) -> None:
    """Mails that wait, as a reaction leaves them."""
    with world.begin("system") as work:
        work.permit(SEND_MAIL)
        filled = {"number": "P-001", "title": "Secret title", "due_on": "2026-04-01", **params}
        for number in range(count):
            work.session.add(
                Mail(
                    person_id=world.people[login],
                    kind=kind,
                    params=filled,
                    url="/x",
                    made_at=work.now,
                    subject_kind=about[0] if about else None,
                    subject_id=about[1] if about else None,
                    dedup=f"t:{login}:{number}:{filled['number']}",
                    state="waiting",
                    next_at=work.now,
                    tries=0,
                )
            )


def mails(world: Centre) -> list[Mail]:
    """All of them."""
    with world.look() as work:
        return list(work.session.scalars(select(Mail).order_by(Mail.id)))


def states(world: Centre) -> Counter[str]:
    """How many stand how."""
    return Counter(mail.state for mail in mails(world))


def send_all(world: Centre, settings: Settings, rounds: int = 400) -> None:
    """What the worker does, with the pauses passed by the clock of the test."""
    for _ in range(rounds):
        try:
            busy = send_waiting(world.db, settings)
        except ServerAway:
            busy = 0
        if "waiting" not in states(world):
            return
        if not busy:
            world.clock.move(seconds=30)


def test_r_m1_a_server_that_is_down_loses_nothing_and_the_backlog_goes_quickly(
    world: Centre, settings: Settings, smtp: FakeSmtp, record_property: Any
) -> None:
    """R-M1: down for an hour; then everything is gone within five minutes of the centre's clock."""
    amount = full(1000, short=60)
    queue(world, amount)
    smtp.down()
    for _ in range(60):
        began = time.monotonic()
        with pytest.raises(ServerAway):
            send_waiting(world.db, settings)
        assert time.monotonic() - began < 5
        world.clock.move(seconds=60)
    assert states(world) == {"waiting": amount}
    assert "refused" in str(mails(world)[0].error)
    smtp.up()
    back, began = world.clock(), time.monotonic()
    send_all(world, settings)
    assert states(world) == {"sent": amount}
    assert world.clock() - back <= timedelta(minutes=5)
    assert len({mail.message_id for mail in smtp.taken}) == amount == len(smtp.taken)
    record_property("backlog", amount)
    record_property("seconds to send it", round(time.monotonic() - began, 1))


def test_r_m1_one_refused_of_twenty_holds_up_nobody(world: Centre, settings: Settings, smtp: FakeSmtp) -> None:
    """R-M1: 550 is final and named, 451 comes later, the others leave at once."""
    logins = [login for login in world.people if login != "suspended"]
    for login in logins:
        queue(world, 1, login=login)
    smtp.faults.refuse = {"agent@centre.test"}
    smtp.faults.greylist = {"trainer@centre.test": 1}
    send_waiting(world.db, settings)
    assert states(world) == {"sent": len(logins) - 2, "dead": 1, "waiting": 1}
    dead = next(mail for mail in mails(world) if mail.state == "dead")
    assert (dead.person_id, dead.error) == (world.people["agent"], "550 5.1.1 No such user here")
    send_all(world, settings)
    assert states(world) == {"sent": len(logins) - 1, "dead": 1}
    assert len(smtp.to("trainer@centre.test")) == 1


def test_r_m1_a_slow_server_is_given_up_and_tried_again(
    world: Centre, settings: Settings, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-M1: no answer within the patience: the letter waits, the worker is free again."""
    monkeypatch.setattr(envelope, "TIMEOUT_S", 0.5)
    queue(world, 3)
    smtp.faults.slow_seconds = 3
    began = time.monotonic()
    with pytest.raises(ServerAway):
        send_waiting(world.db, settings)
    assert time.monotonic() - began < 3
    assert states(world) == {"waiting": 3}
    smtp.faults.slow_seconds = 0
    send_all(world, settings)
    assert states(world) == {"sent": 3}


def test_r_m1_a_line_cut_before_or_after_the_message_loses_nothing(
    world: Centre, settings: Settings, smtp: FakeSmtp
) -> None:
    """R-M1, R-M2: cut after the message was taken: it comes again with the same Message-ID, which tells the twin."""
    queue(world, 4)
    smtp.faults.drop_before_data = 1
    with pytest.raises(ServerAway):
        send_waiting(world.db, settings)
    world.clock.move(seconds=60)
    smtp.faults.drop_after_data = 1
    with pytest.raises(ServerAway):
        send_waiting(world.db, settings)
    send_all(world, settings)
    assert states(world) == {"sent": 4}
    came = Counter(mail.message_id for mail in smtp.taken)
    assert sorted(came.values()) == [1, 1, 1, 2]


@pytest.mark.parametrize("trouble", ["certificate", "password"])
def test_r_m1_tls_or_login_that_fails_is_told_and_loses_nothing(
    world: Centre, settings: Settings, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-M1: a certificate nobody trusts, a wrong password: the reason stands beside the mail, without the password."""
    with fake_smtp(login=("kmsvc", "right-secret"), starttls=True) as server:
        url = server.url if trouble == "certificate" else server.url.replace("right-secret", "wrong-secret")
        if trouble == "password":
            monkeypatch.setenv("SSL_CERT_FILE", str(server._certificate.path))  # type: ignore[union-attr]
        with_tls = replace(settings, smtp_url=url)
        queue(world, 2)
        with pytest.raises(ServerAway) as told:
            send_waiting(world.db, with_tls)
        assert ("CERTIFICATE_VERIFY_FAILED" if trouble == "certificate" else "535") in str(told.value)
        assert states(world) == {"waiting": 2} and not server.taken
        assert "secret" not in str(mails(world)[0].error)
        monkeypatch.setenv("SSL_CERT_FILE", str(server._certificate.path))  # type: ignore[union-attr]
        world.clock.move(seconds=60)
        send_all(world, replace(settings, smtp_url=server.url))
        assert states(world) == {"sent": 2}


def test_r_m1_without_a_mail_server_mail_stays_readable(world: Centre, settings: Settings) -> None:
    """R-M1: nothing is tried, nothing is lost."""
    queue(world, 2)
    assert send_waiting(world.db, replace(settings, smtp_url=None)) == 0
    assert states(world) == {"waiting": 2}


def test_r_m1_a_request_never_waits_for_the_mail_server(
    world: Centre, settings: Settings, smtp: FakeSmtp, client: Callable[..., Any]
) -> None:
    """R-M1: a verb that sends mail is as quick with a dead mail server as with a living one."""
    smtp.down()
    caller = client("team_leader")
    began = time.monotonic()
    status, _ = caller.call(
        "POST",
        "/api/v1/process/changes",
        {"title": "t", "reason": "r", "new_process": {"name": "n", "group": "external", "class": "business"}},
    )
    assert status == 201
    assert time.monotonic() - began < 5
    assert not smtp.tries


def test_r_m2_a_crash_between_the_answer_and_our_note_sends_the_same_message_id_again(
    world: Centre, settings: Settings, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-M2: one crash in five sends; every mail arrives, twins carry the id of their first, and only crashed ones have twins."""

    class Crash(BaseException):
        """The power is cut."""

    amount, count, crashed = full(100, short=20), 0, 0

    def cut(name: str) -> None:
        nonlocal count, crashed
        if name == "mail.after_send":
            count += 1
            if count % 5 == 0:
                crashed += 1
                raise Crash

    monkeypatch.setattr(mailer, "fault", cut)
    queue(world, amount)
    for _ in range(amount * 3):
        try:
            send_waiting(world.db, settings)
        except Crash:
            world.clock.move(seconds=mailer.CLAIM.total_seconds() + 1)
        if states(world) == {"sent": amount}:
            break
    assert states(world) == {"sent": amount}
    came = Counter(mail.message_id for mail in smtp.taken)
    assert len(came) == amount
    assert sum(came.values()) - amount == crashed > 0


def test_r_m2_a_mailer_that_froze_past_its_claim_does_not_send(
    world: Centre, settings: Settings, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-M2: whoever slept longer than the claim leaves the letters to others."""
    queue(world, 3)
    real = mailer.open_server

    def slept(url: str) -> Any:
        world.clock.move(seconds=mailer.CLAIM.total_seconds() + 5)
        return real(url)

    monkeypatch.setattr(mailer, "open_server", slept)
    assert send_waiting(world.db, settings) == 0
    assert not smtp.taken
    monkeypatch.setattr(mailer, "open_server", real)
    send_all(world, settings)
    assert len(smtp.taken) == 3


def test_r_m2_a_slow_batch_puts_back_what_it_cannot_send_in_time(
    world: Centre, settings: Settings, smtp: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-M2: no letter is sent near the end of its claim, so that nobody else sends it too."""
    queue(world, 10)
    real = mailer.hand_over

    def slow(*args: Any) -> Any:
        world.clock.move(seconds=20)
        return real(*args)

    monkeypatch.setattr(mailer, "hand_over", slow)
    sent = send_waiting(world.db, settings)
    assert 0 < sent < 10
    assert all(mail.claimed_until is None for mail in mails(world))
    send_all(world, settings)
    assert len(smtp.taken) == 10


def test_r_m3_who_lost_the_right_meanwhile_gets_no_mail(world: Centre, settings: Settings, smtp: FakeSmtp) -> None:
    """R-M3, R-A7: suspended, or no longer allowed to see what it is about."""
    change_id = submit(world)
    queue(
        world,
        1,
        login="agent_b",
        kind="process.change.your_turn",
        about=("change", change_id),
        step=1,
        step_label="x",
        state_label="x",
    )
    queue(world, 1, login="trainer")
    with world.begin("operator") as work:
        suspend_person(work, world.people["trainer"], reason="left")
    send_waiting(world.db, settings)
    gone = [mail for mail in mails(world) if mail.state == "dropped"]
    assert {mail.person_id for mail in gone} >= {world.people["trainer"]}
    assert not smtp.to("trainer@centre.test")


@pytest.mark.parametrize(("zone", "utc", "state"), [
    ("America/New_York", datetime(2026, 3, 3, 1, 0, tzinfo=UTC), "sent"),  # there it is still the evening before
    ("Asia/Shanghai", datetime(2026, 3, 2, 16, 2, tzinfo=UTC), "sent"),  # its day is two minutes old
    ("Asia/Shanghai", datetime(2026, 3, 2, 16, 30, tzinfo=UTC), "dropped"),  # it is in force, and not for this reader
])
def test_r_m3_a_release_of_a_later_day_is_told_by_the_centres_calendar(world: Centre, settings: Settings, smtp: FakeSmtp,
                                                                      zone: str, utc: datetime, state: str) -> None:
    """R-M3: before its day nobody can be asked whether it may be seen, so its mail goes out; from its day on rights count."""
    process = make_process(world, published=False)
    queue(world, 1, login="agent_b", kind="process.version.released", about=("process", process.id), version="1.0",
          effective_on="2026-03-03")
    world.clock.now = utc
    with world.begin("system") as work:
        work.permit(SEND_MAIL)
        for mail in work.session.scalars(select(Mail)):
            mail.next_at = utc
    send_waiting(world.db, replace(settings, timezone=zone))
    assert [mail.state for mail in mails(world) if mail.kind == "process.version.released"] == [state]


def test_r_m3_subjects_name_numbers_never_titles() -> None:
    """R-M3: what stands in a list of mail on somebody's telephone gives nothing restricted away."""
    from kmsvc.notices.kinds import KINDS

    assert not [kind for kind, notice in KINDS.items() if "title" in notice.subject or "course" in notice.subject]


HOSTILE = [
    "Eve\r\nBcc: all@centre.test",
    "Eve\nSubject: other",
    "Eve\x00\r\n\r\nbody",
    "Eve\u2028Bcc: x@y",
    "=?utf-8?q?=0ABcc:_x?=",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_r_m3_no_header_is_smuggled_in_through_a_name(world: Centre, settings: Settings, smtp: FakeSmtp, name: str) -> None:
    """R-M3: names of people and of processes become one line of text."""
    with world.begin("operator") as work:
        from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS

        work.permit(MANAGE_ACCOUNTS)
        work.get(Person, world.people["manager"]).name = name.replace("\x00", "")
    queue(world, 1, number=name.replace("\x00", ""))
    send_waiting(world.db, settings)
    taken = smtp.taken[0]
    assert taken.recipients == ("manager@centre.test",)
    assert taken.message["Bcc"] is None
    assert len(taken.message.get_all("Subject")) == 1
    assert len(taken.message.get_all("To")) == 1


@pytest.mark.parametrize(
    "address", ["no-at-sign", "a b@centre.test", "a@b@centre.test", "经理@centre.test", "a\r\nb@centre.test"]
)
def test_r_m1_an_address_that_cannot_be_written_holds_up_no_other(
    world: Centre, settings: Settings, smtp: FakeSmtp, address: str
) -> None:
    """R-M1, R-J6: the poisoned letter is dead with its reason, or sent; the ones behind it leave."""
    with world.begin("operator") as work:
        from kmsvc.people.accounts.permissions import MANAGE_ACCOUNTS

        work.permit(MANAGE_ACCOUNTS)
        work.get(Person, world.people["manager"]).email = address
    queue(world, 1)
    queue(world, 1, login="trainer")
    send_waiting(world.db, settings)
    assert len(smtp.to("trainer@centre.test")) == 1
    assert states(world) in ({"sent": 1, "dead": 1}, {"sent": 2})


def test_r_j6_a_mail_without_words_holds_up_no_other(world: Centre, settings: Settings, smtp: FakeSmtp) -> None:
    """R-J6: a row whose parameters do not fit its text is dead with the reason, the next one leaves."""
    queue(world, 1, kind="process.change.your_turn")
    queue(world, 1, login="trainer")
    send_waiting(world.db, settings)
    assert states(world) == {"dead": 1, "sent": 1}
    assert "words" in str(mails(world)[0].error)


def test_smtplib_tells_a_refusal_as_we_read_it() -> None:
    assert envelope.plain_reason(smtplib.SMTPDataError(554, b"no \xff")) == "554 no \ufffd"
