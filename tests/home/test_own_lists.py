"""What I asked for and what I have not confirmed: searched, filtered in the address, paged, taken away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import do, make_change, make_process, submit
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.lists import counted, table
from tests.support.pages import problems

Client = Callable[..., Caller]


def read(client: Client, who: str, path: str) -> str:
    answer = client(who).get(path)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert not problems(page)
    return page


def test_what_i_asked_for_is_searched_and_filtered(world: Centre, client: Client) -> None:
    ids = {title: submit(world, new=True, asker="agent", title=title) for title in ("Refund form", "Billing form", "Call opening")}
    submit(world, new=True, asker="agent_b", title="Refund of others")
    do(world, "process_manager", "reject", ids["Billing form"], reason="not now")
    page = read(client, "agent", "/my/requests?q=FORM")
    assert "Refund form" in page and "Billing form" in page and "Call opening" not in page and "of others" not in page
    page = read(client, "agent", "/my/requests?q=form&state=closed")
    assert "Billing form" in page and "Refund form" not in page
    assert "Billing form" not in read(client, "agent", "/my/requests?state=open")
    assert "No request fits these filters" in read(client, "agent", "/my/requests?q=nobody")
    assert "not asked for anything yet" in read(client, "trainer", "/my/requests")
    assert client("agent").get("/my/requests?state=gossip").status_code == 422


def test_what_i_asked_for_turns_pages_open_ones_first(world: Centre, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.home.own.PAGE", 2)
    ids = [submit(world, new=True, asker="agent", title=f"wish {number}") for number in range(3)]
    do(world, "process_manager", "reject", ids[2], reason="not now")
    page = read(client, "agent", "/my/requests")
    assert page.index("wish 1") < page.index("wish 0") and "wish 2" not in page and "cursor=2" in page
    page = read(client, "agent", "/my/requests?cursor=2")
    assert "wish 2" in page and "wish 1" not in page and "cursor=4" not in page


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_i_asked_for_is_taken_away_as_it_is_filtered(world: Centre, client: Client, form: str) -> None:
    for title in ("refund form", "billing form"):
        submit(world, new=True, asker="agent", title=title)
    rows = table(client("agent").get(f"/my/requests?q=refund&format={form}"))
    assert [row[1] for row in rows] == ["Title", "refund form"]


def ask_to_confirm(world: Centre, *titles: str) -> None:
    for title in titles:
        make_change(world, step=9, process=make_process(world, name=title, unit="TEAM-A"), asker="process_manager", title=title)
        world.clock.move(days=1)
    world.drain(index=False)


def titles_of(client: Client, path: str = "/my/confirmations?format=csv") -> list[str]:
    return [row[1] for row in table(client("agent").get(path))[1:]]


def test_what_i_have_not_confirmed_is_searched_filtered_and_taken_away(world: Centre, client: Client) -> None:
    ask_to_confirm(world, "refund", "billing")
    first, second = titles_of(client)
    assert titles_of(client, "/my/confirmations?format=xlsx") == [first, second]
    page = client("agent").get("/my/confirmations", query_string={"q": second.upper()}).get_data(as_text=True)
    assert second in page and (first in second or f">{first}<" not in page)
    assert table(client("agent").get("/my/confirmations?q=nobody&format=csv"))[1:] == []
    page = read(client, "agent", "/my/confirmations?q=nobody")
    assert "Nothing to confirm fits" in page and "Everything is confirmed" not in page
    assert titles_of(client, "/my/confirmations?due=late&format=csv") == []
    world.clock.move(days=60)
    assert titles_of(client, "/my/confirmations?due=late&format=csv") == [first, second]


def test_what_i_have_not_confirmed_turns_pages_and_the_number_stays_whole(world: Centre, client: Client,
                                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    ask_to_confirm(world, "refund", "billing")
    first, second = titles_of(client)
    monkeypatch.setattr("kmsvc.home.own.PAGE", 1)
    page = read(client, "agent", "/my/confirmations")
    assert f">{first}<" in page and "1 of 2 shown" in page and "cursor=1" in page
    page = read(client, "agent", "/my/confirmations?cursor=1")
    assert f">{second}<" in page and "cursor=2" not in page


def test_every_list_of_mine_says_how_many_wait_to_be_confirmed(world: Centre, client: Client) -> None:
    ask_to_confirm(world, "refund", "billing")
    for path in ("/", "/my/requests", "/my/confirmations", "/my/confirmations?q=nobody", "/my/requests?state=closed"):
        page = read(client, "agent", path)
        tab = page.split('href="/my/confirmations"')[1].split("</a>")[0]
        assert ">2<" in tab, (path, tab)


def test_an_unfiltered_page_of_what_i_have_not_confirmed_asks_nothing_more(world: Centre, client: Client) -> None:
    ask_to_confirm(world, "refund")
    caller = client("agent")
    caller.get("/my/confirmations")
    with counted(world) as plain:
        caller.get("/my/confirmations")
    with counted(world) as filtered:
        caller.get("/my/confirmations?q=nobody")
    assert len(filtered) == len(plain) + 1, "only then the whole is counted by itself"
