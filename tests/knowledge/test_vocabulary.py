"""The words of the centre (B3): kept by knowledge staff, one step only, in the search from the next key on."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from kmsvc.cli.knowledge import knowledge
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import NotFound, NotPermitted, RuleBroken, Stale
from kmsvc.knowledge.vocabulary.models import Saying, Term
from kmsvc.knowledge.vocabulary.queries import TermCard, count_terms, term_page
from kmsvc.knowledge.vocabulary.rules import AboutSayings, AboutTerm
from kmsvc.knowledge.vocabulary.usecases import add_term, change_term, remove_term
from kmsvc.search.expansions import expansions_for
from kmsvc.search.queries import Answer, ask
from kmsvc.settings import Settings
from tests.builders import make_article
from tests.support.centre import Centre
from tests.support.trail import in_words

DAY = date(2026, 3, 2)
EDITOR = "knowledge_editor"


def add(world: Centre, term: str = "退费", *sayings: str, **more: Any) -> Term:
    with world.begin(EDITOR) as work:
        return add_term(work, term=term, sayings=sayings or ("退钱", "把钱还我"), **more)


def terms(world: Centre, **how: Any) -> list[TermCard]:
    with world.look(EDITOR) as work:
        return term_page(work.session, **how)[0]


def searched_too(world: Centre, text: str) -> dict[str, tuple[str, ...]]:
    with world.look("agent") as work:
        return dict(expansions_for(work.session, text))


def asked(world: Centre, text: str) -> Answer:
    with world.look("agent") as work:
        return ask(work.session, world.engine, work.actor, text=text, on=DAY, lag_s=0)


def test_a_term_is_kept_with_what_customers_say_who_and_when(world: Centre) -> None:
    add(world, note="会上说的")
    (card,) = terms(world)
    assert (card.term, card.sayings, card.direction, card.note) == ("退费", ("退钱", "把钱还我"), "both", "会上说的")
    assert (card.changed_by, card.changed_at) == ("Knowledge Editor", world.clock())
    with world.look() as work:
        trail = {one.subject for one in in_words(work.session, work.session.scalars(select(AuditEntry)).all()) if one.login == EDITOR}
    assert {"knowledge_term", "knowledge_saying"} <= trail


def test_only_knowledge_staff_keep_words(world: Centre) -> None:
    for login in ("agent", "admin", "process_manager"):
        with pytest.raises(NotPermitted), world.begin(login) as work:
            add_term(work, term="退费", sayings=["退钱"])


def test_a_search_goes_both_ways_or_one_as_the_term_says(world: Centre) -> None:
    add(world)
    add(world, "宽带故障", "断网", direction="inward")
    assert searched_too(world, "我要退錢") == {"退钱": ("退费",)}
    assert searched_too(world, "退费标准") == {"退费": ("退钱", "把钱还我")}
    assert searched_too(world, "断网了") == {"断网": ("宽带故障",)}
    assert searched_too(world, "宽带故障") == {}


def test_the_same_may_be_said_for_two_terms_and_leads_to_both(world: Centre) -> None:
    add(world, "宽带故障", "断网")
    add(world, "网络中断", "断网")
    assert searched_too(world, "断网") == {"断网": ("宽带故障", "网络中断")}


@pytest.mark.parametrize(("term", "sayings", "where", "word"), [
    ("退費", ("要回钱",), AboutTerm, "term_twice"),
    ("退钱", ("要回钱",), AboutTerm, "chain_up"),
    ("退款", ("退费",), AboutSayings, "chain_down"),
    ("退款", ("退款",), AboutSayings, "itself"),
    ("退款", ("要回钱", "要回錢"), AboutSayings, "saying_twice"),
    ("退款", ("x",), AboutSayings, "short"),
    ("退款", ("5",), AboutSayings, "short"),
    ("款", ("要回钱",), AboutTerm, "short"),
    ("退款", (), AboutSayings, "no_saying"),
    ("退款", ("长" * 61,), AboutSayings, "long"),
    ("退款", tuple(f"说法{n}号" for n in range(51)), RuleBroken, "many"),
])
def test_what_is_doubled_or_would_make_a_chain_is_refused(world: Centre, term: str, sayings: tuple[str, ...],
                                                         where: type[RuleBroken], word: str) -> None:
    add(world)
    with pytest.raises(where) as refused, world.begin(EDITOR) as work:
        add_term(work, term=term, sayings=sayings)
    assert refused.value.code == f"knowledge.vocabulary.{word}"
    assert [card.term for card in terms(world)] == ["退费"]


def test_customers_may_say_one_character_and_it_is_searched_from_their_side_only(world: Centre, client: Callable) -> None:
    editor = client(EDITOR)
    sent = {"term": "储值卡", "sayings": "卡\n钱卡", "direction": "both", "note": ""}
    assert editor.post("/knowledge/vocabulary", data=sent).status_code == 303
    assert editor.post("/knowledge/vocabulary", data={**sent, "term": "宽带", "sayings": "x"}).status_code == 409
    assert editor.call("POST", "/api/v1/knowledge/vocabulary", {"term": "网络", "sayings": ["网"]})[0] == 201
    report = editor.post("/api/v1/knowledge/vocabulary/import", content_type="multipart/form-data", data={
        "file": (io.BytesIO("标准词,客户说法\n贷款,贷\n话费,y\n".encode()), "a.csv")}).get_json()
    assert (report["created"], [one["row"] for one in report["rejected"]]) == (1, [3])
    assert searched_too(world, "卡丢了") == {"卡": ("储值卡",)}
    assert searched_too(world, "刷卡") == {}
    assert searched_too(world, "储值卡") == {"储值卡": ("钱卡",)}
    make_article(world, title="储值卡挂失", body="带身份证来。", drain=True)
    assert [one.card.title for one in asked(world, "卡丢了").items] == ["储值卡挂失"]


def test_a_changed_term_is_put_as_given_and_an_equal_one_writes_nothing(world: Centre) -> None:
    row = add(world)
    with world.begin(EDITOR) as work:
        change_term(work, row.id, term="退费", sayings=["退钱", "要回钱"], direction="inward", version=row.version)
    (card,) = terms(world)
    assert (card.sayings, card.direction, card.version) == (("退钱", "要回钱"), "inward", 2)
    with world.look() as work:
        before = work.session.scalar(select(func.count()).select_from(AuditEntry))
    with world.begin(EDITOR) as work:
        change_term(work, row.id, term="退费", sayings=["退钱", "要回钱"], direction="inward")
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(AuditEntry)) == before
    with pytest.raises(Stale), world.begin(EDITOR) as work:
        change_term(work, row.id, term="退费", sayings=["别的话"], direction="both", version=1)


def test_a_removed_term_is_gone_from_the_search_and_stays_in_the_trail(world: Centre) -> None:
    row = add(world)
    with world.begin(EDITOR) as work:
        remove_term(work, row.id, reason="不再用")
    assert searched_too(world, "退钱") == {}
    with world.look() as work:
        assert work.session.scalar(select(func.count(Saying.id))) == 0
        gone = work.session.scalars(select(AuditEntry).where(AuditEntry.act == "delete")).all()
    assert {one.reason for one in gone} == {"不再用"} and len(gone) == 3
    with pytest.raises(NotFound), world.begin(EDITOR) as work:
        remove_term(work, row.id, reason="again")


def test_a_changed_vocabulary_shows_in_the_search_at_once(world: Centre) -> None:
    make_article(world, title="退费标准", body="三天退回。", drain=True)
    assert dict(asked(world, "退钱").expansions) == {}
    row = add(world)
    assert dict(asked(world, "退钱").expansions) == {"退钱": ("退费",)}
    with world.begin(EDITOR) as work:
        remove_term(work, row.id, reason="x")
    assert dict(asked(world, "退钱").expansions) == {}


def test_a_keystroke_does_not_read_the_words_again(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    from kmsvc.knowledge.vocabulary import expanding

    add(world)
    reads: list[Any] = []
    real = expanding._pairs
    monkeypatch.setattr(expanding, "_pairs", lambda session: reads.append(1) or real(session))
    for _ in range(5):
        assert searched_too(world, "退钱")
    assert len(reads) == 1
    add(world, "宽带故障", "断网")
    assert searched_too(world, "断网")
    assert len(reads) == 2


def test_the_result_says_quietly_what_was_searched_too(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", body="三天退回。退钱也说得通。", drain=True)
    agent = client("agent")
    assert "also searched" not in agent.get("/search/live?q=退钱").get_data(as_text=True)
    add(world)
    assert "also searched: 退费" in agent.get("/search/live?q=退钱").get_data(as_text=True)
    assert agent.call("GET", "/api/v1/search?q=退钱")[1]["expansions"] == {"退钱": ["退费"]}


def test_the_list_is_searched_filtered_and_paged(client: Callable, world: Centre) -> None:
    for n in range(55):
        add(world, f"术语{n}号", f"说法{n}号", direction="inward" if n % 2 else "both")
    with world.look() as work:
        assert count_terms(work.session, q="说法3") == 11
        assert count_terms(work.session, direction="inward") == 27
    editor = client(EDITOR)
    page = editor.get("/knowledge/vocabulary").get_data(as_text=True)
    assert page.count("<tr data-row") == 50
    following = re.search(r"cursor=(\d+)", page)
    assert following
    assert editor.get(f"/knowledge/vocabulary?cursor={following[1]}").get_data(as_text=True).count("<tr data-row") == 5
    status, body = editor.call("GET", "/api/v1/knowledge/vocabulary?q=说法54&limit=1")
    assert (status, [one["term"] for one in body["items"]]) == (200, ["术语54号"])


def test_an_empty_vocabulary_says_what_it_is_for(client: Callable) -> None:
    page = client(EDITOR).get("/knowledge/vocabulary").get_data(as_text=True)
    assert "No terms yet" in page and "/knowledge/vocabulary/new" in page
    assert client("agent").get("/knowledge/vocabulary").status_code == 403


def test_the_form_adds_edits_and_gives_back_what_was_refused(client: Callable, world: Centre) -> None:
    editor = client(EDITOR)
    sent = {"term": "退费", "sayings": "退钱\n把钱还我", "direction": "both", "note": ""}
    assert editor.post("/knowledge/vocabulary", data=sent).status_code == 303
    again = editor.post("/knowledge/vocabulary", data={**sent, "sayings": "又一个说法"})
    page = again.get_data(as_text=True)
    assert again.status_code == 409 and "又一个说法" in page and 'id="term-error"' in page
    (card,) = terms(world)
    assert 'value="1"' in editor.get(card.url).get_data(as_text=True)
    assert editor.post(f"{card.url}/edit", data={**sent, "sayings": "退钱", "version": "1"}).status_code == 303
    late = editor.post(f"{card.url}/edit", data={**sent, "sayings": "我的说法", "version": "1"})
    assert late.status_code == 409 and "我的说法" in late.get_data(as_text=True)
    assert editor.post(f"{card.url}/edit", data={**sent, "sayings": " ", "version": "2"}).status_code == 422
    assert editor.post(f"{card.url}/remove", data={"version": "2"}).status_code == 422
    assert editor.post(f"{card.url}/remove", data={"version": "2", "reason": "错了"}).status_code == 303
    assert terms(world) == []


def test_programs_do_the_same(client: Callable, world: Centre) -> None:
    editor = client(EDITOR)
    status, made = editor.call("POST", "/api/v1/knowledge/vocabulary", {"term": "退费", "sayings": ["退钱", "退钱钱"]})
    assert (status, made["sayings"], made["version"]) == (201, ["退钱", "退钱钱"], 1)
    place = f"/api/v1/knowledge/vocabulary/{made['id']}"
    status, put = editor.call("POST", f"{place}/edit", {"term": "退费", "sayings": ["要回钱"]}, **{"If-Match": '"v1"'})
    assert (status, put["sayings"], put["version"]) == (200, ["要回钱"], 2)
    status, late = editor.call("POST", f"{place}/edit", {"term": "退费", "sayings": ["别的"]}, **{"If-Match": '"v1"'})
    assert (status, late["theirs"]["sayings"]) == (409, ["要回钱"])
    assert editor.call("POST", f"{place}/remove", {"reason": "x"})[0] == 200
    assert editor.call("GET", place)[0] == 404


CSV = """标准词,客户说法,方向,备注
退费,退钱；把钱还我,双向,
宽带故障,断网,单向,夜班常听到
退费,要回钱,,
退,x,,
断网,上不了网,,
退款,退费,,
"""


def test_rows_add_and_the_same_list_again_changes_nothing(client: Callable, world: Centre) -> None:
    editor = client(EDITOR)
    answer = editor.post("/knowledge/vocabulary/import", data={"file": (io.BytesIO(CSV.encode()), "词表.csv")})
    place = answer.headers["Location"]
    shown = editor.get(place).get_data(as_text=True)
    assert terms(world) == [] and "to be added" in shown and shown.count("st-bad") >= 3
    assert client("everything").get(place).status_code == 404  # somebody else's file
    done = editor.post(place).get_data(as_text=True)
    assert done.count("<tr><td class=\"code\"") == 6
    assert {card.term: card.sayings for card in terms(world)} == {"退费": ("退钱", "把钱还我", "要回钱"), "宽带故障": ("断网",)}
    assert editor.post(place).status_code == 404
    again = editor.post("/api/v1/knowledge/vocabulary/import", data={"file": (io.BytesIO(CSV.encode()), "a.csv")},
                        content_type="multipart/form-data")
    report = again.get_json()
    assert {name: report[name] for name in ("read", "created", "updated", "unchanged")} == {
        "read": 6, "created": 0, "updated": 0, "unchanged": 3}
    assert [one["row"] for one in report["rejected"]] == [5, 6, 7]


def test_a_dry_run_of_a_program_keeps_nothing(client: Callable, world: Centre) -> None:
    answer = client(EDITOR).post("/api/v1/knowledge/vocabulary/import", content_type="multipart/form-data", data={
        "file": (io.BytesIO(CSV.encode()), "a.csv"), "dry_run": "true"})
    assert answer.get_json()["created"] == 2 and answer.get_json()["updated"] == 1
    assert terms(world) == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_export_comes_back_without_loss(client: Callable, world: Centre, form: str) -> None:
    add(world, "退费", "退钱", "把钱还我", note="=说明，带逗号")
    add(world, "宽带故障", "断网", direction="inward")
    editor = client(EDITOR)
    held = {(card.term, card.sayings, card.direction, card.note.lstrip("'")) for card in terms(world)}
    book = editor.get(f"/knowledge/vocabulary?format={form}").data

    def bring() -> Any:
        return editor.post("/api/v1/knowledge/vocabulary/import", content_type="multipart/form-data",
                           data={"file": (io.BytesIO(book), f"a.{form}")}).get_json()
    for card in terms(world):
        with world.begin(EDITOR) as work:
            remove_term(work, card.id, reason="x")
    assert bring()["created"] == 2
    assert {(card.term, card.sayings, card.direction, card.note.lstrip("'")) for card in terms(world)} == held
    assert bring()["unchanged"] == 2


@pytest.mark.parametrize(("name", "data"), [("a.txt", b"x"), ("a.csv", b""), ("a.xlsx", b"no book"), ("", b"")])
def test_a_bad_file_is_a_sentence(client: Callable, name: str, data: bytes) -> None:
    answer = client(EDITOR).post("/knowledge/vocabulary/import", data={"file": (io.BytesIO(data), name)}, follow_redirects=True)
    assert 'id="file-error"' in answer.get_data(as_text=True)


def command(settings: Settings, *words: str) -> Result:
    return CliRunner(env={"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url}).invoke(
        knowledge, ["vocabulary", *words])


def test_the_command_line_does_it_all(settings: Settings, world: Centre, tmp_path: Path) -> None:
    made = command(settings, "add", "退费", "退钱", "把钱还我", "--json", "--as", EDITOR)
    assert json.loads(made.stdout)["sayings"] == ["退钱", "把钱还我"], made.exception
    assert isinstance(command(settings, "add", "退费", "x y").exception, RuleBroken)
    assert isinstance(command(settings, "add", "别的", "x y", "--as", "agent").exception, NotPermitted)
    book = tmp_path / "words.xlsx"
    assert command(settings, "export", str(book)).exit_code == 0
    assert command(settings, "remove", "退费", "--reason", "x").exit_code == 0
    report = json.loads(command(settings, "import", str(book), "--json").stdout)
    assert (report["read"], report["created"]) == (1, 1)
    assert json.loads(command(settings, "list", "--q", "还我", "--json").stdout)["items"][0]["term"] == "退费"
