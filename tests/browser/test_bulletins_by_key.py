"""An urgent bulletin by keyboard alone: written, seen on a page that was open already, read with one key, also at 420 px."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.knowledge.bulletins.models import BulletinReading
from kmsvc.knowledge.bulletins.usecases import confirm_bulletin
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.knowledge.test_bulletins import send


def readings(house: House) -> int:
    with house.world.look() as work:
        return len(work.session.scalars(select(BulletinReading)).all())


def test_a_bulletin_reaches_an_open_page_and_one_key_confirms_it(house: House) -> None:
    agent = house.window("agent", "/search", width=420, height=860)
    expect(agent.locator("#bulletins .bulletin")).to_have_count(0)
    editor = house.window("knowledge_editor", "/knowledge/bulletins")
    editor.keyboard.press("n")
    expect(editor.locator("#f-title")).to_be_focused()
    editor.keyboard.type("城西断网")
    editor.keyboard.press("Tab")
    editor.keyboard.type("统一答复：**18:00**前恢复。")
    editor.focus("#f-must_read")
    editor.keyboard.press("Space")
    editor.keyboard.press("Enter")
    expect(editor.locator("h1")).to_contain_text("城西断网")
    agent.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as coming back to the window does
    expect(agent.locator("#bulletins .bulletin.must")).to_contain_text("18:00")
    assert agent.evaluate("document.documentElement.scrollWidth <= innerWidth")
    agent.keyboard.press("Escape")
    agent.keyboard.press("y")
    expect(agent.locator("#bulletins .bulletin")).to_have_count(0)
    assert readings(house) == 1 and agent.url.endswith("/search")


def test_who_has_not_read_it_is_counted_while_one_looks(house: House) -> None:
    editor = house.window("knowledge_editor", "/knowledge/bulletins/new")
    editor.keyboard.type("城西断网")
    editor.keyboard.press("Enter")
    before = editor.locator("#rate").inner_text()
    with house.world.begin("agent") as work:
        confirm_bulletin(work, 1)
    expect(editor.locator("#rate")).not_to_have_text(before, timeout=15_000)


def test_the_banner_and_the_pages_of_bulletins_have_no_barriers(house: House) -> None:
    row = send(house.world, "城西断网", body="统一答复：**18:00**前恢复。\n\n- 不登记故障单", must_read=True)
    send(house.world, "旧套餐停售", urgency="important", body="改推新版。")
    send(house.world, "系统升级", urgency="normal", units=("TEAM-A",))
    here = f"/knowledge/bulletins/{row.id}"
    assert faults(house.window("team_leader"), ["/", "/search?q=x", here, f"{here}/readers"]) == []
    assert faults(house.window("knowledge_editor"), ["/knowledge/bulletins", here, f"{here}/edit"]) == []
