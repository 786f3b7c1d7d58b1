"""Ask the service route by route and column by column, and say what is not as it must be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from werkzeug.test import TestResponse

from kmsvc.core.web import CSP
from tests.doors.bench import STRANGER, Bench, Route, refused, routes
from tests.doors.rights import columns_for, is_verb_page, table
from tests.support.figures import HARD

ASKS_NOBODY = {"GET /healthz", "GET /static/{filename}"}


@dataclass
class Walk:
    """What one way through the routes found, in sentences: cells that the table says otherwise (or errors), answers without
    the strict headers, and reading that wrote into the trail."""

    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    bare: set[str] = field(default_factory=set)
    wrote: set[str] = field(default_factory=set)


@contextmanager
def entries_written(bench: Bench) -> Iterator[list[int]]:
    """How many rows each statement of this thread puts into the trail meanwhile; the bench's database is one of the product's
    engine."""
    found: list[int] = []
    me = threading.get_ident()

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("INSERT INTO core_audit ") and threading.get_ident() == me:
            found.append(len(parameters) if many else 1)
    engine = bench.world.db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def bare(answer: TestResponse) -> Iterator[str]:
    """What the headers of an answer lack."""
    head = answer.headers
    policy = head.get("Content-Security-Policy", "")
    # what a lesson shows in a frame: a file that runs nothing, a part of a package that is nobody's origin
    framed = policy.startswith(("default-src 'none'; object-src 'self'", "sandbox allow-scripts allow-forms; default-src 'none'"))
    if head.get("X-Content-Type-Options") != "nosniff" or (head.get("X-Frame-Options") != "DENY" and not framed):
        yield "open to sniffing or framing"
    wanted = "no-referrer" if framed and "sandbox" in policy else "same-origin"
    if head.get("Referrer-Policy") != wanted or not head.get("X-Request-Id"):
        yield "referrer policy or request id is missing"
    if answer.mimetype == "text/html" and policy != CSP and not (framed and "allow-same-origin" not in policy):
        yield str(head.get("Content-Security-Policy"))
    if answer.mimetype == "text/html" and "no-store" not in head.get("Cache-Control", ""):
        yield "a page that caches may keep"


def walk(bench: Bench, wanted: Callable[[Route], bool], *,
         tokens: Callable[[str], bool], cookies: Callable[[str], bool] = lambda column: True) -> Walk:
    """Ask every wanted route by every column of this run, by cookie and by token where those are wanted."""
    found = Walk()
    with entries_written(bench) as written:
        for route in routes(bench.app):
            allowed = table().get(route.name)
            if not wanted(route) or allowed is None:  # test_r_a1 says so
                continue
            for column in columns_for(route):
                for by in ("cookie", "token"):
                    if by == "cookie" and not cookies(column):
                        continue
                    if by == "token" and (column == STRANGER or not tokens(column) or (is_verb_page(route) and not HARD)):
                        continue
                    written.clear()
                    found.asked += 1
                    answer = bench.call(route, column, by)
                    found.bare |= {f"{route.name}: {said}" for said in bare(answer)}
                    if route.method == "GET" and written:
                        found.wrote.add(f"{route.name} by {column}")
                    if said := verdict(route, column, by, answer, allowed):
                        found.wrong.append(f"{route.name} by {column} ({by}): {said}")
    return found


def verdict(route: Route, column: str, by: str, answer: TestResponse, allowed: frozenset[str]) -> str | None:
    """What is wrong with an answer, by the table."""
    if answer.status_code >= 500 and answer.status_code != 503:
        return str(answer.status_code)
    lets_in = column in allowed
    if (column, by) == ("suspended", "token"):  # a token that is worth nothing is refused at every door
        lets_in = route.name in ASKS_NOBODY
    if refused(answer) == lets_in:
        return f"the table {'lets in' if lets_in else 'refuses'}, the service says {answer.status_code}"
    return None
