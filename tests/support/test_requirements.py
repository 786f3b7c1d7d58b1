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
    assert "| passed | rounds: 50; " in lines["R-D1"]
    assert "Nothing is lost." in lines["R-D1"]
    assert "| FAILED |" in lines["R-A1"]
    assert "skipped: a full figure" in lines["R-M1"]
    assert "not tested" in lines["R-D2"]
    assert "| FAILED, 1 of 3 runs | worst ms: 1 / 2 / 3; " in lines["R-C1"]
    assert "4 tests, 2 failed" in text
