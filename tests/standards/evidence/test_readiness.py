"""Readiness for an audit: what will fail, is at risk, is ready; a later day alone turns a clause; one button a gap. E16, W4, #74."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.standards import standards
from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from kmsvc.standards.duties.clauses import facts_of
from kmsvc.standards.duties.models import ClauseDuty
from kmsvc.standards.duties.permissions import RUN_DUTIES
from kmsvc.standards.evidence.queries import ReadyRow, ready, year_span
from kmsvc.standards.evidence.register import SUBJECTS, Span
from kmsvc.standards.evidence.rules import (
    Asked,
    EvidenceRecord,
    EvidenceRule,
    Readiness,
    cover,
    gaps,
    readiness,
)
from kmsvc.training.onboarding import classing, usecases
from tests.builders import make_process
from tests.standards.duties.houses import begin_use
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.support.pages import problems
from tests.training.onboarding.test_newcomer_duties import START, newcomer, on

PLACE, API = "/standards/evidence/readiness", "/api/v1/standards/evidence/readiness"
Client = Callable[..., Any]
BY = date(2026, 5, 1)


@pytest.fixture
def house(world: Centre) -> Centre:
    install_standards(world.db)
    return world


def stands(world: Centre, clause: str, day: date, year: int | None = None) -> ReadyRow:
    with world.look("compliance") as work:
        [row] = [one for one in ready(work.session, work.actor, year_span(year or day.year, day, ZONE), world.clock.today)
                 if one.row.clause == clause]
    return row


def talk_of(on_day: date) -> EvidenceRecord:
    return EvidenceRecord("newcomer_talk", 1, "TALK-1", "t", "", ("74",), on_day, None, None, "done", "", about=("newcomer", 7))  # type: ignore[arg-type]


@pytest.mark.parametrize(("held", "today", "state"), [
    (BY, BY, Readiness.READY), (BY - timedelta(days=9), BY + timedelta(days=9), Readiness.READY), (None, BY, Readiness.RISK),
    (None, BY + timedelta(days=1), Readiness.FAIL), (BY + timedelta(days=1), BY + timedelta(days=1), Readiness.FAIL)])
def test_a_subject_with_a_day_of_its_own_is_late_the_day_after_and_stays_so(held: date | None, today: date, state: Readiness) -> None:
    rule = EvidenceRule("74", ("newcomer_talk",), 1, "newcomer", none_is_fine=True)
    there = cover("74", (rule,), [talk_of(held)] if held else [], {"newcomer": {7: Asked("C-7", "新", "/x", BY)}})
    assert readiness(there, gaps(there, {}, today, date(2026, 12, 31))) is state
    none = cover("74", (rule,), [], {"newcomer": {}})
    assert readiness(none, gaps(none, {}, today, date(2026, 12, 31))) is Readiness.FREE


def test_what_is_asked_each_month_fails_once_a_month_went_by_without_it() -> None:
    there = cover("49", (EvidenceRule("49", ("duty",), 12),), [], {})
    last = date(2026, 12, 31)
    assert readiness(there, gaps(there, {0: 0}, date(2026, 1, 31), last)) is Readiness.RISK
    assert readiness(there, gaps(there, {0: 1}, date(2026, 2, 1), last)) is Readiness.FAIL


def test_nothing_is_deleted_and_a_later_day_alone_turns_a_clause(house: Centre) -> None:
    first, second = make_process(house, drain=True), make_process(house, name="补偿流程", drain=True)
    assert stands(house, "42", date(2026, 12, 31)).state is Readiness.READY
    later = stands(house, "42", date(2027, 3, 15))
    assert later.state is Readiness.RISK and {one.by for one in later.gaps} == {date(2027, 3, 15)}
    assert [one.asked.number for one in later.gaps] == [first.number, second.number]
    house.clock.move(days=310)
    with house.begin("business_owner") as work:
        confirm_review(work, first.id, reason="still right", today=house.clock.today)
    assert [one.asked.number for one in stands(house, "42", date(2027, 3, 15)).gaps] == [second.number]
    house.clock.move(days=400)
    past = stands(house, "42", date(2027, 12, 31))
    assert past.state is Readiness.FAIL and [one.asked.number for one in past.gaps] == [second.number]


def test_each_newcomer_is_asked_for_a_talk_within_two_months(house: Centre) -> None:
    end = date(START.year, 12, 31)
    assert stands(house, "74", end).state is Readiness.FREE
    _, who = newcomer(house)
    soon = stands(house, "74", end)
    [gap] = soon.gaps
    assert soon.state is Readiness.RISK and gap.by == gap.asked.by and gap.asked.url == f"/training/onboarding/trainees/{who}"
    assert stands(house, "74", gap.by - timedelta(days=1)).state is Readiness.FREE, "on that day nothing is asked yet"
    with house.begin("class_teacher") as work:
        usecases.hold_talk(work, who, talk="first", held_on=on(3), shortcomings="语速快", advice="慢一点", today=on(3))
    held = stands(house, "74", end)
    assert (held.state, held.gaps, held.row.cover.records) == (Readiness.READY, [], 1)


def test_a_talk_that_came_too_late_or_never_fails_and_nobody_is_asked_who_had_gone(house: Centre) -> None:
    end = date(START.year, 12, 31)
    _, who = newcomer(house)
    [gap] = stands(house, "74", end).gaps
    house.clock.move(days=(gap.by - house.clock.today).days + 5)
    late = house.clock.today
    assert stands(house, "74", end).state is Readiness.FAIL
    with house.begin("class_teacher") as work:
        usecases.hold_talk(work, who, talk="first", held_on=late, shortcomings="语速快", advice="慢一点", today=late)
    assert stands(house, "74", end).state is Readiness.FAIL
    house.clock.move(days=1)
    with house.begin("class_teacher") as work:
        classing.change_trainee(work, who, mentor_id=house.people["agent_b"], confirmation_on=START + timedelta(days=20),
                                confidential=False)
    assert stands(house, "74", end).gaps[0].by < gap.by
    assert [one.by for one in stands(house, "74", late).gaps] == [gap.by], "as it stood"


def test_who_leaves_before_that_day_is_not_asked_and_was_until_then(house: Centre) -> None:
    end = date(START.year, 12, 31)
    _, who = newcomer(house)
    house.clock.move(days=10)
    before = house.clock.today
    house.clock.move(days=1)
    with house.begin("class_teacher") as work:
        usecases.decide(work, who, "leave", reason="another post", today=house.clock.today)
    assert stands(house, "74", end).state is Readiness.FREE
    with house.look("compliance") as work:
        asked = SUBJECTS["newcomer"](work.session, Span(date(START.year, 1, 1), end, end, ZONE))
        then = SUBJECTS["newcomer"](work.session, replace(Span(date(START.year, 1, 1), end, end, ZONE), as_of=before))
    assert asked == {} == then, "the day of the talk had not come"


def test_the_page_names_each_gap_with_its_button_and_takes_it_away(client: Client, house: Centre) -> None:
    process = make_process(house, drain=True)
    person = client("compliance")
    answer = person.get(f"{PLACE}?on=2027-03-15&state=risk&q=42")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and not problems(page) and page.count("data-row") == 1
    assert "Review it" in page and f'href="/process/definitions/{process.id}"' in page and "At risk" in page and "by " in page
    assert "/standards/duties?clause=8" in person.get(f"{PLACE}?q=8").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(person.get(f"{PLACE}?on=2027-03-15&q=42&format=csv").get_data().decode("utf-8-sig"))))
    assert rows[1][0] == "42" and rows[1][2] == "At risk" and process.number in rows[1][4] and rows[1][5] == "2027-03-15"
    assert "No clause here" in person.get(f"{PLACE}?q=nothing+fits").get_data(as_text=True)
    for login in ("agent", "team_leader", "admin"):
        assert client(login).get(PLACE).status_code == 403 == client(login, by="token").get(API).status_code
    for bad in ("on=x", "year=1", "state=poem", "cursor=x"):
        assert person.get(f"{PLACE}?{bad}").status_code == 422 == client("auditor", by="token").get(f"{API}?{bad}").status_code, bad


def test_programs_and_the_command_line_hear_the_same(client: Client, house: Centre, settings: Settings,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    process = make_process(house, drain=True)
    [row] = client("auditor", by="token").get(f"{API}?on=2027-03-15&q=42").get_json()["items"]
    assert row["state"] == "risk" and row["gaps"] == [{
        "number": process.number, "title": "退款流程", "kind": "process_review", "by": "2027-03-15", "late": False,
        "url": f"/process/definitions/{process.id}"}]
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KMSVC_SECRET_KEY", settings.secret_key)
    done = CliRunner().invoke(standards, ["evidence", "readiness", "--on", "2027-03-15", "--state", "risk", "--json"])
    told = json.loads(done.stdout)
    assert (told["on"], told["year"]) == ("2027-03-15", 2027)
    assert [one for one in told["items"] if one["clause"] == "42"] == [row]
    assert "#42" in CliRunner().invoke(standards, ["evidence", "readiness", "--on", "2027-03-15", "--state", "risk"]).stdout


def switched_on(house: Centre) -> None:
    """The rules that the clauses make, as `kmsvc init` switches them on."""
    with house.look() as work:
        facts = tuple(facts_of(work.session))
    begin_use(house, house.clock.today, facts)


def test_what_a_rule_of_the_centre_asks_for_with_a_record_is_asked_for_here_too(house: Centre) -> None:
    """A periodic clause without a length, and one whose cycle is only implied but that wants a record: readiness said that nothing was
    asked, while a duty stood on somebody's day. As often as the centre's own rule says; a rule switched off asks for nothing."""
    end = date(house.clock.today.year, 12, 31)
    assert stands(house, "22", end).state is Readiness.FREE, "no rule asks for it"
    switched_on(house)
    assert {clause: stands(house, clause, end).state for clause in ("4", "17", "22", "34", "58", "91", "153")} == {
        "4": Readiness.RISK, "17": Readiness.RISK, "22": Readiness.RISK, "34": Readiness.RISK, "58": Readiness.FAIL,
        "91": Readiness.FAIL, "153": Readiness.FREE}, "monthly ones lack the months that are over; #153 wants no record"
    assert [one.rule.at_least for one in stands(house, "58", end).row.cover.lines] == [12]
    with house.begin("system") as work:
        work.permit(RUN_DUTIES)
        rules = {row.clause: row for row in work.session.scalars(select(ClauseDuty).where(
            ClauseDuty.model == "cc-cmm-oc-2017", ClauseDuty.months.is_not(None)).order_by(ClauseDuty.id))}
        rules["58"].months = 3
        rules["22"].is_on = False
    assert [one.rule.at_least for one in stands(house, "58", end).row.cover.lines] == [4]
    assert stands(house, "22", end).state is Readiness.FREE


def test_what_lacks_something_stands_first_on_the_page_and_files_keep_the_order_of_the_standard(house: Centre, client: Client) -> None:
    switched_on(house)
    caller = client("compliance")
    page = caller.get(PLACE).get_data(as_text=True)
    assert page.index(">#49<") < page.index(">#8<") < page.index(">#2<"), "what fails, what is at risk, what nothing is asked of"
    rows = list(csv.reader(io.StringIO(caller.get(f"{PLACE}?format=csv").get_data(as_text=True).lstrip("\ufeff"))))
    assert [row[0].lstrip("#") for row in rows[1:6]] == ["1", "2", "3", "4", "5"]
