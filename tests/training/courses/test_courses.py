"""Courses: written in a draft, published for good, kept by who began them; lessons that cite are marked and no others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.citations.citing import marked_among
from kmsvc.training.courses import rules, usecases
from kmsvc.training.courses.citing import COURSE_LESSON
from kmsvc.training.courses.models import Course, CourseText, CourseVersion
from kmsvc.training.courses.rules import LessonDraft
from kmsvc.training.courses.usecases import CourseDraft
from tests.builders import make_article
from tests.knowledge.test_citations import BODY, blocks, rewrite, told
from tests.support.centre import Centre
from tests.training.courses.makers import a_course, add, publish, text_lesson


def outline(world: Centre, course: Any) -> list[tuple[str, list[str]]]:
    with world.look("trainer") as work:
        row = work.get(Course, course.id)
        version = work.get(CourseVersion, row.draft_version_id or row.published_version_id)
        held = usecases.texts_of(work.session, version.outline)
        return [(one["title"], [held[its].title for its in one["texts"]]) for one in version.outline]


def arranged(world: Centre, course: Any, act: str, **what: Any) -> list[tuple[str, list[str]]]:
    with world.begin("trainer") as work:
        usecases.arrange(work, course.id, act, **what)
    return outline(world, course)


def test_chapters_and_lessons_stand_in_the_order_somebody_gave_them(world: Centre) -> None:
    course = a_course(world)
    arranged(world, course, "add_chapter", title="一")
    arranged(world, course, "add_chapter", title="二")
    first, second = add(world, course, text_lesson("a")), add(world, course, text_lesson("b"))
    assert outline(world, course) == [("一", ["a", "b"]), ("二", [])]
    assert arranged(world, course, "lesson_down", lesson=first.lesson_id) == [("一", ["b", "a"]), ("二", [])]
    assert arranged(world, course, "lesson_down", lesson=first.lesson_id) == [("一", ["b"]), ("二", ["a"])]
    assert arranged(world, course, "lesson_up", lesson=first.lesson_id) == [("一", ["b", "a"]), ("二", [])]
    assert arranged(world, course, "chapter_down", chapter=1) == [("二", []), ("一", ["b", "a"])]
    assert arranged(world, course, "rename_chapter", chapter=1, title="三")[0][0] == "三"
    with pytest.raises(RuleBroken):
        arranged(world, course, "remove_chapter", chapter=2)
    assert arranged(world, course, "remove_chapter", chapter=1) == [("一", ["b", "a"])]
    assert arranged(world, course, "remove_lesson", lesson=second.lesson_id) == [("一", ["a"])]
    for wrong in ({"act": "lesson_up", "lesson": second.lesson_id}, {"act": "chapter_up", "chapter": 9}, {"act": "add_chapter"}):
        with pytest.raises(InvalidInput):
            arranged(world, course, **wrong)


@pytest.mark.parametrize(("chapters", "said"), [
    ([], "at least one lesson"), ([("c", [])], "at least one lesson"),
    ([("c", [text_lesson("a", required=False)])], "must be required"),
    ([("c", [text_lesson("a")]), ("d", [])], "no lesson"),
    ([("c", [text_lesson("a", body=" ")])], "no text yet"),
    ([("c", [LessonDraft("article", "a", True, 1, {})])], "names no text"),
    ([("c", [LessonDraft("video", "a", True, 1, {})])], "no file"),
    ([("c", [LessonDraft("package", "a", True, 1, {})])], "no package"),
    ([("c", [LessonDraft("link", "a", True, 1, {})])], "no address")])
def test_what_is_not_whole_is_not_published(chapters: Any, said: str) -> None:
    assert any(said in one for _, one in rules.problems(chapters))


def test_a_whole_course_has_no_problems() -> None:
    assert rules.problems([("c", [text_lesson("a"), LessonDraft("link", "b", False, 1, {"url": "https://x.test"})])]) == []


def test_what_is_published_never_changes_and_the_next_version_is_another_row(world: Centre) -> None:
    course = a_course(world)
    with pytest.raises(RuleBroken):
        publish(world, course)
    lesson = add(world, course, text_lesson("a", body="旧"))
    publish(world, course)
    with world.begin("trainer") as work:
        usecases.change_lesson(work, course.id, lesson.lesson_id, text_lesson("a", body="新"))
    with world.look("trainer") as work:
        row = work.get(Course, course.id)
        old, new = work.get(CourseVersion, row.published_version_id), work.get(CourseVersion, row.draft_version_id)
        assert (old.label, new.label) == (1, 2)
        assert work.get(CourseText, old.outline[0]["texts"][0]).content["body"] == "旧"
        assert work.get(CourseText, new.outline[0]["texts"][0]).content["body"] == "新"
        held = (old.id, old.outline[0]["texts"][0])
    for table, one, column in (("training_course_version", held[0], "title"), ("training_course_text", held[1], "title")):
        for statement in (f"UPDATE {table} SET {column} = 'x' WHERE id = {one}", f"DELETE FROM {table} WHERE id = {one}"):
            with pytest.raises(DBAPIError), world.db.engine.begin() as raw:
                raw.execute(text(statement))


def test_a_draft_beside_the_published_version_can_be_left(world: Centre) -> None:
    course = a_course(world)
    add(world, course, text_lesson("a"))
    publish(world, course)
    with pytest.raises(RuleBroken):
        publish(world, course)
    arranged(world, course, "add_chapter", title="二")
    with world.begin("trainer") as work:
        usecases.discard_draft(work, course.id)
    assert [title for title, _ in outline(world, course)] == ["课程"]
    with world.begin("trainer") as work:
        usecases.change_course(work, course.id, CourseDraft("课程", "讲什么", None, 30, elective=False))
    with world.look("trainer") as work:
        assert work.get(Course, course.id).draft_version_id is None, "whether it is elective is no word of a version"


def test_a_changed_paragraph_marks_exactly_the_lessons_that_cite_it(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    ids = blocks(world, article)
    course = a_course(world)
    citing = {name: add(world, course, LessonDraft("article", name, True, 5, {"cites": [["article", article.id, ids[name]]]}))
              for name in ("手续费", "七天内")}
    whole = add(world, course, text_lesson("t"))
    publish(world, course)
    rewrite(world, article, BODY.replace("20元", "30元"))
    world.drain()
    with world.look("trainer") as work:
        every = [one.lesson_id for one in (*citing.values(), whole)]
        assert marked_among(work.session, COURSE_LESSON, every) == {citing["手续费"].lesson_id}
    assert told(world, "trainer") == ["knowledge.citation.marked"]


def test_a_lesson_that_was_removed_or_retired_cites_nothing_any_more(world: Centre) -> None:
    article = make_article(world, title="退款", body=BODY, drain=True)
    course = a_course(world)
    cited = [["article", article.id, blocks(world, article)["手续费"]]]
    lesson = add(world, course, LessonDraft("article", "a", True, 5, {"cites": cited}))
    add(world, course, text_lesson("t"))
    publish(world, course)
    arranged(world, course, "remove_lesson", lesson=lesson.lesson_id)
    publish(world, course)
    rewrite(world, article, BODY.replace("20元", "30元"))
    world.drain()
    with world.look("trainer") as work:
        assert not marked_among(work.session, COURSE_LESSON, [lesson.lesson_id])
    assert told(world, "trainer") == []


def test_who_may_not_write_courses_does_not(world: Centre) -> None:
    course = a_course(world)
    for who in ("agent", "class_teacher", "manager", "knowledge_editor"):
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.make_course(work, CourseDraft("x"))
        with pytest.raises(NotPermitted), world.begin(who) as work:
            usecases.add_lesson(work, course.id, 1, text_lesson("a"))
    with pytest.raises(NotFound), world.begin("trainer") as work:
        usecases.change_lesson(work, course.id, 999, text_lesson("a"))
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.change_course(work, course.id, CourseDraft("x", keeper="agent"))


def test_a_category_stands_once_and_a_closed_one_takes_no_course(world: Centre) -> None:
    with world.begin("trainer") as work:
        row = usecases.keep_category(work, "业务")
        made = usecases.make_course(work, CourseDraft("x", category_id=row.id))
        assert made.category_id == row.id
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.keep_category(work, "业务")
    with world.begin("trainer") as work:
        usecases.keep_category(work, "业务", category_id=row.id, closed=True)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.make_course(work, CourseDraft("y", category_id=row.id))
