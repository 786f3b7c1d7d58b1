"""The standards of the product: their figures, counted; our own YAML in and out; licensed texts and mappings beside them."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.operations.setup import install_standards
from kmsvc.standards.models import frame
from kmsvc.standards.models.models import Clause, ClauseMapping, StandardModel
from kmsvc.standards.models.queries import (
    as_yaml,
    clause_of,
    clauses_of,
    export,
    licensed_texts,
    model_by_code,
    model_lines,
)
from kmsvc.standards.models.usecases import Imported, import_model, install_packaged, packaged
from tests.support.centre import Centre

CMM = "cc-cmm-oc-2017"
FIRM = {"annual": (8, 19, 27, 35, 42, 61, 64, 77, 80, 94, 108, 114), "quarterly": (54,), "monthly": (49, 55, 112, 126, 135),
        "biennial": (119,), "periodic": (17, 24, 58, 91, 139, 142, 145, 146, 148),
        "event": (28, 63, 65, 67, 72, 73, 74, 75, 76, 81, 136, 160)}
SOFT = {"annual": (4, 153), "periodic": (163,), "continuous": (26, 31, 34, 66, 101, 125),
        "event": (22, 50, 52, 71, 87, 92, 93, 95, 96, 99, 100, 102, 131, 138, 140, 144, 147, 161)}
ARCHIVED = (8, 19, 24, 34, 35, 42, 54, 61, 75, 77, 87, 91, 95, 108, 129, 130, 139, 142, 145, 147)
WRITTEN = (1, 3, 4, 22, 25, 28, 36, 41, 53, 68, 78, 90, 109, 148)
SMALL = """
code: kleine-norm
edition: 1
title: {zh: 小标准, en: Small standard}
scoring: two_marks
bases: {clauses: {items: 2, max_total: 40}}
default_basis: clauses
levels: [{level: L1, c_min: 0.5, f_min: 0.5, total_min: 20}]
sections: [{number: 2.10, title: {zh: 一, en: One}}]
clauses:
  - {no: 1, section: 2.10, module: GOV, title: {zh: 甲, en: A}, cycle: annual, cycle_months: 12}
  - {no: 2, section: 2.10, module: GOV, title: {zh: 乙, en: B}}
"""


@pytest.fixture
def installed(world: Centre) -> Centre:
    """A centre with the standards of the product."""
    assert install_standards(world.db) == [CMM, "ccso-2022"] and install_standards(world.db) == []
    return world


def brought(world: Centre, text: str, login: str = "compliance") -> Imported:
    with world.begin(login) as work:
        return import_model(work, frame.read(text))


def test_every_clause_has_its_cycle_record_and_module_as_the_standard_counts_them(installed: Centre) -> None:
    """Domain 10.4, 10.6, 10.7: the counts of the source, clause by clause."""
    with installed.look("auditor") as work:
        body = export(work.session, model_by_code(work.session, CMM))
    clauses = [one for one in body["items"] if one["sub"] is None]
    assert [one["no"] for one in clauses] == list(range(1, 169))
    for firm, wanted in ((True, FIRM), (False, SOFT)):
        found: dict[str, tuple[int, ...]] = {}
        for one in clauses:
            if one["cycle"] and one["firm"] is firm:
                found[one["cycle"]] = (*found.get(one["cycle"], ()), one["no"])
        assert found == wanted
    assert tuple(one["no"] for one in clauses if one["record"] == "archive") == ARCHIVED
    assert tuple(one["no"] for one in clauses if one["record"] == "document") == WRITTEN
    assert {one["no"]: one["weak_record"] for one in clauses if one["weak_record"]} == {
        33: "document", 110: "archive", 131: "archive", 141: "archive"}
    assert Counter(one["module"] for one in clauses) == {
        "GOV": 11, "ENV": 4, "IT": 13, "EMG": 5, "SEC": 11, "PROC": 13, "KM": 3, "QA": 4, "TRN": 6, "PPL": 12, "WFM": 5, "PERF": 31,
        "COMM": 7, "SURV": 9, "CUST": 14, "INN": 20}
    assert Counter(one["section"].split(".")[0] for one in clauses) == {"1": 38, "2": 66, "3": 24, "4": 20, "5": 20}
    assert Counter(one["no"] for one in body["items"] if one["sub"] is not None) == {
        109: 2, 110: 2, 111: 1, 112: 3, 113: 3, 114: 3, 115: 2}
    months = {"annual": 12, "biennial": 24, "quarterly": 3, "monthly": 1}
    assert all(one["cycle_months"] == months.get(one["cycle"]) for one in body["items"])
    assert [one["no"] for one in clauses if one["at_least"]] == [19, 27, 35, 42, 49, 54, 61, 64, 77, 80, 94, 108, 112, 114, 119, 135]


def test_what_scripts_read_has_every_key_and_both_languages(installed: Centre) -> None:
    with installed.look("auditor") as work:
        body = export(work.session, model_by_code(work.session, CMM))
        lines = {one.code: (one.clauses, one.subs) for one in model_lines(work.session)}
    assert lines == {CMM: (168, 16), "ccso-2022": (0, 0)}
    assert body["bases"] == {"subitems": {"items": 177, "max_total": 3540}, "clauses": {"items": 168, "max_total": 3360}}
    assert [(one["level"], one["total_min"], one["years_min"]) for one in body["levels"]] == [
        ("L1", 2250, None), ("L2", 2500, None), ("L3", 2750, 2), ("L4", 3200, 3), ("L5", 3380, 5)]
    numbers = {one["number"] for one in body["sections"]}
    for one in body["items"]:
        assert one["title_zh"] and one["title_en"] and one["section"] in numbers
        assert len(one["min_contents"]) == len(one["min_contents_zh"]) and len(one["triggers"]) == len(one["triggers_zh"])
    eighth = next(one for one in body["items"] if one["no"] == 8)
    assert eighth["min_contents"] == ["finding", "owner", "corrective action", "time limit"]


def test_yaml_out_and_in_again_changes_nothing(installed: Centre) -> None:
    with installed.look("compliance") as work:
        texts = [as_yaml(work.session, model_by_code(work.session, one.code)) for one in model_lines(work.session)]
        read = [frame.read(one) for one in texts]
        assert [one.digest for one in read] == [one.digest for one in packaged()]
        before = work.session.scalar(select(StandardModel.changed_at).where(StandardModel.code == CMM))
    installed.clock.move(days=1)
    done = brought(installed, texts[0])
    assert (done.read, done.unchanged, done.created, done.updated) == (184, 184, 0, 0)
    with installed.look() as work:
        row = model_by_code(work.session, CMM)
        assert (row.is_packaged, row.changed_at) == (True, before)


def test_a_standard_of_the_centre_comes_in_grows_and_keeps_its_clauses(installed: Centre) -> None:
    """An edition is its own; clauses keep their ids, one that is left out is marked and never gone from what cites it."""
    assert brought(installed, SMALL).created == 2
    with installed.look() as work:
        first = clause_of(work.session, "kleine-norm", "1")
        assert first is not None and first.section == "2.10"
        assert clause_of(work.session, "kleine-norm", "3") is None and clause_of(work.session, "kleine-norm", "x") is None
    done = brought(installed, SMALL.replace("en: A}", "en: A changed}").replace("no: 2,", "no: 3,"))
    assert (done.read, done.updated, done.created, done.unchanged) == (2, 1, 1, 0)
    with installed.look() as work:
        row = model_by_code(work.session, "kleine-norm")
        assert [(one.no, one.title_en) for one in clauses_of(work.session, row.id)] == [(1, "A changed"), (3, "B")]
        assert clause_of(work.session, "kleine-norm", "1").id == first.id
        assert work.session.scalars(select(Clause).where(Clause.model_id == row.id, Clause.gone)).one().no == 2
        assert row.is_packaged is False
        trail = work.session.scalars(select(AuditEntry.subject).where(AuditEntry.subject.startswith("standards_"))).all()
    assert set(trail) == {"standards_model"}, "its digest stands for the clauses"


def test_a_newer_edition_is_meant_by_the_code_alone_and_says_what_became_of_the_old_one(installed: Centre) -> None:
    brought(installed, SMALL)
    newer = SMALL.replace("edition: 1", "edition: 2").replace("no: 2,", "no: 7,") + """
mapping_from:
  - code: kleine-norm
    edition: 1
    pairs: [{relation: kept, from: 1, to: 1}, {relation: withdrawn, from: 2}, {relation: new, to: 7}]
"""
    brought(installed, newer)
    with installed.look() as work:
        row = model_by_code(work.session, "kleine-norm")
        assert row.edition == "2" and model_by_code(work.session, "kleine-norm", "1").newest is False
        assert sorted(work.session.scalars(select(ClauseMapping.relation))) == ["kept", "new", "withdrawn"]
        again = frame.read(as_yaml(work.session, row))
    assert again.digest == row.digest
    for wrong, name in (("{relation: kept, from: 1}", "to"), ("{relation: new, from: 1, to: 1}", "from"),
                        ("{relation: kept, from: 99, to: 1}", "from")):
        with pytest.raises(InvalidInput) as refused:
            brought(installed, newer.replace("edition: 2", "edition: 3").replace("{relation: kept, from: 1, to: 1}", wrong))
        assert list(refused.value.fields) == [f"mapping_from[1].pairs[1].{name}"]
    pair = "{relation: kept, from: 1, to: 1}"
    with pytest.raises(InvalidInput) as refused:
        brought(installed, newer.replace("edition: 2", "edition: 3").replace(pair, f"{pair}, {pair}"))
    assert list(refused.value.fields) == ["mapping_from[1].pairs[2]"]


def test_a_licensed_wording_stands_beside_our_gist_and_leaves_the_house_only_when_asked_for(installed: Centre) -> None:
    with installed.look() as work:
        text = as_yaml(work.session, model_by_code(work.session, CMM))
    done = brought(installed, text.replace("  - no: 42\n", "  - no: 42\n    text: the wording we bought\n"))
    assert (done.updated, done.unchanged) == (1, 183)
    with installed.look() as work:
        row = model_by_code(work.session, CMM)
        assert row.is_packaged, "a wording is no change of the standard"
        assert licensed_texts(work.session, [one.id for one in clauses_of(work.session, row.id)]) == {
            clause_of(work.session, CMM, "42").id: "the wording we bought"}
        assert "bought" not in as_yaml(work.session, row) and "bought" not in str(export(work.session, row))
        assert "bought" in as_yaml(work.session, row, licensed=True)
        assert "bought" not in str(work.session.scalars(select(AuditEntry.after)).all())


def test_a_standard_of_the_product_follows_it_and_one_of_the_centre_does_not(installed: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = [frame.read(frame.write(one.code, one.edition, one.title | {"en": "Newer"}, one.rest, one.sections, one.clauses, []))
             for one in packaged()]
    with installed.look() as work:
        own = as_yaml(work.session, model_by_code(work.session, "ccso-2022")).replace("en: CCSO 2022", "en: Ours")
    brought(installed, own)
    monkeypatch.setattr("kmsvc.standards.models.usecases.packaged", lambda: iter(newer))
    with installed.begin("operator") as work:
        assert install_packaged(work) == [CMM]
    with installed.look() as work:
        assert [one.title_en for one in model_lines(work.session)] == ["Newer", "Ours"]


@pytest.mark.parametrize(("text", "field"), [
    ("a: [", "file"), ("just words", "file"), ("code: X Y", "code"),
    (SMALL.replace("cycle: annual", "cycle: never"), "clauses[#1].cycle"), (SMALL.replace("no: 2,", "no: 1,"), "clauses[#1]"),
    (SMALL.replace("section: 2.10, module: GOV, title: {zh: 乙", "section: 9, module: GOV, title: {zh: 乙"), "clauses[#2].section"),
    (SMALL.replace("default_basis: clauses", "default_basis: nothing"), "default_basis"), (SMALL + "surprise: 1\n", "surprise"),
    (SMALL + "figures: {a: &a [1, 1], b: [*a, *a]}\n", "file"),
    (SMALL.replace("c_min: 0.5", "c_min: 80"), "levels[1].c_min")])
def test_a_file_that_cannot_be_is_refused_by_name(text: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        frame.read(text)
    assert field in refused.value.fields


def test_who_may_bring_standards_in(installed: Centre) -> None:
    for login in ("agent", "auditor", "trainer", "process_manager"):
        with pytest.raises(NotPermitted):
            brought(installed, SMALL, login)
