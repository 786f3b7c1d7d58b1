"""R-N1: what a generator makes of the API's own document never breaks it, and every answer is one the document declares."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from tests.doors.bench import Bench
from tests.support.clients import Caller
from tests.support.figures import HARD, full

ROLES = ("everything", "agent", "process_manager", "admin", "process_author", "knowledge_editor")


def operations(bench: Bench) -> list[Any]:
    """Every operation of the document."""
    document = bench.callers["everything", "token"].get("/api/v1/openapi.json").get_json()
    schema = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations()]


def problem(operation: Any, answer: Any) -> str | None:
    """What is wrong with an answer, if anything."""
    said = f"{operation.method.upper()} {operation.path}: {answer.status_code}"
    if answer.status_code >= 500 and answer.status_code != 503:
        return said
    declared = operation.definition.raw["responses"]
    if str(answer.status_code) not in declared:
        return said + " is not declared"
    kinds = declared[str(answer.status_code)].get("content", {})
    if kinds and answer.mimetype not in kinds and "application/octet-stream" not in kinds:
        return f"{said} as {answer.mimetype}"
    if answer.status_code >= 400 and not {"type", "title", "status", "detail", "code"} <= set(json.loads(answer.data)):
        return said + " is no problem document"
    return None


@pytest.mark.timeout(36_000 if HARD else 300)
def test_r_n1_generated_requests_get_declared_answers(bench: Bench,
                                                      record_property: Callable[[str, object], None]) -> None:
    """R-N1: 0 errors and 0 undeclared answers, for each operation and role; the full figure is 200 examples each.

    A request that was made up is sent by every role in turn: to make one up costs more than to answer it."""
    wrong: set[str] = set()
    asked = [0]
    for number, operation in enumerate(operations(bench)):
        roles = ROLES if HARD else (ROLES[0], ROLES[1 + number % (len(ROLES) - 1)])
        ask_often(operation, [bench.callers[role, "token"] for role in roles], wrong, asked)
    record_property("requests", asked[0])
    assert not wrong, "\n".join(sorted(wrong))


def ask_often(operation: Any, callers: list[Caller], wrong: set[str], asked: list[int]) -> None:
    """Generated requests to one operation, each by every caller."""
    @hypothesis_settings(max_examples=full(200, short=3), deadline=None, database=None, derandomize=not HARD,
                         suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://localhost")
        headers = {name: value for name, value in (sent.get("headers") or {}).items()
                   if name.lower() in ("idempotency-key", "if-match") and value.isascii() and value.isprintable()}
        body = {} if sent.get("json") is None else {
            "data": json.dumps(sent["json"]).encode(), "content_type": "application/json"}
        for caller in callers:
            asked[0] += 1
            answer = caller.open(sent["url"].removeprefix("http://localhost"), method=sent["method"], headers=headers,
                                 query_string=sent.get("params") or None, **body)
            if (said := problem(operation, answer)) is not None:
                wrong.add(f"{said}, asked by {caller.login}: {sent.get('params')} {sent.get('json')!r:.200}")

    ask()
