"""The competency passport by keys: an agent on a phone, a leader over the team and its queues, an auditor on a past day, the trainer
from the list of what expires to an act on many and back. The pages have no barriers."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from kmsvc.training.certificates import usecases
from kmsvc.training.certificates.following import follow_asked
from kmsvc.training.certificates.usecases import KindDraft
from tests.browser.barriers import faults
from tests.browser.conftest import House

BASE = "/training/certificates"


def press(page: Page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).first.focus()
    page.keyboard.press(key)


def proven(house: House) -> int:
    """Information security asked of agents and of the queue of refunds; the agent's ends in sixty days. The id of the certificate."""
    world, today = house.world, house.world.clock.today
    with world.begin("trainer") as work:
        kind = usecases.make_kind(work, KindDraft("信息安全", "security", "会上报安全事件。", "28", 12)).id
        usecases.add_need(work, kind, since=today - timedelta(days=400), role="agent")
        usecases.add_need(work, kind, since=today - timedelta(days=400), queue="退费专线")
        held = usecases.award(work, kind, world.people["agent"], today - timedelta(days=305), today=today, proof="考卷 91 分").id
        follow_asked(work, today, kind)
    return held


def test_an_agent_reads_the_own_passport_and_prints_a_certificate_on_a_phone(house: House) -> None:
    proven(house)
    page = house.window("agent", BASE, width=420, height=860)
    expect(page.locator("#queues")).to_contain_text("退费专线")
    press(page, ".ct-past summary")
    expect(page.locator(".ct-past li").first).to_contain_text("考卷 91 分")
    press(page, "a[href$='/print'][href*='held']")
    page.wait_for_url("**/held/*/print")
    expect(page.locator(".ct-paper svg")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.emulate_media(media="print")
    expect(page.locator(".km-rail")).to_be_hidden()
    expect(page.locator(".ct-paper")).to_contain_text("信息安全")
    page.emulate_media(media="screen")
    page.go_back()
    page.wait_for_selector("html.km-ready")
    page.locator("body").press("p")
    page.wait_for_url("**/people/*/print")


def test_a_leader_walks_from_the_team_to_a_person_and_asks_whom_to_put_on_a_queue(house: House) -> None:
    proven(house)
    page = house.window("team_leader", f"{BASE}/teams")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("body").press("j")
    page.locator("body").press("k")
    page.locator("body").press("Enter")
    page.wait_for_url("**/people/*")
    page.goto(f"{BASE}/queues?queue=退费专线&at=14:00")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("Agent")


def test_an_auditor_looks_at_a_past_day_and_changes_nothing(house: House) -> None:
    proven(house)
    day = house.world.clock.today - timedelta(days=306)
    page = house.window("auditor", f"{BASE}/people/{house.world.people['agent']}")
    page.locator("input[name=on]").fill(day.isoformat())
    press(page, ".ct-day button")
    page.wait_for_url(f"**on={day.isoformat()}**")
    expect(page.locator("tbody tr")).to_contain_text("CT-0001")
    expect(page.locator("#queues")).to_contain_text("Never passed")
    assert page.locator("form[method=post][action*='/held/']").count() == 0


def test_many_are_extended_after_a_look_and_taken_back(house: House) -> None:
    proven(house)
    page = house.window("trainer", f"{BASE}/expiring")
    press(page, "tbody input[name=ids]", "Space")
    press(page, "button[name=act][value=extend]")
    page.wait_for_url("**/batches/many")
    page.locator("input[name=reason]").fill("产假顺延")
    press(page, "button[name=sure][value='1']")
    page.wait_for_url("**/batches")
    expect(page.locator("tbody tr")).to_contain_text("产假顺延")
    press(page, "tbody summary")
    page.locator("dialog input[name=reason], .asks-b input[name=reason]").first.fill("批错了")
    page.keyboard.press("Enter")
    expect(page.locator("tbody form")).to_have_count(0)


def test_the_pages_have_no_barriers(house: House) -> None:
    held = proven(house)
    page = house.window("trainer")
    person, team = house.world.people["agent"], house.world.units["TEAM-A"]
    assert faults(page, [f"{BASE}{path}" for path in (
        "", f"/people/{person}", f"/teams/{team}", "/queues", "/queues?queue=退费专线&at=14:00", "/expiring", "/years", "/kinds",
        "/kinds/1", "/kinds/new", "/batches", "/verify", f"/held/{held}/print", f"/people/{person}/print")], fits=True) == []
