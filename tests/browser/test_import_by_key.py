"""A sheet without headings, in the bytes of an old Excel, is brought in by keys alone: say what its columns are, look, let it happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from kmsvc.knowledge.articles.models import ArticleVersion
from tests.browser.conftest import House
from tests.support.chromium import axe_findings

ROWS = "宽带,怎么拆机？/我要拆宽带,带上身份证到营业厅办理。\n退费,怎么退费,三个工作日原路退回。\n退费,,没有问题的一行。\n"


def choose(page: Page, name: str, letters: str, shown: str) -> None:
    """Type the beginning of a choice into a select, as people do who use no mouse."""
    page.locator(f"select[name={name}]").focus()
    page.keyboard.type(letters)
    expect(page.locator(f"select[name={name}] option:checked")).to_have_text(shown)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (420, True)])
def test_a_bare_sheet_is_brought_in_by_keys(house: House, tmp_path: Path, width: int, dark: bool) -> None:
    sheet = tmp_path / "问答.csv"
    sheet.write_bytes(ROWS.encode("gbk"))
    page = house.window("knowledge_editor", "/knowledge/articles/import", width=width, dark=dark, language="en")
    page.set_input_files("input[name=file]", sheet)
    page.locator("input[name=file]").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#import-state .sumline")).to_be_visible()
    for name, letters, shown in (("s0-c0", "Ca", "Category"), ("s0-c1", "Qu", "Questions"), ("s0-c2", "An", "Answer text")):
        choose(page, name, letters, shown)
    expect(page.locator("#import-state tbody tr").first).to_contain_text("怎么拆机？")
    expect(page.locator("#import-state tbody tr").first).to_contain_text("我要拆宽带")
    expect(page.locator("#import-state tbody tr").nth(2)).to_contain_text("neither a title nor a question")
    expect(page.locator("#import-state[hx-get]")).to_have_count(0)
    assert page.evaluate("document.activeElement.name") == "s0-c2", "the keys stay where they were"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not axe_findings(page)
    page.locator("#import-state .seg a", has_text="Refused").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#import-state tbody tr")).to_have_count(1)
    page.locator("a[download]", has_text="XLSX").focus()
    with page.expect_download() as down:
        page.keyboard.press("Enter")
    assert down.value.suggested_filename.endswith(".xlsx")
    page.evaluate("document.querySelector('select[name=s0-c0]').value = 'tags'")  # chosen a moment before it is done
    page.locator("#import-state .btn-primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#import-columns [role=alert]")).to_contain_text("do not show yet")
    expect(page.locator("select[name=s0-c0]")).to_have_value("tags")
    page.evaluate("document.querySelector('select[name=s0-c0]').value = 'category'")
    page.locator("#import-state .btn-primary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#import-state")).to_contain_text("To the list")
    with house.world.look() as work:
        assert set(work.session.scalars(select(ArticleVersion.title).order_by(ArticleVersion.id))) == {"怎么拆机？", "怎么退费"}
