"""The record in fifteen rows: how long in units people use, what was decided, records by their names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from kmsvc.process.changes.view import days_text
from tests.builders import do, make_change, play
from tests.support.centre import Centre
from tests.support.clients import Caller

Client = Callable[..., Caller]


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a table says does not depend on the database."""
    return str(request.param)


@pytest.mark.parametrize(("stood", "said"), [
    (timedelta(seconds=10), "less than a minute"), (timedelta(minutes=1), "1 minute"), (timedelta(minutes=35), "35 minutes"),
    (timedelta(hours=3), "3 hours"), (timedelta(hours=36), "36 hours"), (timedelta(days=4, hours=2), "4 days")])
def test_a_length_of_time_is_told_in_its_unit(client: Client, stood: timedelta, said: str) -> None:
    with client("agent").application.test_request_context(headers={"Cookie": "km-language=en"}):
        assert days_text(stood / timedelta(days=1)) == said


def test_the_table_says_verdicts_results_names_and_both_kinds_of_time(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=5)
    do(world, "team_leader", "give_verdict", change_id, verdict="needs_change", remark="shorter")
    world.clock.move(days=14)
    play(world, change_id, to=11)
    today = world.clock.today
    for contact, result in (("call 11", "followed"), ("call 12", "not_followed"), ("call 13", "not_applicable")):
        do(world, "qa_inspector", "record_sample", change_id, contact=contact, contacted_on=today, result=result, note="seen")
    page = client("auditor").get(f"/process/changes/{change_id}?tab=record").get_data(as_text=True)
    for word in ("Needs changes", "Agrees", "Not followed", "Not applicable", "Sample call 12", "14 days",
                 "working days"):
        assert word in page, word
    rows = list(csv.DictReader(io.StringIO(client("auditor").get(
        f"/process/changes/{change_id}/record.csv").get_data().decode("utf-8-sig"))))
    review, check = rows[4], rows[10]
    assert "Needs changes × 1" in review["Decision"] and "Agrees × 1" in review["Decision"]
    assert review["How long"] == "14 days" and review["Minutes"] == str(14 * 1440) and 8 <= int(review["Working days"]) <= 10
    assert "Not followed × 1" in check["Decision"]
    assert check["Records"].splitlines() == ["Sample call 11 (Followed)", "Sample call 12 (Not followed)",
                                             "Sample call 13 (Not applicable)"]
    assert "(Not followed)" in check["Everything done in this step, with comments"]
