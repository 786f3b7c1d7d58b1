"""Pages and JSON of marking, from the desk to the appeal, as people and programs use them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.people.units.permissions import MANAGE_UNITS
from kmsvc.training.questions.models import QuestionRow
from tests.support.centre import Centre
from tests.training.marking.marked import (
    CLOSED,
    OTHER_KEY,
    RIGHT,
    RUBRIC,
    WRONG,
    item_of,
    people,
    question_at,
    sat,
    sitting_of,
)
from tests.training.sittings.exams import new_version

HERE = "/training/marking"


def handle_in(page: str) -> str:
    found = re.search(r'name="answer" value="([0-9a-f]{16})"', page)
    assert found, page[:500]
    return found[1]


def test_a_marker_goes_through_the_answers_of_a_question(client: Callable, world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "先道歉"], "agent_b": [WRONG, "再见"]}, border=1)
    desk = f"{HERE}/{exam}/questions/{question_at(world, exam, 2)}"
    marker = client("marker")
    assert "data-row" in marker.get(HERE).get_data(as_text=True)
    assert desk in marker.get(f"{HERE}/{exam}").get_data(as_text=True)
    page = marker.get(desk).get_data(as_text=True)
    assert "参考" not in page and "先道歉，再说明。" in page  # the model answer stands beside it
    assert "Agent" not in page.split("<main")[1]
    first = handle_in(page)
    refused = marker.post(f"{desk}/mark", data={"answer": first, "part": "mark", "line:": "5", "comment": "太多"})
    assert refused.status_code == 422 and 'value="5"' in refused.get_data(as_text=True) and "太多" in refused.get_data(as_text=True)
    assert marker.post(f"{desk}/mark", data={"answer": first, "part": "mark", "line:": ""}).status_code == 422
    assert marker.post(f"{desk}/mark", data={"answer": first, "part": "mark", "line:": "\uff13", "alike": ""}).status_code == 303
    back = marker.post(f"{desk}/undo").headers["Location"]
    assert handle_in(marker.get(back).get_data(as_text=True)) == first
    assert marker.post(f"{desk}/mark", data={"answer": first, "part": "mark", "line:": "1"}).status_code == 303
    second = handle_in(marker.get(desk).get_data(as_text=True))
    assert second != first
    flagged = {"answer": second, "part": "mark", "line:": "1", "flagged": "1", "flag": "看看"}
    assert marker.post(f"{desk}/mark", data=flagged).status_code == 303
    assert "mark-form" not in marker.get(desk).get_data(as_text=True)
    other = client("trainer").get(desk).get_data(as_text=True)
    assert "mark-form" in other
    assert marker.get(f"{HERE}?format=xlsx").status_code == 200
    assert client("agent").get(HERE).status_code == client("agent").get(desk).status_code == 403


def test_a_rubric_samples_and_a_substitute_on_pages(client: Callable, world: Centre) -> None:
    [substitute] = people(world, 1, "marker")
    exam = sat(world, {"agent": [RIGHT, "核对"]}, questions=(CLOSED, RUBRIC), markers=("marker",))
    desk = f"{HERE}/{exam}/questions/{question_at(world, exam, 2)}"
    lead, marker = client("trainer"), client("marker")
    sample = {"answer": "核对订单", "line:a": "2", "line:b": "0", "why": "只写了一步"}
    assert lead.post(f"{desk}/samples", data=sample | {"line:a": "9"}).status_code == 422
    assert lead.post(f"{desk}/samples", data=sample).status_code == 303
    assert "只写了一步" in lead.get(f"{desk}/samples").get_data(as_text=True)
    page = marker.get(desk).get_data(as_text=True)
    assert "核对订单" in page and "只写了一步" not in page
    action = re.search(rf'action="({HERE}/samples/\d+/mark)"', page)[1]  # type: ignore[index]
    assert marker.post(action, data={"line:a": "0", "line:b": "0"}).status_code == 303
    assert "mark-form" not in marker.get(desk).get_data(as_text=True)  # too far off
    again = {"person": str(world.people["marker"]), "reason": "谈过了"}
    assert lead.post(f"{desk}/again", data=again | {"reason": ""}).status_code == 422
    assert lead.post(f"{desk}/again", data=again).status_code == 303
    assert marker.post(action, data={"line:a": "2", "line:b": "0"}).status_code == 303
    named = {"whose": str(world.people["marker"]), "person": str(world.people[substitute]), "reason": "休假"}
    assert lead.post(f"{HERE}/{exam}/substitutes", data=named | {"person": str(world.people["agent"])}).status_code == 422
    assert lead.post(f"{HERE}/{exam}/substitutes", data=named).status_code == 303
    assert "休假" in lead.get(f"{HERE}/{exam}").get_data(as_text=True)
    assert client(substitute).get(desk).status_code == 200
    handle = handle_in(marker.get(desk).get_data(as_text=True))
    assert marker.post(f"{desk}/mark", data={"answer": handle, "part": "mark", "line:a": "2", "line:b": "1"}).status_code == 303
    assert item_of(world, exam, "agent", 2).mark == 3


def test_release_review_appeal_and_correction_on_pages(client: Callable, world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "先道歉"], "agent_b": [WRONG, "先道歉"]}, markers=("marker", "manager"))
    question = question_at(world, exam, 2)
    marker, trainer, agent = client("marker"), client("trainer"), client("agent")
    mine = f"{HERE}/results/{sitting_of(world, exam, 'agent').id}"
    assert agent.get(mine).status_code == 404
    for _ in range(2):
        handle = handle_in(marker.get(f"{HERE}/{exam}/questions/{question}").get_data(as_text=True))
        marker.post(f"{HERE}/{exam}/questions/{question}/mark", data={"answer": handle, "part": "mark", "line:": "1"})
    assert "mk-bands" in trainer.get(f"{HERE}/{exam}/release").get_data(as_text=True)
    assert marker.post(f"{HERE}/{exam}/release").status_code == 403
    assert trainer.post(f"{HERE}/{exam}/release").status_code == 303
    assert trainer.post(f"{HERE}/{exam}/release").status_code == 409
    world.drain(index=False)
    assert trainer.get(f"{HERE}/{exam}/results?format=csv").status_code == 200
    assert "Agent B" in trainer.get(f"{HERE}/{exam}/results?q=agent+b").get_data(as_text=True)
    assert mine in agent.get(f"{HERE}/results").get_data(as_text=True)
    page = agent.get(mine).get_data(as_text=True)
    assert "先道歉，再说明。" in page and "七天内" in page
    refused = agent.post(f"{mine}/items/2/appeal", data={"reason": ""})
    assert refused.status_code == 422
    appeal = agent.post(f"{mine}/items/2/appeal", data={"reason": "我道歉了"}).headers["Location"]
    world.drain(index=False)
    manager = client("manager")
    shown = manager.get(f"{appeal}?points=3").get_data(as_text=True)
    assert "我道歉了" in shown and "Affects 2 people" in shown and "Agent B" not in shown.split("<main")[1]
    assert "more than" in manager.get(f"{appeal}?points=1").get_data(as_text=True).lower()
    assert manager.post(f"{appeal}/say", data={"words": "哪里？"}).status_code == 303
    assert agent.post(f"{appeal}/say", data={"words": "第一句"}).status_code == 303
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', shown)[1]  # type: ignore[index]
    assert marker.post(f"{appeal}/uphold", data={"points": "3", "reason": "好", "digest": digest}).status_code == 409
    assert manager.post(f"{appeal}/uphold", data={"points": "3", "reason": "", "digest": digest}).status_code == 422
    assert manager.post(f"{appeal}/uphold", data={"points": "3", "reason": "有道歉", "digest": digest}).status_code == 303
    assert "有道歉" in agent.get(appeal).get_data(as_text=True)
    assert client("agent_b").get(appeal).status_code == 404
    assert "1 → 3" in agent.get(mine).get_data(as_text=True)
    their = f"{HERE}/results/{sitting_of(world, exam, 'agent_b').id}"
    assert "先道歉" not in trainer.get(their).get_data(as_text=True)  # a reason first
    assert trainer.post(f"{their}/look", data={"reason": ""}).status_code == 422
    assert trainer.post(f"{their}/look", data={"reason": "家长来问"}).status_code == 303
    assert "先道歉" in trainer.get(their).get_data(as_text=True)
    with world.look() as work:
        noted = [(one.person_id, one.reason, one.number) for one in work.session.scalars(select(AccessEntry).where(
            AccessEntry.reason.is_not(None)).order_by(AccessEntry.id))]
    assert {one[:2] for one in noted} == {(world.people["trainer"], "家长来问")} and len(noted) == 2  # given, then shown
    assert trainer.post(f"{their}/items/1/correct", data={"points": "4", "reason": "看错"}).status_code == 303
    assert "看错" in client("agent_b").get(their).get_data(as_text=True)
    assert agent.post(f"{their}/look", data={"reason": "x"}).status_code == 404


def test_a_corrected_key_on_pages(client: Callable, world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, None], "agent_b": [WRONG, None]})
    question, lead = question_at(world, exam, 1), client("trainer")
    with world.begin("operator") as work:
        work.permit(MANAGE_UNITS)
        new_version(work, work.get(QuestionRow, question), OTHER_KEY, 2)
    board = lead.get(f"{HERE}/{exam}").get_data(as_text=True)
    assert f'<option value="{question}"' in board
    assert lead.post(f"{HERE}/{exam}/regrades", data={"question": str(question), "why": ""}).status_code == 422
    report = lead.post(f"{HERE}/{exam}/regrades", data={"question": str(question), "why": "答案错了"}).headers["Location"]
    page = lead.get(report).get_data(as_text=True)
    assert "Agent B" in page
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page)[1]  # type: ignore[index]
    assert client("marker").get(report).status_code == 403
    assert lead.post(f"{report}/confirm", data={"digest": digest}).status_code == 303
    assert sitting_of(world, exam, "agent_b").score == 4


def call(who: Any, method: str, place: str, body: Any = None) -> Any:
    status, found = who.call(method, f"/api/v1/training/marking{place}", body)
    assert status == 200, (status, found)
    return found


def test_programs_mark_release_and_decide(client: Callable, world: Centre) -> None:
    exam = sat(world, {"agent": [RIGHT, "先道歉"], "agent_b": [WRONG, "先道歉"]}, markers=("marker", "manager"))
    question = f"/{exam}/questions/{question_at(world, exam, 2)}"
    marker, trainer, agent, manager = (client(one, by="token") for one in ("marker", "trainer", "agent", "manager"))
    assert call(marker, "GET", "?mine=1")["items"][0]["waiting"] == 2
    found = call(marker, "POST", f"{question}/next", {})
    assert (found["given"], found["alike"], found["asked"][0]["lines"][0]["key"]) == ("先道歉", 1, "")
    done = call(marker, "POST", f"{question}/mark", {"answer": found["answer"], "part": "mark", "lines": {"": "1"}, "alike": True})
    assert done["marked"] == 2
    assert call(marker, "POST", f"{question}/undo", {})["taken_back"] == 2
    call(marker, "POST", f"{question}/mark", {"answer": found["answer"], "part": "mark", "lines": {"": 1}, "alike": True})
    assert call(trainer, "GET", f"/{exam}")["gaps"] == {}
    assert call(agent, "GET", "/results")["items"][0]["score"] is None
    assert call(trainer, "POST", f"/{exam}/release", {})["state"] == "released"
    world.drain(index=False)
    assert call(trainer, "GET", f"/{exam}/results")["summary"]["people"] == 2
    sitting = call(agent, "GET", "/results")["items"][0]
    assert sitting["score"] == "5"
    assert call(agent, "GET", f"/results/{sitting['id']}")["items"][1]["contestable"] is True
    appeal = call(agent, "POST", f"/results/{sitting['id']}/items/2/appeal", {"reason": "我道歉了"})
    place = f"/appeals/{appeal['id']}"
    assert appeal["marks"] == [] and call(manager, "GET", place)["may_decide"] is True
    effect = call(manager, "GET", f"{place}/effect?points=2.5")
    assert effect["people"] == 2
    status, said = manager.call("POST", f"/api/v1/training/marking{place}/uphold", {"points": "2.5", "reason": "好"})
    assert (status, said["code"]) == (409, "training.marking.effect")
    assert call(manager, "POST", f"{place}/uphold", {"points": "2.5", "reason": "好", "digest": effect["digest"]})["state"] == "upheld"
    theirs = sitting_of(world, exam, "agent_b").id
    assert trainer.call("GET", f"/api/v1/training/marking/results/{theirs}")[0] == 409
    assert call(trainer, "POST", f"/results/{theirs}/look", {"reason": "抽查"})["items"][1]["mark"] == "2.5"
    assert call(trainer, "GET", f"/results/{theirs}")["score"] == "2.5"
    assert call(trainer, "POST", f"/results/{theirs}/items/1/correct", {"points": 4, "reason": "看错"})["mark"] == "4"
