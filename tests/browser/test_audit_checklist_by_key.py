"""An auditor goes through a checklist by keyboard alone: open, judge, the next one opens by itself; what is refused stays typed. E9."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.operations.setup import install_standards
from kmsvc.standards.audits import auditing, planning
from kmsvc.standards.audits.models import CheckPoint, Engagement
from kmsvc.standards.audits.planning import Staffing
from tests.browser.conftest import House


def test_an_auditor_judges_a_checklist_without_the_mouse(house: House) -> None:
    world = house.world
    today = world.clock.today
    install_standards(world.db)
    with world.begin("compliance") as work:
        programme = planning.begin_programme(work, year=today.year, title="年度内审").id
    with world.begin("manager") as work:
        planning.approve_programme(work, programme)
    with world.begin("compliance") as work:
        planning.activate_programme(work, programme)
        one = work.session.scalars(select(Engagement.id).where(Engagement.subject == "security").order_by(Engagement.id)).one()
        planning.staff(work, one, Staffing(world.people["auditor"], [], world.people["supervisor"], today, today))
    with world.begin("auditor") as work:
        auditing.start(work, one)
    page = house.window("auditor", f"/standards/audits/{one}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    question = page.locator("dialog[open]")
    result = question.locator("select[name=result]")
    expect(result).to_be_focused()
    result.select_option("fails")
    page.keyboard.press("Control+Enter")
    expect(question.locator(".hint.bad")).to_be_visible()
    expect(question.locator("select[name=result]")).to_have_value("fails")
    question.locator("textarea").focus()
    page.keyboard.type("抽查8份，1份没有签字")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"\?point=\d+$"))
    expect(question.locator("select[name=result]")).to_be_focused()
    question.locator("select[name=result]").select_option("conforms")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(rf"/audits/{one}#point-\d+$"))
    with world.look() as work:
        held = work.session.execute(select(CheckPoint.result, CheckPoint.note).where(CheckPoint.engagement_id == one).order_by(
            CheckPoint.place)).all()
    assert [tuple(row) for row in held] == [("fails", "抽查8份，1份没有签字"), ("conforms", None)]
