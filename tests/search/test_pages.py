"""The agent's search page: live results, the answer taken apart, what is noted, and what happens without an index."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kmsvc.markup.fences import visible
from kmsvc.search.models import SearchEvent
from kmsvc.search.parting import take_apart
from tests.builders import make_article, make_process
from tests.support.centre import Centre

BODY = """前面一句。

:::say
您好，费用三到七个工作日退回。
:::

### 办理步骤
1. 核对身份：姓名加证件后四位
2. 查账单，看近六个月
3. 判断类型

| 类型 | 时限 |
| --- | --- |
| 重复扣费 | 三天 |

:::internal
班长可先行补偿。
:::

:::secret
底线是五十元。
:::
"""


def live(caller: Any, query: str) -> str:
    answer = caller.get(f"/search/live?{query}", headers={"HX-Request": "true"})
    assert answer.status_code == 200, query
    return answer.get_data(as_text=True)


def test_a_keystroke_gets_the_list_and_the_answer_of_its_first_hit(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准：宽带", summary="三到七天退回。", body=BODY, drain=True)
    page = live(client("agent"), "q=退费标准")
    assert f'data-hit="article:{article.id}"' in page
    assert "<mark>退费标准</mark>" in page
    assert f'data-answer="article:{article.id}"' in page
    say = re.search(r'<blockquote id="answer-say">(.*?)</blockquote>', page, re.S)
    assert say and "三到七个工作日" in say[1] and "补偿" not in say[1] and "底线" not in say[1]
    assert page.count('<span class="no">') == 3 and "核对身份" in page
    locked = page[page.index('<details class="locked"'):]
    assert "班长可先行补偿" in locked and "<details class=\"locked\" open" not in page
    assert "底线" not in page


def test_who_reads_secrets_is_told_of_them_and_opens_them_by_a_word_of_its_own(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", body=BODY, drain=True)
    page = live(client("business_owner"), "q=退费标准")
    assert "底线是五十元" not in page and 'action="/access/open"' in page
    assert 'action="/access/open"' not in live(client("agent"), "q=退费标准")


def test_initials_are_understood_and_said(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", body="三天", drain=True)
    page = live(client("agent"), "q=tfbz")
    assert 'data-hit="article:' in page
    assert re.search(r'id="heard"[^>]*>[^<]*<span class="strong">退费标准</span>', page)


def test_what_has_expired_is_shown_only_when_asked_for_and_says_so(client: Callable, world: Centre) -> None:
    make_article(world, title="旧活动退费", body="去年的", valid_to=world.clock.today - timedelta(days=1), drain=True)
    agent = client("agent")
    assert "data-hit" not in live(agent, "q=旧活动退费")
    page = live(agent, "q=旧活动退费&expired=1")
    assert "data-hit" in page and "st-bad" in page and "checked" in page


def test_facets_count_what_is_found_and_narrow_it(client: Callable, world: Centre) -> None:
    make_article(world, title="退费甲", category="宽带")
    make_article(world, title="退费乙", category="移动")
    make_process(world, name="退费流程", drain=True)
    agent = client("agent")
    page = live(agent, "q=退费")
    assert 'id="pick-category"' in page and "宽带 1" in page and "移动 1" in page
    narrowed = live(agent, "q=退费&category=宽带")
    assert "退费乙" not in re.sub(r"<select.*?</select>", "", narrowed, flags=re.S)
    assert "data-hit=\"process:" in live(agent, "q=退费&kind=process")


def test_an_empty_result_says_what_was_tried_and_what_is_near(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", body="三天", drain=True)
    page = live(client("agent"), "q=\"退费没有这句\"")
    assert "data-hit" not in page
    assert 'class="blank"' in page and "退费" in page


def test_r_s4_without_an_index_names_answer_with_a_notice_and_nothing_breaks(client: Callable, world: Centre) -> None:
    make_article(world, title="退费标准", body="三天退回")
    make_article(world, title="秘密退费标准", body="不说", confidentiality="secret")
    shutil.rmtree(world.settings.index_dir, ignore_errors=True)
    agent = client("agent")
    page = live(agent, "q=退费标准")
    assert "hint warn" in page and 'data-hit="article:' in page
    assert "秘密" not in page
    assert agent.get("/search?q=退费标准").status_code == 200
    assert agent.get("/").status_code == 200


def test_a_search_that_came_to_rest_is_noted_with_what_was_read(client: Callable, world: Centre) -> None:
    article = make_article(world, title="退费标准", body="三天", drain=True)
    agent = client("agent")
    answer = agent.post("/search/opened", data={"q": "tfbz", "found": "1", "kind": "article", "id": str(article.id),
                                                "filter_category": "宽带"})
    assert (answer.status_code, answer.data) == (204, b"")
    with world.look() as work:
        row = work.session.scalars(select(SearchEvent)).one()
    assert (row.query, row.found, row.opened_kind, row.opened_id, row.person_id, row.filters) == (
        "tfbz", 1, "article", article.id, world.people["agent"], {"category": "宽带"})
    assert "1 use" in live(agent, "q=退费标准") or "1" in live(agent, "q=退费标准")


@pytest.mark.parametrize("query", ["q=" + "长" * 300, "kind=" + "x" * 100, "kind=nonsense", "limit=0", "limit=100000"])
def test_r_n2_a_query_without_bound_or_sense_is_refused(client: Callable, query: str) -> None:
    assert client("agent").get(f"/search/live?{query}").status_code == 422


@pytest.mark.parametrize("address", ["/search/answer?kind=article&id=999", "/search/answer?kind=change&id=1",
                                     "/search/answer?kind=nothing&id=1"])
def test_an_answer_that_is_not_there_is_a_404(client: Callable, address: str) -> None:
    assert client("agent").get(address).status_code == 404


@pytest.mark.parametrize("door", ["/search", "/search/live?q=x", "/search/answer?kind=article&id=1"])
def test_a_stranger_is_sent_to_sign_in(client: Callable, door: str) -> None:
    assert client().get(door).status_code == 303
    assert client().post("/search/opened", data={"q": "x"}).status_code in (303, 401)


LINES = st.lists(st.sampled_from([
    "一句话。", ":::say", ":::internal", ":::secret", ":::", ":::什么", "", "1. 甲：乙", "2. 丙，丁", "### 步骤", "- x",
    "| a | b |",
    "| --- | --- |", "**粗** 与 `码`", "> 引"]), max_size=25).map("\n".join)


@given(body=LINES, level=st.sampled_from([1, 2, 3]))
def test_taking_a_text_apart_keeps_what_is_locked_out_of_what_is_said(body: str, level: int) -> None:
    marked = body.replace(":::secret", ":::secret\nqzsecret").replace(":::internal", ":::internal\nqzinternal")
    marked = marked.replace(":::什么", ":::什么\nqzsecret")
    parts = take_apart(visible(marked, level))
    said = parts.script + parts.rest + parts.steps_title + "".join(a + b for a, b in parts.steps)
    assert "qzsecret" not in said and "qzinternal" not in said
    if level < 3:
        assert "qzsecret" not in parts.locked
    if level < 2:
        assert "qzinternal" not in parts.locked


def test_a_long_or_rich_list_is_no_row_of_steps_and_nothing_is_lost() -> None:
    rich = "1. 看[链接](/files/3)\n2. 然后"
    assert take_apart(rich).steps == ()
    assert "链接" in take_apart(rich).rest
    many = "\n".join(f"{n}. 第{n}步" for n in range(1, 15))
    assert take_apart(many).steps == () and take_apart(many).rest.count("步") == 14
    assert take_apart("1. 核对身份：看证件。\n2. 结束").steps == (("核对身份", "看证件。"), ("结束", ""))


def test_a_heading_does_not_stand_alone_when_what_it_heads_was_lifted_out() -> None:
    parts = take_apart("## 一句话答案\n\n:::say\n三天到账。\n:::\n\n## 步骤\n\n1. 核对身份\n2. 查账单\n\n"
                       "## 条件\n\n### 细则\n\n线上渠道。\n\n## 内部\n\n"
                       ":::internal\n班长可补偿。\n:::\n")
    assert (parts.script, parts.steps_title, parts.rest) == ("三天到账。", "步骤", "## 条件\n\n### 细则\n\n线上渠道。")
