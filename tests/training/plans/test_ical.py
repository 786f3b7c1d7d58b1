"""The own sessions and exams as a calendar file and by a secret link that reads without signing in (C24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from kmsvc.core.logs import shown_path
from kmsvc.training.exams.mine import _card, calendar_events
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.plans import holding, ical, ical_links
from kmsvc.training.plans.ical import Event
from kmsvc.training.plans.ical_models import CalendarLink
from tests.support.centre import Centre
from tests.support.pages import problems
from tests.training.plans.test_plans import a_plan, a_session
from tests.training.sittings.exams import make_exam

PAGE = "/training/my-calendar"


def test_instants_are_those_of_the_world_whatever_the_clock_on_the_wall_does() -> None:
    """J2, J3: New York before and after 2027-03-14, a leap day; lines folded, marks escaped, no character cut."""
    def event(n: int, *at: int) -> Event:
        begins = datetime(*at, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)  # type: ignore[misc,arg-type]
        return Event(f"e-{n}", begins, begins + timedelta(hours=1), "退费; 规则, 新版\\" + "很长的题目" * 20, "/x", "A, 2 楼", n == 2)
    text = ical.written([event(1, 2027, 3, 13, 9), event(2, 2027, 3, 15, 9), event(3, 2028, 2, 29, 9)], "https://k.example/", "我的",
                        datetime(2027, 1, 1, tzinfo=UTC))
    assert [line for line in text.split("\r\n") if line.startswith("DTSTART")] == [
        "DTSTART:20270313T140000Z", "DTSTART:20270315T130000Z", "DTSTART:20280229T140000Z"]
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")) and text.count("STATUS:CANCELLED") == 1
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:退费\\; 规则\\, 新版\\\\" + "很长的题目" * 20 in whole
    assert "LOCATION:A\\, 2 楼" in whole and "URL:https://k.example/x" in whole


def test_a_link_reads_ones_own_until_it_is_renewed_or_ended(client: Callable[..., Any], world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    agent, stranger = client("agent"), client(None)
    page = agent.get(PAGE).text
    assert not problems(page) and "退费" in page and agent.get(f"{PAGE}/file").text.count("BEGIN:VEVENT") == 1
    first = agent.post(f"/api/v1{PAGE}/link", json={}).get_json()["address"]
    path = "/training/feed/" + first.rsplit("/", 1)[1]
    read = stranger.get(path)
    assert read.status_code == 200 and read.mimetype == "text/calendar" and "no-store" in read.headers["Cache-Control"]
    assert f"UID:session-{one}@kmsvc" in read.text and "LOCATION:A" in read.text
    assert "Agent" not in read.text and "agent_b" not in read.text  # nobody's name
    with world.begin("trainer") as work:
        holding.cancel_session(work, one, reason="r")
    assert "STATUS:CANCELLED" in stranger.get(path).text and "SEQUENCE:2" in stranger.get(path).text
    shown = agent.post(f"{PAGE}/link")
    assert not problems(shown.text) and "/training/feed/" in shown.text and shown.headers["Cache-Control"] == "no-store"
    assert stranger.get(path).status_code == 404  # the old one has ended
    second = "/training/feed/" + shown.text.split("/training/feed/")[1].split(".ics")[0] + ".ics"
    assert stranger.get(second).status_code == 200 and "/training/feed/" not in agent.get(PAGE).text
    assert agent.post(f"{PAGE}/link/end").status_code == 303 and stranger.get(second).status_code == 404
    assert agent.post(f"{PAGE}/link/end").status_code == 404
    assert stranger.get("/training/feed/x.ics").status_code == 404 and stranger.get(PAGE).status_code in (302, 303, 401)


def test_the_trainer_has_what_they_teach_and_the_token_is_kept_nowhere(world: Centre) -> None:
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer)
    with world.begin("trainer") as work:
        token = ical_links.renew(work)
    with world.look("trainer") as work:
        me = work.actor.person_id
        assert [event.uid for event in ical.events_of(work.session, me, work.now)] == [f"session-{one}@kmsvc"]
        row = ical_links.link_of(work.session, me)
        assert isinstance(row, CalendarLink) and token not in row.digest and ical_links.reader_of(work.session, token) == me
        assert ical.events_of(work.session, world.people["manager"], work.now) == []


@pytest.mark.parametrize(("path", "shown"), [
    ("/training/feed/abc123.ics", "/training/feed/\u2026"), ("/kms/training/play/ticket/.lrs/fetch/s", "/kms/training/play/\u2026"),
    ("/training/plans/1", "/training/plans/1"), ("/x" * 200, "/x" * 100)])
def test_no_log_holds_the_secret_of_an_address_R_O2(app: Flask, path: str, shown: str) -> None:
    assert shown_path(path) == shown


def test_an_exam_that_was_changed_moves_in_calendars(world: Centre) -> None:
    """Review 35: SEQUENCE of exams stood still, so that programs kept the old time."""
    one = Event("exam-1@kmsvc", world.clock.now, world.clock.now + timedelta(hours=1), "t", "/x", changed=4)
    assert "SEQUENCE:4" in ical.written([one], "https://k.example/", "n", world.clock.now)
    with world.look("trainer") as work:
        row = work.session.get(Exam, make_exam(world))
        assert row is not None
        card = _card(row, ExamCandidate(extra_percent=0, extra_minutes=0, made_up=False), (), work.now)
        assert calendar_events([card])[0].changed == row.version > 0
