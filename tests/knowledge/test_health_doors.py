"""The health of articles by page, as JSON and from the command line: board, list, one article, pairs, acts on many, the worker's job."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from sqlalchemy import select

from kmsvc.cli.knowledge import knowledge
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import keep_article
from kmsvc.knowledge.health.examining import examine_all
from kmsvc.knowledge.health.models import HealthBatch, HealthLook, HealthSignRow
from kmsvc.notices.models import Notice
from kmsvc.people.system import SYSTEM
from kmsvc.schedule import look_after_articles
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.knowledge.test_health import LONG
from tests.support.centre import Centre
from tests.support.clock import ZONE

HEALTH = "/knowledge/health"


@pytest.fixture
def held(world: Centre) -> list[Article]:
    """Two articles alike without a review day, and one that is well."""
    made = [make_article(world, title="退费标准", body=LONG, category="退费"),
            make_article(world, title="=1+1 退费", body=LONG, category="退费"),
            make_article(world, title="好文章", category="套餐")]
    with world.begin("knowledge_editor") as work:
        keep_article(work, made[2].id, owner_id=world.people["knowledge_editor"], audience_unit_id=None,
                     review_on=world.clock.today + timedelta(days=200), reason="x")
    world.drain()
    examine_all(world.db, SYSTEM, ZONE)
    return made


def test_every_number_of_the_board_opens_its_articles(client: Callable, world: Centre, held: list[Article]) -> None:
    editor, me = client("knowledge_editor"), world.people["knowledge_editor"]
    page = editor.get(HEALTH).get_data(as_text=True)
    assert f"{HEALTH}/articles?owner={me}&amp;sign=duplicate" in page and "33%" in page
    assert "?category=%E9%80%80%E8%B4%B9&amp;sign=no_review" in editor.get(f"{HEALTH}?by=category").get_data(as_text=True)
    for who in ("supervisor", "knowledge_editor"):  # what each may read differs, and so does the sum
        board = client(who).get(f"{HEALTH}?by=category").get_data(as_text=True)
        assert "All I may read" in board and "The whole centre" not in board
    for query, many in ((f"owner={me}&sign=duplicate", 2), ("gravity=look", 2), ("gravity=act", 0), ("q=1%2B1", 1), ("category=套餐", 0),
                        ("owner=-", 0), ("sign=no_review", 2)):
        assert editor.get(f"{HEALTH}/articles?{query}").get_data(as_text=True).count("data-row") == many, query
    assert "No article needs anybody" in editor.get(f"{HEALTH}/articles?gravity=act").get_data(as_text=True)
    assert editor.get(f"{HEALTH}/articles?owner=x").status_code == 422


def test_my_day_says_how_many_of_my_articles_need_me_and_opens_just_those(client: Callable, world: Centre, held: list[Article]) -> None:
    with world.begin("system") as work:
        work.session.add_all(HealthSignRow(article_id=held[0].id, sign=sign, key="9", figure=3, rows=[], since=work.now)
                             for sign in ("review_late", "dead_link"))
    day = client("knowledge_editor").get("/").get_data(as_text=True)
    assert "1 article to be mended now" in day and "2 articles to be looked at" in day
    for way in re.findall(rf'href="({HEALTH}/articles\?[^"]*gravity=[^"]*)"', day):
        rows = client("knowledge_editor").get(way.replace("&amp;", "&")).get_data(as_text=True).count("data-row")
        assert rows == (1 if "gravity=act" in way else 2), way
    assert "to be mended now" not in client("agent").get("/").get_data(as_text=True)


def test_board_list_and_pairs_are_taken_away_without_formulas(client: Callable, held: list[Article]) -> None:
    editor = client("knowledge_editor")
    csv = editor.get(f"{HEALTH}/articles?format=csv&sign=duplicate").get_data(as_text=True)
    assert csv.count("退费") >= 4 and ",=1+1" not in csv
    sheet = load_workbook(io.BytesIO(editor.get(f"{HEALTH}/pairs?format=xlsx").data)).active
    assert sheet is not None and sheet.max_row == 2
    assert "Knowledge Editor" in editor.get(f"{HEALTH}?format=csv").get_data(as_text=True)


def test_who_sees_not_all_sees_the_own(client: Callable, world: Centre, held: list[Article]) -> None:
    agent = client("agent")
    assert "No article is yours" in agent.get(HEALTH).get_data(as_text=True)
    assert agent.get(f"{HEALTH}/articles/{held[0].id}").status_code == 404
    with world.begin("knowledge_editor") as work:
        keep_article(work, held[0].id, owner_id=world.people["agent"], audience_unit_id=None, reason="x")
    world.drain()
    assert agent.get(f"{HEALTH}/articles").get_data(as_text=True).count("data-row") == 1
    assert agent.get(f"{HEALTH}/articles/{held[0].id}").status_code == 200
    assert agent.get(f"{HEALTH}/pairs").get_data(as_text=True).count("data-row") == 1  # one of the two is the agent's
    assert client("supervisor").get(f"{HEALTH}/acts").status_code == 403


def test_what_was_typed_comes_back_and_a_word_is_kept(client: Callable, world: Centre, held: list[Article]) -> None:
    editor, (one, other, _) = client("knowledge_editor"), held
    with world.begin("system") as work:
        work.session.add(HealthSignRow(article_id=one.id, sign="unused", key="9", figure=99, rows=[], since=work.now))
    page = editor.get(f"{HEALTH}/articles/{one.id}").get_data(as_text=True)
    assert 'id="unused"' in page and 'id="twins"' in page and 'id="usage"' in page and other.number in page
    refused = editor.post(f"{HEALTH}/articles/{one.id}/right", data={"sign": "unused", "reason": ""})
    assert refused.status_code == 422 and "This is needed" in refused.get_data(as_text=True)
    late = editor.post(f"{HEALTH}/articles/{one.id}/right", data={"sign": "no_review", "reason": "季节性"})
    assert late.status_code == 409 and "mended" in late.get_data(as_text=True)
    assert editor.post(f"{HEALTH}/articles/{one.id}/right", data={"sign": "unused", "reason": "季节性"}).status_code == 303
    assert "季节性" in editor.get(f"{HEALTH}/articles/{one.id}").get_data(as_text=True)
    assert editor.post(f"{HEALTH}/words/1/withdraw").status_code == 303
    refused = editor.post(f"{HEALTH}/pairs/{one.id}/{other.id}/join", data={"keep": "", "reason": "同一件事"})
    assert refused.status_code == 422 and "同一件事" in refused.get_data(as_text=True)
    done = editor.post(f"{HEALTH}/pairs/{one.id}/{other.id}/join", data={"keep": str(one.id), "reason": "同一件事"})
    assert done.status_code == 303
    old = editor.get(f"/knowledge/articles/{other.id}").get_data(as_text=True)
    assert f"/knowledge/articles/{one.id}" in old


def test_a_refused_form_on_a_pair_comes_back_on_the_page_it_came_from(client: Callable, held: list[Article]) -> None:
    editor, (one, other, _) = client("knowledge_editor"), held
    way, typed = f"{HEALTH}/pairs/{one.id}/{other.id}/join", {"keep": "", "reason": "同一件事"}
    on_list = editor.post(way, data={**typed, "then": f"{HEALTH}/pairs?q={other.number}&state=open"})
    assert on_list.status_code == 422 and f'value="{other.number}"' in on_list.get_data(as_text=True)
    on_article = editor.post(way, data={**typed, "then": f"{HEALTH}/articles/{other.id}"}).get_data(as_text=True)
    assert 'id="usage"' in on_article and "同一件事" in on_article
    assert "同一件事" in editor.post(way, data={**typed, "then": "//elsewhere/knowledge/health/articles/1"}).get_data(as_text=True)
    elsewhere = editor.post(way, data={"keep": "987654", "reason": "x", "then": f"{HEALTH}/pairs?q=zzz"})
    assert elsewhere.status_code == 422 and 'class="hint bad"' in elsewhere.get_data(as_text=True)


def test_many_at_once_shows_first_what_would_change_and_goes_back(client: Callable, world: Centre, held: list[Article]) -> None:
    editor, ids = client("knowledge_editor"), [str(one.id) for one in held]
    form = {"act": "review", "ids": ids}
    assert editor.post(f"{HEALTH}/acts", data=form).status_code == 422  # asks for the day, nothing is lost
    again = editor.post(f"{HEALTH}/acts", data={"act": "review"})
    assert again.status_code == 422 and "Pick articles" in again.get_data(as_text=True)
    day = (world.clock.today + timedelta(days=200)).isoformat()
    page = editor.post(f"{HEALTH}/acts", data={**form, "review_on": day, "reason": "年度盘点"}).get_data(as_text=True)
    assert "2 articles change." in page and "1 has this already." in page and "年度盘点" in page
    with world.look() as work:
        assert work.session.scalars(select(HealthBatch)).all() == []
    assert editor.post(f"{HEALTH}/acts", data={**form, "review_on": day, "sure": "1"}).status_code == 422  # no reason
    assert editor.post(f"{HEALTH}/acts", data={**form, "review_on": day, "reason": "年度盘点", "sure": "1"}).status_code == 303
    assert "年度盘点" in editor.get(f"{HEALTH}/acts").get_data(as_text=True)
    for query, rows in (("q=盘点", 1), ("q=knowledge editor&act=review", 1), ("q=季节", 0), ("act=owner", 0)):
        assert editor.get(f"{HEALTH}/acts?{query}").get_data(as_text=True).count("data-row") == rows, query
    assert editor.get(f"{HEALTH}/acts?act=title").status_code == 422
    assert "年度盘点" in editor.get(f"{HEALTH}/acts?format=csv").get_data(as_text=True)
    assert editor.get(f"{HEALTH}/acts?format=xlsx&act=owner").status_code == 200
    assert editor.get(f"{HEALTH}/articles?sign=no_review").get_data(as_text=True).count("data-row") == 0
    assert editor.post(f"{HEALTH}/acts/1/undo").status_code == 303
    assert editor.get(f"{HEALTH}/articles?sign=no_review").get_data(as_text=True).count("data-row") == 2
    assert editor.post(f"{HEALTH}/acts/1/undo").status_code == 409
    wrong = editor.post(f"{HEALTH}/acts", data={"act": "owner", "ids": ids, "owner": "nobody", "reason": "x", "sure": "1"})
    assert wrong.status_code == 422 and "no account" in wrong.get_data(as_text=True)


def test_json_does_the_same(client: Callable, world: Centre, held: list[Article]) -> None:
    editor, (one, other, _) = client("knowledge_editor", by="token"), held
    at = f"/api/v1{HEALTH}"
    board = editor.call("GET", f"{at}?by=category")[1]
    assert board["whole"]["published"] == 3 and board["whole"]["share"] == 33 and board["items"][0]["signs"]["duplicate"] == 2
    first = editor.call("GET", f"{at}/articles?limit=1")[1]
    second = editor.call("GET", f"{at}/articles?limit=1&cursor={first['next']}")[1]
    assert {first["items"][0]["id"], second["items"][0]["id"]} == {one.id, other.id} and second["next"] is None
    whole = editor.call("GET", f"{at}/articles/{one.id}")[1]
    assert whole["alike"][0]["likeness"] > 80 and whole["usage"]["opens"] == 0
    ids = [one.id, other.id]
    ahead = editor.call("POST", f"{at}/acts", {"act": "category", "category": "套餐", "ids": ids})[1]
    assert ahead["changed"] == ids
    done = editor.call("POST", f"{at}/acts", {"act": "category", "category": "套餐", "ids": ids, "reason": "换架", "sure": True})[1]
    assert editor.call("GET", f"{at}/articles?category=退费")[1]["items"] == []
    assert [line["id"] for line in editor.call("GET", f"{at}/acts?act=category&q=换")[1]["items"]] == [done["id"]]
    assert editor.call("GET", f"{at}/acts?act=review")[1]["items"] == []
    assert editor.call("POST", f"{at}/acts/{done['id']}/undo", {})[1]["restored"] == 2
    assert editor.call("POST", f"{at}/pairs/{one.id}/{other.id}/distinct", {"reason": "渠道不同"})[0] == 200
    [pair] = editor.call("GET", f"{at}/pairs?state=distinct")[1]["items"]
    assert editor.call("POST", f"{at}/words/{pair['word']['id']}/withdraw", {})[0] == 200
    kept = editor.call("POST", f"{at}/pairs/{one.id}/{other.id}/join", {"keep": other.id, "reason": "同一件事"})[1]
    assert kept["id"] == other.id and kept["alike"] == []
    assert editor.call("POST", f"{at}/acts", {"act": "owner", "ids": [], "owner": "x"})[0] == 422


def test_the_commands_do_the_same(world: Centre, settings: Settings, held: list[Article]) -> None:
    def run(*words: str) -> Any:
        done: Result = CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
            knowledge, ["health", *words, "--json"])
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout)
    one, other, _ = (article.number for article in held)
    assert run("look")["articles"] == 3
    assert run("board")["whole"]["published"] == 3
    assert [line["number"] for line in run("list", "--sign", "duplicate")["items"]] == [other, one]
    assert run("show", one)["signs"][0]["sign"] == "duplicate"
    editor = ("--as", "knowledge_editor")
    assert len(run("set", "review", "2027-01-04", one, other, "--dry-run", *editor)["changed"]) == 2
    batch = run("set", "review", "2027-01-04", one, other, "--reason", "年度盘点", *editor)["id"]
    assert [line["id"] for line in run("acts", "--act", "review", "--q", "盘点", *editor)["items"]] == [batch]
    assert run("undo", str(batch), *editor)["restored"] == 2
    word = run("distinct", one, other, "--reason", "渠道不同", *editor)["id"]
    assert run("pairs")["items"] == [] and len(run("pairs", "--distinct")["items"]) == 1
    run("withdraw", str(word), *editor)
    assert len(run("pairs")["items"]) == 1
    run("join", one, other, "--reason", "同一件事", *editor)
    assert run("pairs")["items"] == []


def test_the_worker_looks_and_tells_and_remembers_when(world: Centre, settings: Settings, held: list[Article]) -> None:
    worker: Any = SimpleNamespace(db=world.db, settings=settings, stopping=threading.Event())
    look_after_articles(worker)
    look_after_articles(worker)
    with world.look() as work:
        told = list(work.session.scalars(select(Notice).where(Notice.kind.startswith("knowledge.health"))))
        assert len(told) == 2 and {one.params["sign"]["code"] for one in told} == {"duplicate"}
        last = work.session.get(HealthLook, 1)
        assert last is not None and last.articles == 3


def test_the_notice_reads_as_a_sentence(client: Callable, world: Centre, settings: Settings, held: list[Article]) -> None:
    worker: Any = SimpleNamespace(db=world.db, settings=settings, stopping=threading.Event())
    look_after_articles(worker)
    page = client("knowledge_editor").get("/notices").get_data(as_text=True)
    assert "Nearly the same as another. Please look at it" in page


def test_whoever_owns_nothing_and_sees_no_more_is_told_so_and_shown_no_zeros(client: Callable, world: Centre) -> None:
    text = client("admin").get("/knowledge/health").get_data(as_text=True)
    assert "sumline" not in text and ("No article is yours" in text or "没有归你" in text)
    assert "sumline" in client("manager").get("/knowledge/health").get_data(as_text=True)
