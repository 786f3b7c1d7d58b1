"""R-A1 and R-A2 for programs: each API route, each role, by cookie and by token, against the table a person can read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doors.bench import STRANGER, Bench
from tests.doors.compare import Walk, walk
from tests.support.figures import HARD

WITH_COOKIE = {STRANGER, "suspended", "agent", "everything"}


@pytest.fixture(scope="module")
def walked(bench: Bench) -> Walk:
    """Every API route asked by every column with its token; the short form tries cookies for a few columns only, as that
    of the pages tries tokens."""
    return walk(bench, lambda route: route.is_api, tokens=lambda column: True, cookies=lambda column: HARD or column in WITH_COOKIE)


@pytest.mark.timeout(3600)
def test_r_a2_the_api_lets_in_whom_the_table_lets_in(walked: Walk, record_property: Callable[[str, object], None]) -> None:
    """R-A2: route x role equals tests/rights.toml, strangers and the suspended included, each as cookie and token."""
    record_property("cells", walked.asked)
    assert not walked.wrong, "\n".join(walked.wrong)


def test_r_c2_every_answer_of_the_api_carries_the_strict_headers(walked: Walk) -> None:
    """R-C2: nosniff, no framing, same-origin referrer on every answer."""
    assert not walked.bare, "\n".join(sorted(walked.bare))


def test_r_i9_reading_by_the_api_changes_nothing(walked: Walk) -> None:
    """R-I9: no route takes an unsafe act by GET: whoever reads, no audited row is written."""
    assert not walked.wrote, "\n".join(sorted(walked.wrote))
