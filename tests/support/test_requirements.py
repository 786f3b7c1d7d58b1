"""Tests are tied to the requirements they check, and the report tells the truth about their results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.requirements import requirement_ids, sentence
from tools import reliability_report

ROOT = Path(__file__).resolve().parents[2]


def test_ids_come_from_the_name_and_the_docstring() -> None:
    assert requirement_ids("test_r_s1_nothing_leaks[sqlite]", None) == ["R-S1"]
    assert requirement_ids("test_killed_r_d1_and_r_j5", "R-W5, R-D10: text") == [
        "R-D1",
        "R-D10",
        "R-J5",
        "R-W5",
    ]
    assert requirement_ids("test_after_s3_upload", "nothing") == []


def test_a_sentence_is_the_docstring_or_the_name_in_words() -> None:
    assert sentence("test_r_s1_nothing_leaks[x]", None) == "nothing leaks"
    assert sentence("test_x", "Nothing leaks. R-S1\nMore.") == "Nothing leaks. R-S1"


def test_the_report_shows_results_and_figures_and_what_is_untested(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    pytester.makepyfile(
        test_it='''
        import pytest
        def test_r_d1_killed(record_property):
            """Nothing is lost."""
            record_property("rounds", 50)
        def test_r_a1_fails():
            assert False
        @pytest.mark.hard
        def test_r_m1_long(): pass
        @pytest.mark.parametrize("x", [1, 2, 3])
        def test_r_c1_many(x, record_property):
            record_property("worst ms", x)
            assert x != 2
        def test_nothing(): pass
        '''
    )
    pytester.makeini(f"[pytest]\npythonpath = {ROOT}\nmarkers =\n  hard:\n  requirement:\n")
    xml = tmp_path / "out.xml"
    outcome = pytester.runpytest_subprocess(
        "-p", "tests.support.selection", f"--junitxml={xml}", "-o", "junit_family=xunit1"
    )
    outcome.assert_outcomes(passed=4, failed=2, skipped=1)
    text = reliability_report.document(reliability_report.cases(xml), "About.")
    lines = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| R-")}
    assert "| passed (short) | rounds: 50; " in lines["R-D1"]
    assert "Nothing is lost." in lines["R-D1"]
    assert "| FAILED (short) |" in lines["R-A1"]
    assert "skipped: a full figure" in lines["R-M1"]
    assert "not tested" in lines["R-D2"]
    assert "| FAILED, 1 of 3 runs (short) | worst ms: 1 / 2 / 3; " in lines["R-C1"]
    assert "4 tests, 0 of them with their full figures, 2 failed" in text


def test_a_later_run_takes_the_place_of_an_earlier_one_test_by_test(tmp_path: Path) -> None:
    def run(name: str, **results: tuple[str, str]) -> Path:
        cases = "".join(
            f'<testcase classname="tests.it" name="{test}" time="1"><properties>'
            f'<property name="requirements" value="R-D1"/><property name="form" value="{form}"/>'
            f'<property name="rounds" value="{rounds}"/></properties></testcase>'
            for test, (form, rounds) in results.items()
        )
        (tmp_path / name).write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", encoding="utf-8")
        return tmp_path / name

    short = run("short.xml", test_one=("short", "3"), test_two=("short", "4"))
    hard = run("hard.xml", test_one=("full", "50"))
    found = {case.place: case for case in reliability_report.newest([short, hard])}
    assert found["tests/it.py::test_one"].figures == {"rounds": "50"}
    assert found["tests/it.py::test_two"].figures == {"rounds": "4"}
    text = reliability_report.document(found.values(), "About.")
    assert "2 tests, 1 of them with their full figures" in text
    assert "passed (full) | rounds: 50" in text
