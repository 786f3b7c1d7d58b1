"""The file of an export reaches the person who asked for it: noted and downloaded, never one without the other."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from kmsvc.knowledge.articles.usecases import Content, write_article
from kmsvc.knowledge.exports.models import ArticleExport
from tests.browser.conftest import Site
from tests.browser.test_lists_fit import actor


def test_an_export_asked_for_by_keys_comes_down_as_a_file(site: Site, tmp_path: Path) -> None:
    with site.db.begin(actor(site, "knowledge_editor")) as work:
        write_article(work, Content(title="退费标准", body="七天内全额退款。"), category="退费", publish=True)
    page = site.sign_in("knowledge_editor", language="zh_Hans_CN", width=1280, height=860)
    page.goto("/knowledge/exports")
    page.fill("[name=reason]", "交给审核员")
    with page.expect_download() as waiting:
        page.keyboard.press("Control+Enter")
    waiting.value.save_as(tmp_path / "articles.jsonl")
    assert json.loads((tmp_path / "articles.jsonl").read_text().splitlines()[0])["title"] == "退费标准"
    with site.db.look(actor(site, "knowledge_editor")) as work:
        assert work.session.scalars(select(ArticleExport.reason)).all() == ["交给审核员"]
    page.goto("/knowledge/exports")
    assert "交给审核员" in page.locator("main").inner_text()
