"""R-W4: who saves second is told, with both texts; nothing is overwritten, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from kmsvc.core.errors import Stale
from kmsvc.knowledge.articles.models import ArticleVersion
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.process.changes.models import Comment, HistoryEntry
from tests.builders import change, do, make_article, make_change
from tests.support.centre import Centre
from tests.support.figures import full


@pytest.mark.timeout(1800)
def test_r_w4_many_editors_on_few_articles_lose_no_update(world: Centre) -> None:
    """R-W4: each acknowledged edit is a version of its own; each refused one was told that it is stale."""
    editors, objects = full(50, short=10), full(20, short=4)
    articles = [make_article(world, title=f"a{number}").id for number in range(objects)]
    who = world.actor("knowledge_editor")
    kept: list[tuple[int, str]] = []
    stale: list[str] = []
    lock = threading.Lock()

    def edit(number: int) -> None:
        article_id, body = articles[number % objects], f"text of editor {number}"
        while True:
            with world.db.look(who) as work:
                from kmsvc.knowledge.articles.models import Article
                seen = work.get(Article, article_id).version
            try:
                with world.db.begin(who) as work:
                    edit_article(work, article_id, Content(title="a", body=body), version=seen)
            except Stale:
                with lock:
                    stale.append(body)
                continue
            with lock:
                kept.append((article_id, body))
            return

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(editors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.look() as work:
        stored = {(row.article_id, row.body) for row in work.session.scalars(select(ArticleVersion))}
        total = work.session.scalar(select(func.count()).select_from(ArticleVersion))
    assert set(kept) <= stored
    assert len(kept) == editors
    assert total == editors + objects


@pytest.mark.timeout(1800)
def test_r_w4_remarks_written_at_once_all_stand(world: Centre) -> None:
    """R-W4: verbs without a version do not overwrite one another."""
    change_id = make_change(world, step=2)
    number = full(50, short=8)
    threads = [threading.Thread(target=do, args=(world, "agent", "comment", change_id), kwargs={"text": f"remark {one}"})
               for one in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Comment)) == number
        entries = select(func.count()).select_from(HistoryEntry).where(HistoryEntry.verb == "comment")
        assert work.session.scalar(entries) == number


def test_r_w4_the_second_editor_of_an_article_gets_409_with_both_texts(world: Centre, client: Callable) -> None:
    article = make_article(world)
    one, two = client("knowledge_editor", by="token"), client("everything", by="token")
    path = f"/api/v1/knowledge/articles/{article.id}"
    etag = one.get(path).headers["ETag"]
    assert etag == f'"v{article.version}"'
    assert one.call("POST", path + "/edit", {"title": "t", "body": "the first one's text"}, **{"If-Match": etag})[0] == 200
    status, body = two.call("POST", path + "/edit", {"title": "t", "body": "the second one's text"}, **{"If-Match": etag})
    assert (status, body["code"]) == (409, "stale")
    assert "the second one's text" in str(body["mine"])
    assert "the first one's text" in str(body["theirs"])
    assert one.call("GET", path)[1]["body"] != "the second one's text"


def test_r_w4_a_stale_verb_is_409_and_does_nothing(world: Centre, client: Callable) -> None:
    change_id = make_change(world, step=4)
    author = client("process_author", by="token")
    path = f"/api/v1/process/changes/{change_id}"
    etag = author.get(path).headers["ETag"]
    saved = author.call("POST", path + "/save_draft", {"body": "first"}, **{"If-Match": etag})
    assert saved[0] == 200
    status, body = author.call("POST", path + "/save_draft", {"body": "second"}, **{"If-Match": etag})
    assert (status, body["code"]) == (409, "stale")
    assert "second" in str(body["mine"])
    assert "first" in str(body["theirs"])
    row = change(world, change_id)
    assert row.draft is not None
    assert row.draft["body"] == "first"


@pytest.mark.parametrize("etag", ['"v99999999999999999999"', "nonsense", '"v-1"', '"v0"'])
def test_an_etag_that_is_none_of_ours_is_stale_never_an_error(world: Centre, client: Callable, etag: str) -> None:
    change_id = make_change(world, step=1)
    answer = client("process_manager", by="token").call(
        "POST", f"/api/v1/process/changes/{change_id}/reject", {"reason": "no"}, **{"If-Match": etag})
    assert answer[0] == 409
    assert change(world, change_id).state == "received"
