"""B7: a search narrowed by product, region, channel and customer type, its counts, and what of it stays for the next time."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event, select

from kmsvc.cli.search import search as search_command
from kmsvc.core.cards import KINDS
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.scopes.register import marks_named
from kmsvc.knowledge.scopes.usecases import add_value, merge_value
from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.keeping import Chosen, keep, kept_for, set_start
from kmsvc.search.models import SearchEvent
from kmsvc.search.queries import Answer, ask
from kmsvc.search.requests import SearchRequest
from kmsvc.search.scopes import dimension_of, packed, passes, unpacked
from tests.builders import make_article, make_process
from tests.search.corpus import DIMENSIONS, document, random_document, random_scopes
from tests.support.centre import Centre

EDITOR = "knowledge_editor"


@pytest.fixture
def served(world: Centre) -> dict[str, int]:
    """The values of these tests, name -> id."""
    with world.begin(EDITOR) as work:
        return {name: add_value(work, dimension=dimension, name=name).id for dimension, name in (
            ("product", "宽带"), ("product", "套餐"), ("region", "广东"), ("region", "广西"), ("channel", "电话"))}


@pytest.fixture
def articles(world: Centre, served: dict[str, int]) -> dict[str, int]:
    """Five articles on refunds: where each applies -> its id."""
    made = {name: make_article(world, title=f"退费办法{name}", body="退费五天到账。", scopes=scopes).id for name, scopes in {
        "处处": {}, "粤宽": {"product": ["宽带"], "region": ["广东"]}, "桂宽": {"product": ["宽带"], "region": ["广西"]},
        "粤": {"region": ["广东"]}, "套": {"product": ["套餐"]}}.items()}
    world.drain()
    return made


def asked(world: Centre, scopes: dict[str, list[str]] | None = None, who: str = "agent", **more: Any) -> Answer:
    with world.look(who) as work:
        marks = [mark for name, named in (scopes or {}).items() for mark in marks_named(work.session, name, named)]
        return ask(work.session, world.engine, work.actor, text="退费办法", on=world.clock.today, lag_s=0, scopes=marks, **more)


def titles(answer: Answer) -> set[str]:
    return {one.card.title.removeprefix("退费办法") for one in answer.items}


def counted(world: Centre, answer: Answer, served: dict[str, int]) -> dict[str, int]:
    return {name: next((n for mark, n in answer.scopes.items() if mark.endswith(f".{one}")), 0) for name, one in served.items()}


@pytest.mark.parametrize(("scopes", "found"), [
    ({}, {"处处", "粤宽", "桂宽", "粤", "套"}), ({"region": ["广东"]}, {"处处", "粤宽", "粤", "套"}),
    ({"region": ["广东", "广西"]}, {"处处", "粤宽", "桂宽", "粤", "套"}), ({"region": ["广西"], "product": ["宽带"]}, {"处处", "桂宽"}),
    ({"product": ["宽带", "套餐"], "region": ["广东"]}, {"处处", "粤宽", "粤", "套"}),
    ({"channel": ["电话"]}, {"处处", "粤宽", "桂宽", "粤", "套"})])
def test_one_of_each_dimension_is_enough_and_what_applies_everywhere_is_found_always(
        world: Centre, articles: dict[str, int], scopes: dict[str, list[str]], found: set[str]) -> None:
    answer = asked(world, scopes)
    assert (titles(answer), answer.total) == (found, len(found))


def test_counts_say_what_a_choice_would_find(world: Centre, articles: dict[str, int], served: dict[str, int]) -> None:
    for scopes in ({}, {"region": ["广东"]}, {"product": ["宽带"], "region": ["广西"]}):
        counts = counted(world, asked(world, scopes), served)
        for dimension, name in (("product", "宽带"), ("product", "套餐"), ("region", "广东"), ("region", "广西"), ("channel", "电话")):
            instead = {key: named for key, named in scopes.items() if key != dimension} | {dimension: [name]}
            assert counts[name] == asked(world, instead).total, (scopes, name)


def test_counts_are_those_of_what_the_caller_may_see(world: Centre, articles: dict[str, int], served: dict[str, int]) -> None:
    before = counted(world, asked(world), served)
    for n in range(3):
        make_article(world, title=f"退费办法密{n}", body="退费。", confidentiality="secret",
                     scopes={"region": ["广西"], "channel": ["电话"]})
    world.drain()
    assert counted(world, asked(world), served) == before
    assert counted(world, asked(world, who=EDITOR), served)["广西"] == before["广西"] + 3


def test_the_index_that_is_missing_narrows_too(world: Centre, articles: dict[str, int], tmp_path: Path) -> None:
    with world.look("agent") as work:
        marks = [*marks_named(work.session, "region", ["广西"]), *marks_named(work.session, "product", ["宽带"])]
        answer = ask(work.session, SearchEngine(tmp_path / "none"), work.actor, text="退费办法", on=world.clock.today, lag_s=0,
                     scopes=marks)
    assert answer.degraded
    assert titles(answer) == {"处处", "桂宽"}


def test_what_others_may_see_takes_no_place_while_the_index_is_missing(
        world: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.search.queries.MOST_LITERAL", 2)
    for n in range(3):
        make_article(world, title=f"Rabatt {n}", body="x", confidentiality="secret")
        make_process(world, name=f"Rabatt {n}", unit="TEAM-B")
    make_article(world, title="Rabatt offen", body="x")
    make_process(world, name="Rabatt frei")
    with world.look("agent") as work:
        answer = ask(work.session, SearchEngine(tmp_path / "none"), work.actor, text="rabatt", on=world.clock.today, lag_s=0)
    assert titles(answer) == {"Rabatt offen", "Rabatt frei"}


def test_the_index_that_is_missing_is_replaced_by_a_look_at_few_rows_and_never_at_secret_words(
        world: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_article(world, title="Garantie", body="Drei Jahre.\n\n:::secret\nKulanzrahmen 80.\n:::\n")
    make_article(world, title="Umtausch", body="Drei Wochen.")
    kind, read = KINDS["article"], []

    def documents(session: Any, ids: Any) -> Any:
        read.append(ids)
        return kind.documents(session, ids)  # type: ignore[misc]
    monkeypatch.setitem(KINDS, "article", replace(kind, documents=documents))

    def found(text: str) -> set[str]:
        with world.look("agent") as work:
            return titles(ask(work.session, SearchEngine(tmp_path / "none"), work.actor, text=text, on=world.clock.today, lag_s=0))
    assert found("drei wochen") == {"Umtausch"}
    assert [len(ids) for ids in read] == [1]
    assert found("Kulanzrahmen") == set()
    assert found("Drei") == {"Garantie", "Umtausch"}


def test_a_process_passes_every_choice(world: Centre, served: dict[str, int]) -> None:
    make_process(world, name="退费办法流程", drain=True)
    assert asked(world, {"region": ["广西"]}).total == asked(world).total > 0


def test_a_past_day_counts_where_the_text_of_that_day_applied(world: Centre, served: dict[str, int], client: Callable[..., Any]) -> None:
    article = make_article(world, title="退费办法", body="退费五天。", scopes={"region": ["广东"]}, drain=True)
    first = world.clock.today
    world.clock.move(days=10)
    with world.begin(EDITOR) as work:
        edit_article(work, article.id, Content(title="退费办法", body="退费三天。", scopes={"region": ["广西"]}), publish=True)
    world.drain()
    caller = client("agent", by="token")

    def total(region: str, day: Any) -> int:
        return int(caller.get(f"/api/v1/search?q=退费办法&region={region}&on={day}").json["total"])

    assert [total(region, day) for region in ("广东", "广西") for day in (first, world.clock.today)] == [1, 0, 0, 1]


def test_programs_narrow_by_name_and_are_told_facets_and_remember_nothing(
        world: Centre, articles: dict[str, int], client: Callable[..., Any]) -> None:
    caller = client("agent", by="token")
    answer = caller.get("/api/v1/search?q=退费办法&region=广西&product=宽带").json
    assert answer["total"] == 2
    assert answer["narrowed"] == {"kind": None, "category": None, "product": ["宽带"], "region": ["广西"]}
    assert {one["name"]: one["count"] for one in answer["facets"]["region"]} == {"广东": 3, "广西": 2}
    assert [one["applies_to"] for one in answer["items"] if one["id"] == articles["桂宽"]] == [{"product": ["宽带"], "region": ["广西"]}]
    assert caller.get("/api/v1/search?q=退费办法&region=火星").status_code == 422
    assert caller.get("/api/v1/search?q=退费办法").json["total"] == 5
    caller.post("/api/v1/search/filters", json={"region": ["广西"], "product": "宽带"})
    assert [caller.get(f"/api/v1/search?q=退费办法{more}").json["total"] for more in ("", "&kept=1", "&kept=1&region=广东")] == [5, 2, 4]


def test_what_somebody_chose_stays_for_their_next_search_alone(
        world: Centre, articles: dict[str, int], served: dict[str, int], client: Callable[..., Any]) -> None:
    caller = client("agent")
    kept = caller.post("/search/filters", data={"region": [str(served["广西"])], "product": [str(served["宽带"])]},
                       headers={"HX-Request": "true"})
    assert kept.status_code == 204
    page = client("agent").get("/search?q=退费办法").get_data(as_text=True)
    assert f'value="{served["广西"]}" class="ask-pick" checked' in page
    assert 'data-total="2"' in page
    assert f'data-unpick="region:region.{served["广西"]}"' in page
    assert 'data-total="5"' in client("agent").get("/search?q=退费办法&f=1").get_data(as_text=True), "as stated"
    assert 'data-total="5"' in client("team_leader").get("/search?q=退费办法").get_data(as_text=True)
    back = caller.post("/search/filters", data={"q": "退费 办法", "inherit": "1"})
    assert unquote_plus(back.headers["Location"]) == "/search?q=退费 办法"


def test_nothing_found_offers_how_many_there_are_without_the_choice(
        world: Centre, served: dict[str, int], client: Callable[..., Any]) -> None:
    make_article(world, title="退费办法", body="退费五天。", scopes={"region": ["广东"]}, drain=True)
    place = f"/search/live?q=退费办法&f=1&region={served['广西']}"
    page = client("agent").get(place, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "data-total=\"0\"" in page
    assert re.search(r'href="/search\?q=[^"]*&(amp;)?f=1"[^>]*data-key="e"', page)


def test_a_unit_starts_with_what_its_leader_set_until_somebody_chooses(world: Centre, served: dict[str, int]) -> None:
    def now(who: str) -> tuple[tuple[str, ...], bool, str | None]:
        with world.look(who) as work:
            kept = kept_for(work.session, work.actor)
            return kept.chosen.scopes, kept.own, kept.unit

    with pytest.raises(NotPermitted), world.begin("agent") as work:
        set_start(work, Chosen(scopes=(f"region.{served['广东']}",)))
    with world.begin("team_leader") as work:
        set_start(work, Chosen(scopes=(f"region.{served['广东']}",)))
        unit = work.actor.unit_id
    with world.look("agent") as work:
        same = work.actor.unit_id == unit
    assert now("team_leader")[:2] == ((f"region.{served['广东']}",), False)
    if same:
        assert now("agent")[0] == (f"region.{served['广东']}",)
    with world.begin("team_leader") as work:
        keep(work, Chosen())
    assert now("team_leader")[:2] == ((), True), "nothing is a choice too"
    with world.begin(EDITOR) as work:
        merge_value(work, served["广东"], into_id=served["广西"], reason="r")
    with world.begin("team_leader") as work:
        assert kept_for(work.session, work.actor).start.scopes == (f"region.{served['广西']}",), "kept choices follow a merge"
        set_start(work, Chosen())
    assert now("supervisor")[0] == ()


def test_a_choice_that_was_on_is_noted_and_is_no_gap(world: Centre, served: dict[str, int], client: Callable[..., Any]) -> None:
    make_article(world, title="退费办法", body="退费五天。", scopes={"region": ["广东"]}, drain=True)
    caller, mark = client("agent"), f"region.{served['广西']}"
    assert caller.post("/search/opened", data={"q": "退费办法", "found": "0", "filter_scopes": mark}).status_code == 204
    with world.look() as work:
        assert work.session.scalars(select(SearchEvent)).one().filters == {"scopes": mark}
    told = caller.post("/knowledge/gaps/report", data={"q": "退费办法", "scopes": mark}, headers={"HX-Request": "true"})
    assert told.status_code == 200
    with world.look() as work:
        assert work.session.scalars(select(Gap)).all() == []


def test_the_engine_narrows_and_counts_as_the_rule_says(tmp_path: Path) -> None:
    rng = random.Random(7)
    documents = [document(n, "退费标准", scopes=random_scopes(rng, 4)) for n in range(300)]
    engine = SearchEngine(tmp_path, poll_s=0)
    engine.rebuild(documents[:200])
    engine.apply(documents[200:])
    for _ in range(40):
        chosen: dict[str, set[str]] = {}
        for mark in (*random_scopes(rng), *random_scopes(rng)):
            chosen.setdefault(dimension_of(mark), set()).add(mark)
        wanted = tuple((name, frozenset(marks)) for name, marks in chosen.items())
        result = engine.search(SearchRequest("退费标准", Reach(3), scopes=wanted, limit=400))
        assert {hit.id for hit in result.hits} == {one.id for one in documents if passes(one.scopes, wanted)}
        for name in DIMENSIONS:
            others = tuple(one for one in wanted if one[0] != name)
            rest = [one for one in documents if passes(one.scopes, others)]
            assert result.everywhere[name] == sum(all(dimension_of(mark) != name for mark in one.scopes) for one in rest)
            for mark in (f"{name}.{n}" for n in range(1, 5)):
                assert result.scopes.get(mark, 0) == sum(mark in one.scopes for one in rest)


def test_marks_are_written_one_way_only() -> None:
    rng = random.Random(3)
    for _ in range(50):
        marks = random_document(rng, 1).scopes
        assert set(unpacked(packed(rng.sample(marks, len(marks))))) == set(marks)
        assert packed(reversed(marks)) == packed(marks)
    assert packed(()) == ""


def test_a_narrowed_keystroke_asks_the_database_no_more_often(
        world: Centre, articles: dict[str, int], served: dict[str, int], client: Callable[..., Any]) -> None:
    caller, asked_for = client("agent"), list[str]()

    def questions(address: str) -> int:
        for _ in range(2):  # what is remembered from the first time is not asked again
            asked_for.clear()
            assert caller.get(address, headers={"HX-Request": "true"}).status_code == 200
        return len(asked_for)

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked_for.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        plain = questions("/search/live?q=退费办法粤宽&f=1")
        narrowed = questions(f"/search/live?q=退费办法粤宽&f=1&region={served['广东']}&product={served['宽带']}")
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)
    assert narrowed <= plain, asked_for


def test_what_stays_is_read_kept_and_forgotten_by_commands(world: Centre, served: dict[str, int]) -> None:
    env = {"KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url}

    def run(*words: str, who: str = "agent") -> Result:
        return CliRunner(env=env).invoke(search_command, ["filters", *words, "--as", who])

    def told(*words: str, who: str = "agent") -> Any:
        done = run(*words, "--json", who=who)
        assert done.exit_code == 0, (done.output, done.exception)
        return json.loads(done.stdout)

    nothing = {"kind": None, "category": None}
    assert told("show") == {"chosen": nothing, "own": False, "unit": None, "start": nothing}
    kept = told("keep", "--kind", "article", "--region", "广西", "--region", str(served["广东"]))
    assert (kept["chosen"], kept["own"]) == ({"kind": "article", "category": None, "region": ["广东", "广西"]}, True)
    assert told("show") == kept
    assert "region 广东, 广西" in run("show").stdout
    assert told("show", who="trainer")["own"] is False, "it is one person's alone"
    assert told("keep")["own"] is True, "nothing is a choice too"
    assert told("forget")["own"] is False
    start = told("unit", "--region", "广东", who="team_leader")
    assert start["start"] == start["chosen"] == nothing | {"region": ["广东"]}
    assert told("unit", who="team_leader")["unit"] is None
    assert isinstance(run("unit", "--region", "广东").exception, NotPermitted)
    for words in (("keep", "--region", "火星"), ("keep", "--kind", "火星"), ("keep", "--category", "长" * 201)):
        assert isinstance(run(*words).exception, InvalidInput), words
    assert CliRunner(env=env).invoke(search_command, ["filters", "keep"]).exit_code == 2, "nobody's search keeps nothing"
