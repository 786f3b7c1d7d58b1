"""Questions as people type them: parts of sentences, mixed and full-width text, Traditional, pinyin,
English."""

from pathlib import Path
from time import thread_time

import pytest

from kmsvc.search.documents import Reach
from kmsvc.search.engine import SearchEngine
from kmsvc.search.requests import SearchRequest
from tests.search.corpus import EVERYTHING, document, texts_of

DOCUMENTS = (
    document(1, "退费标准", "客户申请退费时，先核对订单，再按照退费标准办理。", aliases=("退钱规则",)),
    document(2, "5G套餐说明", "办理5G套餐需要实名认证，iPhone15 用户可以直接开通。", number="P-004"),
    document(3, "免责申请流程", "遇到系统故障，座席可以提交免责申请，由班组长审批。", tags=("绩效",)),
    document(
        4,
        "Refund policy",
        "Customers are refunded within seven days. Approvals come from team leaders.",
        language="en",
    ),
    document(5, "接起率考核", "接起率不低于95.7%，每月统计。", number="CR-2026-0017"),
    document(6, "重庆分中心排班", "周末轮休，节假日另行通知。"),
    document(7, "银行卡支付失败", "核实持卡人后重新发起。\n再次失败的转\n人工处理。"),
    document(8, "費用減免規則", "經理可以減免違約金，須註明原因。"),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    engine = SearchEngine(tmp_path_factory.mktemp("languages"))
    engine.rebuild(DOCUMENTS)
    return engine


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("退费", 1),
        ("按照退费标", 1),
        ("订单，再按", 1),
        ("退费 标准", 1),
        ("退钱", 1),
        ("我想问一下客户要退钱怎么办理啊，规则是什么", 1),
        ("5G套餐", 2),
        ("５Ｇ套餐", 2),
        ("5g", 2),
        ("ｉＰｈｏｎｅ15", 2),
        ("iphone 15", 2),
        ("实名认证5G", 2),
        ("免责", 3),
        ("绩效", 3),
        ("免責申請", 3),
        ("故障时座席如何免责", 3),
        ("refund", 4),
        ("REFUNDS", 4),
        ("how do I approve a refunding", 4),
        ("leader approval", 4),
        ("接起率", 5),
        ("95.7", 5),
        ("接", 5),
        ("违约金", 8),
        ("費用減免", 8),
        ("减免规则", 8),
        ("转人工", 7),
        ('"失败的转人工"', 7),
    ],
)
def test_the_wanted_article_comes_first(engine: SearchEngine, typed: str, first: int) -> None:
    result = engine.search(SearchRequest(typed, EVERYTHING), texts_of(DOCUMENTS))
    assert [hit.id for hit in result.hits][:1] == [first]
    assert result.complete


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("tfbz", 1),
        ("tuifei", 1),
        ("tui fei biao", 1),
        ("mzsq", 3),
        ("mianze", 3),
        ("cqfzx", 6),
        ("chongqing", 6),
    ]
    + [("yhk", 7), ("yinhangka", 7), ("fyjm", 8), ("jql", 5), ("zhichu", None), ("tqgz", 1)]
    + [("tuifbz", 1), ("tuifeibz", 1), ("tfeibiao", 1), ("tfby", None), ("5gtc", 2), ("5gtaocan", 2)],
)
def test_letters_find_titles_and_aliases_by_pinyin(
    engine: SearchEngine, typed: str, first: int | None
) -> None:
    found = [hit.id for hit in engine.search(SearchRequest(typed, EVERYTHING)).hits]
    assert (found[:1] or [None]) == [first]


@pytest.mark.parametrize(
    "typed", ["CR-2026-0017", "cr-2026-0017", "cr 2026 0017", "ＣＲ－２０２６－００１７", "CR20260017"]
)
def test_an_exact_number_comes_first_however_it_is_written(engine: SearchEngine, typed: str) -> None:
    result = engine.search(SearchRequest(typed, EVERYTHING), texts_of(DOCUMENTS))
    assert result.hits[0].id == 5
    assert engine.suggest(typed, EVERYTHING)[0].id == 5


def test_an_exact_number_beats_articles_that_speak_of_it(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    talk = [document(i, f"P-004 {i}", "P-004 " * 5, number=f"X-{i}") for i in range(20, 30)]
    engine.rebuild([document(2, "办理说明", "正文", number="P-004"), *talk])
    hits = engine.search(SearchRequest("P-004", EVERYTHING)).hits
    assert hits[0].id == 2
    assert len(hits) == 10


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("退", [1]),
        ("标准", [1]),
        ("tf", [1]),
        ("fbz", [1]),
        ("biaozhun", [1]),
        ("ref", [4]),
        ("pol", [4]),
        ("P-0", [2]),
    ]
    + [
        ("iaozhun", []),
        ("退钱", [1]),
        ("免責", [3]),
        ("zhongqing", [6]),
        ("5g", [2]),
        ("５ｇ", [2]),
        ("", []),
    ],
)
def test_suggestions_while_typing(engine: SearchEngine, typed: str, ids: list[int]) -> None:
    assert [s.id for s in engine.suggest(typed, EVERYTHING)][: len(ids) or 1] == ids


def test_suggestions_put_beginnings_before_middles_and_short_before_long(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    titles = ["关于退费", "退费标准说明", "退费", "退费标准", "台风应急预案"]
    engine.rebuild([document(i, title) for i, title in enumerate(titles)])
    assert [s.title for s in engine.suggest("退费", EVERYTHING)] == [
        "退费",
        "退费标准",
        "退费标准说明",
        "关于退费",
    ]
    assert [s.title for s in engine.suggest("tf", EVERYTHING, limit=3)] == [
        "退费",
        "退费标准",
        "台风应急预案",
    ]


def test_suggestions_follow_single_changes(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path, poll_s=0)
    engine.rebuild([document(i, f"工单{i}") for i in range(300)])
    for turn in range(5):
        engine.apply([document(7, f"退费标准{turn}", version=turn + 2)])
        assert [s.title for s in engine.suggest("tfbz", Reach(1))] == [f"退费标准{turn}"]
        assert all(s.id != 7 for s in engine.suggest("工单7", Reach(1), limit=400) if s.title == "工单7")
    assert len(engine.suggest("工单", Reach(1), limit=400)) == 299


def test_repetitive_names_cost_no_unbounded_time(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([document(i, "喃" * 60 + str(i)) for i in range(50)])
    for letters in ("nan" * 30, "nannannannannannanx", "n" * 60, "nnanannnanannanx"):
        started = thread_time()
        engine.suggest(letters, EVERYTHING)
        assert thread_time() - started < 0.5


def test_a_dictionary_term_is_cut_as_one_word_and_as_its_parts() -> None:
    from kmsvc.markup import cutting

    assert "免责申请" in cutting.cut("提交免责申请", parts=False)
    assert {"免责申请", "免责", "申请"} <= set(cutting.cut("提交免责申请", parts=True))
    assert "接起率" in cutting.cut("月度接起率", parts=False)
