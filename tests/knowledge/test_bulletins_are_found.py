"""A bulletin that runs stands above what is searched with its words: on the page, while typing and as JSON, for its readers alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kmsvc.knowledge.bulletins import usecases
from kmsvc.knowledge.bulletins.finding import speaks_of
from tests.knowledge.test_bulletins import correct, send
from tests.support.centre import Centre

TITLE = "城西光缆被挖断，宽带断网统一答复正在抢修"
BODY = "影响小区：**城西花园、翠苑一区**。\n\n1. 先核对客户地址"


def found(client: Callable[..., Any], words: str, who: str = "agent") -> list[str]:
    """Numbers of what JSON says runs; page and keystroke must say the same."""
    listed = [one["number"] for one in client(who).call("GET", f"/api/v1/search?q={words}")[1]["running"]]
    for address in ("/search", "/search/live"):
        page = client(who).get(f"{address}?q={words}").get_data(as_text=True).split('id="results"')[1].split("</section>")[0]
        assert [number for number in listed if number in page] == listed and page.count("data-running") == len(listed)
    return listed


@pytest.mark.parametrize("words", ["光缆被挖断", "城西断网", "断网", "城西花园", "光纜被挖斷",
                                   "翠苑一区宽带断网了什么时候好", "我家住城西花园今天早上起来宽带就断网了怎么回事"])
def test_words_of_its_title_or_text_find_it(client: Callable[..., Any], world: Centre, words: str) -> None:
    row = send(world, TITLE, body=BODY, urgency="urgent")
    assert found(client, words) == [row.number]


def test_its_number_finds_it_and_other_words_do_not(client: Callable[..., Any], world: Centre) -> None:
    row = send(world, TITLE, body=BODY)
    assert found(client, row.number) == [row.number]
    assert [found(client, words) for words in ("宽带移机要多久", "发票抬头", "客户", "网", "re")] == [[]] * 5


def test_what_was_read_is_found_still_and_what_is_over_or_not_begun_is_not(client: Callable[..., Any], world: Centre) -> None:
    row = send(world, TITLE)
    assert client("agent").post(f"/knowledge/bulletins/{row.id}/read").status_code == 303
    assert found(client, "光缆被挖断") == [row.number]
    correct(world, row, again=False, title="城北光缆已修好")
    assert found(client, "光缆已修好") == [row.number] and found(client, "被挖断") == []
    with world.begin("knowledge_editor") as work:
        usecases.end_bulletin(work, row.id, reason="修好了")
    assert found(client, "光缆已修好") == []


def test_whom_it_is_not_for_does_not_hear_of_it(client: Callable[..., Any], world: Centre) -> None:
    elsewhere = next(code for code, one in world.units.items() if one not in world.actor("agent").units)
    row = send(world, TITLE, units=(elsewhere,))
    assert found(client, "光缆被挖断") == [] and found(client, row.number) == []
    assert found(client, "光缆被挖断", "knowledge_editor") == [row.number]


def test_the_loudest_stands_first_and_three_are_enough(client: Callable[..., Any], world: Centre) -> None:
    rows = [send(world, f"{TITLE}{place}", urgency=urgency) for place, urgency in enumerate(("normal", "important", "urgent", "normal"))]
    assert found(client, "光缆被挖断") == [rows[2].number, rows[1].number, rows[3].number]


def test_a_day_in_the_past_has_no_bulletin_of_today(client: Callable[..., Any], world: Centre) -> None:
    send(world, TITLE)
    assert client("agent").call("GET", "/api/v1/search?q=断网&on=2026-01-05")[1]["running"] == []


def test_words_of_the_vocabulary_lead_to_it() -> None:
    assert not speaks_of(TITLE, BODY, "没网") and speaks_of(TITLE, BODY, "断网")
