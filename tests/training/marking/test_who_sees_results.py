"""R-A8: results and answers are for those who need them: a leader sees the own unit, and each look at somebody else's leaves a line,
whatever the door: page, program, command, file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.training.exams.models import ExamCandidate
from kmsvc.training.marking.appealing import file_appeal
from kmsvc.training.marking.desk import take_next
from kmsvc.training.marking.duties import MARKING
from kmsvc.training.marking.releasing import release
from kmsvc.training.marking.teams import team_exams, team_lines
from kmsvc.training.questions.kinds import FileAnswer, Question
from kmsvc.training.sittings import queries
from kmsvc.training.sittings.usecases import Came, save_answers, submit
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.clock import ZONE
from tests.training.marking.marked import (
    CLOSED,
    OTHER_KEY,
    RIGHT,
    WRONG,
    exam_of,
    mark_all,
    question_at,
    sat,
    settle,
    sitting_of,
)
from tests.training.marking.test_marking_commands import runner
from tests.training.sittings.exams import begin, make_exam, new_version

Clients = Callable[..., Caller]
HERE = "/training/marking"
FILE = Question("交上记录。", FileAnswer((), "样例"), "", Decimal(4))


def looks(world: Centre, *kinds: str) -> list[tuple[str, str, int, str]]:
    with world.look() as work:
        return [(one.login, one.kind, one.ref_id, one.place) for one in work.session.scalars(select(AccessEntry).where(
            AccessEntry.kind.in_(kinds or ("sitting", MARKING))).order_by(AccessEntry.id))]


@pytest.fixture
def released(world: Centre) -> int:
    """An exam of two teams, marked and released: one passed, one failed."""
    exam = sat(world, {"agent": [RIGHT, "先道歉"], "agent_b": [WRONG, "再见"]}, appeal_days=5)
    mark_all(world, "marker", exam, question_at(world, exam, 2), 4)
    with world.begin("manager") as work:
        release(work, exam, zone=ZONE)
    world.drain(index=False)
    return exam


def test_r_a8_a_file_at_the_desk_leaves_a_line_before_it_is_sent(world: Centre, client: Clients) -> None:
    """R-A8: blind as it is, it is somebody's answer; who may not mark it gets neither the file nor a line."""
    exam = make_exam(world, questions=(FILE,), points=Decimal(4), border=Decimal(-1))
    sitting = begin(world, exam)
    sent = client("agent").post(f"/files?subject=sitting:{sitting}", data={
        "file": (io.BytesIO("通话记录".encode()), "记录.txt")}).get_json()
    with world.look("agent") as work:
        items = queries.items_of(work.session, queries.own_card(work.session, work.actor, sitting, work.now))
    with world.begin("agent") as work:
        save_answers(work, sitting, [Came(1, 1, {"attachment": sent["id"], "name": "记录.txt"})], items, "d")
        submit(work, sitting)
    from kmsvc.people.units.permissions import MANAGE_UNITS
    from kmsvc.training.exams.models import ExamMarker
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        work.session.add(ExamMarker(exam_id=exam, person_id=world.people["marker"]))
    world.clock.move(hours=5)
    settle(world, exam)
    question = question_at(world, exam, 1)
    with world.begin("marker") as work:
        found = take_next(work, exam, question)
    assert found is not None
    place = f"{HERE}/{exam}/questions/{question}/files/{found.handle}"
    for login in ("agent", "admin", "auditor", "agent_b"):
        assert client(login).get(place).status_code in (403, 404), login
    assert looks(world) == []
    answer = client("marker").get(place)
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "通话记录")
    assert "Agent" not in answer.headers["Content-Disposition"]
    assert looks(world) == [("marker", "sitting", sitting, "page")]


@pytest.mark.parametrize("door", ["page", "csv", "program", "command", "export"])
def test_r_a8_results_with_names_leave_a_line_by_every_door(
        world: Centre, client: Clients, released: int, tmp_path: Path, door: str) -> None:
    """R-A8: and without the right there is neither a name nor a line."""
    for login in ("agent", "team_leader", "marker", "admin"):
        assert client(login).get(f"{HERE}/{released}/results").status_code == 403, login
        assert client(login).get(f"/api/v1{HERE}/{released}/results").status_code == 403, login
    assert looks(world) == []
    auditor, run = client("auditor"), runner(world.settings)
    if door == "page":
        assert "Agent B" in auditor.get(f"{HERE}/{released}/results").get_data(as_text=True)
    elif door == "csv":
        assert "Agent B" in auditor.get(f"{HERE}/{released}/results?format=csv").get_data(as_text=True)
    elif door == "program":
        assert len(auditor.get(f"/api/v1{HERE}/{released}/results").get_json()["items"]) == 2
    elif door == "command":
        assert run("results", str(released), "--as", "auditor").exit_code == 0
    else:
        assert run("export", str(released), str(tmp_path / "r.csv"), "--as", "auditor").exit_code == 0
    assert [one[:3] for one in looks(world)] == [("auditor", MARKING, released)]
    log = client("compliance").get("/api/v1/access").get_json()["items"]
    assert (log[0]["kind"], log[0]["number"]) == (MARKING, exam_of(world, released).number)


def test_r_a8_an_appeal_and_the_report_of_a_key_leave_a_line(world: Centre, client: Clients, released: int) -> None:
    """R-A8: the own appeal leaves none."""
    mine = sitting_of(world, released, "agent_b").id
    with world.begin("agent_b") as work:
        appeal = file_appeal(work, mine, 1, reason="请再看", zone=ZONE).id
    world.drain(index=False)
    assert client("agent_b").get(f"{HERE}/appeals/{appeal}").status_code == 200
    assert client("agent").get(f"{HERE}/appeals/{appeal}").status_code == 404
    assert looks(world) == []
    assert client("manager").get(f"{HERE}/appeals/{appeal}").status_code == 200
    assert client("manager").get(f"/api/v1{HERE}/appeals/{appeal}").status_code == 200
    assert looks(world) == [("manager", "sitting", mine, "page")] * 2
    with world.begin("operator") as work:
        from kmsvc.training.questions.models import QuestionRow
        new_version(work, work.get(QuestionRow, question_at(world, released, 1)), OTHER_KEY, 2)
    status, body = client("trainer").call("POST", f"/api/v1{HERE}/{released}/regrades", {
        "question": question_at(world, released, 1), "why": "答案写错"})
    assert status == 200, body
    for place in (f"{HERE}/regrades/{body['id']}", f"/api/v1{HERE}/regrades/{body['id']}"):
        assert client("trainer").get(place).status_code == 200
    assert looks(world, MARKING) == [("trainer", MARKING, released, "page")] * 2


def test_a_leader_sees_the_own_unit_and_no_other(world: Centre, client: Clients, released: int) -> None:
    """How far and who passed, never an answer; the names of other teams are not even counted."""
    leader = client("team_leader")
    listed = leader.get(f"/api/v1{HERE}/team").get_json()
    assert [[one[name] for name in ("id", "people", "begun", "handed_in", "passed")] for one in listed["items"]] == [
        [released, 1, 1, 1, 1]]
    assert looks(world) == []  # counts are nobody's result
    found = leader.get(f"/api/v1{HERE}/team/{released}").get_json()
    assert [(one["name"], one["stand"], one["score"]) for one in found["people"]] == [("Agent", "passed", "8")]
    page = leader.get(f"{HERE}/team/{released}").get_data(as_text=True)
    assert "Agent" in page
    assert "Agent B" not in page
    assert "先道歉" not in page
    assert "Agent B" not in leader.get(f"{HERE}/team/{released}?format=csv").get_data(as_text=True)
    assert looks(world) == [("team_leader", MARKING, released, "page")] * 3
    other = make_exam(world, people=("agent_b",), questions=(CLOSED,))
    assert leader.get(f"{HERE}/team/{other}").status_code == 404
    assert leader.get(f"/api/v1{HERE}/team/{other}").status_code == 404
    assert {one["id"] for one in leader.get(f"/api/v1{HERE}/team").get_json()["items"]} == {released}
    for login in ("agent", "marker", "admin"):
        assert client(login).get(f"{HERE}/team").status_code == 403, login
    assert len(client("manager").get(f"/api/v1{HERE}/team/{released}").get_json()["people"]) == 2
    assert leader.get(f"{HERE}/results/{sitting_of(world, released, 'agent').id}").status_code == 404, "the paper itself is not theirs"


def test_a_leader_learns_no_result_before_the_release(world: Centre) -> None:
    exam = make_exam(world, people=("agent", "team_leader"), questions=(CLOSED,), opens_in=timedelta(hours=1), window=timedelta(hours=1))

    def stands() -> list[tuple[str, str, Any]]:
        with world.look("team_leader") as work:
            return [(line.name, line.stand.value, line.score) for line in team_lines(
                work.session, work.actor, exam_of(world, exam), work.now)]
    assert {one[1:] for one in stands()} == {("ahead", None)}
    world.clock.move(minutes=61)
    assert {one[1:] for one in stands()} == {("open", None)}
    sitting = begin(world, exam)
    assert ("Agent", "sitting", None) in stands()
    with world.begin("agent") as work:
        submit(work, sitting)
    world.drain(index=False)
    world.clock.move(hours=3)
    settle(world, exam)
    with world.look() as work:
        assert sitting_of(world, exam, "agent").score is not None
    assert {one[1:] for one in stands()} == {("waiting", None), ("missed", None)}
    with world.look("team_leader") as work:
        rows, total = team_exams(work.session, work.actor, work.now, q="退款")
        assert (total, rows[0].handed_in, rows[0].passed) == (1, 1, None)
        assert team_exams(work.session, work.actor, work.now, q="没有这个") == ([], 0)
        assert work.session.scalars(select(ExamCandidate.person_id).where(ExamCandidate.exam_id == exam)).all()


def test_the_command_of_a_leader(world: Centre, released: int) -> None:
    run = runner(world.settings)
    listed = json.loads(run("team", "--as", "team_leader", "--json").output)
    assert [one["passed"] for one in listed["items"]] == [1]
    found = json.loads(run("team", exam_of(world, released).number, "--as", "team_leader", "--json").output)
    assert [one["name"] for one in found["people"]] == ["Agent"]
    assert looks(world) == [("team_leader", MARKING, released, "command")]
