"""What a person may not read is in no answer of articles, processes or search: page, list, old version, comparison, export,
suggestion, header (R-A3, R-A4, R-A5, R-S1)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import make_article
from tests.knowledge.planted import HIDDEN, Planted, plant
from tests.support.centre import Centre

WORDS = ("qz", "底线", "口径", "押金", "\"qzblock\"", "qzunit")


@pytest.fixture
def planted(world: Centre) -> Planted:
    """The hidden words are in the database and in the index."""
    return plant(world)


def addresses(planted: Planted) -> Iterator[str]:
    """Every reading address of articles, processes and search, with every id there is."""
    yield from ("/knowledge/articles", "/knowledge/articles?format=csv", "/knowledge/articles?format=xlsx",
                "/knowledge/articles?q=qz", "/knowledge/articles?state=draft", "/knowledge/articles?state=retired",
                "/api/v1/knowledge/articles", "/api/v1/knowledge/articles?q=qz",
                "/process/definitions", "/process/definitions?format=csv", "/process/definitions?format=xlsx",
                "/process/definitions?q=qz", "/process/definitions?state=draft", "/api/v1/process/definitions",
                "/api/v1/process/definitions?q=qz", "/search")
    for ref in {**planted.open_articles, **planted.hidden_articles}.values():
        yield from (f"/knowledge/articles/{ref}", f"/knowledge/articles/{ref}/edit", f"/api/v1/knowledge/articles/{ref}",
                    f"/api/v1/knowledge/articles/{ref}/versions",
                    f"/search/answer?kind=article&id={ref}", f"/api/v1/files?subject=article:{ref}",
                    f"/knowledge/articles/{ref}/compare?old=1&new=2")
        yield from (f"{root}/knowledge/articles/{ref}/versions/{n}" for n in (1, 2) for root in ("", "/api/v1"))
        yield f"/api/v1/knowledge/articles/{ref}/versions/1/diff/2"
        yield from (f"/knowledge/articles/{ref}/versions/1/diff/2?view=side", f"/knowledge/articles/{ref}/versions/2/diff/1")
    for ref in {**planted.open_processes, **planted.hidden_processes}.values():
        yield from (f"/process/definitions/{ref}", f"/api/v1/process/definitions/{ref}",
                    f"/api/v1/process/definitions/{ref}/versions", f"/search/answer?kind=process&id={ref}")
        for n in (1, 2, 3):
            yield from (f"/process/definitions/{ref}/versions/{n}", f"/api/v1/process/definitions/{ref}/versions/{n}")
        for n, m in ((1, 2), (3, 2)):
            yield from (f"/process/definitions/{ref}/versions/{n}/diff/{m}?view=side",
                        f"/api/v1/process/definitions/{ref}/versions/{n}/diff/{m}")
    for word in WORDS:
        yield from (f"/search?q={word}", f"/search/live?q={word}", f"/search/live?q={word}&expired=1",
                    f"/api/v1/search?q={word}&expired=1", f"/api/v1/search/suggest?q={word}")


def everything_in(answer: Any) -> str:
    """Headers and body of an answer as one text, a workbook unpacked."""
    body = answer.data
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return f"{answer.headers}\n{body.decode('utf-8', 'replace')}"


def told(answer: Any, address: str) -> list[str]:
    """The hidden words an answer tells, leaving out those the caller typed into the address."""
    text = everything_in(answer)
    asked = {word for word in HIDDEN if word in address}
    return [word for word in HIDDEN if word in text and word not in asked]


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_r_a4_an_agent_is_told_no_hidden_word_by_any_reading_address(client: Callable, planted: Planted, by: str) -> None:
    caller = client("agent", by=by)
    leaks, statuses = {}, {}
    for address in addresses(planted):
        if by == "token" and not address.startswith("/api/"):
            continue
        answer = caller.get(address)
        statuses[address] = answer.status_code
        if found := told(answer, address):
            leaks[address] = found
    assert leaks == {}
    assert [one for one, status in statuses.items() if status >= 500] == []
    if by == "cookie":
        assert statuses[f"/knowledge/articles/{planted.open_articles['blocks']}"] == 200


def test_who_may_read_secrets_finds_every_hidden_word_there(client: Callable, planted: Planted) -> None:
    """The same crawl finds all of them for a person with every role: the marks are really planted."""
    caller = client("everything")
    seen: set[str] = set()
    for address in addresses(planted):
        if "/versions/" in address or "/articles/" in address or "/definitions/" in address:
            seen.update(told(caller.get(address), address))
        if seen == set(HIDDEN):
            return
    assert seen == set(HIDDEN)


def shape_of(answer: Any, address: str) -> tuple[int, str, list[str]]:
    """Status, body and header names of an answer, its own address and number taken out."""
    body = answer.get_data(as_text=True).replace(address.split("?")[0], "ADDRESS")
    number = answer.headers.get("X-Request-Id", "")
    body = re.sub(r"\d+", "N", body.replace(number, "NUMBER"))
    return answer.status_code, body, sorted(name for name, _ in answer.headers)


ARTICLE_DOORS = ("/knowledge/articles/{}", "/knowledge/articles/{}/versions/1", "/knowledge/articles/{}/versions/1/diff/2",
                 "/api/v1/knowledge/articles/{}", "/api/v1/knowledge/articles/{}/versions",
                 "/api/v1/knowledge/articles/{}/versions/1", "/search/answer?kind=article&id={}",
                 "/api/v1/files?subject=article:{}")
PROCESS_DOORS = ("/process/definitions/{}", "/process/definitions/{}/versions/1", "/api/v1/process/definitions/{}",
                 "/api/v1/process/definitions/{}/versions", "/api/v1/process/definitions/{}/versions/1/diff/1")


def test_r_a3_what_is_hidden_answers_like_what_never_was(client: Callable, planted: Planted) -> None:
    caller = client("agent")
    for doors, hidden in ((ARTICLE_DOORS, planted.hidden_articles), (PROCESS_DOORS, planted.hidden_processes)):
        for door in doors:
            missing = shape_of(caller.get(door.format(999_999)), door.format(999_999))
            assert missing[0] == 404, door
            for why, ref in hidden.items():
                assert shape_of(caller.get(door.format(ref)), door.format(ref)) == missing, (door, why)


ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("edit", {"title": "x", "body": "y"}), ("publish", {}), ("revert", {"reason": "x", "to_version_id": 1}),
    ("retire", {"reason": "x"}), ("confirm", {"version_id": 1}))


def test_r_a3_acts_on_what_is_hidden_answer_like_on_what_never_was(client: Callable, planted: Planted) -> None:
    caller = client("agent", by="token")
    for verb, body in ACTS:
        door = "/api/v1/knowledge/articles/{}/" + verb
        missing = shape_of(caller.post(door.format(999_999), json=body), door.format(999_999))
        assert missing[0] == 404, verb
        for why, ref in planted.hidden_articles.items():
            assert shape_of(caller.post(door.format(ref), json=body), door.format(ref)) == missing, (verb, why)


def test_r_a5_old_versions_follow_their_article(client: Callable, planted: Planted) -> None:
    """Open once, secret by now: gone with it. Secret once, open by now: the old one stays secret, its comparison too."""
    agent = client("agent")
    by_now, once = planted.hidden_articles["secret by now"], planted.open_articles["secret once"]
    assert agent.get(f"/knowledge/articles/{by_now}/versions/1").status_code == 404
    assert client("business_owner").get(f"/knowledge/articles/{by_now}/versions/1").status_code == 200
    assert agent.get(f"/knowledge/articles/{once}").status_code == 200
    assert agent.get(f"/knowledge/articles/{once}/versions/1").status_code == 404
    assert agent.get(f"/knowledge/articles/{once}/versions/1/diff/2").status_code == 404


def test_a_retired_article_and_one_of_another_team_are_read_by_whom_they_are_for(client: Callable, planted: Planted) -> None:
    retired, other = planted.open_articles["retired"], planted.hidden_articles["other unit"]
    page = client("agent").get(f"/knowledge/articles/{retired}").get_data(as_text=True)
    assert "已经不用的说法" in page and "st-off" in page
    assert client("agent").get(f"/knowledge/articles/{retired}/versions/2").status_code == 404
    assert client("agent_b").get(f"/knowledge/articles/{other}").status_code == 200


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63])
def test_r_n1_a_number_no_column_holds_is_refused_in_body_and_cursor(client: Callable, world: Centre, number: int) -> None:
    article = make_article(world)
    editor = client("knowledge_editor", by="token")
    door = f"/api/v1/knowledge/articles/{article.id}"
    for verb, body in (("revert", {"reason": "x", "to_version_id": number}), ("confirm", {"version_id": number}),
                       ("retire", {"reason": "x", "superseded_by_id": number})):
        assert editor.call("POST", f"{door}/{verb}", body)[0] == 422, verb
    assert editor.call("GET", f"/api/v1/knowledge/articles?cursor={number}")[0] == 422
    assert editor.call("GET", f"/api/v1/process/definitions?cursor={number}")[0] == 422
