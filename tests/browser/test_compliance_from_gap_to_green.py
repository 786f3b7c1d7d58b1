"""The compliance manager in Chinese: the gaps before an audit in one list, each with its button; one closed by a link, one by its duty;
both clauses turn green by themselves, without anybody setting a state. E16, W4."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from kmsvc.operations.setup import install_standards
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.system import OPERATOR
from tests.browser.conftest import House
from tests.standards.duties.houses import begin_use, run
from tests.support.centre import Centre

READY = "/standards/evidence/readiness?year=2026&on=2026-12-31"


def told(world: Centre) -> None:
    """A centre whose year has begun: what clauses 8 and 35 ask for is not proven yet."""
    install_standards(world.db)
    begin_use(world, world.clock.today)
    run(world, world.clock.today)
    with world.db.begin(OPERATOR) as work:
        change_person(work, world.people["compliance"], name="秦朗月", language="zh_Hans_CN")


def row_of(page: Page, clause: str) -> Locator:
    """The line of a clause on the list of gaps."""
    page.goto(f"{READY}&q={clause}")
    page.wait_for_selector("html.km-ready")
    return page.locator("tr[data-row]").filter(has=page.get_by_role("link", name=f"#{clause}", exact=True))


def test_the_compliance_manager_closes_gaps_until_they_are_green(house: House) -> None:
    told(house.world)
    page = house.window("compliance", READY)
    page.wait_for_selector("html.km-ready")
    gaps = page.locator("tr[data-row]").filter(has_text="有风险")
    assert gaps.count() > 3, "what is missing stands in one list"
    first = row_of(page, "35")
    expect(first).to_contain_text("有风险")
    first.locator('a[href*="/standards/evidence/files/new"]').first.click()
    page.wait_for_url("**/standards/evidence/files/new?**")
    assert page.input_value("input[name=clauses]") == "35", "the gap says which clause it is"
    page.fill("input[name=title]", "2026年安全策略审核报告")
    page.fill("input[name=url]", "https://audit.example/2026")
    page.fill("input[name=evidence_on]", house.world.clock.today.isoformat())
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/standards/evidence/files/*")
    expect(row_of(page, "35")).to_contain_text("已就绪")

    second = row_of(page, "8")
    expect(second).to_contain_text("有风险")
    second.locator('a[href*="/standards/duties"]').first.click()
    page.wait_for_url("**/standards/duties**")
    page.locator("a[data-open]").first.click()
    page.wait_for_url("**/standards/duties/*")
    page.get_by_text("登记完成").first.click()
    page.locator("input[name=record]:visible").first.fill("https://audit.example/system")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("html.km-ready")
    expect(page.locator("h1").first).to_contain_text("完成")
    expect(row_of(page, "8")).to_contain_text("已就绪")
