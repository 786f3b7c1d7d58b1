"""Articles from files: every row counted, every refused one named, twice is once, pictures kept with their article."""

from __future__ import annotations

import io
import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from sqlalchemy import func, select

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Picture, Section
from kmsvc.core.errors import InvalidInput
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.imports import Defaults, Report, content_of, import_articles
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.usecases import category_named, retire_article
from kmsvc.search.queries import ask
from tests.support.centre import Centre


def bring(world: Centre, *paths: Path, **more: Any) -> Report:
    return import_articles(world.db, world.actor("operator"), paths, Defaults(publish=True),
                           words=lambda text, params: text % dict(params) if params else text, **more)


def lines(folder: Path, *rows: Any) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows))
    return path


GOOD = {"external_id": "a-1", "title": "宽带退费", "body": "原路退回，五个工作日。", "category": "退费", "tags": ["宽带"]}


def test_r_u4_the_same_file_twice_makes_one_article_and_leaves_it_alone(world: Centre, tmp_path: Path) -> None:
    path = lines(tmp_path, GOOD)
    assert bring(world, path).as_json() | {"warnings": []} == {
        "read": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": [], "warnings": [], "stopped": False}
    again = bring(world, path)
    assert (again.created, again.unchanged) == (0, 1)
    changed = bring(world, lines(tmp_path, GOOD | {"body": "原路退回，三个工作日。"}))
    assert (changed.updated, changed.read) == (1, 1)
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Article)) == 1
        assert work.session.scalar(select(func.count()).select_from(ArticleVersion)) == 2


def test_bad_rows_are_refused_by_row_and_reason_and_the_others_are_kept(world: Centre, tmp_path: Path) -> None:
    early = {"external_id": "b", "title": "早结束", "body": "x", "valid_from": "2026-05-01", "valid_to": "2026-04-01"}
    whose = {"external_id": "c", "title": "谁的", "body": "x", "owner": "nobody"}
    report = bring(world, lines(tmp_path, GOOD, "not json", {"title": "空"}, GOOD, early, whose))
    assert report.created == 1 and report.read == 6
    assert sorted(one["row"] for one in report.rejected) == [2, 3, 4, 5, 6]
    assert all(one["reason"] and one["file"] == "rows.jsonl" for one in report.rejected)


def test_a_dry_run_counts_everything_and_keeps_nothing(world: Centre, tmp_path: Path) -> None:
    report = bring(world, lines(tmp_path, GOOD), dry_run=True)
    with world.look() as work:
        assert (report.created, work.session.scalar(select(func.count()).select_from(Article))) == (1, 0)


def test_what_was_imported_and_published_is_found_by_an_agent(world: Centre, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "停机保号.md").write_text("# 停机保号\n\n停机期间每月五元，满三个月可续。", encoding="utf-8")
    bring(world, tmp_path / "folder")
    world.drain()
    with world.look("agent") as work:
        answer = ask(work.session, world.engine, work.actor, text="停机保号每月多少", on=date(2026, 3, 2), lag_s=0)
    assert [one.card.title for one in answer.items] == ["停机保号"]


def test_pictures_of_a_document_are_handed_over_with_their_article(world: Centre, tmp_path: Path) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 20, 20)).save(drawn, "PNG")
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "装机流程图"
    slide.shapes.add_picture(drawn, Inches(1), Inches(1))
    slides.save(str(tmp_path / "a.pptx"))
    kept: list[tuple[int, Picture]] = []

    def keep(work: Work, article_id: int, picture: Picture) -> None:
        kept.append((article_id, picture))

    bring(world, tmp_path / "a.pptx", keep_picture=keep)
    with world.look() as work:
        body = work.session.scalars(select(ArticleVersion.body)).one()
    assert len(kept) == 1 and f"attachment:{kept[0][1].sha256}" in body


@pytest.mark.parametrize("name", ["x.exe", "x.xls", "missing.md"])
def test_a_file_that_holds_no_articles_is_refused_by_name(world: Centre, tmp_path: Path, name: str) -> None:
    if not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"MZ\x00\x01")
    report = bring(world, tmp_path / name)
    assert [one["file"] for one in report.rejected] == [name]


def test_a_name_that_is_too_long_is_refused_by_row_and_holds_up_no_other(world: Centre, tmp_path: Path) -> None:
    report = bring(world, lines(tmp_path, GOOD, GOOD | {"external_id": "a-2", "category": "类" * 201},
                                GOOD | {"external_id": "x" * 401}, GOOD | {"external_id": "a-4", "title": "别的"}))
    assert [one["row"] for one in report.rejected] == [2, 3] and report.created == 2
    assert "Category: " in report.rejected[0]["reason"] and "External id: " in report.rejected[1]["reason"], "as people call them"


def test_two_files_whose_long_paths_begin_alike_are_two_articles(world: Centre, tmp_path: Path) -> None:
    deep = tmp_path / "all" / ("夹" * 60) / ("层" * 60) / ("页" * 60)
    deep = deep / ("a" * 200) / ("b" * 120)
    deep.mkdir(parents=True)
    for name in ("一", "二"):
        (deep / f"{name}.md").write_text(f"# {name}\n\n正文{name}", encoding="utf-8")
    report = bring(world, tmp_path / "all")
    assert (report.created, report.updated, report.rejected) == (2, 0, [])
    assert bring(world, tmp_path / "all").unchanged == 2


def test_an_article_whose_picture_cannot_be_kept_is_counted_once_and_says_so(world: Centre, tmp_path: Path) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), (20, 200, 20)).save(drawn, "PNG")
    slides = Presentation()
    slide = slides.slides.add_slide(slides.slide_layouts[5])
    slide.shapes.title.text = "图"
    slide.shapes.add_picture(drawn, Inches(1), Inches(1))
    slides.save(str(tmp_path / "a.pptx"))

    def keep(work: Work, article_id: int, picture: Picture) -> None:
        raise Refused("empty")

    report = bring(world, tmp_path / "a.pptx", keep_picture=keep)
    assert (report.read, report.created, report.rejected) == (1, 1, [])
    assert any("a.pptx" in line for line in report.warnings)


def test_what_asks_to_stop_ends_the_import_between_batches_and_the_rest_comes_next_time(world: Centre, tmp_path: Path) -> None:
    path = lines(tmp_path, *(GOOD | {"external_id": f"n-{n}", "title": f"第{n}篇"} for n in range(250)))
    told: list[int] = []
    report = bring(world, path, progress=told.append, stopping=lambda: bool(told))
    assert report.stopped and (report.created, report.read) == (100, 100)
    rest = bring(world, path)
    assert not rest.stopped and (rest.unchanged, rest.created) == (100, 150)


def test_two_who_make_the_same_category_at_once_make_one(world: Centre) -> None:
    """The second one looks, or waits to write, while the first has not committed yet."""
    found: list[int] = []

    def second() -> None:
        with world.begin("knowledge_editor") as work:
            work.permit(EDIT_ARTICLE)
            category = category_named(work, "同一格")
            assert category is not None
            found.append(category.id)

    other = threading.Thread(target=second)
    with world.begin("knowledge_editor") as work:
        work.permit(EDIT_ARTICLE)
        first = category_named(work, "同一格")
        other.start()
        other.join(0.5)
    other.join(10)
    assert first is not None and found == [first.id]


def test_an_import_brings_no_retired_article_back_into_force(world: Centre, tmp_path: Path) -> None:
    """Whoever retired it gave a reason; the row is refused, changed or not, and a draft may still come in."""
    bring(world, lines(tmp_path, GOOD))
    with world.begin("knowledge_editor") as work:
        article = work.session.scalars(select(Article)).one()
        retire_article(work, article.id, reason="the rule is void")
    for row in (GOOD, GOOD | {"body": "原路退回，一个工作日。"}):
        report = bring(world, lines(tmp_path, row))
        assert (report.updated, report.unchanged) == (0, 0)
        [one] = report.rejected
        assert one["row"] == 1 and article.number in one["reason"] and "retired" in one["reason"]
    words = {"words": lambda text, params: text % dict(params) if params else text}
    kept = import_articles(world.db, world.actor("operator"), [lines(tmp_path, GOOD)], Defaults(), **words)
    assert (kept.unchanged, kept.rejected) == (1, [])
    kept = import_articles(world.db, world.actor("operator"), [lines(tmp_path, GOOD | {"body": "新。"})], Defaults(), **words)
    assert kept.updated == 1
    with world.look() as work:
        article = work.session.scalars(select(Article)).one()
        assert article.published_version_id is None and article.retired_at is not None


@pytest.mark.parametrize(("text", "day"), [
    ("2026年1月5日", date(2026, 1, 5)), ("2026-01-05", date(2026, 1, 5)), ("2026/1/5", date(2026, 1, 5)),
    ("2026.1.5", date(2026, 1, 5)), ("2026-01-05 00:00:00", date(2026, 1, 5)), ("２０２６-１-５", date(2026, 1, 5))])
def test_a_day_is_read_as_people_write_it(text: str, day: date) -> None:
    assert content_of(Section("t", "b", fields={"valid_from": text})).valid_from == day


@pytest.mark.parametrize(("field", "value"), [
    ("valid_from", "1899-12-31"), ("valid_to", "2201-01-01"), ("valid_to", "2026-02-30"), ("valid_to", "5 January"),
    ("valid_to", "2026-01-05x"), ("summary", "x" * 1001), ("tags", ["x" * 101]), ("aliases", ["x" * 201]),
    ("tags", [str(n) for n in range(51)])])
def test_the_bounds_of_an_import_are_those_of_the_form(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as told:
        content_of(Section("t", "b", fields={field: value}))
    assert list(told.value.fields) == [field]


def test_a_text_too_long_for_the_editor_is_refused() -> None:
    with pytest.raises(InvalidInput) as told:
        content_of(Section("t", "x" * 100_001))
    assert list(told.value.fields) == ["body"]


def test_a_sheet_with_several_questions_updates_what_had_the_whole_cell_as_its_title(world: Centre, tmp_path: Path) -> None:
    cell = "宽带怎么拆机？/我要拆宽带"
    bring(world, lines(tmp_path, {"external_id": f"faq.csv#{cell}", "title": cell, "body": "带上身份证。"}))
    sheet = tmp_path / "faq.csv"
    sheet.write_text(f"问题,答案\n{cell},带上身份证。\n", "utf-8")
    first, again = bring(world, sheet), bring(world, sheet)
    assert (first.created, first.updated) == (0, 1)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
