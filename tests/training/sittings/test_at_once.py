"""R-E2: one submission counts; one begin makes one sitting; answers of two windows at once are both kept."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.events import Fact
from kmsvc.training.sittings.models import Answer, Sitting
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.figures import full
from tests.training.sittings.exams import SINGLE, TRUE_FALSE, begin, make_exam

Clients = Callable[..., Caller]
MANY = 16


def at_once(callers: list[Caller], address: str, body: Callable[[int], Any]) -> list[tuple[int, Any]]:
    """The same request from all at the same moment."""
    gate, found = Barrier(len(callers), timeout=30), []

    def send(nth: int, caller: Caller) -> None:
        gate.wait()
        found.append(caller.call("POST", address, body(nth)))
    threads = [Thread(target=send, args=(nth, caller)) for nth, caller in enumerate(callers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return found


def again(callers: list[Caller], address: str, body: Callable[[int], Any]) -> list[tuple[int, Any]]:
    """The same, where who is told that the service is busy asks again, as browsers do."""
    found = at_once(callers, address, body)
    for nth, (status, _) in enumerate(found):
        if status in (409, 503):
            found[nth] = callers[nth].call("POST", address, body(nth))
    return found


def test_r_e2_of_sixteen_submissions_one_counts(world: Centre, client: Clients) -> None:
    """R-E2: sixteen at the same moment, again and again: one is accepted, one fact, one line in the trail."""
    callers = [client("agent") for _ in range(MANY)]
    for _ in range(full(200, short=2)):
        sitting = begin(world, make_exam(world, questions=(TRUE_FALSE,)))
        found = again(callers, f"/api/v1/training/sittings/{sitting}/submit", lambda _: {})
        assert {status for status, _ in found} == {200}, found
        assert sum(body["accepted"] for _, body in found) == 1
        assert {body["state"] for _, body in found} == {"submitted"}
        assert len({body["ended_at"] for _, body in found}) == 1
        with world.look() as work:
            facts = [one for one in work.session.scalars(select(Fact.payload).where(Fact.kind == "training.sitting.handed_in").order_by(
                Fact.id)) if one["sitting_id"] == sitting]
            trail = work.session.scalar(select(func.count()).select_from(AuditEntry).where(
                AuditEntry.subject == "training_sitting", AuditEntry.subject_id == str(sitting), AuditEntry.act == "update"))
        assert (len(facts), trail) == (1, 1)


def test_r_e2_of_sixteen_begins_one_makes_a_sitting(world: Centre, client: Clients) -> None:
    """R-E2: a paper is frozen once for each attempt."""
    callers = [client("agent") for _ in range(MANY)]
    exam = make_exam(world, questions=(TRUE_FALSE, SINGLE))
    found = again(callers, "/api/v1/training/sittings", lambda _: {"exam_id": exam})
    assert {status for status, _ in found} == {201}, found
    assert len({body["id"] for _, body in found}) == 1
    with world.look() as work:
        assert work.session.scalar(select(func.count(Sitting.id))) == 1


def test_r_e4_answers_of_many_windows_at_once_are_all_kept(world: Centre, client: Clients) -> None:
    """R-E4: each under its number; under one number one is kept and the others are told."""
    callers = [client("agent") for _ in range(MANY)]
    sitting = begin(world, make_exam(world, questions=(TRUE_FALSE,)))
    address = f"/api/v1/training/sittings/{sitting}/answers"
    found = again(callers, address, lambda nth: {
        "device": f"d{nth}", "answers": [{"place": 1, "number": nth + 1, "answer": bool(nth % 2)}]})
    assert {status for status, _ in found} == {200}
    kept = {body["saved"][0]["became"] for _, body in found}
    assert kept <= {"store", "older", "again"}
    found = again(callers, address, lambda nth: {
        "device": f"d{nth}", "answers": [{"place": 1, "number": 99, "answer": bool(nth % 2)}]})
    became = [body["saved"][0]["became"] for _, body in found]
    assert became.count("store") == 1
    assert set(became) == {"store", "again", "clash"}
    with world.look() as work:
        last = work.session.scalars(select(Answer).order_by(Answer.number.desc()).limit(1)).one()
        assert last.number == 99
