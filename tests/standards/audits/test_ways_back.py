"""Ways back in audits: a programme is a draft again or thrown away, an audit begun by mistake is dropped."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from kmsvc.cli.standards_audits import findings as finding_commands
from kmsvc.cli.standards_audits import programmes as programme_commands
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.settings import Settings
from kmsvc.standards.audits import auditing, findings, planning, undoing
from kmsvc.standards.audits.models import AuditProgramme, CheckPoint, Engagement, Finding
from kmsvc.standards.audits.planning import Staffing
from kmsvc.standards.audits.rules import whys_of
from tests.builders import make_process
from tests.standards.audits.test_life_of_a_finding import audit_of, programme, published, staffed
from tests.support.centre import Centre

__all__ = ["programme", "published"]


def test_an_approved_programme_is_a_draft_again_until_an_audit_has_begun(world: Centre, programme: int) -> None:
    with world.begin("agent") as work, pytest.raises(NotPermitted):
        undoing.take_back_programme(work, programme, reason="r")
    with world.begin("compliance") as work:
        row = undoing.take_back_programme(work, programme, reason="another order")
        assert (row.state, row.approved_by_id) == ("draft", None)
    with world.begin("manager") as work:
        planning.approve_programme(work, programme)
    with world.begin("compliance") as work:
        planning.activate_programme(work, programme)
    staffed(world)
    with world.begin("compliance") as work, pytest.raises(RuleBroken, match="have begun: AU-"):
        undoing.take_back_programme(work, programme, reason="r")


def test_a_draft_programme_is_thrown_away_with_its_audits_and_can_be_drafted_anew(world: Centre, programme: int) -> None:
    with world.begin("compliance") as work, pytest.raises(RuleBroken):
        undoing.discard_programme(work, programme)
    with world.begin("compliance") as work:
        undoing.take_back_programme(work, programme, reason="r")
        undoing.discard_programme(work, programme)
    with world.look() as work:
        left = [work.session.scalar(select(func.count()).select_from(kind)) for kind in (AuditProgramme, Engagement, CheckPoint)]
    assert left == [0, 0, 0]
    with world.begin("compliance") as work:
        assert planning.begin_programme(work, year=world.clock.today.year, title="again").state == "draft"


def test_an_audit_that_was_begun_by_mistake_is_dropped_but_not_one_that_has_said_something(world: Centre, published: int) -> None:
    other = staffed(world, "knowledge")
    with world.begin("compliance") as work:
        assert undoing.drop_engagement(work, other, reason="begun by mistake").state == "dropped"
        assert undoing.take_up_engagement(work, other).state == "planned"
    with world.look() as work:
        one = work.get(Finding, published).engagement_id
    with world.begin("compliance") as work, pytest.raises(RuleBroken, match="published findings"):
        undoing.drop_engagement(work, one, reason="r")
    with world.begin("auditor") as work:
        findings.withdraw(work, published, reason="seen wrongly", today=world.clock.today)
    with world.begin("compliance") as work:
        assert undoing.drop_engagement(work, one, reason="r").state == "dropped"


def test_the_audits_of_a_programme_begin_in_its_year(world: Centre, programme: int) -> None:
    next_year = world.clock.today.replace(year=world.clock.today.year + 1)
    with world.begin("compliance") as work:
        with pytest.raises(InvalidInput) as raised:
            planning.add_engagement(work, programme, title="x", clauses=["35"], starts_on=next_year, ends_on=next_year)
        assert set(raised.value.fields) == {"starts_on"}
        with pytest.raises(InvalidInput):
            planning.staff(work, audit_of(world, "system"), Staffing(
                world.people["auditor"], [], world.people["supervisor"], next_year, next_year))


def test_nobody_accepts_an_action_that_took_the_place_of_the_one_they_read(
        world: Centre, published: int, client: Callable[..., Any]) -> None:
    today, place = world.clock.today, f"/api/v1/standards/audits/findings/{published}"
    with world.begin("supervisor") as work:
        findings.respond(work, published, whys=["eins", "zwei"], containment="c", today=today)
        findings.propose(work, published, correction="one", prevention=None, owner=world.people["supervisor"], due_on=today, today=today)
    auditor = client("auditor")
    [read] = [one for one in auditor.call("GET", place)[1]["allowed"] if one["verb"] == "agree"]
    assert read["schema"]["properties"]["action_no"] == {"type": "integer", "const": 1}
    with world.begin("supervisor") as work:
        findings.propose(work, published, correction="two", prevention=None, owner=world.people["supervisor"], due_on=today, today=today)
    status, body = auditor.call("POST", read["href"], {"action_no": 1})
    assert status == 409 and body["code"] == "standards.finding.other_action"
    assert auditor.call("POST", read["href"], {"action_no": 2})[1]["state"] == "agreed"


def test_the_reasons_that_were_given_stand_in_the_form_again(world: Centre, published: int, client: Callable[..., Any]) -> None:
    assert whys_of("1. a\n2. b") == {"default:why1": "a", "default:why2": "b"} and whys_of(None) == {}
    with world.begin("supervisor") as work:
        findings.respond(work, published, whys=["没人提醒", "没有日历"], containment="c", today=world.clock.today)
    page = client("supervisor").get(f"/standards/audits/findings/{published}").get_data(as_text=True)
    assert 'value="没有日历"' in page
    body = client("supervisor").call("GET", f"/api/v1/standards/audits/findings/{published}")[1]
    offers = {one["verb"]: one for one in body["allowed"]}
    assert offers["respond"]["schema"]["properties"]["why2"]["default"] == "没有日历"


def test_judging_a_point_leads_to_the_next_one_and_json_says_that_it_can_be_judged(
        world: Centre, programme: int, client: Callable[..., Any]) -> None:
    one, auditor = staffed(world), client("auditor")
    body = auditor.call("GET", f"/api/v1/standards/audits/{one}")[1]
    first, second = body["checklist"][0], body["checklist"][1]
    assert [held["verb"] for held in first["allowed"]] == ["check"]
    assert set(first["allowed"][0]["schema"]["properties"]["result"]["enum"]) == {"conforms", "partly", "fails", "unseen"}
    answer = auditor.post(f"/standards/audits/points/{first['id']}/check", data={"result": "conforms", "version": "1"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"?point={second['id']}")
    page = auditor.get(f"/standards/audits/{one}?point={second['id']}").get_data(as_text=True)
    assert page.count('data-confirm open') == 1
    assert auditor.call("GET", f"/api/v1/standards/audits/points/{first['id']}")[1]["allowed"][0]["forward"] is False
    assert client("manager").call(
        "GET", f"/api/v1/standards/audits/points/{first['id']}")[1]["allowed"] == []
    with world.begin("auditor") as work, pytest.raises(RuleBroken, match="4 points"):
        auditing.to_review(work, one)


def test_the_command_line_throws_drafts_away_without_looking_for_them_afterwards(world: Centre, settings: Settings, programme: int,
                                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DATA_DIR", str(settings.data_dir)), ("DATABASE_URL", settings.database_url),
                        ("SECRET_KEY", settings.secret_key)):
        monkeypatch.setenv(f"KMSVC_{name}", value)
    one = staffed(world, "knowledge")
    with world.begin("auditor") as work:
        draft = findings.draft_finding(work, one, clause="61", grade="hint", title="d", text="t").id

    def run(group: Any, *words: str) -> Any:
        return CliRunner().invoke(group, list(words), catch_exceptions=False)
    done = run(finding_commands, "discard", str(draft), "--as", "auditor", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout) == {"id": draft, "state": "gone"}
    with world.begin("compliance") as work:
        undoing.drop_engagement(work, one, reason="r")
        undoing.take_back_programme(work, programme, reason="r")
    done = run(programme_commands, "discard", str(programme), "--as", "compliance", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["state"] == "gone"


def test_files_and_records_show_that_an_action_is_done_and_stay_as_they_were(
        world: Centre, published: int, client: Callable[..., Any]) -> None:
    """E11: proof is more than words; what was shown is kept with its digest, and nobody takes it away, sent back or not."""
    process, today = make_process(world, drain=True), world.clock.today
    place = f"/standards/audits/findings/{published}"
    house, auditor, stranger = client("supervisor"), client("auditor"), client("agent")

    def upload(caller: Any, name: str = "proof.txt") -> Any:
        return caller.post(f"/files?subject=audit_finding:{published}", data={
            "file": (io.BytesIO(b"new rule " + name.encode()), name), "then": place}, content_type="multipart/form-data")
    assert upload(house).status_code in (403, 404, 409), "nothing is agreed yet"
    with world.begin("supervisor") as work:
        findings.respond(work, published, whys=["w"], containment="c", today=today)
        findings.propose(work, published, correction="c", prevention=None, owner=world.people["supervisor"], due_on=today, today=today)
    with world.begin("auditor") as work:
        findings.agree(work, published, today=today)
    assert "audit_finding:" in house.get(place).get_data(as_text=True)
    assert "audit_finding:" not in auditor.get(place).get_data(as_text=True)
    assert upload(stranger).status_code == 404 and upload(auditor).status_code in (403, 404)
    api = f"/api/v1{place}/act"
    status, body = house.call("POST", api, {})
    assert status == 422 and set(body["fields"]) == {"proof"}
    status, body = house.call("POST", api, {"records": f"{process.number}, X-9999"})
    assert status == 422 and set(body["fields"]) == {"records"}
    page = house.post(f"{place}/act", data={"records": "X-9999", "proof": "words that stay"}).get_data(as_text=True)
    assert "X-9999" in page and "words that stay" in page, "nothing that was typed is lost"
    assert upload(house).status_code == 303
    status, body = house.call("POST", api, {"records": f"{process.number}，https://intranet.example/a"})
    assert status == 200, body
    shown = body["actions"][0]["records"]
    assert [(one["kind"], one["number"]) for one in shown] == [
        ("process", process.number), ("link", "https://intranet.example/a"), ("file", "proof.txt")]
    assert shown[2]["digest"] == hashlib.sha256(b"new rule proof.txt").hexdigest()
    assert shown[2]["url"] in auditor.get(place).get_data(as_text=True) and auditor.get(shown[2]["url"]).status_code == 200
    assert stranger.get(shown[2]["url"]).status_code == 404
    assert upload(house, "late.txt").status_code in (403, 404), "what waits to be verified is not added to"
    with world.begin("auditor") as work:
        findings.send_back(work, published, reason="r", today=today)
    file_id = shown[2]["thing_id"]
    assert house.call("POST", f"/api/v1/files/{file_id}/remove", {})[0] in (403, 404, 409)
    assert house.get(shown[2]["url"]).status_code == 200


def test_what_is_emptied_in_a_form_is_taken_out_and_what_a_program_leaves_out_stays(
        world: Centre, published: int, client: Callable[..., Any]) -> None:
    with world.look() as work:
        one = work.get(Finding, published).engagement_id
        row = work.get(Engagement, one)
        said = {"lead": row.lead_id, "answerable": row.answerable_id, "starts_on": row.starts_on, "ends_on": row.ends_on}
        assert row.auditors == [world.people["compliance"]]
    caller, days = client("compliance"), {name: str(said[name]) for name in ("starts_on", "ends_on")}
    status, body = caller.call("POST", f"/api/v1/standards/audits/{one}/staff", said | days)
    assert status == 200 and body["auditors"] == [world.people["compliance"]]
    assert caller.post(f"/standards/audits/{one}/staff", data=said | days | {"second": "", "third": "", "scope": ""}).status_code == 303
    assert caller.call("GET", f"/api/v1/standards/audits/{one}")[1]["auditors"] == []
    house = client("supervisor")
    for whys in ({"why1": "a", "why2": "b"}, {"why1": "a", "why2": ""}):
        assert house.post(f"/standards/audits/findings/{published}/respond", data={"containment": "c", **whys}).status_code == 303
    assert house.call("GET", f"/api/v1/standards/audits/findings/{published}")[1]["root_cause"] == "1. a"


def test_a_point_that_does_not_conform_leads_to_its_finding(world: Centre, programme: int, client: Callable[..., Any]) -> None:
    one, other, auditor = staffed(world), staffed(world, "knowledge"), client("auditor")
    point = auditor.call("GET", f"/api/v1/standards/audits/{one}")[1]["checklist"][1]["id"]
    strange = auditor.call("GET", f"/api/v1/standards/audits/{other}")[1]["checklist"][0]["id"]
    place = f"/standards/audits/{one}"
    assert "finding_of=" not in auditor.get(place).get_data(as_text=True)
    auditor.call("POST", f"/api/v1/standards/audits/points/{point}/check", {"result": "fails", "note": "三项没有期限"})
    assert f"finding_of={point}" in auditor.get(place).get_data(as_text=True)
    page = auditor.get(f"{place}?finding_of={point}").get_data(as_text=True)
    assert page.count("data-confirm open") == 1 and page.count("三项没有期限") >= 2 and f'<option value="{point}" selected' in page
    words = {"clause": "8", "grade": "major", "title": "t", "text": "x"}
    assert auditor.call("POST", f"/api/v1/standards/audits/{one}/draft", words | {"point": strange})[0] == 422
    with world.begin("auditor") as work, pytest.raises(InvalidInput):
        findings.draft_finding(work, one, **words, point=strange)
    assert auditor.post(f"{place}/draft", data=words | {"point": str(point)}).status_code == 303
    page = auditor.get(place).get_data(as_text=True)
    assert "finding_of=" not in page
    assert [held["point_id"] for held in auditor.call("GET", f"/api/v1/standards/audits/{one}")[1]["found"]] == [point]
