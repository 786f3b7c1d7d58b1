"""Courses by program and by command say the same as the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kmsvc.cli.training import training
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.courses.makers import published, text_lesson
from tests.training.courses.zips import linked, scorm2004

Clients = Callable[..., Caller]
BASE = "/api/v1/training"


def test_a_course_is_written_assigned_and_taken_by_program(client: Clients, world: Centre) -> None:
    trainer, agent = client("trainer", by="token"), client("agent", by="token")
    status, course = trainer.call("POST", f"{BASE}/courses", {"title": "c", "minutes": 5})
    assert status == 201 and course["state"] == "draft" and course["problems"]
    place = f"{BASE}/courses/{course['id']}"
    assert trainer.call("POST", f"{place}/publish", {})[0] == 409
    status, lesson = trainer.call("POST", f"{place}/lessons", {"kind": "package", "title": "p", "required": True})
    assert status == 200 and lesson["lack"]
    assert trainer.call("GET", f"{place}/lessons/{lesson['id']}")[1] == lesson
    for data, wanted in ((linked(), 422), (scorm2004(), 200)):
        answer = trainer.post(f"{place}/lessons/{lesson['id']}/file", data={"file": (BytesIO(data), "p.zip")},
                              content_type="multipart/form-data")
        assert answer.status_code == wanted, answer.get_data(as_text=True)
    status, course = trainer.call("POST", f"{place}/publish", {"note": "n"})
    assert (status, course["state"]) == (200, "published")
    status, row = trainer.call("POST", f"{place}/assignments", {"role": "agent", "days": 3})
    assert status == 200 and row["people"] == 3 and trainer.call("GET", f"{place}/assignments/{row['id']}")[1]["target"] == "role"
    assert [one["number"] for one in agent.call("GET", f"{BASE}/learning")[1]["items"]] == [course["number"]]
    status, attempt = agent.call("POST", f"{BASE}/learning/attempts", {"course": course["id"]})
    assert status == 201
    mine = f"{BASE}/learning/attempts/{attempt['id']}"
    assert agent.call("POST", f"{mine}/lessons/{lesson['id']}/progress", {"done": True})[0] == 422, "a package says it itself"
    cmi = {"cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.score.scaled": "0.75"}
    status, said = agent.call("POST", f"{mine}/lessons/{lesson['id']}/package", {"item": "i1", "cmi": cmi})
    assert (status, said["course_done"]) == (200, True)
    assert agent.call("GET", mine)[1]["share"] == 100
    learner = next(one for one in trainer.call("GET", f"{place}/learners?state=done")[1]["items"])
    assert (learner["person"], learner["score"], learner["state"]) == ("Agent", 75.0, "done")
    history = agent.call("GET", f"{BASE}/learning?view=history")[1]["items"]
    assert [(one["state"], one["score"]) for one in history] == [("done", 75.0)]
    assert trainer.call("POST", f"{place}/assignments/{row['id']}/end", {"reason": "r"})[1]["ended_at"]


def command(world: Centre, *words: str, who: str = "trainer") -> Any:
    done = CliRunner().invoke(training, [*words, "--as", who, "--json"], obj=None, env={
        "KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url,
        "KMSVC_SECRET_KEY": world.settings.secret_key}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_a_course_is_written_assigned_and_taken_by_command(world: Centre, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("# 时限\n\n七天。", "utf-8")
    number = command(world, "courses", "make", "退款", "--elective")["number"]
    course = command(world, "courses", "lesson", number, "时限", "--body", f"@{file}")
    lesson = course["chapters"][0]["lessons"][0]["id"]
    command(world, "courses", "arrange", number, "rename_chapter", "--chapter", "1", "--title", "一")
    assert command(world, "courses", "publish", number, "--note", "n")["state"] == "published"
    command(world, "courses", "assign", number, "--unit", "TEAM-A", "--days", "5")
    assert command(world, "courses", "assignments", number)["items"][0]["people"] == 2
    assert [one["number"] for one in command(world, "learning", "list", who="agent")["items"]] == [number]
    attempt = command(world, "learning", "begin", number, who="agent")
    assert command(world, "learning", "done", str(attempt["id"]), str(lesson), who="agent")["share"] == 100
    assert [one["state"] for one in command(world, "courses", "learners", number)["items"]] == ["open", "done"]
    assert command(world, "courses", "retire", number, "--reason", "r")["state"] == "retired"
    assert command(world, "courses", "restore", number)["state"] == "published"
    assert len(command(world, "courses", "list")["items"]) == 1 and command(world, "courses", "show", number)["number"] == number


def test_who_changed_meanwhile_is_told(client: Clients, world: Centre) -> None:
    course, _ = published(world, text_lesson("a"))
    trainer = client("trainer", by="token")
    body = {"act": "add_chapter", "title": "x"}
    version = trainer.call("GET", f"{BASE}/courses/{course.id}")[1]["version"]
    world.clock.move(seconds=5)
    trainer.call("POST", f"{BASE}/courses/{course.id}/arrange", body)
    answer = trainer.post(f"{BASE}/courses/{course.id}/arrange", json=body, headers={"If-Match": f'"v{version}"'})
    assert answer.status_code == 409 and answer.json["theirs"]["id"] == course.id
