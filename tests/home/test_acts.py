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
    ("重建", "/operations#index"), ("rebuild", "/operations#index"), ("chongjian", "/operations#index"), ("审计", "/audit")])
def test_an_administrator_finds_the_acts_of_operations_by_every_name(
        world: Centre, client: Callable[..., Any], typed: str, href: str) -> None:
    with world.begin("admin") as work:
        change_person(work, work.actor.person_id, language="zh_Hans_CN")
    found = [one["href"] for one in palette(client, "admin") if "href" in one
             and (typed in one["label"].lower() or any(way.startswith(typed) for way in one["also"].split(" ")))]
    assert href in found


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
