"""Units and posts that are no longer there: closed, offered nowhere, opened again."""

from __future__ import annotations

from collections.abc import Callable

from kmsvc.people.accounts.usecases import change_person
from kmsvc.process.changes import scenes
from kmsvc.process.changes.models import Change
from tests.builders import submit
from tests.support.centre import Centre

UNITS, POSTS = "/api/v1/people/units", "/api/v1/people/posts"


def test_an_empty_unit_is_closed_and_offered_nowhere_until_it_is_opened_again(client: Callable, world: Centre) -> None:
    admin = client("admin")
    assert admin.call("POST", UNITS, {"code": "NIGHT", "name": "Night team"})[0] == 201
    answer = admin.post("/people/units", data={"code": "NIGHT", "name": "Night team", "known": "1", "closed": "true",
                                               "reason": "dissolved"})
    assert answer.status_code == 303
    row = next(one for one in admin.call("GET", UNITS)[1]["items"] if one["code"] == "NIGHT")
    assert row["closed_at"]
    assert 'value="NIGHT"' not in admin.get("/people/accounts/new").get_data(as_text=True)
    change_id = submit(world)
    with world.look() as work:
        change = work.get(Change, change_id)
        offered = scenes.moment(work.session, change, scenes.scene_of(work.session, change), work.actor)["units"]
    assert "NIGHT" not in {code for code, _name in offered}
    person = world.people["agent"]
    assert admin.call("POST", f"/api/v1/people/accounts/{person}/edit", {"unit": "NIGHT"})[0] == 422
    assert admin.call("POST", UNITS, {"code": "NIGHT-2", "name": "Below", "parent": "NIGHT"})[0] == 422
    assert admin.call("POST", UNITS, {"code": "NIGHT", "name": "Night team", "closed": False})[0] == 201
    assert admin.call("POST", f"/api/v1/people/accounts/{person}/edit", {"unit": "NIGHT"})[0] == 200


def test_a_unit_with_people_or_units_below_and_the_centre_stay(client: Callable) -> None:
    admin = client("admin")
    assert admin.call("POST", UNITS, {"code": "UP", "name": "Up"})[0] == 201
    assert admin.call("POST", UNITS, {"code": "DOWN", "name": "Down", "parent": "UP"})[0] == 201
    for code, why in (("TEAM-A", "people.unit.people"), ("UP", "people.unit.below"), ("CENTRE", "people.unit.root")):
        status, told = admin.call("POST", UNITS, {"code": code, "name": code, "closed": True, "reason": "x"})
        assert (status, told["code"]) == (409, why)
    answer = admin.post("/people/units", data={"code": "UP", "name": "Up", "known": "1", "closed": "true", "reason": "my words"})
    assert answer.status_code == 409 and "my words" in answer.get_data(as_text=True)


def test_a_post_that_people_hold_stays_and_another_is_closed(client: Callable, world: Centre) -> None:
    admin = client("admin")
    for code in ("LEAD", "OLD"):
        assert admin.call("POST", POSTS, {"code": code, "name": code})[0] == 201
    with world.begin("operator") as work:
        change_person(work, world.people["agent"], post="LEAD")
    assert admin.call("POST", POSTS, {"code": "LEAD", "name": "LEAD", "closed": True})[1]["code"] == "people.post.people"
    assert admin.call("POST", POSTS, {"code": "OLD", "name": "OLD", "closed": True, "reason": "merged"})[0] == 201
    page = admin.get("/people/accounts/new").get_data(as_text=True)
    assert 'value="LEAD"' in page and 'value="OLD"' not in page
    page = admin.get("/people/units").get_data(as_text=True)
    assert "OLD" in page


def test_the_lists_have_pages_like_every_other(client: Callable) -> None:
    agent = client("agent")
    whole = agent.call("GET", UNITS)[1]["items"]
    first = agent.call("GET", f"{UNITS}?limit=1")[1]
    second = agent.call("GET", f"{UNITS}?limit=200&cursor={first['next']}")[1]
    assert first["items"] + second["items"] == whole and second["next"] is None
    for path in (f"{UNITS}?limit=201", f"{POSTS}?limit=0", f"{UNITS}?cursor=x", f"{POSTS}?nonsense=1"):
        assert agent.call("GET", path)[0] == 422, path
