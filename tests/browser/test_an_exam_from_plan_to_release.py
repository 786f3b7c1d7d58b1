"""The story of an exam in Chinese: planned from a template, sat with the line cut for a minute, marked blind, marked a second time,
settled by a third person, released, contested, and decided for everybody with the same answer."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.people.accounts.usecases import change_person
from kmsvc.training.exams.models import Exam
from kmsvc.training.marking.models import Mark, ScoreChangeRow
from kmsvc.training.papers.models import PaperQuestion, PaperRow
from kmsvc.training.sittings.models import Answer, Sitting, SittingItem
from tests.browser.conftest import NAMES, House
from tests.support.centre import Centre
from tests.training.marking.marked import CLOSED, OPEN, RIGHT, WRONG, hand_in, settle
from tests.training.sittings.exams import add_questions

SAID = "先道歉，再说明到账时间。"
FAULTS = r"net::|Failed to (load|fetch)|ERR_"


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steady clock stands still: the clock of the test alone moves time."""
    from kmsvc.core import clock
    monkeypatch.setattr(clock, "_uninterrupted", lambda: 1000.0)


def in_chinese(world: Centre) -> None:
    with world.begin("operator") as work:
        for login in ("trainer", "agent", "agent_b", "marker", "everything", "manager", "team_leader"):
            change_person(work, world.people[login], name=NAMES.get(login), language="zh_Hans_CN")


def paper(world: Centre) -> int:
    """A paper that is ready: one question the service judges, one that people mark, four points each."""
    with world.begin("operator") as work:
        versions = add_questions(work, (CLOSED, OPEN))
        row = PaperRow(number="PP-STORY", title="退款卷", way="picked", state="ready", banks=[], seed="s", pass_percent=60,
                       total=Decimal(8), made_at=work.now, changed_at=work.now)
        work.session.add(row)
        work.session.flush()
        for place, one in enumerate(versions, 1):
            work.session.add(PaperQuestion(paper_id=row.id, place=place, question_id=one.question_id, version_id=one.id,
                                           points=Decimal(4)))
        return row.id


def sent(page: Page, button: str) -> None:
    """Press a button that leads to another page, and wait for it."""
    before = page.url
    page.get_by_role("button", name=button, exact=False).first.click()
    page.wait_for_url(lambda url: url != before)
    page.wait_for_selector("html.km-ready")


def planned(house: House) -> int:
    """The trainer plans and announces it."""
    paper_id = paper(house.world)
    page = house.window("trainer", "/training/exams/new")
    page.fill("input[name=title]", "退款月考")
    page.fill("input[name=opens_at]", "2026-03-02T11:00")
    page.check("input[name=template][value=weekly]", force=True)
    page.select_option("select[name=paper]", str(paper_id))
    sent(page, "下一步")
    exam = int(re.search(r"/exams/(\d+)/", page.url)[1])  # type: ignore[index]
    page.fill("textarea[name=people]", "agent\nagent_b")
    page.locator("form:has(textarea[name=people]) button").click()
    page.wait_for_url("**/people/list")
    page.goto(f"/training/exams/{exam}/plan/3")
    for login in ("marker", "trainer", "everything"):
        page.check(f"input[name=markers][value='{login}']")
    page.locator("form:has(input[name=markers]) button").click()
    page.wait_for_load_state()
    page.wait_for_selector("html.km-ready")
    page.fill("input[name=second_percent]", "100")
    page.fill("input[name=limit]", "1")
    page.fill("input[name=pass_percent]", "60")
    page.select_option("select[name=shows]", "answers")
    page.locator("form.wide button.btn-primary").click()
    page.wait_for_url("**/plan/4")
    page.wait_for_selector("html.km-ready")
    page.locator("form[action$='/publish'] button").click()
    page.wait_for_url(f"**/training/exams/{exam}")
    with house.world.look() as work:
        assert work.get(Exam, exam).state == "published"
    return exam


def sat_by_agent(house: House, exam: int) -> None:
    """One candidate sits it in the browser while the line is cut for a minute."""
    page = house.window("agent", f"/training/sittings/begin/{exam}")
    house.open_window.watches[-1].allow(FAULTS)
    page.locator("form[action*='/begin/'] button").click()
    page.wait_for_selector("body.sit")
    page.wait_for_selector("html.km-ready")
    page.locator(f"#q-1 input[value='{RIGHT}']").check(force=True)
    expect(page.locator("[data-saved]")).to_have_attribute("data-waiting", "0")
    page.context.set_offline(True)
    page.keyboard.press("j")
    page.locator("#q-2 textarea").fill(SAID)
    page.locator("#q-2 textarea").blur()
    expect(page.locator("[data-band]")).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_attribute("data-waiting", "1")
    house.world.clock.move(seconds=60)
    assert answered(house.world, exam) == [1], "nothing arrives while the line is cut"
    page.context.set_offline(False)
    expect(page.locator("[data-saved]")).to_have_attribute("data-waiting", "0")
    assert answered(house.world, exam) == [1, 2]
    page.locator("[data-submit]").click()
    page.locator("[data-asks] button.btn-primary").click()
    page.wait_for_selector("[data-sitting-over]")


def answered(world: Centre, exam: int) -> list[int]:
    """Places of the answers the service has."""
    with world.look() as work:
        return list(work.session.scalars(select(SittingItem.place).join(Answer, Answer.item_id == SittingItem.id).join(
            Sitting, Sitting.id == SittingItem.sitting_id).where(Sitting.exam_id == exam).distinct().order_by(SittingItem.place)))


def marked(house: House, login: str, desk: str, points: int, count: int) -> None:
    """Somebody marks so many answers by keys."""
    page = house.window(login, desk)
    for left in range(count, 0, -1):
        before = page.locator("#mark-form input[name=answer]").get_attribute("value")
        assert "孟晓" not in page.locator("main").inner_text()
        page.keyboard.press(f"Digit{points}")
        page.keyboard.press("Enter")
        if left > 1:
            page.wait_for_function("(was) => document.querySelector('#mark-form input[name=answer]')?.value !== was", arg=before)
            page.wait_for_selector("html.km-ready")
        else:
            expect(page.locator("#mark-form")).to_have_count(0)


def scores(world: Centre, exam: int) -> dict[int, Any]:
    with world.look() as work:
        return dict(work.session.execute(select(Sitting.person_id, Sitting.score).where(Sitting.exam_id == exam)).all())


def test_an_exam_from_plan_to_release_and_appeal(house: House, steady: None) -> None:
    world = house.world
    in_chinese(world)
    exam = planned(house)
    world.drain(index=False)
    world.clock.move(hours=2, minutes=1)
    sat_by_agent(house, exam)
    hand_in(world, exam, "agent_b", [WRONG, "先 道歉，再说明到账时间。"])
    world.clock.move(days=5)
    settle(world, exam)
    with world.look() as work:
        question = work.session.scalars(select(PaperQuestion.question_id).where(PaperQuestion.place == 2)).one()
    desk = f"/training/marking/{exam}/questions/{question}"
    marked(house, "marker", desk, 1, 2)
    marked(house, "trainer", desk, 4, 2)  # a second person, who does not see the first mark
    with world.look() as work:
        assert sorted(work.session.scalars(select(Mark.part).where(Mark.part != "auto"))) == ["mark", "mark", "second", "second"]
    marked(house, "everything", desk, 2, 2)  # too far apart: a third person settles it
    assert scores(world, exam) == {world.people["agent"]: 6, world.people["agent_b"]: 2}
    page = house.window("trainer", f"/training/marking/{exam}/release")
    expect(page.locator("main")).to_contain_text("50 %")
    page.locator(".asks summary, button", has_text="发布成绩").first.click()
    page.locator("dialog[open] button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("已发布")
    world.drain(index=False)
    candidate = house.window("agent", "/training/marking/results")
    candidate.locator("[data-row] a", has_text="退款月考").click()
    candidate.wait_for_selector("html.km-ready")
    expect(candidate.locator("#q-2")).to_contain_text("先道歉，再说明。")  # the model answer, now that it may be seen
    candidate.locator("#q-2 summary", has_text="提出复议").click()
    candidate.locator("#q-2 textarea").fill("道歉和时限都写了，请再看。")
    candidate.locator("#q-2 form[action$='/appeal'] button").click()
    candidate.wait_for_url("**/appeals/*")
    world.drain(index=False)
    place = re.search(r"/training/marking/appeals/\d+", candidate.url)[0]  # type: ignore[index]
    judge = house.window("manager", place)
    judge.fill("#uphold input[name=points]", "4")
    judge.locator("#uphold form[method=get] button").click()
    expect(judge.locator(".mk-effect")).to_contain_text("影响2人")
    assert judge.locator(".mk-effect li").count() == 2
    judge.fill("#uphold textarea[name=reason]", "两点都写到了。")
    judge.locator("#uphold form[method=post] button").click()
    expect(judge.locator("main")).to_contain_text("两点都写到了。")
    world.drain(index=False)
    assert scores(world, exam) == {world.people["agent"]: 8, world.people["agent_b"]: 4}
    with world.look() as work:
        rows = [(one.cause, one.old, one.new, one.who_id) for one in work.session.scalars(select(ScoreChangeRow).order_by(
            ScoreChangeRow.id))]
    assert sorted(rows) == [("appeal", 2, 4, world.people["manager"]), ("same_answer", 2, 4, world.people["manager"])]
    for login in ("agent", "agent_b"):  # who contested it, and who wrote the same
        candidate = house.window(login, "/training/marking/results")
        candidate.locator("[data-row] a", has_text="退款月考").click()
        expect(candidate.locator("#q-2")).to_contain_text("2 → 4")
        expect(candidate.locator("#q-2")).to_contain_text("两点都写到了。")
    leader = house.window("team_leader", "/training/marking/team")
    leader.locator("[data-row] a", has_text="EX-").first.click()
    expect(leader.locator("main")).to_contain_text("孟晓")
    expect(leader.locator("main")).to_contain_text("通过")
