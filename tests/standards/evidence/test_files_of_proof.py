"""Files and links as proof: their own day beside the stamp of the upload, revisions, a second look, expiry with reminders, withdrawn and
put back; in records, coverage and packs as they stood on a day; refused to be changed by anybody. E6, E7, W4."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.convert.refusals import Refused
from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.files.store import Stored, keep
from kmsvc.files.usecases import remove_attachment
from kmsvc.operations.setup import install_standards
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.standards.evidence import proofs, queries
from kmsvc.standards.evidence.expiring import RENEW
from kmsvc.standards.evidence.models import ProofRevision
from kmsvc.standards.evidence.proof_queries import ProofFilters, expiring_before, proof_card, proof_cards
from kmsvc.standards.evidence.proof_rules import Freshness, counts_from, freshness
from kmsvc.standards.evidence.proofs import ProofText
from kmsvc.standards.evidence.queries import year_span
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord, Readiness
from kmsvc.standards.models.queries import model_by_code
from kmsvc.standards.packs.building import write_pack
from kmsvc.standards.packs.queries import chosen_clauses
from tests.support.centre import Centre
from tests.support.clock import ZONE

MODEL = "cc-cmm-oc-2017"
REPORT = ProofText("\u4f53\u7cfb\u5e74\u5ba1\u62a5\u544a", ("8", "27"), date(2026, 2, 20), None, date(2026, 12, 1))


@pytest.fixture
def house(world: Centre) -> Centre:
    """A centre with the standards."""
    install_standards(world.db)
    return world


def _file(house: Centre, body: bytes = b"audit report", name: str = "report.txt") -> Stored:
    return keep(house.settings.files_dir, io.BytesIO(body), name)


def _add(house: Centre, words: ProofText = REPORT, login: str = "compliance", stored: Stored | None = None) -> int:
    with house.begin(login) as work:
        return proofs.add_proof(work, words, today=house.clock.today, stored=stored or (None if words.url else _file(house))).id


def _records(house: Centre, as_of: date, year: int = 2026) -> list[EvidenceRecord]:
    with house.look("auditor") as work:
        return [one for one in queries.gathered(work.session, work.actor, year_span(year, as_of, ZONE)) if one.kind == "proof"]


def _state(house: Centre, clause: str, as_of: date, year: int = 2026) -> str:
    with house.look("auditor") as work:
        row = next(one for one in queries.coverage(work.session, work.actor, year_span(year, as_of, ZONE)) if one.clause == clause)
        return row.cover.state.value


def test_how_fresh_it_is_and_from_when_it_counts() -> None:
    day = date(2026, 3, 2)
    assert [freshness(one, day) for one in (None, date(2026, 4, 2), date(2026, 4, 1), day, date(2026, 3, 1))] == [
        Freshness.FRESH, Freshness.FRESH, Freshness.EXPIRING, Freshness.EXPIRING, Freshness.EXPIRED]
    assert freshness(None, day, withdrawn=True) is Freshness.WITHDRAWN
    assert counts_from(date(2025, 5, 1), date(2026, 1, 1), date(2026, 1, 1)) == date(2026, 1, 1)
    assert counts_from(date(2025, 5, 1), date(2025, 12, 31), date(2026, 1, 1)) == date(2025, 5, 1)


def test_it_counts_as_it_stood_on_a_day_whatever_comes_later(house: Centre) -> None:
    today = house.clock.today
    assert _state(house, "8", today) == CoverState.MISSING
    proof_id = _add(house)
    before = _records(house, today)
    assert [(one.happened_on, one.clauses, one.result, one.more["evidence_on"]) for one in before] == [
        (date(2026, 2, 20), ("8", "27"), "shown", "2026-02-20")] and _records(house, today - timedelta(days=1)) == []
    assert _state(house, "8", today) == CoverState.MET
    house.clock.move(days=3)
    with house.begin("manager") as work:
        proofs.revise_proof(work, proof_id, replace(REPORT, title="second", clauses=("8",)), today=house.clock.today,
                            stored=_file(house, b"other bytes", "second.txt"))
    house.clock.move(days=2)
    with house.begin("compliance") as work:
        proofs.withdraw(work, proof_id, reason="wrong report")
    assert _records(house, today) == before, "what was shown on a day stays"
    assert [(one.title, one.clauses, one.result) for one in _records(house, today + timedelta(days=3))] == [("second", ("8",), "shown")]
    now = _records(house, house.clock.today)
    assert [one.result for one in now] == ["withdrawn"] and _state(house, "8", house.clock.today) == CoverState.MISSING
    with house.begin("compliance") as work:
        proofs.restore(work, proof_id, reason="it was right")
    assert _state(house, "8", house.clock.today) == CoverState.MET and _state(house, "27", house.clock.today) == CoverState.MISSING


def test_moving_the_day_of_the_audit_alone_turns_a_clause(house: Centre) -> None:
    _add(house)
    with house.look("auditor") as work:
        def on(day: date) -> Readiness:
            return next(one.state for one in queries.ready(work.session, work.actor, year_span(2026, day, ZONE), house.clock.today)
                        if one.row.clause == "8")
        assert (on(date(2026, 12, 1)), on(date(2026, 12, 2))) == (Readiness.READY, Readiness.RISK)
        assert [expiring_before(work.session, day, house.clock.today) for day in (date(2026, 12, 1), date(2026, 12, 2))] == [0, 1]


def test_a_pack_holds_the_file_itself_and_later_the_same_bytes(house: Centre) -> None:
    proof_id, day = _add(house), house.clock.today

    def packed() -> bytes:
        out = io.BytesIO()
        with house.look("auditor") as work:
            model = model_by_code(work.session, MODEL)
            assert model is not None
            write_pack(work.session, work.actor, model, chosen_clauses(work.session, model, ["8", "27"]), 2026, day, ZONE, out,
                       files=house.settings.files_dir)
        return out.getvalue()
    first = packed()
    house.clock.move(days=30)
    with house.begin("compliance") as work:
        proofs.revise_proof(work, proof_id, replace(REPORT, title="other"), today=house.clock.today, stored=_file(house, b"n", "n.txt"))
    assert packed() == first
    with zipfile.ZipFile(io.BytesIO(first)) as pack:
        held = json.loads(pack.read("8/records.json"))
        assert pack.read(f"8/files/PF-{proof_id}-1 report.txt") == b"audit report"
        assert [one["more"]["file"] for one in held if one["kind"] == "proof"] == ["report.txt"]
        assert f"27/files/PF-{proof_id}-1 report.txt" in json.loads(pack.read("manifest.json"))["files"]


def test_somebody_else_looks_at_it_and_a_refused_one_proves_nothing(house: Centre) -> None:
    proof_id = _add(house)
    with house.begin("compliance") as work, pytest.raises(RuleBroken):
        proofs.look_through(work, proof_id, accepted=True)
    with house.begin("manager") as work:
        proofs.look_through(work, proof_id, accepted=False, reason="the signature is missing")
    assert _state(house, "8", house.clock.today) == CoverState.MISSING
    with house.begin("compliance") as work:
        proofs.revise_proof(work, proof_id, REPORT, today=house.clock.today)
    with house.begin("manager") as work:
        assert proof_card(work.session, work.actor, proof_id, house.clock.today).review == "open", "a revision is looked at anew"
        proofs.look_through(work, proof_id, accepted=True)
    assert _state(house, "8", house.clock.today) == CoverState.MET
    with house.look("manager") as work:
        rows = work.session.scalars(select(ProofRevision).order_by(ProofRevision.no)).all()
        assert [(one.no, one.file_name, one.evidence_on, one.added_at.date()) for one in rows] == [
            (1, "report.txt", date(2026, 2, 20), house.clock.today), (2, "report.txt", date(2026, 2, 20), house.clock.today)]


def test_who_answers_for_it_is_reminded_seven_days_and_one_day_before(house: Centre) -> None:
    today = house.clock.today
    proof_id = _add(house, replace(REPORT, valid_to=today + timedelta(days=9)))
    told = []
    for _ in range(11):
        with house.begin("operator") as work:
            told.append(run_duties(work, house.clock.today).reminders)
        house.clock.move(days=1)
    assert [day for day, count in enumerate(told) if count] == [2, 8, 10], "7 days before, 1 day before, and once it is late"
    with house.begin("compliance") as work:
        proofs.revise_proof(work, proof_id, replace(REPORT, valid_to=None), today=house.clock.today)
    with house.begin("operator") as work:
        run_duties(work, house.clock.today)
        duty = work.session.scalars(select(Obligation).where(Obligation.rule == RENEW)).one()
        assert (duty.state, duty.done_on, duty.owner_id) == ("done", house.clock.today, house.people["compliance"])


def test_what_is_refused_and_that_nothing_stays_of_it(house: Centre) -> None:
    today = house.clock.today
    for words, field in ((replace(REPORT, clauses=("8", "999")), "clauses"), (replace(REPORT, clauses=()), "clauses"),
                         (replace(REPORT, evidence_on=today + timedelta(days=1)), "evidence_on"),
                         (replace(REPORT, valid_to=date(2026, 1, 1)), "valid_to"), (replace(REPORT, url="javascript:x"), "url")):
        with house.begin("compliance") as work, pytest.raises(InvalidInput) as refused:
            proofs.add_proof(work, words, today=today, stored=None if words.url else _file(house))
        assert list(refused.value.fields) == [field]
    with house.begin("compliance") as work, pytest.raises(InvalidInput) as refused:
        proofs.add_proof(work, REPORT, today=today)
    assert list(refused.value.fields) == ["file"]
    with house.begin("auditor") as work, pytest.raises(NotPermitted):
        proofs.add_proof(work, REPORT, today=today, stored=_file(house))
    with pytest.raises(Refused):
        _file(house, b"MZ\x90\x00 program", "report.exe")
    with house.look("compliance") as work:
        assert proof_cards(work.session, work.actor, ProofFilters(), today) == []


def test_filters_and_a_file_that_stays_though_somebody_would_take_it_away(house: Centre) -> None:
    first = _add(house)
    second = _add(house, ProofText("intranet", ("109.1",), date(2026, 1, 5), url="https://wiki.example/109"), login="manager")
    with house.look("auditor") as work:
        def ids(**asked: object) -> list[int]:
            return [one.id for one in proof_cards(work.session, work.actor, ProofFilters(**asked), house.clock.today)]  # type: ignore[arg-type]
        assert ids() == [first, second] and ids(clause="#109") == [second] and ids(clause="8") == [first]
        assert ids(q="wiki") == [second] and ids(owner=house.people["manager"]) == [second] and ids(fresh="fresh") == [first, second]
        assert ids(by=date(2027, 1, 1)) == [first] and ids(fresh="expired") == [] and ids(review="open") == [first, second]
        attachment = proof_card(work.session, work.actor, first, house.clock.today).attachment_id
    assert attachment is not None
    for login in ("compliance", "admin"):
        with house.begin(login) as work, pytest.raises((NotPermitted, NotFound)):
            remove_attachment(work, attachment)
    with house.look("agent") as work, pytest.raises(NotPermitted):
        proof_cards(work.session, work.actor, ProofFilters(), house.clock.today)


@pytest.mark.parametrize("sql", [
    "UPDATE standards_proof_revision SET added_at = '2020-01-01 00:00:00+00:00'", "UPDATE standards_proof_revision SET sha256 = 'x'",
    "UPDATE standards_proof_revision SET evidence_on = '2020-01-01'", "DELETE FROM standards_proof_revision",
    "UPDATE standards_proof_step SET reason = 'x'", "DELETE FROM standards_proof_step", "DELETE FROM standards_proof",
    "UPDATE standards_proof SET made_at = '2020-01-01 00:00:00+00:00'"])
def test_not_even_an_administrator_changes_what_was_shown(house: Centre, sql: str) -> None:
    _add(house)
    with pytest.raises(DBAPIError, match="not changed"), house.begin("admin") as work:
        work.session.execute(text(sql))
