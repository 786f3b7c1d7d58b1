"""A guided flow by number keys alone, from the search to its outcome and back, at 420 px beside a softphone; without script too."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from kmsvc.knowledge.flows.models import FlowStep, FlowWalk
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.builders import make_article
from tests.knowledge.test_flows import BODY, make_flow, start


def paths(house: House) -> list[tuple[str | None, list[int]]]:
    with house.world.look() as work:
        return [(walk.ended, [step.choice for step in work.session.scalars(select(FlowStep).where(
            FlowStep.walk_id == walk.id, FlowStep.taken_back.is_(False)).order_by(FlowStep.position))])
            for walk in work.session.scalars(select(FlowWalk).order_by(FlowWalk.id))]


def press(page: Page, key: str) -> None:
    """A key as somebody presses it who sees the page."""
    page.wait_for_selector("html.km-ready")
    page.keyboard.press(key)


def test_a_flow_is_walked_from_the_search_by_number_keys(house: House) -> None:
    said = make_article(house.world, title="上门检修怎么约", body="二十四小时内上门。", drain=True)
    make_flow(house.world, body=BODY.replace("! fibre: 光路中断", f"! fibre: 光路中断\nlink: {said.number}"), drain=True)
    agent = house.window("agent", "/search?q=光猫红灯", width=1180, height=860)
    expect(agent.locator("#ask-h")).to_have_text("哪个灯亮红色？")
    agent.evaluate("window.stayed = true")
    press(agent, "Escape")  # out of the search box
    press(agent, "2")
    expect(agent.locator("#ask-h")).to_have_text("电源插好了吗？")
    expect(agent.locator(".path")).to_contain_text("都不亮")
    press(agent, "1")
    expect(agent.locator("#ask-h")).to_have_text("光猫损坏")
    press(agent, "Backspace")
    expect(agent.locator("#ask-h")).to_have_text("电源插好了吗？")
    press(agent, "b")
    expect(agent.locator("#ask-h")).to_have_text("哪个灯亮红色？")
    press(agent, "1")
    expect(agent.locator("#answer-say")).to_contain_text("马上为您登记上门检修。")
    assert paths(house) == [("outcome", [1])]
    expect(agent.locator("#hits [aria-selected=true]")).to_contain_text("光猫红灯")
    press(agent, "o")  # the answer it leads to, with the words of the search; Esc comes back to the outcome
    expect(agent.locator("#answer")).to_contain_text("二十四小时内上门。")
    expect(agent.locator("#answer input[name=query]").first).to_have_value("光猫红灯")
    press(agent, "Escape")
    expect(agent.locator("#answer-say")).to_contain_text("马上为您登记上门检修。")
    press(agent, "Escape")  # out of the flow: the answer is as it was, and nothing was left
    expect(agent.locator("#answer form.choices")).to_have_count(1)
    assert agent.evaluate("window.stayed"), "the page of the search was never left"


def test_a_key_pressed_before_the_scripts_are_there_counts_once(house: House) -> None:
    flow = make_flow(house.world)
    agent = house.window("agent", service_workers="block")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    agent.route("**/js/km.js*", hold)
    agent.goto(f"/knowledge/flows/{flow.id}", wait_until="commit")
    expect(agent.locator("#ask-h")).to_have_text("哪个灯亮红色？")
    agent.keyboard.press("2")
    agent.wait_for_timeout(200)
    assert paths(house) == []
    for route in held:
        route.continue_()
    expect(agent.locator("#ask-h")).to_have_text("电源插好了吗？")
    assert paths(house) == [(None, [2])]


def test_none_of_these_leads_to_a_gap_and_fits_a_phone(house: House) -> None:
    flow = make_flow(house.world, drain=True)
    agent = house.window("agent", f"/knowledge/flows/{flow.id}", width=420, height=860)
    press(agent, "0")
    expect(agent.get_by_role("button", name="Report the gap")).to_be_visible()
    assert agent.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press(agent, "0")
    expect(agent.locator(".ask-one form button")).to_have_count(0)
    assert paths(house) == [("none", [0])]


def test_the_breadcrumb_goes_back_by_a_click_and_the_contact_is_noted(house: House) -> None:
    flow = make_flow(house.world)
    walk = start(house.world, flow)
    agent = house.window("agent", f"/knowledge/flows/walks/{walk.id}")
    agent.fill("#f-contact", "C-1701")
    press(agent, "Enter")
    expect(agent.locator("#f-contact")).to_have_value("C-1701")
    agent.click(".path a")
    expect(agent.locator("#ask-h")).to_have_text("哪个灯亮红色？")


def test_an_editor_writes_what_is_wrong_is_named_and_tries_it_out(house: House) -> None:
    editor = house.window("knowledge_editor", "/knowledge/flows")
    press(editor, "n")
    expect(editor.locator("#f-title")).to_be_focused()
    editor.keyboard.type("光猫红灯排查")
    editor.fill("#f-body", BODY.replace("-> plugged", "-> lost"))
    editor.check("#f-publish")
    editor.click(".form-f .btn-primary")
    expect(editor.locator("[role=alert]").nth(1)).to_contain_text("power/2")
    expect(editor.locator("#f-body")).to_have_value(BODY.replace("-> plugged", "-> lost"))
    editor.fill("#f-body", BODY)
    editor.click(".form-f .btn-primary")
    expect(editor.locator("h1")).to_contain_text("Published")
    press(editor, "p")
    expect(editor.locator("#ask-h")).to_have_text("哪个灯亮红色？")
    press(editor, "2")
    expect(editor.locator("#ask-h")).to_have_text("电源插好了吗？")
    assert paths(house) == []


def test_the_pages_of_guided_flows_have_no_barriers(house: House) -> None:
    flow = make_flow(house.world, drain=True)
    walk = start(house.world, flow)
    assert faults(house.window("agent"), [
        f"/knowledge/flows/{flow.id}", f"/knowledge/flows/walks/{walk.id}", "/search?q=光猫红灯"]) == []
    assert faults(house.window("knowledge_editor"), [
        "/knowledge/flows", "/knowledge/flows/new", f"/knowledge/flows/{flow.id}/about", f"/knowledge/flows/{flow.id}/walks",
        f"/knowledge/flows/{flow.id}/preview"]) == []
