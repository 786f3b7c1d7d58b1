"""Every route of the service with a real address, a real body and somebody to call it: what the tests over all routes use.

Nothing that is called on the bench is kept: its database rolls back where the product would commit, so that one request does
not change what the next one finds. The rows are made in `bench_rows.py`, the bodies stand in `bench_bodies.py`."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kmsvc.core.work import Database, Work
from kmsvc.knowledge.articles.import_jobs import Batch, Progress
from kmsvc.notices.models import Notice
from kmsvc.people.accounts.models import Account
from kmsvc.people.roles import Role
from kmsvc.people.sessions.models import SignInSession, Token
from tests.doors.bench_assessments import MARKS
from tests.doors.bench_bodies import ACCOUNTS, ARTICLES, QUERIES, SEARCHES, UPLOADS, WORDS, body_of
from tests.doors.bench_busy import LIST as BUSY
from tests.doors.bench_certificates import LIST as PASSINGS
from tests.doors.bench_evaluations import LIST as EFFECTS
from tests.doors.bench_models import SHEET
from tests.doors.bench_needs import LIST as NEEDS
from tests.doors.bench_newcomer_results import LIST as RESULTS
from tests.doors.bench_questions import SHEET as QUESTIONS
from tests.doors.bench_rows import Rows
from tests.doors.bench_scopes import VALUES
from tests.doors.bench_templates import LIST as TEMPLATES
from tests.support.centre import Centre
from tests.support.clients import Caller, sign_in_as

STRANGER = "stranger"
COLUMNS = (STRANGER, "suspended", *(role.value for role in Role), "everything")
SAFE = {"HEAD", "OPTIONS"}
DESK = {"write": "save_draft"}  # a page that is named otherwise than the verb it is for


class DryDatabase(Database):
    """The product's database, but for the last step of a commit."""

    def _commit(self, work: Work) -> None:
        session = work.session

        def almost() -> None:
            session.expunge_all()  # what was written stays readable, as after a commit
            session.rollback()
        session.commit = almost  # type: ignore[method-assign]
        super()._commit(work)


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    method: str
    rule: str
    endpoint: str
    arguments: frozenset[str]

    @property
    def name(self) -> str:
        """As the table of rights writes it: `GET /process/definitions/{process_id}`."""
        plain = self.rule
        for argument in self.arguments:
            for kind in (f"<int:{argument}>", f"<path:{argument}>", f"<{argument}>"):
                plain = plain.replace(kind, "{" + argument + "}")
        return f"{self.method} {plain}"

    @property
    def is_api(self) -> bool:
        """Whether programs call it."""
        return self.rule.startswith("/api/")


def routes(app: Flask) -> Iterator[Route]:
    """Every method of every rule, in the order of the addresses; an `any(...)` part counts once for each word."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        for method in sorted((rule.methods or set()) - SAFE):
            yield from _spread(rule, method)


def _spread(rule: Rule, method: str) -> Iterator[Route]:
    text = rule.rule
    if "<any(" not in text:
        yield Route(method, text, rule.endpoint, frozenset(rule.arguments))
        return
    start = text.index("<any(")
    end = text.index(">", start)
    words, _, name = text[start + 5:end].partition("):")
    for word in words.split(","):
        yield Route(method, text[:start] + word.strip(" '\"") + text[end + 1:], rule.endpoint,
                    frozenset(rule.arguments) - {name})


@dataclass
class Bench:
    """The addresses and bodies for a centre; `call` sends one request as somebody."""

    app: Flask
    world: Centre
    dry: bool = True
    callers: dict[tuple[str, str], Caller] = field(default_factory=dict)
    _owned: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        self.rows = Rows(world)
        self.values = self.rows.values
        for login in COLUMNS:
            for by in ("cookie", "token"):
                if login != STRANGER or by == "cookie":
                    caller = sign_in_as(self.app, world, None if login == STRANGER else login, by=by)
                    caller.freeze()
                    self.callers[login, by] = caller
        if self.dry:
            self.app.extensions["kmsvc.db"] = DryDatabase(
                world.db.engine, reactions=world.db.reactions, clock=world.clock)

    def path(self, route: Route, login: str, **other: Any) -> str:
        """The address with the numbers of real rows; `other` replaces some."""
        found = {**self.values, **self._own("agent" if "person_id" in route.arguments else login), **other}
        if "article_id" in route.arguments and "m" not in other:
            found["m"] = 2
        verb = route.rule.rsplit("/", 1)[-1]
        verb = DESK.get(verb, verb)
        if "change_id" in route.arguments and "change_id" not in other and verb in self.rows.changes:
            found["change_id"] = self.rows.changes[verb][0]
        elif "record_id" in route.arguments and "change_id" not in other:
            found["change_id"] = self.rows.with_sample
        if "walk_id" in route.arguments:
            found["walk_id"] = other.get("walk_id") or self.rows.walks.get(login, 1)
        for (argument, only), number in self.rows.instead.items():
            if argument in route.arguments and verb == only and argument not in other:
                found[argument] = number
        path = route.rule
        for argument in route.arguments:
            for kind in (f"<int:{argument}>", f"<path:{argument}>", f"<{argument}>"):
                path = path.replace(kind, str(found[argument]))
        return path + self._query(route)

    def _own(self, login: str) -> dict[str, int]:
        """A session, a token and a notice of the caller."""
        if not self._owned:
            with self.world.look() as work:
                logins = {row.id: row.login for row in work.session.scalars(select(Account))}
                self._owned = {login: {"session_id": 0, "token_id": 0, "notice_id": 0} for login in COLUMNS}
                for session in work.session.scalars(select(SignInSession)):
                    self._owned[logins[session.account_id]]["session_id"] = session.id
                for token in work.session.scalars(select(Token)):
                    self._owned[logins[token.account_id]]["token_id"] = token.id
                people = {person: login for login, person in self.world.people.items()}
                for notice in work.session.scalars(select(Notice)):
                    self._owned.setdefault(people[notice.person_id], {})["notice_id"] = notice.id
        return self._owned[login]

    def _waiting_import(self, login: str) -> None:
        """A staff list and a file of articles that the caller uploaded and has not imported yet."""
        self.close()  # what reads the caller's files still, tells how far it is where this tells it too
        person = self.world.people.get(login, 0)
        folder = self.world.settings.data_dir / "imports" / f"{person}-{self.values['token']}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "staff.csv").write_bytes(ACCOUNTS)
        for sort, data in (("vocabulary", WORDS), ("searches", SEARCHES), ("templates", TEMPLATES), ("scopes", VALUES),
                           ("needs", NEEDS), ("effects", EFFECTS), ("passings", PASSINGS), ("question", QUESTIONS),
                           ("onboarding_results", RESULTS), ("busy", BUSY), ("standards", SHEET), ("marks", MARKS)):
            place = self.world.settings.data_dir / f"{sort}-imports" / folder.name
            place.mkdir(parents=True, exist_ok=True)
            (place / "list.csv").write_bytes(data)
        batch = Batch(self.values["token"], self.world.settings.data_dir / "article-imports" / folder.name)
        (batch.folder / "files").mkdir(parents=True, exist_ok=True)
        (batch.folder / "files" / "articles.jsonl").write_bytes(ARTICLES)
        batch.tell(Progress("done", True, 1, self.world.clock().isoformat(),
                            {"category": None, "owner": None, "publish": True}))

    def close(self) -> None:
        """Wait for what a route started in the background."""
        for thread in threading.enumerate():
            if thread.name in ("kmsvc-rebuild", "kmsvc-import"):
                thread.join(30)

    def _query(self, route: Route) -> str:
        return QUERIES.get(route.name, "").format(**self.values)

    def body(self, route: Route) -> dict[str, Any]:
        """What the route takes: a body that loads, with choices of the moment."""
        return body_of(self.rows, route, getattr(self.app.view_functions[route.endpoint], "says", None) or {})

    def call(self, route: Route, login: str, by: str = "cookie", *, path: str | None = None, body: Any = None,
             **more: Any) -> TestResponse:
        """Send it as somebody; a form for a page, JSON for the API, a file where one is taken."""
        caller = self.callers[login, by]
        where = path or self.path(route, login)
        told = self.body(route) if body is None else body
        if "token" in route.arguments:
            self._waiting_import(login)
        if route.method == "GET":
            return caller.get(where, **more)
        if route.name in UPLOADS:
            name, data = UPLOADS[route.name]
            return caller.open(where, method=route.method, data={**told, "file": (io.BytesIO(data), name)},
                               content_type="multipart/form-data", **more)
        if route.is_api:
            return caller.open(where, method=route.method, json=told, **more)
        return caller.open(where, method=route.method, data=told, **more)


def refused(answer: TestResponse) -> bool:
    """Whether the caller was turned away: sign in first, not yours, nothing here for you."""
    to_sign_in = answer.status_code in (302, 303) and answer.headers.get("Location", "").startswith("/sign-in?")
    return to_sign_in or answer.status_code in (401, 403, 404)
