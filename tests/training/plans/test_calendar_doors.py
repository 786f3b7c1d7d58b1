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
    reads()  # names of people and units are kept from now on
    before = reads()
    trainer = _trainer(world)
    for n in range(6):
        a_session(world, planned[0], trainer, day=world.clock.today + timedelta(days=1), starts=f"09:{n + 1:02}", ends=f"1{n}:00",
                  room=f"R{n}", anyway="r")
    assert before[0] == 1 and reads() == (7, before[1])


def test_it_is_narrowed_to_a_team_or_a_course_and_the_address_keeps_it(client: Clients, planned: tuple[int, str]) -> None:
    asks = client("trainer", by="token")

    def items(**asked: str) -> list[dict[str, Any]]:
        return list(asks.get(f"/api/v1{PLACE}", query_string={"since": planned[1], **asked}).get_json()["items"])
    one, = items()
    assert len(one["teams"]) == 1 and items(team=one["teams"][0]) == [one] and items(team="elsewhere") == []
    assert one["course"] is None and items(course="none such") == []
    page = client("trainer").get(PLACE, query_string={"day": planned[1], "team": one["teams"][0], "view": "month"})
    assert page.status_code == 200 and "/training/plans/sessions/" in page.text
    assert page.text.count("&amp;team=") + page.text.count("team=" + one["teams"][0]) > 2, "earlier, later and the views keep it"
    assert one["url"] not in client("trainer").get(PLACE, query_string={"day": planned[1], "team": "x"}).text


def test_a_session_moves_with_the_version_that_was_seen_and_back(world: Centre, client: Clients, planned: tuple[int, str]) -> None:
    """What the calendar does by drag and keys, as a program does it."""
    asks = client("trainer", by="token")
    one, = asks.get(f"/api/v1{PLACE}", query_string={"since": planned[1]}).get_json()["items"]
    held = one["moves"]
    spot = {"day": planned[1], "starts": "09:30", "ends": "11:30", "room": one["room"]}
    said = asks.get(f"/api/v1{PLACE}/against/{held['id']}", query_string=spot).get_json()
    assert "on leave" in said["against"][0] and said["refused"] is None
    free = spot | {"starts": "13:00", "ends": "15:00"}
    assert asks.get(f"/api/v1{PLACE}/against/{held['id']}", query_string=free).get_json() == {"against": [
        said["against"][-1]] if "seats" in said["against"][-1] else [], "refused": None}
    late = free | {"day": (world.clock.today + timedelta(days=300)).isoformat()}
    assert "#79" in asks.get(f"/api/v1{PLACE}/against/{held['id']}", query_string=late).get_json()["refused"]
    wrong = asks.get(f"/api/v1{PLACE}/against/{held['id']}", query_string=free | {"ends": "12:00"})
    assert wrong.status_code == 422 and set(wrong.get_json()["fields"]) == {"ends"}
    assert client("auditor", by="token").get(f"/api/v1{PLACE}/against/{held['id']}", query_string=free).status_code == 403
    seen = client("auditor", by="token").get(f"/api/v1{PLACE}", query_string={"since": planned[1]}).get_json()["items"][0]
    assert seen["moves"] is None
    body = free | {"seats": held["seats"], "trainer": held["trainer_id"], "reason": "r",
                   "anyway": "all the same"}
    place = f"/api/v1/training/plans/sessions/{held['id']}/edit"
    moved = asks.post(place, json=body, headers={"If-Match": f'"{held["version"]}"'})
    assert moved.status_code == 200
    stale = asks.post(place, json=body | {"starts": "14:00", "ends": "16:00"}, headers={"If-Match": f'"{held["version"]}"'})
    assert stale.status_code in (409, 412), "somebody else moved it first"
    page = client("trainer").get(PLACE, query_string={"day": planned[1]}).text
    assert f'data-move="{held["id"]}"' in page and 'data-starts="13:00"' in page and f"/sessions/{held['id']}/edit" in page
    assert "data-move=" not in client("auditor").get(PLACE, query_string={"day": planned[1]}).text


def _trainer(world: Centre) -> int:
    with world.look("trainer") as work:
        return work.session.scalars(select(TrainingSession.trainer_id).order_by(TrainingSession.id)).first() or 0
