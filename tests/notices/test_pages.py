"""The inbox: mine alone, in my language; opening one marks it read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from kmsvc.notices.finding import AREAS
from kmsvc.notices.kinds import KINDS
from kmsvc.notices.models import Notice
from kmsvc.operations.permissions import DELIVER
from kmsvc.process.definitions.models import Process
from kmsvc.process.definitions.usecases import keep_process, retire_process
from tests.builders import do, make_change, make_process, submit
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.lists import counted, table
from tests.support.pages import problems

Client = Callable[..., Caller]


def told(world: Centre, who: str) -> list[Notice]:
    with world.look() as work:
        return list(work.session.scalars(select(Notice).where(Notice.person_id == world.people[who]).order_by(Notice.id)))


def test_an_empty_inbox_says_so(world: Centre, client: Client) -> None:
    assert "No notices yet" in client("agent").get("/notices").get_data(as_text=True)
    assert "No unread notices" in client("agent").get("/notices?show=unread").get_data(as_text=True)


def test_opening_a_notice_marks_it_read_and_leads_to_what_it_is_about(world: Centre, client: Client) -> None:
    change_id = submit(world, new=True, title="refund in ten days")
    world.drain(index=False)
    caller = client("process_manager")
    page = caller.get("/notices").get_data(as_text=True)
    assert "refund in ten days" in page and "waits for you" in page and not problems(page)
    [one] = told(world, "process_manager")
    answer = caller.post(f"/notices/{one.id}/open")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/process/changes/{change_id}")
    assert told(world, "process_manager")[0].read_at is not None
    assert "refund in ten days" not in caller.get("/notices?show=unread").get_data(as_text=True)
    assert "refund in ten days" in caller.get("/notices").get_data(as_text=True)


def test_one_or_all_are_marked_read_by_post_and_only_ones_own(world: Centre, client: Client) -> None:
    for number in range(3):
        submit(world, new=True, title=f"wish {number}")
    world.drain(index=False)
    first = told(world, "process_manager")[0].id
    stranger = client("everything")
    assert stranger.post(f"/notices/{first}/open").status_code == 404
    stranger.post(f"/notices/{first}/read")
    stranger.post("/notices/read")
    assert all(one.read_at is None for one in told(world, "process_manager"))
    caller = client("process_manager")
    assert caller.get(f"/notices/{first}/read").status_code == 405
    assert caller.post(f"/notices/{first}/read", data={"then": "/notices?show=unread"}).status_code == 303
    assert [one.read_at is not None for one in told(world, "process_manager")] == [True, False, False]
    caller.post("/notices/read")
    assert all(one.read_at is not None for one in told(world, "process_manager"))


def test_the_inbox_turns_pages(world: Centre, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.notices.pages.PAGE", 2)
    for number in range(3):
        submit(world, new=True, title=f"wish {number}")
    world.drain(index=False)
    page = client("process_manager").get("/notices").get_data(as_text=True)
    assert "wish 2" in page and "wish 1" in page and "wish 0" not in page
    cursor = page.split("cursor=")[1].split('"')[0]
    page = client("process_manager").get(f"/notices?cursor={cursor}").get_data(as_text=True)
    assert "wish 0" in page and "wish 1" not in page
    assert client("process_manager").get("/notices?cursor=nonsense").status_code == 200


def test_the_words_are_in_the_readers_language(world: Centre, client: Client) -> None:
    submit(world, new=True, title="refund in ten days")
    world.drain(index=False)
    caller = client("process_manager")
    assert "Request received" in caller.get("/notices").get_data(as_text=True)
    caller.post("/preferences", data={"language": "zh_Hans_CN"})
    page = caller.get("/notices").get_data(as_text=True)
    assert "收到需求" in page and "Request received" not in page


def test_a_program_reads_its_persons_inbox_and_nobody_elses(world: Centre, client: Client) -> None:
    for number in range(3):
        submit(world, new=True, title=f"wish {number}")
    world.drain(index=False)
    caller, other = client("process_manager", by="token"), client("everything", by="token")
    _, first = caller.call("GET", "/api/v1/notices?limit=2")
    _, rest = caller.call("GET", f"/api/v1/notices?limit=2&cursor={first['next']}")
    assert [len(first["items"]), len(rest["items"]), rest["next"], first["unread"]] == [2, 1, None, 3]
    assert "wish 2" in first["items"][0]["line"] and first["items"][0]["url"].startswith("/process/changes/")
    one = first["items"][0]["id"]
    assert other.call("POST", f"/api/v1/notices/{one}/read", {})[0] == 404
    assert caller.call("POST", f"/api/v1/notices/{one}/read", {}) == (200, {"unread": 2})
    assert len(caller.call("GET", "/api/v1/notices?unread=true")[1]["items"]) == 2
    assert caller.call("POST", "/api/v1/notices/read", {}) == (200, {"unread": 0})
    assert caller.call("GET", "/api/v1/notices?limit=201")[0] == 422
    assert caller.call("GET", "/api/v1/notices?cursor=x")[0] == 422


def test_r_a4_a_title_is_shown_only_while_its_reader_may_see_the_thing(world: Centre, client: Client) -> None:
    """R-A4: on the page and in the JSON; the number stays, and the title comes back with the right."""
    process = make_process(world, name="refund rule")
    change_id = make_change(world, step=8, process=process)
    do(world, "process_manager", "release_mail", change_id)
    do(world, "knowledge_editor", "release_kb", change_id)
    world.drain(index=False)
    with world.look() as work:
        title = work.get(Process, process.id).name
    caller = client("agent")

    def lines() -> list[str]:
        return [one["line"] for one in caller.call("GET", "/api/v1/notices")[1]["items"]]

    assert [(title in one) for one in lines()] == [True, True], "the release, and the text to confirm"
    for unit, shown in (("TEAM-B", False), ("TEAM-A", True)):
        with world.begin("process_manager") as work:
            keep_process(work, process.id, audience_unit_id=world.units[unit])
        world.drain(index=False)
        assert [title in one for one in lines()] == [shown, shown]
        page = caller.get("/notices").get_data(as_text=True)
        assert (title in page) is shown and process.number in page
    with world.begin("system") as work:  # one that was told before its subject was kept
        work.permit(DELIVER)
        for row in work.session.scalars(select(Notice)):
            row.params = {name: value for name, value in row.params.items() if name != "about"}
    with world.begin("process_manager") as work:
        keep_process(work, process.id, audience_unit_id=world.units["TEAM-B"])
    world.drain(index=False)
    assert not any(title in one for one in lines())
    assert any("(not open to you)" in one for one in lines())


def test_a_retired_process_keeps_its_title_in_the_inbox_of_whom_it_was_for(world: Centre, client: Client) -> None:
    process = make_process(world, name="old rule", drain=True)
    assert "old rule" in client("agent").get("/notices").get_data(as_text=True)
    with world.begin("process_manager") as work:
        retire_process(work, process.id, reason="merged", today=world.clock.today)
    world.drain(index=False)
    assert "old rule" in client("agent").get("/notices").get_data(as_text=True)


def test_the_inbox_is_searched_by_its_words_and_filtered_by_what_it_is_about(world: Centre, client: Client,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.notices.pages.PAGE", 2)
    monkeypatch.setattr("kmsvc.notices.finding.AT_ONCE", 2)  # what is sought may stand many notices back
    for number in range(5):
        submit(world, new=True, title=f"{'Refund' if number % 2 else 'Billing'} {number}")
    world.drain(index=False)
    caller = client("process_manager")
    page = caller.get("/notices?q=refund").get_data(as_text=True)
    assert "Refund 3" in page and "Refund 1" in page and "Billing" not in page and "cursor=" not in page and not problems(page)
    page = caller.get("/notices?q=billing&about=process.change").get_data(as_text=True)
    assert "Billing 4" in page and "Billing 2" in page and "Billing 0" not in page
    cursor = page.split("cursor=")[1].split('"')[0]
    page = caller.get(f"/notices?q=billing&cursor={cursor}").get_data(as_text=True)
    assert "Billing 0" in page and "Billing 2" not in page
    assert "No notice fits" in caller.get("/notices?q=nobody").get_data(as_text=True)
    assert "No notice fits" in caller.get("/notices?about=people.training").get_data(as_text=True)
    program = client("process_manager", by="token")
    assert len(program.call("GET", "/api/v1/notices?q=refund&limit=9")[1]["items"]) == 2
    assert program.call("GET", "/api/v1/notices?about=people.training")[1]["items"] == []
    assert program.call("GET", "/api/v1/notices?about=gossip")[0] == 422


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_inbox_is_taken_away_as_it_is_filtered(world: Centre, client: Client, form: str) -> None:
    for title in ("refund rule", "billing rule"):
        submit(world, new=True, title=title)
    world.drain(index=False)
    rows = table(client("process_manager").get(f"/notices?q=refund&show=unread&format={form}"))
    assert rows[0] == ["When", "Notice", "It is about", "Read", "Address"]
    assert len(rows) == 2 and "refund rule" in rows[1][1] and rows[1][2] == "Change requests"
    assert rows[1][4].startswith("http") and "/process/changes/" in rows[1][4]


def test_a_hidden_title_is_not_found_by(world: Centre, client: Client) -> None:
    """R-A4: a search must not tell what the page does not show."""
    process = make_process(world, name="secret rule")
    make_change(world, step=9, process=process, drain=True)
    with world.look() as work:
        title = work.get(Process, process.id).name
    caller = client("agent")
    assert process.number in caller.get("/notices", query_string={"q": title}).get_data(as_text=True)
    with world.begin("process_manager") as work:
        keep_process(work, process.id, audience_unit_id=world.units["TEAM-B"])
    world.drain(index=False)
    assert process.number not in caller.get("/notices", query_string={"q": title}).get_data(as_text=True)
    assert process.number in caller.get("/notices", query_string={"q": process.number}).get_data(as_text=True)


def test_every_kind_of_notice_is_about_something() -> None:
    assert [kind for kind in KINDS if sum(kind.startswith(f"{area}.") for area in AREAS) != 1] == []


def test_a_page_of_the_inbox_without_a_filter_asks_no_more_than_before(world: Centre, client: Client) -> None:
    submit(world, new=True, title="refund rule")
    world.drain(index=False)
    caller = client("process_manager")
    caller.get("/notices")
    with counted(world) as plain:
        caller.get("/notices")
    with counted(world) as filtered:
        caller.get("/notices?q=refund")
    assert len(filtered) == len(plain)
