"""Searching the trail by page and JSON: filters, words in any script, restricted texts, export."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.people.accounts.usecases import change_person
from tests.builders import do, make_article, make_change, make_process
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller

Client = Callable[..., Caller]
API = "/api/v1/audit/entries"


def found(caller: Caller, **query: object) -> list[dict]:
    status, body = caller.call("GET", f"{API}?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert status == 200, body
    return body["items"]


def rename(world: Centre, name: str, reason: str | None = None, who: str = "admin") -> None:
    with world.begin(who) as work:
        work.because(reason)
        change_person(work, world.people["agent"], name=name)


@pytest.mark.parametrize(
    "words", ["王小雨", "Grace O'Hara", 'says "hi"', "50% off", "a_b", "back\\slash", "Ünïcode", "退款"]
)
def test_words_of_any_script_are_found_before_after_and_in_the_reason(client: Client, world: Centre, words: str) -> None:
    from urllib.parse import quote

    rename(world, words)
    rename(world, "someone else", reason=f"because {words} left")
    entries = found(client("auditor"), q=quote(words))
    assert len(entries) == 2  # after of the first; before and reason of the second
    assert found(client("auditor"), q=quote(words.upper() if words.isascii() else words)) == entries
    assert found(client("auditor"), q="no-such-words-anywhere") == []


def test_filters_add_up(client: Client, world: Centre) -> None:
    rename(world, "first", who="admin")
    world.clock.move(days=2)
    rename(world, "second", who="everything")
    auditor = client("auditor")
    agent = world.people["agent"]
    assert len(found(auditor, subject="people_person", id=agent, act="update")) == 2
    assert [
        one["login"] for one in found(auditor, subject="people_person", id=agent, act="update", person="everything")
    ] == ["everything"]
    today = world.clock.today.isoformat()
    assert [one["after"]["name"] for one in found(auditor, subject="people_person", since=today)] == ["second"]
    assert "second" not in str(found(auditor, subject="people_person", until="2026-03-03"))
    assert found(auditor, person="nobody-at-all") == []


def test_pages_go_down_by_sequence_without_gaps(client: Client, world: Centre) -> None:
    auditor, seen, cursor = client("auditor"), [], ""
    while True:
        body = auditor.call("GET", f"{API}?limit=20{cursor}")[1]
        seen += [one["seq"] for one in body["items"]]
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    assert seen == list(range(seen[0], 0, -1))


def test_an_entry_opens_to_everything(client: Client, world: Centre) -> None:
    rename(world, "老王", reason="married")
    seq = found(client("auditor"), q="married")[0]["seq"]
    page = client("compliance").get(f"/audit/{seq}").get_data(as_text=True)
    for words in ("老王", "married", "Agent", "people_person"):
        assert words in page
    status, body = client("auditor").call("GET", f"{API}/{seq}")
    assert status == 200 and body["before"] == {"name": "Agent"} and len(body["hash"]) == 64
    assert client("auditor").call("GET", f"{API}/999999")[0] == 404
    assert client("agent").get(f"/audit/{seq}").status_code == 403


def test_restricted_articles_stay_restricted_in_the_trail(client: Client, world: Centre) -> None:
    """An administrator keeps accounts, not secrets: words of articles are hidden and not searched (R-S1)."""
    make_article(world, title="Planted", body="the planted secret word", confidentiality="secret")
    admin, auditor = client("admin"), client("auditor")
    assert found(admin, q="planted") == []
    assert len(found(auditor, q="planted")) >= 1
    with world.look() as work:
        seq = work.session.scalars(select(AuditEntry.seq).where(AuditEntry.subject == "knowledge_article_version")).first()
    assert "planted secret" not in admin.get(f"/audit/{seq}").get_data(as_text=True)
    assert "planted secret" not in str(admin.call("GET", f"{API}/{seq}")[1])
    assert "planted secret" not in admin.get("/audit").get_data(as_text=True)
    assert "planted secret" in auditor.get(f"/audit/{seq}").get_data(as_text=True)
    taken = admin.post("/audit/export", data={"format": "csv"}).get_data(as_text=True)
    assert "planted secret" not in taken


def test_secret_words_of_processes_stay_secret_in_the_trail(client: Client, world: Centre) -> None:
    """R-A8: who keeps accounts reads no secret of a process by way of the trail: not its versions, not a saved draft."""
    secret = "Text\n\n:::secret\nplanted quota of goodwill\n:::\n"
    make_process(world, name="Goodwill", body=secret)
    change_id = make_change(world, step=4)
    do(world, "process_author", "save_draft", change_id, name="Draft", body=secret)
    admin, auditor = client("admin"), client("auditor")
    assert found(admin, q="planted") == []
    assert {one["subject"] for one in found(auditor, q="planted")} == {"process_version", "process_change"}
    for table in ("process_version", "process_change"):
        assert "planted" not in str(found(admin, subject=table))
        assert "planted" not in admin.get(f"/audit?subject={table}").get_data(as_text=True)
        taken = admin.post("/audit/export", data={"format": "csv", "subject": table}).get_data(as_text=True)
        assert "planted" not in taken
    assert found(admin, subject="process_version")[0]["after"]["name"]  # what is no secret stays
    assert found(admin, q="Goodwill", subject="process_definition")


def test_an_export_asks_for_the_password_and_stands_in_the_trail(client: Client, world: Centre) -> None:
    rename(world, "=cmd()", reason="formula")
    auditor = client("auditor")
    world.clock.move(minutes=6)
    assert auditor.post("/audit/export", data={"format": "csv", "q": "formula"}).status_code == 422
    answer = auditor.post("/audit/export", data={"format": "xlsx", "q": "formula", "password": PASSWORD})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet.max_row == 3 and "=cmd()" in str(sheet.cell(3, 10).value)
    text = auditor.post("/audit/export", data={"format": "csv", "subject": "people_person"}).get_data(as_text=True)
    assert text.count("people") == 0 and "formula" in text
    notes = found(auditor, act="export")
    assert [one["login"] for one in notes] == ["auditor", "auditor"]
    assert notes[1]["after"]["q"] == "formula"


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "since=yesterday", "since=9999-99-99", "unknown=1"])
def test_a_bad_query_is_refused(client: Client, query: str) -> None:
    assert client("auditor").call("GET", f"{API}?{query}")[0] == 422


def test_the_page_has_its_filters_and_survives_odd_ones(client: Client, world: Centre) -> None:
    auditor = client("auditor")
    for query in (
        "",
        "?q=%00",
        "?q=%25",
        "?q=" + "x" * 500,
        "?subject=nothing",
        "?person=%27",
        "?since=2026-01-01&until=2026-12-31",
    ):
        assert auditor.get(f"/audit{query}").status_code in (200, 422), query
