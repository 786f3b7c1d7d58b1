"""Ask the service cell by cell and say where it differs from the table."""

from __future__ import annotations

from collections.abc import Callable

from tests.doors.bench import STRANGER, Bench, Route, refused, routes
from tests.doors.rights import columns_for, is_verb_page, table
from tests.support.figures import HARD

ASKS_NOBODY = {"GET /healthz", "GET /static/{filename}"}


def cells_that_differ(bench: Bench, wanted: Callable[[Route], bool], *,
                      tokens: Callable[[str], bool], cookies: Callable[[str], bool] = lambda column: True) -> tuple[int, list[str]]:
    """(how many cells were asked, a sentence for each that is wrong: another verdict than the table, or an error)."""
    asked, wrong = 0, []
    for route in routes(bench.app):
        if not wanted(route):
            continue
        allowed = table().get(route.name)
        if allowed is None:
            continue  # test_r_a1 says so
        for column in columns_for(route):
            for by in ("cookie", "token"):
                if by == "cookie" and not cookies(column):
                    continue
                if by == "token" and (column == STRANGER or not tokens(column) or (is_verb_page(route) and not HARD)):
                    continue
                asked += 1
                answer = bench.call(route, column, by)
                if answer.status_code >= 500 and answer.status_code != 503:
                    wrong.append(f"{route.name} by {column} ({by}): {answer.status_code}")
                    continue
                lets_in = column in allowed
                if (column, by) == ("suspended", "token"):  # a token that is worth nothing is refused at every door
                    lets_in = route.name in ASKS_NOBODY
                if refused(answer) == lets_in:
                    said = "lets in" if lets_in else "refuses"
                    wrong.append(f"{route.name} by {column} ({by}): the table {said}, the service says {answer.status_code}")
    return asked, wrong
