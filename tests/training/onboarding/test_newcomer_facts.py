"""What other nouns prove of newcomers, a class as candidates and as learners, and the command line of onboarding."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.cli.onboarding import onboarding
from kmsvc.core.clock import local_date, system_clock
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.core.workdays import workdays_after
from kmsvc.settings import Settings
from kmsvc.training.certificates import usecases as certificates
from kmsvc.training.certificates.usecases import KindDraft
from kmsvc.training.courses.models import Course
from kmsvc.training.exams.finding import found_by
from kmsvc.training.onboarding import finding, usecases
from kmsvc.training.onboarding.models import OnboardingClass, Trainee
from kmsvc.training.onboarding.proofs import known_codes, proofs
from kmsvc.training.onboarding.queries import record_of
from kmsvc.training.plans.further import onboarding_spans
from tests.support.centre import Centre
from tests.training.courses.makers import published

START = date(2026, 3, 2)


@pytest.fixture
def newcomer(world: Centre) -> tuple[int, int]:
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], starts_on=START).id
        return one, usecases.add_trainee(work, one, world.people["agent"]).id


def test_a_certificate_that_counts_settles_its_point_and_one_that_ended_does_not(world: Centre, newcomer: tuple[int, int]) -> None:
    today = world.clock.today
    with world.begin("trainer") as work:
        for purpose, ago in (("security", 10), ("awareness", 10), ("skills", 800)):
            kind = certificates.make_kind(work, KindDraft(name=purpose, purpose=purpose, months=12)).id
            certificates.award(work, kind, world.people["agent"], today - timedelta(days=ago), today=today, proof="考卷")
    assert {"security", "processes", "skills", "post_exam"} <= known_codes()
    with world.look() as work:
        found = proofs(work.session, [world.people["agent"], world.people["agent_b"]], today)
        assert set(found[world.people["agent"]]) == {"security", "processes"} and found[world.people["agent_b"]] == {}
        assert found[world.people["agent"]]["security"].on == today - timedelta(days=10)
        done = record_of(work.session, work.get(Trainee, newcomer[1]), today).done
        assert {"security", "processes"} <= {one.value for one in done} and "skills" not in {one.value for one in done}


def test_a_class_is_offered_as_candidates_of_an_exam_without_those_who_left(world: Centre, newcomer: tuple[int, int]) -> None:
    with world.begin("class_teacher") as work:
        gone = usecases.add_trainee(work, newcomer[0], world.people["team_leader"]).id
        usecases.decide(work, gone, "leave", reason="本人辞职", today=START)
    with world.look() as work:
        number = work.get(OnboardingClass, newcomer[0]).number
        people, words = found_by(work.session, "onboarding_class", number, START)
        assert people == [world.people["agent"]] and number in words
        with pytest.raises(InvalidInput):
            found_by(work.session, "onboarding_class", "OB-1999-0001", START)


def test_a_course_is_assigned_to_a_whole_class_by_who_plans_it(world: Centre, newcomer: tuple[int, int]) -> None:
    course, today = published(world)[0].id, world.clock.today
    with pytest.raises(NotPermitted), world.begin("supervisor") as work:
        finding.assign_to_class(work, newcomer[0], course, today=today)
    for _ in range(2):
        with world.begin("class_teacher") as work:
            assert len(finding.assign_to_class(work, newcomer[0], course, today=today)) == 1
    with world.look() as work:
        line = finding.courses_of(work.session, newcomer[0], today)[0]
        assert (line.number, line.missing, line.late) == (work.get(Course, course).number, ("Agent",), False)
        assert (line.done, line.people) == (0, 1)
        assert finding.courses_of(work.session, newcomer[0], line.due_on + timedelta(days=1))[0].late


def run(settings: Settings, *words: str, fails: bool = False) -> Any:
    told = CliRunner().invoke(onboarding, words, env={
        "KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url})
    assert (told.exit_code != 0) is fails, (words, told.output, told.exception)
    return told.stdout


def test_the_command_line_shows_settles_and_takes_results_in_and_back(world: Centre, settings: Settings, tmp_path: Path) -> None:
    today = local_date(system_clock(), settings.timezone)  # commands know no other day
    with world.begin("class_teacher") as work:
        row = usecases.plan_class(work, name="班", teacher_id=world.people["class_teacher"], starts_on=workdays_after(
            today - timedelta(days=40), 1))
        usecases.add_trainee(work, row.id, world.people["agent"])
        number = row.number
    assert json.loads(run(settings, "list", "--json"))["items"][0]["number"] == number
    assert json.loads(run(settings, "board", number, "--json"))["trainees"][0]["person"] == "Agent"
    run(settings, "tick", "agent", "--item", "nda", "--proof", "已签", "--as", "class_teacher")
    points = {one["item"]: one["state"] for one in json.loads(run(settings, "checklist", "agent", "--json"))["items"]}
    assert (points["nda"], points["quality"]) == ("done", "open")
    run(settings, "decide", "agent", "--verb", "go_on", "--reason", "好", fails=True)
    run(settings, "decide", "agent", "--verb", "go_on", "--reason", "好", "--as", "class_teacher")
    file = tmp_path / "r.csv"
    file.write_text(f"姓名,日期,得分\nAgent,{today},0.9\n谁,{today},80\n", "utf-8")
    told = json.loads(run(settings, "results", "import", str(file), "--json", "--as", "qa_inspector", fails=True))
    assert (told["created"], [one["row"] for one in told["rejected"]]) == (1, [3])
    assert [one["score"] for one in json.loads(run(settings, "results", "list", "--json"))["items"]] == ["90.00"]
    one = json.loads(run(settings, "results", "imports", "--json"))["items"][0]["id"]
    assert json.loads(run(settings, "results", "take-back", str(one), "--reason", "错表", "--json")) == {"done": 1, "stayed": 0}
    assert json.loads(run(settings, "results", "bring-back", str(one), "--json"))["done"] == 1
    run(settings, "results", "add", "--person", "Agent", "--score", "合格", fails=True)
    assert "90" in run(settings, "results", "list", "--stand", "meets")
    assert "Agent" in run(settings, "show", "agent", "--as", "class_teacher")


def test_hours_of_the_timetable_count_as_onboarding_without_days_missed(world: Centre, newcomer: tuple[int, int]) -> None:
    with world.begin("class_teacher") as work:
        for day, begins, ends in ((1, "09:00", "12:00"), (1, "13:30", "17:00"), (2, "09:00", "10:30"), (40, "09:00", "10:00")):
            usecases.add_hour(work, newcomer[0], day=day, begins=begins, ends=ends, title="t")
        usecases.note_day(work, newcomer[1], kind="absent", on=START + timedelta(days=1), today=START + timedelta(days=1))
    who = world.people["agent"]
    with world.look() as work:
        def counted(until: date) -> dict[int, int]:
            found: dict[int, int] = {}
            for one in onboarding_spans(work.session, [who, world.people["agent_b"]], START, until):
                minutes = (one.ends.hour - one.begins.hour) * 60 + one.ends.minute - one.begins.minute
                found[one.person_id] = found.get(one.person_id, 0) + (0 if one.missed else minutes)
            return found
        assert counted(START) == {who: 390} and counted(START + timedelta(days=20)) == {who: 390}
        assert counted(START + timedelta(days=90)) == {who: 450}
