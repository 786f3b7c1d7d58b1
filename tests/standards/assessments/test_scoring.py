"""Marks and levels, counted by hand. Domain 10.2 and 10.3."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kmsvc.core.errors import InvalidInput
from kmsvc.operations.setup import install_standards
from kmsvc.standards.assessments.marking import (
    items_in,
    levels_of,
    read_marks,
    score_dimensions,
    score_file,
)
from kmsvc.standards.assessments.rules import Key, Marked, items_of, rate, score, weighted
from kmsvc.standards.models.queries import clauses_of, model_by_code
from tests.support.centre import Centre

CMM = "cc-cmm-oc-2017"


@pytest.fixture
def standards(world: Centre) -> Centre:
    """A centre with the standards of the product."""
    install_standards(world.db)
    return world


def marked(world: Centre, basis: str, first_four: tuple[int, int], last: tuple[int, int] = (0, 0), half: int = 0) -> tuple[object, ...]:
    """So many items of each part with C 10 and with F 10, `half` more marks of 5; the rest 0."""
    with world.look() as work:
        model = model_by_code(work.session, CMM)
        items, levels = items_in(work.session, model, basis), levels_of(model)
    marks: dict[Key, Marked] = {}
    for part, (c, f) in ((False, first_four), (True, last)):
        for place, one in enumerate([one for one in items if one.last is part]):
            marks[one.no, one.sub] = Marked(10 if place < c else 0, 10 if place < f else 0)
    for key, held in list(marks.items())[::-1]:
        if half and held.c == 0:
            marks[key], half = Marked(5, held.f), half - 1
    found = score(items, marks, levels, basis)
    return found.level, found.total, [one.failed for one in found.checks], [str(one) for one in found.warnings]


@pytest.mark.parametrize(("basis", "in_four", "most"), [("subitems", 157, 3540), ("clauses", 148, 3360)])
def test_the_items_of_a_basis_and_a_perfect_result(standards: Centre, basis: str, in_four: int, most: int) -> None:
    """D1: 177 items or 168; on the basis of clauses L5 asks for 3380 of 3360 points, told whatever the marks."""
    level, total, failed, said = marked(standards, basis, (in_four, in_four), (20, 20))
    assert total == most
    unreachable = [one for one in said if "L5 is out of reach" in one]
    assert (level, failed[-1], len(unreachable)) == (("L5", (), 0) if basis == "subitems" else ("L4", ("total",), 1))
    assert len([one for one in marked(standards, basis, (0, 0))[3] if "out of reach" in one]) == len(unreachable)


@pytest.mark.parametrize(("basis", "c", "f", "c_5", "f_5", "half", "level", "failed_next"), [
    ("subitems", 126, 95, 2, 2, 0, "L1", ("c_rate", "f_rate", "total")),  # 80 % of 157 is 125.6; 126 + 95 + 4 are 2250 points
    ("subitems", 126, 95, 2, 1, 0, None, ("total",)),  # ten points short
    ("subitems", 126, 95, 2, 1, 2, "L1", ("c_rate", "f_rate", "total")),  # two halves make them up
    ("subitems", 125, 120, 20, 20, 0, None, ("c_rate",)),
    ("subitems", 157, 94, 20, 20, 0, None, ("f_rate",)),  # 60 % of 157 is 94.2
    ("subitems", 142, 110, 20, 20, 0, "L2", ("c_rate", "f_rate")),  # 90 % is 141.3, 70 % is 109.9; L3 misses both
    ("subitems", 157, 126, 0, 0, 0, "L3", ("f_rate", "c_rate_5", "f_rate_5", "total")),
    ("subitems", 157, 142, 16, 14, 0, "L4", ("f_rate", "c_rate_5", "f_rate_5", "total")),
    ("subitems", 157, 142, 15, 20, 0, "L3", ("c_rate_5",)),
    ("subitems", 157, 157, 20, 17, 0, "L4", ("f_rate_5",)),
    ("subitems", 157, 157, 20, 18, 0, "L5", None),
    ("clauses", 119, 89, 17, 0, 0, "L1", ("c_rate", "f_rate", "total")),  # 80 % of 148 is 118.4, 60 % is 88.8
    ("clauses", 118, 148, 20, 20, 0, None, ("c_rate",))])
def test_each_border_of_each_level(standards: Centre, basis: str, c: int, f: int, c_5: int, f_5: int, half: int, level: str | None,
                                   failed_next: tuple[str, ...] | None) -> None:
    """Rates and total are checks of their own; failed_next: what the first level that is missed misses."""
    found, _, failed, _ = marked(standards, basis, (c, f), (c_5, f_5), half)
    first = next((one for one in failed if one), None)  # type: ignore[attr-defined]
    assert (found, first) == (level, failed_next)


def test_a_level_above_one_that_is_missed_is_not_reached(standards: Centre) -> None:
    """One at a time: what is below must be kept."""
    with standards.look() as work:
        model = model_by_code(work.session, CMM)
        items, levels = items_in(work.session, model, "subitems"), levels_of(model)
    strict = [levels[0].__class__("L1", Fraction(1), Fraction(1), None, None, 3540), *levels[1:]]
    marks = {(one.no, one.sub): Marked(10, 10) for one in items}
    marks[1, None] = Marked(5, 10)
    found = score(items, marks, strict, "subitems")
    assert found.level is None and found.checks[1].passed
    assert any("L2 alone would be passed" in one for one in found.warnings)


def test_what_marks_do_not_tell_is_said(standards: Centre) -> None:
    _, _, _, said = marked(standards, "subitems", (157, 142), (16, 14))
    assert any("3 years in operation" in one for one in said) and any("L3 was reached before" in one for one in said)
    with standards.look() as work:
        model = model_by_code(work.session, CMM)
        found = score_file(work.session, model, "no,sub,c,f\n1,,10,10\n109,,10,10\n", None)
    assert found.total == 20
    assert [str(one) for one in found.warnings] == ["176 items have no marks and count 0, the first is 2.",
                                                    "1 rows are no items on the basis subitems and were left out."]


@pytest.mark.parametrize(("text", "said"), [
    ("", "first row must be the heading"), ("a,b\n1,2\n", "first row must be the heading"),
    ("no,sub,c,f\n1,,7,10\n", "Row 2: Marks are 10, 5, 0; here stand c 7 and f 10"),
    ("no,sub,c,f\n\n999,,10,10\n", "Row 3: There is no clause 999"), ("no,sub,c,f\n1,,10,10\n1,,5,5\n", "Row 3: Clause 1 stands twice"),
    ("no,sub,c,f\none,,10,10\n", "Row 2: no and sub are whole numbers"), ("no,sub,c,f\n109,3,10,10\n", "There is no clause 109.3"),
    ("no,sub,c,f\n1,,10," + "9" * 200_000, "cannot be read as csv"), ("no,sub,c,f\n" + "999,,1,1\n" * 30, "10 more rows are wrong")])
def test_rows_that_are_wrong_are_all_named(standards: Centre, text: str, said: str) -> None:
    with standards.look() as work, pytest.raises(InvalidInput) as refused:
        score_file(work.session, model_by_code(work.session, CMM), text, None)
    assert any(said in str(one) for one in refused.value.fields["file"])


def test_marks_of_a_file_in_any_order_of_columns(standards: Centre) -> None:
    with standards.look() as work:
        known = {(one.no, one.sub): one for one in clauses_of(work.session, model_by_code(work.session, CMM).id)}
    assert read_marks("\ufeffF, C ,no,sub,note\r\n5,10,109,2,x\r\n0,5,1\r\n", known) == {
        (109, 2): Marked(10, 5), (1, None): Marked(5, 0)}


def test_sub_items_take_the_place_of_their_clause() -> None:
    keys = [(1, None, False), (2, None, True), (2, 1, True), (2, 2, True)]
    assert [(one.no, one.sub) for one in items_of(keys, "subitems")] == [(1, None), (2, 1), (2, 2)]
    assert [(one.no, one.sub) for one in items_of(keys, "clauses")] == [(1, None), (2, None)]
    assert rate([]) is None and rate([10, 5, 0, 10]) == Fraction(1, 2)


def test_dimensions_are_weighted_and_weights_sum_to_one(standards: Centre) -> None:
    """Domain 11.3: the plain mean without a direction; one that is strategic weighs more."""
    with standards.look() as work:
        model = model_by_code(work.session, "ccso-2022")
        rows = "strategic_value,80\ncustomer_experience,60\ncost_benefit,70\nservice_management,90\n"
        assert score_dimensions(model, "dimension,mark\n" + rows)["total"] == 75
        heavier = score_dimensions(model, "dimension,mark,weight\n" + rows.replace("80\n", "80,0.4\n").replace("60\n", "60,0.2\n")
                                   .replace("70\n", "70,0.2\n").replace("90\n", "90,0.2\n"))
        assert heavier["total"] == 76 and sum(one["weight"] for one in heavier["dimensions"]) == 1
        for wrong in ("dimension,mark\nstrategic_value,80\n", "dimension,mark\n" + rows + "fifth,1\n",
                      "dimension,mark\n" + rows.replace("80", "1e99999999"), "dimension,mark\n" + rows.replace("80", "NaN"),
                      "dimension,mark,weight\n" + rows.replace("\n", ",0\n"),
                      "dimension,mark\n" + rows.replace("80", "101"), "dimension,mark\n" + rows.replace("80", "x"), ""):
            with pytest.raises(InvalidInput):
                score_dimensions(model, wrong)
    assert weighted({"a": Fraction(1), "b": Fraction(4)}, {"a": Fraction(2), "b": Fraction(1)}) == 2
