"""Every route of the service with a real address, a real body and somebody to call it: what the tests over all routes use.

Nothing that is called on the bench is kept: its database rolls back where the product would commit, so that one request does
not change what the next one finds."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from marshmallow import Schema, fields, validate
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from kmsvc.core.events import Delivery
from kmsvc.core.work import Database, Work
from kmsvc.files.store import keep
from kmsvc.files.usecases import attach
from kmsvc.knowledge.articles.import_jobs import Batch, Progress
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.bench.usecases import add_search
from kmsvc.knowledge.bulletins.usecases import Message, send_bulletin
from kmsvc.knowledge.feedback.usecases import send_feedback
from kmsvc.knowledge.flows.usecases import Draft, edit_flow, new_flow
from kmsvc.knowledge.flows.walking import begin_walk
from kmsvc.knowledge.gaps.asking import Asked
from kmsvc.knowledge.gaps.usecases import report_gap
from kmsvc.knowledge.health.models import HealthBatch, HealthPair, HealthSignRow, HealthWord
from kmsvc.knowledge.learning.models import Learned, LearnedReset
from kmsvc.knowledge.learning.usecases import switch_off
from kmsvc.knowledge.relations.usecases import last_check, relate, remove
from kmsvc.knowledge.reviews.rules import ANSWERS
from kmsvc.knowledge.reviews.usecases import (
    Judgement,
    Plan,
    draw_sample,
    items_of,
    judge_item,
    plan_review,
)
from kmsvc.knowledge.shelf.usecases import pin, unpin
from kmsvc.knowledge.vocabulary.usecases import add_term
from kmsvc.notices.models import Mail, Notice
from kmsvc.people.accounts.models import Account
from kmsvc.people.roles import Role
from kmsvc.people.sessions.models import SignInSession, Token
from kmsvc.people.units.models import Post, Unit
from kmsvc.people.units.usecases import add_post
from kmsvc.process.changes.queries import change_card
from kmsvc.process.fieldwork.models import Sample
from tests.builders import change, make_article, make_change, make_process
from tests.process.changes.test_verbs import CASES, prepared
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller, sign_in_as
from tests.support.clock import ZONE
from tests.support.walker import fill

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
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    callers: dict[tuple[str, str], Caller] = field(default_factory=dict)
    _owned: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        self._processes()
        self._articles()
        self._changes()
        with world.begin("admin") as work:
            add_post(work, code="P0", name="Post")
        world.drain()
        with world.look() as work:
            self.values |= {"delivery_id": work.session.scalar(select(func.min(Delivery.id))),
                            "mail_id": work.session.scalar(select(func.min(Mail.id))),
                            "record_id": work.session.scalar(select(func.min(Sample.id)))}
            self.values |= {"unit_id": work.session.scalar(select(func.min(Unit.id))),
                            "post_id": work.session.scalar(select(func.min(Post.id)))}
            self.with_sample = work.get(Sample, self.values["record_id"]).change_id
        self.values |= {"person_id": world.people["agent"], "seq": 1, "n": 1, "m": 4, "filename": "kmsvc.css", "form": "csv",
                        "name": "process.change.sample_size", "kind": "sample", "token": "0" * 32}
        for login in COLUMNS:
            for by in ("cookie", "token"):
                if login != STRANGER or by == "cookie":
                    caller = sign_in_as(self.app, world, None if login == STRANGER else login, by=by)
                    caller.freeze()
                    self.callers[login, by] = caller
        if self.dry:
            self.app.extensions["kmsvc.db"] = DryDatabase(
                world.db.engine, reactions=world.db.reactions, clock=world.clock)

    def _processes(self) -> None:
        process = make_process(self.world)
        make_change(self.world, closed=True, process=process)
        self.process = process
        self.values["process_id"] = process.id

    def _articles(self) -> None:
        article = make_article(self.world)
        kept = keep(self.world.settings.files_dir, io.BytesIO(PICTURE), "picture.png")
        with self.world.begin("knowledge_editor") as work:
            row = attach(work, "article", article.id, kept)
            edit_article(work, article.id, Content(title="t", body=f"![x](/files/{row.id})"), publish=True)
        with self.world.begin("knowledge_editor") as work:
            edit_article(work, article.id, Content(title="t", body=f"![x](/files/{row.id})\n\nnext"))
        self.values |= {"article_id": article.id, "attachment_id": row.id}
        with self.world.begin("knowledge_editor") as work:
            self.values |= {"term_id": add_term(work, term="fee", sayings=["charge"]).id,
                            "search_id": add_search(work, query="t", article=article.number).id}
            self.values["bulletin_id"] = send_bulletin(work, Message(title="t", ends_at=work.now + timedelta(days=20))).id
        self.number = article.number
        guarded = make_article(self.world, title="guarded", body=":::secret\nnever told\n:::", publish=True)
        self.guarded = (guarded.id, guarded.published_version_id)
        twin, fourth = (make_article(self.world, title=title, language="en") for title in ("twin", "fourth"))
        third = make_article(self.world, title="third")
        with self.world.begin("knowledge_editor") as work:
            self.values["relation_id"] = relate(work, article.id, twin.id, "twin", equal=False).id
            self.taken_away = relate(work, article.id, guarded.id, "see_also").id
            remove(work, self.taken_away)
            kept = [Learned(query=f"q{n}", article_id=article.id, lift=1, place=2, place_to=1, people=3, opened=3, helpful=0,
                            since=work.now) for n in range(2)]
            gone = LearnedReset(at=work.now, person_id=work.actor.person_id, reason="r")
            work.session.add_all([*kept, gone])
            work.session.flush()
            self.values |= {"learned_id": kept[0].id, "off_id": switch_off(work, kept[1].id, reason="r").id, "reset_id": gone.id}
            days = {"until": self.world.clock.today, "reason": "r", "today": self.world.clock.today}
            self.values["pin_id"] = pin(work, article.id, unit_id=None, **days).id
            self.unpinned = pin(work, guarded.id, unit_id=None, **days).id
            unpin(work, self.unpinned)
            self.found_equal = relate(work, third.id, fourth.id, "twin").id
            self.check = last_check(work, self.found_equal)
            looked = (work.get(Article, article.id).published_version_id, twin.published_version_id)
        self.twins, self.third = dict(zip(("from_version_id", "to_version_id"), looked, strict=True)), third.number
        with self.world.begin("agent") as work:
            version_id = work.get(Article, article.id).published_version_id or 0
            said = send_feedback(work, version_id, "wrong", today=self.world.clock.today)
        with self.world.begin("team_leader") as work:
            same = send_feedback(work, version_id, "wrong", today=self.world.clock.today)
        self.values |= {"feedback_id": said.id, "version_id": version_id}
        self.same = str(same.number)
        with self.world.begin("agent") as work:
            gaps = [report_gap(work, query, Asked(0, (), None), today=self.world.clock.today).gap
                    for query in ("zebra crossing", "night train")]
        self.values["gap_id"], self.other_gap = gaps[0].id, gaps[1].number
        self._flows()
        self._health(article.id)
        self._reviews()

    def _flows(self) -> None:
        """A guided flow with a newer draft, and a walk of everybody's own."""
        with self.world.begin("knowledge_editor") as work:
            flow = new_flow(work, Draft(title="t", body=FLOW), publish=True)
            edit_flow(work, flow.id, Draft(title="t", body=FLOW.replace("q", "why")))
        self.values["flow_id"], self.flow_version = flow.id, flow.published_version_id or 0
        self.walks = {}
        for login in self.world.people.keys() - {"suspended"}:
            with self.world.begin(login) as work:
                self.walks[login] = begin_walk(work, flow.id, version_id=self.flow_version, choice=1).id

    def _health(self, article_id: int) -> None:
        """A sign, a pair, a word on another article, and an act on many."""
        twin, third = (make_article(self.world, title=title, publish=True) for title in ("alike", "in order"))
        with self.world.begin("system") as work:
            now, first = work.now, sorted((article_id, twin.id))
            work.session.add_all([
                *(HealthSignRow(article_id=one, sign="unused", key="1", figure=90, rows=[], since=now)
                  for one in (article_id, third.id)),
                HealthPair(article_id=first[0], other_id=first[1], likeness=90, since=now)])
        with self.world.begin("knowledge_editor") as work:
            word = HealthWord(article_id=third.id, sign="again", key="1", reason="r", at=now)
            batch = HealthBatch(act="review", value="2027-01-04", before={str(third.id): None}, reason="r", at=now)
            work.permit(EDIT_ARTICLE)
            work.get(Article, third.id).review_on = date(2027, 1, 4)
            work.session.add_all([word, batch])
        self.put_in_order = third.id
        self.values |= {"other_id": twin.id, "word_id": word.id, "batch_id": batch.id}

    def _reviews(self) -> None:
        """A review to be drawn, one to be judged, one to be signed; whoever may judge is named in each."""
        today, people = self.world.clock.today, ("knowledge_editor", "process_manager", "manager", "everything")
        made = []
        for _ in range(3):
            with self.world.begin("process_manager") as work:
                made.append(plan_review(work, Plan(today.year, today, today, today, 1, people)).id)
        for one in made[1:]:
            with self.world.begin("process_manager") as work:
                draw_sample(work, one, today=today, zone=ZONE)
        found = {}
        for one in made[1:]:
            with self.world.look() as work:
                found[one] = [item.id for item in items_of(work, one)]
        for item in found[made[2]]:
            with self.world.begin("knowledge_editor") as work:
                judge_item(work, made[2], item, Judgement(dict.fromkeys(ANSWERS, True), "keep"), today=today)
        self.reviews = {"draw": made[0], "judge": made[1], "sign": made[2]}
        self.values |= {"review_id": made[1], "item_id": found[made[1]][0]}

    def _changes(self) -> None:
        ready: dict[Any, int] = {}
        for case in CASES:
            told = tuple((who, verb, repr(sorted(t.items())) if isinstance(t, Mapping) else repr(t))
                         for who, verb, t in case.before)
            key = (case.step, told, case.verb == "answer_comment")
            if key not in ready:
                ready[key] = prepared(self.world, case, self.process)
            with self.world.look(case.who) as work:
                card = change_card(work.session, work.actor, ready[key], self.world.clock.today)
            offer = next(one for one in card.offers if one.verb == case.verb)
            self.changes[case.verb] = (ready[key], fill(offer.schema, {}, self.world.clock.today))
        self.values["change_id"] = self.changes["give_verdict"][0]
        self.change_number = change(self.world, self.values["change_id"]).number

    # --- one request ------------------------------------------------------------------------------------------------
    def path(self, route: Route, login: str, **other: Any) -> str:
        """The address with the numbers of real rows; `other` replaces some."""
        found = {**self.values, **self._own("agent" if "person_id" in route.arguments else login), **other}
        if "article_id" in route.arguments and "m" not in other:
            found["m"] = 2
        verb = route.rule.rsplit("/", 1)[-1]
        verb = DESK.get(verb, verb)
        if "change_id" in route.arguments and "change_id" not in other and verb in self.changes:
            found["change_id"] = self.changes[verb][0]
        elif "record_id" in route.arguments and "change_id" not in other:
            found["change_id"] = self.with_sample
        if "walk_id" in route.arguments:
            found["walk_id"] = other.get("walk_id") or self.walks.get(login, 1)
        if "pin_id" in route.arguments and verb == "restore" and "pin_id" not in other:
            found["pin_id"] = self.unpinned
        if "review_id" in route.arguments and "review_id" not in other:
            found["review_id"] = self.reviews.get(verb, found["review_id"])
        if "relation_id" in route.arguments and verb == "restore" and "relation_id" not in other:
            found["relation_id"] = self.taken_away
        if "relation_id" in route.arguments and verb == "withdraw" and "relation_id" not in other:
            found["relation_id"] = self.found_equal
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
        for sort, data in (("vocabulary", WORDS), ("searches", SEARCHES)):
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
        verb = route.rule.rsplit("/", 1)[-1]
        if "change_id" in route.arguments and verb in self.changes:
            return self.changes[verb][1] | ({"password": PASSWORD} if verb == "sign" and not route.is_api else {})
        if route.name in ("POST /knowledge/bench", "POST /api/v1/knowledge/bench"):
            return {"query": "another", "article": self.number}
        if route.rule.endswith("/<int:flow_id>/begin"):
            return {"version_id": self.flow_version, "choice": 1}
        if route.name == "POST /access/open":
            return {"kind": "article", "id": self.guarded[0]}
        if route.name == "POST /access/tried":
            return {"act": "copy_refused", "text": "article:{}:{}".format(*self.guarded)}
        if route.rule.endswith("/shelf/pins"):
            return {"article": self.third, "until": self.world.clock.today.isoformat(), "reason": "r"}
        if route.rule.endswith("/relations/articles/<int:article_id>"):
            return {"word": "see_also", "other": self.third}
        if route.rule.endswith("/twins/<int:relation_id>/equal"):
            return dict(self.twins)
        if route.rule.endswith("/twins/<int:relation_id>/withdraw"):
            return {"check_id": self.check.id if self.check is not None else 0}
        if route.name in BODIES:
            return dict(BODIES[route.name])
        if route.name in ("POST /knowledge/health/acts", "POST /api/v1/knowledge/health/acts"):
            return {"act": "category", "category": "shelf", "ids": [self.put_in_order], **REASON,
                    "sure": True if route.is_api else "1"}
        if "/health/" in route.rule and verb in ("right", "join"):
            return {"sign": "unused", **REASON} if verb == "right" else {"keep": self.values["article_id"], **REASON}
        if route.name in ("POST /knowledge/reviews", "POST /api/v1/knowledge/reviews"):
            return {"year": 2026, "reviewers": ["manager"] if route.is_api else "manager"}
        if route.rule.endswith("/reviews/checklist"):
            return {"zh": "c", "en": "d"}
        if "review_id" in route.arguments:
            return {"cancel": REASON, "judge": JUDGED, "sign": {"complete": "yes", "fit": "yes", "conclusion": "c"} | (
                {} if route.is_api else {"password": PASSWORD})}.get(verb, {})
        if "gap_id" in route.arguments:
            return {"draft": {"title": "t"}, "answer": {"article": self.number}, "merge": {"into": self.other_gap},
                    "assign": {"owner": self.world.people["knowledge_editor"], "due_on": "2027-01-04"}, "dismiss": REASON,
                    "change": {"change": self.change_number}}.get(verb, {})
        if "feedback_id" in route.arguments:
            return {"answer": REASON, "duplicate": {"original": self.same}, "settle": {"result": 0}}.get(verb, {})
        if route.name == "POST /api/v1/knowledge/feedback":
            return {"kind": "wrong", "version_id": self.values["version_id"]}
        says = getattr(self.app.view_functions[route.endpoint], "says", None)
        schema = (says or {}).get("body")
        return example(schema()) if schema is not None else {}

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


def example(schema: Schema) -> dict[str, Any]:
    """The smallest body a schema takes."""
    return {one.data_key or name: _value(one) for name, one in schema.fields.items() if one.required}


def _value(one: fields.Field[Any]) -> Any:
    for check in ([one.validate] if callable(one.validate) else one.validate or ()):
        if isinstance(check, validate.OneOf):
            return list(check.choices)[0]
    if isinstance(one, fields.Nested):
        return example(one.schema)
    if isinstance(one, fields.Boolean):
        return True
    if isinstance(one, fields.Integer):
        return 1
    if isinstance(one, fields.List):
        return []
    if isinstance(one, fields.Date):
        return "2026-03-05"
    return "as told"


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c6360606060000000050001a5f6454000000000" "49454e44ae426082")
ARTICLES = b'{"title": "t", "body": "b"}\n'
FLOW = "? a: q\n- x -> b\n- y -> a\n\n! b: end"
WORDS = b"term,sayings\nrefund,money back\n"
SEARCHES = b"query,article\nhow,KB-0001\n"
ACCOUNTS = b"login,name,email,roles,unit\nnewcomer,New Comer,,agent,TEAM-A\n"

REASON = {"reason": "so it is"}
JUDGED = dict.fromkeys(ANSWERS, "yes") | {"result": "keep"}
QUERIES: dict[str, str] = {
    "GET /api/v1/files": "?subject=article:{article_id}", "POST /files": "?subject=article:{article_id}",
    "POST /api/v1/files": "?subject=article:{article_id}",
    "GET /api/v1/search": "?q=退款", "GET /api/v1/search/suggest": "?q=退款", "GET /search": "?q=退款",
    "GET /search/live": "?q=退款", "GET /search/answer": "?kind=article&id={article_id}",
    "GET /process/changes/similar": "?title=退款",
    "GET /process/definitions/{process_id}/compare": "?old=1&new=4",
    "GET /knowledge/articles/{article_id}/compare": "?old=1&new=2",
    "GET /knowledge/relations/twins/{relation_id}/switch": "?from={article_id}",
}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("POST /knowledge/learning/{learned_id}/off", "POST /knowledge/learning/reset"), REASON),
    "POST /sign-in": {"login": "agent", "password": PASSWORD},
    **dict.fromkeys(("POST /knowledge/vocabulary", "POST /api/v1/knowledge/vocabulary",
                     "POST /knowledge/vocabulary/{term_id}/edit", "POST /api/v1/knowledge/vocabulary/{term_id}/edit"),
                    {"term": "refund", "sayings": "money back"}),
    **dict.fromkeys(("POST /knowledge/flows", "POST /api/v1/knowledge/flows", "POST /knowledge/flows/{flow_id}/edit",
                     "POST /api/v1/knowledge/flows/{flow_id}/edit"), {"title": "u", "body": FLOW}),
    **dict.fromkeys(("POST /knowledge/flows/{flow_id}/revert", "POST /api/v1/knowledge/flows/{flow_id}/revert"),
                    {"ordinal": 2, **REASON}),
    "POST /knowledge/flows/{flow_id}/retire": REASON, "POST /knowledge/flows/walks/{walk_id}/choose": {"at": 0, "choice": 2},
    "POST /knowledge/flows/walks/{walk_id}/contact": {"contact": "C-1"},
    **dict.fromkeys(("POST /knowledge/exports", "POST /api/v1/knowledge/exports"), REASON),
    "POST /knowledge/vocabulary/{term_id}/remove": REASON, "POST /knowledge/bench/{search_id}/remove": REASON,
    "POST /audit/export": {"format": "csv", "password": PASSWORD},
    "POST /api/v1/people/accounts": {"login": "newcomer", "name": "New Comer"},
    "POST /api/v1/people/accounts/{person_id}/add_login": {"login": "another"},
    "POST /api/v1/people/me/password": {"old": PASSWORD, "new": PASSWORD + "-next"},
    "POST /api/v1/people/posts": {"code": "P1", "name": "Post"},
    "POST /api/v1/people/units": {"code": "U1", "name": "Unit", "parent": "CENTRE"},
    "POST /api/v1/process/changes": {"title": "t", "reason": "r", "process_id": 1},
    "POST /api/v1/process/definitions/{process_id}/revert": {"to_version": 1, **REASON},
    "POST /api/v1/operations/settings/{name}/set": {"value": 7},
    "POST /people/accounts": {"login": "newcomer", "name": "New Comer", "password": PASSWORD},
    "POST /people/accounts/{person_id}/add_login": {"login": "another", "password": PASSWORD},
    "POST /people/accounts/{person_id}/edit": {"name": "New Name"},
    "POST /people/accounts/{person_id}/password": {"password": PASSWORD},
    "POST /people/accounts/{person_id}/suspend": {**REASON, "password": PASSWORD},
    "POST /people/accounts/{person_id}/resume": {**REASON, "password": PASSWORD},
    "POST /people/accounts/{person_id}/end_sessions": REASON,
    "POST /people/me/password": {"old": PASSWORD, "new": PASSWORD + "-next", "again": PASSWORD + "-next"},
    "POST /people/me/prove": {"password": PASSWORD},
    "POST /people/me/tokens": {"name": "mine", "days": 7, "password": PASSWORD},
    "POST /people/units": {"code": "U1", "name": "Unit", "parent": "CENTRE"},
    "POST /people/units/posts": {"code": "P1", "name": "Post"},
    "POST /operations/settings/{name}": {"value": "7"},
    "POST /process/definitions/new": {"name": "Night calls", "group": "production", "class": "business",
                                      "owner": "business_owner"},
    "POST /process/changes/new": {"title": "t", "reason": "r", "process_id": 1},
    "POST /process/definitions/{process_id}/review": REASON,
    "POST /process/definitions/{process_id}/retire": REASON,
    "POST /process/definitions/{process_id}/revert": {"to_version": 1, **REASON},
    "POST /knowledge/articles/new": {"title": "t", "body": "b"},
    "POST /knowledge/articles/{article_id}/edit": {"title": "t", "body": "b"},
    "POST /knowledge/articles/{article_id}/confirm": {"version_id": 2},
    "POST /knowledge/articles/{article_id}/retire": REASON,
    "POST /knowledge/articles/{article_id}/revert": {"to_version_id": 2, **REASON},
    "POST /knowledge/feedback/versions/{version_id}": {"kind": "unclear"},
    "POST /knowledge/gaps/report": {"q": "zebra"},
    "POST /knowledge/health/pairs/{article_id}/{other_id}/distinct": REASON,
    **dict.fromkeys(("POST /knowledge/bulletins", "POST /api/v1/knowledge/bulletins",
                     "POST /knowledge/bulletins/{bulletin_id}/correct", "POST /api/v1/knowledge/bulletins/{bulletin_id}/correct"),
                    {"title": "t", "ends_at": "2026-03-20T18:00"}),
    "POST /knowledge/bulletins/{bulletin_id}/end": REASON,
    "POST /search/opened": {"q": "退款", "found": 1},
}
UPLOADS: dict[str, tuple[str, bytes]] = {
    "POST /api/v1/files": ("picture.png", PICTURE), "POST /files": ("picture.png", PICTURE),
    "POST /people/accounts/import": ("staff.csv", ACCOUNTS),
    "POST /api/v1/people/accounts/import": ("staff.csv", ACCOUNTS),
    "POST /knowledge/articles/import": ("articles.jsonl", ARTICLES),
    "POST /knowledge/flows/import": ("flow.json", json.dumps({"title": "t", "body": FLOW}).encode()),
    "POST /knowledge/vocabulary/import": ("words.csv", WORDS), "POST /api/v1/knowledge/vocabulary/import": ("words.csv", WORDS),
    "POST /knowledge/bench/import": ("searches.csv", SEARCHES), "POST /api/v1/knowledge/bench/import": ("searches.csv", SEARCHES),
    "POST /api/v1/knowledge/articles/import": ("articles.jsonl", ARTICLES),
}
