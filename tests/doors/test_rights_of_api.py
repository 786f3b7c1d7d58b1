"""R-A1 and R-A2 for programs: each API route, each role, by cookie and by token, against the table a person can read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doors.bench import STRANGER, Bench
from tests.doors.compare import cells_that_differ
from tests.support.figures import HARD

WITH_COOKIE = {STRANGER, "suspended", "agent", "everything"}


@pytest.mark.timeout(3600)
def test_r_a2_the_api_lets_in_whom_the_table_lets_in(bench: Bench,
                                                     record_property: Callable[[str, object], None]) -> None:
    """R-A2: route x role equals tests/rights.toml, strangers and the suspended included, each as cookie and token; the
    short form tries cookies for a few columns only, as that of the pages tries tokens."""
    asked, wrong = cells_that_differ(bench, lambda route: route.is_api, tokens=lambda column: True,
                                     cookies=lambda column: HARD or column in WITH_COOKIE)
    record_property("cells", asked)
    assert not wrong, "\n".join(wrong)
