"""What somebody nearly typed, what nobody wrote about, and requests: found on the search page, or said to be only nearest."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kmsvc.process.changes.usecases import submit_change
from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.queries import ask
from kmsvc.search.requests import SearchRequest
from tests.builders import make_article
from tests.search.corpus import EVERYTHING, document, texts_of
from tests.support.centre import Centre
from tests.support.clients import Caller

Client = Callable[..., Caller]
OTHERS = [document(i, title) for i, title in enumerate(
    ("宽带移机", "发票补开流程", "套餐变更", "账单查询", "投诉升级", "会员权益", "国际漫游", "手机解锁"), 50)]


def engine_of(folder: Path, *documents: object) -> SearchEngine:
    engine = SearchEngine(folder)
    engine.rebuild([*documents, *OTHERS])  # type: ignore[list-item]
    return engine


@pytest.mark.parametrize("typed", ["tuifie", "tuifeibiaozun", "tuifeibiaozhnu", "tui fei bioazhun", "tuifeebiaozhun"])
def test_one_slip_in_the_letters_is_forgiven(tmp_path: Path, typed: str) -> None:
    engine = engine_of(tmp_path, document(1, "退费标准"))
    found = engine.search(SearchRequest(typed, EVERYTHING))
    assert [hit.id for hit in found.hits][:1] == [1] and found.slipped and not found.weak
    assert engine.suggest(typed, EVERYTHING)[0].id == 1


def test_spaced_syllables_may_leave_some_out(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, document(1, "退费到账时限"))
    assert [hit.id for hit in engine.search(SearchRequest("tui fei shixian", EVERYTHING)).hits] == [1]
    assert engine.search(SearchRequest("shixian tui fei", EVERYTHING)).hits == ()


@pytest.mark.parametrize("typed", ["xyzqwk", "tuif", "qqqqqqqq", "a" * 60])
def test_letters_that_are_near_nothing_stay_without_a_hit(tmp_path: Path, typed: str) -> None:
    engine = engine_of(tmp_path, document(1, "退货标准", level=1))
    found = engine.search(SearchRequest(typed, EVERYTHING))
    assert not found.slipped


def test_r_s1_a_slip_leads_to_no_name_the_reader_may_not_see(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, document(1, "退费标准", level=3))
    found = engine.search(SearchRequest("tuifie", Reach(1)))
    assert found.hits == () and not found.slipped and engine.suggest("tuifie", Reach(1)) == ()


def test_a_question_about_another_world_is_weak_and_a_spoken_one_is_not(tmp_path: Path) -> None:
    others = [document(i, f"其他{i}", "在的客户完全明白了") for i in range(10, 30)]
    engine = engine_of(tmp_path, document(1, "宽带断线退费", "宽带断了可以退费"), *others)
    assert engine.search(SearchRequest("完全不存在的东西xyzq", EVERYTHING)).weak
    assert not engine.search(SearchRequest("客户说宽带断了想要退费", EVERYTHING)).weak
    assert not engine.search(SearchRequest("退费", EVERYTHING)).weak


def test_letters_mark_the_characters_they_spell(tmp_path: Path) -> None:
    one = document(1, "关于退费：标准<b>")
    engine = engine_of(tmp_path, one)
    for typed, marked in (("tuifei", "退费"), ("tfbz", "退费：标准"), ("tuif", "退费"), ("gytf", "关于退费")):
        title = engine.search(SearchRequest(typed, EVERYTHING), texts_of([one, *OTHERS])).hits[0].title
        assert f"<mark>{marked}</mark>" in title and "<b>" not in title, title


def test_a_short_title_that_is_the_question_comes_before_a_series_of_longer_ones(tmp_path: Path) -> None:
    series = [document(i, f"退费进度查询：{name}", "退费 退费 退费 退费到了")
              for i, name in enumerate(("已发起", "审核中", "银行处理"), 2)]
    documents = [document(1, "退费标准", "三天"), *series]
    engine = engine_of(tmp_path, *documents)
    found = engine.search(SearchRequest("退费", EVERYTHING), texts_of([*documents, *OTHERS]))
    assert 1 in [hit.id for hit in found.hits][:2]
    exact = engine.search(SearchRequest("退费进度查询", EVERYTHING), texts_of([*documents, *OTHERS]))
    assert {hit.id for hit in exact.hits[:3]} == {2, 3, 4}


def submit(world: Centre) -> str:
    with world.begin("business_owner") as work:
        return submit_change(work, title="缩短退费时限", reason="客户投诉", today=world.clock.today, new_process={
            "name": "退费", "group": "external", "class": "business"}).number


def test_requests_are_found_on_the_search_page_by_a_begun_number_and_by_title(client: Client, world: Centre) -> None:
    number = submit(world)
    make_article(world, title="退费时限", drain=True)
    for typed in ("cr" + number[3:7], number.lower(), number.replace("-", " "), "缩短退费"):
        page = client("process_manager").get(f"/search?q={typed}").get_data(as_text=True)
        assert number in page and "/process/changes/" in page, typed
    page = client("process_manager").get("/search?q=缩短退费&kind=change").get_data(as_text=True)
    assert number in page and re.search(r'<option value="change" selected', page)
    answer = client("process_manager").get("/search/answer?kind=change&id=1")
    assert answer.status_code == 200 and number in answer.get_data(as_text=True)


def test_nonsense_gets_no_results_but_what_is_nearest(client: Client, world: Centre) -> None:
    for i in range(6):
        make_article(world, title=f"怎样改签{i}", body="完全可以改签，在的时候办理。", drain=i == 5)
    page = client("agent").get("/search?q=完全不存在的东西xyzq").get_data(as_text=True)
    assert 'data-total="0"' in page and "Nothing holds" in page and "Nearest" in page and "怎样改签" in page


def test_what_is_not_for_the_reader_is_not_among_the_nearest(world: Centre) -> None:
    make_article(world, title="密钥", body="完全可以改签，在的时候办理。", confidentiality="secret", drain=True)
    with world.look("agent") as work:
        answer = ask(work.session, world.engine, work.actor, text="完全不存在的东西xyzq", on=date(2026, 3, 2), lag_s=0)
    assert answer.items == [] and list(answer.nearest) == []


def test_a_long_story_with_the_words_of_an_answer_is_not_weak(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, document(1, "保单复效", "扣款失败致保单失效的，补缴保费可申请复效。"))
    story = "那年隔壁老王硬拉我买了份东西，后来搬家换卡，钱没划成我压根不知道，昨天翻抽屉才看见"
    assert not engine.search(SearchRequest(story + "保单失效，还能补缴不", EVERYTHING)).weak
    assert engine.search(SearchRequest(story + "补缴", EVERYTHING)).weak
