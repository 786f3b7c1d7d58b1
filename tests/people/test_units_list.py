"""Units and posts on one page: searched, filtered in the address, each with its pages, taken away together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.lists import table
from tests.support.pages import problems

Client = Callable[..., Caller]
HERE = "/people/units"


@pytest.fixture
def admin(client: Client) -> Caller:
    caller = client("admin")
    for path, code, name in (("units", "NIGHT", "Night team"), ("units", "OLD", "Old team"), ("posts", "LEAD", "Shift leader"),
                             ("posts", "NIGHTLEAD", "Leader at night")):
        assert caller.call("POST", f"/api/v1/people/{path}", {"code": code, "name": name})[0] == 201
    caller.call("POST", "/api/v1/people/units", {"code": "OLD", "name": "Old team", "closed": True, "reason": "merged"})
    return caller


def codes(caller: Caller, query: str, form: str = "csv") -> list[str]:
    return [row[1] for row in table(caller.get(f"{HERE}?{query}&format={form}"))[1:]]


def test_units_and_posts_are_searched_and_filtered_and_taken_away(world: Centre, admin: Caller) -> None:
    assert codes(admin, "q=NIGHT") == codes(admin, "q=night", "xlsx") == ["NIGHT", "NIGHTLEAD"]
    assert codes(admin, "state=closed") == ["OLD"] and "OLD" not in codes(admin, "state=open")
    page = admin.get(f"{HERE}?q=night").get_data(as_text=True)
    assert "Night team" in page and "Leader at night" in page and "Old team" not in page and "Shift leader" not in page
    assert not problems(page)
    page = admin.get(f"{HERE}?q=nobody").get_data(as_text=True)
    assert "No unit fits" in page and "No post fits" in page
    rows = table(admin.get(f"{HERE}?q=Night+team&format=csv"))
    assert rows[1] == ["Unit", "NIGHT", "Night team", "CENTRE", "0", "open"]


def test_each_of_the_two_lists_turns_its_own_pages(world: Centre, admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.people.units.pages.PAGE", 1)
    page = admin.get(f"{HERE}?q=night").get_data(as_text=True)
    assert "Night team" in page and "cursor=1" not in page, "one unit fits"
    page = admin.get(HERE).get_data(as_text=True)
    assert "cursor=1" in page and "posts=1" in page and "Shift leader" in page and "Leader at night" not in page
    page = admin.get(f"{HERE}?posts=1").get_data(as_text=True)
    assert "Leader at night" in page and "Shift leader" not in page and "posts=2" not in page


def test_a_refused_form_stands_open_though_its_row_was_on_another_page(world: Centre, admin: Caller,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.people.units.pages.PAGE", 1)
    answer = admin.post(HERE, data={"code": "NIGHT", "name": "My words", "known": "1", "version": "99"})
    assert answer.status_code == 409 and 'value="My words"' in answer.get_data(as_text=True)
