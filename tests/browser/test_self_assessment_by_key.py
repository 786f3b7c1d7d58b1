"""A self-assessment in Chinese and by keys: the owner of clauses answers the queue with Ctrl+Enter and submits; who runs the round
accepts by V, returns by R, and opens a figure. E2, E3, W18."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from kmsvc.operations.setup import install_standards
from kmsvc.people.accounts.usecases import change_person
from kmsvc.people.system import OPERATOR
from kmsvc.standards.assessments import planning
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.standing import answers_of
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.standards.assessments.houses import answered, closed, opened


def told(house: House) -> int:
    """An open round of five clauses, given to the supervisor."""
    world = house.world
    install_standards(world.db)
    with world.db.begin(OPERATOR) as work:
        for login, name in (("compliance", "秦朗月"), ("supervisor", "王小雨")):
            change_person(work, world.people[login], name=name, language="zh_Hans_CN")
    return opened(world)


def ready(page: Page) -> None:
    """The page and its keys are there."""
    page.wait_for_selector("html.km-ready")


def answer(page: Page, words: str, *, execution: int = 1) -> None:
    """Key 1 chooses the method's mark, 2 the next mark of the execution; a reason; Ctrl+Enter goes on."""
    ready(page)
    page.keyboard.press("1")
    for _ in range(execution):
        page.keyboard.press("2")
    page.fill("textarea[name=reason]", words)
    if execution > 1:
        page.fill("textarea[name=gaps]", "夜班没有记录")
    page.focus("textarea[name=reason]")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    ready(page)


def test_from_the_queue_to_an_accepted_answer(house: House) -> None:
    one = told(house)
    page = house.window("supervisor", "/standards/assessments/mine")
    ready(page)
    expect(page.locator("body")).to_contain_text("5条中已作答0条")
    page.get_by_role("link", name="作答下一条").click()
    page.wait_for_url("**/standards/assessments/answers/*")
    expect(page.locator("h1")).to_contain_text("#1")
    answer(page, "制度成文，各班组执行")
    expect(page.locator("h1")).to_contain_text("#2")
    answer(page, "夜班只做到一部分", execution=2)
    for number in ("#3", "#4", "#5"):
        expect(page.locator("h1")).to_contain_text(number)
        answer(page, "全部做到")
    page.wait_for_url("**/standards/assessments/mine?**")
    page.get_by_text("提交我的全部").first.click()
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="提交我的全部").click()
    ready(page)
    expect(page.locator("body")).to_contain_text("已提交5条")

    desk = house.window("compliance", f"/standards/assessments/{one}/answers?state=submitted")
    ready(desk)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/standards/assessments/answers/**")
    ready(desk)
    with desk.expect_navigation():
        desk.keyboard.press("v")
    ready(desk)
    expect(desk.locator("h1")).to_contain_text("#2")
    desk.keyboard.press("r")
    desk.get_by_role("dialog").locator("textarea").fill("请补夜班的记录")
    with desk.expect_navigation():
        desk.keyboard.press("Control+Enter")
    ready(desk)
    desk.goto(f"/standards/assessments/{one}")
    ready(desk)
    expect(desk.locator("body")).to_contain_text("95 / 100")
    desk.get_by_role("link", name="95 / 100").first.click()
    desk.wait_for_url("**/figures/total")
    expect(desk.locator("body")).to_contain_text("每项15分")

    page.goto("/standards/assessments/mine")
    ready(page)
    page.get_by_role("link", name="作答下一条").click()
    page.wait_for_url("**/standards/assessments/answers/*")
    expect(page.locator("body")).to_contain_text("请补夜班的记录")


def test_the_pages_of_self_assessment_have_no_barriers(house: House) -> None:
    world = house.world
    install_standards(world.db)
    half = Said(5, 0, "才开始", gaps="没有记录", target_c=10, effort_days=3)
    first = opened(world, "1.1", "2.1.1", "5.1")
    answered(world, first, n1=half, n2=half)
    closed(world, first)
    with world.begin("compliance") as work:
        answers = answers_of(work.session, first)
        aims = planning.aims_of([("1", "c")], answers, None, world.clock.today)
        item = planning.plan(work, first, aims, today=world.clock.today)[0].id
        one = answers[0].id
    second = opened(world, "1.1", "2.1.1", "5.1", earlier=first, carry=True)
    base = "/standards/assessments"
    page = house.window("compliance")
    assert faults(page, [base, f"{base}/new", f"{base}/{second}", f"{base}/{first}", f"{base}/{first}/answers", f"{base}/answers/{one}",
                         f"{base}/{first}/figures/total", f"{base}/{first}/simulator", f"{base}/{second}/compare",
                         f"{base}/{second}/import", f"{base}/plans", f"{base}/plans/{item}"], fits=True) == []
    page = house.window("supervisor")
    with world.look() as work:
        mine = answers_of(work.session, second)[0].id
    assert faults(page, [f"{base}/mine", f"{base}/answers/{mine}", f"{base}/{second}"], fits=True) == []
