"""Packs that are ordered and made by the worker: progress, cancelling, the bytes of the command line, how long they are kept. E13."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import date

import openpyxl
import pypdf
import pytest
from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.register import KINDS, EvidenceKind, Span
from kmsvc.standards.evidence.rules import EvidenceRecord
from kmsvc.standards.models.queries import model_by_code
from kmsvc.standards.packs import board
from kmsvc.standards.packs.building import write_pack
from kmsvc.standards.packs.making import drop_old, make_packs, pack_file
from kmsvc.standards.packs.models import PackOrder, PackProgress, ProofPack
from kmsvc.standards.packs.queries import PackFilters, chosen_clauses, count_packs, pack_card, pack_cards
from kmsvc.standards.packs.tongue import tongue
from kmsvc.standards.packs.usecases import MOST_WAITING, cancel_order, order_again, order_pack
from tests.builders import make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

MODEL, DAY = "cc-cmm-oc-2017", date(2026, 3, 2)


@pytest.fixture
def house(world: Centre) -> Centre:
    """A centre with the standards and a process that was reviewed."""
    install_standards(world.db)
    process = make_process(world, drain=True)
    with world.begin("business_owner") as work:
        confirm_review(work, process.id, reason="still right", today=world.clock.today)
    return world


def _order(house: Centre, *clauses: str, login: str = "compliance") -> int:
    with house.begin(login) as work:
        return order_pack(work, model=MODEL, year=2026, as_of=DAY, clauses=clauses).id


def test_an_ordered_pack_has_the_bytes_of_the_command_line_today_and_later(house: Centre, settings: Settings) -> None:
    order_id = _order(house, "42", "#61", "109.1")
    assert make_packs(house.db, settings.data_dir, ZONE, "w") == 1
    with house.look("auditor") as work:
        card = pack_card(work.session, work.actor, order_id)
        model = model_by_code(work.session, MODEL)
        assert model is not None
        direct = io.BytesIO()
        clauses = chosen_clauses(work.session, model, ["42", "61", "109.1"])
        made = write_pack(work.session, work.actor, model, clauses, 2026, DAY, ZONE, direct)
        note = work.session.get(ProofPack, work.get(PackOrder, order_id).pack_id)
    body = pack_file(settings.data_dir, order_id).read_bytes()
    assert body == direct.getvalue() and card.sha256 == hashlib.sha256(body).hexdigest() and card.size == len(body)
    assert (card.state, card.records, card.done, card.total, card.kept_until) == ("done", made.records, 3, 3, date(2026, 4, 1))
    assert note is not None and (note.sha256, note.person_id) == (card.sha256, house.people["compliance"])
    assert note.clauses == ["42", "61", "109.1"]
    house.clock.move(days=400)
    with house.begin("auditor") as work:
        later = order_again(work, order_id).id
    make_packs(house.db, settings.data_dir, ZONE, "w")
    assert pack_file(settings.data_dir, later).read_bytes() == body
    assert drop_old(house.db, settings.data_dir, ZONE) == 1 and not pack_file(settings.data_dir, order_id).exists()
    with house.look("auditor") as work:
        assert [pack_card(work.session, work.actor, one).state for one in (order_id, later)] == ["gone", "done"]


def test_papers_and_sheets_can_be_read_and_nothing_in_them_is_compressed(house: Centre, settings: Settings) -> None:
    order_id = _order(house)
    make_packs(house.db, settings.data_dir, ZONE, "w")
    with zipfile.ZipFile(pack_file(settings.data_dir, order_id)) as pack:
        board, clause = pack.read("board.pdf"), pack.read("42/clause.pdf")
        sheet = openpyxl.load_workbook(io.BytesIO(pack.read("standard.xlsx"))).active
    for body in (board, clause):
        assert b"FlateDecode" not in body and b"/FontFile2" in body, "the font is embedded, no bytes depend on a compressor"
        assert not re.search(rb"/CreationDate \(D:(?!2000)", body)
    assert len(pypdf.PdfReader(io.BytesIO(board)).pages) == 2
    said = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(clause)).pages)
    assert "42" in said and "still right" not in said and "2026-03-02" in said
    rows = [[cell.value for cell in row] for row in sheet]
    names = [row[0] for row in rows[1:]]
    assert len(names) == 168 + 16 and names[:3] == ["1", "2", "3"] and names.index("109.1") == names.index("109") + 1
    assert rows[1 + names.index("42")][4] == "2" or rows[1 + names.index("42")][4] == 2


def test_a_pack_in_english_is_english_throughout_and_the_chinese_one_stays_as_it_was(house: Centre, settings: Settings) -> None:
    plain = _order(house, "42")
    with house.begin("compliance") as work:
        english, again = (order_pack(work, model=MODEL, year=2026, as_of=DAY, clauses=["42"], lang="en").id for _ in range(2))
    assert make_packs(house.db, settings.data_dir, ZONE, "w") == 3
    bodies = [pack_file(settings.data_dir, one).read_bytes() for one in (plain, english, again)]
    assert bodies[1] == bodies[2] != bodies[0]
    with zipfile.ZipFile(io.BytesIO(bodies[1])) as pack, zipfile.ZipFile(io.BytesIO(bodies[0])) as chinese:
        assert json.loads(pack.read("manifest.json"))["lang"] == "en" and "lang" not in json.loads(chinese.read("manifest.json"))
        page = pack.read("index.html").decode()
        assert '<html lang="en">' in page and "Annual review records" in page and "流程体系" not in page
        sheet = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(pack.read("standard.xlsx"))).active]
        assert sheet[0][:3] == ["Clause", "Section", "What it asks for"] and not _chinese(" ".join(str(row[2]) for row in sheet))
        paper = pypdf.PdfReader(io.BytesIO(pack.read("board.pdf")))
        assert "summary for the board" in paper.pages[0].extract_text()
        assert pack.read("42/records.json") == chinese.read("42/records.json"), "what machines read is the same in each language"


def test_the_board_reads_the_newest_self_assessment_that_was_closed_by_the_day(house: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def rounds(session: Session, span: Span) -> list[EvidenceRecord]:
        return [EvidenceRecord("self_assessment", place, f"SA-2025-000{place}-1", "t", "s", (), day, house.clock(), None, "done", "/x",
                               model=model, more={"total": f"{900 + place}/1840", "level": f"L{place}"})
                for place, (day, model) in enumerate([(date(2025, 5, 1), MODEL), (date(2025, 11, 1), MODEL), (date(2026, 1, 1), "other"),
                                                      (date(2026, 3, 3), MODEL)], start=1) if span.first <= day <= span.last]

    def page() -> str:
        with house.look("compliance") as work:
            model = model_by_code(work.session, MODEL)
            assert model is not None
            span = queries.year_span(2026, DAY, ZONE)
            body = board.summary(work.session, work.actor, model, span, "about", [], [], tongue("en"))
        return pypdf.PdfReader(io.BytesIO(body)).pages[0].extract_text()
    monkeypatch.delitem(KINDS, "self_assessment", raising=False)
    assert "self-assessment" not in page()
    monkeypatch.setitem(KINDS, "self_assessment", EvidenceKind("self_assessment", "x", rounds, {}, ("x", "")))
    assert "Newest self-assessment: SA-2025-0002-1 of 2025-11-01, 902/1840 points, level L2." in page()


def _chinese(text: str) -> bool:
    return re.search("[\u4e00-\u9fff]", text) is not None


def test_one_that_waits_or_is_being_made_can_be_cancelled(house: Centre, settings: Settings) -> None:
    first = _order(house, "42")
    with house.begin("compliance") as work:
        cancel_order(work, first)
    second = _order(house)

    def stop_half_way() -> bool:
        with house.look("compliance") as work:
            held = work.session.get(PackProgress, second)
            state = work.get(PackOrder, second).state
        if held is not None and held.done >= 8 and state == "making":
            with house.begin("auditor") as work:
                cancel_order(work, second)
        return False
    # asked before each word of progress: the order is cancelled by somebody else meanwhile
    assert make_packs(house.db, settings.data_dir, ZONE, "w", stop_half_way) == 0
    with house.look("compliance") as work:
        states = [one.state for one in pack_cards(work.session, work.actor, PackFilters())[0]]
        assert states == ["cancelled", "cancelled"] and count_packs(work.session, work.actor, PackFilters(state="done")) == 0
    assert not list((settings.data_dir / "packs").iterdir())
    with house.begin("compliance") as work, pytest.raises(RuleBroken):
        cancel_order(work, second)


def test_a_worker_that_died_is_followed_by_another_and_two_never_make_the_same(house: Centre, settings: Settings) -> None:
    order_id = _order(house, "42")

    def dies() -> bool:
        assert make_packs(house.db, settings.data_dir, ZONE, "second") == 0, "the first holds the lease"
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        make_packs(house.db, settings.data_dir, ZONE, "first", _after_one(dies))
    with house.look("compliance") as work:
        assert pack_card(work.session, work.actor, order_id).state == "making"
    assert make_packs(house.db, settings.data_dir, ZONE, "first") == 1


def _after_one(then):  # type: ignore[no-untyped-def]
    """False for the question before the work, then what `then` does."""
    asked: list[int] = []

    def stopping() -> bool:
        asked.append(1)
        return then() if len(asked) > 1 else False
    return stopping


def test_what_is_refused(house: Centre) -> None:
    with house.begin("compliance") as work, pytest.raises(InvalidInput):
        order_pack(work, model="iso", year=2026, as_of=DAY)
    with house.begin("compliance") as work, pytest.raises(InvalidInput) as refused:
        order_pack(work, model=MODEL, year=2026, as_of=DAY, clauses=["42", "999"])
    assert "999" in str(refused.value.fields)
    with house.begin("agent") as work, pytest.raises(NotPermitted):
        order_pack(work, model=MODEL, year=2026, as_of=DAY)
    order_id = _order(house, "42")
    with house.look("agent") as work, pytest.raises(NotFound):
        pack_card(work.session, work.actor, order_id)
    for _ in range(MOST_WAITING - 1):
        _order(house, "42")
    with house.begin("compliance") as work, pytest.raises(RuleBroken):
        order_pack(work, model=MODEL, year=2026, as_of=DAY)
    with house.begin("auditor") as work:
        order_pack(work, model=MODEL, year=2026, as_of=DAY)
