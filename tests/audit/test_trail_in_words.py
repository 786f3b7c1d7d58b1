"""The trail as people read it: words for codes, local times, numbers for things, and a number that finds a whole history."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.process.changes.models import Change
from tests.builders import make_article, make_change
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.trail import in_words

Client = Callable[..., Caller]


def text_of(caller: Caller, path: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", caller.get(path).get_data(as_text=True)))


def number_of(world: Centre, change_id: int) -> str:
    with world.look() as work:
        return work.session.get_one(Change, change_id).number


def test_a_number_finds_every_entry_of_its_thing_and_of_its_parts(client: Client, world: Centre) -> None:
    first, second = make_change(world, step=6), make_change(world, step=2)
    number, other = number_of(world, first), number_of(world, second)
    status, body = client("auditor").call("GET", f"/api/v1/audit/entries?q={number.lower()}&limit=200")
    assert status == 200
    subjects = {one["subject"] for one in body["items"]}
    assert {"process_change", "process_change_history", "process_assistant", "process_verdict", "process_research",
            "process_version"} <= subjects
    changes = [one for one in body["items"] if one["subject"] == "process_change"]
    assert {one["subject_id"] for one in changes} == {str(first)} and len(changes) > 3
    verbs = {one["after"]["verb"] for one in body["items"] if one["subject"] == "process_change_history"}
    assert {"submit", "accept", "submit_draft"} <= verbs
    page = text_of(client("auditor"), f"/audit?q={number}")
    assert number in page and other not in page


def test_an_articles_number_finds_its_versions_and_publications(client: Client, world: Centre) -> None:
    article, other = make_article(world), make_article(world, title="Another")
    body = client("auditor").call("GET", f"/api/v1/audit/entries?q={article.number}")[1]
    assert {one["subject"] for one in body["items"]} >= {"knowledge_article", "knowledge_article_version", "knowledge_publication"}
    assert str(other.id) not in {one["subject_id"] for one in body["items"] if one["subject"] == "knowledge_article"}


def test_states_verbs_times_and_lists_are_words(client: Client, world: Centre) -> None:
    change = make_change(world, step=9)
    number = number_of(world, change)
    with world.look() as work:
        rows = list(work.session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(
            ("process_change", "process_change_history"))).order_by(AuditEntry.seq)))
    auditor = client("auditor")
    for row in (rows[0], rows[-1], next(row for row in rows if row.subject == "process_change_history")):
        page = text_of(auditor, f"/audit/{row.seq}")
        assert number in page
        assert not re.search(r"\d\dT\d\d:|\+00:00|\{'|releasing1|final1|submit_", page), page
    listed = text_of(auditor, f"/audit?q={number}&limit=100")
    assert not re.search(r"\d\dT\d\d:|\+00:00|\{'|\breleasing1\b|\bfinal1\b|\bgive_verdict\b", listed)
    assert "Approved final (1st)" in listed, listed


def test_people_and_units_are_called_by_name(client: Client, world: Centre) -> None:
    with world.look() as work:
        row = work.session.scalars(select(AuditEntry).where(
            AuditEntry.subject == "people_person", AuditEntry.act == "insert")).all()[-1]
        in_words(work.session, [row])
    page = text_of(client("auditor"), f"/audit/{row.seq}")
    assert row.after and row.after["name"] in page and ("全中心" in page or "组" in page)
    assert "zh_Hans_CN" not in page and "English" in page


def test_an_export_says_the_same_words(client: Client, world: Centre) -> None:
    number = number_of(world, make_change(world, step=9))
    taken = client("auditor").post("/audit/export", data={"format": "csv", "q": number}).get_data(as_text=True)
    assert taken.count(number) > 10
    assert "Approved final (1st)" in taken and "+00:00" not in taken and "{'" not in taken
