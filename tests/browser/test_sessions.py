"""A training session in Chinese: planned by keys alone, signed in by the address in the code on the wall, rated on a phone, read by the
trainer."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.system import OPERATOR
from tests.browser.conftest import House
from tests.support.chromium import axe_findings
from tests.training.plans.test_plans import a_plan

PHONE = {"width": 420, "height": 860}


def wide(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def test_a_session_from_its_planning_to_what_learners_thought(house: House) -> None:
    plan, _ = a_plan(house.world)
    with house.world.db.begin(OPERATOR) as work:
        for login, name in (("trainer", "方远"), ("agent", "孟晓"), ("agent_b", "罗溪")):
            change_person(work, house.world.people[login], name=name, language="zh_Hans_CN")
    trainer = house.window("trainer", f"/training/plans/{plan}")
    trainer.keyboard.press("n")  # 排一场培训
    trainer.wait_for_url("**/sessions/new")
    trainer.goto(f"/training/plans/{plan}/sessions/new?day={house.world.clock.today}&at=09:00")  # as an empty place of the calendar
    trainer.wait_for_selector("html.km-ready")
    assert axe_findings(trainer) == []
    trainer.locator("input[name=room]").focus()
    trainer.keyboard.type("培训室A")
    trainer.keyboard.press("Tab")
    trainer.keyboard.type("1")
    trainer.keyboard.press("Tab")
    expect(trainer.locator("#who")).to_contain_text("计划2人，只有1个座位")  # said before it is sent
    trainer.locator("input[name=seats]").focus()
    trainer.keyboard.press("Control+a")
    trainer.keyboard.type("12")
    trainer.keyboard.press("Tab")
    expect(trainer.locator("#who")).to_contain_text("没有冲突")
    expect(trainer.locator("input[name=trainer]")).to_be_checked()
    trainer.keyboard.press("Control+Enter")
    trainer.wait_for_url("**/training/plans/sessions/*")
    expect(trainer.locator("#people")).to_contain_text("孟晓")
    place = trainer.url
    trainer.keyboard.press("w")  # 投屏签到码
    trainer.wait_for_url("**/code")
    expect(trainer.locator(".wall-c svg")).to_be_visible()
    assert axe_findings(trainer) == []
    address = trainer.locator(".wall-a").text_content() or ""

    phone = house.window("agent", "/training/plans/mine")
    phone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(phone.locator("#ahead")).to_contain_text("你有座位")
    assert not wide(phone) and axe_findings(phone) == []
    phone.goto(address)
    phone.get_by_role("button", name="我到了").click()
    expect(phone.locator("body")).to_contain_text("你已到场")
    assert not wide(phone) and axe_findings(phone) == []
    expect(trainer.locator(".wall-k b")).to_have_text("1", timeout=15_000)  # the wall asks again by itself

    phone.get_by_role("link", name="去评价").click()
    phone.wait_for_url("**/feedback")
    assert not wide(phone) and axe_findings(phone) == []
    for name in ("content", "trainer", "time", "method", "environment", "rules"):
        phone.locator(f"input[name={name}][value='4']").check()
    phone.locator("textarea[name=said]").fill("例子都是真接到的电话。")
    phone.locator("form.form button.btn-primary").click()
    expect(phone.locator("body")).to_contain_text("已评价")

    trainer.goto(place)
    expect(trainer.locator("#feedback")).to_contain_text("例子都是真接到的电话。")
    expect(trainer.locator("#people")).to_contain_text("扫码")
    assert axe_findings(trainer) == []
