"""«My day»: what is mine and nothing else, overdue first, with minutes and one button each."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

from kmsvc.app import create_app
from kmsvc.core.workdays import is_workday, workdays_after, workdays_between
from kmsvc.home.pages import SHOWN
from kmsvc.home.queries import BUTTONS, MINUTES, Task, grouped
from kmsvc.process.changes.fifteen import deadline
from kmsvc.process.changes.rules import STEPS, VERBS
from tests.builders import do, make_change, make_process, play, submit
from tests.support.centre import Centre
from tests.support.clients import Caller, sign_in_as
from tests.support.clock import ZONE
from tests.support.pages import problems

Client = Callable[..., Caller]


def page_of(client: Client, who: str, path: str = "/") -> str:
    answer = client(who).get(path)
    assert answer.status_code == 200
    found = answer.get_data(as_text=True)
    assert not problems(found)
    return found


def test_a_day_without_work_says_so_and_offers_to_propose_a_change(world: Centre, client: Client) -> None:
    page = page_of(client, "agent")
    assert "Nothing waits for you" in page and "/process/changes/new" in page


def test_each_person_sees_what_is_theirs_to_do_now_and_only_that(world: Centre, client: Client) -> None:
    change_id = submit(world, title="refund in ten days")
    assert "refund in ten days" in page_of(client, "process_manager") and "Accept" in page_of(client, "process_manager")
    for who in ("agent", "process_author", "trainer", "qa_inspector", "admin"):
        assert "refund in ten days" not in page_of(client, who), who
    play(world, change_id, to=4)
    assert "refund in ten days" not in page_of(client, "process_manager")
    page = page_of(client, "process_author")
    assert f"/process/changes/{change_id}" in page and "Write" in page and "45 min" in page


def test_what_is_overdue_stands_first_and_in_the_sum_of_minutes(world: Centre, client: Client) -> None:
    make_change(world, step=4, title="forgotten draft")
    world.clock.move(days=14)
    make_change(world, step=4, title="fresh draft", process=make_process(world, name="another"))
    page = page_of(client, "process_author")
    assert page.index("Overdue") < page.index("forgotten draft") < page.index("fresh draft")
    assert "days late" in page and "45<small>min" in page


def test_of_a_long_day_the_beginning_is_shown_until_all_is_asked_for(world: Centre, client: Client) -> None:
    process = make_process(world)
    for number in range(SHOWN + 2):
        submit(world, title=f"wish {number:03}", process=process)
    page, whole = page_of(client, "process_manager"), page_of(client, "process_manager", "/?all=1")
    assert page.count('<li class="todo') == SHOWN and f"Show all {SHOWN + 2}" in page
    assert whole.count('<li class="todo') == SHOWN + 2 and "Show all" not in whole
    assert "wish 000" in page and f"wish {SHOWN + 1:03}" in whole and f"wish {SHOWN + 1:03}" not in page


def test_who_asked_has_something_to_do_only_when_asked_back(world: Centre, client: Client) -> None:
    change_id = submit(world, asker="agent", title="shorter form")
    assert "Nothing waits for you" in page_of(client, "agent")
    do(world, "process_manager", "ask_back", change_id, question="which form?")
    assert "Answer" in page_of(client, "agent") and '<li class="todo' in page_of(client, "agent")
    do(world, "agent", "resubmit", change_id, reason="the one for refunds", title="shorter refund form")
    assert "Nothing waits for you" in page_of(client, "agent")


def test_what_i_asked_for_is_shown_with_its_step_and_holder(world: Centre, client: Client) -> None:
    change_id = submit(world, asker="agent", title="shorter form")
    for path in ("/", "/my/requests"):
        page = page_of(client, "agent", path)
        assert "shorter form" in page and "Request received" in page and "Process Manager" in page, path
        assert "shorter form" not in page_of(client, "agent_b", path), path
    do(world, "process_manager", "reject", change_id, reason="not now")
    assert "Rejected" in page_of(client, "agent", "/my/requests")


def test_a_release_asks_its_audience_to_confirm_and_one_list_holds_what_is_open(world: Centre, client: Client) -> None:
    """Feature A14: one list of what I have not yet confirmed."""
    assert "Everything is confirmed" in page_of(client, "agent", "/my/confirmations")
    make_change(world, step=9, process=make_process(world, unit="TEAM-A"), asker="process_manager")
    world.drain(index=False)
    page = page_of(client, "agent", "/my/confirmations")
    assert "/knowledge/articles/" in page and "Read and confirm" in page
    assert "Read and confirm" in page_of(client, "agent")
    assert "/knowledge/articles/" not in page_of(client, "agent_b", "/my/confirmations")


def test_a_stranger_has_no_day(client: Client) -> None:
    for path in ("/", "/my/requests", "/my/confirmations"):
        answer = client().get(path)
        assert answer.status_code == 303 and "/sign-in" in answer.headers["Location"], path


def test_tasks_fall_into_overdue_today_this_week_and_later(world: Centre) -> None:
    monday = world.clock.today
    assert monday.weekday() == 0
    days = (monday - timedelta(days=1), monday, monday + timedelta(days=6), monday + timedelta(days=7), None)
    found = grouped([Task("i", str(day), "", 5, day, "/", "b", "k") for day in days], monday)
    assert [(group.name, len(group.tasks), group.minutes) for group in found] == [
        ("overdue", 1, 5), ("today", 1, 5), ("week", 1, 5), ("later", 2, 10)]


def test_a_step_that_was_due_on_friday_is_overdue_on_sunday_and_not_of_today(world: Centre) -> None:
    friday = world.clock.today + timedelta(days=4)
    sunday = friday + timedelta(days=2)
    stands = deadline(world.clock(), 4, sunday, ZONE)
    assert (stands.due_on, stands.late) == (friday, 0)
    step = Task("i", "sign", "", 5, stands.due_on, "/", "b", "change", stands.late)
    assert [group.name for group in grouped([step], sunday) if group.tasks] == ["overdue"]
    assert [group.name for group in grouped([step], friday) if group.tasks] == ["today"]


def test_every_step_has_its_minutes_and_every_verb_that_leads_on_its_button() -> None:
    assert set(MINUTES) == {step.number for step in STEPS}
    assert set(BUTTONS) >= {name for name, verb in VERBS.items() if verb.forward.__name__ != "never"}


def test_working_days_leave_out_weekends_and_holidays_and_count_back_and_forth(world: Centre) -> None:
    friday = world.clock.today + timedelta(days=4)
    assert is_workday(friday) and not is_workday(friday + timedelta(days=1))
    assert workdays_after(friday, 1) == friday + timedelta(days=3)
    for count in range(15):
        assert workdays_between(friday, workdays_after(friday, count)) == count
    assert workdays_between(friday, friday - timedelta(days=3)) == 0


def test_whoever_acted_sees_the_number_counted_anew_whichever_process_answers(world: Centre, client: Client) -> None:
    """The to-do number is kept for seconds in each web process; one that did not see the act must not show the old one."""
    change_id = submit(world)
    browser, other = client("process_manager"), sign_in_as(
        create_app(world.settings, db=world.db, search=world.engine), world, "process_manager")
    for half in (browser, other):
        assert 'To do</span> <b>1</b>' in half.get("/process/changes").get_data(as_text=True)
    version = browser.get(f"/api/v1/process/changes/{change_id}").get_json()["version"]
    assert browser.post(f"/process/changes/{change_id}/accept", data={
        "version": version, "author": "process_author", "owner": "business_owner"}).status_code == 303
    told = browser.get_cookie("km-acted")
    assert told is not None
    other.set_cookie(told.key, told.value)  # the browser's next request, answered by the other process
    assert 'To do</span> <b>0</b>' in other.get("/process/changes").get_data(as_text=True)


def test_day_list_board_request_and_export_say_the_same_of_a_deadline(world: Centre, client: Client) -> None:
    """Every page counts the same working days, to which a Sunday adds none; my day calls overdue what was due on Friday."""
    change_id = make_change(world, step=8, title="refund in ten days")
    entered = world.clock.today
    due = workdays_after(entered, 1)
    while world.clock.today < workdays_after(due, 2):
        world.clock.move(days=1)
        manager = client("process_manager")
        late = max(0, workdays_between(entered, world.clock.today) - 1)
        said = f"Day {late + 1}, limit 1"
        day = manager.get("/").get_data(as_text=True)
        assert (f"{late} working day{'s' if late > 1 else ''} late" in day) == (late > 0), world.clock.today
        assert (day.count("Overdue") > 1) == (world.clock.today > due), world.clock.today
        for path in ("/process/changes", "/process/changes/board", f"/process/changes/{change_id}"):
            assert said in manager.get(path).get_data(as_text=True), (path, world.clock.today)
        rows = list(csv.DictReader(io.StringIO(manager.get("/process/changes?format=csv").get_data().decode("utf-8-sig"))))
        assert (rows[0]["Working day of the step"], rows[0]["Working days late"]) == (str(late + 1), str(late))
    assert late == 2


def test_a_release_that_waits_for_its_day_is_nobodys_and_not_late(world: Centre, client: Client) -> None:
    day = world.clock.today + timedelta(days=30)
    process = make_process(world, drain=True)
    change_id = make_change(world, step=15, title="refund in ten days", process=process, drain=True)
    play(world, change_id, closing=True, second_effective_on=day)
    world.drain()
    world.clock.move(days=14)
    manager, told = client("process_manager"), "in force from " + fmt_english(day)
    for path in ("/process/changes", "/process/changes/board", f"/process/changes/{change_id}",
                 f"/process/definitions/{process.id}"):
        page = manager.get(path).get_data(as_text=True)
        assert told in page, path
        assert "limit 1" not in page and "the service" not in page and "within seconds" not in page, path
    page = client("agent").get(f"/process/definitions/{process.id}").get_data(as_text=True)
    assert "V3.0" in page and "approved, waits for its day" in page and told in page


def fmt_english(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
