"""Pages of courses and of learning: written by form, published, assigned, taken lesson by lesson; what was typed comes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import select

from kmsvc.training.courses.models import Course, CourseAssignee, CourseAttempt, CourseProgress
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.courses.makers import published, text_lesson
from tests.training.courses.zips import linked, scorm12

Clients = Callable[..., Caller]


def there(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:800]
    return str(answer.get_data(as_text=True))


def go(answer: Any) -> str:
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return str(answer.headers["Location"])


def test_a_course_is_written_published_assigned_and_taken_by_form(client: Clients, world: Centre) -> None:
    trainer, agent = client("trainer"), client("agent")
    place = go(trainer.post("/training/courses", data={"title": "退款入门", "minutes": "20", "summary": "怎样退款"}))
    go(trainer.post(f"{place}/arrange", data={"act": "add_chapter", "title": "第一章"}))
    go(trainer.post(f"{place}/lessons", data={"kind": "text", "chapter": "1", "title": "时限", "required": "true", "body": "# 七天"}))
    go(trainer.post(f"{place}/lessons", data={"kind": "link", "chapter": "1", "title": "外部", "url": "https://x.test/a"}))
    page = there(trainer.get(place))
    assert "第一章" in page and "时限" in page and "外部" in page
    go(trainer.post(f"{place}/publish", data={"note": "首版"}))
    course_id = int(place.rsplit("/", 1)[1])
    assert "退款入门" not in there(agent.get("/training/learning")), "neither elective nor assigned"
    go(trainer.post(f"{place}/assignments", data={"unit": str(world.units["TEAM-A"]), "days": "5"}))
    assert "退款入门" in there(agent.get("/training/learning"))
    lesson = go(agent.post(f"/training/learning/courses/{course_id}/begin"))
    assert "七天" in there(agent.get(lesson))
    back = go(agent.post(f"{lesson}/progress", data={"done": "true"}))
    assert back == f"/training/learning/courses/{course_id}"
    there(agent.get(back))
    assert "退款入门" in there(agent.get("/training/learning/history"))
    page = there(trainer.get(f"{place}/learners"))
    assert "Agent" in page and "100 %" in page and "Team Leader" in page
    assert "Agent" in there(trainer.get(f"{place}/learners?format=csv"))
    assert "退款入门" in there(trainer.get("/training/courses?format=csv"))
    there(trainer.get(f"{place}/assignments"))


def test_what_was_typed_comes_back_with_the_reason(client: Clients, world: Centre) -> None:
    trainer = client("trainer")
    answer = trainer.post("/training/courses", data={"title": "", "summary": "这一段不能丢"})
    assert answer.status_code == 422 and "这一段不能丢" in answer.get_data(as_text=True)
    place = go(trainer.post("/training/courses", data={"title": "c"}))
    for data, said in (({"kind": "link", "title": "不能丢", "url": "javascript:alert(1)"}, "https://"),
                       ({"kind": "article", "title": "不能丢", "cites": "KB-999999"}, "number"),
                       ({"kind": "lesson", "title": "不能丢", "lesson": "LES-9999"}, "no lesson")):
        answer = trainer.post(f"{place}/lessons", data=data | {"chapter": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and "不能丢" in page and said in page, page[:3000]
    answer = trainer.post(f"{place}/publish", data={"note": "不能丢"})
    assert answer.status_code == 409 and "不能丢" in answer.get_data(as_text=True)
    answer = trainer.post(f"{place}/arrange", data={"act": "add_chapter", "title": ""})
    assert answer.status_code == 422


def test_a_video_comes_in_parts_to_who_takes_it_and_to_nobody_else(client: Clients, world: Centre) -> None:
    trainer, agent = client("trainer"), client("agent")
    place = go(trainer.post("/training/courses", data={"title": "c", "elective": "true"}))
    data = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8
    go(trainer.post(f"{place}/lessons", data={"kind": "video", "chapter": "1", "title": "v", "required": "true",
                                              "file": (BytesIO(data), "v.mp4")}, content_type="multipart/form-data"))
    wrong = trainer.post(f"{place}/lessons", data={"kind": "video", "chapter": "1", "title": "v", "file": (BytesIO(b"<html>"), "v.mp4")},
                         content_type="multipart/form-data")
    assert wrong.status_code == 422
    go(trainer.post(f"{place}/publish"))
    lesson = go(agent.post(f"/training/learning/courses/{place.rsplit('/', 1)[1]}/begin"))
    part = agent.get(f"{lesson}/file", headers={"Range": "bytes=8-11"})
    assert (part.status_code, part.data, part.mimetype) == (206, b"mp42", "video/mp4")
    assert client("agent_b").get(f"{lesson}/file").status_code == 404


def test_a_large_file_comes_in_pieces(client: Clients, world: Centre, monkeypatch: Any) -> None:
    from kmsvc.training.courses import pieces

    monkeypatch.setattr(pieces, "PIECE", 1000)
    trainer, data = client("trainer"), b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8
    place, key = go(trainer.post("/training/courses", data={"title": "c"})), ""

    def send(at: int, who: Caller = trainer, **more: Any) -> Any:
        sent = {"key": key, "offset": str(at), "file": (BytesIO(data[at:at + 1000]), "piece")} | more
        return who.post("/training/courses/pieces", data=sent, content_type="multipart/form-data")

    for at in range(0, len(data), 1000):
        key = send(at).json["key"]
        assert send(at).json["size"] == min(at + 1000, len(data)), "the same piece again changes nothing"
    assert send(len(data) + 5).status_code == 422 and send(0, key="x").status_code == 422
    assert send(0, file=(BytesIO(b"x" * 1001), "piece")).status_code == 422 and send(0, client("everything")).status_code == 422
    lesson = {"kind": "video", "chapter": "1", "title": "v", "upload": key, "upload_name": "v.mp4"}
    go(trainer.post(f"{place}/lessons", data=lesson, content_type="multipart/form-data"))
    assert "v.mp4" in there(trainer.get(f"{place}/lessons/1"))
    again = trainer.post(f"{place}/lessons", data=lesson, content_type="multipart/form-data")
    assert again.status_code == 422, "it was taken"
    monkeypatch.setattr(pieces, "LARGEST_MB", 0)
    key = ""
    assert send(0).status_code == 422


def package_lesson(client: Clients, data: bytes) -> tuple[Caller, str]:
    """(the agent who began it, address of the lesson)"""
    trainer, agent = client("trainer"), client("agent")
    place = go(trainer.post("/training/courses", data={"title": "c", "elective": "true"}))
    go(trainer.post(f"{place}/lessons", data={"kind": "package", "chapter": "1", "title": "p", "required": "true",
                                              "file": (BytesIO(data), "p.zip")}, content_type="multipart/form-data"))
    go(trainer.post(f"{place}/publish"))
    return agent, go(agent.post(f"/training/learning/courses/{place.rsplit('/', 1)[1]}/begin"))


def package(client: Clients, world: Centre) -> tuple[Caller, str, str]:
    """(the agent, address of the lesson, address of the frame)"""
    agent, lesson = package_lesson(client, scorm12())
    found = re.search(r'<iframe[^>]* sandbox="([^"]*)"[^>]* src="([^"]+)"', there(agent.get(lesson)))
    assert found is not None and found[1] == "allow-scripts allow-forms", "never allow-same-origin"
    return agent, lesson, found[2]


def test_a_package_is_served_by_its_ticket_into_an_origin_of_its_own(client: Clients, world: Centre, app: Flask) -> None:
    agent, _, src = package(client, world)
    stranger = app.test_client()
    page = stranger.get(src)
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert text.index("scorm12.js") < text.index("km-state") < text.index("shim.js") < text.index("<title>")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts allow-forms;") and "allow-same-origin" not in policy
    base = src.rsplit("/", 1)[0]
    assert f"script-src localhost{base}/ " in policy and "default-src 'none'" in policy and page.headers["Cache-Control"] == "no-store"
    assert "DENY" not in page.headers["X-Frame-Options"] and page.headers["Referrer-Policy"] == "no-referrer"
    assert stranger.get(f"{base}/a/b.css").mimetype == "text/css"
    assert stranger.get(f"{base}/.km/shim.js").status_code == 200
    for wrong in (f"{base}/nothing.html", f"{base}/.km/km.js", f"{base}/.km/../../secret", f"{base}/%2e%2e/index.html",
                  src.replace("/play/", "/play/x"), f"/training/play/{'a' * 40}/index.html"):
        assert stranger.get(wrong).status_code == 404, wrong


def test_a_ticket_runs_out_and_ends_with_the_person(client: Clients, world: Centre, app: Flask, monkeypatch: Any) -> None:
    _, _, src = package(client, world)
    from kmsvc.training.courses import tickets

    monkeypatch.setattr(tickets, "LASTS", -1)
    assert app.test_client().get(src).status_code == 404
    monkeypatch.undo()
    assert app.test_client().get(src).status_code == 200
    from kmsvc.people.accounts.usecases import suspend_person

    with world.begin("operator") as work:
        suspend_person(work, world.people["agent"], reason="left")
    assert app.test_client().get(src).status_code == 404


def test_commits_are_kept_and_end_the_lesson_and_the_course(client: Clients, world: Centre) -> None:
    agent, lesson, src = package(client, world)
    cmi = {"cmi.core.lesson_location": "7", "cmi.suspend_data": "half\u0000", "cmi.core.lesson_status": "incomplete"}
    body: dict[str, Any] = {"item": "i1", "cmi": cmi}
    answer = agent.post(f"{lesson}/package", json=body)
    assert answer.status_code == 200 and answer.json["done"] is False
    assert '"cmi.suspend_data": "half"' in there(agent.get(src)), "it goes on where it was"
    assert client("agent_b").post(f"{lesson}/package", json=body).status_code == 404
    for wrong in ({"item": "i2", "cmi": {}}, {"item": "i1", "cmi": {"a": ["b"]}}, {"item": "i1", "cmi": {"a": "x" * 500_000}},
                  {"cmi": {}}, {"item": "i1", "cmi": "x"}):
        assert agent.post(f"{lesson}/package", json=wrong).status_code == 422, str(wrong)[:80]
    body["cmi"] |= {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "85"}
    answer = agent.post(f"{lesson}/package", json=body)
    assert (answer.json["done"], answer.json["course_done"]) == (True, True)
    with world.look() as work:
        row = work.session.scalars(select(CourseProgress)).one()
        assert (row.score, row.place, row.data["i1"]["cmi"]["cmi.core.score.raw"]) == (8500, "7", "85")
        assert work.session.scalars(select(CourseAttempt)).one().done_at is not None
    assert agent.post(f"{lesson}/package", json=body).json["noted"] is False, "what was learned is not overwritten"


def test_a_hostile_package_is_refused_and_leaves_no_course_behind(client: Clients, world: Centre) -> None:
    trainer = client("trainer")
    place = go(trainer.post("/training/courses", data={"title": "c"}))
    answer = trainer.post(f"{place}/lessons", data={"kind": "package", "chapter": "1", "title": "不能丢",
                                                    "file": (BytesIO(linked()), "p.zip")}, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "link in place of a file" in page and "不能丢" in page
    assert "不能丢" not in there(trainer.get(place))
    assert not list((world.settings.files_dir / "incoming").glob("*"))


def test_a_retired_course_is_offered_to_nobody_new(client: Clients, world: Centre) -> None:
    course, _ = published(world, text_lesson("a"), title="旧课")
    trainer, agent = client("trainer"), client("agent")
    assert "旧课" in there(agent.get("/training/learning"))
    assert trainer.post(f"/training/courses/{course.id}/retire", data={"reason": ""}).status_code == 422
    go(trainer.post(f"/training/courses/{course.id}/retire", data={"reason": "过时"}))
    assert "旧课" not in there(agent.get("/training/learning"))
    assert agent.get(f"/training/learning/courses/{course.id}").status_code == 404
    assert agent.post(f"/training/learning/courses/{course.id}/begin").status_code == 404
    go(trainer.post(f"/training/courses/{course.id}/restore"))
    assert "旧课" in there(agent.get("/training/learning"))


def test_an_assignment_is_ended_by_form(client: Clients, world: Centre) -> None:
    course, _ = published(world, elective=False)
    trainer = client("trainer")
    place = f"/training/courses/{course.id}/assignments"
    answer = trainer.post(place, data={"unit": str(world.units["TEAM-A"]), "role": "agent", "reason": "不能丢"})
    assert answer.status_code == 422 and "不能丢" in answer.get_data(as_text=True)
    go(trainer.post(place, data={"role": "agent"}))
    with world.look() as work:
        row = work.session.scalars(select(CourseAssignee)).first()
        assert row is not None and work.session.get(Course, row.course_id) is not None
    go(trainer.post(f"{place}/{row.assignment_id}/end", data={"reason": "x"}))
    other, _ = published(world)
    assert trainer.post(f"/training/courses/{other.id}/assignments/{row.assignment_id}/end").status_code == 404


def test_categories_are_kept_by_form(client: Clients, world: Centre) -> None:
    trainer = client("trainer")
    go(trainer.post("/training/courses/categories", data={"name": "业务"}))
    assert trainer.post("/training/courses/categories", data={"name": "业务"}).status_code == 422
    assert "业务" in there(trainer.get("/training/courses/categories")) and "业务" in there(trainer.get("/training/courses/new"))
