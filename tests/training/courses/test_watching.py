"""Videos that are to be watched through: nobody is done before their end, and the clock of the service says how far anybody can be."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.core.errors import RuleBroken
from kmsvc.training.courses import learning
from kmsvc.training.courses.rules import LessonDraft
from kmsvc.training.courses.watching import FASTEST, JITTER_S, Watched, kept, seen_up_to, watched_of
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.courses.makers import published, text_lesson

VIDEO = LessonDraft("video", "看录像", True, 2, {"attachment_id": 1, "name": "v.mp4", "media_type": "video/mp4", "whole": True})


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 100))))
def test_nobody_is_further_than_the_time_since_allows_and_nothing_seen_is_lost(reports: list[tuple[float, float]]) -> None:
    held, passed = Watched(length=600), 0.0
    for place, elapsed in reports:
        after = seen_up_to(held, place, 600, elapsed)
        passed += elapsed * FASTEST + JITTER_S
        assert held.seen <= after.seen <= min(600.0, passed + 1e-6)
        held = after
    assert watched_of(kept(held)).percent == pytest.approx(held.percent, abs=1)


@pytest.mark.parametrize(("seen", "length", "percent", "enough"), [
    (0, 0, 0, False), (50, 0, 0, False), (94, 100, 94, False), (95, 100, 95, True), (100, 100, 100, True), (99.9, 100, 99, True)])
def test_the_end_of_a_video_need_not_be_seen(seen: float, length: float, percent: int, enough: bool) -> None:
    assert (Watched(seen, length).percent, Watched(seen, length).is_enough) == (percent, enough)


def test_a_shorter_length_in_a_report_makes_nobody_done() -> None:
    assert seen_up_to(Watched(50, 100), 50, 10, 0) == Watched(50, 100)
    assert seen_up_to(Watched(50, 100), None, None, 1000) == Watched(50, 100)


def begun(world: Centre) -> tuple[int, int]:
    course, ids = published(world, VIDEO, text_lesson("b"))
    with world.begin("agent") as work:
        attempt = learning.begin_course(work, course.id).id
        learning.open_lesson(work, attempt, ids[0])
        return attempt, ids[0]


def told(world: Centre, attempt: int, lesson: int, place: str | None, *, after: int = 0, done: bool = False) -> None:
    world.clock.move(seconds=after)
    with world.begin("agent") as work:
        learning.note_progress(work, attempt, lesson, seconds=after, place=place, length=120, done=done)


def test_a_lesson_is_not_done_before_its_video_was_watched(world: Centre) -> None:
    attempt, lesson = begun(world)
    told(world, attempt, lesson, "3", after=3)
    for place in ("119", "nan", "inf", "x", None):
        with pytest.raises(RuleBroken) as refused:
            told(world, attempt, lesson, place, done=True)
        assert refused.value.code == "training.course.not_watched"
    told(world, attempt, lesson, "60", after=60)
    told(world, attempt, lesson, "118", after=58, done=True)
    with world.look() as work:
        assert [one.done_at is not None for one in learning.progress_of(work.session, attempt).values()] == [True]


def test_the_page_says_how_much_was_seen_and_refuses_in_words(world: Centre, client: Callable[..., Caller]) -> None:
    attempt, lesson = begun(world)
    place = f"/training/learning/attempts/{attempt}/lessons/{lesson}"
    told(world, attempt, lesson, "60", after=30)
    page = client("agent").get(place).get_data(as_text=True)
    assert "50 %" in page
    refused = client("agent").post(f"{place}/progress", data={"done": "true", "seconds": "1", "place": "119", "length": "120"})
    assert refused.status_code == 409 and "watched to its end" in refused.get_data(as_text=True)
    wrong = client("agent", by="token").post(f"/api/v1{place}/progress", json={"length": -1})
    assert wrong.status_code == 422 and "length" in wrong.get_json()["fields"]
