"""Pages as of an earlier day: what they show, the day carried through links, the frame, and that nothing is written meanwhile. W3."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import retire_process
from kmsvc.standards.duties import life, ruling
from kmsvc.standards.duties.models import ClauseDuty, Obligation
from kmsvc.standards.evidence import proofs
from kmsvc.standards.evidence.proofs import ProofText
from tests.builders import change, make_change, make_process, play
from tests.standards.duties.houses import begin_use, duties, run
from tests.support.centre import Centre
from tests.support.clients import sign_in_as


@pytest.fixture
def house(world: Centre) -> Centre:
    """A centre with the standards, in use."""
    install_standards(world.db)
    begin_use(world, world.clock.today)
    run(world, world.clock.today)
    return world


def test_duties_stand_as_they_stood(app: Flask, house: Centre) -> None:
    day, duty = house.clock.today, next(one.id for one in duties(house, "8"))
    house.clock.move(days=5)
    with house.begin("compliance") as work:
        life.do(work, duty, on=house.clock.today, today=house.clock.today, record="https://x.test/report")
        due = work.get(Obligation, duty).due_on
    house.clock.move(days=5)
    with house.begin("compliance") as work:
        life.reopen(work, duty, reason="not complete")
        life.move(work, duty, due_on=due + timedelta(days=9), reason="later")
    page, program = sign_in_as(app, house, "compliance"), sign_in_as(app, house, "compliance", by="token")

    def told(on: object) -> tuple[str, str]:
        found = program.get(f"/api/v1/standards/duties?clause=8&as_of={on}").json["items"]
        one = next(it for it in found if it["id"] == duty)
        return one["state"], one["due_on"]
    assert told(day) == ("open", due.isoformat()) and told(day + timedelta(days=5)) == ("done", due.isoformat())
    assert told(house.clock.today) == ("open", (due + timedelta(days=9)).isoformat())
    assert program.get(f"/api/v1/standards/duties?as_of={day - timedelta(days=1)}").json["items"] == []
    past = page.get(f"/standards/duties?clause=8&state=done&as_of={day + timedelta(days=5)}").text
    assert "read-only" in past and "is-past" in past and "No duty here" not in past
    assert "No duty here" in page.get("/standards/duties?clause=8&state=done").text
    assert sign_in_as(app, house, "agent").get(f"/standards/duties?as_of={day}").status_code == 200


def test_the_day_goes_with_the_links_and_nothing_is_written_from_there(app: Flask, house: Centre) -> None:
    process = make_process(house, drain=True)
    day = house.clock.today
    house.clock.move(days=40)
    page = sign_in_as(app, house, "compliance")
    records = page.get(f"/standards/evidence?year=2026&as_of={day}").text
    assert f"/process/definitions/{process.id}?as_of={day}" in records or f"as_of={day}" in records
    assert 'name="as_of"' in records and "is-past" in records and "is-past" not in page.get("/standards/evidence").text
    assert f"/standards/evidence?year=2026&amp;as_of={day}&amp;clause=" in records or f"as_of={day}&amp;" in records
    with house.begin("compliance") as work:
        proof_id = proofs.add_proof(work, ProofText("link", ("8",), day, url="https://x.test"), today=house.clock.today).id
    assert "link" not in page.get(f"/standards/evidence/files?as_of={day}").text.partition("<table")[2]
    assert ">link<" in page.get("/standards/evidence/files").text
    where, said = f"/standards/evidence/files/{proof_id}/withdraw", {"reason": "r", "version": "1"}
    came = {"Referer": f"http://localhost/standards/evidence?as_of={day}"}
    refused = page.post(where, data=said, headers=came)
    assert refused.status_code == 409 and "earlier day" in refused.text
    with house.look("compliance") as work:
        assert [one.id for one in work.session.scalars(select(Obligation).where(Obligation.state == "done"))] == []
    assert page.post(where, data=said, headers={"Referer": "http://localhost/standards/evidence"}).status_code == 303
    assert page.get("/standards/evidence?as_of=yesterday").status_code == 422


def test_a_process_is_read_in_the_version_of_the_day(app: Flask, house: Centre) -> None:
    process = make_process(house, drain=True)
    day = house.clock.today
    page = sign_in_as(app, house, "compliance")
    where = f"/process/definitions/{process.id}"
    assert page.get(f"{where}?as_of={day - timedelta(days=1)}").status_code == 409
    house.clock.move(days=10)
    make_change(house, closed=True, process=process)
    page = sign_in_as(app, house, "compliance")
    shown, now = page.get(f"{where}?as_of={day}").text, page.get(where).text
    assert "is-past" in shown and "V1.0 is no longer in force" in shown and "read-only" in shown
    assert "is-past" not in now and "V1.0 is no longer in force" not in now


def test_one_duty_the_wheel_and_the_rules_stand_as_they_stood(app: Flask, house: Centre) -> None:
    day, duty = house.clock.today, next(one.id for one in duties(house, "8"))
    program = sign_in_as(app, house, "compliance", by="token")
    with house.look("compliance") as work:
        rule = work.session.scalars(select(ClauseDuty).where(ClauseDuty.clause == "8").order_by(ClauseDuty.id)).first()
        assert rule is not None
        rule_id, version = rule.id, rule.version
    wheel = program.get(f"/api/v1/standards/duties/wheel?year={day.year}").json
    house.clock.move(days=5)
    with house.begin("compliance") as work:
        life.do(work, duty, on=house.clock.today, today=house.clock.today, record="https://x.test/report")
        ruling.switch(work, rule_id, False, reason="not asked any more", today=house.clock.today, version=version)
    page = sign_in_as(app, house, "compliance")
    now, then = (program.get(f"/api/v1/standards/duties/{duty}{asked}").json for asked in ("", f"?as_of={day}"))
    assert (now["state"], len(now["records"]), len(now["history"])) == ("done", 1, 1) and now["allowed"]
    assert (then["state"], then["records"], then["history"], then["allowed"]) == ("open", [], [], [])
    assert program.get(f"/api/v1/standards/duties/{duty}?as_of={day - timedelta(days=1)}").status_code == 404, "it was not made yet"
    past = page.get(f"/standards/duties/{duty}?as_of={day}").text
    assert "is-past" in past and "No record yet" in past and "x.test" not in past and "/do" not in past
    assert "x.test" in page.get(f"/standards/duties/{duty}").text
    assert program.get(f"/api/v1/standards/duties/wheel?year={day.year}&as_of={day}").json == wheel
    assert program.get(f"/api/v1/standards/duties/wheel?year={day.year}").json != wheel
    assert "is-past" in page.get(f"/standards/duties/wheel?as_of={day}").text
    number = f"DR-{rule_id}"
    assert number in page.get("/standards/duties/rules?stand=off&format=csv").text
    assert number not in page.get(f"/standards/duties/rules?stand=off&format=csv&as_of={day}").text
    one = page.get(f"/standards/duties/rules/{rule_id}?as_of={day}").text
    assert "is-past" in one and "switch_on" not in one and "switch_on" in page.get(f"/standards/duties/rules/{rule_id}").text
    assert page.get(f"/standards/duties/rules/{rule_id}?as_of={day - timedelta(days=1)}").status_code == 404
    own = sign_in_as(app, house, "agent").get(f"/standards/duties/{duty}?as_of={day}")
    assert own.status_code == 404, "an earlier day opens nothing that is closed today"


def test_readiness_is_that_of_the_day_and_a_page_that_cannot_go_back_says_so(app: Flask, house: Centre) -> None:
    program = sign_in_as(app, house, "compliance", by="token")
    day, duty = house.clock.today, next(one.id for one in duties(house, "8"))

    def told(on: str = "") -> str:
        rows = program.get(f"/api/v1/standards/evidence/readiness?year=2026&q=8{on}").json["items"]
        return str([(one["clause"], one["state"], len(one["gaps"])) for one in rows])
    before = told()
    house.clock.move(days=20)
    with house.begin("compliance") as work:
        life.do(work, duty, on=house.clock.today, today=house.clock.today, record="https://x.test/report")
    assert told() != before == told(f"&as_of={day}")
    page = sign_in_as(app, house, "compliance")
    past = page.get(f"/standards/evidence/readiness?year=2026&as_of={day}").text
    assert "is-past" in past and 'name="as_of"' in past
    came = {"Referer": f"http://localhost/standards/evidence?as_of={day}"}
    assert "This page cannot go back" in page.get("/standards/packs", headers=came).text
    assert "This page cannot go back" not in page.get("/standards/packs").text
    assert "This page cannot go back" not in page.get(f"/standards/evidence?as_of={day}", headers=came).text
    search = page.get("/search?q=退款", headers=came).text
    assert "here you see today" in search and f"on={day}" in search, "it can go back, and says how"
    assert "here you see today" not in page.get(f"/search?q=退款&on={day}", headers=came).text
    stranger = {"Referer": f"http://elsewhere.test/standards/evidence?as_of={day}"}
    assert "This page cannot go back" not in page.get("/standards/packs", headers=stranger).text


def test_the_list_of_processes_is_that_of_the_day(app: Flask, house: Centre) -> None:
    old, gone = make_process(house, name="退费流程"), make_process(house, name="停用流程", drain=True)
    day = house.clock.today
    house.clock.move(days=30)
    make_change(house, closed=True, process=old)
    with house.begin("process_manager") as work:
        retire_process(work, gone.id, reason="not needed", today=house.clock.today)
    later = make_process(house, name="新增流程", drain=True)
    page = sign_in_as(app, house, "process_manager")

    def told(asked: str) -> dict[str, list[str]]:
        lines = page.get(f"/process/definitions?format=csv{asked}").text.splitlines()
        return {number: [line for line in lines if number in line] for number in (old.number, gone.number, later.number)}
    now, then = told(""), told(f"&as_of={day}")
    assert then[later.number] == [] and now[later.number] and "Retired" in now[gone.number][0] and "In force" in then[gone.number][0]
    assert "1.0" in then[old.number][0] and "1.0" not in now[old.number][0]
    assert [len(one) for one in told(f"&state=retired&as_of={day}").values()] == [0, 0, 0]
    assert [len(one) for one in told(f"&q={old.number}&as_of={day}").values()] == [1, 0, 0]
    shown = page.get(f"/process/definitions?as_of={day}").text
    assert "is-past" in shown and "Add a process" not in shown and f"/process/definitions/{old.id}?as_of={day}" in shown
    assert told(f"&as_of={day - timedelta(days=400)}") == {old.number: [], gone.number: [], later.number: []}


def test_change_requests_stand_at_the_step_of_the_day(app: Flask, house: Centre) -> None:
    process = make_process(house, drain=True)
    change_id = make_change(house, step=4, process=process)
    day, number = house.clock.today, change(house, change_id).number
    house.clock.move(days=20)
    play(house, change_id, to=15)
    later = change(house, make_change(house, step=1, process=make_process(house, name="外呼流程", drain=True))).number
    page = sign_in_as(app, house, "process_manager")

    def told(asked: str) -> list[str]:
        return page.get(f"/process/changes?format=csv{asked}").text.splitlines()[1:]
    [then] = [one for one in told(f"&as_of={day}") if number in one]
    assert number in then and "First draft" in then and not any(number in one and "First draft" in one for one in told("&state=all"))
    assert not any(later in one for one in told(f"&state=all&as_of={day}")) and any(later in one for one in told("&state=all"))
    assert len([one for one in told(f"&state=drafting&as_of={day}") if number in one]) == 1
    assert not any(number in one for one in told(f"&state=closed&as_of={day}"))
    assert not any(number in one for one in told(f"&state=all&as_of={day - timedelta(days=1)}")), "it was not submitted yet"
    shown = page.get(f"/process/changes?as_of={day}").text
    assert "is-past" in shown and number in shown


def test_a_rule_that_changes_later_leaves_what_was_asked_for_on_a_day(app: Flask, house: Centre) -> None:
    """A pack of a past day says the same next year: what a clause asks for is that of the rules of then."""
    program, day = sign_in_as(app, house, "compliance", by="token"), house.clock.today

    def asked() -> object:
        rows = program.get(f"/api/v1/standards/evidence/coverage?year=2026&as_of={day}&q=8").json["items"]
        return next(one["rules"] for one in rows if one["clause"] == "8")
    before = asked()
    assert before
    house.clock.move(days=3)
    with house.begin("compliance") as work:
        for rule in work.session.scalars(select(ClauseDuty).where(ClauseDuty.clause == "8").order_by(ClauseDuty.id)).all():
            ruling.switch(work, rule.id, False, reason="not asked any more", today=house.clock.today, version=rule.version)
    assert asked() == before


@pytest.mark.parametrize(("path", "kept"), [
    ("/standards/duties/rules?as_of={day}", "as_of"), ("/process/changes?as_of={day}", "as_of"),
    ("/standards/evidence/readiness?as_of={day}", "as_of"), ("/process/definitions?as_of={day}", "as_of"),
    ("/standards/audits/findings?engagement=1", "engagement"), ("/standards/assessments/plans?own=1", "own")])
def test_filtering_a_list_keeps_its_day_and_what_it_was_opened_for(app: Flask, house: Centre, path: str, kept: str) -> None:
    shown = sign_in_as(app, house, "compliance").get(path.format(day=house.clock.today - timedelta(days=1))).text
    bar = shown.partition('class="filters"')[2].partition("</form>")[0]
    assert bar.count(f'name="{kept}"') == 1
