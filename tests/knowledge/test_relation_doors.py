"""Relations and twins by page, by program and from the command line: the switch, the warning, the list, what a refusal keeps."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import event

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.errors import NotFound, NotPermitted
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.relations.choosing import choices
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.knowledge.test_relations import EN, ZH, dearer, rewrite, tie, twins
from tests.support.centre import Centre


def page(caller: Any, path: str) -> str:
    answer = caller.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.get_data(as_text=True))


def address(article: Article) -> str:
    return f"/knowledge/articles/{article.id}"


def test_the_page_of_an_article_has_the_switch_and_a_mild_word_when_it_is_behind(client: Callable, world: Centre) -> None:
    zh, en, made = twins(world)
    agent, editor = client("agent"), client("knowledge_editor")
    switch = f'data-switch="/knowledge/relations/twins/{made.id}/switch?from={en.id}"'
    here = page(agent, address(en))
    assert 'data-key="t"' in here and switch in here and f'href="{address(zh)}"' in here and "may not say that yet" not in here
    dearer(world, zh)
    here = page(agent, address(en))
    assert "may not say that yet" in here and 'class="hint info"' in here and "What changed in the other language" not in here
    assert "may not say that yet" not in page(agent, address(zh))
    here = page(editor, address(en))
    assert 'class="hint warn"' in here and "What changed in the other language" in here and re.search(r"<ins[^>]*>.*30", here)


def test_the_preview_beside_the_results_switches_and_warns_too(client: Callable, world: Centre) -> None:
    zh, en, made = twins(world)
    dearer(world, zh)
    world.drain()
    here = page(client("agent"), f"/search/answer?kind=article&id={en.id}")
    assert f"id={zh.id}" in here and 'data-key="t"' in here and f"/knowledge/relations/twins/{made.id}" in here
    alone = make_article(world, title="allein")
    assert 'data-key="t"' not in page(client("agent"), f"/search/answer?kind=article&id={alone.id}")


def test_the_switch_by_script_lands_on_the_same_paragraph(client: Callable, world: Centre) -> None:
    zh, en, made = twins(world)
    agent = client("agent")
    blocks = re.findall(r'id="(b-\w+)"', page(agent, address(zh)))
    theirs = re.findall(r'id="(b-\w+)"', page(agent, address(en)))
    answer = agent.get(f"/knowledge/relations/twins/{made.id}/switch?from={zh.id}&at={blocks[2][2:]}")
    assert answer.headers["Location"] == f"{address(en)}#{theirs[2]}"
    assert agent.get(f"/knowledge/relations/twins/{made.id}/switch?from={zh.id}&at=x").headers["Location"] == address(en)
    assert agent.get(f"/knowledge/relations/twins/{made.id}/switch").status_code == 422


def test_both_stand_side_by_side_and_an_editor_finds_them_equal(client: Callable, world: Centre) -> None:
    zh, _, made = twins(world)
    dearer(world, zh)
    here = f"/knowledge/relations/twins/{made.id}"
    shown = page(client("agent"), here)
    assert shown.count("changed since") == 1 and f"{here}/equal" not in shown
    editor = client("knowledge_editor")
    ids = dict(re.findall(r'name="(from_version_id|to_version_id)" value="(\d+)"', page(editor, here)))
    assert client("agent").post(f"{here}/equal", data=ids).status_code == 403
    late = editor.post(f"{here}/equal", data={**ids, "from_version_id": zh.published_version_id})
    assert late.status_code == 409 and "published anew while you read" in late.get_data(as_text=True)
    assert editor.post(f"{here}/equal", data=ids).headers["Location"] == here
    assert "KB" in page(editor, here) and "changed since" not in page(editor, here)
    assert page(editor, here).count(" = KB-") == 2
    assert f"{here}/withdraw" not in page(client("agent"), here)
    [check] = re.findall(r'name="check_id" value="(\d+)"', page(editor, here))
    assert client("agent").post(f"{here}/withdraw", data={"check_id": check}).status_code == 403
    assert editor.post(f"{here}/withdraw", data={"check_id": check}).headers["Location"] == here
    again = editor.post(f"{here}/withdraw", data={"check_id": check})
    assert again.status_code == 409 and "taken back already" in again.get_data(as_text=True)
    assert "changed since" in page(editor, here) and "taken back" in page(editor, here)


def test_secret_words_of_twins_are_guarded_and_that_they_were_shown_is_noted(client: Callable, world: Centre) -> None:
    from kmsvc.access.models import AccessEntry

    zh = make_article(world, title="改签", body=ZH + "\n\n:::secret\n底价15元\n:::")
    made = tie(world, zh, make_article(world, title="Rebooking", body=EN, language="en"), "twin")
    here = f"/knowledge/relations/twins/{made.id}"
    assert "底价" not in page(client("agent"), here)
    assert "底价" in page(client("knowledge_editor"), here) and "data-guard=" in page(client("knowledge_editor"), here)
    with world.look() as work:
        assert work.session.query(AccessEntry).count() == 2
    client("knowledge_editor", by="token").call("GET", f"/api/v1{here}")
    with world.look() as work:
        assert work.session.query(AccessEntry).count() == 3


def test_the_list_filters_exports_and_is_empty_with_a_word(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    assert "No twins have drifted apart" in page(editor, "/knowledge/relations/twins")
    zh, en, _ = twins(world)
    assert page(editor, "/knowledge/relations/twins").count("data-row") == 0
    dearer(world, zh)
    rewrite(world, zh, "=1+1", ZH)
    assert page(editor, "/knowledge/relations/twins?view=mine").count("data-row") == 1
    assert page(editor, f"/knowledge/relations/twins?q={en.number}&state=drifted").count("data-row") == 1
    assert page(editor, "/knowledge/relations/twins?state=alone").count("data-row") == 0
    assert editor.get("/knowledge/relations/twins?state=nothing").status_code == 422
    csv = page(editor, "/knowledge/relations/twins?format=csv")
    assert en.number in csv and ",=1+1" not in csv
    sheet = load_workbook(io.BytesIO(editor.get("/knowledge/relations/twins?format=xlsx").data)).active
    assert sheet is not None and sheet.max_row == 2


def test_relating_by_form_keeps_what_was_typed_and_taking_away_can_be_undone(client: Callable, world: Centre) -> None:
    one, other = make_article(world, title="一"), make_article(world, title="二")
    editor = client("knowledge_editor")
    refused = editor.post(f"/knowledge/relations/articles/{one.id}", data={"word": "replaces", "other": "KB-9999"})
    shown = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'value="KB-9999"' in shown and re.search(r'value="replaces"\s+selected', shown)
    assert editor.post(f"/knowledge/relations/articles/{one.id}", data={"word": "replaces", "other": ""}).status_code == 422
    done = editor.post(f"/knowledge/relations/articles/{one.id}", data={"word": "replaces", "other": other.number.lower()})
    assert done.headers["Location"] == f"{address(one)}#related"
    assert "Is replaced by" in page(client("agent"), address(other))
    assert editor.post(f"/knowledge/relations/articles/{one.id}", data={"word": "see_also", "other": other.number}).status_code == 409
    [way] = re.findall(rf"/knowledge/relations/articles/{one.id}/\d+/remove", page(editor, address(one)))
    assert way not in page(client("agent"), address(one))
    assert client("agent").post(way).status_code == 403
    assert editor.post(way.replace(f"/{one.id}/", "/987654/")).status_code == 404
    assert editor.post(way, data={"reason": "falsch"}).status_code == 303
    assert "Is replaced by" not in page(client("agent"), address(other))
    [back] = re.findall(rf"/knowledge/relations/articles/{one.id}/\d+/restore", page(editor, address(one)))
    assert editor.post(back).status_code == 303 and editor.post(back).status_code == 409
    assert "Is replaced by" in page(client("agent"), address(other))


def test_the_other_article_is_picked_from_what_its_words_find_with_and_without_script(client: Callable, world: Centre) -> None:
    one, other = make_article(world, title="机票改签手续费"), make_article(world, title="机票改签流程")
    make_article(world, title="机票改签底价", confidentiality="secret")
    draft = make_article(world, title="行李额草稿", publish=False)
    world.drain()
    editor, form = client("knowledge_editor"), f"/knowledge/relations/articles/{one.id}"
    part = page(editor, f"{form}/choices?other=gaiqian")
    assert f'value="{other.number}"' in part and "机票改签底价" in part and one.number not in part and "<html" not in part
    assert f'value="{draft.number}" checked' in page(editor, f"{form}/choices?other=草稿")
    assert "No other article is called like this" in page(editor, f"{form}/choices?other=zzz")
    assert "picked" not in page(editor, f"{form}/choices?other=") and client("agent").get(f"{form}/choices?other=x").status_code == 403
    assert editor.get("/knowledge/relations/articles/987654/choices?other=x").status_code == 404
    refused = editor.post(form, data={"word": "part_of", "other": "改签流程"})
    shown = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'value="改签流程"' in shown and f'name="picked" value="{other.number}"' in shown
    done = editor.post(form, data={"word": "part_of", "other": "改签流程", "picked": other.number})
    assert done.status_code == 303 and "Contains" in page(editor, address(other))
    assert other.number not in page(editor, f"{form}/choices?other=改签流程")  # they are related
    assert editor.post(form, data={"word": "part_of", "other": "改签", "picked": "KB-9999"}).status_code == 422


def test_what_the_picker_finds_is_only_what_the_editor_may_read(client: Callable, world: Centre) -> None:
    one = make_article(world, title="一")
    make_article(world, title="票价底线", confidentiality="secret")
    for who, titles in (("knowledge_editor", ["票价底线"]), ("agent", [])):
        with world.look(who) as work:
            found = choices(work.session, world.engine, work.actor, one.id, "票价", world.clock.today)
            assert [each.title for each in found] == titles


def test_similar_articles_come_as_a_part_of_the_page(client: Callable, world: Centre) -> None:
    one = make_article(world, title="机票改签手续费", body="改签手续费。")
    make_article(world, title="机票改签流程", body="改签流程。")
    world.drain()
    part = page(client("agent"), f"/knowledge/relations/articles/{one.id}/similar")
    assert "机票改签流程" in part and "机票改签手续费" not in part and "<html" not in part
    assert f"/knowledge/relations/articles/{one.id}/similar" in page(client("agent"), address(one))


def test_an_article_without_relations_asks_the_database_nothing_more(client: Callable, world: Centre) -> None:
    article = make_article(world, title="allein")
    agent = client("agent")
    page(agent, address(article))
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        page(agent, address(article))
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)
    assert not [one for one in asked if "knowledge_relation" in one]


def test_a_program_relates_compares_and_finds_equal(client: Callable, world: Centre) -> None:
    zh, en = make_article(world, title="改签", body=ZH), make_article(world, title="Rebooking", body=EN, language="en")
    editor, agent = client("knowledge_editor", by="token"), client("agent", by="token")
    where = f"/api/v1/knowledge/relations/articles/{zh.id}"
    assert agent.call("POST", where, {"word": "twin", "other": en.number})[0] == 403
    assert editor.call("POST", where, {"word": "cousin", "other": en.number})[0] == 422
    assert editor.call("POST", where, {"word": "twin", "other": zh.number})[0] == 422
    status, found = editor.call("POST", where, {"word": "twin", "other": en.number, "equal": False})
    assert status == 200 and [(one["word"], one["article"]["number"]) for one in found["items"]] == [("twin", en.number)]
    twin = f"/api/v1/knowledge/relations/twins/{found['items'][0]['id']}"
    _, listed = agent.call("GET", "/api/v1/knowledge/relations/twins")
    assert [one["state"] for one in listed["items"]] == ["unchecked"]
    assert agent.call("GET", twin)[1]["allowed"] == []
    _, shown = editor.call("GET", twin)
    [verb] = shown["allowed"]
    body = {name: one["const"] for name, one in verb["schema"]["properties"].items()}
    assert shown["paragraphs"][0]["right"]["text"] == "# Rebooking"
    assert editor.call("POST", verb["href"], {**body, "to_version_id": 987_654})[0] == 409
    assert editor.call("POST", verb["href"], body)[1]["state"] == "equal"
    [back] = editor.call("GET", twin)[1]["allowed"]
    found_id = {name: one["const"] for name, one in back["schema"]["properties"].items()}
    assert back["verb"] == "withdraw" and editor.call("POST", back["href"], found_id)[1]["state"] == "unchecked"
    assert editor.call("POST", back["href"], found_id)[0] == 409
    way = f"/api/v1/knowledge/relations/{found['items'][0]['id']}"
    assert editor.call("POST", f"{way}/remove", {"reason": "falsch"}) [1]["items"] == []
    assert agent.call("GET", twin)[0] == 404
    assert len(editor.call("POST", f"{way}/restore")[1]["items"]) == 1
    assert agent.call("GET", f"{where}/similar")[0] == 200


def run(settings: Settings, *arguments: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, ["relations", *arguments])


def answer(result: Result) -> Any:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def test_the_command_line_relates_lists_and_finds_equal(settings: Settings, world: Centre, tmp_path: Any) -> None:
    zh, en = make_article(world, title="改签", body=ZH), make_article(world, title="Rebooking", body=EN, language="en")
    editor = ("--as", "knowledge_editor")
    assert isinstance(run(settings, "relate", zh.number, en.number, "--as-what", "twin", "--as", "agent").exception, NotPermitted)
    found = answer(run(settings, "relate", zh.number, en.number, "--as-what", "twin", "--not-equal", *editor, "--json"))
    assert [one["word"] for one in found["items"]] == ["twin"]
    assert en.number in run(settings, "twins").stdout and run(settings, "twins", "--state", "equal").stdout.strip() == ""
    assert run(settings, "twins", "--to", str(tmp_path / "twins.csv")).exception is None
    assert en.number in (tmp_path / "twins.csv").read_text("utf-8-sig")
    assert answer(run(settings, "equal", zh.number, *editor, "--json"))["state"] == "equal"
    assert answer(run(settings, "withdraw", en.number, *editor, "--json"))["state"] == "unchecked"
    assert isinstance(run(settings, "withdraw", en.number, *editor).exception, NotFound)
    gone = answer(run(settings, "remove", en.number, zh.number, *editor, "--json"))
    assert answer(run(settings, "show", zh.number, "--json")) == {"items": []}
    assert len(answer(run(settings, "restore", str(gone["id"]), *editor, "--json"))["items"]) == 1
    assert "items" in answer(run(settings, "similar", zh.number, "--json"))


@pytest.mark.parametrize("who", ["agent", "knowledge_editor"])
def test_the_tab_of_twins_is_for_those_who_bring_them_up(client: Callable, world: Centre, who: str) -> None:
    shown = 'href="/knowledge/relations/twins"' in page(client(who), "/knowledge")
    assert shown == (who == "knowledge_editor")
