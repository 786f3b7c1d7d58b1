"""Lessons: an article or a set becomes one, read part by part with the words in force, as a file without secrets; a changed paragraph
waits to be looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.lessons import queries, usecases
from kmsvc.knowledge.lessons.queries import chapters_of
from kmsvc.knowledge.lessons.usecases import Draft
from kmsvc.markup.blocks import identify, split
from tests.builders import make_article, make_process
from tests.knowledge.test_citations import BODY, blocks, rewrite, told
from tests.support.centre import Centre

LONG = "# 改签\n\n先看票规。\n\n## 费用\n\n起飞前24小时收20元。\n\n## 时限\n\n起飞前两小时停止。\n\n:::secret\n内部口令\n:::"


def lesson(world: Centre, *refs: Ref, who: str = "trainer", title: str = "l") -> Any:
    with world.begin(who) as work:
        return usecases.make_lesson(work, Draft(title, "for newcomers", "zh_Hans_CN", None, refs))


def parts(world: Centre, row: Any, who: str = "trainer") -> list[tuple[str, str]]:
    with world.look(who) as work:
        return [(one.heading, one.number) for one in queries.parts_of(work.session, work.actor, row.id)]


def test_an_article_becomes_chapters_and_a_paragraph_a_part(world: Centre) -> None:
    one, two = make_article(world, title="改签", body=LONG, drain=True), make_article(world, title="退款", body=BODY, drain=True)
    row = lesson(world, Ref("article", two.id, blocks(world, two)["手续费"]), Ref("article", one.id))
    assert parts(world, row) == [("退款", two.number), ("改签", one.number), ("费用", one.number), ("时限", one.number)]
    with world.look("trainer") as work:
        found = queries.parts_of(work.session, work.actor, row.id)
        line = queries.lesson_line(work.session, work.actor, row.id)
        assert queries.minutes_of(found) == 1 and (line.parts, line.marked) == (2, 0)
        file = queries.as_markdown(line, found)
    assert "内部口令" not in file and "起飞前两小时停止" in file and file.startswith("# l\n\nfor newcomers")
    assert found[-1].secret is not None and "内部口令" in found[-1].secret.blocks[0][1], "a reader who may, reads it here"


def test_its_words_are_those_in_force_and_what_changed_is_to_be_looked_at(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    row = lesson(world, Ref("article", article.id, blocks(world, article)["手续费"]))
    rewrite(world, article, BODY.replace("20元", "30元"))
    with world.look("trainer") as work:
        part = queries.parts_of(work.session, work.actor, row.id)[0]
        assert "30元" in part.blocks[0].text and part.marked
        assert [one.id for one in queries.lesson_lines(work.session, work.actor, state="marked")] == [row.id]
    assert told(world, "trainer") == ["knowledge.citation.marked"]
    rewrite(world, article, "# 退款\n\n七天内全额退款。")
    assert parts(world, row) == [], "what is no longer there is not read"


def test_who_may_not_read_a_text_does_not_read_it_in_a_lesson(world: Centre) -> None:
    hidden = make_article(world, title="for b", body="b", unit="TEAM-B", drain=True)
    row = lesson(world, Ref("article", hidden.id), who="knowledge_editor")
    assert parts(world, row, "knowledge_editor") and parts(world, row, "class_teacher") == []
    with pytest.raises(InvalidInput):
        lesson(world, Ref("article", hidden.id))
    with pytest.raises(InvalidInput):
        lesson(world)
    for who in ("agent", "class_teacher", "manager"):
        with pytest.raises(NotPermitted):
            lesson(world, Ref("article", hidden.id), who=who)


def test_a_process_is_read_too(world: Centre) -> None:
    process = make_process(world, body="# 退款\n\n先核对。\n\n# 登记\n\n写下编号。", drain=True)
    row = lesson(world, Ref("process", process.id))
    assert [heading for heading, _ in parts(world, row)] == ["退款", "登记"]


def test_headings_without_words_join_the_next_chapter() -> None:
    found = chapters_of("t", identify(split("# A\n\n## B\n\nb\n\n### c\n\nd\n\n## E\n\ne"), [], seed="s"))
    assert [(heading, len(held)) for heading, held in found] == [("A", 5), ("E", 2)]
    assert list(chapters_of("t", identify(split("words"), [], seed="s")))[0][0] == "t" and list(chapters_of("t", [])) == []


def test_by_page_it_is_made_of_an_article_read_by_key_and_taken_away(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签", body=LONG, drain=True)
    trainer = client("trainer")
    page = trainer.get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert f"/knowledge/lessons/new?cites={article.number}" in page
    assert trainer.post("/knowledge/lessons", data={"title": "", "cites": article.number}).status_code == 422
    refused = trainer.post("/knowledge/lessons", data={"title": "kept words", "cites": "KB-9999"})
    assert refused.status_code == 422 and "kept words" in refused.get_data(as_text=True)
    answer = trainer.post("/knowledge/lessons", data={"title": "l", "cites": article.number, "language": "en"})
    assert answer.status_code == 303
    where = answer.headers["Location"]
    assert "Read through" in trainer.get(where).get_data(as_text=True)
    first = trainer.get(f"{where}/read").get_data(as_text=True)
    assert 'rel="next"' in first and 'data-key="n"' in first and "先看票规" in first
    last = trainer.get(f"{where}/read?part=99").get_data(as_text=True)
    assert "内部口令" in last and 'rel="prev"' in last and "Read to the end" in last
    assert trainer.get(f"{where}/file").headers["Content-Disposition"].endswith(".md")
    page = trainer.get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert "Cited by" in page and where in page
    assert "Cited by" not in client("agent").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert trainer.post(f"{where}/edit", data={"title": "m", "cites": article.number, "version": "77"}).status_code == 409
    assert trainer.post(f"{where}/remove", data={"reason": "r"}).status_code == 303
    assert client("class_teacher").get(where).status_code == 404 and trainer.get(where).status_code == 200
    assert trainer.post(f"{where}/restore").status_code == 303


def test_by_program_and_from_the_command_line(client: Callable, world: Centre, tmp_path: Any) -> None:
    article = make_article(world, title="改签", body=LONG, drain=True)
    trainer = client("trainer", by="token")
    made = trainer.post("/api/v1/knowledge/lessons", json={"title": "l", "cites": f"{article.number}"})
    assert made.status_code == 201
    card = trainer.get(made.headers["Location"]).json
    assert [one["heading"] for one in card["parts"]] == ["改签", "费用", "时限"] and card["minutes"] == 1

    def run(*words: str) -> Any:
        return CliRunner(env={"KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url}).invoke(
            knowledge, ["lessons", *words])
    found = json.loads(run("show", "LES-0001", "--json").stdout)
    assert [one["heading"] for one in found["parts"]] == ["改签", "费用", "时限"]
    target = tmp_path / "lesson.md"
    assert run("export", "LES-0001", str(target)).exception is None and "内部口令" not in target.read_text("utf-8")
    assert run("export", "LES-0001", str(target)).exception is not None
    assert run("make", "second", article.number, "--keeper", "trainer").exception is None
    assert "second" in run("list").stdout


def test_who_changes_a_lesson_loses_nothing_of_it_that_is_not_for_them(world: Centre) -> None:
    mine, two = make_article(world, title="改签", body=LONG), make_article(world, title="退款", body=BODY)
    theirs = make_article(world, title="二组的事", body=BODY, unit="TEAM-B", drain=True)
    row = lesson(world, Ref("article", mine.id), Ref("article", theirs.id), Ref("article", two.id), who="knowledge_editor")
    with world.begin("knowledge_editor") as work:
        usecases.change_lesson(work, row.id, Draft("l", "", "zh_Hans_CN", "trainer", [
            Ref("article", one.id) for one in (mine, theirs, two)]))
    assert theirs.number not in {number for _, number in parts(world, row)}
    with world.begin("trainer") as work:
        usecases.change_lesson(work, row.id, Draft("l2", "", "zh_Hans_CN", None, [Ref("article", two.id), Ref("article", mine.id)]))
    assert list(dict.fromkeys(number for _, number in parts(world, row, who="knowledge_editor"))) == [
        two.number, mine.number, theirs.number]
    with world.begin("trainer") as work:
        usecases.change_lesson(work, row.id, Draft("l3", "", "zh_Hans_CN", None, [Ref("article", mine.id)]))
    assert list(dict.fromkeys(number for _, number in parts(world, row, who="knowledge_editor"))) == [mine.number, theirs.number]
