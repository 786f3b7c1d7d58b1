"""Questions on pages and for programs: written in every kind, changed with what was typed kept, previewed without a key, imported and
exported; nobody else learns a word of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.training.questions import usecases
from kmsvc.training.questions.forming import typed_of
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.storing import to_json
from tests.support.centre import Centre
from tests.support.pages import problems
from tests.training.questions.test_importing import ROWS, SOUND, sheet
from tests.training.questions.test_usecases import bank, pool, row, write
from tests.training.sittings.exams import SECRET, SINGLE


@pytest.mark.parametrize("question", SOUND, ids=lambda one: one.kind.value)
def test_every_kind_is_written_shown_previewed_and_edited_on_pages(world: Centre, client: Callable[..., Any],
                                                                   question: Question) -> None:
    browser = client("trainer")
    where = bank(world)
    assert browser.get(f"/training/questions/new?kind={question.kind.value}&bank={where}").status_code == 200
    answer = browser.post("/training/questions", data=typed_of(question) | {"bank": str(where), "active": "1"})
    assert answer.status_code == 303, re.findall(r'class="field-e[^>]*>([^<]+)', answer.text)
    one = pool(world)[0]
    shown = browser.get(f"/training/questions/{one}").text
    assert SECRET in shown
    assert SECRET not in browser.get(f"/training/questions/{one}/preview").text
    form = browser.get(f"/training/questions/{one}/edit").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    changed = typed_of(question) | {"explanation": "改过了", "version": version[1], "reason": "说清楚"}
    assert browser.post(f"/training/questions/{one}/edit", data=changed).status_code == 303
    assert "改过了" in browser.get(f"/training/questions/{one}/versions/2").text
    assert browser.post(f"/training/questions/{one}/edit", data=changed).status_code == 409, "somebody else's is not overwritten"


def test_a_refused_form_keeps_what_was_typed_and_rows_are_added_by_buttons(world: Centre, client: Callable[..., Any]) -> None:
    browser = client("trainer")
    typed = {"kind": "single", "stem": "打了一半的题", "options-1": "甲", "options-2": "乙", "points": "x"}
    answer = browser.post("/training/questions", data=typed)
    assert answer.status_code == 422 and "打了一半的题" in answer.text and ">甲" in answer.text.replace("\n", "")
    assert "A number is needed here." in answer.text and "Say which answer is right." in answer.text
    more = browser.post("/training/questions", data=typed | {"act": "add:options"})
    assert more.status_code == 200 and 'name="options-3"' in more.text and "打了一半的题" in more.text
    moved = browser.post("/training/questions", data=typed | {"act": "up:options-2"})
    assert moved.text.index("乙") < moved.text.index("甲")


def test_the_list_is_narrowed_and_every_format_says_what_it_cannot_hold(world: Centre, client: Callable[..., Any]) -> None:
    browser = client("trainer")
    where = bank(world)
    ids = [write(world, where, one) for one in SOUND]
    assert browser.get("/training/questions?kind=numeric").text.count("data-row") == 1
    assert browser.get(f"/training/questions?q=QST-{ids[0]:06d}").text.count("data-row") == 1
    assert browser.get("/training/questions?state=withdrawn").text.count("data-row") == 0
    for form in ("xlsx", "csv", "gift", "moodle", "qti21", "qti30", "aiken"):
        assert browser.get(f"/training/questions/export?form={form}").status_code == 200
        assert browser.get(f"/training/questions/export/file?form={form}").status_code == 200
    assert "the whole question" in browser.get("/training/questions/export?form=aiken").text


def test_verbs_on_the_page(world: Centre, client: Callable[..., Any]) -> None:
    browser = client("trainer")
    one = write(world, bank(world))
    assert browser.post(f"/training/questions/{one}/flag", data={"note": ""}).status_code == 422
    assert browser.post(f"/training/questions/{one}/flag", data={"note": "存疑"}).status_code == 303
    assert "存疑" in browser.get(f"/training/questions/{one}").text and row(world, one).state == "flagged"
    assert browser.post(f"/training/questions/{one}/unflag", data={}).status_code == 303
    assert pool(world) == [one]


def test_import_on_the_page_first_says_what_would_happen(world: Centre, client: Callable[..., Any], tmp_path: Path) -> None:
    browser = client("trainer")
    data = sheet(tmp_path, ROWS).read_bytes()
    assert browser.post("/training/questions/import", data={"bank": "新库"}).status_code == 422
    kept = browser.post("/training/questions/import", data={"bank": "新库", "file": (BytesIO(data), "题.xlsx")})
    assert kept.status_code == 303
    place = kept.headers["Location"]
    dry = browser.get(place)
    assert dry.status_code == 200 and dry.text.index("没有选项的题") < dry.text.index("退款几天到账"), "refused lines first"
    assert pool(world) == []
    tokens = place.partition("?")[0]
    again = browser.post(tokens, data={"bank": "新库", "act": "read", "s0-2": "explanation"})
    assert again.status_code == 303 and "columns=" in again.headers["Location"]
    assert browser.get(again.headers["Location"]).status_code == 200
    only = browser.get(f"{place}&outcome=rejected")
    refused = only.text.count("<tr data-row")
    assert 0 < refused < dry.text.count("<tr data-row") and problems(only.text) == []
    assert browser.get(f"{place}&q=没有选项的题").text.count("<tr data-row") == 1
    way_back = html.unescape(re.search(r'href="([^"]*)"[^>]*><i[^>]*></i>Clear<', only.text)[1])  # type: ignore[index]
    assert browser.get(tokens + way_back).text.count("<tr data-row") == dry.text.count("<tr data-row"), "it stays"
    taken = browser.get(f"{place}&outcome=rejected&format=csv").text
    assert "没有选项的题" in taken and "退款几天到账" not in taken
    done = browser.post(tokens, data={"bank": "新库"})
    assert done.status_code == 303 and len(pool(world)) == 3
    report = done.headers["Location"]
    assert "没有选项的题" in browser.get(report).text and problems(browser.get(report).text) == []
    assert browser.get(f"{report}?outcome=rejected&format=xlsx").status_code == 200
    assert browser.get(f"{report}?outcome=x").status_code == 422
    assert client("agent").get(report).status_code == 403


def test_banks_and_topics_on_pages(world: Centre, client: Callable[..., Any]) -> None:
    browser = client("trainer")
    assert browser.post("/training/questions/banks", data={"name": ""}).status_code == 422
    assert browser.post("/training/questions/banks", data={"name": "甲库"}).status_code == 303
    assert "甲库" in browser.get("/training/questions/banks").text and browser.get("/training/questions/banks/1").status_code == 200
    assert browser.post("/training/questions/banks/1/edit", data={"name": "乙库"}).status_code == 303
    assert browser.post("/training/questions/banks/1/remove", data={"reason": "空"}).status_code == 303
    assert browser.post("/training/questions/banks/1/restore", data={}).status_code == 303
    assert browser.post("/training/questions/topics", data={"name": "退款"}).status_code == 303
    assert browser.post("/training/questions/topics", data={"name": "时限", "parent": "1"}).status_code == 303
    assert "时限" in browser.get("/training/questions/topics/2").text
    assert browser.post("/training/questions/topics/1/remove", data={}).status_code == 409
    assert browser.post("/training/questions/topics/2/edit", data={"name": "期限"}).status_code == 303


def test_programs_do_the_same(world: Centre, client: Callable[..., Any], tmp_path: Path) -> None:
    program = client("trainer", by="token")
    where = bank(world)
    body = {name: value for name, value in to_json(SINGLE).items() if name != "schema"}
    made = program.post("/api/v1/training/questions", json={"bank": where, "question": body, "tags": ["a"]})
    assert made.status_code == 201, made.text
    one = made.json["id"]
    assert [each["verb"] for each in made.json["allowed"]] == ["activate", "move", "withdraw"]
    assert program.post(f"/api/v1/training/questions/{one}/activate", json={}).json["state"] == "active"
    again = program.post(f"/api/v1/training/questions/{one}/edit", json={"question": body | {"stem": "改"}, "reason": "r"})
    assert again.status_code == 200 and again.json["question"]["stem"] == "改"
    assert [each["no"] for each in program.get(f"/api/v1/training/questions/{one}/versions").json["items"]] == [2, 1]
    assert program.get(f"/api/v1/training/questions/{one}/versions/1").json["question"]["stem"] == SINGLE.stem
    assert program.get(f"/api/v1/training/questions/{one}/figures").json["item"] is None
    assert program.post("/api/v1/training/questions", json={"bank": where, "question": {"stem": 1}}).status_code == 422
    report = program.post("/api/v1/training/questions/import", data={
        "bank": "新库", "file": (BytesIO(sheet(tmp_path, ROWS).read_bytes()), "题.xlsx")})
    assert report.status_code == 200 and (report.json["read"], report.json["created"], len(report.json["rejected"])) == (5, 3, 2)
    assert program.get("/api/v1/training/questions/banks").json["items"][0]["counts"]


def test_a_candidate_never_learns_a_word_R_E1(world: Centre, client: Callable[..., Any]) -> None:
    where = bank(world)
    ids = [write(world, where, one) for one in SOUND]
    with world.begin("trainer") as work:
        usecases.flag(work, ids[0], note=SECRET)
    world.drain()
    places = ["", "/new", "/export", "/export/file", "/banks", f"/banks/{where}", "/topics", "/import", *(
        f"/{one}{rest}" for one in ids for rest in ("", "/edit", "/preview", "/versions/1"))]
    for who in ("agent", "team_leader"):
        browser, program = client(who), client(who, by="token")
        for place in places:
            answer = browser.get(f"/training/questions{place}")
            assert answer.status_code in (403, 404) and SECRET not in answer.text and SINGLE.stem not in answer.text, place
            assert "ETag" not in answer.headers
        told = (f"/{one}{rest}" for one in ids for rest in ("", "/versions", "/versions/1", "/figures"))
        for place in ("", *told, "/banks", "/topics"):
            answer = program.get(f"/api/v1/training/questions{place}")
            assert answer.status_code in (403, 404) and SECRET not in answer.text and SINGLE.stem not in answer.text, place
        assert SINGLE.stem not in browser.get("/search?q=QST-000001").text
        found = program.get(f"/api/v1/search?q={SINGLE.stem}")
        assert found.json["items"] == []


def test_the_trail_hides_the_words_R_E1(world: Centre) -> None:
    write(world, bank(world), SOUND[0])
    with world.look() as work:
        held = list(work.session.scalars(select(AuditEntry).where(AuditEntry.subject.like("training_question%"))))
        said = [str({column.name: getattr(one, column.key) for column in AuditEntry.__table__.columns}) for one in held]
    assert len(said) >= 2 and all(SECRET not in one and SOUND[0].stem not in one for one in said)
