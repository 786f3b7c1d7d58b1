"""An exam stands still and goes on, everybody or a room gets more time, a sitting that was taken out counts again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import make_ups_due
from kmsvc.training.sittings import usecases
from kmsvc.training.sittings.board import Happening, board, protocol, sittings_of
from kmsvc.training.sittings.models import Answer, Sitting
from kmsvc.training.sittings.pausing import extend_all, pause, resume
from kmsvc.training.sittings.rules import UNDER_WAY
from kmsvc.training.sittings.steering import annul, restore
from kmsvc.training.sittings.timing import is_paused, until
from kmsvc.training.sittings.usecases import submit
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.sittings.exams import SHORT, TRUE_FALSE, begin, make_exam
from tests.training.sittings.test_cheap_enough import statements
from tests.training.sittings.test_sitting import row_of

Clients = Callable[..., Caller]
PLACE = "/api/v1/training/sittings"


def passes(world: Centre, steady: list[float], **much: float) -> None:
    """Time passes on both clocks."""
    before = world.clock.now
    world.clock.move(**much)
    steady[0] += (world.clock.now - before).total_seconds()


def sent(caller: Caller, sitting: int, number: int, answer: bool = True) -> tuple[str, dict[str, Any]]:
    status, body = caller.call("POST", f"{PLACE}/{sitting}/answers", {
        "device": "d", "answers": [{"place": 1, "number": number, "answer": answer}]})
    assert status == 200, body
    return body["saved"][0]["became"], body


def test_r_e3_in_a_pause_every_clock_stands_and_nobody_wins_or_loses_a_second(
        world: Centre, client: Clients, steady: list[float]) -> None:
    """R-E3: after a pause there is as much time as before it; what was under way is kept, what comes later waits for its end."""
    exam = make_exam(world, people=("agent", "agent_b"), questions=(TRUE_FALSE, SHORT), minutes=30, grace_s=0)
    sitting, agent, trainer = begin(world, exam), client("agent"), client("trainer")
    passes(world, steady, minutes=10)
    status, body = trainer.call("POST", f"{PLACE}/board/{exam}/pause", {"reason": "消防演习"})
    assert (status, body["running"], [one["verb"] for one in body["allowed"]]) == (200, 1, ["extend", "resume"])
    passes(world, steady, seconds=20)
    assert sent(agent, sitting, 1)[0] == "store"
    passes(world, steady, minutes=40)
    became, body = sent(agent, sitting, 2, False)
    assert (became, body["paused"], body["state"]) == ("paused", True, "running")
    assert sent(agent, sitting, 1)[0] == "again"
    shown = agent.get(f"{PLACE}/{sitting}").get_json()
    assert (shown["paused"], shown["left_s"], shown["questions"]) == (True, 20 * 60, [])
    page = agent.get(f"/training/sittings/{sitting}").get_data(as_text=True)
    assert "data-sitting-paused" in page
    assert TRUE_FALSE.stem not in page
    status, body = client("agent_b").call("POST", PLACE, {"exam_id": exam})
    assert (status, body["code"]) == (409, "training.sitting.paused")
    assert trainer.call("POST", f"{PLACE}/board/{exam}/resume", {"reason": "演习结束"})[0] == 200
    assert agent.get(f"{PLACE}/{sitting}").get_json()["left_s"] in (20 * 60, 20 * 60 + 1)
    assert sent(agent, sitting, 2, False)[0] == "store"
    passes(world, steady, minutes=20, seconds=2)
    assert sent(agent, sitting, 3)[0] == "late"
    row = row_of(world, sitting)
    assert (row.state, row.paused_at) == ("timed_out", None)
    assert row.ended_at is not None
    assert (row.ended_at - row.begun_at).total_seconds() - 30 * 60 - (40 * 60 + 20) in (0, 1)
    assert client("agent_b").call("POST", PLACE, {"exam_id": exam})[0] == 201
    with world.look("trainer") as work:
        told = [(one.what, one.by, one.reason) for one in protocol(work.session, work.actor, sittings_of(work.session, exam))]
    assert (Happening.PAUSED, "Trainer", "消防演习") in told
    assert (Happening.RESUMED, "Trainer", "演习结束") in told


def test_what_a_pause_takes_is_bounded_and_said(world: Centre, client: Clients, steady: list[float]) -> None:
    """Answers count at the instant of the pause, those given before it are taken for a minute."""
    exam = make_exam(world, questions=(TRUE_FALSE,))
    sitting, agent = begin(world, exam), client("agent")
    with world.begin("trainer") as work:
        pause(work, exam, reason="停电")
    stood = world.clock.now
    passes(world, steady, seconds=UNDER_WAY.total_seconds())
    assert sent(agent, sitting, 1)[0] == "store"
    passes(world, steady, seconds=1)
    assert sent(agent, sitting, 2)[0] == "paused"
    with world.look() as work:
        assert list(work.session.scalars(select(Answer.at).order_by(Answer.id))) == [stood]
    _, body = agent.call("POST", f"{PLACE}/{sitting}/beat", {"device": "d"})
    assert (body["paused"], datetime.fromisoformat(body["at"])) == (True, stood)
    with world.begin("agent") as work:
        assert submit(work, sitting)[1] is True
    assert row_of(world, sitting).paused_at is None


def test_who_may_pause_when_and_with_what(world: Centre, client: Clients) -> None:
    exam = make_exam(world, people=("agent", "everything"), questions=(TRUE_FALSE,))
    begin(world, exam)
    for login in ("agent", "class_teacher", "auditor", "team_leader"):
        for verb in ("pause", "resume", "extend"):
            assert client(login).call("POST", f"{PLACE}/board/{exam}/{verb}", {"reason": "x"})[0] == 403, (login, verb)
    trainer = client("trainer")
    assert trainer.call("POST", f"{PLACE}/board/{exam}/pause", {"reason": " "})[0] == 422
    assert trainer.call("POST", f"{PLACE}/board/{exam}/resume", {"reason": "x"})[1]["code"] == "training.sitting.not_paused"
    with world.begin("trainer") as work:
        pause(work, exam, reason="停电")
    assert trainer.call("POST", f"{PLACE}/board/{exam}/pause", {"reason": "x"})[1]["code"] == "training.sitting.paused_already"
    with world.begin("manager") as work:
        resume(work, exam, reason="来电")
    begin(world, exam, "everything")  # whoever sits it pauses nothing, and gives themselves no time
    for act in (pause, resume):
        with pytest.raises((NotPermitted, RuleBroken)), world.begin("everything") as work:
            act(work, exam, reason="x")
    with world.begin("everything") as work:
        assert extend_all(work, exam, minutes=5, reason="x") == 1
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        row = work.get(Exam, exam)
        row.state, row.released_at = "released", work.now
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        pause(work, exam, reason="x")


def test_more_time_for_everybody_or_for_a_room(world: Centre, client: Clients) -> None:
    """C7: a power cut in a room; page, JSON and the form that keeps what was typed."""
    exam = make_exam(world, people=("agent", "agent_b", "team_leader"), questions=(TRUE_FALSE,))
    here, there = begin(world, exam), begin(world, exam, "agent_b")
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        work.session.scalars(select(ExamCandidate).where(ExamCandidate.person_id == world.people["agent"])).one().room = "301"
    trainer = client("trainer")
    refused = trainer.post(f"/training/sittings/board/{exam}/extend", data={"minutes": "15", "room": "301", "reason": ""})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert '<option value="15" selected' in page
    assert "<option selected>301" in page
    assert trainer.post(f"/training/sittings/board/{exam}/extend", data={
        "minutes": "15", "room": "301", "reason": "停电"}).status_code == 303
    assert [row_of(world, one).more_s for one in (here, there)] == [900, 0]
    assert trainer.call("POST", f"{PLACE}/board/{exam}/extend", {"minutes": 5, "reason": "停电"})[0] == 200
    assert [row_of(world, one).more_s for one in (here, there)] == [1200, 300]
    assert trainer.call("POST", f"{PLACE}/board/{exam}/extend", {"minutes": 5, "room": "9", "reason": "x"})[1]["code"] == (
        "training.sitting.nobody")
    assert trainer.call("POST", f"{PLACE}/board/{exam}/extend", {"minutes": 481, "reason": "x"})[0] == 422
    with world.look("trainer") as work:
        assert [line.name for line in board(work.session, work.actor, exam, work.now, q="301").lines] == ["Agent"]
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        extend_all(work, exam, minutes=5, reason="")


def test_what_was_taken_out_of_the_count_can_count_again(world: Centre, client: Clients, steady: list[float]) -> None:
    """Who and why stand in the trail both times; one that was being sat goes on, one whose time is up is handed in."""
    exam = make_exam(world, people=("agent", "agent_b"), questions=(TRUE_FALSE,), minutes=30, grace_s=0)
    runs, done = begin(world, exam), begin(world, exam, "agent_b")
    with world.begin("agent_b") as work:
        submit(work, done)
    world.drain()
    ended = row_of(world, done).ended_at
    for one in (runs, done):
        with world.begin("trainer") as work:
            annul(work, one, reason="疑似替考")
    assert client("agent").get(f"{PLACE}/{runs}").get_json()["state"] == "void"
    passes(world, steady, minutes=5)
    status, body = client("trainer").call("POST", f"{PLACE}/{runs}/restore", {"reason": "核实无误"})
    assert (status, body["state"]) == (200, "running")
    assert client("agent").get(f"{PLACE}/{runs}").get_json()["left_s"] == 25 * 60
    with world.begin("trainer") as work:
        restore(work, done, reason="核实无误")
    row = row_of(world, done)
    assert (row.state, row.ended_at, row.was) == ("submitted", ended, None)
    world.drain()
    told = [one["kind"] for one in client("agent_b").get("/api/v1/notices").get_json()["items"]]
    assert sorted(told) == ["training.sitting.annulled", "training.sitting.restored"]
    with world.look() as work:
        why = list(work.session.scalars(select(AuditEntry.reason).where(
            AuditEntry.subject == "training_sitting", AuditEntry.subject_id == str(done), AuditEntry.reason.is_not(None)).order_by(
            AuditEntry.seq)))
    assert why == ["疑似替考", "核实无误"]
    with world.begin("trainer") as work:
        annul(work, runs, reason="再查")
    passes(world, steady, minutes=40)
    with world.begin("trainer") as work:
        restore(work, runs, reason="核实无误")
    assert row_of(world, runs).state == "timed_out"


def test_another_attempt_in_its_place_counts_instead(world: Centre) -> None:
    exam = make_exam(world, questions=(TRUE_FALSE,))
    first = begin(world, exam)
    with world.begin("trainer") as work:
        annul(work, first, reason="设备故障")
    begin(world, exam)
    with pytest.raises(RuleBroken) as refused, world.begin("trainer") as work:
        restore(work, first, reason="x")
    assert refused.value.code == "training.sitting.another"


def test_a_pause_of_many_asks_the_database_no_more_than_one_of_few(world: Centre) -> None:
    """Answers of everybody wait while it is written: what is read is read at once, only the rows and their trail are one by one."""
    counts = []
    for people in (("agent",), ("agent", "agent_b", "team_leader", "marker")):
        exam = make_exam(world, people=people, questions=(TRUE_FALSE,))
        for login in people:
            begin(world, exam, login)
        with statements(world) as asked:
            for act in (pause, resume):
                with world.begin("trainer") as work:
                    act(work, exam, reason="x")
        counts.append(len(asked))
    assert counts[1] - counts[0] <= 3 * 2 * 2, counts  # an update and a line of the trail, twice, for three people more


def test_whoever_could_not_begin_has_as_long_for_it_after_the_pause(world: Centre, client: Clients, steady: list[float]) -> None:
    """R-E3: a pause past the end of the window takes nobody's exam; nobody is sent to the make-up in it, which begins later."""
    opens, closes = world.clock.now + timedelta(hours=5), world.clock.now + timedelta(hours=6)
    exam = make_exam(world, people=("agent", "agent_b"), questions=(TRUE_FALSE,), minutes=30, make_up_opens_at=opens,
                     make_up_closes_at=closes)
    passes(world, steady, hours=3, minutes=50)
    with world.begin("trainer") as work:
        pause(work, exam, reason="停电")
    passes(world, steady, hours=1, minutes=30)
    with world.look() as work:
        assert make_ups_due(work.session, work.now) == []
    with world.begin("trainer") as work:
        resume(work, exam, reason="来电")
    with world.look() as work:
        row = work.get(Exam, exam)
        assert row.closes_at == world.clock.now + timedelta(minutes=10)
        assert (row.make_up_opens_at, row.make_up_closes_at) == (row.closes_at, row.closes_at + timedelta(hours=1))
    passes(world, steady, minutes=9)
    begin(world, exam)
    passes(world, steady, minutes=1)
    with pytest.raises(RuleBroken) as refused:
        begin(world, exam, "agent_b")
    assert refused.value.code == "training.sitting.closed"
    with world.look() as work:
        assert make_ups_due(work.session, work.now) == [exam]


@pytest.mark.parametrize("when", ["before", "within"])
def test_who_counts_again_lost_no_time_to_a_pause(world: Centre, steady: list[float], when: str) -> None:
    """Taken out before a pause or in it, counted again in it or after it: the clock stood still as everybody else's did."""
    exam = make_exam(world, people=("agent", "agent_b"), questions=(TRUE_FALSE,), minutes=30, grace_s=0)
    early, late = begin(world, exam), begin(world, exam, "agent_b")

    def out() -> None:
        for one in (early, late):
            with world.begin("trainer") as work:
                annul(work, one, reason="疑似替考")
    if when == "before":
        out()
    with world.begin("trainer") as work:
        pause(work, exam, reason="停电")
    if when == "within":
        out()
    passes(world, steady, minutes=20)
    with world.begin("trainer") as work:
        restore(work, early, reason="核实无误")
    passes(world, steady, minutes=20)
    with world.begin("trainer") as work:
        resume(work, exam, reason="来电")
    with world.begin("trainer") as work:
        restore(work, late, reason="核实无误")
    for sitting in (early, late):
        row = row_of(world, sitting)
        assert (row.state, row.paused_at) == ("running", None)
        assert (until(row).ends_at - world.clock.now).total_seconds() - 30 * 60 in (0, 1)


def test_who_begins_while_a_pause_begins_does_not_sit_through_it(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the exam and the first row of a sitting somebody pauses it: either it is refused or its clock stands too."""
    exam = make_exam(world, questions=(TRUE_FALSE,))

    def stop() -> None:
        with world.begin("trainer") as work:
            pause(work, exam, reason="停电")
    thread, before = Thread(target=stop), usecases.steady_reading

    def slowly() -> tuple[float, str]:
        if not thread.ident:
            thread.start()
            thread.join(0.5)  # one writer only: there the pause waits for the row and sees it
        return before()
    monkeypatch.setattr(usecases, "steady_reading", slowly)
    with suppress(RuleBroken):
        begin(world, exam)
    thread.join(30)
    with world.look() as work:
        assert is_paused(work.session, exam)
        assert [one for one in work.session.scalars(select(Sitting).where(Sitting.exam_id == exam)) if one.paused_at is None] == []
