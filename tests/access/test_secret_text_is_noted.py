"""B6, B23: secret text is opened by a word of its own, whoever was shown it is noted, and so is who tried to copy it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from kmsvc.access.models import AccessEntry
from kmsvc.access.rules import touched
from kmsvc.cli.access import access as access_command
from kmsvc.cli.knowledge import knowledge as knowledge_command
from kmsvc.core.errors import NotPermitted
from kmsvc.knowledge.articles.models import Article, ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.markup.fences import secret_parts, visible
from kmsvc.settings import Settings
from tests.builders import make_article, make_process
from tests.support.centre import Centre

BODY = """前面一句。

:::say
您好，三到七个工作日退回。
:::

:::internal
班长可先行补偿。
:::

:::secret
底线是五十元。
:::
"""


def log(world: Centre) -> list[AccessEntry]:
    with world.look() as work:
        return list(work.session.scalars(select(AccessEntry).order_by(AccessEntry.id)))


def lines(world: Centre) -> list[tuple[str, str, str | None, str, str, int]]:
    return [(one.login, one.act, one.place, one.number, one.version_label, len(one.blocks)) for one in log(world)]


def secret_block(world: Centre, article: Article) -> tuple[int, str]:
    with world.look() as work:
        version = work.get(ArticleVersion, work.get(Article, article.id).published_version_id or 0)
        return version.id, next(one["id"] for one in version.blocks if one["level"] == 3)


def test_the_page_of_an_article_notes_who_was_shown_its_secret_block(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    version_id, block = secret_block(world, article)
    page = client("business_owner").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert "底线是五十元" in page and f'data-guard="article:{article.id}:{version_id}"' in page
    assert 'class="wm"' in page and "Business Owner business_owner" in page
    entry, = log(world)
    assert (entry.login, entry.act, entry.place, entry.kind, entry.ref_id) == ("business_owner", "seen", "page", "article", article.id)
    assert (entry.version_id, entry.version_label, entry.blocks, entry.number) == (version_id, "1.0", [block], article.number)
    assert entry.at == world.clock() and entry.request_id and entry.person_id == world.people["business_owner"]


def test_who_may_not_read_secrets_leaves_no_line_and_gets_no_watermark(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    open_one = make_article(world, title="安装", body="预约上门。")
    page = client("agent").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert "底线" not in page and "data-guard" not in page and 'class="wm"' not in page
    assert 'class="wm"' not in client("business_owner").get(f"/knowledge/articles/{open_one.id}").get_data(as_text=True)
    assert log(world) == []


def test_old_versions_comparisons_the_editor_and_programs_are_noted_too(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    with world.begin("knowledge_editor") as work:
        edit_article(work, article.id, Content(title="退费标准", body="三天。"), publish=True)
    editor, program = client("knowledge_editor"), client("compliance", by="token")
    where = f"/knowledge/articles/{article.id}"
    assert editor.get(f"{where}/versions/1").status_code == 200
    assert editor.get(f"{where}/versions/1/diff/2").status_code == 200
    assert editor.get(where).status_code == 200 and editor.get(f"{where}/edit").status_code == 200
    assert program.call("GET", f"/api/v1{where}/versions/1")[1]["body"].count("底线") == 1
    assert program.call("GET", f"/api/v1{where}")[0] == 200
    assert [line[:3] for line in lines(world)] == [
        ("knowledge_editor", "seen", "version"), ("knowledge_editor", "seen", "comparison"), ("compliance", "seen", "program")]


def test_a_process_notes_it_too(client: Callable, world: Centre) -> None:
    process = make_process(world, body=BODY)
    page = client("business_owner").get(f"/process/definitions/{process.id}").get_data(as_text=True)
    assert "底线" in page and f'data-guard="process:{process.id}:' in page
    assert client("process_manager", by="token").call("GET", f"/api/v1/process/definitions/{process.id}/versions/1")[0] == 200
    assert [line[:4] for line in lines(world)] == [
        ("business_owner", "seen", "page", process.number), ("process_manager", "seen", "program", process.number)]


def test_beside_the_results_nothing_secret_is_there_until_it_is_opened(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY, drain=True)
    owner = client("business_owner")
    page = owner.get("/search/live?q=退费标准", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "底线" not in page[page.index('id="answer"'):] and 'data-key="o"' in page and "班长可先行补偿" in page
    assert log(world) == []
    opened = owner.post("/access/open", data={"kind": "article", "id": article.id}, headers={"HX-Request": "true"})
    assert opened.status_code == 200 and "底线是五十元" in opened.text and "班长" not in opened.text and 'class="wm"' in opened.text
    assert lines(world) == [("business_owner", "seen", "answer", article.number, "1.0", 1)]
    plain = owner.post("/access/open", data={"kind": "article", "id": article.id})
    assert plain.status_code == 303 and plain.headers["Location"].endswith(f"/knowledge/articles/{article.id}")
    assert client("agent").post("/access/open", data={"kind": "article", "id": article.id},
                                headers={"HX-Request": "true"}).status_code == 404
    assert len(log(world)) == 1


def test_an_article_that_is_secret_as_a_whole_is_closed_beside_the_results(client: Callable, world: Centre) -> None:
    article = make_article(world, title="授信底线", summary="五十元", body="全文是秘密。\n\n第二段。", confidentiality="secret",
                           drain=True)
    owner = client("business_owner")
    page = owner.get(f"/search/answer?kind=article&id={article.id}").get_data(as_text=True)
    assert "全文是秘密" not in page and "五十元" not in page and "授信底线" in page
    listed = owner.get("/search/live?q=全文是秘密", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "授信底线" in listed and "第二段" not in listed and "五十元" not in listed, "no line quotes it"
    opened = owner.post("/access/open", data={"kind": "article", "id": article.id}, headers={"HX-Request": "true"}).text
    assert "全文是秘密" in opened and "五十元" in opened
    entry, = log(world)
    assert entry.blocks == [], "the whole text"


def test_what_the_page_stopped_is_noted_with_its_block(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY + "\n\n:::secret\n第二条。\n:::\n")
    version_id, block = secret_block(world, article)
    owner, text = client("business_owner"), f"article:{article.id}:{version_id}"
    assert owner.post("/access/tried", data={"act": "copy_refused", "text": text, "blocks": f"{block},nothing"}).status_code == 204
    assert owner.post("/access/tried", data={"act": "print_refused", "text": text}).status_code == 204
    first, second = log(world)
    assert (first.act, first.blocks, first.login) == ("copy_refused", [block], "business_owner")
    assert (second.act, len(second.blocks)) == ("print_refused", 2)


@pytest.mark.parametrize(("body", "status"), [
    ({"act": "seen", "text": "article:1:1"}, 422), ({"act": "copy_refused", "text": "article:1"}, 422),
    ({"act": "copy_refused", "text": "change:1:1"}, 404), ({"act": "copy_refused", "text": "article:999999999:1"}, 404),
    ({"act": "copy_refused", "text": "article:1:1", "blocks": "x" * 5000}, 422), ({}, 422)])
def test_nobody_writes_what_did_not_happen_into_the_log(client: Callable, world: Centre, body: dict[str, Any], status: int) -> None:
    assert client("business_owner").post("/access/tried", data=body).status_code == status
    assert log(world) == []


def test_who_may_not_read_the_text_cannot_tell_that_it_is_there(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    version_id, _ = secret_block(world, article)
    answer = client("agent").post("/access/tried", data={"act": "copy_refused", "text": f"article:{article.id}:{version_id}"})
    assert answer.status_code == 404 and log(world) == []


def test_the_database_itself_refuses_to_change_the_log(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    client("business_owner").get(f"/knowledge/articles/{article.id}")
    for statement in (update(AccessEntry).values(login="nobody"), delete(AccessEntry)):
        with pytest.raises(DBAPIError, match="append-only"), world.begin("system") as work:
            work.session.execute(statement)
    assert lines(world) == [("business_owner", "seen", "page", article.number, "1.0", 1)]


def test_the_list_filters_pages_and_exports(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    version_id, _ = secret_block(world, article)
    owner = client("business_owner")
    for _ in range(3):
        owner.get(f"/knowledge/articles/{article.id}")
    owner.post("/access/tried", data={"act": "copy_refused", "text": f"article:{article.id}:{version_id}"})
    client("trainer").get(f"/knowledge/articles/{article.id}")
    watcher = client("compliance")
    page = watcher.get("/access").get_data(as_text=True)
    assert page.count("data-row") == 5 and "Business Owner" in page and "copying refused" in page and article.number in page
    assert watcher.get("/access?act=tried").get_data(as_text=True).count("data-row") == 1
    assert watcher.get("/access?q=trainer").get_data(as_text=True).count("data-row") == 1
    assert watcher.get(f"/access?q={article.number}&since=2026-03-02&until=2026-03-02").get_data(as_text=True).count("data-row") == 5
    assert watcher.get("/access?until=2026-03-01").get_data(as_text=True).count("data-row") == 0
    table = watcher.get("/access?format=csv&act=seen").get_data().decode("utf-8-sig")
    assert len(table.strip().splitlines()) == 5 and "Trainer" in table and "底线" not in table
    assert watcher.get("/access?format=xlsx").data[:2] == b"PK"
    status, first = client("auditor", by="token").call("GET", "/api/v1/access?limit=2")
    assert status == 200 and len(first["items"]) == 2 and first["items"][0]["login"] == "trainer"
    _, rest = client("auditor", by="token").call("GET", f"/api/v1/access?limit=50&cursor={first['next']}")
    assert len(rest["items"]) == 3 and rest["next"] is None


def test_a_title_is_shown_to_those_alone_who_may_open_the_article(client: Callable, world: Centre) -> None:
    article = make_article(world, title="授信底线", body="全文是秘密。", confidentiality="secret")
    client("business_owner").get(f"/knowledge/articles/{article.id}")
    assert "授信底线" in client("compliance").get("/access").get_data(as_text=True)
    seen = client("admin").get("/access").get_data(as_text=True)
    assert "授信底线" not in seen and article.number in seen


def test_printing_without_the_right_leaves_the_notice(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    without = client("business_owner").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    granted = client("compliance").get(f"/knowledge/articles/{article.id}").get_data(as_text=True)
    assert 'data-print="no"' in without and "left out on paper" in without
    assert 'data-print="yes"' in granted and "left out on paper" not in granted


def command(settings: Settings, world: Centre, monkeypatch: pytest.MonkeyPatch, group: Any, *arguments: str) -> Result:
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)
    return CliRunner().invoke(group, list(arguments), catch_exceptions=False)


def test_the_command_line_notes_and_lists(settings: Settings, world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    article = make_article(world, title="退费标准", body=BODY)
    shown = command(settings, world, monkeypatch, knowledge_command, "articles", "show", article.number, "--as", "compliance")
    assert "底线" in shown.output
    listed = command(settings, world, monkeypatch, access_command, "list", "--json")
    item, = json.loads(listed.stdout)["items"]
    assert (item["login"], item["place"], item["act"], item["number"]) == ("compliance", "command", "seen", article.number)
    with pytest.raises(NotPermitted):
        command(settings, world, monkeypatch, access_command, "list", "--as", "agent")


def test_secret_parts_are_found_at_any_depth_and_nothing_else() -> None:
    text = ":::say\n好的\n:::secret\n甲\n:::\n:::\n\n:::internal\n乙\n:::\n\n- :::secret\n  丙\n  :::\n\n:::unknown\n丁\n:::"
    parts = secret_parts(text)
    assert [("甲" in part, "丙" in part, "丁" in part) for part in parts] == [
        (True, False, False), (False, True, False), (False, False, True)]
    assert not any(word in visible(text, 2) for word in "甲丙丁") and "乙" in visible(text, 2)


def test_a_report_names_blocks_that_are_there_or_all() -> None:
    assert touched("b, x", ("a", "b")) == ("b",)
    assert touched("x", ("a", "b")) == touched(None, ("a", "b")) == ("a", "b")
