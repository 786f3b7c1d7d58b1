"""What people do to a duty: done with its record, moved, waived, cancelled, given, opened again; nothing is reset in silence."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.files.models import Attachment
from kmsvc.files.queries import may_have
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach, remove_attachment
from kmsvc.notices.models import Notice
from kmsvc.standards.duties import life, queries, ruling, verbs, wheel
from kmsvc.standards.duties.models import ClauseDuty, DutyStep, Obligation
from kmsvc.standards.duties.rules import Load, levelled
from kmsvc.standards.duties.schemas import text_of, typed_of
from tests.builders import make_process
from tests.standards.duties.houses import begin_use, duties, rule, run
from tests.support.centre import Centre

DAY = date(2026, 3, 2)


@pytest.fixture
def used(world: Centre) -> Centre:
    """A centre whose clauses ask for things since March 2026."""
    begin_use(world, DAY)
    run(world, DAY)
    return world


def one(world: Centre, clause: str, period: str) -> Obligation:
    return next(row for row in duties(world, clause) if row.period == period)


def test_done_only_with_the_record_the_clause_asks_for(used: Centre) -> None:
    process, duty = make_process(used), one(used, "8", "2026")
    with used.begin("compliance") as work, pytest.raises(InvalidInput):
        life.do(work, duty.id, on=DAY, today=DAY)
    with used.begin("compliance") as work, pytest.raises(InvalidInput):
        life.do(work, duty.id, on=DAY, today=DAY, record="P-999")
    with used.begin("compliance") as work:
        life.do(work, duty.id, on=DAY, today=DAY, record=process.number, reason="no findings", version=1)
    with used.look("compliance") as work:
        card = queries.duty_card(work.session, work.actor, duty.id, DAY)
        [step] = queries.steps_of(work.session, duty.id)
        [line] = [row for row in queries.duty_lines(work.session, work.actor) if row.id == duty.id]
    assert (card.state, card.done_on) == ("done", DAY) and (step.verb, step.reason) == ("do", "no findings")
    assert line.records == ({"kind": "process", "number": process.number, "url": f"/process/definitions/{process.id}"},)
    with used.begin("compliance") as work, pytest.raises(RuleBroken):
        life.waive(work, duty.id, reason="late")
    run(used, date(2026, 12, 31))
    assert one(used, "8", "2026").state == "done", "nothing is reset in silence"


def test_moved_waived_cancelled_and_opened_again_with_all_of_it_in_the_history(used: Centre) -> None:
    duty = one(used, "49", "2026-03")
    with used.begin("compliance") as work:
        life.move(work, duty.id, due_on=date(2026, 4, 15), reason="the team moves house")
        life.waive(work, duty.id, reason="no calls in March")
    with used.begin("compliance") as work, pytest.raises(Stale):
        life.reopen(work, duty.id, reason="r", version=1)
    with used.begin("compliance") as work:
        life.reopen(work, duty.id, reason="there were calls", version=3)
        life.cancel(work, duty.id, reason="asked for twice")
        life.reopen(work, duty.id, reason="no, once")
    row = one(used, "49", "2026-03")
    assert (row.state, row.due_on, row.period) == ("open", date(2026, 4, 15), "2026-03")
    with used.look("compliance") as work:
        assert [step.verb for step in reversed(queries.steps_of(work.session, duty.id))] == [
            "move", "waive", "reopen", "cancel", "reopen"]
    run(used, date(2026, 4, 2))
    assert one(used, "49", "2026-03").due_on == date(2026, 4, 15), "the engine leaves alone what somebody moved"


def test_a_stranger_sees_nothing_and_who_answers_does_the_own_ones(used: Centre) -> None:
    duty = one(used, "49", "2026-03")
    with used.begin("agent") as work, pytest.raises(NotFound):
        life.do(work, duty.id, on=DAY, today=DAY)
    with used.begin("compliance") as work:
        life.give(work, duty.id, owner=used.people["agent"])
    with used.look("agent") as work:
        assert [card.id for card in queries.duty_cards(work.session, work.actor, queries.DutyFilters(), DAY)[0]] == [duty.id]
        offered = {it.verb for it in verbs.offers_for(work, work.get(Obligation, duty.id), DAY)}
    assert offered == {"do", "prove", "plan"}
    with used.begin("agent") as work, pytest.raises(NotPermitted):
        life.waive(work, duty.id, reason="no time")
    with used.begin("agent") as work:
        life.do(work, duty.id, on=DAY, today=DAY)
    used.drain(index=False)
    with used.look() as work:
        mine = select(Notice.kind).where(Notice.person_id == used.people["agent"])
        assert work.session.scalars(mine).all() == ["standards.duty.given"]


def test_rolling_counts_from_the_day_it_was_done(used: Centre) -> None:
    begin = rule(used, "8", mode="rolling", needs_record=False, made_until=None, since=DAY)
    with used.begin("system") as work:
        from kmsvc.standards.duties.permissions import RUN_DUTIES

        work.permit(RUN_DUTIES)
        for row in work.session.scalars(select(Obligation).where(Obligation.rule_id == begin)):
            row.state = "moot"
    run(used, DAY)
    [duty] = [row for row in duties(used, "8") if row.state == "open"]
    assert (duty.period, duty.due_on) == ("2027-03-02", date(2027, 3, 2))
    with used.begin("compliance") as work:
        life.do(work, duty.id, on=date(2026, 10, 5), today=date(2026, 10, 5))
    run(used, date(2026, 10, 6))
    [following] = [row for row in duties(used, "8") if row.state == "open"]
    assert following.due_on == date(2027, 10, 5)
    with used.begin("compliance") as work:
        life.reopen(work, duty.id, reason="it was not done")
    assert [row.id for row in duties(used, "8") if row.state == "open"] == [duty.id]


def test_what_the_service_knows_closes_the_period_it_falls_in_once(used: Centre) -> None:
    with used.begin("system") as work:
        for _ in range(2):
            life.settle(work, "49", on=date(2026, 4, 9), kind="review", thing_id=3, number="KR-1", url="/x")
            work.session.flush()
    assert [row.period for row in duties(used, "49") if row.state == "done"] == ["2026-04"]


def test_a_changed_rule_makes_what_has_not_begun_anew_without_a_gap_or_a_double(used: Centre) -> None:
    with used.look() as work:
        row = work.session.scalars(select(ClauseDuty).where(ClauseDuty.clause == "49")).one()
        typed = typed_of(row)
    changed = text_of(typed | {"months": 3, "reason": "r"})
    with used.begin("compliance") as work:
        shown = ruling.preview(work.session, row, changed, DAY)
        ruling.write_rule(work, row.id, changed, reason="four times is enough", today=DAY, version=row.version)
    assert [span.period for span in shown][:4] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert [(one.period, one.state) for one in duties(used, "49") if one.state == "open"] == [
        ("2026-03", "open"), ("2026-Q2", "open"), ("2026-Q3", "open"), ("2026-Q4", "open")]
    back = text_of(typed | {"reason": "r"})
    with used.begin("compliance") as work:
        ruling.write_rule(work, row.id, back, reason="it is not", today=date(2026, 3, 3))
    assert [one.period for one in duties(used, "49") if one.state == "open"] == [f"2026-{month:02}" for month in range(3, 13)]
    before = len(duties(used))
    assert run(used, date(2026, 3, 3)).made == 0 and len(duties(used)) == before


def test_switched_off_asks_for_nothing_more_and_on_again_from_that_day(used: Centre) -> None:
    with used.look() as work:
        row = work.session.scalars(select(ClauseDuty).where(ClauseDuty.clause == "49")).one()
    with used.begin("compliance") as work:
        ruling.switch(work, row.id, False, reason="outsourced", today=DAY)
    assert [one.period for one in duties(used, "49") if one.state == "open"] == ["2026-03"]
    assert run(used, date(2027, 5, 5)).made > 0 and [one.period for one in duties(used, "49") if one.state == "open"] == ["2026-03"]
    with used.begin("compliance") as work:
        ruling.switch(work, row.id, True, reason="back", today=date(2027, 11, 5))
    assert [one.period for one in duties(used, "49") if one.state == "open"] == ["2026-03", "2027-11", "2027-12"]


def test_the_year_levelled_keeps_every_due_day_and_can_be_taken_back(used: Centre) -> None:
    before = {one.id: one.due_on for one in duties(used)}
    with used.begin("compliance") as work:
        assert wheel.level_year(work, 2026, DAY) > 0
        assert wheel.level_year(work, 2026, DAY) == 0
    assert {one.id: one.due_on for one in duties(used)} == before
    assert all(one.planned_on is not None and one.planned_on <= one.due_on for one in duties(used) if one.due_on.year == 2026)
    with used.begin("compliance") as work:
        assert wheel.unlevel_year(work, 2026) > 0
        assert wheel.make_year(work, 2026) == 0, "made again without doubles"
    with used.look("compliance") as work:
        found = wheel.wheel(work.session, work.actor, 2026, DAY)
    row = next(row for row in found.rows if row.clause == "49")
    assert (row.done, row.total) == (0, 10) and sum(cell.total for cell in found.months) == found.total


def test_work_with_room_goes_where_the_month_is_empty() -> None:
    whole = [Load(one, date(2026, 1, 1), date(2026, 12, 31), 60, 7) for one in range(12)]
    found = levelled(whole, 2026, date(2026, 1, 1))
    assert sorted(day.month for day in found.values()) == list(range(1, 13))
    late = Load(99, date(2025, 1, 1), date(2026, 1, 31), 60, 7)
    assert levelled([late], 2026, date(2026, 6, 1))[99] <= late.due_on


def test_facts_open_dated_duties_once(used: Centre) -> None:
    make_process(used)
    used.drain(index=False)
    found = [one for one in duties(used, "67") if one.subject_kind == "process"]
    assert len(found) == 1 and found[0].begins_on is not None and found[0].period.startswith(used.clock.today.isoformat())
    assert (found[0].due_on - found[0].begins_on).days == 14


def test_history_is_never_changed(used: Centre) -> None:
    duty = one(used, "49", "2026-03")
    with used.begin("compliance") as work:
        life.move(work, duty.id, due_on=date(2026, 4, 15), reason="r")
    with used.look() as work:
        [step] = work.session.scalars(select(DutyStep))
        assert step.before == {"due_on": "2026-03-31"} and step.after == {"due_on": "2026-04-15"}


def test_a_file_is_a_record_that_nobody_takes_away_once_the_duty_is_done(used: Centre, tmp_path: Path) -> None:
    duty = one(used, "8", "2026")
    stored = keep(used.settings.files_dir, io.BytesIO(b"%PDF-1.4 report"), "report.pdf")
    with used.begin("compliance") as work:
        file = attach(work, "duty", duty.id, stored)
        life.do(work, duty.id, on=DAY, today=DAY)
    with used.look("auditor") as work:
        card = queries.duty_card(work.session, work.actor, duty.id, DAY)
        assert card.records == ({"kind": "file", "number": "report.pdf", "url": f"/files/{file.id}"},)
        assert may_have(work.session, work.actor, work.get(Attachment, file.id))
    with used.begin("compliance") as work, pytest.raises((NotFound, NotPermitted, RuleBroken)):
        remove_attachment(work, file.id)
    with used.begin("agent") as work, pytest.raises((NotFound, NotPermitted)):
        attach(work, "duty", duty.id, stored)
