"""The house the tests stand in: fixtures give what they promise on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import make_article, make_change, make_process, step_of
from tests.support.centre import Centre


def test_the_small_centre_has_a_person_for_each_role(world: Centre) -> None:
    assert world.actor("process_author").roles == {"process_author"}
    assert world.actor("agent").units == {world.units["TEAM-A"], world.units["CENTRE"]}
    assert len(world.actor("everything").roles) == 15


@pytest.mark.parametrize("by", ["cookie", "token"])
def test_a_client_is_who_it_says(client: Callable, by: str) -> None:
    status, body = client("agent", by=by).call("GET", "/api/v1/people/me")
    assert (status, body["login"]) == (200, "agent")
    assert client("suspended", by=by).call("GET", "/api/v1/people/me")[0] == 401
    assert client().call("GET", "/api/v1/people/me")[0] == 401


@pytest.mark.parametrize("step", [1, 7, 15])
def test_a_change_is_played_up_to_a_step(world: Centre, step: int) -> None:
    assert step_of(world, make_change(world, step=step)) == step


def test_what_is_built_is_found(world: Centre, client: Callable) -> None:
    make_process(world, name="退款流程")
    make_article(world, title="怎样改签")
    world.drain()
    status, body = client("agent").call("GET", "/api/v1/search?q=改签")
    assert status == 200
    assert body["items"][0]["title"] == "怎样改签"
