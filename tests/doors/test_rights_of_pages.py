"""R-A1 and R-A2 for people: each page, each role, against the table a person can read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.doors.bench import Bench, routes
from tests.doors.compare import Walk, walk
from tests.doors.rights import TABLE, table
from tests.support.figures import HARD

WITH_TOKEN = {"suspended", "agent", "everything"}


def test_r_a1_every_route_says_who_may_call_it(app: Flask) -> None:
    """R-A1: every method of every address stands in tests/rights.toml, and nothing else does."""
    served = {route.name for route in routes(app)}
    assert served - set(table()) == set(), f"say in {TABLE} who may call these"
    assert set(table()) - served == set(), f"these stand in {TABLE} but are gone"


@pytest.fixture(scope="module")
def walked(bench: Bench) -> Walk:
    """Every page and form asked by every column; the short form tries tokens for a few columns only."""
    return walk(bench, lambda route: not route.is_api, tokens=lambda column: HARD or column in WITH_TOKEN)


@pytest.mark.timeout(3600)
def test_r_a2_pages_let_in_whom_the_table_lets_in(walked: Walk, record_property: Callable[[str, object], None]) -> None:
    """R-A2: route x role equals tests/rights.toml; the short form tries tokens for a few columns only."""
    record_property("cells", walked.asked)
    assert not walked.wrong, "\n".join(walked.wrong)


def test_r_c2_every_page_carries_the_strict_headers(walked: Walk) -> None:
    """R-C2: a strict policy on every HTML answer; nosniff, no framing, same-origin referrer on every answer at all."""
    assert not walked.bare, "\n".join(sorted(walked.bare))


def test_r_i9_reading_a_page_changes_nothing(walked: Walk) -> None:
    """R-I9: no page takes an unsafe act by GET: whoever reads it, no audited row is written."""
    assert not walked.wrote, "\n".join(sorted(walked.wrote))
