"""Importing articles by page and by program: looked at first, then taken in, watched, stopped, reported; never by a stranger."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from kmsvc.core.audit import AuditEntry
from kmsvc.knowledge.articles.import_jobs import Progress, begin_import, waiting
from kmsvc.knowledge.articles.imports import BATCH
from kmsvc.knowledge.articles.models import Article
from kmsvc.people.accounts.usecases import change_person
from tests.support.centre import Centre
from tests.support.trail import in_words

PAGE = "/knowledge/articles/import"
DOOR = "/api/v1/knowledge/articles/import"


def rows(*numbers: int, **more: Any) -> bytes:
    return "\n".join(json.dumps({"external_id": f"n-{n}", "title": f"第{n}篇", "body": "正文"} | more, ensure_ascii=False)
                     for n in numbers).encode()


def send(caller: Any, where: str, data: bytes, name: str = "articles.jsonl", **more: Any) -> Any:
    headers = more.pop("headers", None)
    return caller.post(where, data={"file": (io.BytesIO(data), name), **more}, content_type="multipart/form-data",
                       headers=headers)


def wait() -> None:
    for thread in threading.enumerate():
        if thread.name == "kmsvc-import":
            thread.join(30)


def count(world: Centre) -> int:
    with world.look() as work:
        return work.session.scalar(select(func.count()).select_from(Article)) or 0


def test_a_stranger_and_an_agent_cannot_import(client: Callable, world: Centre) -> None:
    assert send(client(by="token"), DOOR, rows(1)).status_code == 401
    assert send(client("agent", by="token"), DOOR, rows(1)).status_code == 403
    assert client("agent").get(PAGE).status_code == 403
    assert send(client("agent"), PAGE, rows(1)).status_code == 403
    assert count(world) == 0 and not (world.settings.data_dir / "article-imports").exists()


def test_a_program_gets_the_report_and_the_same_again_is_left_alone(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor", by="token")
    dry = send(editor, DOOR, rows(1, 2), dry_run="true")
    assert (dry.status_code, dry.get_json()["created"], count(world)) == (200, 2, 0)
    made = send(editor, DOOR, rows(1, 2) + b"\nnot json", publish="true", category="退费")
    body = made.get_json()
    assert (body["read"], body["created"], [one["row"] for one in body["rejected"]]) == (3, 2, [3])
    assert send(editor, DOOR, rows(1, 2), publish="true").get_json()["unchanged"] == 2
    assert not any((world.settings.data_dir / "article-imports").iterdir()), "nothing is left behind"


def test_bad_input_of_a_program_is_refused_at_its_field(client: Callable) -> None:
    editor = client("knowledge_editor", by="token")
    for sent, name in (({"data": {}}, "file"), ({"data": {"file": (io.BytesIO(b"x"), "a.md"), "owner": "nobody"}}, "owner"),
                       ({"data": {"file": (io.BytesIO(b"x"), "a.md"), "publish": "perhaps"}}, "publish"),
                       ({"data": {"file": (io.BytesIO(b"x"), "a.md"), "surprise": "1"}}, "surprise")):
        answer = editor.post(DOOR, content_type="multipart/form-data", **sent)
        assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [name])


def test_r_d7_the_same_key_gets_the_same_report_and_another_file_with_it_is_refused_untouched(client: Callable,
                                                                                             world: Centre) -> None:
    """R-D7 for an import."""
    editor, key = client("knowledge_editor", by="token"), {"Idempotency-Key": "one"}
    first = send(editor, DOOR, rows(1), headers=key)
    again = send(editor, DOOR, rows(1), headers=key)
    assert first.get_json() == again.get_json() and again.headers["Idempotency-Replayed"] == "true"
    assert send(editor, DOOR, rows(1, 2), headers=key).status_code == 422
    assert count(world) == 1


def test_a_person_sees_what_would_happen_then_lets_it_happen(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    assert "multiple" in editor.get(PAGE).text
    answer = send(editor, PAGE, rows(1, 2) + b"\n{}", publish="1")
    place = answer.headers["Location"]
    assert (answer.status_code, place[:len(PAGE)]) == (303, PAGE)
    wait()
    page = editor.get(place).text
    assert "What would happen" in page and "articles.jsonl" in page and "Do it" in page and count(world) == 0
    assert editor.post(place).headers["Location"] == place
    wait()
    page = editor.get(f"{place}?part=1").text
    assert "Added" in page and "Do it" not in page and "<html" not in page
    with world.look() as work:
        assert work.session.scalars(select(Article.published_version_id.is_not(None))).all() == [True, True]
        trail = work.session.scalars(select(AuditEntry).where(AuditEntry.subject == "knowledge_article")).all()
        assert "knowledge_editor" in {one.login for one in in_words(work.session, trail)}
    assert client("everything").get(place).status_code == 404, "only its uploader knows it"


def test_a_refused_form_comes_back_with_what_was_typed(client: Callable) -> None:
    editor = client("knowledge_editor")
    answer = editor.post(PAGE, data={"category": "退费", "owner": "nobody"}, content_type="multipart/form-data")
    assert answer.status_code == 422 and 'value="退费"' in answer.text and 'id="owner-error"' in answer.text
    answer = editor.post(PAGE, data={"category": "退费"}, content_type="multipart/form-data")
    assert answer.status_code == 422 and 'id="file-error"' in answer.text


def test_it_can_be_stopped_and_gone_on_with(client: Callable, world: Centre) -> None:
    editor, numbers = client("knowledge_editor"), range(BATCH * 2 + 1)
    place = send(editor, PAGE, rows(*numbers)).headers["Location"]
    wait()
    token = place.rpartition("/")[2]
    folder = world.settings.data_dir / "article-imports" / f"{world.people['knowledge_editor']}-{token}"
    held = json.loads((folder / "progress.json").read_text())
    assert (held["state"], held["report"]["created"]) == ("done", len(numbers))
    assert editor.post(f"{place}/stop").status_code == 303 and (folder / "stop").exists()
    editor.post(place)
    wait()
    assert count(world) == len(numbers), "an older wish to stop is forgotten when it begins"


def test_who_begins_waits_for_another_who_begins_the_same_files_and_is_told_so(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    token = send(editor, PAGE, rows(1)).headers["Location"].rpartition("/")[2]
    wait()
    batch = waiting(world.settings.data_dir / "article-imports", world.actor("knowledge_editor"), token)
    answers: list[int] = []
    clicks = [threading.Thread(target=lambda: answers.append(editor.post(f"{PAGE}/{token}").status_code)) for _ in range(2)]
    with batch.alone():
        for click in clicks:
            click.start()
        clicks[0].join(0.5)
        assert answers == []
        batch.tell(Progress("new", False, 0, world.clock().isoformat(), {}))
    for click in clicks:
        click.join()
    assert (answers, count(world)) == ([409, 409], 0)


def test_r_a7_who_loses_the_role_takes_in_no_more(client: Callable, world: Centre) -> None:
    """R-A7: the role is asked again before each file and between the hundreds, not only at the door."""
    editor, before = client("knowledge_editor"), world.actor("knowledge_editor")
    place = send(editor, PAGE, rows(1)).headers["Location"]
    wait()
    with world.begin("operator") as work:
        change_person(work, world.people["knowledge_editor"], roles=["agent"])
    assert client("knowledge_editor").get(place).status_code == 403
    assert client("knowledge_editor").post(place).status_code == 403
    batch = waiting(world.settings.data_dir / "article-imports", before, place.rpartition("/")[2])
    begin_import(world.db, batch, before, world.settings.files_dir, dry_run=False,
                 choices={"category": None, "owner": None, "publish": True}).join(30)
    ended = batch.progress(world.clock())
    assert ended is not None and ended.state == "stopped" and count(world) == 0
