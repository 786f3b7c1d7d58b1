"""Exams at their doors: the wizard from a calendar to announced, people by rule and from a sheet, the own exams, programs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kmsvc.access.models import AccessEntry
from kmsvc.training.exams import clashes, usecases
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.permissions import PLAN_EXAM
from kmsvc.training.exams.queries import candidate_ids, markers_of
from kmsvc.training.exams.rules import Room
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.questions.models import QuestionRow
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.clock import ZONE
from tests.support.pages import problems
from tests.training.banks import small_bank
from tests.training.exams.test_exam_usecases import OPENS, planned

Client = Callable[..., Caller]


@pytest.fixture
def paper(world: Centre) -> int:
    """A paper of two questions, ready."""
    small_bank(world)
    with world.begin("trainer") as work:
        row = make_paper(work, Draft("小测", "picked"))
        pick(work, row.id, [(1, None), (2, None)])
        ready(work, row.id)
        return row.id


def state(world: Centre, exam_id: int = 1) -> str:
    """How an exam stands."""
    with world.look() as work:
        return work.get(Exam, exam_id).state


def test_from_the_calendar_to_announced_in_five_clicks_and_one_field(world: Centre, client: Client, paper: int) -> None:
    trainer, clicks = client("trainer"), 1  # the drag on the calendar opens this page
    page = trainer.get("/training/exams/new?opens_at=2026-03-09T09:00&template=weekly").get_data(as_text=True)
    assert 'value="2026-03-09T09:00"' in page and f'<option value="{paper}" selected' in page
    answer = trainer.post("/training/exams", data={"what": "existing", "title": "新人周测", "template": "weekly", "paper": str(paper),
                                                  "opens_at": "2026-03-09T09:00"})
    clicks += 1
    assert answer.location.endswith("/training/exams/1/plan/2")
    trainer.post("/training/exams/1/people/rule", data={"rule": "unit", "value": "TEAM-A", "step": "2"})
    clicks += 1
    page = trainer.get("/training/exams/1/plan/4").get_data(as_text=True)  # «on to the check»
    clicks += 1
    assert "Announce it" in page and "disabled" not in page.split("Announce it")[0][-300:]
    assert trainer.post("/training/exams/1/publish", data={"version": "1"}).status_code == 303
    clicks += 1
    assert clicks <= 6 and state(world) == "published"
    with world.look() as work:
        row = work.get(Exam, 1)
        assert row.opens_at == OPENS and candidate_ids(work.session, 1) == sorted(world.people[one] for one in ("agent", "team_leader"))


def test_every_page_of_an_exam_is_whole_in_every_state(world: Centre, client: Client, paper: int) -> None:
    draft, announced, cancelled = (planned(world, paper) for _ in range(3))
    with world.begin("trainer") as work:
        usecases.publish(work, announced, zone=ZONE)
        usecases.cancel(work, cancelled, zone=ZONE, reason="重复")
    trainer = client("trainer")
    paths = ["/training/exams", "/training/exams?state=ahead", "/training/exams/new", *(f"/training/exams/{one}" for one in (
        draft, announced, cancelled)), *(f"/training/exams/{draft}/plan/{step}" for step in (1, 2, 3, 4)), "/training/exams/mine"]
    for path in paths:
        page = trainer.get(path)
        assert page.status_code == 200, path
        assert problems(page.get_data(as_text=True)) == [], path
    assert "手工选的".encode() in trainer.get(f"/training/exams/{draft}?format=csv").data
    assert "新人周测".encode() in trainer.get("/training/exams?format=csv").data


def test_a_new_paper_on_the_way_comes_back_to_the_exam_with_what_was_typed(client: Client, paper: int) -> None:
    trainer = client("trainer")
    asked = trainer.post("/training/exams", data={"what": "picked", "title": "小测二", "template": "weekly",
                                                 "opens_at": "2026-03-09T09:00"})
    assert asked.location.startswith("/training/papers/new?way=picked")
    page = trainer.get(asked.location).get_data(as_text=True)
    assert 'value="小测二"' in page
    wizard = "title=%E5%B0%8F%E6%B5%8B%E4%BA%8C&template=weekly&opens_at=2026-03-09T09%3A00"
    made = trainer.post("/training/papers", data={"title": "小测二", "way": "picked", "pass_percent": "60", "wizard": wizard})
    assert "/training/papers/2/pick" in made.location
    trainer.post("/training/papers/2/pick", data={"into": ["3"]})
    back = trainer.post("/training/papers/2/ready", data={"wizard": wizard})
    assert back.location.startswith("/training/exams/new?title=") and back.location.endswith("paper=2")


def test_rules_that_differ_from_the_template_are_named_and_refused_ones_come_back(world: Centre, client: Client, paper: int) -> None:
    exam_id = planned(world, paper)
    trainer = client("trainer")
    form = {"duration_min": "45", "opens_at": "2026-03-09T09:00", "closes_at": "2026-03-09T10:00", "border": "2.5", "next": "stay"}
    assert trainer.post(f"/training/exams/{exam_id}/plan/3", data=form).status_code == 303
    page = trainer.get(f"/training/exams/{exam_id}/plan/3").get_data(as_text=True)
    assert "2 figures differ from the template" in page and "differs from the template: 30" in page
    wrong = trainer.post(f"/training/exams/{exam_id}/plan/3", data=form | {"closes_at": "2026-03-09T08:00", "grace_s": "7"})
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422 and "must not close before it opens" in text and 'value="7"' in text


def test_an_empty_make_up_takes_it_away(world: Centre, client: Client, paper: int) -> None:
    exam_id = planned(world, paper)
    client("trainer").post(f"/training/exams/{exam_id}/plan/3", data={"make_up_opens_at": "", "make_up_closes_at": ""})
    with world.look() as work:
        assert work.get(Exam, exam_id).make_up_opens_at is None


def test_a_sheet_of_people_is_counted_row_by_row_and_refused_ones_are_named(world: Centre, client: Client, paper: int) -> None:
    exam_id = planned(world, paper, people=("agent",))
    sheet = "姓名,备注\nagent_b,\nAgent,在岗\nnobody_here,\nagent_b,两次\n,\n".encode()
    answer = client("trainer").post(f"/training/exams/{exam_id}/people/list", data={"file": (io.BytesIO(sheet), "名单.csv")})
    page = answer.get_data(as_text=True)
    assert "4 rows: 1 added, 1 were on the list, 2 refused." in page
    assert "nobody_here" in page and "Nobody here has this name or login." in page and "stands on the list twice" in page
    with world.look() as work:
        assert candidate_ids(work.session, exam_id) == sorted(world.people[one] for one in ("agent", "agent_b"))
    refused = client("trainer").post(f"/training/exams/{exam_id}/people/list", data={"people": " , \n"})
    assert refused.status_code == 422


@pytest.mark.parametrize(("rule", "value", "expected"), [
    ("unit", "TEAM-B", {"agent_b"}), ("role", "marker", {"marker", "everything"}), ("same", "EX-2026-0001", {"agent", "agent_b"})])
def test_people_are_found_by_rule_with_the_reason_they_came_in(world: Centre, client: Client, paper: int, rule: str, value: str,
                                                              expected: set[str]) -> None:
    first = planned(world, paper, people=("agent", "agent_b"))
    with world.begin("trainer") as work:
        usecases.publish(work, first, zone=ZONE)
    exam_id = planned(world, paper, people=())
    assert client("trainer").post(f"/training/exams/{exam_id}/people/rule", data={"rule": rule, "value": value}).status_code == 303
    with world.look() as work:
        rows = list(work.session.scalars(select(ExamCandidate).where(ExamCandidate.exam_id == exam_id).order_by(ExamCandidate.id)))
        assert {one.person_id for one in rows} == {world.people[one] for one in expected} and all(one.because for one in rows)
    for wrong in ({"rule": rule, "value": "NOBODY"}, {"rule": "x", "value": value}):
        assert client("trainer").post(f"/training/exams/{exam_id}/people/rule", data=wrong).status_code == 422


def test_somebody_in_another_exam_at_that_time_is_pointed_at(world: Centre, client: Client, paper: int) -> None:
    first = planned(world, paper, people=("agent",))
    with world.begin("trainer") as work:
        usecases.publish(work, first, zone=ZONE)
    exam_id = planned(world, paper, people=("agent", "agent_b"))
    page = client("trainer").get(f"/training/exams/{exam_id}/plan/2").get_data(as_text=True)
    assert page.count("in exam EX-2026-0001 at that time") == 1 and "1 with something against it" in page


def test_a_copy_of_the_last_exam_is_two_clicks(world: Centre, client: Client, paper: int) -> None:
    planned(world, paper)
    trainer = client("trainer")
    page = trainer.get("/training/exams/new").get_data(as_text=True)
    assert 'name="opens_at" value="2026-03-16T09:00"' in page
    answer = trainer.post("/training/exams/1/copy", data={"opens_at": "2026-03-16T09:00"})
    assert answer.location.endswith("/training/exams/2/plan/4")
    assert trainer.post("/training/exams/2/publish").status_code == 303 and state(world, 2) == "published"


def test_what_keeps_it_from_being_announced_is_said_and_nothing_happens(world: Centre, client: Client, paper: int) -> None:
    exam_id = planned(world, paper, people=())
    trainer = client("trainer")
    assert "Nobody is to sit this exam." in trainer.get(f"/training/exams/{exam_id}/plan/4").get_data(as_text=True)
    answer = trainer.post(f"/training/exams/{exam_id}/publish")
    assert answer.status_code == 409 and "Nobody is to sit this exam." in answer.get_data(as_text=True)
    assert trainer.post(f"/training/exams/{exam_id}/cancel", data={"reason": ""}).status_code == 422
    assert state(world, exam_id) == "draft"


def test_an_agent_has_the_own_exams_and_a_calendar_of_them_and_no_list(world: Centre, client: Client, paper: int) -> None:
    exam_id = planned(world, paper)
    other = planned(world, paper, people=("agent_b",))
    with world.begin("trainer") as work:
        for one in (exam_id, other):
            usecases.publish(work, one, zone=ZONE)
        usecases.set_rooms(work, exam_id, [Room("201, 2 楼", 9)])
    agent = client("agent")
    page = agent.get("/training/exams/mine").get_data(as_text=True)
    assert page.count("新人周测") == 1 and "Begin" not in page.split("<main")[1]
    calendar = agent.get("/training/exams/mine/calendar").get_data(as_text=True)
    assert calendar.count("BEGIN:VEVENT") == 1 and "DTSTART:20260309T010000Z" in calendar and "LOCATION:201\\, 2 楼" in calendar
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    for path in ("/training/exams", f"/training/exams/{exam_id}", f"/training/exams/{exam_id}/plan/2",
                 f"/training/exams/{exam_id}?format=csv"):
        assert agent.get(path).status_code == 403, path
    world.clock.now = OPENS + timedelta(minutes=1)
    assert f"/training/sittings/begin/{exam_id}" in client("agent").get("/training/exams/mine").get_data(as_text=True)
    world.clock.now = OPENS + timedelta(hours=2)
    assert "not sat" in client("agent").get("/training/exams/mine").get_data(as_text=True)


def test_programs_plan_announce_and_change_people(world: Centre, client: Client, paper: int) -> None:
    trainer = client("trainer", by="token")
    status, made = trainer.call("POST", "/api/v1/training/exams", {"title": "复训", "paper": paper, "template": "retraining",
                                                                  "opens_at": "2026-03-09T09:00", "attempts": 1})
    assert status == 201 and made["opens_at"] == "2026-03-09T01:00:00Z" and made["differs"] == ["attempts"]
    path = f"/api/v1/training/exams/{made['id']}"
    status, told = trainer.call("POST", f"{path}/candidates", {"people": ["agent", "agent_b", "nobody_here"]})
    assert status == 200 and told["added"] == 2 and [one["words"] for one in told["refused"]] == ["nobody_here"]
    assert trainer.call("POST", f"{path}/find", {"rule": "unit", "value": "TEAM-A"})[1]["added"] == [world.people["team_leader"]]
    assert trainer.call("POST", f"{path}/markers", {"markers": ["marker"]})[1]["markers"] == [world.people["marker"]]
    assert trainer.call("POST", f"{path}/rooms", {"rooms": [{"name": "201", "seats": 3}]})[1]["rooms"] == [{"name": "201", "seats": 3}]
    assert trainer.call("GET", f"{path}/checklist")[1]["ready"] is True
    status, shown = trainer.call("POST", f"{path}/publish")
    assert status == 200 and shown["state"] == "published" and shown["phase"] == "ahead"
    assert trainer.call("POST", f"{path}/extra", {"person": world.people["agent"], "minutes": 10, "reason": "手腕"})[0] == 200
    assert trainer.call("POST", f"{path}/make_up", {"people": ["agent"]})[0] == 409  # this template has none
    assert trainer.call("POST", f"{path}/remove", {"people": ["agent_b"]})[1]["candidates"] == 2
    people = trainer.call("GET", f"{path}/candidates")[1]["items"]
    assert [(one["name"], one["room"], one["minutes"]) for one in people] == [("Agent", "201", 55), ("Team Leader", "201", 45)]
    status, gone = trainer.call("POST", f"{path}/edit", {"opens_at": "2026-03-10T09:00", "reason": "会议"})
    assert status == 200 and gone["closes_at"].startswith("2026-03-13")
    assert trainer.call("POST", f"{path}/take_back", {})[1]["state"] == "draft"
    assert trainer.call("POST", f"{path}/cancel", {"reason": "取消"})[1]["state"] == "cancelled"
    assert trainer.call("POST", f"{path}/copy", {"opens_at": "2026-03-16T09:00"})[1]["state"] == "draft"
    assert client("agent", by="token").call("GET", "/api/v1/training/exams/mine")[1]["past"] == []  # it was taken back before
    assert client("agent", by="token").call("GET", path)[0] == 403
    with world.look() as work:
        assert markers_of(work.session, made["id"]) == [world.people["marker"]]


def test_the_first_step_proposes_a_paper_that_can_be_asked_and_a_time_to_come(world: Centre, client: Client, paper: int) -> None:
    """A question of the paper changed last was pulled: the one before is proposed. What lies in the past is refused at once."""
    trainer = client("trainer")
    with world.begin("trainer") as work:
        other = make_paper(work, Draft("另一卷", "picked"))
        pick(work, other.id, [(3, None)])
        ready(work, other.id)
    page = trainer.get("/training/exams/new?opens_at=2020-01-01T09:00").get_data(as_text=True)
    assert f'<option value="{other.id}" selected' in page and 'name="opens_at" value="2020' not in page
    with world.begin("trainer") as work:
        work.permit(PLAN_EXAM)
        work.get(QuestionRow, 3).state = "withdrawn"
    assert f'<option value="{paper}" selected' in trainer.get("/training/exams/new").get_data(as_text=True)
    refused = trainer.post("/training/exams", data={"what": "existing", "title": "补考", "template": "weekly", "paper": str(paper),
                                                   "opens_at": "2020-01-01T09:00"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "would open in the past" in page and 'value="补考"' in page


def test_a_list_that_tells_who_passed_is_noted_once_and_another_is_not(
        world: Centre, client: Client, paper: int, monkeypatch: pytest.MonkeyPatch) -> None:
    exam_id = planned(world, paper)
    told = {"personal": False}
    monkeypatch.setattr(clashes, "FINDERS", [lambda session, people, window: (
        clashes.Clash(one, "passed already in %(number)s", {"number": "EX-1"}, told["personal"]) for one in people)])
    trainer, program = client("trainer"), client("trainer", by="token")

    def look() -> int:
        assert trainer.get(f"/training/exams/{exam_id}").status_code == 200
        assert trainer.get(f"/training/exams/{exam_id}/plan/2").status_code == 200
        assert program.call("GET", f"/api/v1/training/exams/{exam_id}/candidates")[0] == 200
        with world.look() as work:
            return work.session.scalar(select(func.count(AccessEntry.id)).where(
                AccessEntry.kind == clashes.RESULTS)) or 0

    assert look() == 0
    told["personal"] = True
    assert look() == 3
