"""Plans at their doors: made, filled with people, approved, changed, finished, cancelled and taken back; pages, JSON, command line."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.settings import Settings
from kmsvc.training.plans import pages, queries, session_pages
from tests.support.centre import Centre
from tests.support.pages import problems
from tests.training.plans.test_plans import a_plan, a_session

BASE = "/training/plans"
PLAN = {"title": "退费新规", "year": "2026", "purpose": "other", "hours": "2", "cost": "800", "target": "按新规处理退费",
        "evaluation": "随堂测验"}

PLAN_JSON = PLAN | {"year": 2026, "hours": 2, "cost": 800}


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
    assert text_of(trainer.get(place)).count('form="ticked"') == 5
    assert trainer.get(f"{place}?format=csv").status_code == 200 and trainer.get(f"{BASE}?format=xlsx").status_code == 200
    for verb, data in (("take_back", {"reason": "r"}), ("approve", {}), ("cancel", {"reason": "停办"}), ("restore", {}),
                       ("finish", {"spent": "750"}), ("reopen", {"reason": "还有一场"})):
        who = manager if verb in ("take_back", "approve") else trainer
        assert who.post(f"{place}/{verb}", data=data).status_code == 303, verb
        assert not problems(text_of(trainer.get(place)))
    assert "750" in text_of(trainer.get(place))


def test_programs_do_the_same(client: Callable[..., Any], world: Centre) -> None:
    _, teaches = a_plan(world)
    trainer, manager = client("trainer", by="token"), client("manager", by="token")
    api = f"/api/v1{BASE}"
    made = trainer.post(api, json=PLAN_JSON | {"people": ["agent", "agent_b"]})
    assert made.status_code == 201
    one = made.get_json()["id"]
    assert {it["verb"] for it in made.get_json()["allowed"]} == {"cancel"}
    refused = trainer.post(f"{api}/{one}/sessions", json={"day": "2026-03-04"})
    assert refused.status_code == 422 and "trainer" in refused.get_json()["fields"]
    times = {"day": "2026-03-04", "starts": "09:00", "ends": "10:00", "room": "A", "seats": 1, "trainer": teaches}
    assert trainer.post(f"{api}/{one}/sessions", json=times).status_code == 409  # a draft
    assert manager.post(f"{api}/{one}/approve").get_json()["state"] == "approved"
    refused = trainer.post(f"{api}/{one}/sessions", json=times)
    assert refused.status_code == 422 and "2 people are planned" in str(refused.get_json()["fields"]["anyway"])
    held = trainer.post(f"{api}/{one}/sessions", json=times | {"anyway": "r"}).get_json()
    assert [(row["login"], row["place"]) for row in held["people"]] == [("agent", "seat"), ("agent_b", "waiting")]
    assert {row["name"] for row in trainer.get(f"{api}/{one}/trainers?day=2026-03-04").get_json()["items"]} == {"Trainer"}
    assert trainer.get(f"{api}/{one}/people?limit=1").get_json()["next"] == "1"
    agent = client("agent", by="token")
    assert [row["place"] for row in agent.get(f"{api}/mine").get_json()["items"] if row["id"] == held["id"]] == ["seat"]
    assert agent.get(f"{api}/sessions/{held['id']}").status_code == 404
    assert agent.post(f"{api}/sessions/{held['id']}/sign-in", json={"code": "nonsense"}).status_code == 409
    told = trainer.get(f"{api}/sessions/{held['id']}/code").get_json()
    early = agent.post(f"{api}/sessions/{held['id']}/sign-in", json={"code": told["code"]})
    assert early.get_json()["code"] == "training.session.time" and agent.get(f"{api}/sessions/{held['id']}/code").status_code == 404
    assert agent.post(f"{api}/sessions/{held['id']}/leave", json={}).get_json()["place"] == "left"
    again = trainer.get(f"{api}/sessions/{held['id']}").get_json()
    assert [(row["login"], row["place"]) for row in again["people"]] == [("agent_b", "seat")]
    stale = trainer.post(f"{api}/{one}/finish", json={}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412 or stale.status_code == 409


def run(settings: Settings, *words: str, status: int = 0) -> str:
    from kmsvc.cli.training import training

    done = CliRunner().invoke(training, list(words), env={"KMSVC_DATA_DIR": str(settings.data_dir),
                                                         "KMSVC_DATABASE_URL": settings.database_url}, catch_exceptions=status != 0)
    assert (done.exit_code == 0) == (status == 0), done.output
    return done.output


def test_the_command_line_lists_plans_brings_people_in_and_writes_attendance(world: Centre, settings: Settings, tmp_path: Path) -> None:
    plan, teaches = a_plan(world)
    file, out, now = tmp_path / "people.csv", tmp_path / "came.csv", world.clock.today + timedelta(days=3)
    file.write_text("姓名\nmarker\nniemand\nagent\n", "utf-8-sig")
    assert "退费" in run(settings, "plans", "list", "--as", "trainer")
    told = run(settings, "plans", "import", str(plan), str(file), "--as", "trainer", "--dry-run", status=1)
    assert "niemand" in told and len(json.loads(run(settings, "plans", "show", str(plan), "--json"))["members"]) == 2
    run(settings, "plans", "import", str(plan), str(file), "--as", "trainer", status=1)
    assert len(json.loads(run(settings, "plans", "show", "TP-2026-0001", "--json"))["members"]) == 3
    run(settings, "plans", "sessions", "plan", str(plan), "--day", str(now), "--starts", "09:00", "--ends", "10:00", "--room", "A",
        "--seats", "3", "--trainer", str(teaches), "--as", "trainer")
    assert "TS-" in run(settings, "plans", "sessions", "list", "--state", "planned")
    run(settings, "plans", "sessions", "attendance", "1", "--to", str(out))
    assert "marker" in out.read_text("utf-8-sig")
    run(settings, "plans", "sessions", "cancel", "1", "--reason", "停电", "--as", "trainer")
    assert "cancelled" in run(settings, "plans", "sessions", "list")
    made = run(settings, "plans", "make", "--title", "投诉", "--year", "2026", "--hours", "2", "--target", "t", "--evaluation", "e",
               "--as", "trainer", "--json")
    assert json.loads(made)["state"] == "draft"


def test_people_come_from_a_file_after_a_look_at_every_row(world: Centre, client: Callable[..., Any]) -> None:
    plan, _ = a_plan(world, people=("agent",))
    trainer, place = client("trainer"), f"/training/plans/{plan}/people/list"
    assert client("manager").get(place).status_code == 403 and client("agent").get(place).status_code == 404
    assert not problems(trainer.get(place).text) and place in trainer.get(f"/training/plans/{plan}").text
    sheet = "工号,姓名\nagent_b,x\nagent,y\nNobody Here,z\nAGENT_B,\nMarker,\n".encode()
    looked = trainer.post(place, data={"file": (io.BytesIO(sheet), "名单.csv")}, content_type="multipart/form-data")
    assert looked.status_code == 200 and not problems(looked.text)
    for words in ("2 come onto the plan", "1 are on it already", "2 rows are refused", "Nobody Here", "stands on the list twice"):
        assert words in looked.text

    def on_it() -> dict[int, str | None]:
        with world.look("trainer") as work:
            return {one.person_id: one.because for one in queries.members_of(work.session, plan)}
    assert list(on_it()) == [world.people["agent"]], "so far nothing is changed"
    wanted = re.findall(r'name="person" value="(\d+)"', looked.text)
    assert sorted(map(int, wanted)) == sorted([world.people["agent_b"], world.people["marker"]])
    taken = trainer.post(place.replace("/list", "/take"), data={"person": wanted, "name": "名单.csv"})
    assert taken.status_code == 303 and on_it()[world.people["marker"]] == "file:名单.csv"
    assert "From the list 名单.csv" in trainer.get(f"/training/plans/{plan}").text
    for wrong in ({"person": ["999999"]}, {}):
        refused = trainer.post(place.replace("/list", "/take"), data=wrong)
        assert refused.status_code in (404, 422)
    for data in ({}, {"file": (io.BytesIO(b"x"), "a.exe")}, {"people": " \n"}):
        refused = trainer.post(place, data=data, content_type="multipart/form-data")
        assert refused.status_code == 422 and not problems(refused.text)
    pasted = trainer.post(place, data={"people": "class_teacher\nagent、marker"})
    assert "1 come onto the plan" in pasted.text and "2 are on it already" in pasted.text


def test_a_program_takes_a_list_and_is_told_of_every_row(world: Centre, client: Callable[..., Any]) -> None:
    plan, _ = a_plan(world, people=("agent",))
    trainer, place = client("trainer", by="token"), f"/api/v1/training/plans/{plan}/people/listed"
    body = {"people": ["agent", "agent_b", "nobody"]}
    for extra, count in (({"dry_run": True}, 1), ({"name": "x"}, 2)):
        status, found = trainer.call("POST", place, body | extra)[:2]
        assert status == 200 and (found["read"], found["added"], found["there"]) == (3, 1, 1)
        assert [(one["row"], one["words"]) for one in found["refused"]] == [(3, "nobody")] and found["refused"][0]["reason"]
        with world.look("trainer") as work:
            assert len(queries.members_of(work.session, plan)) == count


def test_taking_people_off_asks_and_can_be_undone(world: Centre, client: Callable[..., Any]) -> None:
    plan, _ = a_plan(world)
    trainer, place = client("trainer"), f"/training/plans/{plan}"
    page = trainer.get(place).text
    assert "Take the ticked people off the plan?" in page and "Taken off the plan" not in page
    refused = trainer.post(f"{place}/people/remove", data={})
    assert refused.status_code == 422 and not problems(refused.text) and "Choose at least one person." in refused.text
    both = [str(world.people[one]) for one in ("agent", "agent_b")]
    assert trainer.post(f"{place}/people/remove", data={"person": both, "reason": "错了"}).status_code == 303
    page = trainer.get(place).text
    assert not problems(page) and "Taken off the plan" in page and "错了" in page
    assert client("manager").post(f"{place}/people/put_back", data={"person": both}).status_code == 403
    assert trainer.post(f"{place}/people/put_back", data={}).status_code == 422
    assert trainer.post(f"{place}/people/put_back", data={"person": both[:1]}).status_code == 303
    status = client("trainer", by="token").call("POST", f"/api/v1{place}/people/put_back", {"person": [int(both[1])]})[0]
    page = trainer.get(place).text
    assert status == 200 and "Taken off the plan" not in page and all(f'value="{one}"' in page for one in both)


def test_a_long_list_of_people_has_pages_and_a_search(world: Centre, client: Callable[..., Any],
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    plan, trainer_id = a_plan(world, people=("agent", "agent_b", "marker"))
    session = a_session(world, plan, trainer_id)
    monkeypatch.setattr(pages, "PAGE", 2)
    monkeypatch.setattr(session_pages, "PAGE", 2)
    trainer = client("trainer")
    for place in (f"/training/plans/{plan}", f"/training/plans/sessions/{session}"):
        first, second, all_of = trainer.get(place).text, trainer.get(f"{place}?cursor=2").text, trainer.get(f"{place}?q=MARK").text

        def names(page: str) -> list[str]:
            return re.findall(r'aria-label="Tick ([^"]+)"', page)
        assert len(names(first)) == 2 and len(names(second)) == 1 and not set(names(first)) & set(names(second))
        assert "2 of 3 shown" in first and 'rel="next"' in first and names(all_of) == ["Marker"]
        assert not problems(first) and not problems(second) and len(names(trainer.get(f"{place}?cursor=99").text)) == 2
        assert trainer.get(f"{place}?format=csv").text.count("\n") >= 4, "an export has everybody"


def test_the_command_line_takes_people_off_and_puts_them_back(world: Centre, settings: Settings) -> None:
    plan, _ = a_plan(world)

    def members() -> set[str]:
        return {one["login"] for one in json.loads(run(settings, "plans", "show", str(plan), "--json"))["members"]}
    run(settings, "plans", "remove", str(plan), "--people", f"agent_b,{world.people['agent']}", "--reason", "r", "--as", "trainer")
    assert members() == set()
    run(settings, "plans", "put-back", str(plan), "--people", "nobody", "--as", "trainer", status=2)
    run(settings, "plans", "put-back", str(plan), "--people", "agent_b", "--as", "trainer")
    assert members() == {"agent_b"}
