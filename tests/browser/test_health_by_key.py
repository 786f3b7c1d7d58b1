"""Health by keys alone, in Chinese, on a narrow window: from a number of the board to the article and to many at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.core.events import Delivery
from kmsvc.knowledge.articles.usecases import Content, write_article
from kmsvc.knowledge.health.examining import examine_all
from kmsvc.knowledge.health.models import HealthSignRow
from kmsvc.knowledge.health.permissions import EXAMINE_HEALTH
from kmsvc.knowledge.health.rules import HealthSign
from kmsvc.people.system import SYSTEM
from tests.browser.conftest import Site
from tests.browser.test_lists_fit import actor
from tests.support.clock import ZONE


@pytest.mark.parametrize("width", [420, 1280])
def test_from_the_board_to_the_article_and_many_at_once(site: Site, width: int) -> None:
    with site.db.begin(actor(site, "knowledge_editor")) as work:
        for title in ("退费标准", "退费规定"):
            write_article(work, Content(title=title, body="七天内全额退款。"), category="退费", publish=True)
    examine_all(site.db, SYSTEM, ZONE)
    page = site.sign_in("knowledge_editor", language="zh_Hans_CN", width=width, height=860)
    page.goto("/knowledge/health")
    expect(page.locator("h1")).to_have_text("健康")
    for path in ("/knowledge/health", "/knowledge/health?by=category", "/knowledge/health/pairs", "/knowledge/health/acts"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("[...document.querySelectorAll('.panel, .seg')].every((it) => it.scrollWidth <= it.clientWidth)"), path
        assert page.evaluate("[...document.querySelectorAll('.seg a')].every((it) => it.getBoundingClientRect().right <= innerWidth)")
    page.goto("/knowledge/health")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/knowledge/health/articles?owner=*")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("button[value=review]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("设置评审日期")
    page.locator("input[name=review_on]").fill("2027-01-04")
    page.locator("textarea[name=reason]").fill("年度盘点")
    page.locator("button[value='0']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("将修改1篇。")).to_be_visible()
    expect(page.locator("textarea[name=reason]")).to_have_value("年度盘点")
    page.locator("button[value='1']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/knowledge/health/acts")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.goto("/knowledge/health/articles?sign=no_review")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/knowledge/health/articles/*")
    expect(page.locator("#no_review")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_the_board_fits_a_desk_with_every_sign_there_is(site: Site, language: str) -> None:
    with site.db.begin(actor(site, "knowledge_editor")) as work:
        article = write_article(work, Content(title="退费标准", body="七天内全额退款。"), category="退费", publish=True)
    page = site.sign_in("knowledge_editor", language=language, width=1280, height=860)
    while _under_way(site):  # the worker looks at the article too, and takes away what it does not see
        page.wait_for_timeout(50)
    with site.db.begin(SYSTEM) as work:
        work.permit(EXAMINE_HEALTH)
        kept = set(work.session.scalars(select(HealthSignRow.sign).where(HealthSignRow.article_id == article.id)))
        work.session.add_all(HealthSignRow(article_id=article.id, sign=sign, key="k", figure=1, rows=[], since=work.now)
                             for sign in HealthSign if sign not in kept)
    page.goto("/knowledge/health")
    expect(page.locator("tr[data-row] .signs a")).to_have_count(len(HealthSign))
    assert page.evaluate("[...document.querySelectorAll('.panel')].every((it) => it.scrollWidth <= it.clientWidth)")


def _under_way(site: Site) -> bool:
    with site.db.look(SYSTEM) as work:
        return work.session.scalar(select(Delivery.id).where(Delivery.state == "pending").limit(1)) is not None
