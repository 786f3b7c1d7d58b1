"""Sessions at their doors: planned, moved, cancelled and brought back; the waiting list; signing in by the code on the wall and by
hand; feedback; the agent's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from kmsvc.home.queries import tasks, todo_count
from kmsvc.training.plans import attending, codes, people
from kmsvc.training.plans.models import TrainingSession
from kmsvc.training.plans.session_queries import session_card
from kmsvc.training.trainers import usecases as trainers
from tests.support.centre import Centre
from tests.support.pages import problems
from tests.training.plans.test_plans import GOOD, ZONE_NAME, a_plan, a_session

BASE = "/training/plans"


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def now_is_its_time(world: Centre, session_id: int) -> None:
    """The clock stands at the beginning of the session."""
    with world.look("trainer") as work:
        ahead = work.get(TrainingSession, session_id).starts_at - work.now
    world.clock.move(seconds=int(ahead.total_seconds()) + 5)


def code_of(page: str) -> str:
    """The address in the code, as a phone opens it."""
    found = re.search(r"/training/plans/sessions/\d+/sign-in\?code=[0-9a-z-]+", page)
    assert found is not None
    return found.group()


def test_a_trainer_plans_moves_cancels_and_brings_back_a_session(client: Callable[..., Any], world: Centre) -> None:
    plan, teaches = a_plan(world)
    trainer, day = client("trainer"), str(world.clock.today + timedelta(days=1))
    assert client("agent").get(f"{BASE}/{plan}/sessions/new").status_code == 403
    page = text_of(trainer.get(f"{BASE}/{plan}/sessions/new"))
    assert not problems(page) and "free, authorised until" in page and 'value="09:00"' in page
    assert "Trainer" in text_of(trainer.get(f"{BASE}/sessions/new?day={day}&at=13:00"))
    given = {"day": day, "starts": "09:00", "ends": "11:00", "room": "培训室A", "seats": "1", "trainer": str(teaches)}
    refused = trainer.post(f"{BASE}/{plan}/sessions", data=given | {"ends": "08:00"})
    assert refused.status_code == 422 and "培训室A" in text_of(refused)
    refused = trainer.post(f"{BASE}/{plan}/sessions", data=given)
    assert refused.status_code == 422 and "2 people are planned, there are 1 seats" in text_of(refused)
    assert 'name="anyway"' in text_of(refused) and not problems(text_of(refused))
    late = trainer.get(f"{BASE}/{plan}/sessions/check", query_string=given | {"day": str(world.clock.today + timedelta(days=99))})
    assert "Nobody is authorised" in text_of(late)
    place = trainer.post(f"{BASE}/{plan}/sessions", data=given | {"anyway": "只有这间"}).headers["Location"]
    page = text_of(trainer.get(place))
    assert not problems(page) and "1 waits" in page and "只有这间" in page
    assert not problems(text_of(trainer.get(f"{place}/edit"))) and "TS-" in text_of(trainer.get(f"{BASE}/{plan}"))
    assert trainer.post(f"{place}/edit", data=given | {"room": "B", "seats": "2"}).status_code == 422
    assert trainer.post(f"{place}/edit", data=given | {"room": "B", "seats": "2", "reason": "换大间"}).status_code == 303
    assert "1 waits" not in text_of(trainer.get(place))  # who waited has the new seat
    assert trainer.post(f"{place}/edit", data=given | {"seats": "1", "reason": "r", "anyway": "a"}).status_code == 422
    assert trainer.post(f"{place}/cancel", data={}).status_code == 422
    for verb, data in (("cancel", {"reason": "停电"}), ("bring_back", {})):
        assert trainer.post(f"{place}/{verb}", data=data).status_code == 303
        assert not problems(text_of(trainer.get(place)))
    page = text_of(trainer.get(f"{BASE}/sessions?state=ahead&q=退费"))
    assert "TS-" in page and not problems(page)
    assert trainer.get(f"{BASE}/sessions?format=csv").status_code == 200
    secret = trainer.post(f"{place}/materials", data={"materials": "::: secret\n退费上限\n:::"})
    assert secret.status_code == 422 and "退费上限" in text_of(secret)  # everybody on the list would read it
    assert trainer.post(f"{place}/materials", data={"materials": "见[退费规则](/knowledge/articles/1)"}).status_code == 303
    assert not problems(text_of(trainer.get(f"{place}/materials"))) and "/knowledge/articles/1" in text_of(client("agent").get(place))


def test_a_phone_signs_in_by_the_code_of_now_and_no_other(client: Callable[..., Any], world: Centre) -> None:
    plan, teaches = a_plan(world)
    one, other = (a_session(world, plan, teaches, starts=f"{at}:00", ends=f"{at}:50") for at in (9, 14))
    assert "<svg" not in text_of(client("trainer").get(f"{BASE}/sessions/{one}/code"))  # a day too early
    now_is_its_time(world, one)
    trainer, agent = client("trainer"), client("agent")
    page = text_of(trainer.get(f"{BASE}/sessions/{one}/code"))
    assert "<svg" in page and not problems(page) and agent.get(f"{BASE}/sessions/{one}/code").status_code == 404
    address = code_of(page)
    phone = text_of(agent.get(address))
    assert "I am here" in phone and not problems(phone)
    assert "not a code of this session" in text_of(agent.get(address.replace(f"/{one}/", f"/{other}/")))
    assert "not a code of this session" in text_of(agent.get(address[:-1] + ("0" if address[-1] != "0" else "1")))
    for wrong in ("", "x", "zzzzzzzzz-0000000000000000", "-"):
        answer = agent.get(f"{BASE}/sessions/{one}/sign-in", query_string={"code": wrong})
        assert "I am here" not in text_of(answer)
    world.clock.move(seconds=40)
    assert "I am here" in text_of(agent.get(address))  # the code that has just gone still counts
    assert code_of(text_of(trainer.get(f"{BASE}/sessions/{one}/code"))) != address
    world.clock.move(seconds=120)
    over = agent.get(address)
    assert over.status_code == 409 and "run out" in text_of(over) and "I am here" not in text_of(over)
    ticket = re.search(r'name="ticket" value="([^"]+)"', phone)
    assert ticket is not None
    stolen = client("agent_b").post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1)})
    assert stolen.status_code == 409 and "not a code" in text_of(stolen)
    assert agent.post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1)}).status_code == 303  # one tap, minutes later
    assert agent.post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1)}).status_code == 303
    with world.look("trainer") as work:
        held = {row.login: row for row in session_card(work.session, work.actor, one).people}
        assert held["agent"].how == "code" and held["agent_b"].present_at is None
    world.clock.move(minutes=15)
    answer = client("agent_b").post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1)})
    assert answer.status_code == 409


def test_a_code_of_yesterday_and_one_of_another_centre_do_not_count(world: Centre) -> None:
    with world.look("trainer") as work:
        now = work.now
    codes.check_code("s", 7, codes.code_for("s", 7, now), now + timedelta(seconds=60))
    for secret, session_id, moved in (("s", 7, timedelta(days=1)), ("other", 7, timedelta(0)), ("s", 8, timedelta(0)),
                                      ("s", 7, timedelta(minutes=2)), ("s", 7, -timedelta(days=1))):
        with pytest.raises(codes.CodeRefused):
            codes.check_code(secret, session_id, codes.code_for("s", 7, now), now + moved)
    with pytest.raises(codes.CodeRefused):
        codes.check_ticket("s", 7, 1, codes.ticket_for("s", 7, 1, now), now + timedelta(minutes=11))


def test_who_has_no_seat_is_told_and_let_in_where_there_is_room(client: Callable[..., Any], world: Centre) -> None:
    plan, teaches = a_plan(world)
    one = a_session(world, plan, teaches, seats=1, anyway="r")  # agent has the seat, agent_b waits
    now_is_its_time(world, one)
    trainer = client("trainer")
    address = code_of(text_of(trainer.get(f"{BASE}/sessions/{one}/code")))
    assert "none is free" in text_of(client("agent_b").get(address))
    assert "not on the list" in text_of(client("marker").get(address))
    assert client("marker").get(f"{BASE}/sessions/{one}/sign-in").status_code == 404
    assert client("agent").post(f"{BASE}/sessions/{one}/leave").status_code == 303  # agent_b moves up
    assert "I am here" in text_of(client("agent_b").get(address))
    ticket = re.search(r'name="ticket" value="([^"]+)"', text_of(client("agent_b").get(address)))
    assert ticket is not None
    client("agent_b").post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1)})
    refused = trainer.post(f"{BASE}/sessions/{one}/let_in", data={"login": "marker", "reason": "临时来听"})
    assert refused.status_code == 409 and "临时来听" in text_of(refused)
    assert trainer.post(f"{BASE}/sessions/{one}/let_in", data={"login": "niemand", "reason": "r"}).status_code == 422
    given = {"day": str(world.clock.today), "starts": "09:00", "ends": "11:00", "room": "A", "seats": "3", "trainer": str(teaches)}
    assert trainer.post(f"{BASE}/sessions/{one}/edit", data=given | {"reason": "加座"}).status_code == 303
    assert trainer.post(f"{BASE}/sessions/{one}/let_in", data={"login": "marker", "reason": "临时来听"}).status_code == 303
    agent = client("agent")
    assert "Take a seat, I am here" in text_of(agent.get(address))
    ticket = re.search(r'name="ticket" value="([^"]+)"', text_of(agent.get(address)))
    assert ticket is not None
    without = agent.post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1)})
    assert without.status_code == 409 and "One is free" in text_of(without)
    assert agent.post(f"{BASE}/sessions/{one}/sign-in", data={"ticket": ticket.group(1), "seat": "1"}).status_code == 303
    with world.look("trainer") as work:
        card = session_card(work.session, work.actor, one)
        assert card.line.came == 3
        assert {row.login: row.how for row in card.people} == {"agent": "code", "agent_b": "code", "marker": "hand"}


def test_attendance_by_hand_minutes_and_what_people_thought(client: Callable[..., Any], world: Centre) -> None:
    plan, teaches = a_plan(world)
    one = a_session(world, plan, teaches)
    place, ids = f"{BASE}/sessions/{one}", world.people
    early = client("trainer").post(f"{place}/people/came", data={"person": [str(ids["agent"])], "reason": "r"})
    assert early.status_code == 409
    now_is_its_time(world, one)
    trainer = client("trainer")
    assert trainer.post(f"{place}/people/came", data={"reason": "r"}).status_code == 422
    kept = trainer.post(f"{place}/people/came", data={"person": [str(ids["agent"])], "reason": ""})
    assert kept.status_code == 422 and f'value="{ids["agent"]}" form="ticked" checked' in text_of(kept)
    both = {"person": [str(ids["agent"]), str(ids["agent_b"])], "reason": "手机没电"}
    assert trainer.post(f"{place}/people/came", data=both).status_code == 303
    assert trainer.post(f"{place}/people/gone", data={"person": [str(ids["agent_b"])], "reason": "看错人"}).status_code == 303
    assert client("agent_b").get(f"{place}/feedback").status_code == 404
    agent = client("agent")
    page = text_of(agent.get(f"{place}/feedback"))
    assert not problems(page)
    half = agent.post(f"{place}/feedback", data={"content": "5", "said": "例子多"})
    assert half.status_code == 422 and "例子多" in text_of(half) and 'value="5" checked' in text_of(half)
    assert agent.post(f"{place}/feedback", data={name: str(mark) for name, mark in GOOD.items()} | {"said": "例子多"}).status_code == 303
    assert "Feedback given" in text_of(agent.get(f"{BASE}/mine")) and not problems(text_of(agent.get(place)))
    assert trainer.post(f"{place}/people/gone", data={"person": [str(ids["agent"])], "reason": "r"}).status_code == 409
    page = text_of(trainer.get(place))
    assert "例子多" in page and "4.0" in page
    assert trainer.post(f"{place}/hold", data={"minutes": ""}).status_code == 422
    assert trainer.post(f"{place}/hold", data={"minutes": "讲了三个例子"}).status_code == 303
    assert trainer.post(f"{place}/minutes", data={"minutes": "讲了四个例子"}).status_code == 303
    page = text_of(trainer.get(place))
    assert "讲了四个例子" in page and not problems(page) and "讲了四个例子" in text_of(agent.get(place))
    assert "手机没电" in text_of(trainer.get(f"{place}?format=csv"))
    assert trainer.post(f"{place}/unhold", data={"reason": "还有一半"}).status_code == 303


def test_who_comes_onto_a_plan_later_gets_a_place_and_who_goes_gives_it_back(world: Centre) -> None:
    plan, teaches = a_plan(world)
    one = a_session(world, plan, teaches, seats=3)
    with world.begin("trainer") as work:
        people.add_people(work, plan, logins=["marker", "auditor"])
        card = session_card(work.session, work.actor, one)
        assert (card.line.taken, card.line.waiting) == (3, 1)
        people.remove_people(work, plan, [world.people["agent"]], reason="调岗")
        card = session_card(work.session, work.actor, one)
        assert (card.line.taken, card.line.waiting) == (3, 0) and "agent" not in {row.login for row in card.people}


def test_the_agents_list_says_what_is_coming_and_lets_take_and_give_back(client: Callable[..., Any], world: Centre) -> None:
    plan, teaches = a_plan(world)
    one = a_session(world, plan, teaches)
    agent = client("agent")
    page = text_of(agent.get(f"{BASE}/mine"))
    assert "You have a seat" in page and not problems(page)
    assert "Give my place back" in text_of(agent.get(f"{BASE}/sessions/{one}"))
    assert agent.post(f"{BASE}/sessions/{one}/leave").status_code == 303
    assert "Take a place" in text_of(agent.get(f"{BASE}/mine"))
    assert agent.post(f"{BASE}/sessions/{one}/join").status_code == 303
    assert agent.post(f"{BASE}/sessions/{one}/join").status_code == 409
    assert client("marker").get(f"{BASE}/sessions/{one}").status_code == 404
    assert "No session is planned for you" in text_of(client("marker").get(f"{BASE}/mine"))


def test_a_session_waits_on_the_own_day_then_its_feedback(app: Flask, world: Centre) -> None:
    plan, teaches = a_plan(world)
    one = a_session(world, plan, teaches, day=world.clock.today + timedelta(days=4))

    def waiting() -> list[str]:
        with app.test_request_context("/", headers={"Cookie": "km-language=en"}), world.look("agent") as work:
            found = tasks(work.session, work.actor, world.clock.today, ZONE_NAME, work.now)
            assert todo_count(work.session, work.actor, world.clock.today, work.now) == len(found)
            return [task.url for task in found if task.kind == "session"]
    assert waiting() == []
    world.clock.move(days=3)
    assert waiting() == [f"{BASE}/sessions/{one}/mine"]
    now_is_its_time(world, one)
    with world.begin("agent") as work:
        attending.sign_in(work, one)
    assert waiting() == []
    world.clock.move(hours=3)
    assert waiting() == [f"{BASE}/sessions/{one}/feedback"]
    with world.begin("agent") as work:
        attending.rate(work, one, marks=GOOD)
    assert waiting() == []


def test_who_teaches_a_session_holds_it_whatever_their_role(client: Callable[..., Any], world: Centre) -> None:
    plan, _ = a_plan(world)
    with world.begin("manager") as work:
        one = trainers.open_file(work, login="business_owner", qualification="q").id
        trainers.authorise(work, one, from_on=world.clock.today, until_on=world.clock.today + timedelta(days=30), proof="p")
    own, other = a_session(world, plan, one), a_session(world, plan, 1, starts="13:00", ends="14:00")
    now_is_its_time(world, own)
    teaches, ids = client("business_owner"), world.people
    assert "You teach" in text_of(teaches.get(f"{BASE}/mine"))
    page = text_of(teaches.get(f"{BASE}/sessions/{own}"))
    assert not problems(page) and "Code for the wall" in page and "Cancel the session" not in page
    assert "<svg" in text_of(teaches.get(f"{BASE}/sessions/{own}/code"))
    hand = {"person": [str(ids["agent"])], "reason": "r"}
    assert teaches.post(f"{BASE}/sessions/{own}/people/came", data=hand).status_code == 303
    assert teaches.post(f"{BASE}/sessions/{own}/materials", data={"materials": "m"}).status_code == 303
    assert teaches.post(f"{BASE}/sessions/{own}/people/out", data={"person": [str(ids["agent_b"])], "reason": "r"}).status_code == 403
    assert teaches.post(f"{BASE}/sessions/{own}/cancel", data={"reason": "r"}).status_code == 403
    assert teaches.post(f"{BASE}/sessions/{own}/hold", data={"minutes": "m"}).status_code == 303
    for place in ("", "/code", "/materials"):
        assert teaches.get(f"{BASE}/sessions/{other}{place}").status_code == 404
    assert teaches.post(f"{BASE}/sessions/{other}/hold", data={"minutes": "m"}).status_code == 403
