"""Pages of onboarding: the board, lists, timetable, forms with drafts, talks and decisions signed, the daily page; rights and looks."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.onboarding import rules, usecases
from kmsvc.training.onboarding.models import (
    OnboardingDraft,
    OnboardingHour,
    OnboardingItem,
    OnboardingSignature,
    Trainee,
)
from kmsvc.training.onboarding.rules import Programme
from tests.support.centre import PASSWORD, Centre

BASE = "/training/onboarding"
START = date(2026, 3, 16)
Client = Callable[..., Any]


def on(number: int) -> date:
    return rules.day_of(Programme(START), number)


@pytest.fixture
def klass(world: Centre) -> tuple[int, int]:
    """A class with a newcomer, on its twelfth day."""
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], starts_on=START,
                                  inspector_id=world.people["qa_inspector"]).id
        who = usecases.add_trainee(work, one, world.people["agent"], mentor_id=world.people["agent_b"]).id
    world.clock.move(days=(on(12) - world.clock.today).days)
    return one, who


def pages_of(one: int, who: int) -> list[str]:
    ends = ("", "?forms=all", "/weeks/1", "/weeks/8", "/forms/training/3", "/forms/exam/10", "/forms/evaluation/30")
    return [*(f"{BASE}/classes/{one}{end}" for end in ("", "?show=missing", "/timetable", "/lists")),
            *(f"{BASE}/trainees/{who}{end}" for end in ends), f"{BASE}/today"]


def test_every_page_opens_for_whom_it_concerns_and_for_nobody_else(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    teacher = [BASE, f"{BASE}/newcomers", f"{BASE}/newcomers?state=red&unit=1", f"{BASE}/classes/new", f"{BASE}/classes/{one}/change",
               f"{BASE}/classes/{one}/people", f"{BASE}/trainees/{who}/talk", f"{BASE}/trainees/{who}/decide"]
    every = pages_of(one, who)
    for login, paths in (("class_teacher", [*every, *teacher]), ("agent", every), ("agent_b", every), ("qa_inspector", every),
                         ("auditor", [BASE, *every])):
        for path in paths:
            answer = client(login).get(path)
            assert answer.status_code == 200, (login, path, answer.text[:2000])
    for path in pages_of(one, who)[:-1]:
        assert client("marker").get(path).status_code == 404, path
    for path in (f"{BASE}/trainees/{who}/talk", f"{BASE}/trainees/{who}/decide"):
        assert client("agent").get(path).status_code == 404, path
    assert client("agent").get(BASE).status_code == 303


def test_a_look_at_somebody_elses_record_is_noted_and_at_the_own_not(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    _, who = klass
    for login in ("agent", "agent_b"):
        client(login).get(f"{BASE}/trainees/{who}")
        client(login).get(f"/api/v1{BASE}/trainees/{who}")
    with world.look() as work:
        seen = [(row.login, row.ref_id, row.place) for row in work.session.scalars(
            select(AccessEntry).where(AccessEntry.kind == "newcomer").order_by(AccessEntry.id))]
    assert seen == [("agent_b", who, "page"), ("agent_b", who, "program")]


def test_lists_of_what_many_newcomers_did_note_a_look_once_each(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    """R-A8: boards, their export, lists of results, a teacher's day; nothing where only one's own line stands."""
    one, _ = klass
    teacher, program = client("class_teacher"), client("class_teacher", by="token")
    for path in (f"{BASE}/classes/{one}", f"{BASE}/classes/{one}?format=csv", f"{BASE}/newcomers", f"{BASE}/today"):
        assert teacher.get(path).status_code == 200
    for path in (f"{BASE}/classes/{one}", f"{BASE}/newcomers"):
        assert program.get(f"/api/v1{path}").status_code == 200
    assert client("agent").get(f"{BASE}/today").status_code == 200
    with world.look() as work:
        seen = [(row.login, row.ref_id, row.place) for row in work.session.scalars(
            select(AccessEntry).where(AccessEntry.kind == "newcomer_class").order_by(AccessEntry.id))]
    assert seen == [("class_teacher", one, "page")] * 2 + [("class_teacher", 0, "page")] * 2 + [
        ("class_teacher", one, "program"), ("class_teacher", 0, "program")]


def test_the_board_opens_to_what_its_lights_count_and_is_exported(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    page = client("class_teacher").get(f"{BASE}/classes/{one}").text
    assert f'href="{BASE}/trainees/{who}/weeks/1"' in page and 'class="wk fail"' in page
    week = client("class_teacher").get(f"{BASE}/trainees/{who}/weeks/1").text
    assert week.count("/forms/training/") == 5 and "Several forms are missing" in week
    rows = client("class_teacher").get(f"{BASE}/classes/{one}?format=csv").get_data().decode("utf-8-sig").splitlines()
    assert len(rows) == 9 and "Several forms are missing" in rows[1]


def test_what_is_overdue_is_listed_and_goes_when_it_is_done(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    teacher = client("class_teacher")
    found = teacher.get(f"/api/v1{BASE}/overdue?class_id={one}&limit=200").get_json()["items"]
    assert [(it["number"], it["late"]) for it in found if it["what"] == "form" and it["code"] == "training"] == [
        (day, 12 - day) for day in range(1, 12)]
    assert {it["code"] for it in found if it["what"] == "pack"} == {"letter", "supplies", "local", "timetable", "material"}
    assert [it["number"] for it in found if it["what"] == "week"] == [1], "the second week ended yesterday only"
    with world.begin("class_teacher") as work:
        usecases.hand_in(work, who, form="training", day=1, part="class_teacher", answers={"text": "x"}, today=on(12))
        usecases.tick(work, who, "letter")
        usecases.decide(work, who, "go_on", reason="x", today=on(12))
    page = teacher.get(f"{BASE}/overdue?class_id={one}&what=form").text
    assert page.count("data-row") == 12 and ">Newcomer<" in page, "eleven days and an exam form"
    assert "Nothing is overdue" in teacher.get(f"{BASE}/overdue?what=week").text
    rows = teacher.get(f"{BASE}/overdue?format=csv&q=agent").get_data().decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 12 + 4 and client("agent").get(f"{BASE}/overdue").status_code == 403
    assert {it["trainee_id"] for it in client("agent").get(f"/api/v1{BASE}/overdue").get_json()["items"]} == {who}
    assert client("marker").get(f"/api/v1{BASE}/overdue").get_json()["items"] == []


def test_points_are_ticked_left_out_and_taken_back(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    teacher, path = client("class_teacher"), f"{BASE}/trainees/{who}"
    assert teacher.post(f"{path}/tick", data={"item": "letter"}).status_code == 303
    lost = teacher.post(f"{path}/tick", data={"item": "business_exam", "proof": "成绩单 第3页"})
    assert lost.status_code == 422 and "成绩单 第3页" in lost.text and "Say why it is ticked by hand" in lost.text
    assert teacher.post(f"{path}/leave_out", data={"item": "nda", "proof": "", "reason": "不接触机密"}).status_code == 303
    assert teacher.post(f"{path}/tick", data={"item": "quality", "proof": "x", "reason": "y"}).status_code == 422
    body = teacher.get(f"/api/v1{path}").get_json()
    stand = {point["item"]: point["state"] for point in body["lists"]}
    assert (stand["letter"], stand["nda"], stand["teacher"], stand["mentor"], stand["material"]) == (
        "done", "left_out", "known", "known", "open")
    assert teacher.post(f"{path}/untick", data={"item": "letter"}).status_code == 303
    assert {point["item"]: point["state"] for point in teacher.get(f"/api/v1{path}").get_json()["lists"]}["letter"] == "open"
    assert client("agent_b").post(f"{path}/leave_out", data={"item": "skills", "reason": "x"}).status_code == 403
    assert client("agent").post(f"{path}/tick", data={"item": "letter"}).status_code == 403


def test_a_class_has_points_of_its_own_and_does_without_others(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    teacher, path = client("class_teacher"), f"{BASE}/classes/{one}"
    assert teacher.post(f"{path}/add_item", data={"list": "golive", "title": "工牌已领"}).status_code == 303
    assert teacher.post(f"{path}/add_item", data={"list": "golive", "title": ""}).status_code == 422
    with world.look() as work:
        items = {row.code or row.title: row.id for row in work.session.scalars(select(OnboardingItem).order_by(OnboardingItem.id))}
    assert teacher.post(f"{BASE}/items/{items['工牌已领']}/change", data={"title": "工牌与门禁已领"}).status_code == 303
    assert teacher.post(f"{BASE}/items/{items['工牌已领']}/move").status_code == 303
    assert teacher.post(f"{BASE}/items/{items['local']}/remove", data={"reason": "本地人"}).status_code == 303
    assert teacher.post(f"{BASE}/items/{items['quality']}/remove", data={"reason": "x"}).status_code == 409
    points = teacher.get(f"/api/v1{BASE}/trainees/{who}").get_json()["lists"]
    assert [one["title"] for one in points if one["list"] == "golive"][-2:] == ["工牌与门禁已领", "Quality not below the baseline"]
    assert "local" not in {one["item"] for one in points}
    assert teacher.post(f"{BASE}/items/{items['local']}/restore").status_code == 303
    assert "local" in {one["item"] for one in teacher.get(f"/api/v1{BASE}/trainees/{who}").get_json()["lists"]}
    assert client("marker").post(f"{BASE}/items/{items['local']}/restore").status_code == 404


def test_a_timetable_is_copied_written_changed_and_a_line_comes_back(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, _ = klass
    teacher, path = client("class_teacher"), f"{BASE}/classes/{one}"
    assert teacher.post(f"{path}/copy", data={"from_class": ""}).status_code == 303
    again = teacher.post(f"{path}/copy", data={"from_class": ""})
    assert again.status_code == 422 and "has a timetable already" in again.text
    assert teacher.post(f"{path}/copy", data={"from_class": "", "replace": "1"}).status_code == 303
    page = teacher.get(f"{path}/timetable").text
    assert page.count('<li id="hour-') == 160
    assert page.count('class="panel ob-day') == 40 and page.count(">make-up day<") == 1, "the ninth of May is worked"
    lost = teacher.post(f"{path}/teach", data={"day": "5", "begins": "19:00", "ends": "18:00", "title": "加班复习"})
    assert lost.status_code == 422 and "加班复习" in lost.text and "It ends after it begins." in lost.text
    assert teacher.post(f"{path}/teach", data={"day": "5", "begins": "18:00", "ends": "19:00", "title": "加班复习"}).status_code == 303
    with world.look() as work:
        hour = work.session.scalars(select(OnboardingHour.id).where(OnboardingHour.title == "加班复习")).one()
    body = {"day": "6", "begins": "18:00", "ends": "19:30", "title": "答疑", "speaker": "沈宁", "place": "A201"}
    assert teacher.post(f"{BASE}/hours/{hour}/change", data=body).status_code == 303
    gone = teacher.post(f"{BASE}/hours/{hour}/remove")
    page = teacher.get(gone.headers["Location"]).text
    form = re.search(r'action="[^"]+/teach">(.*?)</form>', page, re.S)
    assert form and dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1])) == body
    assert teacher.post(f"{path}/teach", data=body).status_code == 303
    rows = teacher.get(f"{path}/timetable?format=csv").get_data().decode("utf-8-sig")
    assert "答疑" in rows and "沈宁" in rows


def test_a_draft_is_its_writers_and_goes_when_the_form_is_handed_in(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    _, who = klass
    agent, path = client("agent"), f"{BASE}/trainees/{who}"
    body = {"form": "training", "day": "12", "part": "newcomer", "text": "学了退款"}
    assert agent.post(f"{path}/draft", data=body).status_code == 303
    assert "学了退款" in agent.get(f"{path}/forms/training/12").text
    assert "学了退款" not in client("class_teacher").get(f"{path}/forms/training/12").text
    lost = agent.post(f"{path}/hand_in", data=body | {"day": "13", "text": "明天的"})
    assert lost.status_code == 422 and "明天的" in lost.text
    assert agent.post(f"{path}/hand_in", data=body | {"text": "学了退款和换货"}).status_code == 303
    with world.look() as work:
        assert work.session.scalars(select(OnboardingDraft)).all() == []
    page = client("class_teacher").get(f"{path}/forms/training/12").text
    assert "学了退款和换货" in page and "Fill in as Class teacher" in page


def test_the_evaluation_asks_six_factors(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    _, who = klass
    world.clock.move(days=(on(30) - world.clock.today).days)
    agent, path = client("agent"), f"{BASE}/trainees/{who}"
    body = {"form": "evaluation", "day": "30", "part": "newcomer", "text": "案例最有用", "content": "5", "trainer": "4", "time": "3",
            "method": "4", "environment": "5"}
    lost = agent.post(f"{path}/hand_in", data=body)
    assert lost.status_code == 422 and "案例最有用" in lost.text and "Judge this factor from 1 to 5." in lost.text
    assert agent.post(f"{path}/hand_in", data=body | {"rules": "4"}).status_code == 303
    stand = {one["item"]: one for one in agent.get(f"/api/v1{path}").get_json()["lists"]}
    assert stand["evaluation"]["state"] == "known" and stand["evaluation"]["url"] == f"{path}/forms/evaluation/30"
    assert "5 / 5" in client("class_teacher").get(f"{path}/forms/evaluation/30").text


def test_talks_and_decisions_are_signed_by_the_newcomer_with_the_password(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    _, who = klass
    teacher, agent, path = client("class_teacher"), client("agent"), f"{BASE}/trainees/{who}"
    assert teacher.post(f"{path}/talk", data={"talk": "first", "shortcomings": "语速快", "advice": ""}).status_code == 422
    assert teacher.post(f"{path}/talk", data={"talk": "first", "shortcomings": "语速快", "advice": "慢一点"}).status_code == 303
    assert teacher.post(f"{path}/decide", data={"verb": "extend", "days": "5", "reason": "病了一周"}).status_code == 303
    body = teacher.get(f"/api/v1{path}").get_json()
    talk, decision = body["talks"][0]["id"], body["decisions"][0]["id"]
    wrong = agent.post(f"{BASE}/talks/{talk}/sign", data={"word": "会改", "password": "x"})
    assert wrong.status_code == 422 and "会改" in wrong.text
    assert agent.post(f"{BASE}/talks/{talk}/sign", data={"word": "会改", "password": PASSWORD}).status_code == 303
    assert agent.post(f"{BASE}/talks/{talk}/sign", data={"password": PASSWORD}).status_code == 409
    assert client("agent_b").post(f"{BASE}/decisions/{decision}/sign", data={"password": PASSWORD}).status_code == 404
    assert agent.post(f"{BASE}/decisions/{decision}/sign", data={"password": PASSWORD}).status_code == 303
    with world.look() as work:
        assert [(row.talk_id, row.decision_id, row.word) for row in work.session.scalars(
            select(OnboardingSignature).order_by(OnboardingSignature.id))] == [(talk, None, "会改"), (None, decision, None)]
    page = teacher.get(path).text
    assert "会改" in page and f"/decisions/{decision}/undo" in page
    assert teacher.post(f"{BASE}/decisions/{decision}/undo", data={"reason": ""}).status_code == 422
    assert teacher.post(f"{BASE}/decisions/{decision}/undo", data={"reason": "销假了"}).status_code == 303
    with world.look() as work:
        assert work.get(Trainee, who).extensions == []


@pytest.mark.parametrize("login", ["agent", "agent_b", "class_teacher", "trainer"])
def test_whatever_is_allowed_is_done_when_it_is_sent(world: Centre, client: Client, klass: tuple[int, int], login: str) -> None:
    """A program that reads only `allowed` gets through: each act with what stands first, or a word."""
    _, who = klass
    with world.begin("class_teacher") as work:
        usecases.tick(work, who, "letter")
        usecases.hold_talk(work, who, talk="first", held_on=on(2), shortcomings="s", advice="a", today=on(12))
    caller, path = client(login), f"/api/v1{BASE}/trainees/{who}"
    offers = {one["verb"]: one for one in caller.get(path).get_json()["allowed"]}
    assert offers and all(set(one["schema"]) == {"type", "properties", "required"} for one in offers.values())
    assert ("decide" in offers) == (login == "class_teacher") and ("sign_talk" in offers) == (login == "agent")
    for one in offers.values():
        body = {name: it.get("const", it.get("default", (it.get("enum") or ["x"])[0]))
                for name, it in one["schema"]["properties"].items() if name in one["schema"]["required"]}
        done = caller.post(one["href"], json=body)
        assert done.status_code == 200, (one["verb"], body, done.text)


def test_newcomers_come_from_people_and_from_a_list(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, _ = klass
    teacher, path = client("class_teacher"), f"{BASE}/classes/{one}"
    assert teacher.post(f"{path}/join", data={"mentor": "agent_b"}).status_code == 422
    both = {"person": ["marker", "compliance"], "mentor": "agent_b", "confidential": "1"}
    assert teacher.post(f"{path}/join", data=both).status_code == 303
    text = "账号,导师,转正日期\nauditor,agent_b,2026-08-31\nnobody,,\nagent,,\nmanager,,昨天\n"
    told = teacher.post(f"{path}/join_many", data={"file": (io.BytesIO(text.encode()), "新人.csv")}, content_type="multipart/form-data")
    assert told.status_code == 200 and "1 of 4 rows" in told.text
    for words in ("Nobody here is called “nobody”.", "This person is in a class already.", "This is no day"):
        assert words in told.text
    assert teacher.post(f"{path}/join_many", data={"text": "trainer, agent_b"}).status_code == 303
    assert teacher.post(f"{path}/join_many", data={"text": ""}).status_code == 422
    with world.look() as work:
        people = set(work.session.scalars(select(Trainee.person_id)))
    assert people == {world.people[login] for login in ("agent", "marker", "compliance", "auditor", "trainer")}


def test_somebody_taken_in_by_mistake_is_taken_out_until_something_is_on_record(
        world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    teacher = client("class_teacher")
    with world.begin("class_teacher") as work:
        wrong = usecases.add_trainee(work, one, world.people["marker"]).id
        usecases.tick(work, wrong, "letter")
        usecases.note_day(work, who, kind="note", on=on(2), today=on(2), text="x")
    with world.begin("system") as work:
        assert run_duties(work, world.clock.today + timedelta(days=60)).made
    assert client("agent").post(f"/api/v1{BASE}/trainees/{who}/take_out").status_code == 403
    assert "decide on an exit instead" in teacher.post(f"/api/v1{BASE}/trainees/{who}/take_out").text
    assert teacher.post(f"{BASE}/trainees/{wrong}/take_out").status_code == 303
    with world.begin("system") as work:
        assert run_duties(work, world.clock.today + timedelta(days=60)).failed == {}, "what was asked of who is gone ends"
    assert [it["id"] for it in teacher.get(f"/api/v1{BASE}/classes/{one}").get_json()["trainees"]] == [who]
    assert teacher.post(f"{BASE}/classes/{one}/join", data={"person": "marker"}).status_code == 303


def test_the_daily_page_keeps_what_was_typed_and_hands_in_for_many(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, who = klass
    teacher, path = client("class_teacher"), f"{BASE}/classes/{one}/hand_in_day"
    assert f'name="text-{who}"' in teacher.get(f"{BASE}/today").text
    assert teacher.post(path, data={"day": "12", f"text-{who}": ""}).status_code == 422
    assert teacher.post(path, data={"day": "12", f"text-{who}": "听得很认真"}).status_code == 303
    assert f'name="text-{who}"' not in teacher.get(f"{BASE}/today").text
    world.clock.move(days=(on(31) - world.clock.today).days)
    mentor = client("agent_b")
    then = {"kind": "quality", "then": f"{BASE}/today#n-{who}", "text": "开头语漏了"}
    lost = mentor.post(f"{BASE}/trainees/{who}/note", data=then | {"score": "101"})
    assert lost.status_code == 422 and "开头语漏了" in lost.text and "My newcomers" in lost.text
    done = mentor.post(f"{BASE}/trainees/{who}/note", data=then | {"score": "86.5"})
    assert done.status_code == 303 and done.headers["Location"].endswith(f"{BASE}/today#n-{who}")
    assert "86.5" in mentor.get(f"{BASE}/today").text
    assert mentor.post(f"{BASE}/trainees/{who}/note", data={"kind": "absent", "then": f"{BASE}/today"}).status_code == 303
    note = re.search(r'name="note_id" value="(\d+)"', mentor.get(f"{BASE}/today").text)
    assert note and client("agent").post(f"{BASE}/trainees/{who}/unnote", data={"note_id": note[1]}).status_code == 403
    assert mentor.post(f"{BASE}/trainees/{who}/unnote", data={"note_id": note[1]}).status_code == 303
    assert 'name="note_id"' not in mentor.get(f"{BASE}/today").text
    assert "first weeks concern you today" in client("marker").get(f"{BASE}/today").text


def test_a_class_is_changed_and_nothing_typed_is_lost(world: Centre, client: Client, klass: tuple[int, int]) -> None:
    one, _ = klass
    teacher, path = client("class_teacher"), f"{BASE}/classes/{one}"
    body = {"name": "三月班A", "teacher": "class_teacher", "starts_on": str(START), "exams": "5, 30", "material": "制度手册"}
    lost = teacher.post(f"{path}/change", data=body | {"exams": "5"})
    assert lost.status_code == 422 and "三月班A" in lost.text and "ends with an exam on day 30" in lost.text
    assert teacher.post(f"{path}/change", data=body | {"version": "1"}).status_code == 303
    assert teacher.post(f"{path}/change", data=body | {"version": "1"}).status_code == 409
    assert teacher.get(f"/api/v1{path}").get_json()["exams"] == [5, 30]
    assert client("marker").post(f"{path}/change", data=body).status_code in (403, 404)
