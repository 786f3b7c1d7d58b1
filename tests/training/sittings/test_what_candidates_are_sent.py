"""R-E1: every answer of the service to a candidate is looked through for words planted in keys, explanations and others' answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kmsvc.training.exams.models import Exam
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion
from kmsvc.training.sittings.models import SittingItem
from kmsvc.training.sittings.usecases import Came
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.figures import HARD
from tests.training.sittings.exams import RIGHT, SECRET, begin, make_exam
from tests.training.sittings.test_sitting import save

Clients = Callable[..., Caller]
OTHERS = "fremde-antwort"
WRONG: dict[int, Any] = {3: True, 4: {"1": "不知道"}, 5: "8", 8: "不知道", 9: {"b": "不知道"}}
BESIDE = ("/api/v1/audit", "/api/v1/access", "/audit", "/access", "/api/v1/notices", "/notices", "/", "/api/v1/openapi.json", "/hooks",
          "/api/v1/hooks", "/operations", "/metrics", "/api/v1/search/suggest?q={0}", "/api/v1/search?q={0}", "/search?q={0}",
          "/search?q=退款期限", "/api/v1/search?q=退款期限", "/api/v1/search/suggest?q=退款期限", "/training")


def addresses(app: Flask, ids: set[int]) -> Iterator[str]:
    """Every page and every route that reads, with each of these ids in each of its places; those of training alone in short."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/static"):
            continue
        if not HARD and "/training" not in rule.rule:
            continue
        if any(not name for name in rule.arguments) or re.search(r"<(?!int:)", rule.rule):
            continue
        for one in sorted(ids) if rule.arguments else [0]:
            place = re.sub(r"<int:\w+>", str(one), rule.rule)
            yield place
            yield place + "?format=csv"
    for place in BESIDE:
        yield place.format(SECRET)
        yield place.format(OTHERS)


def asked_for(rule_ids: dict[str, set[int]]) -> set[int]:
    return set().union(*rule_ids.values())


@pytest.fixture
def planted(world: Centre) -> tuple[int, int, dict[str, set[int]]]:
    """(exam, the candidate's sitting, ids of everything around it); another candidate has answered with planted words."""
    exam = make_exam(world, people=("agent", "agent_b"))
    mine, other = begin(world, exam), begin(world, exam, "agent_b")
    save(world, other, Came(8, 1, OTHERS), Came(4, 2, {"1": OTHERS}), login="agent_b")
    save(world, mine, Came(1, 1, RIGHT[1]))
    with world.look() as work:
        found = {name: set(work.session.scalars(select(kind.id).order_by(kind.id).limit(12))) for name, kind in (
            ("exam", Exam), ("paper", PaperRow), ("bank", Bank), ("question", QuestionRow), ("version", QuestionVersion),
            ("item", SittingItem))}
    return exam, mine, found | {"sitting": {mine, other}}


def check(caller: Caller, address: str, leaks: list[str]) -> None:
    answer = caller.get(address)
    assert answer.status_code < 500, (address, answer.status_code)
    told = answer.get_data(as_text=answer.mimetype.startswith(("text", "application/json", "application/problem")))
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    words = told if isinstance(told, str) else told.decode("utf-8", "replace")
    if (SECRET in words and f"q={SECRET}" not in address) or (OTHERS in words and f"q={OTHERS}" not in address):
        leaks.append(address)
    if SECRET in heads or OTHERS in heads:
        leaks.append(f"headers of {address}")


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("stage", ["running", "handed in and marked"])
def test_r_e1_no_answer_to_a_candidate_holds_a_key_or_anothers_words(
        world: Centre, app: Flask, client: Clients, planted: tuple[int, int, dict[str, set[int]]], stage: str) -> None:
    """R-E1: pages, JSON, exports, errors, search and trail, while it is sat and after it was handed in and marked by machine."""
    _, mine, ids = planted
    caller, leaks = client("agent"), []
    if stage != "running":
        assert caller.call("POST", f"/api/v1/training/sittings/{mine}/submit", {})[0] == 200
        world.drain()
    seen = list(dict.fromkeys(addresses(app, asked_for(ids))))
    assert len(seen) > 100
    for address in seen:
        check(caller, address, leaks)
    assert leaks == []


def test_r_e1_what_is_sent_back_and_refused_holds_no_key(
        world: Centre, client: Clients, planted: tuple[int, int, dict[str, set[int]]]) -> None:
    """R-E1: answers, receipts, beats and refusals; wrong forms and other people's sittings too."""
    exam, mine, ids = planted
    caller = client("agent")
    other = (ids["sitting"] - {mine}).pop()
    bodies: list[tuple[str, Any]] = [(f"{one}/answers", {"device": "d", "answers": [{"place": place, "number": 50, "answer": answer}]})
                                     for one in (mine, other) for place in range(1, 12)
                                     for answer in ("x", ["x"], {"x": "y"}, 5, True, RIGHT.get(place))]
    bodies += [(f"{one}/{verb}", body) for one in (mine, other) for verb, body in (
        ("beat", {"device": "d", "known": 0}), ("focus", {"device": "d", "act": "left"}), ("extend", {"minutes": 5, "reason": "x"}),
        ("reopen", {"minutes": 5, "reason": "x"}), ("annul", {"reason": "x"}), ("submit", {}))]
    bodies += [("", {"exam_id": exam})]
    for verb, body in bodies:
        answer = caller.post(f"/api/v1/training/sittings/{verb}".rstrip("/"), json=body)
        words = answer.get_data(as_text=True) + str(answer.headers)
        assert answer.status_code < 500
        assert SECRET not in words and OTHERS not in words, (verb, body)
        if verb.startswith(str(other)):
            assert answer.status_code in (403, 404), (verb, answer.status_code)


def test_r_e1_what_comes_back_does_not_depend_on_being_right(world: Centre, client: Clients) -> None:
    """R-E1: the receipt of a right answer and that of a wrong one are the same but for their instant."""
    exam = make_exam(world, people=("agent", "agent_b"))
    told: list[Any] = []
    for login, answers in (("agent", RIGHT), ("agent_b", WRONG)):
        sitting = begin(world, exam, login)
        caller = client(login)
        for number, place in enumerate(WRONG, 1):
            status, body = caller.call("POST", f"/api/v1/training/sittings/{sitting}/answers", {
                "device": "d", "answers": [{"place": place, "number": number, "answer": answers[place]}]})
            assert status == 200
            told.append({name: value for name, value in body.items() if name not in ("mark", "before")})
        caller.call("POST", f"/api/v1/training/sittings/{sitting}/submit", {})
        world.drain()
        over = caller.get(f"/api/v1/training/sittings/{sitting}").get_json()
        assert not {"score", "passed", "verdict", "marks", "second_why", "questions", "answers"} & set(over)
        told.append({name: value for name, value in over.items() if name not in ("id",)})
    half = len(told) // 2
    assert told[:half] == told[half:]


def test_r_e1_the_paper_shows_exactly_the_named_fields(world: Centre, client: Clients) -> None:
    """R-E1: field by field; a field that somebody adds to a question is not sent before it is named here and in `facing`."""
    sitting = begin(world, make_exam(world))
    found = client("agent").get(f"/api/v1/training/sittings/{sitting}").get_json()
    assert set(found) == {"id", "exam", "attempt", "attempts", "state", "begun_at", "ended_at", "at", "ends_at", "last_at", "grace_s",
                          "more_s", "left_s", "most", "paused", "number", "mark", "answers", "questions"}
    fields = {one["kind"]: set(one) - {"place", "points", "kind", "stem"} for one in found["questions"]}
    assert fields == {"single": {"options"}, "multiple": {"options"}, "true_false": set(), "fill_in": {"blanks"}, "numeric": {"unit"},
                      "ordering": {"items"}, "matching": {"lefts", "rights"}, "short_answer": {"longest"}, "file": {"types"},
                      "case": {"parts"}}
