"""Hooks: who registers them, what they are told and with whose rights, signatures, failures and pauses, nothing lost and nobody held
up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.hooks import sending, usecases
from kmsvc.hooks.models import Hook, HookDelivery, HookStand
from kmsvc.hooks.rules import MOST_TRIES, OFFERED, STOP_AFTER, networks_of
from kmsvc.hooks.sending import Sender, send_of
from kmsvc.hooks.usecases import Wish
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.contacts.usecases import link_contact
from kmsvc.knowledge.feedback.usecases import Said, answer_feedback, send_feedback
from kmsvc.notices.models import Notice
from kmsvc.operations.settling import leave_behind
from kmsvc.operations.usecases import pull_in
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.reactions import FACTS
from tests.builders import make_article, make_process
from tests.hooks.receiver import Receiver, dead_port, receiving, verify
from tests.support.centre import Centre

HOME = "127.0.0.0/8"


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def home(world: Centre) -> Any:
    """The settings of a centre whose own network hooks may call."""
    return replace(world.settings, hooks_private=HOME)


def hook(world: Centre, address: str, *, login: str = "manager", kinds: Any = ("knowledge.article.published",),
         name: str = "lms") -> Hook:
    with world.begin("admin") as work:
        return usecases.add_hook(work, Wish(name, address, login, list(kinds), networks_of(HOME)))


def rows(world: Centre, row: Hook) -> list[HookDelivery]:
    with world.look() as work:
        return list(work.session.scalars(select(HookDelivery).where(HookDelivery.hook_id == row.id).order_by(HookDelivery.id)))


def stand(world: Centre, row: Hook) -> tuple[str, int]:
    with world.look() as work:
        return work.get(Hook, row.id).state, work.get(HookStand, row.id).failing


def later(world: Centre, home: Any, row: Hook, times: int) -> None:
    """So many attempts, each after its pause."""
    for _ in range(times):
        world.clock.move(hours=2)
        send_of(world.db, home, row.id)


def test_every_offered_fact_is_one_of_ours_and_has_the_fields_it_is_about() -> None:
    for kind, one in OFFERED.items():
        fields = FACTS[kind].__dataclass_fields__
        names = [one.subject[1], *([one.subject[0][1:]] if one.subject[0].startswith("@") else [])] if one.subject else []
        assert set(names) <= set(fields), kind


def test_a_published_article_is_told_signed_with_numbers_and_no_words(world: Centre, other: Receiver, home: Any) -> None:
    row = hook(world, other.address)
    article = make_article(world, title="怎样退款", body="七天内全额退款", drain=True)
    assert send_of(world.db, home, row.id) == 1
    head, body = other.taken[0]
    said = other.bodies[0]
    assert said["kind"] == head["Kmsvc-Kind"] == "knowledge.article.published"
    assert said["subjects"] == [{"kind": "article", "id": article.id, "number": article.number,
                                 "url": f"{home.base_url}/knowledge/articles/{article.id}"}]
    assert said["data"] == {"article_id": article.id, "version_id": article.published_version_id, "process_id": None}
    assert "退款" not in body.decode() and said["id"] == head["Kmsvc-Delivery"]
    now = world.clock().timestamp()
    assert verify(row.secret, head["Kmsvc-Signature"], body, now) and not verify("another", head["Kmsvc-Signature"], body, now)
    assert not verify(row.secret, head["Kmsvc-Signature"], body + b" ", now)
    assert not verify(row.secret, head["Kmsvc-Signature"], body, now + 301), "an old signature is refused"
    kept = rows(world, row)[0]
    assert (kept.state, kept.status, kept.answer, kept.tries) == ("sent", 200, "thank you", 1)
    assert send_of(world.db, home, row.id) == 0 and len(other.taken) == 1


def test_it_is_told_of_what_its_account_may_see_and_of_what_it_asked_for(world: Centre, other: Receiver, home: Any) -> None:
    one = hook(world, other.address, login="agent")
    make_article(world, title="for all", drain=True)
    make_article(world, title="guarded", body="b", confidentiality="secret", drain=True)
    make_article(world, title="of others", unit="TEAM-B", drain=True)
    make_process(world, drain=True)
    send_of(world.db, home, one.id)
    states = [row.state for row in rows(world, one)]
    assert states.count("sent") == len(other.taken) == 2 and states.count("dropped") == 2, "the open one and that of the process"
    make_article(world, title="late", drain=True)
    with world.begin("admin") as work:
        suspend_person(work, world.people["agent"], reason="left")
    send_of(world.db, home, one.id)
    assert rows(world, one)[-1].error == "the account is no longer in use" and len(other.taken) == 2


def test_nothing_happens_without_a_hook_and_a_removed_one_is_told_of_nothing(world: Centre, other: Receiver, home: Any) -> None:
    make_article(world, drain=True)
    with world.look() as work:
        assert work.session.scalar(select(func.count(HookDelivery.id))) == 0
    row = hook(world, other.address)
    make_article(world, drain=True)
    with world.begin("admin") as work:
        usecases.remove_hook(work, row.id, reason="r")
    make_article(world, drain=True)
    assert send_of(world.db, home, row.id) == 0 and [one.state for one in rows(world, row)] == ["dropped"] and other.taken == []
    with pytest.raises(NotFound), world.begin("admin") as work:
        usecases.pause_hook(work, row.id)


def test_only_administrators_register_and_the_secret_is_nowhere_in_the_trail(world: Centre, other: Receiver) -> None:
    for who in ("agent", "manager", "knowledge_editor", "auditor"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.add_hook(work, Wish("n", other.address, "manager", ["knowledge.article.published"], networks_of(HOME)))
    row = hook(world, other.address)
    with world.begin("admin") as work:
        assert usecases.new_secret(work, row.id).secret != row.secret
    with world.look() as work:
        entries = list(work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "hooks_hook")))
        assert len(entries) == 2 and all(row.secret not in str(vars(one)) for one in entries)
    for wrong in (Wish("n", other.address, "nobody", ["knowledge.article.published"]), Wish("n", other.address, "manager", []),
                  Wish("n", other.address, "manager", ["people.person.rights_changed"]), Wish("n", "ftp://x", "manager", list(OFFERED))):
        with pytest.raises(InvalidInput), world.begin("admin") as work:
            usecases.add_hook(work, wrong)


def test_a_dead_system_is_asked_again_with_growing_pauses_and_gets_everything(world: Centre, home: Any, other: Receiver) -> None:
    port = dead_port()
    row = hook(world, f"http://127.0.0.1:{port}/")
    first, second = (make_article(world, title=one, drain=True) for one in ("a", "b"))
    assert send_of(world.db, home, row.id) == 0 and stand(world, row) == ("on", 1)
    assert send_of(world.db, home, row.id) == 0 and stand(world, row) == ("on", 1), "it rests"
    waits = []
    for _ in range(4):
        before = world.clock()
        later(world, home, row, 1)
        waits.append(rows(world, row)[0].next_at - world.clock())
        assert before < world.clock()
    assert waits == sorted(waits) and rows(world, row)[0].error == "nobody listens there"
    with world.begin("admin") as work:
        usecases.change_hook(work, row.id, Wish("lms", other.address, "manager", ["knowledge.article.published"], networks_of(HOME)))
    later(world, home, row, 2)
    assert [one["data"]["article_id"] for one in other.bodies] == [first.id, second.id] and stand(world, row) == ("on", 0)


def test_after_the_last_try_it_waits_for_a_person(world: Centre, other: Receiver, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "STOP_AFTER", 1000)
    other.status, other.answer = 500, b"<b>broken</b>\x00" + b"x" * 5000
    row = hook(world, other.address)
    make_article(world, drain=True)
    later(world, home, row, MOST_TRIES + 2)
    kept = rows(world, row)[0]
    assert (kept.state, kept.tries, kept.status) == ("dead", MOST_TRIES, 500) and len(other.taken) == MOST_TRIES
    assert kept.answer is not None and len(kept.answer) <= 300 and "\x00" not in kept.answer
    other.status = 200
    with world.begin("admin") as work:
        assert usecases.try_again(work, row.id) == 1
    with pytest.raises(RuleBroken), world.begin("admin") as work:
        usecases.try_again(work, row.id)
    later(world, home, row, 1)
    assert rows(world, row)[0].state == "sent" and len({one["id"] for one in other.bodies}) == 1, "the same delivery, by its id"


def test_many_failures_in_a_row_stop_it_and_administrators_hear_of_it(world: Centre, other: Receiver, home: Any) -> None:
    other.status = 503
    row = hook(world, other.address)
    for n in range(3):
        make_article(world, title=str(n), drain=True)
    later(world, home, row, STOP_AFTER + 3)
    assert stand(world, row) == ("stopped", STOP_AFTER) and len(other.taken) == STOP_AFTER
    world.drain(index=False)
    with world.look() as work:
        assert list(work.session.scalars(select(Notice.kind).where(Notice.person_id == world.people["admin"],
                                                                   Notice.kind.like("hooks%")))) == ["hooks.hook.stopped"]
    make_article(world, title="meanwhile", drain=True)
    other.status = 200
    with world.begin("admin") as work:
        usecases.resume_hook(work, row.id)
        usecases.try_again(work, row.id)
    later(world, home, row, 1)
    assert {one.state for one in rows(world, row)} == {"sent"} and stand(world, row) == ("on", 0)


def test_paused_it_waits_and_a_test_goes_all_the_same(world: Centre, other: Receiver, home: Any) -> None:
    row = hook(world, other.address)
    with world.begin("admin") as work:
        usecases.pause_hook(work, row.id, reason="they move")
    make_article(world, drain=True)
    with world.begin("admin") as work:
        usecases.test_hook(work, row.id)
    send_of(world.db, home, row.id)
    assert other.kinds() == ["hooks.hook.tested"] and [one.state for one in rows(world, row)] == ["waiting", "sent"]
    with world.begin("admin") as work:
        usecases.resume_hook(work, row.id)
    send_of(world.db, home, row.id)
    assert other.kinds() == ["hooks.hook.tested", "knowledge.article.published"]


def test_redirects_are_not_followed_and_nonsense_is_no_answer(world: Centre, other: Receiver, home: Any) -> None:
    with receiving() as inner:
        other.status, other.head = 302, {"Location": inner.address}
        row = hook(world, other.address)
        make_article(world, drain=True)
        send_of(world.db, home, row.id)
        assert inner.taken == [] and "redirects are not followed" in (rows(world, row)[0].error or "")
    other.nonsense = True
    later(world, home, row, 1)
    assert "no readable answer" in (rows(world, row)[0].error or "") and rows(world, row)[0].state == "waiting"


def test_one_that_drips_is_cut_and_holds_up_no_other(world: Centre, other: Receiver, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kmsvc.hooks import reaching

    def quick(address: str, body: bytes, head: Any, private: Any) -> Any:
        try:
            return reaching.call(address, body, head, private, whole_s=3.0)
        finally:
            if address == other.address:
                given_up.set()
    given_up = threading.Event()
    monkeypatch.setattr(sending, "call", quick)
    other.slow_s = 30.0
    slow = hook(world, other.address, name="slow")
    with receiving() as healthy:
        well = hook(world, healthy.address, name="well")
        for n in range(3):
            make_article(world, title=str(n), drain=True)
        sender = Sender(world.db, home)
        began = time.monotonic()
        assert sender.step() == 2
        while len(healthy.taken) < 3 and time.monotonic() - began < 10:
            time.sleep(0.02)
        waited = given_up.is_set()
        sender.pool.shutdown(wait=True)
        assert len(healthy.taken) == 3 and not waited, "nobody waits for the slow one"
    assert "no answer within" in (rows(world, slow)[0].error or "") and [one.state for one in rows(world, well)] == ["sent"] * 3


def test_an_answer_without_end_costs_a_moment(world: Centre, other: Receiver, home: Any) -> None:
    other.drips = True
    row = hook(world, other.address)
    make_article(world, drain=True)
    began = time.monotonic()
    send_of(world.db, home, row.id)
    assert time.monotonic() - began < 9 and rows(world, row)[0].state == "sent"


def test_what_was_claimed_by_a_worker_that_died_goes_again(world: Centre, other: Receiver, home: Any) -> None:
    """R-M1, R-M2: at least once, with the same id, never lost."""
    row = hook(world, other.address)
    make_article(world, drain=True)
    letters = sending._claim(world.db, row.id, home.base_url)
    assert len(letters) == 1 and send_of(world.db, home, row.id) == 0, "another worker leaves it alone"
    world.clock.move(minutes=2)
    assert send_of(world.db, home, row.id) == 1 and other.bodies[0]["id"] == letters[0].uid


def test_an_import_tells_of_those_articles_the_account_may_see(world: Centre, other: Receiver, home: Any) -> None:
    from kmsvc.knowledge.articles.usecases import take_in, tell_of_import

    row = hook(world, other.address, login="agent", kinds=["knowledge.article.imported"])
    with world.begin("knowledge_editor") as work:
        ids = [take_in(work, Content(title=title, body="b", confidentiality=level), external_id=title, category=None, owner_id=None,
                       publish=True)[1] for title, level in (("open", "sayable"), ("closed", "secret"))]
        tell_of_import(work, ids)
    world.drain(index=False)
    send_of(world.db, home, row.id)
    assert other.bodies[0]["data"] == {"article_ids": ids[:1]} and [one["id"] for one in other.bodies[0]["subjects"]] == ids[:1]


def test_a_draft_is_told_to_those_alone_who_may_open_it(world: Centre, other: Receiver, home: Any) -> None:
    agent = hook(world, other.address, login="agent", kinds=["knowledge.article.changed"], name="a")
    editor = hook(world, other.address, login="knowledge_editor", kinds=["knowledge.article.changed"], name="b")
    article = make_article(world, publish=False, drain=True)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="t", body="other"))
    world.drain(index=False)
    assert (send_of(world.db, home, agent.id), send_of(world.db, home, editor.id)) == (0, 2)


def test_old_lines_leave_the_log(world: Centre, other: Receiver, home: Any) -> None:
    row = hook(world, other.address)
    make_article(world, drain=True)
    send_of(world.db, home, row.id)
    for days, left in ((29, 1), (2, 0)):
        world.clock.move(seconds=timedelta(days=days).total_seconds())
        with world.begin("system") as work:
            usecases.tidy_log(work)
        assert len(rows(world, row)) == left


def test_what_was_claimed_is_not_sent_once_somebody_has_paused_or_moved_the_hook(world: Centre, other: Receiver, home: Any) -> None:
    row = hook(world, other.address)
    for title in ("a", "b", "c"):
        make_article(world, title=title, drain=True)

    def pauses() -> bool:
        if other.taken and stand(world, row)[0] == "on":
            with world.begin("admin") as work:
                usecases.pause_hook(work, row.id, reason="they ask us to wait")
        return False

    assert send_of(world.db, home, row.id, None, pauses) == 1 == len(other.taken)
    assert [(one.state, one.claimed_until) for one in rows(world, row)] == [("sent", None), ("waiting", None), ("waiting", None)]
    with world.begin("admin") as work:
        usecases.resume_hook(work, row.id)

    def moves() -> bool:
        with world.begin("admin") as work:
            usecases.change_hook(work, row.id, Wish("lms", f"http://127.0.0.1:{dead_port()}/", "manager",
                                                    ["knowledge.article.published"], networks_of(HOME)))
        return False

    assert send_of(world.db, home, row.id, None, moves) == 0 and len(other.taken) == 1


def test_a_clock_that_was_set_back_keeps_nothing_waiting(world: Centre, other: Receiver, home: Any) -> None:
    other.status = 500
    row = hook(world, other.address)
    make_article(world, drain=True)
    assert send_of(world.db, home, row.id) == 0
    other.status = 200
    world.clock.move(days=-2)
    assert send_of(world.db, home, row.id) == 0, "until the worker notices"
    with world.begin("system") as work:
        pull_in(work)
    assert send_of(world.db, home, row.id) == 1


def test_after_a_restore_nothing_old_goes_out_by_itself_and_nothing_is_lost(world: Centre, other: Receiver, home: Any) -> None:
    row = hook(world, other.address)
    make_article(world, drain=True)
    with world.begin("operator") as work:
        leave_behind(work)
    assert send_of(world.db, home, row.id) == 0 and rows(world, row)[0].error == "it waited in a backup that was restored"
    with world.begin("admin") as work:
        usecases.try_again(work, row.id)
    assert send_of(world.db, home, row.id) == 1


def test_feedback_links_proposals_searches_and_reviews_are_told_with_numbers_and_no_words_or_persons(
        world: Centre, other: Receiver, home: Any) -> None:
    article = make_article(world, title="怎样退款", drain=True)
    row = hook(world, other.address, login="knowledge_editor", kinds=[
        "knowledge.feedback.sent", "knowledge.feedback.moved", "knowledge.contact.linked"])
    blind = hook(world, other.address, login="agent", name="blind", kinds=["knowledge.feedback.sent", "knowledge.contact.linked"])
    with world.begin("agent") as work:
        said = send_feedback(work, article.published_version_id, "wrong", today=world.clock.today, said=Said(note="三天"))
        link_contact(work, "article", article.id, number="KF-1", query="退款")
    with world.begin("knowledge_editor") as work:
        answer_feedback(work, said.id, reason="七天")
    world.drain()
    assert send_of(world.db, home, row.id) == 3 and send_of(world.db, home, blind.id) == 0
    assert [one["kind"].split(".", 1)[1] for one in other.bodies] == ["feedback.sent", "contact.linked", "feedback.moved"]
    assert all([one["id"] for one in body["subjects"]] == [article.id] for body in other.bodies)
    assert other.bodies[0]["data"] == {"feedback_id": said.id, "article_id": article.id}
    assert other.bodies[1]["data"] == {"link_id": 1, "linked_kind": "article", "linked_id": article.id,
                                       "version_id": article.published_version_id}
    assert other.bodies[2]["data"]["state"] == "answered" and "person_id" not in other.bodies[2]["data"]
    assert not any(word in head[1].decode() for head in other.taken for word in ("退款", "三天", "七天", "KF-1"))
