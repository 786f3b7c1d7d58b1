"""An import that breaks in the middle says what is in and where it broke; the same again takes the rest, once."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from kmsvc.cli.glue import PartFailed
from kmsvc.cli.staff import take_in
from kmsvc.knowledge.articles.imports import BATCH
from kmsvc.knowledge.articles.models import Article
from kmsvc.people.accounts.models import Account
from tests.support.centre import Centre

ARTICLES = "/api/v1/knowledge/articles/import"
STAFF = "/api/v1/people/accounts/import"


@contextmanager
def database_away_at(world: Centre, word: str) -> Iterator[None]:
    """The database goes away as soon as a statement brings this word."""
    def watch(connection: Any, cursor: Any, statement: str, parameters: Any, *more: Any) -> None:
        if statement.startswith("INSERT") and word in repr(parameters):
            raise OperationalError(statement, parameters, Exception("connection lost"))
    event.listen(world.db.engine, "before_cursor_execute", watch)
    try:
        yield
    finally:
        event.remove(world.db.engine, "before_cursor_execute", watch)


def articles(count: int) -> bytes:
    return "\n".join(json.dumps({"external_id": f"n-{n}", "title": f"title-{n}.", "body": "text"}) for n in range(count)).encode()


def staff(count: int) -> bytes:
    return ("login,name\n" + "".join(f"w{n}x,Worker {n}\n" for n in range(count))).encode()


def send(caller: Any, door: str, data: bytes, name: str, **headers: str) -> Any:
    return caller.post(door, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data", headers=headers)


def count(world: Centre, kind: Any) -> int:
    with world.look() as work:
        return work.session.scalar(select(func.count()).select_from(kind)) or 0


def test_r_u4_articles_of_a_program_break_off_and_go_on_without_doubles(client: Callable, world: Centre) -> None:
    """R-U4: also under one Idempotency-Key, for a broken import is no answer to keep."""
    editor, data, key = client("knowledge_editor", by="token"), articles(BATCH + 10), {"Idempotency-Key": "one"}
    with database_away_at(world, f"'title-{BATCH + 3}.'"):
        answer = send(editor, ARTICLES, data, "a.jsonl", **key)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (503, "import.broken_off")
    assert problem["report"]["broke_at"] == {"file": "a.jsonl", "row": BATCH + 4}
    assert (problem["report"]["created"], count(world, Article)) == (BATCH, BATCH)
    assert f"a.jsonl:{BATCH + 4}" in problem["detail"] and f"{BATCH} rows before it are in" in problem["detail"]
    rest = send(editor, ARTICLES, data, "a.jsonl", **key)
    assert rest.status_code == 200
    assert (rest.get_json()["unchanged"], rest.get_json()["created"]) == (BATCH, 10)
    assert count(world, Article) == BATCH + 10


def test_r_u4_articles_taken_in_behind_a_page_break_off_with_their_report(client: Callable, world: Centre) -> None:
    editor, data = client("knowledge_editor"), articles(BATCH + 10)
    place = send(editor, "/knowledge/articles/import", data, "a.jsonl").headers["Location"]
    ended()
    with database_away_at(world, f"'title-{BATCH + 3}.'"):
        editor.post(place)
        ended()
    page = editor.get(place).get_data(as_text=True)
    assert f"a.jsonl:{BATCH + 4}" in page and f"{BATCH} rows before it are in" in page and "Go on" in page
    editor.post(place)
    ended()
    assert count(world, Article) == BATCH + 10


def ended() -> None:
    for thread in threading.enumerate():
        if thread.name == "kmsvc-import":
            thread.join(60)


def test_r_u4_staff_of_a_program_breaks_off_and_goes_on_without_doubles(client: Callable, world: Centre) -> None:
    before, admin = count(world, Account), client("admin", by="token")
    with database_away_at(world, "'w3x'"):
        answer = send(admin, STAFF, staff(6), "staff.csv")
    report = answer.get_json()["report"]
    assert answer.status_code == 503 and report["broke_at"] == {"file": "staff.csv", "row": 5}
    assert (report["created"], count(world, Account) - before) == (3, 3)
    rest = send(admin, STAFF, staff(6), "staff.csv").get_json()
    assert (rest["unchanged"], rest["created"], count(world, Account) - before) == (3, 3, 6)


def test_staff_from_the_command_line_keeps_the_first_passwords_of_those_who_are_in(
        world: Centre, tmp_path: Path, capsys: Any) -> None:
    path, first = tmp_path / "staff.csv", tmp_path / "first.csv"
    path.write_bytes(staff(6))
    with database_away_at(world, "'w3x'"):
        try:
            take_in(world.db, world.actor("operator"), str(path), dry_run=False, make_units=False, passwords_to=str(first),
                    as_json=True)
            raise AssertionError("a broken import is no success")
        except PartFailed:
            told = capsys.readouterr()
    assert json.loads(told.out)["broke_at"]["row"] == 5 and "3 rows before it are in" in told.err
    assert [line.split(",")[0] for line in first.read_text("utf-8-sig").splitlines()[1:]] == ["w0x", "w1x", "w2x"]
