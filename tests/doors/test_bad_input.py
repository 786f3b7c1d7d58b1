"""R-N1, R-N2: bad input is a sentence with 4xx, on every route, never an error and never a silent success."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from kmsvc.knowledge.articles.models import Article
from kmsvc.process.changes.models import Change
from tests.builders import make_article, make_process
from tests.doors.bench import Bench, Route, routes
from tests.doors.bench_bodies import example
from tests.doors.conftest import KINDS
from tests.support.centre import Centre

BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgres"], indirect=True)
TEXTS = {
    "NUL": "a\x00b", "lone surrogate": "\ud800", "half a pair": "x\udfff", "control": "a\x07b", "delete": "\x1b[31m",
}
NUMBERS = (2**63, -(2**63) - 1, 2**70, 1e30, 1.5, float(2**63), "99999999999999999999999", "1.5", "0x10", True, [1], {"a": 1})
DAYS = ("0001-01-01", "0001-01-01T00:00:00+14:00", "1899-12-31", "2201-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "yesterday", 7)
BODIES = (
    b"", b"{", b"[]", b"null", b"true", b"7", b'"text"', b"\xff\xfe", b"\x00", b"{\"title\": \"a\", \"title\": \"b\"}",
    b"[" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b'{"title": NaN}', b'{"title": Infinity}', b"{\"a\":1}" * 2,
    b'{"title": "' + b"x" * 2_100_000 + b'"}',
)


def posts(bench: Bench) -> Iterator[tuple[Route, Schema]]:
    """The API routes that take a body, with its schema."""
    for route in routes(bench.app):
        says = getattr(bench.app.view_functions[route.endpoint], "says", None) or {}
        if route.is_api and route.method == "POST" and says.get("body"):
            yield route, says["body"]()


def answered(bench: Bench, route: Route, body: Any) -> tuple[int, set[str]]:
    """The status of one request by the person who may do anything, and the fields that its refusal names."""
    caller = bench.callers["everything", "token"]
    answer = caller.open(bench.path(route, "everything"), method="POST", content_type="application/json",
                         data=body if isinstance(body, bytes) else json.dumps(body).encode())
    said = answer.get_json(silent=True) if answer.status_code == 422 else None
    return int(answer.status_code), set(said.get("fields") or ()) if isinstance(said, dict) else set()


def send(bench: Bench, route: Route, body: Any) -> int:
    """The status alone."""
    return answered(bench, route, body)[0]


def let_through(bench: Bench, route: Route, good: dict[str, Any], bad: dict[str, Any]) -> list[str]:
    """The fields whose bad value is not refused by its name; all are sent at once, as each is looked at whatever the others are."""
    status, named = answered(bench, route, {**good, **bad}) if bad else (422, set())
    return [f"{route.name}, {name}: {str(value)[:20]!r} gives {status}" for name, value in bad.items()
            if status != 422 or name not in named]


def names(schema: Schema, wanted: Callable[[fields.Field], bool]) -> list[str]:
    """The names in a body of the fields of a kind."""
    return [one.data_key or name for name, one in schema.fields.items() if wanted(one)]


def is_prose(one: fields.Field) -> bool:
    """Whether it is kept as it was written."""
    return isinstance(one, fields.String) and type(one).__name__ in ("Line", "Text", "Email")


def test_r_n1_texts_that_cannot_be_stored_are_refused_in_every_field(bench: Bench) -> None:
    """R-N1: NUL, lone surrogates and control characters are 422 in every text field of every route."""
    wrong = []
    for route, schema in posts(bench):
        good = bench.body(route) or example(schema)
        prose = names(schema, is_prose)
        others = names(schema, lambda one: isinstance(one, fields.String) and not is_prose(one))
        for what, text in TEXTS.items():
            wrong += let_through(bench, route, good, dict.fromkeys(prose, text))
            if others and (status := send(bench, route, {**good, **dict.fromkeys(others, text)})) >= 500:
                wrong.append(f"{route.name}, {others}: {what} gives {status}")
    assert not wrong, "\n".join(wrong)


def test_r_n1_numbers_and_days_out_of_range_are_refused(bench: Bench) -> None:
    """R-N1: 2^63 and beyond, fractions, booleans, far years and days that do not exist are 422."""
    wrong = []
    for route, schema in posts(bench):
        good = bench.body(route) or example(schema)
        for kind, values in ((fields.Integer, NUMBERS), (fields.Date, DAYS)):
            wanted = names(schema, lambda one, kind=kind: isinstance(one, kind))
            for value in values:
                wrong += let_through(bench, route, good, dict.fromkeys(wanted, value))
    assert not wrong, "\n".join(wrong)


def test_r_n1_bodies_that_are_no_object_are_refused(bench: Bench) -> None:
    """R-N1: broken, empty, deep, doubled and huge bodies are 4xx on every route, quickly."""
    wrong = []
    for number, (route, schema) in enumerate(posts(bench)):
        few = BODIES if number % 12 == 0 else BODIES[:10]
        for body in few:
            status = send(bench, route, body)
            fine = status in (400, 409, 413, 415, 422) or (body == b"" and not example(schema) and status < 500)
            if not fine:
                wrong.append(f"{route.name}: {body[:20]!r} ({len(body)} bytes) gives {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", [0, 2**31, 2**63 - 1, 2**63, 2**70, 10**40])
def test_r_n1_an_address_with_an_impossible_number_is_not_found(bench: Bench, number: int) -> None:
    """R-N1: id 2^70 in a path is 404, on every route that has one."""
    wrong = []
    for route in routes(bench.app):
        for argument in route.arguments & {"change_id", "process_id", "article_id", "person_id", "attachment_id", "seq", "n",
                                           "m", "delivery_id", "mail_id", "session_id", "token_id", "notice_id", "record_id",
                                           "unit_id", "post_id"}:
            if route.name.endswith("/compare") or route.name == "POST /notices/{notice_id}/read":
                continue  # the one goes on to the address of the difference, the other marks what is there: nothing
            status = bench.call(route, "everything", path=bench.path(route, "everything", **{argument: number})).status_code
            if status not in (404, 405, 422):
                wrong.append(f"{route.name}, {argument}={number}: {status}")
    assert not wrong, "\n".join(wrong)


QUERIES = ("limit=-1", "limit=0", "limit=201", "limit=1000000000", "limit=9223372036854775808", "limit=1.5", "limit=abc",
           "cursor=-1", "cursor=abc", "cursor=%00", "cursor=%C2%B2", "cursor=99999999999999999999", "nonsense=1")


@pytest.mark.parametrize("query", QUERIES)
def test_r_n2_pages_of_lists_are_bounded(bench: Bench, query: str) -> None:
    """R-N2: page sizes, cursors and unknown filters out of bounds are 422 on every list."""
    wrong = []
    for route in routes(bench.app):
        says = getattr(bench.app.view_functions[route.endpoint], "says", None) or {}
        schema = says.get("query")
        if route.method != "GET" or schema is None or route.endpoint == "files_api.list_files":
            continue
        name = query.partition("=")[0]
        if name in ("limit", "cursor") and name not in schema().fields:
            continue
        path = bench.path(route, "everything")
        status = bench.call(route, "everything", path=path + ("&" if "?" in path else "?") + query).status_code
        if status != 422:
            wrong.append(f"{route.name}?{query}: {status}")
    assert not wrong, "\n".join(wrong)


def test_r_n2_every_text_has_a_longest_length(bench: Bench) -> None:
    """R-N2: no field takes a text without bound."""
    wrong = []
    for route, schema in posts(bench):
        good = bench.body(route) or example(schema)
        long = dict.fromkeys(names(schema, lambda one: isinstance(one, fields.String)), "x" * 150_000)
        if not let_through(bench, route, good, long):
            continue
        for name, text in long.items():  # one by one where all together are too much, or are refused for another reason
            status = send(bench, route, {**good, name: text})
            if status not in (403, 413, 422):
                wrong.append(f"{route.name}, {name}: {status}")
    assert not wrong, "\n".join(wrong)


def test_r_n2_a_raised_two_is_no_number(bench: Bench) -> None:
    """R-N2: characters that look like digits and count as none are refused like letters, in addresses, forms and headers."""
    caller = bench.callers["everything", "cookie"]
    process = re.sub(r"/retire$", "", bench.path(next(
        route for route in routes(bench.app) if route.name == "POST /process/definitions/{process_id}/{name}"
        or "definitions/{process_id}/retire" in route.name), "everything"))
    number = re.search(r"/process/definitions/(\d+)", process)
    assert number is not None
    for path in ("/process/changes?cursor=%C2%B2", "/process/changes?process=%C2%B2", "/api/v1/search?q=x&cursor=%C2%B2",
                 f"/process/definitions/{number[1]}/compare?old=%C2%B2&new=1", "/process/changes/similar?process_id=%C2%B2&q=x"):
        assert caller.get(path).status_code in (200, 404, 422), path
    answer = caller.post(f"/process/definitions/{number[1]}/review", data={"reason": "x", "version": "\u00b2"})
    assert answer.status_code == 409
    token = bench.callers["everything", "token"]
    answer = token.post(f"/api/v1/process/definitions/{number[1]}/review", json={"reason": "x"}, headers={"If-Match": '"v\u00b2"'})
    assert answer.status_code == 409
    answer = token.post("/api/v1/operations/options/process.change.sample_size", json={"value": "--5"})
    assert answer.status_code in (404, 405, 422)


@pytest.mark.parametrize("path", ["/api/v1/search?q=", "/search?q=", "/search/live?q=", "/api/v1/search/suggest?q=",
                                  "/process/definitions?q=", "/process/changes?q=", "/knowledge/articles?q=",
                                  "/people/accounts?q=", "/audit?q=", "/api/v1/process/changes?q="])
def test_r_n2_odd_queries_never_break_a_list(bench: Bench, path: str) -> None:
    """R-N2: percent signs, quotes, wildcards, patterns, 10 KB and half characters in a search box are answered."""
    caller = bench.callers["everything", "cookie"]
    for words in ("%25", "_", "%27%22", "%27%20OR%201=1--", "*a*", "(", "[", "\\", "%E9", "%ED%A0%80", "%00", "a" * 10_000,
                  "(a+)%2B%24", "%F0%9F%98%80", "%E2%80%AE", "acl:*"):
        status = caller.get(path + words).status_code
        assert status in (200, 400, 414, 422), (words, status)


@BOTH
def test_r_n1_invisible_and_turning_characters_are_taken_out_of_titles(world: Centre, client: Callable) -> None:
    """R-N1: bidirectional and zero-width characters do not get into names; letters are kept in one form (NFC)."""
    process = make_process(world)
    status, body = client("agent", by="token").call("POST", "/api/v1/process/changes", {
        "title": "a\u202eb\u200bc\ufeff e\u0301", "reason": "r", "process_id": process.id})
    assert status == 201
    assert body["title"] == "abc \u00e9"


@BOTH
@pytest.mark.parametrize("what", sorted(TEXTS))
def test_r_n1_both_databases_refuse_the_same_texts(world: Centre, client: Callable, what: str) -> None:
    """R-N1: what one database could not hold is refused before either sees it."""
    editor = client("knowledge_editor", by="token")
    article = make_article(world)
    for path, body in (("/api/v1/knowledge/articles", {"title": TEXTS[what], "body": "b"}),
                       ("/api/v1/knowledge/articles", {"title": "t", "body": TEXTS[what]}),
                       (f"/api/v1/knowledge/articles/{article.id}/edit", {"title": "t", "body": "b", "tags": [TEXTS[what]]}),
                       ("/api/v1/process/changes", {"title": TEXTS[what], "reason": "r", "process_id": 1})):
        assert editor.call("POST", path, body)[0] == 422, (path, body)
    assert editor.post("/process/changes/new", data={"title": "a\x00b", "reason": "r"}).status_code in (400, 422)
    with world.look() as work:
        assert work.session.get(Article, article.id).version == article.version
        assert work.session.get(Change, 1) is None


@BOTH
def test_r_n1_a_number_too_large_for_a_column_is_422_on_both(world: Centre, client: Callable) -> None:
    """R-N1: 2^31 fits JSON and no foreign key: it is refused or not found, never an error."""
    agent = client("everything", by="token")
    article = make_article(world)
    for number in (2**31, 2**53, 2**62, 2**63 - 1):
        for path, body in (("/api/v1/process/changes", {"title": "t", "reason": "r", "process_id": number}),
                           (f"/api/v1/knowledge/articles/{article.id}/retire", {"reason": "r", "superseded_by_id": number}),
                           (f"/api/v1/knowledge/articles/{article.id}/revert", {"reason": "r", "to_version_id": number}),
                           (f"/api/v1/knowledge/articles/{article.id}/confirm", {"version_id": number})):
            assert agent.call("POST", path, body)[0] in (404, 409, 422), (path, number)
        for path in ("/api/v1/process/changes?cursor=", "/api/v1/knowledge/articles?cursor=", "/api/v1/process/changes?process_id="):
            assert agent.call("GET", path + str(number))[0] in (200, 422), path
        for path in (f"/api/v1/process/changes/{number}", f"/api/v1/knowledge/articles/{number}", f"/files/{number}",
                     f"/process/definitions/{number}"):
            assert agent.get(path).status_code == 404, path


def test_the_document_of_the_api_names_every_route_once(app: Flask, client: Callable) -> None:
    document = client().get("/api/v1/openapi.json").get_json()
    told = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}
    assert told == {route.name for route in routes(app) if route.rule.startswith("/api/v1")}
    names = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    assert len(names) == len(set(names))
    assert not [name for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(document))
                if name not in document["components"]["schemas"]]


assert KINDS


@pytest.mark.parametrize("address", [
    "search?q=x&kind", "process/changes?state", "process/definitions?group", "process/definitions?class",
    "process/definitions?state", "knowledge/articles?state", "people/accounts?role", "people/accounts?state",
    "audit/entries?act", "audit/entries?subject", "operations/deliveries?state", "operations/mail?state"])
def test_a_filter_with_a_wrong_code_names_its_field_instead_of_finding_nothing(bench: Bench, address: str) -> None:
    caller = bench.callers["everything", "token"]
    answer = caller.get(f"/api/v1/{address}=nonsense")
    assert answer.status_code == 422
    field = address.partition("?")[2].rpartition("&")[2]
    assert list(answer.get_json()["fields"]) == [field] and answer.get_json()["fields"][field][0].startswith("One of these: ")
    code = answer.get_json()["fields"][field][0].removeprefix("One of these: ").rstrip(".").split(", ")[0]
    assert caller.get(f"/api/v1/{address}={code}").status_code == 200
