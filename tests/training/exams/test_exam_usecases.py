"""Exam plans through their use cases: templates and differences, announcing, moving, people with rooms and time, notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.usecases import suspend_person
from kmsvc.schedule import remind_of_exams
from kmsvc.training.exams import usecases
from kmsvc.training.exams.clashes import clashes_of
from kmsvc.training.exams.filling import differences
from kmsvc.training.exams.models import Exam, ExamCandidate
from kmsvc.training.exams.queries import (
    ExamFilters,
    candidate_ids,
    candidate_of,
    candidates_of,
    exam_line,
    exam_lines,
    markers_of,
    plan_of,
    visible,
)
from kmsvc.training.exams.rules import Room
from kmsvc.training.exams.usecases import PlanRefused, Wish
from kmsvc.training.papers.models import PersonPaper
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.plans.calendar import entries, offered
from kmsvc.training.plans.models import Busy
from kmsvc.training.questions.models import QuestionRow
from kmsvc.worker import Worker
from tests.support.centre import Centre
from tests.support.clock import ZONE
from tests.training.banks import small_bank
from tests.training.papers.test_papers import blueprint
from tests.training.sittings.exams import begin

OPENS = datetime(2026, 3, 9, 1, tzinfo=UTC)  # nine in the morning, a Monday a week after the clock of tests
PEOPLE = ("agent", "agent_b", "team_leader")


@pytest.fixture
def bank(world: Centre) -> dict[str, int]:
    """Topics of a bank with questions."""
    return small_bank(world)[1]


@pytest.fixture
def paper(world: Centre, bank: dict[str, int]) -> int:
    """A paper of two questions, ready."""
    with world.begin("trainer") as work:
        row = make_paper(work, Draft("小测", "picked"))
        pick(work, row.id, [(1, None), (2, None)])
        ready(work, row.id)
        return row.id


def planned(world: Centre, paper_id: int, *, template: str | None = "weekly", people: tuple[str, ...] = PEOPLE,
            **changes: object) -> int:
    """An exam being planned."""
    with world.begin("trainer") as work:
        row = usecases.plan_exam(work, Wish("新人周测", paper_id, OPENS, template, changes), zone=ZONE)
        usecases.add_candidates(work, row.id, [world.people[one] for one in people], because="手工选的")
        return row.id


@pytest.fixture
def announced(world: Centre, paper: int) -> int:
    """An exam that was announced."""
    exam_id = planned(world, paper)
    with world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    return exam_id


@pytest.fixture
def worker(world: Centre) -> Worker:
    """A worker of this centre whose threads never start."""
    return Worker(world.db, world.settings, world.engine)


def told(world: Centre, kind: str) -> list[str]:
    """Who got a notice of this kind, by login."""
    world.drain(index=False)
    names = {number: login for login, number in world.people.items()}
    with world.look() as work:
        return sorted(names[one] for one in work.session.scalars(select(Notice.person_id).where(
            Notice.kind == f"training.exam.{kind}").order_by(Notice.id)))


def test_only_who_plans_exams_plans_one(world: Centre, paper: int) -> None:
    for login in ("agent", "marker", "auditor", "supervisor"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            usecases.plan_exam(work, Wish("周测", paper, OPENS), zone=ZONE)


def test_a_template_fills_everything_and_only_differences_are_named(world: Centre, paper: int) -> None:
    exam_id = planned(world, paper, template="go_live", pass_percent=85, border=Decimal(5))
    with world.look() as work:
        row = work.get(Exam, exam_id)
        held = {name: getattr(row, name) for name in usecases.LABELS}
        assert differences(held, ZONE) == {"pass_percent": (80, 85), "border": (Decimal(3), Decimal(5))}
        assert (row.duration_min, row.second_percent, row.appeal_days) == (90, 10, 3)
        assert row.closes_at - row.opens_at == timedelta(minutes=150)


def test_another_day_moves_what_the_template_filled_and_what_was_changed_along(world: Centre, paper: int) -> None:
    exam_id = planned(world, paper, closes_at=OPENS + timedelta(minutes=45))
    later = OPENS + timedelta(days=3)
    with world.begin("trainer") as work:
        before = work.get(Exam, exam_id).release_at
        row = usecases.change_exam(work, exam_id, {"opens_at": later}, zone=ZONE)
        assert row.closes_at == later + timedelta(minutes=45)
        assert row.make_up_opens_at == later + timedelta(days=1)  # the working day after
        assert row.release_at > before + timedelta(days=3)  # over a weekend


def test_a_paper_that_is_not_ready_keeps_an_exam_from_being_announced(world: Centre, bank: dict[str, int]) -> None:
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("小测", "picked"))
        pick(work, paper.id, [(1, None)])
    exam_id = planned(world, paper.id)
    with pytest.raises(RuleBroken) as refused, world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    assert refused.value.code == "training.exam.unready"


def test_short_answers_without_a_marker_keep_an_exam_from_being_announced(world: Centre, bank: dict[str, int]) -> None:
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("简答卷", "each", blueprint=blueprint(bank, short=1)))
        ready(work, paper.id)
    exam_id = planned(world, paper.id)
    with pytest.raises(RuleBroken) as refused, world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    assert refused.value.code == "training.exam.unassigned"
    with world.begin("trainer") as work:
        assert usecases.set_markers(work, exam_id, [world.people["marker"]]) == [world.people["marker"]]
        usecases.publish(work, exam_id, zone=ZONE)
        assert len(list(work.session.scalars(select(PersonPaper.id)))) == 3


def test_a_plan_that_contradicts_itself_is_refused_with_its_sentence(world: Centre, paper: int) -> None:
    exam_id = planned(world, paper, duration_min=90)
    with pytest.raises(PlanRefused) as refused, world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    assert refused.value.code == "training.exam.window_short" and refused.value.params == {"window": 60, "needed": 90}
    world.clock.now = OPENS + timedelta(minutes=1)
    with world.begin("trainer") as work:
        usecases.change_exam(work, exam_id, {"duration_min": 30}, zone=ZONE)
    with pytest.raises(PlanRefused) as refused, world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    assert refused.value.code == "training.exam.past"


def test_who_is_to_sit_it_hears_of_announcing_moving_and_cancelling_once(world: Centre, announced: int) -> None:
    assert told(world, "published") == sorted(PEOPLE)
    with world.begin("trainer") as work:
        usecases.change_exam(work, announced, {"title": "另一个名字"}, zone=ZONE)
    assert told(world, "moved") == []
    with world.begin("trainer") as work:
        usecases.change_exam(work, announced, {"opens_at": OPENS + timedelta(hours=2)}, zone=ZONE, reason="会议")
    assert told(world, "moved") == sorted(PEOPLE)
    with world.begin("trainer") as work:
        usecases.cancel(work, announced, zone=ZONE, reason="系统升级")
    assert told(world, "cancelled") == sorted(PEOPLE) and told(world, "published") == sorted(PEOPLE)


def test_an_exam_nobody_heard_of_is_cancelled_in_silence(world: Centre, paper: int) -> None:
    exam_id = planned(world, paper)
    with world.begin("trainer") as work:
        usecases.cancel(work, exam_id, zone=ZONE, reason="重复")
    assert told(world, "cancelled") == []


def test_everybody_is_reminded_once_within_a_day_though_the_worker_slept(world: Centre, announced: int, worker: Worker) -> None:
    remind_of_exams(worker)
    assert told(world, "near") == []
    world.clock.now = OPENS - timedelta(hours=2)
    for _ in range(3):
        remind_of_exams(worker)
    assert told(world, "near") == sorted(PEOPLE)
    world.clock.now = OPENS + timedelta(days=400)
    remind_of_exams(worker)
    assert told(world, "near") == sorted(PEOPLE)


def test_who_missed_an_exam_sits_its_make_up_and_is_reminded_of_it_once(world: Centre, paper: int, worker: Worker) -> None:
    exam_id = planned(world, paper, template="go_live")
    with world.begin("trainer") as work:
        usecases.set_markers(work, exam_id, [world.people["marker"]])
        usecases.publish(work, exam_id, zone=ZONE)
        row = work.get(Exam, exam_id)
        closes_at, make_up = row.closes_at, row.make_up_opens_at
    assert make_up is not None and make_up > closes_at + timedelta(days=2)
    with world.begin("trainer") as work:
        usecases.remove_candidates(work, exam_id, [world.people["team_leader"]])
    world.clock.now = OPENS + timedelta(minutes=5)
    begin(world, exam_id, login="agent_b")
    world.clock.now = closes_at - timedelta(minutes=1)
    remind_of_exams(worker)
    assert told(world, "moved") == []
    for later in (timedelta(), timedelta(hours=5), timedelta(days=1)):
        world.clock.now = closes_at + later
        remind_of_exams(worker)
    assert told(world, "moved") == ["agent"], "who began it has sat it"
    assert told(world, "near") == []
    for before in (timedelta(hours=20), timedelta(hours=3)):
        world.clock.now = make_up - before
        remind_of_exams(worker)
    assert told(world, "near") == ["agent"], "once"
    with world.look("trainer") as work:
        cards = {one.person_id: one.made_up for one in candidates_of(work.session, work.get(Exam, exam_id))}
    assert cards == {world.people["agent"]: True, world.people["agent_b"]: False}
    world.clock.now = make_up + timedelta(days=400)
    remind_of_exams(worker)
    assert told(world, "near") == ["agent"]


def test_a_make_up_of_the_next_morning_is_told_in_one_word(world: Centre, announced: int, worker: Worker) -> None:
    with world.look() as work:
        closes_at = work.get(Exam, announced).closes_at
    for later in (timedelta(minutes=1), timedelta(hours=12), timedelta(hours=20)):
        world.clock.now = closes_at + later
        remind_of_exams(worker)
    assert told(world, "moved") == sorted(PEOPLE) and told(world, "near") == []


def test_a_reminder_mends_papers_whose_questions_count_no_more(world: Centre, bank: dict[str, int], worker: Worker) -> None:
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("每人一卷", "each", blueprint=blueprint(bank)))
        ready(work, paper.id)
    exam_id = planned(world, paper.id, people=("agent",))
    with world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
        asked = work.session.scalars(select(PersonPaper)).one().questions
        row = work.get(QuestionRow, asked[0][0])
        row.state, row.flagged_why = "flagged", "statistics"
    world.clock.now = OPENS - timedelta(hours=2)
    remind_of_exams(worker)
    with world.look() as work:
        now = [one[0] for one in work.session.scalars(select(PersonPaper)).one().questions]
        assert asked[0][0] not in now and len(now) == len(asked)


def test_a_bank_that_has_too_few_left_keeps_nobody_from_being_reminded(world: Centre, bank: dict[str, int], worker: Worker) -> None:
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("每人一卷", "each", blueprint=blueprint(bank)))
        ready(work, paper.id)
    exam_id = planned(world, paper.id, people=("agent",))
    with world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
        asked = work.session.scalars(select(PersonPaper)).one().questions
        for row in work.session.scalars(select(QuestionRow).where(QuestionRow.kind == "single")):
            row.state, row.flagged_why = "flagged", "statistics"
    world.clock.now = OPENS - timedelta(hours=2)
    remind_of_exams(worker)
    assert told(world, "near") == ["agent"]
    with world.look() as work:
        assert work.session.scalars(select(PersonPaper)).one().questions == asked


def test_a_copy_leaves_out_who_left(world: Centre, announced: int) -> None:
    with world.begin("operator") as work:
        suspend_person(work, world.people["agent_b"], reason="left")
    with world.begin("trainer") as work:
        row = usecases.copy_exam(work, announced, OPENS + timedelta(days=7), zone=ZONE)
        assert candidate_ids(work.session, row.id) == sorted(world.people[one] for one in PEOPLE if one != "agent_b")


def test_a_taken_back_exam_is_planned_on_and_announced_again(world: Centre, announced: int) -> None:
    assert told(world, "published") == sorted(PEOPLE)
    with world.begin("trainer") as work:
        usecases.take_back(work, announced, zone=ZONE, reason="换卷")
    assert told(world, "taken_back") == sorted(PEOPLE)
    world.clock.move(minutes=5)
    with world.begin("trainer") as work:
        usecases.publish(work, announced, zone=ZONE)
    assert told(world, "published") == sorted([*PEOPLE, *PEOPLE])
    world.clock.now = OPENS
    with pytest.raises(RuleBroken) as refused, world.begin("trainer") as work:
        usecases.take_back(work, announced, zone=ZONE)
    assert refused.value.code == "training.exam.opened"


def test_an_open_exam_does_not_change(world: Centre, announced: int) -> None:
    world.clock.now = OPENS
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.change_exam(work, announced, {"duration_min": 10}, zone=ZONE)


def test_people_are_placed_in_rooms_and_told_when_there_is_no_seat(world: Centre, paper: int) -> None:
    exam_id = planned(world, paper)
    with world.begin("trainer") as work:
        usecases.set_rooms(work, exam_id, [Room("201", 2)])
        assert [one.room for one in plan_of(work.get(Exam, exam_id)).candidates] == ["201", "201", None]
    with pytest.raises(PlanRefused) as refused, world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    assert refused.value.code == "training.exam.room_missing"
    with world.begin("trainer") as work:
        usecases.set_rooms(work, exam_id, [Room("201", 2), Room("202", 5)])
        usecases.publish(work, exam_id, zone=ZONE)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.set_rooms(work, exam_id, [Room("201", 0)])


def test_who_comes_after_the_exam_has_closed_has_a_seat_in_its_make_up(world: Centre, paper: int) -> None:
    """The seats of the first window are nobody's any more; those of the make-up are all free."""
    exam_id = planned(world, paper, template="go_live", people=("agent", "agent_b"))
    with world.begin("trainer") as work:
        usecases.set_rooms(work, exam_id, [Room("201", 2)])
        usecases.set_markers(work, exam_id, [world.people["marker"]])
        usecases.publish(work, exam_id, zone=ZONE)
        world.clock.now = work.get(Exam, exam_id).closes_at
    with world.begin("trainer") as work:
        usecases.add_candidates(work, exam_id, [world.people["team_leader"]])
        late = next(one for one in candidates_of(work.session, work.get(Exam, exam_id)) if one.person_id == world.people["team_leader"])
    assert (late.made_up, late.room) == (True, "201")


def test_extra_time_is_for_one_person_with_its_reason_on_the_trail(world: Centre, announced: int) -> None:
    agent = world.people["agent"]
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.set_extra(work, announced, agent, percent=25, reason=" ")
    for wrong in ({"percent": 10, "minutes": 10}, {"minutes": 31}, {"percent": -1}):
        with pytest.raises(InvalidInput), world.begin("trainer") as work:
            usecases.set_extra(work, announced, agent, reason="手腕受伤", **wrong)
    with world.begin("trainer") as work:
        usecases.set_extra(work, announced, agent, percent=25, reason="手腕受伤")
    with world.look() as work:
        card = candidate_of(work.session, work.get(Exam, announced), agent)
        assert card is not None and card.length_s == 30 * 60 * 5 // 4
        assert candidate_of(work.session, work.get(Exam, announced), world.people["marker"]) is None


def test_who_is_moved_to_the_make_up_has_its_window_and_hears_of_it(world: Centre, announced: int) -> None:
    agent = world.people["agent"]
    with world.begin("trainer") as work:
        assert usecases.move_to_make_up(work, announced, [agent], reason="值班") == 1
        row = work.get(Exam, announced)
        card = candidate_of(work.session, row, agent)
        assert card is not None and card.window.opens_at == row.make_up_opens_at
    assert told(world, "moved") == ["agent"]
    with world.begin("trainer") as work:
        assert usecases.move_to_make_up(work, announced, [agent], back=True) == 1


def test_people_added_later_get_their_paper_and_hear_of_it_and_nobody_twice(world: Centre, bank: dict[str, int]) -> None:
    with world.begin("trainer") as work:
        paper = make_paper(work, Draft("每人一卷", "each", blueprint=blueprint(bank)))
        ready(work, paper.id)
    exam_id = planned(world, paper.id, people=("agent",))
    with world.begin("trainer") as work:
        usecases.publish(work, exam_id, zone=ZONE)
    with world.begin("trainer") as work:
        done = usecases.add_candidates(work, exam_id, [world.people[one] for one in ("agent", "agent_b", "suspended")] + [99_999])
        assert (done.added, done.there) == ((world.people["agent_b"],), (world.people["agent"],))
        assert set(done.refused) == {world.people["suspended"], 99_999}
        assert len(list(work.session.scalars(select(PersonPaper.id)))) == 2
    assert told(world, "published") == ["agent", "agent_b"]
    with world.begin("trainer") as work:
        assert usecases.remove_candidates(work, exam_id, [world.people["agent_b"]], reason="请假") == 1
        assert len(list(work.session.scalars(select(PersonPaper.id)))) == 1
    assert told(world, "removed") == ["agent_b"]


def test_a_copy_has_everything_but_the_time(world: Centre, announced: int) -> None:
    with world.begin("trainer") as work:
        usecases.set_markers(work, announced, [world.people["marker"]])
        row = usecases.copy_exam(work, announced, OPENS + timedelta(days=7), zone=ZONE)
        assert row.state == "draft" and row.seed != work.get(Exam, announced).seed
        assert candidate_ids(work.session, row.id) == candidate_ids(work.session, announced)
        assert markers_of(work.session, row.id) == [world.people["marker"]]
        assert row.closes_at == OPENS + timedelta(days=7, minutes=60)


def test_an_agent_sees_the_own_announced_exams_alone(world: Centre, announced: int, paper: int) -> None:
    hidden = planned(world, paper)
    other = planned(world, paper, people=("agent_b",))
    with world.begin("trainer") as work:
        usecases.publish(work, other, zone=ZONE)
    with world.look("agent") as work:
        assert [one.id for one in exam_lines(work.session, work.actor, work.now)[0]] == [announced]
        for one in (hidden, other):
            with pytest.raises(NotFound):
                visible(work.session, work.actor, one)
    with world.look("trainer") as work:
        assert len(exam_lines(work.session, work.actor, work.now)[0]) == 3
        assert [one.id for one in exam_lines(work.session, work.actor, work.now, ExamFilters(state="ahead"))[0]] == [other, announced]
        assert exam_line(work.session, work.actor, announced, OPENS).phase == "open"
        assert [one.id for one in exam_lines(work.session, work.actor, OPENS, ExamFilters(state="open"))[0]] == [other, announced]


@pytest.mark.parametrize("changes", [{"settling": "x"}, {"shows": "all"}, {"second_percent": 101}, {"border": Decimal("0.001")},
                                     {"closes_at": OPENS}, {"release_at": None}, {"paper_id": 999}, {"template": "x"}])
def test_what_a_column_cannot_hold_is_refused_by_its_name(world: Centre, paper: int, changes: dict[str, object]) -> None:
    exam_id = planned(world, paper)
    with pytest.raises(InvalidInput) as refused, world.begin("trainer") as work:
        usecases.change_exam(work, exam_id, changes, zone=ZONE)
    assert set(refused.value.fields) == set(changes)
    with world.look() as work:
        assert work.session.scalars(select(ExamCandidate.exam_id).order_by(ExamCandidate.id)).first() == exam_id


def test_exams_stand_in_the_calendar_and_leave_and_shifts_speak_against_them(world: Centre, announced: int) -> None:
    agent, other, leader = (world.people[one] for one in ("agent", "agent_b", "team_leader"))
    with world.begin("trainer") as work:
        work.permit(usecases.PLAN_EXAM)
        hour = timedelta(hours=1)
        work.session.add_all([
            Busy(kind="leave", person_id=agent, starts_at=OPENS - hour, ends_at=OPENS + 9 * hour),
            Busy(kind="shift", person_id=other, starts_at=OPENS, ends_at=OPENS + hour),
            Busy(kind="shift", person_id=leader, starts_at=OPENS + 2 * hour, ends_at=OPENS + 4 * hour),
            Busy(kind="peak", person_id=None, starts_at=OPENS - hour, ends_at=OPENS + 3 * hour)])
    with world.look("trainer") as work:
        found = clashes_of(work.session, work.get(Exam, announced))
        assert {person: [one.said for one in its] for person, its in found.items()} == {
            agent: ["on leave"], other: ["on shift in a peak"]}
        shown = [one for one in entries(work.session, work.actor, OPENS - hour, OPENS + 40 * hour) if one.kind == "exam"]
        assert [(one.starts_at, one.url) for one in shown] == [(OPENS, f"/training/exams/{announced}"), (
            OPENS + 24 * hour, f"/training/exams/{announced}")]
        assert [one.url for one in offered(work.actor) if "exams" in one.url] == ["/training/exams/new?opens_at={day}T{at}"]
    with world.look("marker") as work:
        assert [one for one in entries(work.session, work.actor, OPENS, OPENS + hour) if one.kind == "exam"] == []
