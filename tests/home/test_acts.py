"""Ctrl-K: what one may begin stands there, and Chinese names are found by their pinyin and its initials."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from pypinyin import lazy_pinyin

from kmsvc.home.acts import ACTS
from kmsvc.home.parts import PARTS
from kmsvc.knowledge.gaps.models import Gap
from kmsvc.knowledge.gaps.permissions import FOLLOW_GAPS
from kmsvc.people.accounts.usecases import change_person
from tests.support.centre import Centre


def palette(client: Callable[..., Any], login: str) -> list[dict[str, Any]]:
    text = client(login).get("/notices").get_data(as_text=True)
    block = re.search(r'<script type="application/json" id="km-actions">(.*?)</script>', text, re.DOTALL)
    assert block is not None
    found: list[dict[str, Any]] = json.loads(block[1])
    return found


@pytest.mark.parametrize(("login", "has", "lacks"), [
    ("knowledge_editor", {"/knowledge/articles/new", "/knowledge/reshapes/merge"}, {"/knowledge/proposals/new"}),
    ("agent", {"/search"}, {"/knowledge/articles/new", "/knowledge/bulletins/new", "/knowledge/figures"}),
    ("admin", {"/hooks", "/hooks/new", "/operations#backup", "/operations#index", "/operations/deliveries", "/people/accounts/new",
               "/operations/settings"}, {"/knowledge/articles/new"}),
    ("manager", {"/knowledge/figures", "/knowledge/bulletins/new"}, {"/knowledge/articles/new"}),
])
def test_only_what_a_person_may_do_stands_there_and_each_page_opens(
        world: Centre, client: Callable[..., Any], login: str, has: set[str], lacks: set[str]) -> None:
    there = {one["href"] for one in palette(client, login) if "href" in one}
    assert has <= there and not lacks & there
    for act in ACTS:
        if act.href in there:
            assert client(login).get(act.href).status_code == 200, act.href


@pytest.mark.parametrize(("typed", "href"), [
    ("webhook", "/hooks"), ("推送", "/hooks"), ("sjts", "/hooks"), ("备份", "/operations#backup"), ("backup", "/operations#backup"),
    ("ljbf", "/operations#backup"), ("新建账号", "/people/accounts/new"), ("newaccount", "/people/accounts/new"),
    ("重建", "/operations#index"), ("rebuild", "/operations#index"), ("chongjian", "/operations#index"), ("审计", "/audit"),
    ("重建索引", "/operations#index"),
    ("发件箱", "/operations/deliveries"), ("设置", "/operations/settings"), ("账号", "/people/accounts"), ("令牌", "/people/me")])
def test_an_administrator_finds_the_acts_of_operations_by_every_name(
        world: Centre, client: Callable[..., Any], typed: str, href: str) -> None:
    with world.begin("admin") as work:
        change_person(work, work.actor.person_id, language="zh_Hans_CN")
    found = [one["href"] for one in palette(client, "admin") if "href" in one
             and (typed in one["label"].lower() or any(way.startswith(typed) for way in one["also"].split(" ")))]
    assert href in found


@pytest.mark.parametrize("typed", ["知识评审", "评审记录", "年审", "61"])
def test_an_auditor_finds_the_yearly_review(world: Centre, client: Callable[..., Any], typed: str) -> None:
    with world.begin("admin") as work:
        change_person(work, world.people["auditor"], language="zh_Hans_CN")
    assert "/knowledge/reviews" in [one["href"] for one in palette(client, "auditor") if typed in one.get("also", "").split(" ")]


@pytest.mark.parametrize("typed", ["GAP-2026-0001", "gap 2026 0001", "gap2026"])
def test_a_number_leads_to_its_thing_for_who_may_see_it(world: Centre, client: Callable[..., Any], typed: str) -> None:
    with world.db.begin(world.actor("system")) as work:
        work.permit(FOLLOW_GAPS)
        work.session.add(Gap(number="GAP-2026-0001", title="宠物咬断光纤", state="open", opened_at=work.now))
    ask = {"query_string": {"q": typed}}
    found = client("knowledge_editor").get("/api/v1/search/suggest", **ask).get_json()["items"]
    assert [one["number"] for one in found] == ["GAP-2026-0001"] and found[0]["url"].startswith("/knowledge/gaps/")
    assert client("agent").get("/api/v1/search/suggest", **ask).get_json()["items"] == []


def test_sections_and_acts_are_found_by_pinyin_and_initials() -> None:
    with Path("kmsvc/translations/zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        chinese = read_po(file)
    lost = []
    for one in (*PARTS, *ACTS):
        name = str(chinese[one.label].string)
        syllables = lazy_pinyin(re.sub(r"[^\u4e00-\u9fff].*", "", name.replace("重", "虫")))  # again, never heavy
        for way in ("".join(syllables), "".join(syllable[0] for syllable in syllables)):
            if not any(spelt.startswith(way) for spelt in one.also.split(" ")):
                lost.append(f"{name} {way}")
    assert lost == []
