"""Articles for programs: what `allowed` offers works as it stands, versions and differences are read like on the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.builders import make_article, make_process
from tests.support.centre import Centre


def fill(schema: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Defaults kept, consts echoed, the rest as given."""
    body = {name: spec.get("default", spec.get("const")) for name, spec in schema["properties"].items()
            if "default" in spec or "const" in spec}
    return {**body, **given}


def offers(caller: Any, article_id: int) -> dict[str, Any]:
    return {one["verb"]: one for one in caller.call("GET", f"/api/v1/knowledge/articles/{article_id}")[1]["allowed"]}


def test_an_editor_takes_an_article_through_its_life_by_reading_allowed(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签", body="百分之五。", valid_to=world.clock.today, tags=("票",))
    editor, agent = client("knowledge_editor", by="token"), client("agent", by="token")
    assert offers(agent, article.id) == {}
    edit = offers(editor, article.id)["edit"]
    status, body = editor.call("POST", edit["href"], fill(edit["schema"], body="百分之六。"))
    assert status == 200
    assert (body["tags"], body["valid_to"]) == (["票"], world.clock.today.isoformat())
    status, body = editor.call("POST", offers(editor, article.id)["publish"]["href"], {})
    assert (status, agent.call("GET", body["url"].replace("/knowledge", "/api/v1/knowledge"))[1]["body"]) == (200, "百分之六。")
    revert = offers(editor, article.id)["revert"]
    chosen = revert["schema"]["properties"]["to_version_id"]["enum"][0]
    assert editor.call("POST", revert["href"], {"to_version_id": chosen, "reason": "改错"})[0] == 200
    keep = offers(editor, article.id)["keep"]
    assert editor.call("POST", keep["href"], {"owner": "nobody at all"})[0] == 422
    assert editor.call("POST", keep["href"], {"owner": "knowledge_editor", "audience": "TEAM-B"})[0] == 200
    assert agent.call("GET", f"/api/v1/knowledge/articles/{article.id}")[0] == 404
    retire = offers(editor, article.id)["retire"]
    status, body = editor.call("POST", retire["href"], {"reason": "不用了"})
    assert (status, body["state"]) == (200, "retired")
    assert set(offers(editor, article.id)) == {"edit", "revert", "keep"}


def test_versions_and_their_difference_are_there_for_programs(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签", body="七天内。\n\n不变。")
    editor, agent = client("knowledge_editor", by="token"), client("agent", by="token")
    door = f"/api/v1/knowledge/articles/{article.id}"
    assert editor.call("POST", f"{door}/edit", {"title": "改签", "body": "十天内。\n\n不变。", "publish": True})[0] == 200
    assert editor.call("POST", f"{door}/edit", {"title": "改签", "body": "还没定。"})[0] == 200
    assert [one["n"] for one in agent.call("GET", f"{door}/versions")[1]["items"]] == [2, 1]
    assert [one["n"] for one in editor.call("GET", f"{door}/versions")[1]["items"]] == [3, 2, 1]
    assert agent.call("GET", f"{door}/versions/1")[1]["body"] == "七天内。\n\n不变。"
    difference = agent.call("GET", f"{door}/versions/1/diff/2")[1]
    assert difference["counts"]["changed"] == 1
    assert ["insert", "十天"] in difference["blocks"][0]["parts"]
    assert agent.call("GET", f"{door}/versions/2/diff/3")[0] == 404


def test_a_reader_who_is_asked_confirms_by_reading_allowed(client: Callable, world: Centre) -> None:
    make_process(world, drain=True)
    agent = client("agent", by="token")
    article = agent.call("GET", "/api/v1/knowledge/articles")[1]["items"][0]
    confirm = offers(agent, article["id"])["confirm"]
    assert confirm["forward"] is True
    assert agent.call("POST", confirm["href"], fill(confirm["schema"]))[0] == 200
    assert offers(agent, article["id"]) == {}
    assert agent.call("GET", f"/api/v1/knowledge/articles/{article['id']}")[1]["confirmed_at"]


def test_r_w4_a_stale_program_gets_both_texts(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签", body="百分之五。")
    editor = client("knowledge_editor", by="token")
    door = f"/api/v1/knowledge/articles/{article.id}"
    tag = editor.get(door).headers["ETag"]
    assert editor.call("POST", f"{door}/edit", {"title": "改签", "body": "百分之六。"}, **{"If-Match": tag})[0] == 200
    status, body = editor.call("POST", f"{door}/edit", {"title": "改签", "body": "百分之七。"}, **{"If-Match": tag})
    assert status == 409
    assert (body["mine"]["body"], body["theirs"]["body"]) == ("百分之七。", "百分之六。")


def test_a_category_that_is_a_code_comes_with_its_name_in_the_callers_language(client: Callable, world: Centre) -> None:
    make_process(world, group="quality", drain=True)
    made = make_article(world, category="退费")
    editor = client("knowledge_editor", by="token")
    items = editor.call("GET", "/api/v1/knowledge/articles")[1]["items"]
    names = {one["category"]: one["category_label"] for one in items}
    assert names == {"quality": "Quality processes", "退费": "退费"}
    assert editor.call("GET", f"/api/v1/knowledge/articles/{made.id}")[1]["category_label"] == "退费"


def test_a_successor_that_is_not_there_is_an_error_of_its_field(client: Callable, world: Centre) -> None:
    article = make_article(world)
    editor = client("knowledge_editor", by="token")
    status, body = editor.call("POST", f"/api/v1/knowledge/articles/{article.id}/retire", {"reason": "r", "superseded_by_id": 999})
    assert (status, list(body["fields"])) == (422, ["superseded_by_id"])


def test_a_program_names_owner_and_audience_when_it_writes_and_when_it_edits(client: Callable, world: Centre) -> None:
    """What an edit does not name stays as it is."""
    editor = client("knowledge_editor")
    base = "/api/v1/knowledge/articles"
    text = {"title": "押金", "body": "三天内退。", "publish": True}
    status, made = editor.call("POST", base, text | {"owner": "business_owner", "audience": "TEAM-B"})
    assert (status, made["owner"]) == (201, "Business Owner")
    assert client("agent").call("GET", f"{base}/{made['id']}")[0] == 404
    assert client("agent_b").call("GET", f"{base}/{made['id']}")[0] == 200
    status, kept = editor.call("POST", f"{base}/{made['id']}/edit", text | {"body": "两天内退。"})
    assert (status, kept["owner"]) == (200, "Business Owner")
    assert client("agent").call("GET", f"{base}/{made['id']}")[0] == 404
    edit = offers(editor, made["id"])["edit"]["schema"]["properties"]
    assert {"owner", "audience"} <= set(edit) and "TEAM-A" in edit["audience"]["enum"]
    status, moved = editor.call("POST", f"{base}/{made['id']}/edit", text | {"owner": "knowledge_editor", "audience": "CENTRE"})
    assert (status, moved["owner"]) == (200, "Knowledge Editor")
    assert client("agent").call("GET", f"{base}/{made['id']}")[0] == 200
    for wrong in ({"owner": "nobody"}, {"audience": "NOWHERE"}):
        assert editor.call("POST", base, text | wrong)[0] == 422
        assert editor.call("POST", f"{base}/{made['id']}/edit", text | wrong)[0] == 422
