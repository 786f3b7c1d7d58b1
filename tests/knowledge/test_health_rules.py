"""What is a sign and what is not, what counts as healthy, what a text points to, which texts are alike: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kmsvc.knowledge.health import rules, texts
from kmsvc.knowledge.health.rules import Cited, Facts, HealthSign, Limits, Use

DAY = date(2026, 3, 2)
WELL = Facts(article_id=1, version_id=7, published=True, follows=False, owner_id=3, owner_there=True,
             written_on=DAY - timedelta(days=50), shown_on=DAY - timedelta(days=50), review_on=DAY + timedelta(days=100),
             use=Use(3, 0, DAY))
TEXT = ("客户要求退费时，先核对账单，再看扣费日期和支付方式。七天以内的全额退回原支付账户，超过七天的转班长审批。银行卡已注销的，"
        "请客户提供本人名下新卡，并把工单备注改为改账户。赠送的话费和活动返还金不在可退范围，账单里标有赠字的就是。"
        "重复扣费按故障单核实，未使用的预存款要先结清当月费用，设备押金从检测合格次日起算。")


def signs(facts: Facts) -> list[str]:
    return [str(one.sign) for one in rules.judged(facts, DAY, Limits())]


def test_an_article_that_is_well_shows_nothing() -> None:
    assert signs(WELL) == []
    assert rules.is_healthy([]) and rules.is_healthy(["unused", "review_soon"]) and not rules.is_healthy(["unused", "again"])


@pytest.mark.parametrize(("change", "sign", "figure"), [
    ({"review_on": DAY - timedelta(days=1)}, "review_late", 1),
    ({"review_on": DAY}, "review_soon", 0),
    ({"review_on": DAY + timedelta(days=30)}, "review_soon", 30),
    ({"review_on": None}, "no_review", 1),
    ({"valid_to": DAY - timedelta(days=2)}, "expired", 2),
    ({"owner_there": False}, "no_owner", 1),
    ({"dead": (("article", "4"), ("file", "9"))}, "dead_link", 2),
    ({"cited": (Cited(5, "P-005", "2.0", DAY - timedelta(days=10)),)}, "moved", 1),
    ({"cited": (Cited(5, "P-005", "2.0", DAY - timedelta(days=400), "1.0"),)}, "behind", 1),
    ({"feedback": 2}, "feedback", 2),
    ({"helpful": 1, "unhelpful": 3}, "low_rated", 25),
    ({"gaps": ("GAP-2026-0001",)}, "gap", 1),
    ({"use": Use(5, 2, DAY)}, "again", 40),
    ({"use": Use(0, 0, None), "shown_on": DAY - timedelta(days=90)}, "unused", 90),
    ({"draft_on": DAY - timedelta(days=30)}, "draft", 30),
    ({"twins": ((2, 80), (3, 91))}, "duplicate", 91),
])
def test_each_sign_by_itself(change: dict, sign: str, figure: int) -> None:
    [seen] = rules.judged(replace(WELL, **change), DAY, Limits())
    assert (str(seen.sign), seen.figure) == (sign, figure) and seen.key != "" and len(seen.key) <= 120


@pytest.mark.parametrize("change", [
    {"review_on": DAY + timedelta(days=31)}, {"valid_to": DAY}, {"use": Use(4, 4, DAY)}, {"use": Use(10, 3, DAY)},
    {"cited": (Cited(5, "P-005", "2.0", DAY - timedelta(days=50)),)},
    {"cited": (Cited(5, "P-005", "2.0", DAY, "2.0"),)},
    {"helpful": 0, "unhelpful": 2}, {"helpful": 2, "unhelpful": 2},
    {"use": Use(0, 0, None), "shown_on": DAY - timedelta(days=89)},
    {"use": Use(1, 0, DAY - timedelta(days=89)), "shown_on": DAY - timedelta(days=400)},
    {"draft_on": DAY - timedelta(days=29)}, {"follows": True, "review_on": None}])
def test_one_day_or_one_word_less_is_no_sign(change: dict) -> None:
    assert signs(replace(WELL, **change)) == []


def test_a_draft_nobody_reads_shows_only_that_it_lies_there_and_who_is_missing() -> None:
    lying = replace(WELL, published=False, draft_on=DAY - timedelta(days=60), owner_there=False, review_on=DAY - timedelta(days=9),
                    valid_to=DAY - timedelta(days=9), dead=(("file", "1"),), gaps=("GAP-2026-0001",))
    assert signs(lying) == ["draft", "no_owner"]


def test_the_key_changes_with_what_the_sign_was_seen_on() -> None:
    late = replace(WELL, review_on=DAY - timedelta(days=1))
    [one], [next_day] = rules.judged(late, DAY, Limits()), rules.judged(late, DAY + timedelta(days=1), Limits())
    assert one.key == next_day.key and one.figure != next_day.figure
    behind = replace(WELL, cited=(Cited(5, "P-005", "2.0", DAY),))
    [old], [new] = (rules.judged(replace(behind, cited=(Cited(5, "P-005", version, DAY),)), DAY, Limits()) for version in ("2.0", "3.0"))
    assert old.key != new.key
    [written] = rules.judged(replace(behind, version_id=8), DAY, Limits())
    assert written.key != old.key


def test_a_share_is_a_hundred_only_when_all_are_healthy() -> None:
    assert [rules.share(*pair) for pair in ((0, 0), (0, 5), (999, 1000), (1000, 1000))] == [None, 0, 99, 100]
    assert set(rules.GRAVITY) == set(HealthSign)


def test_what_a_text_points_to_is_read_from_it() -> None:
    body = ("见[退费](/knowledge/articles/12)和[流程](/process/definitions/4/versions/2)，附件[表](/files/9)，"
            f"![图](attachment:{'A' * 64})。来源：《退费》P-004 V1.2，KB-0412；也见 https://x.test/knowledge/articles/12a")
    assert {(kind, what, label) for kind, what, label in texts.links_of(body)} == {
        ("article", "12", None), ("process", "4", None), ("file", "9", None), ("sha", "a" * 64, None),
        ("number", "P-004", "1.2"), ("number", "KB-0412", None)}


def test_texts_that_differ_in_a_word_are_alike_and_others_are_not() -> None:
    other = "宽带师傅上门前一天会来电确认时间，改期请在上午十点前告知；设备由师傅带来，旧光猫要收回登记编号，并请客户签字。" * 3
    sketches = {3: texts.sketch_of("退费标准", TEXT), 1: texts.sketch_of("退费规定", TEXT), 2: texts.sketch_of("装机", other)}
    assert None not in sketches.values()
    [(one, two, likeness)] = texts.alike({key: sketch for key, sketch in sketches.items() if sketch}, 0.75)
    assert (one, two) == (1, 3) and 75 <= likeness <= 100
    assert texts.sketch_of("短", "太短") is None and list(texts.alike({}, 0.75)) == []


def test_a_crowd_of_equals_costs_no_more_than_its_neighbours() -> None:
    sketch = texts.sketch_of("退费标准", TEXT)
    assert sketch is not None
    found = list(texts.alike(dict.fromkeys(range(1, 301), sketch), 0.75))
    assert len(found) == 299 and all(likeness == 100 for _, _, likeness in found)
