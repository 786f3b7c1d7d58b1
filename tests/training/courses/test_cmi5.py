"""cmi5: launched with a token that is given out once, statements kept and never changed, all of it limited to one registration."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.training.courses.cmi5 import satisfied
from kmsvc.training.courses.models import CourseAttempt, CourseStatement
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.courses.test_pages import go, package_lesson, there
from tests.training.courses.zips import cmi5

Clients = Callable[..., Caller]
VERBS = "http://adlnet.gov/expapi/verbs/"


class Played:
    """A package as it talks to us: without a cookie, from no origin."""

    def __init__(self, client: Clients, app: Flask) -> None:
        import re
        from html import unescape

        self.agent, self.lesson = package_lesson(client, cmi5())
        page = there(self.agent.get(go(self.agent.post(f"{self.lesson}/launch", data={"item": "https://x.test/c/a"}))))
        found = re.search(r'<iframe[^>]* src="([^"]+)"', page)
        assert found is not None
        said = {key: value[0] for key, value in parse_qs(urlsplit(unescape(found[1])).query).items()}
        self.me, self.registration = json.loads(said["actor"]), said["registration"]
        self.fetch, self.endpoint = urlsplit(said["fetch"]).path, urlsplit(said["endpoint"]).path
        self.here = app.test_client()
        self.token = ""

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        return self.here.open(self.endpoint + path, method=method, json=body, headers={
            "Authorization": f"Basic {self.token if token is None else token}", "Sec-Fetch-Site": "cross-site", "Origin": "null"})

    def begin(self) -> None:
        answer = self.here.post(self.fetch, headers={"Sec-Fetch-Site": "cross-site", "Origin": "null"})
        self.token = answer.json["auth-token"]

    def statement(self, verb: str, **more: Any) -> dict[str, Any]:
        return {"id": str(uuid.uuid4()), "actor": self.me, "verb": {"id": VERBS + verb}, "object": {"id": "https://x.test/c/a"},
                "context": {"registration": self.registration}, **more}


def test_a_package_is_launched_says_what_was_done_and_the_course_is_done(client: Clients, app: Flask, world: Centre) -> None:
    played = Played(client, app)
    assert played.call("GET", "activities/state?stateId=LMS.LaunchData").status_code == 403, "not without a token"
    played.begin()
    again = played.here.post(played.fetch)
    assert again.json["error-code"] == "1" and "auth-token" not in again.json, "it works once"
    data = played.call("GET", "activities/state?stateId=LMS.LaunchData").json
    assert (data["moveOn"], data["masteryScore"]) == ("CompletedOrPassed", 0.8)
    for one in (played.statement("initialized"), played.statement("passed", result={"score": {"scaled": 0.5}})):
        assert played.call("POST", "statements", one).status_code == 200
    with world.look() as work:
        assert work.session.scalars(select(CourseAttempt)).one().done_at is None, "passed below the mastery score does not count"
    last = played.statement("passed", result={"score": {"scaled": 0.9}})
    answer = played.call("PUT", f"statements?statementId={last['id']}", last)
    assert answer.status_code == 204 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert played.call("PUT", f"statements?statementId={last['id']}", last).status_code == 204, "twice is once"
    with world.look() as work:
        assert work.session.scalars(select(CourseAttempt)).one().done_at is not None
        assert len(list(work.session.scalars(select(CourseStatement)))) == 3
    assert "90 %" in there(played.agent.get("/training/learning/history"))
    for words in ("UPDATE training_course_statement SET verb = 'x'", "DELETE FROM training_course_statement"):
        with pytest.raises(DBAPIError), world.db.engine.begin() as raw:
            raw.execute(text(words))


def test_documents_are_kept_for_this_registration(client: Clients, app: Flask, world: Centre) -> None:
    played = Played(client, app)
    played.begin()
    assert played.call("GET", "activities/state?stateId=bookmark").status_code == 404
    assert played.call("PUT", "activities/state?stateId=bookmark", {"page": 3}).status_code == 204
    assert played.call("GET", "activities/state?stateId=bookmark").json == {"page": 3}
    assert played.call("DELETE", "activities/state?stateId=bookmark").status_code == 204
    assert played.call("GET", "activities/state?stateId=bookmark").status_code == 404
    assert played.call("GET", "agents/profile?profileId=cmi5LearnerPreferences").json["languagePreference"]


def test_nobody_speaks_for_another_learner_or_registration(client: Clients, app: Flask, world: Centre) -> None:
    played = Played(client, app)
    played.begin()
    other = {"objectType": "Agent", "account": {**played.me["account"], "name": str(world.people["agent_b"])}}
    for wrong, status in (({"actor": other}, 403), ({"context": {"registration": str(uuid.uuid4())}}, 403), ({"actor": "x"}, 403),
                          ({"verb": "x"}, 422), ({"id": "x"}, 422)):
        assert played.call("POST", "statements", played.statement("passed") | wrong).status_code == status, wrong
    for body in ("x", [1], {"a": "x" * 600_000}):
        assert played.call("POST", "statements", body).status_code == 422
    assert played.call("POST", "statements", played.statement("passed"), token="x").status_code == 403
    assert played.call("GET", "nothing").status_code == 404
    answer = played.here.open(played.endpoint + "statements", method="OPTIONS")
    assert answer.status_code == 204 and "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert played.agent.get("/people/me").status_code == 200 and played.here.get("/people/me").status_code != 200
    world.clock.move(hours=9)
    assert played.call("POST", "statements", played.statement("passed")).status_code == 403, "the launch has ended"


@pytest.mark.parametrize(("move_on", "said", "done"), [
    ("Passed", {"completed"}, False), ("Passed", {"passed"}, True), ("Completed", {"completed"}, True),
    ("CompletedAndPassed", {"passed"}, False), ("CompletedAndPassed", {"passed", "completed"}, True),
    ("CompletedOrPassed", {"completed"}, True), ("NotApplicable", {"initialized"}, True), ("NotApplicable", set(), False)])
def test_when_an_item_is_done(move_on: str, said: set[str], done: bool) -> None:
    assert satisfied(move_on, dict.fromkeys(said, "1")) is done
