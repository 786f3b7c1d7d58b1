"""The centre's own search bench (B21): saved searches, asked after each change; who breaks one is told, and since when."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from kmsvc.cli.search import search as search_command
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.usecases import retire_article
from kmsvc.knowledge.bench.models import BenchRank, BenchRun
from kmsvc.knowledge.bench.queries import SearchCard, counts, places_of, run_lines, search_page
from kmsvc.knowledge.bench.rules import Cause, Standing
from kmsvc.knowledge.bench.running import is_due, run_bench
from kmsvc.knowledge.bench.usecases import Asked, add_search, keep_run, remove_search
from kmsvc.knowledge.vocabulary.usecases import add_term
from kmsvc.notices.models import Notice
from kmsvc.notices.wording import line
from kmsvc.search.engine import SearchEngine
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support.centre import Centre
from tests.support.clock import ZONE

EDITOR = "knowledge_editor"


def save(world: Centre, query: str, article: Article, who: str = EDITOR, **more: Any) -> int:
    with world.begin(who) as work:
        return add_search(work, query=query, article=article.number, **more).id


def run(world: Centre, who: str = EDITOR, cause: Cause = Cause.BUTTON) -> BenchRun:
    made = run_bench(world.db, world.engine, world.actor(who), cause, ZONE)
    world.drain()
    return made


def saved(world: Centre, **how: Any) -> list[SearchCard]:
    with world.look(EDITOR) as work:
        return search_page(work.session, work.actor, **how)[0]


def notices(world: Centre) -> list[tuple[str, str, str]]:
    names = {person: login for login, person in world.people.items()}
    with world.look() as work:
        return [(names[row.person_id], row.url, line(row.kind, row.params, "en")) for row in work.session.scalars(
            select(Notice).where(Notice.kind.startswith("knowledge.bench")).order_by(Notice.id))]


def retire(world: Centre, article: Article, who: str = EDITOR) -> None:
    with world.begin(who) as work:
        retire_article(work, article.id, reason="over")


def test_a_run_keeps_places_and_sums(world: Centre) -> None:
    first = make_article(world, title="退费标准", body="三天退回。")
    other = make_article(world, title="宽带安装", body="预约上门。", drain=True)
    save(world, "退费标准", first)
    save(world, "宽带", other)
    save(world, "退费标准", other)
    made = run(world)
    assert (made.searches, made.hit1, made.hit5, made.cause) == (3, 2, 2, "button")
    assert [(card.query, card.rank, card.state) for card in saved(world)] == [
        ("退费标准", None, Standing.MISSING), ("宽带", 1, Standing.FOUND), ("退费标准", 1, Standing.FOUND)]
    with world.look(EDITOR) as work:
        assert counts(work.session) == {"found": 2, "broken": 0, "missing": 1, "new": 0}


def test_only_places_that_moved_are_kept_and_runs_are_compared(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    search_id = save(world, "退费标准", article)
    run(world)
    world.clock.move(minutes=5)
    run(world)
    with world.look() as work:
        assert len(work.session.scalars(select(BenchRank)).all()) == 1
        assert [one.rank for one in places_of(work.session, search_id)] == [1]
        assert [one.hit1 for one in run_lines(work.session)] == [1, 1]


def test_who_retires_an_article_hears_which_search_it_broke(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    search_id = save(world, "退费标准", article, who="everything")
    run(world)
    retire(world, article)
    world.clock.move(minutes=1)
    world.drain()
    run(world, "system", Cause.WORKER)
    (card,) = saved(world, state="broken")
    assert (card.id, card.rank, card.broken_at) == (search_id, None, world.clock())
    told = notices(world)
    assert {who for who, _, _ in told} == {EDITOR, "everything"}
    assert {url for _, url, _ in told} == {f"/knowledge/bench/{search_id}"}
    assert told[0][2] == f"“退费标准” no longer finds {article.number} among the first five"
    with world.look() as work:
        assert places_of(work.session, search_id)[0].after == (("knowledge.article.retired", article.number),)
    run(world)
    assert len(notices(world)) == 2  # once is enough


def test_a_new_article_that_displaces_another_breaks_its_search(world: Centre) -> None:
    article = make_article(world, title="宽带", body="宽带安装要预约。退费也写在这里。", drain=True)
    save(world, "退费", article)
    run(world)
    assert saved(world)[0].state == Standing.FOUND
    for n in range(5):
        make_article(world, title=f"退费 {n}", body="退费退费退费")
    world.drain()
    run(world)
    assert saved(world)[0].state == Standing.BROKEN and saved(world)[0].rank == 6
    assert notices(world)


def test_several_broken_searches_are_one_notice(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    save(world, "退费标准", article)
    save(world, "退费", article)
    run(world)
    retire(world, article)
    world.drain()
    run(world)
    ((who, url, words),) = notices(world)
    assert (who, url) == (EDITOR, "/knowledge/bench?state=broken")
    assert words.startswith("2 saved searches no longer find their article among the first five")


def test_what_was_never_found_is_missing_and_what_comes_back_is_no_longer_broken(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    never = save(world, "完全别的事情", article)
    back = save(world, "退费标准", article)
    run(world)
    retire(world, article)
    world.drain()
    run(world)
    assert {card.id: card.state for card in saved(world)} == {never: Standing.MISSING, back: Standing.BROKEN}
    with world.begin(EDITOR) as work:
        remove_search(work, back, reason="x")
    again = make_article(world, title="退费标准新", drain=True)
    third = save(world, "退费标准", again)
    run(world)
    assert {card.id: card.state for card in saved(world)} == {never: Standing.MISSING, third: Standing.FOUND}


def test_the_worker_runs_after_something_moved_and_not_too_often(world: Centre) -> None:
    def due() -> bool:
        with world.look() as work:
            return is_due(work.session, world.engine, world.clock())

    article = make_article(world, title="退费标准", drain=True)
    assert not due()  # nothing is saved
    save(world, "退费标准", article)
    assert due()
    run(world, "system", Cause.WORKER)
    world.clock.move(minutes=10)
    assert not due()  # nothing moved
    retire(world, article)
    assert not due()  # the index does not know yet
    world.drain()
    assert due()
    run(world, "system", Cause.WORKER)
    with world.begin(EDITOR) as work:
        add_term(work, term="退费", sayings=["退钱"])
    world.clock.move(minutes=2)
    assert not due()  # too soon
    world.clock.move(minutes=2)
    assert due()
    run(world, "system", Cause.WORKER)
    world.clock.move(minutes=-60)
    with world.begin(EDITOR) as work:
        add_term(work, term="宽带", sayings=["网线"])
    assert due()  # a clock set back holds up nothing


def test_without_an_index_there_is_no_run_and_nothing_is_broken(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    save(world, "退费标准", article)
    run(world)
    shutil.rmtree(world.settings.index_dir)
    world.clock.move(minutes=10)
    editor = world.actor(EDITOR)
    with pytest.raises(RuleBroken):
        run_bench(world.db, SearchEngine(world.settings.index_dir), editor, Cause.BUTTON, ZONE)
    assert saved(world)[0].state == Standing.FOUND


def test_the_filters_that_were_on_count(world: Centre) -> None:
    for n in range(6):
        make_article(world, title=f"退费 {n}", category="移动")
    article = make_article(world, title="宽带", body="退费写在这里", category="宽带", drain=True)
    save(world, "退费", article, category="宽带", kind="article")
    save(world, "退费", article)
    run(world)
    assert {card.category: card.rank for card in saved(world)} == {"宽带": 1, None: 7}


def test_a_saved_search_is_refused_twice_and_without_an_article(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    save(world, "退费标准", article)
    with pytest.raises(RuleBroken):
        save(world, "退費標準", article)
    with pytest.raises(InvalidInput), world.begin(EDITOR) as work:
        add_search(work, query="x", article="KB-9999")
    with pytest.raises(InvalidInput):
        save(world, "x", article, kind="nonsense")
    with pytest.raises(NotPermitted):
        save(world, "x", article, who="agent")
    with pytest.raises(NotPermitted):
        run(world, "agent")


def test_nothing_to_ask_is_said(world: Centre) -> None:
    make_article(world, drain=True)
    with pytest.raises(NotFound):
        run(world)


def test_the_page_shows_what_broke_first_how_runs_went_and_filters(client: Callable, world: Centre) -> None:
    editor = client(EDITOR)
    assert "No saved searches yet" in editor.get("/knowledge/bench").get_data(as_text=True)
    article = make_article(world, title="退费标准", drain=True)
    save(world, "退费标准", article)
    save(world, "别的", article)
    assert editor.post("/knowledge/bench/run").status_code == 303
    page = editor.get("/knowledge/bench").get_data(as_text=True)
    assert "By hand" in page and page.count("<tr data-row") == 2 and "50" in page
    assert editor.get("/knowledge/bench?state=broken").get_data(as_text=True).count("<tr data-row") == 0
    retire(world, article)
    world.drain()
    editor.post("/knowledge/bench/run")
    page = editor.get("/knowledge/bench?state=broken").get_data(as_text=True)
    assert page.count("<tr data-row") == 1 and f"{article.number} retired" in page
    one = saved(world, state="broken")[0]
    assert "beyond 20" in editor.get(one.url).get_data(as_text=True)
    with world.look() as work:
        assert len(work.session.scalars(select(AuditEntry).where(AuditEntry.act == "run")).all()) == 2
    assert client("agent").get("/knowledge/bench").status_code == 403


def test_the_list_is_paged(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    for n in range(52):
        save(world, f"退费 {n}", article)
    page = client(EDITOR).get("/knowledge/bench").get_data(as_text=True)
    assert page.count("<tr data-row") == 50 and "cursor=" in page


def test_a_search_is_saved_from_the_search_page(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", category="宽带", drain=True)
    editor = client(EDITOR)
    page = editor.get("/search/live?q=退费标准&category=宽带").get_data(as_text=True)
    assert f"/knowledge/bench/new?query=%E9%80%80%E8%B4%B9%E6%A0%87%E5%87%86&amp;article={article.number}" in page
    assert "category=%E5%AE%BD%E5%B8%A6" in page
    assert "/knowledge/bench" not in client("agent").get("/search/live?q=退费标准").get_data(as_text=True)
    form = editor.get(f"/knowledge/bench/new?query=退费标准&article={article.number}").get_data(as_text=True)
    assert 'value="退费标准"' in form and f'value="{article.number}"' in form
    assert editor.post("/knowledge/bench", data={"query": "退费标准", "article": article.number}).status_code == 303
    assert editor.post("/knowledge/bench", data={"query": "退费标准", "article": article.number}).status_code == 409
    assert editor.post("/knowledge/bench", data={"query": "退费标准", "article": "KB-9999"}).status_code == 422
    (card,) = saved(world)
    assert editor.post(f"{card.url}/remove", data={}).status_code == 422
    assert editor.post(f"{card.url}/remove", data={"reason": "x"}).status_code == 303
    assert saved(world) == []


def test_programs_save_run_and_read(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    editor, place = client(EDITOR), "/api/v1/knowledge/bench"
    status, made = editor.call("POST", place, {"query": "退费标准", "article": article.number})
    assert (status, made["state"], made["article"]["number"]) == (201, "new", article.number)
    status, ran = editor.call("POST", f"{place}/run")
    assert (status, ran["hit1"], ran["searches"]) == (200, 1, 1)
    assert editor.call("GET", f"{place}/{made['id']}")[1]["places"][0]["rank"] == 1
    assert [one["id"] for one in editor.call("GET", f"{place}/runs")[1]["items"]] == [ran["id"]]
    assert editor.call("GET", f"{place}?state=found")[1]["items"][0]["rank"] == 1
    assert editor.call("POST", f"{place}/{made['id']}/remove", {"reason": "x"})[0] == 200
    assert editor.call("POST", f"{place}/run")[0] == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_comes_back_without_loss(client: Callable, world: Centre, form: str) -> None:
    article = make_article(world, title="退费标准", category="宽带", drain=True)
    save(world, "退费标准", article, kind="article", category="宽带", note="班长问的")
    save(world, "退费", article)
    run(world)
    editor = client(EDITOR)
    book = editor.get(f"/knowledge/bench?format={form}").data
    held = {(card.query, card.number, card.kind, card.category, card.note) for card in saved(world)}
    for card in saved(world):
        with world.begin(EDITOR) as work:
            remove_search(work, card.id, reason="x")

    def bring(**more: str) -> Any:
        return editor.post("/api/v1/knowledge/bench/import", content_type="multipart/form-data",
                           data={"file": (io.BytesIO(book), f"a.{form}"), **more}).get_json()
    assert bring(dry_run="true")["created"] == 2
    assert saved(world) == []
    assert bring()["created"] == 2
    assert {(card.query, card.number, card.kind, card.category, card.note) for card in saved(world)} == held
    assert bring()["unchanged"] == 2


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_what_is_exported_in_either_language_is_understood(client: Callable, world: Centre, language: str) -> None:
    article = make_article(world, title="退费标准", drain=True)
    save(world, "退费标准", article)
    editor = client(EDITOR)
    editor.post("/preferences", data={"language": language})
    for place in ("bench", "vocabulary"):
        if place == "vocabulary":
            with world.begin(EDITOR) as work:
                add_term(work, term="退费", sayings=["退钱"], direction="inward")
        book = editor.get(f"/knowledge/{place}?format=csv").data
        report = editor.post(f"/api/v1/knowledge/{place}/import", content_type="multipart/form-data",
                             data={"file": (io.BytesIO(book), "a.csv")}).get_json()
        assert (report["read"], report["unchanged"]) == (1, 1), book.decode()


def test_bad_rows_are_named_and_the_page_asks_first(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    text = f"检索词,知识编号,种类\n退费,{article.number},\n退费,KB-9999,\n,{article.number},\n退钱,{article.number},火星\n"
    editor = client(EDITOR)
    answer = editor.post("/knowledge/bench/import", data={"file": (io.BytesIO(text.encode("gb18030")), "检索.csv")})
    place = answer.headers["Location"]
    shown = editor.get(place).get_data(as_text=True)
    assert saved(world) == [] and shown.count("st-bad") >= 3 and "KB-9999" in shown
    editor.post(place)
    assert [card.query for card in saved(world)] == ["退费"]


def command(settings: Settings, *words: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        search_command, ["bench", *words])


def test_the_command_line_saves_runs_and_lists(settings: Settings, world: Centre, tmp_path: Path) -> None:
    article = make_article(world, title="退费标准", drain=True)
    assert json.loads(command(settings, "add", "退费标准", article.number, "--json").stdout)["state"] == "new"
    ran = json.loads(command(settings, "run", "--json").stdout)
    assert (ran["cause"], ran["hit1"], ran["broken_searches"]) == ("command", 1, [])
    retire(world, article)
    ran = command(settings, "run")
    assert f"broken: 退费标准 -> {article.number}" in ran.stdout
    book = tmp_path / "searches.csv"
    assert command(settings, "export", str(book)).exit_code == 0
    assert json.loads(command(settings, "list", "--state", "broken", "--json").stdout)["items"][0]["rank"] is None
    assert json.loads(command(settings, "import", str(book), "--json").stdout)["unchanged"] == 1
    assert command(settings, "remove", "退费标准", article.number, "--kind", "article", "--reason", "错").exit_code != 0
    assert len(saved(world)) == 1
    assert command(settings, "remove", "退费标准", article.number, "--reason", "不再用").exit_code == 0
    assert saved(world) == []


def test_a_run_that_asked_before_the_last_one_changes_nothing_anymore(world: Centre) -> None:
    """Two run at once: the slow one asked an older index, and must not tell of a break that is mended."""
    one = save(world, "退费标准", make_article(world, title="退费标准", drain=True))
    last = run(world)
    old = Asked({one: None}, (last.index_build, last.index_commit - 1), last.fact_id, 5)
    for late in (old, replace(old, generation=(last.index_build, last.index_commit), fact_id=last.fact_id - 1)):
        with world.begin(EDITOR) as work:
            assert keep_run(work, late, Cause.BUTTON).id == last.id
        assert saved(world)[0].rank == 1


def test_a_broken_search_keeps_its_day(world: Centre) -> None:
    article = make_article(world, title="退费标准", drain=True)
    save(world, "退费标准", article)
    run(world)
    retire(world, article)
    world.drain()
    run(world)
    broke = world.clock()
    world.clock.move(days=2)
    run(world)
    assert saved(world)[0].broken_at == broke == world.clock() - timedelta(days=2)
