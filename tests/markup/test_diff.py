"""The difference of two versions reads like an editor's marks, also in Chinese."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from kmsvc.markup.blocks import identify, split
from kmsvc.markup.diff import (
    Skipped,
    attachment_changes,
    count_changes,
    diff_blocks,
    only_changes,
    places,
    side_by_side,
)
from kmsvc.markup.tables import diff_table, rows_of
from kmsvc.markup.words import compare, new_side, old_side, tokens


def _versions(old: str, new: str):
    first = identify(split(old), [], seed="1")
    return first, identify(split(new), first, seed="2")


def test_numbers_and_words_are_marked_whole() -> None:
    parts = compare("退款原路返回，3.5个工作日内到账", "退款原路返回，15个工作日内到账")
    assert parts == [
        ("equal", "退款原路返回，"),
        ("delete", "3.5"),
        ("insert", "15"),
        ("equal", "个工作日内到账"),
    ]


def test_a_changed_chinese_word_is_not_cut_into_characters() -> None:
    parts = compare("请告知客户退款已经受理", "请告知客户退货已经受理")
    assert ("delete", "退款") in parts
    assert ("insert", "退货") in parts


def test_deletions_stand_before_insertions_and_one_letter_islands_are_folded() -> None:
    parts = compare("客服应在2小时内回电", "坐席须在24分钟内致电")
    ops = [op for op, _ in parts]
    assert all(pair != ("insert", "delete") for pair in zip(ops, ops[1:], strict=False))
    assert all(op != "equal" or len(text) > 1 for op, text in parts[1:-1])


_MIXED = st.text(alphabet="退款流程客服3.5%，。 ab\n标准|*", max_size=60)


@given(_MIXED, _MIXED)
def test_the_parts_give_back_both_texts(old: str, new: str) -> None:
    parts = compare(old, new)
    assert "".join(text for _, text in old_side(parts)) == old
    assert "".join(text for _, text in new_side(parts)) == new
    assert all(text for _, text in parts)


@given(_MIXED)
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text
    assert compare(text, text) == ([("equal", text)] if text else [])


def test_added_removed_changed_and_moved_blocks_are_told_apart() -> None:
    old = "# 退费\n\n甲段原来的文字内容\n\n乙段要被删掉\n\n丙段保持\n\n丁段保持\n\n戊段要移动位置"
    new = "# 退费\n\n戊段要移动位置\n\n甲段原来的文字内容有改\n\n丙段保持\n\n全新的一段话在这里\n\n丁段保持"
    changes = diff_blocks(*_versions(old, new))
    assert [(c.status, c.moved) for c in changes] == [
        ("same", False), ("same", True), ("changed", False), ("removed", False),
        ("same", False), ("added", False), ("same", False),
    ]  # fmt: skip
    assert count_changes(changes) == {"added": 1, "removed": 1, "changed": 1, "moved": 1}


def test_each_change_names_its_section() -> None:
    text = "序\n\n# 总则\n\n一\n\n## 范围\n\n二\n\n## 职责\n\n三\n\n# 细则\n\n四\n\n标题\n---\n\n五"
    blocks = identify(split(text), [], seed="1")
    found = {b.text: (places(blocks)[b.id].section, places(blocks)[b.id].path) for b in blocks}
    assert found["序"] == ("", ())
    assert found["二"] == ("1.1", ("总则", "范围"))
    assert found["三"] == ("1.2", ("总则", "职责"))
    assert found["四"] == ("2", ("细则",))
    assert found["五"] == ("2.1", ("细则", "标题"))


def test_only_the_changes_are_shown_with_a_neighbour_on_each_side() -> None:
    old = "\n\n".join(f"第{n}段的内容" for n in range(10))
    changes = diff_blocks(*_versions(old, old.replace("第5段的内容", "第5段的新内容")))
    shown = only_changes(changes, context=1)
    assert [s.count if isinstance(s, Skipped) else s.status for s in shown] == [
        4,
        "same",
        "changed",
        "same",
        3,
    ]


def test_two_columns_pair_old_and_new() -> None:
    pairs = side_by_side(
        diff_blocks(*_versions("一段\n\n旧的段落内容", "一段\n\n旧的段落新内容\n\n附加说明文字"))
    )
    assert [("".join(t for _, t in p.left), "".join(t for _, t in p.right)) for p in pairs] == [
        ("一段", "一段"),
        ("旧的段落内容", "旧的段落新内容"),
        ("", "附加说明文字"),
    ]


_PARAGRAPHS = st.lists(st.text(alphabet="退费标准流程客服一二三", min_size=1, max_size=9), max_size=8)


@given(_PARAGRAPHS, _PARAGRAPHS)
def test_the_changes_hold_every_block_of_both_versions_once(old: list[str], new: list[str]) -> None:
    first, second = _versions("\n\n".join(old), "\n\n".join(new))
    changes = diff_blocks(first, second)
    assert len({c.block_id for c in changes}) == len(changes)
    assert [c.block_id for c in changes if c.status != "removed"] == [b.id for b in second]
    assert {c.block_id for c in changes if c.status != "added"} == {b.id for b in first}


def test_exchanged_attachments_are_named() -> None:
    old, new = (f"![x](attachment:{letter * 64})" for letter in "ab")
    assert attachment_changes(f"一 {old}", f"二 {new}") == (["b" * 64], ["a" * 64])


def test_a_table_is_compared_cell_by_cell() -> None:
    old = "| 套餐 | 月费 |\n|---|---|\n| A | 59元 |\n| B | 79元 |\n| C | 99元 |"
    new = "| 套餐 | 月租 |\n|---|---|\n| A | 69元 |\n| C | 99元 |\n| D | 129元 |"
    rows = diff_table(old, new)
    assert [row.status for row in rows] == ["changed", "changed", "removed", "same", "added"]
    assert rows[1].cells[1] == (("delete", "59"), ("insert", "69"), ("equal", "元"))


def test_a_bar_in_a_cell_does_not_split_it() -> None:
    assert rows_of("| a \\| b | c |\n|---|---|\n| 1 | |") == [["a \\| b", "c"], ["1", ""]]


def test_two_long_rewritten_texts_are_compared_within_seconds() -> None:
    start = time.perf_counter()
    compare("退款流程说明" * 8000, "流程退货解释" * 8000)
    assert time.perf_counter() - start < 5
