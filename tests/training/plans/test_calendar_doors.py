"""The calendar of training as pages, file and JSON: what stands in it, what speaks against it, what is still to be planned."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from kmsvc.settings import Settings
from kmsvc.training.plans.calendar_queries import sessions_between
from kmsvc.training.plans.models import Busy, TrainingSession
from kmsvc.training.plans.permissions import MAKE_PLANS
from kmsvc.training.plans.rules import BusyKind
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.training.plans.test_plan_doors import run
from tests.training.plans.test_plans import a_plan, a_session
from tests.training.sittings.exams import make_exam

Clients = Callable[..., Caller]
PLACE = "/training/plans/calendar"


@pytest.fixture
def planned(world: Centre) -> tuple[int, str]:
    """A session tomorrow with somebody on leave at that time; its plan and its day."""
    plan, trainer = a_plan(world)
    one = a_session(world, plan, trainer, seats=1, anyway="r")
    with world.begin("operator") as work:
        work.permit(MAKE_PLANS)
        row = work.get(TrainingSession, one)
        span = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        work.session.add_all([Busy(kind=BusyKind.LEAVE, person_id=world.people["agent"], **span),
                              Busy(kind=BusyKind.PEAK, note="早高峰", **span),
                              Busy(kind=BusyKind.SHIFT, person_id=world.people["agent_b"], **span)])
        return plan, row.starts_at.astimezone(world.clock.now.tzinfo).date().isoformat()


@pytest.mark.parametrize("view", ["week", "month", "rooms", "trainers"])
def test_every_view_shows_the_session_and_what_speaks_against_it(client: Clients, planned: tuple[int, str], view: str) -> None:
    page = client("trainer").get(PLACE, query_string={"view": view, "day": planned[1]}).get_data(as_text=True)
    assert "/training/plans/sessions/" in page and "on leave" in page and "1 person without a seat" in page
    assert ("早高峰" in page and "1 on shift" in page) is (view == "week")
    elsewhere = client("trainer").get(PLACE, query_string={"view": view, "day": "2031-01-01"}).get_data(as_text=True)
    assert "on leave" not in elsewhere


def test_an_empty_place_offers_what_one_may_make_there(client: Clients, planned: tuple[int, str]) -> None:
    where = {"day": planned[1]}
    page = client("trainer").get(PLACE, query_string=where).get_data(as_text=True)
    assert f"/training/plans/sessions/new?day={planned[1]}&amp;at=13:00" in page
    assert f"/training/exams/new?opens_at={planned[1]}T13:00" in page
    looks = client("auditor").get(PLACE, query_string=where).get_data(as_text=True)
    assert "sessions/new" not in looks and "exams/new" not in looks and "/training/plans/sessions/" in looks
    assert client("agent").get(PLACE).status_code == 403


def test_filters_narrow_page_file_and_json_alike(world: Centre, client: Clients, planned: tuple[int, str]) -> None:
    make_exam(world)
    asks = client("trainer", by="token")
    since = (world.clock.today - timedelta(days=1)).isoformat()

    def items(**asked: str) -> list[dict[str, Any]]:
        found = asks.get(f"/api/v1{PLACE}", query_string={"since": since, "days": "9", **asked}).get_json()["items"]
        return sorted(found, key=lambda it: str(it["kind"]))
    exam, one = items()
    assert (exam["kind"], one["kind"]) == ("exam", "session") and items(kind="exam") == [exam]
    assert items(room=one["room"]) == [one] and items(trainer="nobody") == []
    assert "on leave" in one["against"] and one["people"] == 1
    file = client("trainer").get(PLACE, query_string={"day": planned[1], "kind": "session", "format": "csv"}).get_data(as_text=True)
    assert one["number"] in file and "EX-T" not in file
    wrong = asks.get(f"/api/v1{PLACE}", query_string={"days": "1000", "since": "x"})
    assert wrong.status_code == 422 and set(wrong.get_json()["fields"]) == {"days", "since"}


def test_the_command_line_lists_it(world: Centre, settings: Settings, planned: tuple[int, str]) -> None:
    told = run(settings, "plans", "calendar", "--since", planned[1], "--days", "1", "--as", "auditor")
    assert "TS-" in told and "! " in told and planned[1] in told
    assert json.loads(run(settings, "plans", "calendar", "--since", "2031-01-01", "--json"))["items"] == []
    assert "Traceback" not in run(settings, "plans", "calendar", "--days", "1000", status=2)


def test_a_full_week_costs_as_many_reads_as_one_session(world: Centre, planned: tuple[int, str]) -> None:
    """Review 31: what speaks against each session was read anew for each."""
    def reads() -> tuple[int, int]:
        held: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            held.append(statement)
        event.listen(world.db.engine, "before_cursor_execute", note)
        try:
            with world.look("trainer") as work:
                begins = world.clock.now
                found = list(sessions_between(work.session, work.actor, begins, begins + timedelta(days=7)))
        finally:
            event.remove(world.db.engine, "before_cursor_execute", note)
        assert all(one.against for one in found), "each is judged"
        return len(found), len(held)
    before = reads()
    trainer = _trainer(world)
    for n in range(6):
        a_session(world, planned[0], trainer, day=world.clock.today + timedelta(days=1), starts=f"09:{n + 1:02}", ends=f"1{n}:00",
                  room=f"R{n}", anyway="r")
    assert before[0] == 1 and reads() == (7, before[1])


def _trainer(world: Centre) -> int:
    with world.look("trainer") as work:
        return work.session.scalars(select(TrainingSession.trainer_id).order_by(TrainingSession.id)).first() or 0
