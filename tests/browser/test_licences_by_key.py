"""Licences, templates, merging and splitting by keys alone: a correction, a template, a merge and a split; no barriers."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.licences.usecases import grant
from kmsvc.knowledge.reshapes.usecases import plan_merge
from kmsvc.knowledge.templates.usecases import Written, add_template
from tests.browser.barriers import faults
from tests.browser.conftest import House
from tests.builders import make_article
from tests.support.centre import Centre

EDITOR = "knowledge_editor"


def text(world: Centre, article_id: int) -> str:
    with world.look() as work:
        version_id = work.get(Article, article_id).published_version_id
        return work.get(ArticleVersion, version_id).body if version_id else ""


def to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(120):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab reaches {selector}")


def test_a_contributor_corrects_by_keys_and_a_publisher_looks_at_it(house: House) -> None:
    world = house.world
    article = make_article(world, title="网关指示灯", body="红灯长亮时请重起网关。")
    with world.begin(EDITOR) as work:
        grant(work, world.people["agent"], "contributor", reason="会写", today=world.clock.today)
    world.drain()
    page = house.window("agent", f"/knowledge/articles/{article.id}")
    page.keyboard.press("m")
    expect(page.locator("textarea[name=body]")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("红灯长亮时请重启网关。")
    to(page, "textarea[name=note]")
    page.keyboard.insert_text("错别字")
    to(page, "button[name=at_once]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/knowledge/articles/{article.id}")
    assert text(world, article.id) == "红灯长亮时请重启网关。"
    page = house.window(EDITOR, "/knowledge/proposals?view=waiting")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".diff-doc ins")).to_have_text("重启")
    page.keyboard.press("y")
    expect(page.locator("h1")).to_contain_text("Looked at and left")


def test_a_new_article_begins_with_a_template_by_one_key(house: House) -> None:
    with house.world.begin(EDITOR) as work:
        add_template(work, Written(name="故障处理", body="## 现象 !\n// 客户怎么说\n## 步骤 !"))
    page = house.window(EDITOR, "/knowledge/articles/new")
    page.keyboard.press("1")
    expect(page.locator("textarea[name=body]")).to_have_value("## 现象\n## 步骤")
    expect(page.locator(".sections")).to_contain_text("客户怎么说")
    to(page, "input[name=title]")
    page.keyboard.insert_text("光猫红灯")
    page.keyboard.press("Control+Enter")
    expect(page.locator("input[name=anyway]")).to_be_visible()
    expect(page.locator("input[name=title]")).to_have_value("光猫红灯")


def test_two_articles_become_one_and_one_becomes_two_by_keys(house: House) -> None:
    world = house.world
    stays = make_article(world, title="退费", body="七天内全额退。\n\n超过七天转主管。")
    gone = make_article(world, title="退钱", body="七天内全额退。\n\n发票要交回。\n\n现金不退。")
    page = house.window(EDITOR, f"/knowledge/reshapes/merge?stays={stays.number}")
    expect(page.locator("input[name=others]")).to_be_focused()
    page.keyboard.insert_text(gone.number)
    to(page, "textarea[name=reason]")
    page.keyboard.insert_text("说的是一回事")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=picks]")).to_have_count(5)
    to(page, "main form button.btn-primary")
    page.keyboard.press("Enter")
    expect(page.locator(".hint.info")).to_be_visible()
    assert text(world, stays.id) == "七天内全额退。\n\n超过七天转主管。"
    to(page, "summary.btn-primary")
    page.keyboard.press("Enter")
    to(page, "details[open] button.btn-primary, dialog[open] button.btn-primary")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Published")
    assert "现金不退。" in text(world, stays.id) and text(world, gone.id) == ""
    page = house.window(EDITOR, f"/knowledge/reshapes/split?article={stays.number}")
    to(page, "select[name^=to-]")
    page.keyboard.press("ArrowDown")
    to(page, "input[name=title-1]")
    page.keyboard.insert_text("全额退费")
    to(page, "textarea[name=reason]")
    page.keyboard.insert_text("太长")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("In preparation")


def test_the_pages_have_no_barriers(house: House) -> None:
    world = house.world
    article = make_article(world, title="退费", body="七天内全额退。\n\n:::say\n好的\n:::")
    other = make_article(world, title="退钱", body="七天内全额退。\n\n发票要交回。")
    with world.begin(EDITOR) as work:
        grant(work, world.people["agent"], "candidate", reason="会写", today=world.clock.today)
        template = add_template(work, Written(name="故障处理", body="## 现象 !\n// 客户怎么说"))
        plan = plan_merge(work, article.id, [other.id], reason="一回事")
    page = house.window(EDITOR)
    paths = ["/knowledge/licences", f"/knowledge/licences/people/{world.people['agent']}", "/knowledge/licences/new",
             "/knowledge/proposals", "/knowledge/proposals/new", f"/knowledge/proposals/correct/{article.id}",
             "/knowledge/templates", f"/knowledge/templates/{template.id}", "/knowledge/templates/new",
             f"/knowledge/articles/new?template={template.id}", "/knowledge/reshapes", "/knowledge/reshapes/merge",
             f"/knowledge/reshapes/split?article={article.number}", f"/knowledge/reshapes/{plan.id}"]
    assert faults(page, paths, fits=True) == []
