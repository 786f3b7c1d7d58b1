"""The survey by its doors: pages keep what was typed, a client that reads `allowed` takes it to the signature, the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kmsvc.settings import Settings
from kmsvc.training.needs import usecases
from tests.support.centre import PASSWORD, Centre
from tests.training.needs.surveys import QUESTIONS, add_form, answer, begin_survey, close, send, signed

BASE = "/training/needs"
FORM = {"title": "坐席问卷", "intro": "", "anonymous": "1", "q1-kind": "multiple", "q1-text": "想学什么？", "q1-options": "退费\n报障",
        "q1-wish": "1", "q1-required": "1", "q2-kind": "scale", "q2-text": "多熟？", "q9-kind": "single", "q9-text": ""}


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_the_pages_take_a_survey_from_its_questionnaire_to_the_signature(client: Callable[..., Any], world: Centre) -> None:
    trainer, today = client("trainer"), world.clock.today
    due = str(today + timedelta(days=9))
    assert trainer.get(f"{BASE}/new").status_code == 200
    wrong = trainer.post(BASE, data={"year": "2026", "due_on": str(today - timedelta(days=1)), "purpose": "看退费"})
    assert wrong.status_code == 422 and "看退费" in text_of(wrong)
    place = trainer.post(BASE, data={"year": "2026", "due_on": due, "purpose": ""}).headers["Location"]
    refused = trainer.post(f"{place}/forms", data=FORM | {"q1-options": "退费"})
    assert refused.status_code == 422 and "想学什么？" in text_of(refused) and "坐席问卷" in text_of(refused)
    made = trainer.post(f"{place}/forms", data=FORM).headers["Location"]
    shown = text_of(trainer.get(made))
    assert "想学什么？" in shown and 'name="q5-text"' in shown  # two questions and three empty ones
    assert trainer.post(made, data=FORM | {"q2-remove": "1"}).status_code in (302, 303)
    assert "多熟？" not in text_of(trainer.get(made))
    trainer.post(made, data=FORM)
    assert trainer.post(f"{place}/send", data={"due_on": due}).status_code in (302, 303)
    assert "data-row" not in text_of(trainer.get(made))  # sent: to be read alone
    agent = client("agent")
    page = text_of(agent.get(f"{place}/answer"))
    assert 'name="a-q1"' in page and "data-keep" in page
    assert agent.get(place).status_code == 404
    wrong = agent.post(f"{place}/answer", data={"a-q2": "4"})
    assert wrong.status_code == 422 and 'value="4" checked' in text_of(wrong)
    assert agent.post(f"{place}/answer", data={"a-q1": ["退费", "报障"], "a-q2": "1"}).status_code in (302, 303)
    page = text_of(agent.get(f"{place}/answer"))
    assert 'name="a-q1"' not in page and "data-keep" not in page
    for who in ("agent_b", "marker", "auditor", "supervisor"):
        client(who).post(f"{place}/answer", data={"a-q1": "退费", "a-q2": "2"})
    assert trainer.post(f"{place}/close").status_code in (302, 303)
    figures = text_of(trainer.get(f"{place}/statistics"))
    assert "value=%E9%80%80%E8%B4%B9" in figures or "value=退费" in figures
    opened = trainer.get(f"{place}/statistics?form=1&key=q1&value=退费")
    assert opened.status_code == 200 and "Agent B" not in text_of(opened)
    assert trainer.get(f"{place}/statistics?form=1&key=q8").status_code == 404
    assert trainer.get(f"{place}/statistics?format=xlsx").data[:2] == b"PK"
    trainer.post(f"{place}/draw", data={"share": "5", "seed": "s"})
    with world.look() as work:
        [interview] = usecases.interviews_of(work, int(place.rsplit("/", 1)[1]))
    here = f"{place}/interviews/{interview.id}"
    wrong = trainer.post(here, data={"held_on": str(today), "confirms": "yes", "note": ""})
    assert wrong.status_code == 422
    assert trainer.post(here, data={"held_on": str(today), "confirms": "yes", "note": "是这样"}).headers["Location"] == place
    trainer.post(f"{place}/finish_interviews")
    wrong = trainer.post(f"{place}/hold_meeting", data={"met_on": str(today), "people": "nobody", "minutes": "要点", "decisions": "d"})
    assert wrong.status_code == 422 and "要点" in text_of(wrong)
    meeting = {"met_on": str(today), "people": ["manager", "trainer"], "minutes": "m", "decisions": "d"}
    trainer.post(f"{place}/hold_meeting", data=meeting)
    manager = client("manager")
    page = text_of(manager.get(place))
    assert 'name="password"' in page and 'name="password"' not in text_of(trainer.get(place))
    assert manager.post(f"{place}/sign", data={"conclusion": "结论", "password": "wrong"}).status_code in (403, 409, 422)
    assert manager.post(f"{place}/sign", data={"conclusion": "结论", "password": PASSWORD}).status_code in (302, 303)
    report = text_of(manager.get(f"{place}/report"))
    assert "结论" in report and "退费" in report
    assert manager.get(f"{place}/report?format=csv").status_code == 200
    assert place.rsplit("/", 1)[1] and "NS-2026-0001" in text_of(trainer.get(f"{BASE}?q=NS-2026"))


def test_what_hurts_becomes_lines_and_a_line_is_delivered_on_the_pages(client: Callable[..., Any], world: Centre) -> None:
    trainer = client("trainer")
    wrong = trainer.post(f"{BASE}/entries", data={"year": "2026", "source": "qa", "subject": "退费时限", "count": "many"})
    assert wrong.status_code == 422 and "退费时限" in text_of(wrong)
    entry = {"year": "2026", "source": "qa", "subject": "退费时限", "count": "9"}
    assert trainer.post(f"{BASE}/entries", data=entry).status_code in (302, 303)
    page = text_of(trainer.get(f"{BASE}/hurts?year=2026"))
    assert "退费时限" in page and 'name="keys"' in page
    assert 'name="keys"' not in text_of(client("auditor").get(f"{BASE}/hurts?year=2026"))
    assert trainer.post(f"{BASE}/lines/from_hurts", data={"of_year": "2026", "year": "2027"}).status_code == 422
    went = trainer.post(f"{BASE}/lines/from_hurts", data={"of_year": "2026", "year": "2027", "keys": ["退费时限"]})
    assert went.headers["Location"].endswith("/lines?year=2027")
    assert "退费时限" in text_of(trainer.get(f"{BASE}/lines?year=2027"))
    line = f"{BASE}/lines/1"
    form = {"subject": "退费时限", "heads": "10", "hours": "1.5", "cost": "300.50", "quarter": "2", "evaluation": "behaviour",
            "owner": "", "audience": "全体坐席", "unit": "", "target": "差错减半"}
    for field, value in (("hours", "-1"), ("cost", "1.234"), ("quarter", "5"), ("owner", "nobody"), ("hours", "abc")):
        wrong = trainer.post(line, data=form | {field: value})
        assert wrong.status_code == 422 and "差错减半" in text_of(wrong), field
    assert trainer.post(line, data=form).status_code in (302, 303)
    assert trainer.post(f"{line}/deliver", data={"done_on": "", "note": "样板课"}).status_code in (302, 303)
    page = text_of(trainer.get(line))
    assert "样板课" in page and "1.5" in page
    for address in ("hurts", "lines?year=2027", "entries"):
        assert trainer.get(f"{BASE}/{address}{'&' if '?' in address else '?'}format=csv").status_code == 200


def test_a_suggestion_is_sent_from_a_page_and_answered(client: Callable[..., Any], world: Centre) -> None:
    agent = client("agent")
    assert 'value="/search?q=x"' in text_of(agent.get(f"{BASE}/suggestions?from=/search%3Fq%3Dx"))
    assert 'value="//evil' not in text_of(agent.get(f"{BASE}/suggestions?from=//evil.test/"))
    wrong = agent.post(f"{BASE}/suggestions", data={"subject": "", "text": "外宾多"})
    assert wrong.status_code == 422 and "外宾多" in text_of(wrong)
    place = agent.post(f"{BASE}/suggestions", data={"subject": "英语", "text": "", "place": "/"}).headers["Location"]
    assert client("agent_b").get(place).status_code == 404
    assert client("trainer").post(f"{place}/answer", data={"verdict": "taken", "answer": "排进二季度"}).status_code in (302, 303)
    assert "排进二季度" in text_of(agent.get(place))


def test_a_program_that_reads_allowed_takes_a_survey_to_its_signature(client: Callable[..., Any], world: Centre) -> None:
    trainer, manager = client("trainer", by="token"), client("manager", by="token")
    due = str(world.clock.today + timedelta(days=5))
    status, body = trainer.call("POST", f"/api/v1{BASE}", {"year": 2026, "due_on": due})
    assert status == 201 and body["number"] == "NS-2026-0001"
    place = f"/api/v1{BASE}/{body['id']}"
    assert trainer.call("POST", f"{place}/forms", {"title": "t", "questions": QUESTIONS})[0] == 200
    inputs = {"due_on": due, "people": "manager", "minutes": "m", "decisions": "d", "conclusion": "c", "share": 5, "note": "n"}
    done = []
    for _ in range(12):
        found = [(who, one) for who in (trainer, manager) for one in who.call("GET", place)[1]["allowed"] if one["forward"]]
        found = [(who, one) for who, one in found if one["verb"] != "take_over"]
        if not found:
            status, mine = client("agent", by="token").call("POST", f"{place}/answer", {"answers": {"q1": ["退费规则"], "q2": 2}})
            if status != 200:
                for one in trainer.call("GET", f"{place}/interviews")[1]["items"]:
                    said = {"held_on": str(world.clock.today), "confirms": "no", "note": "n"}
                    assert trainer.call("POST", f"{place}/interviews/{one['id']}", said)[0] == 200
            continue
        who, verb = found[0]
        body = {name: rule.get("const", rule.get("default", inputs.get(name))) for name, rule in verb["schema"]["properties"].items()
                if name in verb["schema"]["required"] or "const" in rule}
        status, said = who.call("POST", verb["href"], body)
        assert status == 200, (verb["verb"], said)
        done.append(verb["verb"])
        if verb["verb"] == "sign":
            break
    assert done == ["send", "close", "draw", "finish_interviews", "hold_meeting", "sign"]
    status, report = manager.call("GET", f"{place}/report")
    assert status == 200 and report["whole"] and report["figures"][0]["hidden"]
    status, figures = trainer.call("GET", f"{place}/statistics")
    assert figures["items"][0]["hidden"] and figures["items"][0]["answered"] == 1


def test_an_import_by_program_counts_every_row(client: Callable[..., Any], world: Centre) -> None:
    data = "主题,来源,年度,次数\n退费,质检,2026,3\n报障,谣言,2026,3\n".encode()
    answered = client("trainer", by="token").open(f"/api/v1{BASE}/entries/import", method="POST", content_type="multipart/form-data",
                                       data={"file": (io.BytesIO(data), "a.csv")})
    assert answered.get_json()["read"] == 2 and len(answered.get_json()["rejected"]) == 1


def run(settings: Settings, *words: str) -> Any:
    from kmsvc.cli.training import training

    done = CliRunner().invoke(training, list(words), env={"KMSVC_DATA_DIR": str(settings.data_dir),
                                                         "KMSVC_DATABASE_URL": settings.database_url}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def test_the_command_line_runs_a_survey(world: Centre, settings: Settings, tmp_path: Path) -> None:
    due = str(world.clock.today + timedelta(days=400))
    made = json.loads(run(settings, "needs", "begin", "--year", "2026", "--due-on", due, "--as", "trainer", "--json").stdout)
    form = tmp_path / "form.json"
    form.write_text(json.dumps({"title": "问卷", "questions": QUESTIONS}), "utf-8")
    run(settings, "needs", "form", made["number"], str(form), "--as", "trainer")
    sent = json.loads(run(settings, "needs", "send", made["number"], "--due-on", due, "--as", "trainer", "--json").stdout)
    assert sent["state"] == "asking" and sent["asked"] > 5
    given = tmp_path / "answers.json"
    given.write_text(json.dumps({"q1": ["退费规则"], "q2": 3}), "utf-8")
    run(settings, "needs", "answer", made["number"], str(given), "--as", "agent")
    assert json.loads(run(settings, "needs", "show", made["number"], "--json").stdout)["answered"] == 1
    rows = tmp_path / "rows.csv"
    rows.write_text("主题,来源,年度,次数\n退费,质检,2026,3\n", "utf-8")
    assert json.loads(run(settings, "needs", "import", str(rows), "--json").stdout)["created"] == 1
    hurts = json.loads(run(settings, "needs", "hurts", "--year", "2026", "--json").stdout)
    assert hurts["items"][0]["subject"] == "退费"
    lines = json.loads(run(settings, "needs", "take-up", "退费", "--of-year", "2026", "--year", "2027", "--as", "trainer",
                           "--json").stdout)
    assert lines["items"][0]["number"] == "TL-2027-0001"
    assert json.loads(run(settings, "needs", "lines", "--year", "2027", "--json").stdout)["sums"]["lines"] == 1
    run(settings, "needs", "deliver", "TL-2027-0001", "--note", "样板", "--as", "trainer")
    run(settings, "needs", "suggest", "英语", "--as", "agent")
    assert json.loads(run(settings, "needs", "suggestions", "--json").stdout)["items"][0]["subject"] == "英语"


@pytest.mark.parametrize("state", ["asking", "signed"])
def test_the_page_says_where_a_survey_stands(client: Callable[..., Any], world: Centre, state: str) -> None:
    if state == "signed":
        one = signed(world)
    else:
        one = begin_survey(world)
        add_form(world, one)
        send(world, one)
        answer(world, one, "agent")
    page = text_of(client("auditor").get(f"{BASE}/{one}"))
    assert ("Unchanged since it was signed" in page) == (state == "signed") and "Sent to" in page
    if state == "asking":
        close(world, one)
