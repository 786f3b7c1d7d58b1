"""Guided flows by page, by program and from the command line: what is shown to whom, walking without script, files and tables."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kmsvc.cli.knowledge import knowledge
from kmsvc.knowledge.flows.models import Flow
from kmsvc.people.units.usecases import add_unit
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.knowledge.test_flows import BODY, make_flow, start
from tests.support.centre import Centre

NODES = [{"key": "a", "question": "哪个灯？", "note": "看灯下的字", "choices": [{"text": "红", "to": "b"}, {"text": "绿", "to": "a"}]},
         {"key": "b", "outcome": "报修", "say": "马上登记。\n\n- 上门免费", "link": None}]


def test_a_program_walks_by_what_is_allowed_alone(client: Callable, world: Centre) -> None:
    flow = make_flow(world)
    agent = client("agent")
    shown = agent.get(f"/api/v1/knowledge/flows/{flow.id}").get_json()
    [begin] = shown["allowed"]
    assert begin["verb"] == "begin" and "body" not in shown and "problems" not in shown
    walk = agent.post(begin["href"], json={"version_id": begin["schema"]["properties"]["version_id"]["const"], "choice": 2}).get_json()
    assert walk["question"] == "电源插好了吗？" and [one["text"] for one in walk["choices"]] == ["插好了", "没有插"]
    [choose] = walk["allowed"]
    done = agent.post(choose["href"], json={"at": choose["schema"]["properties"]["at"]["const"], "choice": 1}).get_json()
    assert (done["ends"], done["outcome"], done["allowed"]) == (True, "光猫损坏", [])
    assert [one["answer"] for one in done["path"]] == ["都不亮", "插好了"]
    assert agent.post(choose["href"], json={"at": 1, "choice": 9}).status_code == 422
    assert client("agent_b").get(f"/api/v1/knowledge/flows/walks/{walk['id']}").status_code == 404


def test_nodes_sent_as_rows_come_back_as_the_same_rows_and_text(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    made = editor.post("/api/v1/knowledge/flows", json={"title": "灯", "nodes": NODES, "publish": True})
    assert made.status_code == 201 and made.get_json()["nodes"] == NODES
    file = editor.get(f"/knowledge/flows/{made.get_json()['id']}/export")
    again = editor.post("/knowledge/flows/import", data={"file": (io.BytesIO(file.get_data()), "flow.json")})
    assert again.status_code == 303
    other = editor.get("/api/v1/knowledge/flows").get_json()["items"][0]
    assert (other["state"], other["title"]) == ("draft", "灯")
    assert editor.get(f"/api/v1/knowledge/flows/{other['id']}").get_json()["nodes"] == NODES
    trap = [NODES[0], NODES[1] | {"say": "! a: reads like a node"}]
    assert editor.post("/api/v1/knowledge/flows", json={"title": "灯", "nodes": trap}).status_code == 422
    broken = editor.post("/knowledge/flows/import", data={"file": (io.BytesIO(b"[1]"), "flow.json")})
    assert broken.status_code == 422


def test_what_keeps_it_from_being_published_is_told_by_the_names_of_the_nodes(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    body = {"title": "灯", "body": BODY.replace("-> plugged", "-> lost"), "publish": True}
    refused = editor.post("/api/v1/knowledge/flows", json=body)
    assert refused.status_code == 422 and set(refused.get_json()["fields"]["body"]) == {"power/2", "plugged"}
    page = editor.post("/knowledge/flows", data={"title": "灯", "body": body["body"], "publish": "on"})
    assert page.status_code == 422 and "power/2" in page.get_data(as_text=True) and "-&gt; lost" in page.get_data(as_text=True)
    kept = editor.post("/api/v1/knowledge/flows", json=body | {"publish": False}).get_json()
    assert "publish" not in {one["verb"] for one in kept["allowed"]} and {one["where"] for one in kept["problems"]} == {
        "power/2", "plugged"}


def test_without_script_every_choice_is_a_button_and_back_is_a_link(client: Callable, world: Centre) -> None:
    flow = make_flow(world)
    agent = client("agent")
    first = agent.get(f"/knowledge/flows/{flow.id}?then=/search").get_data(as_text=True)
    assert f'action="/knowledge/flows/{flow.id}/begin"' in first and first.count('name="choice"') == 3
    assert 'href="/search" data-leave' in first
    begun = agent.post(f"/knowledge/flows/{flow.id}/begin", data={"version_id": flow.published_version_id, "choice": "2",
                                                                  "then": "//evil.example"})
    place = begun.headers["Location"]
    assert begun.status_code == 303 and "evil" not in place
    second = agent.get(place).get_data(as_text=True)
    assert f"{place}?at=0" in second and 'data-key="Backspace"' in second


def test_the_page_and_the_preview_of_an_article_lead_to_its_flow_for_its_audience_alone(client: Callable, world: Centre) -> None:
    article = make_article(world, unit="TEAM-A", drain=True)
    flow = make_flow(world, unit="TEAM-A", body=BODY.replace("! broken: 光猫损坏", f"! broken: 光猫损坏\nlink: {article.number}"))
    for path in (f"/knowledge/articles/{article.id}", f"/search/answer?kind=article&id={article.id}"):
        assert f"/knowledge/flows/{flow.id}?then=" in client("agent").get(path).get_data(as_text=True)
    assert client("agent_b").get(f"/knowledge/flows/{flow.id}").status_code == 404
    shown = client("agent").get(f"/search/answer?kind=flow&id={flow.id}").get_data(as_text=True)
    assert "哪个灯亮红色？" in shown and f"/knowledge/flows/{flow.id}/begin" in shown


def test_a_flow_stays_with_its_closed_unit_by_page_and_by_program_and_no_other_comes_to_it(client: Callable, world: Centre) -> None:
    with world.begin("operator") as work:
        world.units["TEAM-C"] = add_unit(work, code="TEAM-C", name="三组", parent_code="CENTRE").id
    flow, other = make_flow(world, unit="TEAM-C"), make_flow(world)
    with world.begin("operator") as work:
        add_unit(work, code="TEAM-C", name="三组", closed=True)
    editor = client("knowledge_editor")

    def audience() -> int | None:
        with world.look() as work:
            row = work.session.get(Flow, flow.id)
            return row.audience_unit_id if row is not None else 0

    page = editor.get(f"/knowledge/flows/{flow.id}/edit").get_data(as_text=True)
    assert '<option value="TEAM-C" selected' in page
    assert "TEAM-C" not in editor.get(f"/knowledge/flows/{other.id}/edit").get_data(as_text=True)
    shown = editor.get(f"/api/v1/knowledge/flows/{flow.id}")
    form = {"title": "光猫灯", "body": BODY, "unit": "TEAM-C", "version": str(shown.get_json()["version"])}
    assert editor.post(f"/knowledge/flows/{flow.id}/edit", data=form).status_code == 303
    assert audience() == world.units["TEAM-C"]
    shown = editor.get(f"/api/v1/knowledge/flows/{flow.id}")
    [edit] = [one for one in shown.get_json()["allowed"] if one["verb"] == "edit"]
    unit = edit["schema"]["properties"]["unit"]
    assert unit["default"] == "TEAM-C" and "TEAM-C" in unit["enum"]
    body = {"title": "光猫三盏灯", "body": BODY, "unit": unit["default"]}
    assert editor.post(edit["href"], json=body, headers={"If-Match": shown.headers["ETag"]}).status_code == 200
    assert audience() == world.units["TEAM-C"]
    refused = editor.post(f"/api/v1/knowledge/flows/{other.id}/edit", json=body)
    assert refused.status_code == 422 and set(refused.get_json()["fields"]) == {"unit"}


def test_that_a_newer_draft_is_written_is_told_to_writers_alone(client: Callable, world: Centre) -> None:
    flow = make_flow(world)
    client("knowledge_editor").post(f"/knowledge/flows/{flow.id}/edit", data={
        "title": "新标题", "body": BODY, "version": str(flow.version)})
    for who, told in (("knowledge_editor", True), ("agent", False), ("supervisor", False)):
        [line] = client(who).get("/api/v1/knowledge/flows").get_json()["items"]
        assert line["has_draft"] is client(who).get(f"/api/v1/knowledge/flows/{flow.id}").get_json()["has_draft"] is told


@pytest.mark.parametrize("wrong", ["a\x00b", "a\ud800b", "a\x07b"])
def test_other_names_and_lists_that_cannot_be_stored_are_refused(client: Callable, world: Centre, wrong: str) -> None:
    editor, manager = client("knowledge_editor"), client("everything")
    for names in ([wrong], ["灯", wrong], f"灯,{wrong}"):
        refused = editor.post("/api/v1/knowledge/flows", data=json.dumps({"title": "灯", "body": BODY, "aliases": names}),
                              content_type="application/json")  # as plain ASCII: half a pair cannot be sent otherwise
        assert refused.status_code == 422 and set(refused.get_json()["fields"]) == {"aliases"}
    refused = manager.post("/api/v1/knowledge/reviews", data=json.dumps({"year": 2026, "reviewers": [wrong]}),
                           content_type="application/json")
    assert refused.status_code == 422 and set(refused.get_json()["fields"]) == {"reviewers"}
    made = editor.post("/api/v1/knowledge/flows", json={"title": "灯", "body": BODY, "aliases": [" 光猫  红灯\u200b ", "\u200b", "灯"]})
    assert made.get_json()["aliases"] == ["光猫 红灯", "灯"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_lists_walks_and_counts_are_tables_to_take_away(client: Callable, world: Centre, form: str) -> None:
    flow = make_flow(world)
    start(world, flow)
    editor = client("knowledge_editor")
    for path in ("/knowledge/flows", f"/knowledge/flows/{flow.id}/walks", f"/knowledge/flows/{flow.id}/counts"):
        answer = editor.get(f"{path}?format={form}")
        assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    assert "都不亮" in editor.get(f"/knowledge/flows/{flow.id}/walks?format=csv").get_data(as_text=True)


def test_the_command_line_writes_exports_and_takes_in_the_same(world: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch,
                                                               tmp_path: Path) -> None:
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)

    def run(*words: str) -> str:
        done = CliRunner().invoke(knowledge, ["flows", *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    (tmp_path / "body.txt").write_text(BODY, "utf-8")
    made = json.loads(run("add", "光猫红灯排查", "--body", f"@{tmp_path / 'body.txt'}", "--publish", "--as", "knowledge_editor",
                          "--json"))
    (tmp_path / "flow.json").write_text(run("export", made["number"]), "utf-8")
    again = json.loads(run("import", str(tmp_path / "flow.json"), "--json"))
    assert again["nodes"] == made["nodes"] and (made["state"], again["state"]) == ("published", "draft")
    assert json.loads(run("counts", made["number"], "--json"))["walks"] == 0
    assert json.loads(run("retire", made["number"], "--reason", "r", "--json"))["state"] == "retired"
