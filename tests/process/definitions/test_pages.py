"""Pages of processes: the tree, one process, its versions, what changed, and the acts with their reasons."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.process.definitions.models import Process, Publication
from kmsvc.process.definitions.rules import ProcessGroup
from kmsvc.process.definitions.usecases import confirm_review, plan_publication, write_version
from tests.builders import make_change, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

OLD, NEW = "# 退款\n\n七天内全额退款。\n\n| 岗位 | 权限 |\n| --- | --- |\n| 坐席 | 100元 |", (
    "# 退款\n\n十天内全额退款。\n\n| 岗位 | 权限 |\n| --- | --- |\n| 坐席 | 200元 |")


def text_of(caller: Any, address: str, status: int = 200) -> str:
    answer = caller.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


def row_of(world: Centre, process: Process) -> Process:
    with world.look() as work:
        return work.get(Process, process.id)


def two_versions(world: Centre, old: str = OLD, new: str = NEW) -> Process:
    process = make_process(world, name="退款流程", body=old)
    with world.begin("process_manager") as work:
        from kmsvc.process.definitions.permissions import MANAGE_PROCESS

        row = work.get(Process, process.id, lock=True)
        work.permit(MANAGE_PROCESS, row)
        version = write_version(work, row, name="退款流程", purpose="新的目的", body=new, final=True, change_id=None,
                                note="放宽")
        plan_publication(work, row, version, effective_on=world.clock.today, zone=ZONE, today=world.clock.today,
                         change_id=None, release_round=None, reason="放宽")
    return process


def test_the_tree_has_two_classes_and_seven_groups_with_counts(client: Callable, world: Centre) -> None:
    make_process(world, name="退款流程", group="external", klass="business")
    make_process(world, name="新人培训", group="training", klass="management")
    make_process(world, name="带教", group="training", klass="management")
    page = text_of(client("agent"), "/process/definitions")
    tree = page[page.index('class="panel tree by-select"'):page.index("</nav>", page.index('class="panel tree by-select"'))]
    assert tree.count("<a ") == 1 + 2 * (1 + len(ProcessGroup))
    assert [int(n) for n in re.findall(r'class="n">(\d+)<', tree)][0] == 3
    narrowed = text_of(client("agent"), "/process/definitions?group=training&class=management")
    assert narrowed.count("data-row") == 2


def test_a_late_review_is_red_and_can_be_asked_for(client: Callable, world: Centre) -> None:
    """Feature A16."""
    make_process(world, name="老流程")
    world.clock.move(days=400)
    make_process(world, name="新流程")
    page = text_of(client("auditor"), "/process/definitions?due=late")
    assert page.count("data-row") == 1 and "老流程" in page and "st-bad" in page


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_is_the_list_that_is_shown(client: Callable, world: Centre, form: str) -> None:
    make_process(world, name="=退款流程")
    make_process(world, name="带教", group="training", klass="management")
    answer = client("agent").get(f"/process/definitions?group=external&format={form}")
    assert "attachment" in answer.headers["Content-Disposition"]
    if form == "csv":
        text = answer.data.decode("utf-8-sig")
        assert "'=退款流程" in text and "带教" not in text


@pytest.mark.parametrize("query", ["group=nothing", "class=x", "state=x", "due=x", "owner=x", "cursor=-1", "format=pdf"])
def test_r_n2_a_filter_that_does_not_fit_is_refused(client: Callable, query: str) -> None:
    assert client("agent").get(f"/process/definitions?{query}").status_code == 422


def test_the_page_shows_facts_text_versions_and_the_open_request(client: Callable, world: Centre) -> None:
    process = two_versions(world)
    change_id = make_change(world, process=process, step=2)
    page = text_of(client("agent"), f"/process/definitions/{process.id}")
    assert process.number in page and "十天内" in page and "新的目的" in page
    assert f"/process/changes/{change_id}" in page
    assert f"/process/definitions/{process.id}/versions/1" in page
    assert f"/process/changes/new?process={process.id}" in page
    assert "/retire" not in page and "/keep" not in page


def test_an_old_version_opens_with_a_red_bar_and_the_way_to_what_counts(client: Callable, world: Centre) -> None:
    """Feature A18."""
    process = two_versions(world)
    page = text_of(client("agent"), f"/process/definitions/{process.id}/versions/1")
    assert "七天内" in page and "hint bad" in page and f'href="/process/definitions/{process.id}"' in page


@pytest.mark.parametrize("view", ["inline", "side", "changes", "nonsense"])
def test_two_versions_are_compared_word_by_word_and_cell_by_cell(client: Callable, world: Centre, view: str) -> None:
    """Feature A9."""
    process = two_versions(world)
    page = text_of(client("agent"), f"/process/definitions/{process.id}/versions/1/diff/2?view={view}")
    assert "<del>七天</del>" in page and "<ins>十天</ins>" in page
    assert "<ins>200</ins>" in page or "<ins>200元</ins>" in page
    assert "| --- |" not in page
    assert client("agent").get(f"/process/definitions/{process.id}/versions/1/diff/9").status_code == 404
    going = client("agent").get(f"/process/definitions/{process.id}/compare?old=1&new=2")
    assert going.headers["Location"].endswith("/versions/1/diff/2")


@pytest.mark.parametrize("view", ["inline", "side", "changes"])
def test_a_comparison_shows_blocks_and_headings_as_readers_see_them(client: Callable, world: Centre, view: str) -> None:
    """No fence, heading or picture is written out as its marks; a block keeps the words of whom it is for."""
    process = two_versions(world, "## 权限\n\n:::internal\n主管口令七天一换。\n:::\n\n![旧图](attachment:" + "a" * 64 + ")",
                           "## 权限与口令\n\n:::internal\n主管口令十天一换。\n:::\n\n:::say\n请稍等。\n:::")
    page = text_of(client("process_manager"), f"/process/definitions/{process.id}/versions/1/diff/2?view={view}")
    shown = page[page.index('class="panel diff-doc"'):]
    assert "<ins>十天</ins>" in shown and "Internal, not for the customer" in shown and "请稍等" in shown
    assert ":::" not in shown and "##" not in shown and "attachment:" not in shown


def test_confirmed_without_change_renews_the_review_with_its_reason(client: Callable, world: Centre) -> None:
    """Feature A16: a review without change is a record."""
    process = make_process(world)
    world.clock.move(days=100)
    owner = client("business_owner")
    door = f"/process/definitions/{process.id}"
    version = row_of(world, process).version
    refused = owner.post(f"{door}/review", data={"version": version, "reason": ""})
    assert refused.status_code == 422 and "reason-error" in refused.get_data(as_text=True)
    assert owner.post(f"{door}/review", data={"version": version, "reason": "看过，不用改。"}).status_code == 303
    assert row_of(world, process).reviewed_on == world.clock.today
    with world.look() as work:
        assert "看过，不用改。" in set(work.session.scalars(select(AuditEntry.reason)))


def test_each_review_is_a_record_also_twice_on_one_day(client: Callable, world: Centre) -> None:
    """Clause 42, R-W6: who looked, when, at which version, with which words; the second look of a day is no less kept."""
    process = make_process(world)  # in force since today: the date of the review does not move
    owner, door = client("business_owner"), f"/process/definitions/{process.id}"
    for words in ("looked in the morning", "looked in the evening"):
        assert owner.post(f"{door}/review", data={"reason": words}).status_code == 303
    page = owner.get(door).get_data(as_text=True)
    assert "looked in the morning" in page and "looked in the evening" in page
    kept = owner.call("GET", f"/api/v1{door}")[1]["reviews"]
    assert [(one["reason"], one["label"], one["reviewed_on"]) for one in kept] == [
        ("looked in the evening", "1.0", world.clock.today.isoformat()),
        ("looked in the morning", "1.0", world.clock.today.isoformat())]
    assert {one["by"] for one in kept} == {"Business Owner"}


def test_a_stale_act_is_refused_with_what_was_typed(client: Callable, world: Centre) -> None:
    """R-W4."""
    process = make_process(world)
    version = row_of(world, process).version
    with world.begin("process_manager") as work:
        confirm_review(work, process.id, reason="x", today=world.clock.today)
    world.clock.move(days=1)
    with world.begin("process_manager") as work:
        confirm_review(work, process.id, reason="y", today=world.clock.today)
    answer = client("process_manager").post(f"/process/definitions/{process.id}/retire",
                                            data={"version": version, "reason": "写了很久的理由"})
    assert answer.status_code == 409 and "写了很久的理由" in answer.get_data(as_text=True)
    assert row_of(world, process).retired_at is None


def test_the_manager_moves_a_process_and_its_readers_follow_at_once(client: Callable, world: Centre) -> None:
    process = make_process(world, drain=True)
    door = f"/process/definitions/{process.id}"
    assert client("agent").get(door).status_code == 200
    answer = client("process_manager").post(f"{door}/keep", data={
        "version": row_of(world, process).version, "owner": "business_owner", "group": "data", "class": "management",
        "audience": "TEAM-B", "review_months": "6", "reason": "只给二组"})
    assert answer.status_code == 303
    row = row_of(world, process)
    assert (row.group, row.klass, row.review_months) == ("data", "management", 6)
    assert row.audience_unit_id == world.units["TEAM-B"]
    assert client("agent").get(door).status_code == 404
    assert client("agent_b").get(door).status_code == 200


@pytest.mark.parametrize(("field", "value"), [("review_months", "13"), ("review_months", "0"), ("owner", "agent"),
                                          ("group", "nothing"), ("audience", "NOWHERE")])
def test_what_cannot_be_chosen_is_refused(client: Callable, world: Centre, field: str, value: str) -> None:
    process = make_process(world)
    answer = client("process_manager").post(f"/process/definitions/{process.id}/keep",
                                            data={"version": row_of(world, process).version, field: value})
    assert answer.status_code == 422


def test_an_earlier_version_comes_back_and_a_retired_process_names_its_heir(client: Callable, world: Centre) -> None:
    process, heir = two_versions(world), make_process(world, name="新流程")
    manager, door = client("process_manager"), f"/process/definitions/{process.id}"
    answer = manager.post(f"{door}/revert", data={"version": row_of(world, process).version, "to_version": "1",
                                                  "reason": "误改"})
    assert answer.status_code == 303
    assert "七天内" in text_of(client("agent"), door)
    answer = manager.post(f"{door}/retire", data={"version": row_of(world, process).version, "reason": "合并",
                                                  "superseded_by": str(heir.id)})
    assert answer.status_code == 303
    page = text_of(client("agent"), door)
    assert "hint bad" in page and f'href="/process/definitions/{heir.id}"' in page and "七天内" in page


def test_a_retired_process_stays_retired_on_the_day_a_release_was_planned_for(world: Centre) -> None:
    from datetime import timedelta

    from kmsvc.process.definitions.permissions import MANAGE_PROCESS
    from kmsvc.process.definitions.usecases import due_publications, go_live_when_due, retire_process

    process = make_process(world)
    with world.begin("process_manager") as work:
        row = work.get(Process, process.id, lock=True)
        work.permit(MANAGE_PROCESS, row)
        version = write_version(work, row, name=row.name, purpose="", body=NEW, final=True, change_id=None)
        plan_publication(work, row, version, effective_on=world.clock.today + timedelta(days=3), zone=ZONE,
                         today=world.clock.today, change_id=None, release_round=None)
    with world.begin("process_manager") as work:
        retire_process(work, process.id, reason="不用了", today=world.clock.today)
    world.clock.move(days=4)
    with world.begin("system") as work:
        assert due_publications(work) == []
        planned = work.session.scalars(select(Publication.id).where(Publication.cancelled_at.is_not(None))).one()
        assert go_live_when_due(work, planned) is False
    assert row_of(world, process).published_version_id is None


@pytest.mark.parametrize("login", ["agent", "team_leader", "knowledge_editor", "auditor"])
def test_who_does_not_keep_processes_is_refused_every_act(client: Callable, world: Centre, login: str) -> None:
    process = two_versions(world)
    for verb, data in (("review", {"reason": "x"}), ("revert", {"to_version": "1", "reason": "x"}), ("keep", {}),
                       ("retire", {"reason": "x"})):
        assert client(login).post(f"/process/definitions/{process.id}/{verb}", data=data).status_code == 403, verb


def test_allowed_names_the_acts_of_this_person_with_schemas_that_work(client: Callable, world: Centre) -> None:
    process = two_versions(world)
    agent, manager = client("agent", by="token"), client("process_manager", by="token")
    door = f"/api/v1/process/definitions/{process.id}"
    assert agent.call("GET", door)[1]["allowed"] == []
    offered = {one["verb"]: one for one in manager.call("GET", door)[1]["allowed"]}
    assert set(offered) == {"review", "revert", "keep", "retire"}
    for one in offered.values():
        assert one["schema"]["type"] == "object" and "$ref" not in str(one["schema"])
        assert all(spec["enum"] for spec in one["schema"]["properties"].values() if "enum" in spec)
    status, body = manager.call("POST", offered["revert"]["href"], {
        "to_version": offered["revert"]["schema"]["properties"]["to_version"]["enum"][0], "reason": "误改"})
    assert (status, body["published"]) == (200, 1)
    assert manager.call("POST", offered["retire"]["href"], {"reason": "合并"}, **{"If-Match": '"v1"'})[0] == 409
    assert manager.call("POST", offered["retire"]["href"], {"reason": "合并", "owner": "x"})[0] == 422
    assert manager.call("POST", offered["retire"]["href"], {"reason": "合并"})[1]["state"] == "retired"


def test_a_purpose_that_stands_in_the_text_is_not_shown_a_second_time(client: Callable, world: Centre) -> None:
    apart = make_process(world, name="退款流程", body="# 步骤\n\n先核对。")
    within = make_process(world, name="换货流程", body="# 目的\n\n给客服看的退款规则\n\n# 步骤\n\n先核对。")
    for process in (apart, within):
        assert text_of(client("agent"), f"/process/definitions/{process.id}").count("给客服看的退款规则") == 1
