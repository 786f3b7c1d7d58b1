"""Writing an article on its pages: what was typed is never lost, two editors never overwrite each other (R-W4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.knowledge.articles.models import Article, ArticlePublication, ArticleVersion
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from tests.builders import make_article, make_process
from tests.support.centre import Centre

FORM = {"title": "改签手续费", "body": "百分之五。\n\n:::say\n您好。\n:::", "summary": "百分之五", "category": "票务",
        "tags": "改签， 退票,改签",
        "aliases": "换票\n改时间", "language": "zh_Hans_CN", "confidentiality": "sayable"}


def text_of(caller: Any, address: str) -> str:
    return caller.get(address).get_data(as_text=True)


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_new_article_is_written_and_published(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    answer = editor.post("/knowledge/articles/new", data={**FORM, "publish": "1", "audience": "TEAM-A"})
    assert answer.status_code == 303
    page = text_of(client("agent"), answer.headers["Location"])
    assert "改签手续费" in page and "换票" in page
    assert client("agent_b").get(answer.headers["Location"]).status_code == 404
    with world.look() as work:
        version = work.session.scalars(select(ArticleVersion)).one()
        assert (version.tags, version.aliases) == (["改签", "退票"], ["换票", "改时间"])


def test_what_does_not_fit_comes_back_as_typed_with_the_message_at_the_field(client: Callable) -> None:
    answer = client("knowledge_editor").post("/knowledge/articles/new", data={**FORM, "title": "", "valid_to": "2026-01-01",
                                                                            "body": "写了很多字"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "写了很多字" in page and 'id="title-error"' in page


@pytest.mark.parametrize("login", ["agent", "business_owner", "auditor"])
def test_who_does_not_write_articles_is_refused(client: Callable, world: Centre, login: str) -> None:
    article = make_article(world)
    caller = client(login)
    assert caller.get("/knowledge/articles/new").status_code == 403
    assert caller.post("/knowledge/articles/new", data=FORM).status_code == 403
    assert caller.get(f"/knowledge/articles/{article.id}/edit").status_code == 403
    assert caller.post(f"/knowledge/articles/{article.id}/edit", data=FORM).status_code == 403
    assert caller.post("/knowledge/articles/preview", data={"body": "x"}).status_code == 403
    assert "/edit" not in text_of(caller, f"/knowledge/articles/{article.id}")


def test_r_w4_the_slower_of_two_editors_gets_both_texts_and_overwrites_nothing(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签手续费", body="百分之五。")
    door = f"/knowledge/articles/{article.id}/edit"
    one, two = client("knowledge_editor"), client("everything")
    seen = version_on(text_of(one, door))
    assert two.post(door, data={**FORM, "version": seen, "body": "百分之六。", "publish": "1"}).status_code == 303
    late = one.post(door, data={**FORM, "version": seen, "body": "百分之七。", "publish": "1"})
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "百分之六。" in page and "百分之七。" in page
    assert "百分之六" in text_of(client("agent"), f"/knowledge/articles/{article.id}")
    again = {**FORM, "version": version_on(page), "body": "百分之七。", "publish": "1"}
    assert one.post(door, data=again).status_code == 303
    assert "百分之七" in text_of(client("agent"), f"/knowledge/articles/{article.id}")


def test_r_a5_readers_follow_the_published_text_while_a_draft_is_written(client: Callable, world: Centre) -> None:
    """Feature A5."""
    article = make_article(world, title="改签手续费", body="百分之五。")
    editor = client("knowledge_editor")
    door = f"/knowledge/articles/{article.id}"
    editor.post(f"{door}/edit", data={**FORM, "version": version_on(text_of(editor, f"{door}/edit")), "body": "还没定。"})
    assert "百分之五" in text_of(client("agent"), door)
    assert "还没定" not in text_of(client("agent"), door)
    assert "还没定" in text_of(editor, f"{door}/edit")
    assert editor.post(f"{door}/publish", data={"version": version_on(text_of(editor, door))}).status_code == 303
    assert "还没定" in text_of(client("agent"), door)


def test_an_earlier_version_comes_back_with_a_reason_in_the_log(client: Callable, world: Centre) -> None:
    article = make_article(world, title="改签手续费", body="百分之五。")
    editor = client("knowledge_editor")
    door = f"/knowledge/articles/{article.id}"
    editor.post(f"{door}/edit", data={**FORM, "version": version_on(text_of(editor, f"{door}/edit")), "publish": "1"})
    old = text_of(client("agent"), f"{door}/versions/1")
    assert "st-off" in old and f'href="{door}"' in old
    with world.look() as work:
        first = work.session.scalars(select(ArticleVersion).where(ArticleVersion.ordinal == 1)).one()
    data = {"version": version_on(text_of(editor, door)), "to_version_id": first.id}
    assert editor.post(f"{door}/revert", data={**data, "reason": ""}).status_code == 422
    assert editor.post(f"{door}/revert", data={**data, "reason": "改错了"}).status_code == 303
    assert "百分之五。" in text_of(client("agent"), door)
    with world.look() as work:
        assert [row.kind for row in work.session.scalars(select(ArticlePublication).order_by(ArticlePublication.id))] == [
            "publish", "publish", "revert"]


def test_saving_who_it_is_for_keeps_an_owner_of_any_role(client: Callable, world: Centre) -> None:
    article = make_article(world)
    with world.begin("knowledge_editor") as work:
        work.permit(EDIT_ARTICLE)
        work.get(Article, article.id).owner_id = world.people["trainer"]
    editor, door = client("knowledge_editor"), f"/knowledge/articles/{article.id}"
    page = text_of(editor, door)
    assert '<option value="trainer" selected>' in page
    answer = editor.post(f"{door}/keep", data={"version": version_on(page), "owner": "", "review_on": "never"})
    assert answer.status_code == 422
    assert '<option value="trainer" selected>' not in answer.text, "what was chosen comes back, and it was nobody"


def test_a_retired_article_is_read_with_a_red_bar_and_the_way_to_its_successor(client: Callable, world: Centre) -> None:
    old, new = make_article(world, title="旧"), make_article(world, title="新")
    editor = client("knowledge_editor")
    door = f"/knowledge/articles/{old.id}"
    data = {"version": version_on(text_of(editor, door)), "reason": "合并", "superseded_by": new.number.lower()}
    assert editor.post(f"{door}/retire", data={**data, "superseded_by": "KB-9999"}).status_code == 422
    assert editor.post(f"{door}/retire", data=data).status_code == 303
    page = text_of(client("agent"), door)
    assert "st-off" in page and f"/knowledge/articles/{new.id}" in page


def test_an_article_that_follows_a_process_points_there_and_is_not_edited_here(client: Callable, world: Centre) -> None:
    process = make_process(world, name="退款流程", drain=True)
    with world.look() as work:
        article = work.session.scalars(select(Article).where(Article.process_id == process.id)).one()
    editor = client("knowledge_editor")
    door = f"/knowledge/articles/{article.id}"
    page = text_of(editor, door)
    assert f"/process/definitions/{process.id}" in page
    assert f"{door}/edit" not in page
    for verb, data in (("edit", FORM), ("retire", {"reason": "x"}), ("keep", {}), ("publish", {})):
        assert editor.post(f"{door}/{verb}", data={**data, "version": str(article.version)}).status_code == 409, verb
    assert editor.get(f"{door}/edit").status_code == 409


def test_the_preview_is_cut_to_the_reader_and_names_blocks_without_an_end(client: Callable) -> None:
    answer = client("knowledge_editor").post("/knowledge/articles/preview", data={
        "body": "<script>alert(1)</script>\n\n:::says\n没写对\n:::\n\n:::secret\n没有结尾"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<script>" not in page
    assert page.count("hint warn") == 2


def test_r_a6_a_form_cannot_set_what_it_does_not_offer(client: Callable, world: Centre) -> None:
    article = make_article(world)
    for extra in ({"owner_id": "1"}, {"published_version_id": "1"}, {"process_id": "1"}, {"number": "KB-1"},
                  {"retired_at": "x"}):
        answer = client("knowledge_editor").post(f"/knowledge/articles/{article.id}/edit", data={**FORM, **extra})
        assert answer.status_code == 422, extra


def test_a_draft_is_not_called_in_force_and_one_day_says_since_when_a_text_holds(client: Callable, world: Centre) -> None:
    editor = client("knowledge_editor")
    editor.post("/knowledge/articles/new", data=FORM)
    page = text_of(editor, "/knowledge/articles")
    assert "Draft" in page and re.search(r"<td>[^<]*<[^>]*>[^<]*In force", page) is None
    assert "改签手续费" not in text_of(editor, "/knowledge/articles?validity=in_force")
    answer = editor.post("/knowledge/articles/new", data={**FORM, "publish": "1", "valid_from": "2020-08-24"})
    facts = re.sub(r"<[^>]+>", " ", text_of(editor, answer.headers["Location"]))
    assert re.search(r"In force since\s+2020-08-24", facts) and "Valid from" not in facts
