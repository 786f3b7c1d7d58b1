"""Who hears of duties of clauses: the owner on each rung, then the superior, then the managers, each of a whole morning at once; and
whatever becomes of the worker meanwhile. R-J1, R-J2, R-J4, R-J5, R-J6."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kmsvc.core import leases
from kmsvc.notices.models import Notice
from kmsvc.schedule import run_the_duties
from kmsvc.standards.duties.clauses import ClauseFact
from kmsvc.standards.duties.models import ClauseDuty, DutySpan, Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.needs.events import NeedEntered
from kmsvc.worker import Worker
from tests.standards.duties.houses import FACTS, MODEL, begin_use, duties, rule, run, rungs
from tests.support.centre import Centre

DAY = date(2026, 3, 2)


@pytest.fixture
def used(world: Centre) -> Centre:
    """A centre whose clauses ask for things since March 2026, looked at for the first time."""
    begin_use(world, DAY)
    run(world, DAY)
    world.drain(index=False)
    return world


def told(world: Centre) -> list[tuple[str, str]]:
    """(login, kind) of what people were told of duties of clauses, oldest first."""
    world.drain(index=False)
    logins = {person: login for login, person in world.people.items()}
    with world.look() as work:
        return [(logins[row.person_id], row.kind.removeprefix("standards.duty.")) for row in work.session.scalars(
            select(Notice).where(Notice.kind.startswith("standards.duty.")).order_by(Notice.id))]


def test_the_owner_hears_of_each_rung_then_the_superior_then_the_managers(used: Centre) -> None:
    with used.begin("system") as work:
        from kmsvc.standards.duties.permissions import RUN_DUTIES

        work.permit(RUN_DUTIES)
        for one in work.session.scalars(select(ClauseDuty).where(ClauseDuty.clause != "49")):
            one.is_on = False
            for row in work.session.scalars(select(Obligation).where(Obligation.rule_id == one.id)):
                row.state = "cancelled"
    assert told(used) == []
    run(used, date(2026, 3, 24))
    assert told(used) == [("qa_inspector", "due")]
    run(used, date(2026, 4, 3))
    assert told(used) == [("qa_inspector", "due")] * 2, "one day late: nobody above hears yet"
    run(used, date(2026, 4, 8))
    above = told(used)[2:]
    assert ("qa_inspector", "due") in above and {kind for _, kind in above} == {"due", "late_of"}
    run(used, date(2026, 4, 15))
    assert ("manager", "late_centre") in told(used) or ("manager", "late_of") in told(used)
    before = told(used)
    run(used, date(2026, 4, 15))
    assert told(used) == before


def test_a_morning_with_many_is_one_message(used: Centre) -> None:
    """R-J2: reminders are merged for each person."""
    run(used, date(2029, 6, 1))
    kinds = Counter(told(used))
    assert kinds and max(kinds.values()) == 1


def test_r_j1_ten_runs_of_two_workers_make_each_duty_once(world: Centre) -> None:
    """R-J1: any number of workers."""
    begin_use(world, DAY)
    world.clock.move(hours=1)
    workers = [Worker(world.db, world.settings, world.engine) for _ in range(2)]
    errors: list[BaseException] = []

    def look(one: Worker) -> None:
        try:
            run_the_duties(one)
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=look, args=(one,)) for one in workers * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert max(Counter((one.rule, one.subject_id, one.period) for one in duties(world)).values()) == 1
    assert {one.clause for one in duties(world)} == {"8", "49", "54", "119", "67"}


def test_r_j1_a_frozen_worker_that_comes_back_makes_nothing_twice(used: Centre) -> None:
    """R-J1: its lease ran out, another one did the work; what it then does finds everything there."""
    with used.begin("system") as work:
        assert leases.take(work.session, "duties", "frozen", seconds=30) is not None
    other = Worker(used.db, used.settings, used.engine)
    used.clock.now += timedelta(days=366)
    with used.begin("system") as work:
        work.get(leases.Lease, "duties").until = leases.database_now(work.session) - timedelta(seconds=1)
    run_the_duties(other)
    made = len(duties(used))
    run(used, used.clock.today)  # the frozen one goes on where it stood
    assert len(duties(used)) == made


@pytest.mark.parametrize("place", ["work.before_audit", "work.before_commit", "work.after_commit"])
def test_r_j5_a_worker_that_dies_inside_the_run_leaves_all_or_nothing(world: Centre, place: str) -> None:
    """R-J5: it completes later, once."""
    begin_use(world, DAY)

    class Died(BaseException):
        """As a process that is gone."""

    def die(name: str) -> None:
        if name == place:
            raise Died
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kmsvc.core.work.fault", die)
        with pytest.raises(Died):
            run(world, DAY)
    assert len(duties(world)) in (0, 17)
    run(world, DAY)
    assert len(duties(world)) == 17 == len(rungs(world))
    assert max(Counter((one.rule, one.period) for one in duties(world)).values()) == 1


def test_r_j6_a_rule_that_cannot_be_judged_holds_up_no_other(world: Centre) -> None:
    """R-J6: named, and made once it is right again."""
    begin_use(world, DAY)
    broken = rule(world, "49", months=None, on_days=["13-45"])
    done = run(world, DAY)
    assert [key for key in done.failed if key.endswith(f":{broken}")] and not duties(world, "49")
    assert len(duties(world, "54")) == 4
    rule(world, "49", months=1, on_days=None)
    run(world, DAY)
    assert len(duties(world, "49")) == 10


@pytest.mark.parametrize("hours", [(1, -1), (-1, 1), (14, -14), (24 * 400, -24 * 400)])
def test_r_j4_a_clock_that_jumps_makes_and_tells_nothing_twice(used: Centre, hours: tuple[int, int]) -> None:
    """R-J4: an hour, a night, more than a year, forward and back."""
    worker = Worker(used.db, used.settings, used.engine)
    for move in (*hours, *hours):
        used.clock.move(hours=move)
        run_the_duties(worker)
    rows = duties(used)
    assert max(Counter((one.rule, one.subject_id, one.period) for one in rows).values()) == 1
    with used.look() as work:
        assert work.session.scalar(select(func.count()).select_from(DutySpan)) == len({(one.rule, one.period) for one in rows})
    assert not [key for key, count in Counter(told(used)).items() if count > 1]


def test_a_rule_upon_an_event_reminds_by_its_own_day(world: Centre) -> None:
    begin_use(world, DAY, (*FACTS, ClauseFact(MODEL, 76, None, "离职交还销权", "Assets returned", "event", None, None, "PPL")))
    with world.begin("admin") as work:
        from kmsvc.people.accounts.usecases import suspend_person

        suspend_person(work, world.people["agent"], reason="left")
    world.drain(index=False)
    [duty] = [one for one in duties(world, "76") if (one.subject_kind, one.subject_id) == ("person", world.people["agent"])]
    assert (duty.due_on - world.clock.today).days == 3
    with world.begin("admin") as work:
        from kmsvc.people.accounts.usecases import resume_person

        resume_person(work, world.people["agent"], reason="back")
    world.drain(index=False)
    assert len([one for one in duties(world, "76") if one.subject_id == world.people["agent"] and one.subject_kind == "person"]) == 1


def test_a_gap_that_quality_found_opens_coaching_once(world: Centre) -> None:
    begin_use(world, DAY, (ClauseFact(MODEL, 50, None, "监控反馈辅导", "Coach below requirement", "event", None, None, "QA"),))
    with world.begin("operator") as work:
        from kmsvc.training.needs.models import NeedEntry
        from kmsvc.training.needs.permissions import RUN_NEEDS

        work.permit(RUN_NEEDS)
        entry = NeedEntry(year=2026, source="qa", subject="退款时限", subject_key="退款时限", count=3, entered_at=work.now)
        work.session.add(entry)
        work.session.flush()
        work.record(NeedEntered(entry.id))
        work.record(NeedEntered(entry.id))
    world.drain(index=False)
    [duty] = [one for one in duties(world, "50") if one.remind_on is not None]
    assert "退款时限" in duty.period and (duty.due_on - world.clock.today).days == 14


def test_a_large_year_is_made_in_several_transactions_and_then_reminded_of(world: Centre) -> None:
    begin_use(world, DAY)
    made, runs, more = 0, 0, True
    while more:
        with world.begin("system") as work:
            done = run_duties(work, date(2026, 3, 31), most=1)
        made, runs, more = made + done.made, runs + 1, done.more
        assert not (more and done.reminders)
    assert made == len(duties(world)) == 17 and runs > 3 and done.reminders > 0
