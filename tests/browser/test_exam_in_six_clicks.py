"""The wizard of an exam in a browser: the exact shortage as one types, from a day of the calendar to announced in five clicks and one
field, practice and the own exams at 420 px."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from kmsvc.training.exams.models import Exam
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from tests.browser.conftest import House
from tests.support.chromium import axe_findings
from tests.training.banks import small_bank


def wide(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_what_the_bank_lacks_is_said_as_one_types_and_mended_before_saving(house: House) -> None:
    _, topics = small_bank(house.world)
    page = house.window("trainer", "/training/papers/new")
    field = f"{topics['身份核验']}-short_answer"
    page.fill("input[name=title]", "退费新时限")
    page.fill(f"input[name='c-{topics['时限']}-single']", "4")
    page.fill(f"input[name='c-{field}']", "2")
    expect(page.locator(f"#w-{field}")).to_have_text("lacks 1")
    expect(page.locator("#check")).to_contain_text("1 short in 身份核验")
    page.fill(f"input[name='c-{field}']", "1")
    expect(page.locator(f"#w-{field}")).to_be_empty()
    for band in ("easy", "middle", "hard"):
        page.fill(f"input[name='share-{band}']", "")
    expect(page.locator("#check")).to_contain_text("The banks can give this paper.")
    assert axe_findings(page) == []
    page.get_by_role("button", name="Save and make it ready").click()
    expect(page.locator("h1")).to_contain_text("退费新时限")
    expect(page.locator("h1")).to_contain_text("Paper ready")


def test_from_a_day_of_the_calendar_to_announced_in_five_clicks_and_one_field(house: House) -> None:
    small_bank(house.world)
    with house.world.begin("trainer") as work:
        paper = make_paper(work, Draft("小测", "picked"))
        pick(work, paper.id, [(1, None), (2, None)])
        ready(work, paper.id)
    day = (house.world.clock.today + timedelta(days=7)).isoformat()
    page = house.window("trainer", f"/training/exams/new?opens_at={day}T09:00&template=weekly")  # 1: the day on the calendar
    page.fill("input[name=title]", "新人周测")
    page.get_by_role("button", name="Next: who sits it").click()  # 2
    page.wait_for_url("**/plan/2")
    row = page.locator("form.rule-row", has=page.locator("input[value=unit]"))
    row.locator("select").select_option("TEAM-A")
    row.get_by_role("button", name="Add").click()  # 3
    expect(page.locator("tr[data-row]")).to_have_count(2)
    assert axe_findings(page) == []
    page.get_by_role("link", name="On to the check").click()  # 4
    page.wait_for_url("**/plan/4")
    page.get_by_role("button", name="Announce it").click()  # 5
    expect(page.locator("h1")).to_contain_text("Not open yet")
    with house.world.look() as work:
        assert work.get(Exam, 1).state == "published"
    assert axe_findings(page) == []
    mine = house.window("agent", "/training/exams/mine", width=420, height=860)
    expect(mine.locator("#ahead")).to_contain_text("新人周测")
    assert not wide(mine) and axe_findings(mine) == []


def test_an_exam_is_planned_by_keys_alone(house: House) -> None:
    small_bank(house.world)
    with house.world.begin("trainer") as work:
        paper = make_paper(work, Draft("小测", "picked"))
        pick(work, paper.id, [(1, None), (2, None)])
        ready(work, paper.id)
    page = house.window("trainer", "/training/exams")
    page.keyboard.press("n")
    page.wait_for_url("**/exams/new")
    page.wait_for_selector("html.km-ready")
    page.keyboard.type("新人周测")  # the cursor stands in the title
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/2")
    page.wait_for_selector("html.km-ready")
    page.keyboard.press("r")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # look first
    expect(page.locator("#ahead tr[data-row]")).to_have_count(2)
    assert axe_findings(page) == [] and not wide(page)
    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.locator("#off tr[data-row]")).to_have_count(2)
    page.keyboard.press("k")
    page.wait_for_url("**/plan/4")
    page.wait_for_selector("html.km-ready")
    assert axe_findings(page) == []
    page.keyboard.press("y")
    expect(page.locator("h1")).to_contain_text("Not open yet")


def test_five_questions_are_practised_on_a_phone(house: House) -> None:
    small_bank(house.world)
    page = house.window("agent", "/training/practice", width=420, height=860)
    assert not wide(page) and axe_findings(page) == []
    page.get_by_role("button", name="Begin").click()
    for number in range(1, 6):
        expect(page.locator("main")).to_contain_text(f"Question {number}")
        page.get_by_role("button", name="Show me the answer").click()
        expect(page.locator("main")).to_contain_text("解析")
        assert not wide(page)
        page.get_by_role("link", name="Next question" if number < 5 else "To the end").click()
    expect(page.locator("main")).to_contain_text("The round is over")
