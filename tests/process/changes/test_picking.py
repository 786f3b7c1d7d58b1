"""People are picked by typing, with post and unit; research takes several units; the desk has the note beside the text."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.builders import make_change, scene
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.pages import problems

Client = Callable[..., Caller]


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """What a page looks like does not depend on the database."""
    return str(request.param)


def test_an_assistant_is_picked_by_name_with_unit_and_nobody_stands_chosen(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=3)
    caller = client("process_manager")
    page = caller.get(f"/process/changes/{change_id}/name_assistant").get_data(as_text=True)
    assert not problems(page)
    field = re.search(r'<input[^>]*name="person"[^>]*>', page)
    assert field is not None and "value=" not in field.group() and 'list="' in field.group()
    told = next(one for one in re.findall(r'<option value="([^"]+)">', page) if one.endswith("(team_leader)"))
    assert told.count(" · ") >= 1, "the unit stands beside the name"
    answer = caller.post(f"/process/changes/{change_id}/name_assistant", data={"unit": "TEAM-A", "person": told})
    assert answer.status_code == 303
    assert {row[1] for row in scene(world, change_id).assistants} == {world.people["team_leader"]}


def test_a_name_nobody_has_comes_back_as_typed(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=3)
    answer = client("process_manager").post(f"/process/changes/{change_id}/name_assistant", data={
        "unit": "TEAM-A", "person": "somebody else"})
    assert answer.status_code == 422 and 'value="somebody else"' in answer.get_data(as_text=True)
    assert not scene(world, change_id).assistants


def test_research_takes_several_units_at_once_and_stands_on_the_desk(world: Centre, client: Client) -> None:
    change_id = make_change(world, step=2)
    caller = client("process_author")
    form = caller.get(f"/process/changes/{change_id}/record_research").get_data(as_text=True)
    assert not problems(form) and form.count('type="checkbox" name="affected_unit"') >= 2
    refused = caller.post(f"/process/changes/{change_id}/record_research", data={
        "present_state": "", "affected_unit": ["TEAM-A", "TEAM-B"]})
    assert refused.status_code == 422
    assert len(re.findall(r'name="affected_unit" value="TEAM-[AB]" checked', refused.get_data(as_text=True))) == 2
    answer = caller.post(f"/process/changes/{change_id}/record_research", data={
        "present_state": "seven days today", "affected_unit": ["TEAM-A", "TEAM-B"]})
    assert answer.status_code == 303
    assert scene(world, change_id).units == {world.units["TEAM-A"], world.units["TEAM-B"]}
    other = make_change(world, step=4)
    desk = caller.get(f"/process/changes/{other}/write").get_data(as_text=True)
    assert "Research note" in desk and "今天七天内全额退款。" in desk
