"""Templates of articles: what a new article begins with, what may not stay empty, on every door."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken, Stale
from kmsvc.knowledge.articles import acts
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.schemas import ArticleInput
from kmsvc.knowledge.articles.usecases import Content, edit_article, publish_article
from kmsvc.knowledge.tables.taking import read_rows, take_rows
from kmsvc.knowledge.templates.models import Template
from kmsvc.knowledge.templates.queries import offered, template_page
from kmsvc.knowledge.templates.rows import TEMPLATES
from kmsvc.knowledge.templates.rules import blank_of, empty_sections, opening_hint, sections_of
from kmsvc.knowledge.templates.usecases import (
    Written,
    add_template,
    change_template,
    restore_template,
    retire_template,
)
from tests.support.centre import Centre

EDITOR = "knowledge_editor"
FAULT = """// 一篇只写一种故障。
## 现象 !
// 客户怎么说，灯是什么颜色
## 处理步骤！
:::say
您好，
:::
### 上门
## 备注"""


def add(world: Centre, name: str = "故障", body: str = FAULT, **more: Any) -> Template:
    with world.begin(EDITOR) as work:
        return add_template(work, Written(name=name, body=body, **more))


def write(world: Centre, template: Template, body: str, *, publish: bool = False) -> Article:
    with world.begin(EDITOR) as work:
        return acts.write(work, ArticleInput().load({"title": "光猫红灯", "body": body, "template": template.id, "publish": publish}))


def test_a_template_says_what_stands_where_and_its_hints_are_for_the_writer_alone() -> None:
    first, second, deeper, last = sections_of(FAULT)
    assert (first.words, first.needed, first.hint) == ("现象", True, "客户怎么说，灯是什么颜色")
    assert (second.words, second.needed, deeper.depth, last.needed) == ("处理步骤", True, 3, False)
    assert opening_hint(FAULT) == "一篇只写一种故障。"
    assert blank_of(FAULT) == "## 现象\n## 处理步骤\n:::say\n您好，\n:::\n### 上门\n## 备注"


@pytest.mark.parametrize(("body", "empty"), [
    (blank_of(FAULT), ("现象", "处理步骤")), ("## 现象\n红灯\n## 处理步骤\n### 上门\n派单", ()), ("## 1. 现象\n红灯", ("处理步骤",)),
    ("## 现象\n红灯\n## 处理步骤\n:::say\n\n:::", ("处理步骤",)), ("## 现象\n红灯\n## 处理步骤\n:::say\n您好，请看灯\n:::", ())])
def test_a_section_is_empty_when_it_is_missing_or_says_no_more_than_the_template(body: str, empty: tuple[str, ...]) -> None:
    assert empty_sections(FAULT, body) == empty


def test_only_who_keeps_templates_writes_them_and_the_trail_has_each_change(world: Centre) -> None:
    row = add(world)
    for login in ("agent", "process_manager", "admin"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            add_template(work, Written(name="x", body="y"))
    with pytest.raises(InvalidInput):
        add(world)
    with world.begin(EDITOR) as work:
        change_template(work, row.id, Written(name="故障", body=FAULT, strict=True), version=row.version)
    with pytest.raises(Stale), world.begin(EDITOR) as work:
        change_template(work, row.id, Written(name="故障", body="x"), version=row.version - 1)
    with world.look() as work:
        acts_ = [one.act for one in work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "knowledge_template").order_by(
            AuditEntry.seq))]
    assert acts_ == ["insert", "update"]


def test_a_strict_template_keeps_an_empty_section_from_readers_on_every_way(world: Centre) -> None:
    row = add(world, strict=True, review_months=6)
    with pytest.raises(RuleBroken):
        write(world, row, blank_of(FAULT), publish=True)
    article = write(world, row, blank_of(FAULT))
    assert article.review_on is not None
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        publish_article(work, article.id)
    with pytest.raises(RuleBroken), world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="t", body="## 现象\n红灯"), publish=True)
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="t", body="## 现象\n红灯\n## 处理步骤\n派单"), publish=True)
    with world.look() as work:
        assert work.get(ArticleVersion, work.get(Article, article.id).published_version_id).title == "t"


def test_one_that_warns_lets_it_pass_and_a_retired_one_is_not_offered(world: Centre) -> None:
    row = add(world)
    assert write(world, row, blank_of(FAULT), publish=True).published_version_id is not None
    with world.begin(EDITOR) as work:
        retire_template(work, row.id, reason="换了新的")
    with world.look(EDITOR) as work:
        assert offered(work.session, "zh_Hans_CN") == []
        assert [one.used for one in template_page(work.session, state="retired")[0]] == [1]
    with pytest.raises(InvalidInput):
        write(world, row, "b")
    with world.begin(EDITOR) as work:
        restore_template(work, row.id)
    with world.look(EDITOR) as work:
        assert [one.name for one in offered(work.session, "en")] == ["故障"]


def test_a_list_taken_out_comes_back_and_twice_changes_nothing(world: Centre, tmp_path: Path) -> None:
    add(world, case_kind="家庭宽带", strict=True, review_months=6)
    with world.look(EDITOR) as work:
        row = TEMPLATES.lines(work, str, lambda at: at)[0]
    import csv
    out = io.StringIO()
    csv.writer(out).writerows([["名称", "语言", "业务情形", "用途", "正文", "分类", "保密级别", "复审周期", "必填"], list(row),
                               ["FAQ", "en", "", "", "## Question !", "", "", "", ""],
                               ["X", "en", "", "", "## Question !", "", "", "9" * 5000, ""]])
    path = tmp_path / "list.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    for expected in (["unchanged", "created", "rejected"], ["unchanged", "unchanged", "rejected"]):
        tables, notices = read_rows(path, path.name, TEMPLATES)
        report = take_rows(world.db, world.actor(EDITOR), TEMPLATES, tables, notices, path.name)
        assert [one.outcome for one in report.results] == expected, [one.reasons for one in report.results]


def test_the_form_of_a_new_article_offers_templates_and_asks_once_about_what_is_empty(world: Centre, client: Any) -> None:
    row = add(world)
    browser = client(EDITOR)
    page = browser.get("/knowledge/articles/new").get_data(as_text=True)
    assert f"/knowledge/articles/new?template={row.id}" in page
    page = browser.get(f"/knowledge/articles/new?template={row.id}").get_data(as_text=True)
    assert "客户怎么说，灯是什么颜色" in page and "## 处理步骤" in page
    sent = {"title": "光猫红灯", "body": "## 现象\n红灯", "template": str(row.id), "publish": "1"}
    again = browser.post("/knowledge/articles/new", data=sent)
    assert again.status_code == 422 and 'name="anyway"' in again.get_data(as_text=True)
    assert browser.post("/knowledge/articles/new", data=sent | {"anyway": "false"}).status_code == 422
    assert browser.post("/knowledge/articles/new", data=sent | {"publish": "false"}).status_code == 303, "a draft may be empty"
    assert browser.post("/knowledge/articles/new", data=sent | {"anyway": "1"}).status_code == 303


def test_all_that_does_not_fit_is_told_at_once(world: Centre, client: Any) -> None:
    row = add(world, strict=True)
    sent = {"title": "", "body": "## 现象\n红灯", "template": str(row.id), "publish": "1", "tags": "长" * 101,
            "valid_from": "2026-12-31", "valid_to": "2026-01-01"}
    answer = client(EDITOR).post("/knowledge/articles/new", data=sent)
    assert answer.status_code == 422
    assert [one for one in ("title", "body", "tags", "valid_to") if f'id="{one}-error"' not in answer.text] == []
