"""The other language by one key, at the same paragraph, also at 420 px and beside the results; both found equal by keys alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.people.accounts.usecases import change_person
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.knowledge.test_relations import dearer, twins
from tests.support.centre import Centre

LONG_ZH = "\n\n".join(f"## 第{n}节\n\n第{n}步：拨打{n}号线，等候转接。" for n in range(1, 25))
LONG_EN = "\n\n".join(f"## Section {n}\n\nStep {n}: call line {n} and wait." for n in range(1, 25))


def chinese(world: Centre, login: str) -> None:
    """Let this person read Chinese pages."""
    with world.begin("admin") as work:
        change_person(work, world.people[login], language="zh_Hans_CN")


def test_one_key_leads_to_the_same_paragraph_of_the_other_language(house: House) -> None:
    zh, en, _ = twins(house.world)
    with house.world.begin("knowledge_editor") as work:
        edit_article(work, zh.id, Content(title="怎样改签", body=LONG_ZH), publish=True)
        edit_article(work, en.id, Content(title="How to rebook", body=LONG_EN, language="en"), publish=True)
    chinese(house.world, "agent")
    page = house.window("agent", f"/knowledge/articles/{zh.id}", width=420, height=860)
    expect(page.locator("[data-switch]")).to_contain_text("English")
    page.evaluate("document.querySelectorAll('.km-prose .blk')[33].scrollIntoView()")  # the step of section 17
    page.keyboard.press("t")
    page.wait_for_url(re.compile(rf"/knowledge/articles/{en.id}#b-\w+"))
    expect(page.locator("text=Step 17: call")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("t")
    page.wait_for_url(re.compile(rf"/knowledge/articles/{zh.id}#b-\w+"))
    expect(page.locator("text=第17步")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("t")
    page.wait_for_url(f"**/knowledge/articles/{en.id}")


def test_the_answer_beside_the_results_changes_its_language_in_place(house: House) -> None:
    twins(house.world)
    house.world.drain()
    chinese(house.world, "agent")
    page = house.window("agent", "/search?q=怎样改签")
    expect(page.locator("#answer h2")).to_have_text("怎样改签")
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.locator("#answer h2")).to_have_text("How to rebook")
    page.keyboard.press("t")
    expect(page.locator("#answer h2")).to_have_text("怎样改签")
    assert "/search" in page.url


def test_an_editor_finds_both_equal_by_keys_alone(house: House) -> None:
    zh, en, _ = twins(house.world)
    dearer(house.world, zh)
    chinese(house.world, "knowledge_editor")
    page = house.window("knowledge_editor", "/knowledge/relations/twins", width=420, height=860)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".twins .changed")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    left, right = (page.locator(f".twins > header.{side}").bounding_box() for side in ("one", "two"))
    assert left is not None and right is not None and right["y"] >= left["y"] + left["height"] - 1
    page.keyboard.press("g")
    expect(page.locator("dialog.asks-d")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".twins .changed")).to_have_count(0)
    page.goto("/knowledge/relations/twins")
    expect(page.locator("tr[data-row]")).to_have_count(0)


def test_the_pages_of_twins_have_no_barriers(house: House) -> None:
    zh, en, made = twins(house.world)
    dearer(house.world, zh)
    page = house.window("knowledge_editor")
    assert faults(page, ["/knowledge/relations/twins", f"/knowledge/relations/twins/{made.id}", f"/knowledge/articles/{en.id}",
                         f"/search?q={en.number}"]) == []
