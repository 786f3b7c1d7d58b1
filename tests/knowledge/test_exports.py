"""Articles leave as a file that brings them in again unchanged; every file is noted, and secret text goes whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from openpyxl import load_workbook
from sqlalchemy import select

from kmsvc.convert.columns import code_of
from kmsvc.core.api import IdempotentAnswer
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.knowledge.articles.import_jobs import words_in
from kmsvc.knowledge.articles.imports import Defaults, Report, import_articles
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, take_in
from kmsvc.knowledge.exports.models import ArticleExport
from kmsvc.knowledge.exports.rules import COLUMNS, HEADINGS, own_number
from kmsvc.knowledge.exports.usecases import make_file, note_export
from kmsvc.process.definitions.rules import ProcessGroup
from tests.builders import make_article, make_change, make_process
from tests.support.centre import Centre
from tests.support.pages import problems

HOME = "kms.example"
RICH = {"body": "# 一\n\n:::say\n您好，三天。\n:::\n\n| a | b |\n| --- | --- |\n| 1 | =2+3 |", "summary": "三天退回，“加急”一天",
        "tags": ("退费", "资费"), "aliases": ("怎么退费", "退款，多久？"), "language": "zh_Hans_CN", "confidentiality": "internal"}


@dataclass(frozen=True)
class Exported:
    """A file with the row that notes it."""

    row: ArticleExport
    data: bytes


def taken(world: Centre, who: str = "knowledge_editor", form: str = "jsonl", **more: Any) -> Exported:
    with world.look(who) as work:
        made = make_file(work, form=form, home=HOME, today=world.clock.today, **more)
    with world.begin(who) as work:
        return Exported(note_export(work, made, "a copy for the new site"), made.data)


def brought_in(world: Centre, folder: Path, made: Exported) -> Report:
    file = folder / f"articles.{made.row.form}"
    file.write_bytes(made.data)
    return import_articles(world.db, world.actor("knowledge_editor"), [file], Defaults(publish=True, home=HOME),
                           words=lambda source, params: source % dict(params) if params else source)


def texts(world: Centre) -> list[tuple[Any, ...]]:
    with world.look() as work:
        return [tuple(row) for row in work.session.execute(
            select(Article.number, Article.owner_id, Article.category_id, ArticleVersion.content_hash, ArticleVersion.aliases)
            .join(ArticleVersion, ArticleVersion.id == Article.published_version_id).order_by(Article.id))]


@pytest.mark.parametrize("form", ["jsonl", "xlsx", "csv"])
def test_what_left_comes_in_again_and_changes_nothing(world: Centre, tmp_path: Path, form: str) -> None:
    make_article(world, title="退费标准", category="资费", valid_from=world.clock.today, **RICH)
    make_article(world, title="改约", category="上门")
    with world.begin("knowledge_editor") as work:
        take_in(work, Content(title="外来", body="正文"), external_id="old/7", category=None, owner_id=None, publish=True)
    before = texts(world)
    made = taken(world, form=form)
    assert made.row.articles == 3 and made.row.left_out == 0
    report = brought_in(world, tmp_path, made)
    assert (report.read, report.unchanged, report.rejected) == (3, 3, []) and texts(world) == before


def test_what_was_changed_in_the_file_changes_the_same_article(world: Centre, tmp_path: Path) -> None:
    article = make_article(world, title="退费标准", **RICH)
    made = taken(world)
    row = json.loads(made.data) | {"title": "退费标准（新）"}
    report = brought_in(world, tmp_path, Exported(made.row, json.dumps(row, ensure_ascii=False).encode()))
    assert report.updated == 1 and [one[0] for one in texts(world)] == [article.number]


def test_an_article_that_follows_a_process_is_left_alone_unless_the_file_changes_it(world: Centre, tmp_path: Path) -> None:
    make_change(world, step=9, process=make_process(world))
    world.drain()
    made = taken(world)
    assert made.row.articles == 1
    assert brought_in(world, tmp_path, made).unchanged == 1
    row = json.loads(made.data) | {"body": "别的"}
    refused = brought_in(world, tmp_path, Exported(made.row, json.dumps(row, ensure_ascii=False).encode()))
    assert len(refused.rejected) == 1 and "follows a process" in refused.rejected[0]["reason"]


def test_another_centres_numbers_are_not_taken_for_ours(world: Centre, tmp_path: Path) -> None:
    make_article(world, title="退费标准")
    made = taken(world)
    row = json.loads(made.data)
    assert row["external_id"] == f"{HOME}/KB-0001" and own_number(row["external_id"], "other.example") is None
    row |= {"external_id": "other.example/KB-0001", "title": "别家的退费"}
    report = brought_in(world, tmp_path, Exported(made.row, json.dumps(row, ensure_ascii=False).encode()))
    assert report.created == 1 and len(texts(world)) == 2


def test_secret_text_goes_whole_by_its_own_word_or_not_at_all(world: Centre, tmp_path: Path) -> None:
    make_article(world, title="公开", body="一")
    make_article(world, title="块", body="二\n\n:::secret\n底线五十元\n:::")
    make_article(world, title="全", body="三", confidentiality="secret")
    plain, whole = taken(world), taken(world, secret=True)
    assert (plain.row.articles, plain.row.left_out) == (1, 2) and "底线" not in plain.data.decode()
    assert whole.row.articles == 3 and whole.row.secret and "底线五十元" in whole.data.decode()
    assert brought_in(world, tmp_path, whole).unchanged == 3


def test_every_file_is_noted_with_reason_and_digest_and_in_the_trail(world: Centre) -> None:
    make_article(world, title="公开")
    made = taken(world, category="没有")
    assert made.data == b"" and made.row.articles == 0
    with world.look() as work:
        row = work.session.scalars(select(ArticleExport)).one()
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "knowledge_export")).one()
    assert row.sha256 == hashlib.sha256(b"").hexdigest() and row.reason == entry.reason == "a copy for the new site"


@pytest.mark.parametrize("who", ["agent", "auditor", "admin", "business_owner"])
def test_who_keeps_no_articles_takes_none_away(world: Centre, who: str) -> None:
    with pytest.raises(NotPermitted):
        taken(world, who)
    with world.look() as work:
        assert work.session.scalars(select(ArticleExport)).all() == []


def test_a_workbook_that_cannot_hold_a_text_is_refused_and_not_noted(world: Centre) -> None:
    make_article(world, title="长", body="字" * 40_000)
    with pytest.raises(InvalidInput) as refused:
        taken(world, form="xlsx")
    assert "KB-0001" in str(refused.value.fields) and taken(world).row.articles == 1
    with world.look() as work:
        assert len(work.session.scalars(select(ArticleExport)).all()) == 1


def test_the_page_gives_the_file_and_lists_it(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", **RICH)
    caller = client("knowledge_editor")
    answer = caller.post("/knowledge/exports", data={"reason": "新站点", "form": "xlsx"})
    assert answer.status_code == 200 and ".xlsx" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert [cell.value for cell in sheet[2]][:2] == [f"{world.settings.base_url.partition('//')[2]}/KB-0001", "退费标准"]
    page = caller.get("/knowledge/exports").get_data(as_text=True)
    assert not problems(page) and "新站点" in page
    again = caller.post("/knowledge/exports", data={"form": "csv", "category": "资费"})
    assert again.status_code == 422 and not problems(again.get_data(as_text=True))
    seen = client("auditor").get("/knowledge/exports").get_data(as_text=True)
    assert "新站点" in seen and "<form class=\"form\"" not in seen


def test_a_program_gets_the_rows_and_the_list(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", **{**RICH, "body": "一行\u2028分成两行\u0085三行"})
    caller = client("manager", by="token")
    made = caller.post("/api/v1/knowledge/exports", json={"reason": "copy"}, headers={"Idempotency-Key": "k"})
    with world.look() as work:
        assert "分成两行" not in str(work.session.execute(select(IdempotentAnswer.__table__)).all())
    assert made.status_code == 200 and made.json["articles"] == 1 and made.json["rows"][0]["title"] == "退费标准"
    listed = caller.get("/api/v1/knowledge/exports?q=cop").json["items"]
    assert [one["sha256"] for one in listed] == [made.json["sha256"]]
    assert caller.post("/api/v1/knowledge/exports", json={}).status_code == 422


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_the_headings_of_a_sheet_are_those_the_import_reads(language: str) -> None:
    words = words_in(language)
    assert {name: code_of(words(heading, {}), "articles") for name, heading in HEADINGS.items()} == {name: name for name in COLUMNS}


def test_the_form_and_the_list_call_categories_by_name(client: Callable, world: Centre) -> None:
    """The category of an article that follows a process is the code of its group; people read the word of it."""
    group = list(ProcessGroup)[0]
    make_article(world, title="退费标准", **RICH | {"category": group.value})
    caller = client("knowledge_editor")
    caller.post("/knowledge/exports", data={"reason": "copy", "form": "csv", "category": group.value})
    page = caller.get("/knowledge/exports").get_data(as_text=True)
    assert f'<option value="{group.value}">{escape(group.label)}</option>' in page and f"<td>{escape(group.label)}" in page
    assert group.label.encode() in caller.get("/knowledge/exports?format=csv").data
