"""Periodic work inside one worker: failing subjects, failing deliveries, clocks that jump. R-J1, R-J4, R-J6."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import func, select

from kmsvc import schedule
from kmsvc.core import leases
from kmsvc.core.clock import StepWatch, system_clock
from kmsvc.core.events import Delivery, Fact
from kmsvc.notices.models import Mail
from kmsvc.operations.failures import failing
from kmsvc.operations.usecases import retry_delivery
from kmsvc.process.definitions.models import Process, Publication
from kmsvc.schedule import make_due_releases_live, run_the_duties
from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.standards.duties.models import Obligation
from kmsvc.worker import MOST_TRIES, Worker, deliver_due
from tests.builders import make_article, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE, MovableClock


@pytest.fixture
def worker(world: Centre) -> Worker:
    """A worker that does what the test asks, and nothing by itself."""
    return Worker(world.db, world.settings, world.engine)


def plan(world: Centre, process: Process, days: int) -> int:
    """A release that takes effect in some days; returns the publication's id."""
    from kmsvc.process.definitions.usecases import plan_publication, write_version

    with world.begin("process_manager") as work:
        from kmsvc.process.definitions.permissions import MANAGE_PROCESS

        work.permit(MANAGE_PROCESS)
        row = work.get(Process, process.id, lock=True)
        version = write_version(work, row, name=row.name, purpose="", body="new", final=True, change_id=None)
        made = plan_publication(work, row, version, effective_on=world.clock.today + timedelta(days=days), zone=ZONE,
                                today=world.clock.today, change_id=None, release_round=None)
        return made.id


def done(world: Centre, publication_id: int) -> bool:
    """Whether a release took effect."""
    with world.look() as work:
        return work.get(Publication, publication_id).done_at is not None


def test_r_j6_a_release_that_cannot_take_effect_holds_up_no_other(world: Centre, worker: Worker) -> None:
    """R-J6: the poisoned one is shown with its reason, tried again with pauses, and forgotten once it succeeds."""
    first, second, third = (plan(world, make_process(world, name=name), 1) for name in ("a", "b", "c"))
    with world.begin("operator") as work:
        from kmsvc.process.definitions.permissions import MANAGE_PROCESS

        work.permit(MANAGE_PROCESS)
        row = work.get(Publication, second)
        kept, row.new_version_id = row.new_version_id, None
    world.clock.move(days=1)
    make_due_releases_live(worker)
    assert [done(world, one) for one in (first, second, third)] == [True, False, True]
    with world.look() as work:
        shown = failing(work.session, "live")
        assert [one.subject for one in shown] == [f"publication:{second}"]
        assert shown[0].error and shown[0].tries == 1
    make_due_releases_live(worker)
    with world.look() as work:
        assert failing(work.session, "live")[0].tries == 1, "not tried again before its pause is over"
    with world.begin("operator") as work:
        work.permit(MANAGE_PROCESS)
        work.get(Publication, second).new_version_id = kept
    world.clock.move(minutes=1)
    make_due_releases_live(worker)
    assert done(world, second)
    with world.look() as work:
        assert failing(work.session) == []


def test_r_j6_a_process_whose_review_cannot_be_reckoned_holds_up_no_other(world: Centre, worker: Worker) -> None:
    """R-J6: the other reviews are made; the odd one is named for the administrator; nothing of it becomes moot."""
    odd, good = make_process(world, name="odd"), make_process(world, name="good")
    run_the_duties(worker)
    with world.begin("operator") as work:
        from kmsvc.process.definitions.permissions import MANAGE_PROCESS

        work.permit(MANAGE_PROCESS)
        work.get(Process, odd.id).review_months = 10**6
    late = make_process(world, name="late")
    world.clock.move(minutes=2)
    run_the_duties(worker)
    with world.look() as work:
        rows = {row.subject_id: row.state for row in work.session.scalars(select(Obligation))}
        assert rows == {odd.id: "open", good.id: "open", late.id: "open"}
        assert [one.subject for one in failing(work.session, "duties")] == [f"process.review:{odd.id}"]
    with world.begin("operator") as work:
        work.permit(MANAGE_PROCESS)
        work.get(Process, odd.id).review_months = 12
    world.clock.move(minutes=2)
    run_the_duties(worker)
    with world.look() as work:
        assert failing(work.session) == []


def test_r_j6_a_fact_whose_reaction_fails_holds_up_no_other_and_is_shown_in_the_end(world: Centre) -> None:
    """R-J6: even when the database refuses it; after the last try it waits for a person."""
    make_process(world)
    with world.begin("system") as work:
        from kmsvc.operations.permissions import DELIVER

        work.permit(DELIVER)
        first = work.session.scalar(select(func.min(Delivery.id)).join(Fact).where(Fact.kind.startswith("process.")))
        poisoned = work.get(Delivery, first)
        fact = work.get(Fact, poisoned.fact_id)
        fact.payload = {**fact.payload, "process_id": 2**70, "article_id": 2**70, "version_id": 2**70, "publication_id": 2**70}
        fact_id = fact.id
    for _ in range(MOST_TRIES + 3):
        while deliver_due(world.db, world.around):
            pass
        world.clock.move(hours=2)
    with world.look() as work:
        rows = work.session.scalars(select(Delivery)).all()
        dead = [row for row in rows if row.state == "dead"]
        assert dead and {row.fact_id for row in dead} == {fact_id}
        assert all(row.error and row.tries == MOST_TRIES for row in dead)
        assert {row.state for row in rows if row.fact_id != fact_id} == {"done"}


@pytest.mark.parametrize("spoilt", ["reaction", "fact"])
def test_what_this_release_does_not_know_waits_for_a_person_and_is_not_called_done(world: Centre, spoilt: str) -> None:
    """R-J6: a delivery another release wrote is given up visibly, and is done once a release knows it again."""
    make_process(world)
    with world.begin("system") as work:
        from kmsvc.operations.permissions import DELIVER

        work.permit(DELIVER)
        row = work.session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert row is not None
        fact = work.get(Fact, row.fact_id)
        which, known = row.id, (row.reaction, fact.kind)
        if spoilt == "reaction":
            row.reaction = "reaction_of_another_release"
        else:
            fact.kind = "fact.of.another.release"
    for _ in range(MOST_TRIES + 1):
        while deliver_due(world.db, world.around):
            pass
        world.clock.move(hours=2)
    with world.look() as work:
        row = work.get(Delivery, which)
        assert (row.state, row.done_at) == ("dead", None)
        assert row.error is not None and "another" in row.error
    with world.begin("admin") as work:
        retry_delivery(work, which)
        row = work.get(Delivery, which)
        row.reaction, work.get(Fact, row.fact_id).kind = known
    world.drain(index=False)
    with world.look() as work:
        assert work.get(Delivery, which).state == "done"


def test_r_j1_the_duties_belong_to_one_worker_at_a_time(world: Centre, worker: Worker) -> None:
    """R-J1: ten runs at once by two workers make each obligation once."""
    for number in range(5):
        make_process(world, name=f"p{number}")
    other = Worker(world.db, world.settings, world.engine)
    errors: list[BaseException] = []

    def run(one: Worker) -> None:
        try:
            run_the_duties(one)
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=run, args=(one,)) for one in (worker, other) * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Obligation)) == 5


def test_r_j1_a_lease_changes_hands_only_when_it_ran_out(world: Centre) -> None:
    """R-J1: a frozen holder comes back to a fence that rose; a lease taken in a future that was taken back is free."""
    def take(owner: str, seconds: int = 30) -> int | None:
        with world.begin("system") as work:
            return leases.take(work.session, "x", owner, seconds=seconds)
    first = take("a")
    assert first is not None and take("b") is None and take("a") == first + 1
    with world.begin("system") as work:
        row = work.get(leases.Lease, "x")
        row.until = leases.database_now(work.session) - timedelta(seconds=1)
    fence = take("b")
    assert fence == first + 2 and take("a") is None
    with world.begin("system") as work:
        work.get(leases.Lease, "x").until = leases.database_now(work.session) + timedelta(hours=1)
    assert take("a") == first + 3


class Steps:
    """A wall clock and a steady clock that the test moves apart."""

    def __init__(self) -> None:
        self.wall, self.steady = datetime(2026, 3, 2, tzinfo=UTC), 100.0

    def watch(self) -> StepWatch:
        """A watch on both."""
        return StepWatch(lambda: self.wall, lambda: self.steady)


@pytest.mark.parametrize(("wall_s", "steady_s", "step"), [(5, 5, 0), (3605, 5, 3600), (-3595, 5, -3600), (600, 0.5, 599.5)])
def test_r_j4_a_step_of_the_wall_clock_is_told_from_passing_time(wall_s: float, steady_s: float, step: float) -> None:
    """R-J4: forward, back, or a machine that slept."""
    clocks = Steps()
    watch = clocks.watch()
    clocks.wall += timedelta(seconds=wall_s)
    clocks.steady += steady_s
    assert watch.step() == step
    assert watch.step() == 0


@pytest.fixture
def alarm(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[BackgroundScheduler, list[str]]]:
    """The real clock of the worker with jobs that only tell that they ran."""
    ran: list[str] = []

    def tell(name: str) -> Callable[[Worker], None]:
        return lambda worker: ran.append(name)
    monkeypatch.setattr(schedule, "JOBS", tuple(
        schedule.Job(job.name, job.seconds, tell(job.name), job.why) for job in schedule.JOBS))
    worker.clock = schedule.start_clock(worker)
    yield worker.clock, ran
    worker.clock.shutdown(wait=False)


def test_r_j4_after_a_clock_set_back_the_jobs_run_at_once_and_nothing_waits_for_the_lost_hour(
        world: Centre, worker: Worker, alarm: tuple[BackgroundScheduler, list[str]]) -> None:
    """R-J4: the alarm clock would wait an hour; deliveries and mail noted for a later moment are due now."""
    clock, ran = alarm
    make_process(world)
    with world.begin("system") as work:
        from kmsvc.notices.permissions import SEND_MAIL

        work.permit(SEND_MAIL)
        work.session.add(Mail(person_id=world.people["agent"], kind="process.review.due", params={}, url="/", dedup="x",
                              made_at=work.now, next_at=work.now, state="waiting", tries=0))
    time.sleep(0.5)
    ran.clear()
    for job in clock.get_jobs():
        clock.modify_job(job.id, next_run_time=system_clock() + timedelta(hours=1))  # what a set-back clock looks like
    clocks = Steps()
    watch = clocks.watch()
    clocks.wall -= timedelta(hours=1)
    world.clock.move(hours=-1)
    assert deliver_due(world.db, world.around) == 0, "what was noted before the step lies in the future now"
    worker.mind_the_clock(watch)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not {"beat", "live", "duties"} <= set(ran):
        time.sleep(0.05)
    assert {"beat", "live", "duties"} <= set(ran)
    assert deliver_due(world.db, world.around) > 0
    with world.look() as work:
        assert work.session.scalars(select(Mail)).one().next_at <= work.now


def test_r_j4_clock_forward_and_back_sends_and_makes_nothing_twice(world: Centre, worker: Worker, clock: MovableClock) -> None:
    """R-J4: an hour forward, an hour back, around midnight of a reminder's day."""
    process = make_process(world)
    world.drain()
    clock.move(days=335)  # thirty days before the review
    for hours in (1, -1, 14, -14, 1, -1):
        clock.move(hours=hours)
        run_the_duties(worker)
        while deliver_due(world.db, world.around):
            pass
    clock.move(hours=20)
    while deliver_due(world.db, world.around):
        pass
    with world.look() as work:
        facts = work.session.scalars(select(Fact).where(Fact.kind == "standards.duty.reminder_due")).all()
        told = [(fact.payload["obligation_id"], fact.payload["rung"]) for fact in facts]
        assert len(told) == len(set(told))
        rows = {row.id: row for row in work.session.scalars(select(Obligation))}
        assert [row.subject_id for row in rows.values() if row.rule == "process.review"] == [process.id]
        assert [rung for one, rung in told if rows[one].rule == "process.review"] == ["30d"]
        keys = [row.dedup for row in work.session.scalars(select(Mail).where(Mail.kind == "process.review.due"))]
        assert len(keys) == len(set(keys)) == 1


def test_r_d8_a_worker_told_to_stop_ends_between_two_deliveries(world: Centre) -> None:
    """R-D8: no delivery is half done, the rest waits for the next start."""
    make_process(world)
    told: list[Any] = []

    def stopping() -> bool:
        told.append(1)
        return len(told) > 1
    assert deliver_due(world.db, world.around, stopping=stopping) == 1
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "done")) == 1


def test_r_j1_a_release_whose_fact_comes_late_does_not_fulfil_the_review_it_begins(world: Centre, worker: Worker) -> None:
    """R-J1: the clock may look before the fact of the release is delivered, and after; the result is the same."""
    of_processes = select(Obligation).where(Obligation.subject_kind == "process").order_by(Obligation.due_on)
    process = make_process(world)
    run_the_duties(worker)  # before the fact of the first release
    world.drain()
    with world.look() as work:
        first = work.session.scalars(of_processes).one()
        assert first.state == "open"
    world.clock.move(days=100)
    plan(world, process, 0)
    run_the_duties(worker)  # before the fact of the second
    world.drain()
    run_the_duties(worker)
    with world.look() as work:
        rows = work.session.scalars(of_processes).all()
        assert [(row.state, row.done_on) for row in rows] == [("done", world.clock.today), ("open", None)]
        assert rows[0].id == first.id


def test_an_index_made_by_the_rules_of_another_version_is_built_anew_though_nothing_changed(world: Centre) -> None:
    """R-S4: after an upgrade the search must not stay without its index until somebody edits something."""
    make_article(world, drain=True)
    marks = next(world.settings.index_dir.glob("index-*/kmsvc.json"))
    marks.write_text(marks.read_text().replace('"format": ', '"format": 9'))
    worker = Worker(world.db, world.settings, SearchEngine(world.settings.index_dir))
    assert not worker.engine.is_of_our_making()
    assert worker._index() > 0
    assert worker.engine.is_of_our_making()
    assert worker.engine.suggest("gaiqian", Reach(3))
    assert worker._index() == 0
