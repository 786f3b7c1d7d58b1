"""What a window keeps ahead of a time without connection: what its reader is likeliest to need, never what is secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kmsvc.core.options import put
from kmsvc.knowledge.articles.usecases import Content, edit_article
from kmsvc.operations.permissions import SET_OPTION
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.search.models import SearchEvent
from kmsvc.search.offline import INTERNAL, KEEP
from tests.builders import make_article
from tests.support.centre import Centre

Client = Callable[..., Any]


def opened(world: Centre, unit_of: str | None, article_id: int, times: int, days_ago: int = 1) -> None:
    with world.begin("system") as work:
        person = person_by_login(work.session, unit_of) if unit_of else None
        work.session.add_all(SearchEvent(
            at=world.clock() - timedelta(days=days_ago), person_id=None, unit_id=person.unit_id if person else 0, query="q", found=1,
            opened_kind="article", opened_id=article_id, acted=True) for _ in range(times))


def keys(client: Client, who: str = "agent") -> list[str]:
    return [key for key, _ in client(who).get("/search/kept/ahead").get_json()["items"]]


def test_what_the_own_unit_opens_most_stands_first_then_what_the_centre_does_and_nothing_secret(world: Centre, client: Client) -> None:
    often, seldom, elsewhere, secret, old = (make_article(world, title=title, confidentiality=level).id for title, level in (
        ("常用", "sayable"), ("少用", "internal"), ("别队", "sayable"), ("机密", "secret"), ("旧", "sayable")))
    opened(world, "agent", often, 3)
    opened(world, "agent", seldom, 1)
    opened(world, None, elsewhere, 9)
    opened(world, "agent", secret, 5)
    opened(world, "agent", old, 5, days_ago=31)
    found = client("agent").get("/search/kept/ahead")
    assert [key for key, _ in found.get_json()["items"]] == [f"article:{one}" for one in (often, seldom, elsewhere)]
    assert found.headers["Cache-Control"] == "no-store"
    assert f"article:{secret}" not in keys(client, "business_owner")


@pytest.mark.parametrize("option", [INTERNAL, KEEP])
def test_the_house_decides_what_stands_on_the_list(world: Centre, client: Client, option: Any) -> None:
    sayable, internal = (make_article(world, title=level, confidentiality=level).id for level in ("sayable", "internal"))
    opened(world, "agent", sayable, 2)
    opened(world, "agent", internal, 1)
    before = client("agent").get("/search/kept/ahead").get_json()
    with world.begin("admin") as work:
        work.permit(SET_OPTION)
        put(work.session, option, False)
    after = client("agent").get("/search/kept/ahead").get_json()
    assert [key for key, _ in after["items"]] == ([f"article:{sayable}"] if option is INTERNAL else [])
    assert len(before["items"]) == 2 and (after["mark"] != before["mark"] or not after["minutes"])


def test_only_what_changed_has_another_mark_and_other_rights_another_list(world: Centre, client: Client) -> None:
    first, second = (make_article(world, title=title) for title in ("一", "二"))
    for one in (first, second):
        opened(world, "agent", one.id, 1)
    before = client("agent").get("/search/kept/ahead").get_json()
    with world.begin("knowledge_editor") as work:
        edit_article(work, first.id, Content(title="一", body="改过。", aliases=("别名",)), publish=True, note="n")
    after = client("agent").get("/search/kept/ahead").get_json()
    old, new = dict(before["items"]), dict(after["items"])
    assert {key for key in old if old[key] != new[key]} == {f"article:{first.id}"} and before["mark"] == after["mark"]
    assert client("admin").get("/search/kept/ahead").get_json()["mark"] != after["mark"]
    got = client("agent").get(f"/search/kept/several?keys=article:{first.id},article:{second.id},article:99999,nothing:1").get_json()
    assert [(one["key"], one["version"]) for one in got["items"]] == [(key, new[key]) for key in old]
    assert got["items"][0]["also"] == "别名" and "改过" in got["items"][0]["html"]


def test_several_answers_come_cut_to_what_may_be_kept_and_bad_keys_are_refused(world: Centre, client: Client) -> None:
    article = make_article(world, body="可说。\n\n:::secret\n底线五十元。\n:::")
    secret = make_article(world, title="机密", confidentiality="secret")
    got = client("business_owner").get(f"/search/kept/several?keys=article:{article.id},article:{secret.id}").get_json()["items"]
    assert [one["key"] for one in got] == [f"article:{article.id}"]
    assert "可说" in got[0]["html"] and "底线" not in str(got)
    for bad in ("", "article", "article:x", "article:1;2", "article:9999999999"):
        assert client("agent").get(f"/search/kept/several?keys={bad}").status_code in (400, 422)
