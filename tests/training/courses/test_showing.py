"""What a lesson shows is what its reader may read now: articles, processes and knowledge lessons in force, cut to their level."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.knowledge.citations.keeping import Ref
from kmsvc.knowledge.lessons.usecases import Draft, make_lesson
from kmsvc.training.courses import learning, showing
from kmsvc.training.courses.rules import LessonDraft
from tests.builders import make_article, make_process
from tests.knowledge.test_citations import BODY, blocks, rewrite
from tests.knowledge.test_lessons import LONG
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.courses.makers import published


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Iterator[None]:
    """Labels above blocks are said in a language."""
    with app.test_request_context():
        yield


def drawn(world: Centre, who: str, kind: str, content: dict[str, object]) -> showing.Drawn:
    with world.look(who) as work:
        return showing.drawn(work, kind, "t", content)


def test_articles_paragraphs_and_processes_are_read_as_they_are_in_force(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    process = make_process(world, body="# 核对\n\n先核对。", drain=True)
    whole, part = [["article", article.id, None]], [["article", article.id, blocks(world, article)["手续费"]]]
    assert "七天内" in drawn(world, "agent", "article", {"cites": whole}).parts[0].html
    one = drawn(world, "agent", "article", {"cites": part}).parts[0].html
    assert "手续费20元" in one and "七天内" not in one
    rewrite(world, article, BODY.replace("20元", "30元"))
    assert "手续费30元" in drawn(world, "agent", "article", {"cites": part}).parts[0].html
    assert "先核对" in drawn(world, "agent", "process", {"cites": [["process", process.id, None]]}).parts[0].html


def test_what_is_not_for_a_reader_is_not_shown_and_said_to_be_left_out(world: Centre) -> None:
    hidden = make_article(world, title="b", body="只给二组", unit="TEAM-B", drain=True)
    view = drawn(world, "agent", "article", {"cites": [["article", hidden.id, None]]})
    assert view.gone and not view.parts
    assert drawn(world, "agent_b", "article", {"cites": [["article", hidden.id, None]]}).parts


def test_a_knowledge_lesson_is_a_lesson_of_a_course(world: Centre) -> None:
    article = make_article(world, title="改签", body=LONG, drain=True)
    with world.begin("trainer") as work:
        lesson = make_lesson(work, Draft("l", "", "zh_Hans_CN", None, [Ref("article", article.id)]))
    view = drawn(world, "agent", "lesson", {"lesson_id": lesson.id})
    assert [one.title for one in view.parts] == ["改签", "费用", "时限"]
    assert "内部口令" not in "".join(one.html for one in view.parts), "an agent reads no secret"
    assert drawn(world, "agent", "lesson", {"lesson_id": 999}).gone


def test_secret_words_in_a_lesson_are_noted_for_who_may_read_them(world: Centre, client: Callable[..., Caller]) -> None:
    article = make_article(world, title="改签", body=LONG, drain=True)
    course, ids = published(world, LessonDraft("article", "a", True, 5, {"cites": [["article", article.id, None]]}))
    for who, sees in (("trainer", True), ("agent", False)):
        with world.begin(who) as work:
            attempt = learning.begin_course(work, course.id)
        page = client(who).get(f"/training/learning/attempts/{attempt.id}/lessons/{ids[0]}").get_data(as_text=True)
        assert ("内部口令" in page) is sees, who
    with world.look() as work:
        assert {row.person_id for row in work.session.scalars(select(AccessEntry))} == {world.people["trainer"]}
