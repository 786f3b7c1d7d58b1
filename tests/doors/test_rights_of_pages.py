"""R-A1 and R-A2 for people: each page, each role, against the table a person can read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.doors.bench import Bench, routes
from tests.doors.compare import cells_that_differ
from tests.doors.rights import TABLE, table
from tests.support.figures import HARD

WITH_TOKEN = {"suspended", "agent", "everything"}


def test_r_a1_every_route_says_who_may_call_it(app: Flask) -> None:
    """R-A1: every method of every address stands in tests/rights.toml, and nothing else does."""
    served = {route.name for route in routes(app)}
    assert served - set(table()) == set(), f"say in {TABLE} who may call these"
    assert set(table()) - served == set(), f"these stand in {TABLE} but are gone"


@pytest.mark.timeout(3600)
def test_r_a2_pages_let_in_whom_the_table_lets_in(bench: Bench, record_property: Callable[[str, object], None]) -> None:
    """R-A2: route x role equals tests/rights.toml; the short form tries tokens for a few columns only."""
    asked, wrong = cells_that_differ(bench, lambda route: not route.is_api,
                                     tokens=lambda column: HARD or column in WITH_TOKEN)
    record_property("cells", asked)
    assert not wrong, "\n".join(wrong)
