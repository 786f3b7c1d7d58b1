"""A gap from end to end (W5): searched in vain, reported by one key, written by an editor, found, and who reported it is told."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.replaying import is_due, replay_all
from kmsvc.people.system import SYSTEM
from tests.browser.conftest import House
from tests.builders import make_article
from tests.support.clock import ZONE


def hold(page: Page, address: str) -> Callable[[], None]:
    """Keep requests of a page waiting until what is returned is called."""
    held: list[Route] = []
    open_now: list[bool] = []
    page.route(address, lambda route: route.continue_() if open_now else held.append(route))

    def let_go() -> None:
        open_now.append(True)
        for route in held:
            route.continue_()

    return let_go


def test_what_is_not_found_is_reported_written_found_and_told(house: House) -> None:
    make_article(house.world, title="宽带安装预约", body="师傅上门。", drain=True)
    agent = house.window("agent", "/search?q=宽带安装", width=420, height=860)
    let_go = hold(agent, "**/search/live*")
    agent.fill("[data-search]", "卫星电话漫游")
    agent.keyboard.press("Enter")
    agent.keyboard.press("0")  # before the results of these words are there: it waits for them
    agent.wait_for_timeout(100)
    assert agent.locator(".gap-said").count() == 0
    let_go()
    expect(agent.locator(".gap-said")).to_contain_text("GAP-")
    expect(agent.locator("[data-search]")).to_have_value("卫星电话漫游")

    editor = house.window("knowledge_editor", "/knowledge/gaps?state=live")
    editor.keyboard.press("j")
    editor.keyboard.press("Enter")
    expect(editor.locator("h1")).to_contain_text("卫星电话漫游")
    editor.locator("summary, button").filter(has_text="Write the answer").first.click()
    expect(editor.locator("#f-draft-title")).to_have_value("卫星电话漫游")
    editor.fill("#f-draft-title", "卫星电话漫游怎么收费")
    editor.keyboard.press("Enter")
    expect(editor.locator("[name=aliases]")).to_have_value("卫星电话漫游")
    editor.fill("textarea[name=body]", "卫星电话漫游按天计费。")
    editor.locator("button[name=publish], button[value='1'][name=publish]").first.click()
    expect(editor.locator("h1")).to_contain_text("卫星电话漫游怎么收费")

    house.world.drain()
    with house.world.look() as work:
        assert is_due(work.session)
    replay_all(house.world.db, house.world.engine, SYSTEM, ZONE)
    house.world.drain()
    with house.world.look() as work:
        assert [(row.state, row.closed_by_id) for row in work.session.scalars(select(Gap))] == [("closed", None)]
    told = house.window("agent", "/notices")
    expect(told.locator("main")).to_contain_text("What you searched for is found now: “卫星电话漫游”")
    told.locator("main a, main button").filter(has_text="卫星电话漫游").first.click()
    expect(told.locator("#hits")).to_contain_text("卫星电话漫游怎么收费")


def test_none_of_these_is_one_key_beside_the_five_of_the_answer(house: House) -> None:
    make_article(house.world, title="宽带安装预约", body="师傅上门。", drain=True)
    agent = house.window("agent", "/search?q=宽带安装")
    expect(agent.locator("button[data-key='0']")).to_be_visible()
    agent.keyboard.press("Escape")
    agent.keyboard.press("0")
    expect(agent.locator(".gap-said")).to_contain_text("GAP-")
    with house.world.look() as work:
        assert [row.title for row in work.session.scalars(select(Gap))] == ["宽带安装"]


def test_keys_pressed_before_the_scripts_are_there_report_the_gap_in_place(house: House) -> None:
    make_article(house.world, title="宽带安装预约", body="师傅上门。", drain=True)
    agent = house.window("agent", service_workers="block")
    let_go = hold(agent, "**/js/km.js*")
    agent.goto("/search?q=卫星电话漫游", wait_until="commit")
    expect(agent.locator("[data-search]")).to_be_focused()
    agent.keyboard.press("Enter")
    agent.keyboard.press("0")
    agent.wait_for_timeout(100)
    let_go()
    expect(agent.locator(".gap-said")).to_contain_text("GAP-")
    expect(agent.locator("[data-search]")).to_have_value("卫星电话漫游")
