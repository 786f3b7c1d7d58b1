"""Plans at their doors: made, filled with people, approved, changed, finished, cancelled and taken back; pages, JSON, command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.centre import Centre
from tests.support.pages import problems

BASE = "/training/plans"
PLAN = {"title": "退费新规", "year": "2026", "purpose": "other", "hours": "2", "cost": "800", "target": "按新规处理退费",
        "evaluation": "随堂测验"}


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_the_pages_take_a_plan_from_its_draft_to_the_end_and_back(client: Callable[..., Any], world: Centre) -> None:
    trainer, manager = client("trainer"), client("manager")
    assert not problems(text_of(trainer.get(f"{BASE}/new")))
    wrong = trainer.post(BASE, data=PLAN | {"hours": "0", "people": "agent, niemand"})
    assert wrong.status_code == 422 and "按新规处理退费" in text_of(wrong) and "niemand" in text_of(wrong)
    wrong = trainer.post(BASE, data=PLAN | {"people": "agent, niemand"})
    assert wrong.status_code == 422 and "niemand" in text_of(wrong)
    made = trainer.post(BASE, data=PLAN | {"people": "agent", "unit": str(world.units["TEAM-B"]), "role": "team_leader"})
    place = made.headers["Location"]
    page = text_of(trainer.get(place))
    assert not problems(page) and page.count('name="person"') == 4 and "/approve" not in page
    page = text_of(trainer.get(BASE + "?q=TP-2026&year=2026&state=live&unit=" + str(world.units["TEAM-B"])))
    assert "退费新规" in page and not problems(page)
    assert "退费新规" not in text_of(trainer.get(BASE + "?state=done"))
    assert client("agent").get(BASE).status_code == 403 and client("agent").get(place).status_code == 404
    assert manager.post(f"{place}/approve", data={"version": "1"}).status_code == 303
    stale = trainer.post(f"{place}/finish", data={"spent": "-1"})
    assert stale.status_code == 422
    assert trainer.post(f"{place}/edit", data=PLAN | {"hours": "3"}).status_code == 422
    assert trainer.post(f"{place}/edit", data=PLAN | {"hours": "3", "reason": "加练习"}).status_code == 303
    assert trainer.post(f"{place}/people", data={"people": ""}).status_code == 422
    assert trainer.post(f"{place}/people", data={"people": "marker，auditor"}).status_code == 303
    assert text_of(trainer.get(place)).count('name="person"') == 6
    assert trainer.post(f"{place}/people/remove", data={}).status_code == 422
    assert trainer.post(f"{place}/people/remove", data={"person": [str(world.people["marker"])]}).status_code == 303
    assert text_of(trainer.get(place)).count('name="person"') == 5
    assert trainer.get(f"{place}?format=csv").status_code == 200 and trainer.get(f"{BASE}?format=xlsx").status_code == 200
    for verb, data in (("take_back", {"reason": "r"}), ("approve", {}), ("cancel", {"reason": "停办"}), ("restore", {}),
                       ("finish", {"spent": "750"}), ("reopen", {"reason": "还有一场"})):
        who = manager if verb in ("take_back", "approve") else trainer
        assert who.post(f"{place}/{verb}", data=data).status_code == 303, verb
        assert not problems(text_of(trainer.get(place)))
    assert "750" in text_of(trainer.get(place))
