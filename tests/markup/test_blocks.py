"""A paragraph keeps its id through edits and moves, and no id is ever given twice."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.markup.blocks import Block, identify, join, split

TEXT = (
    "# 退费\n\n三个工作日内到账。\n第二行\n- 甲\n- 乙\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "> 引\n\n```\n# 不是标题\n```\n\n---\n\n:::secret 额度\n一\n\n二\n:::\n\n[r]: /x\n\n末段"
)


def test_a_text_falls_into_its_blocks_and_loses_nothing() -> None:
    blocks = split(TEXT)
    assert [b.kind for b in blocks] == [
        "heading", "paragraph", "list", "table", "quote", "code", "rule", "container", "definition",
        "paragraph",
    ]  # fmt: skip
    assert [b.ordinal for b in blocks] == list(range(10))
    assert [b.level for b in blocks if b.level] == [3]
    assert "".join(join(blocks).split()) == "".join(TEXT.split())


@given(st.text(alphabet="ab #->|`:\n*[]()1.退", max_size=80))
def test_no_visible_character_is_lost_by_splitting(text: str) -> None:
    assert "".join(join(split(text)).split()) == "".join(text.split())


def test_an_edited_paragraph_keeps_its_id_and_a_new_one_gets_another() -> None:
    first = identify(split(TEXT), [], seed="1")
    edited = TEXT.replace("三个工作日", "五个工作日").replace("> 引", "> 引\n\n一段全新的文字")
    second = identify(split(edited), first, seed="2")
    old_ids = [b.id for b in first]
    assert [b.id for b in second if b.text != "一段全新的文字"] == old_ids
    assert next(b.id for b in second if b.text == "一段全新的文字") not in old_ids


def test_a_rewritten_paragraph_is_a_new_one() -> None:
    first = identify(split("客户致电要求退款"), [], seed="1")
    second = identify(split("宽带安装预约改期办法"), first, seed="2")
    assert second[0].id != first[0].id


def test_a_moved_and_slightly_edited_paragraph_is_still_the_same() -> None:
    first = identify(split("甲段说的是退费的标准与期限\n\n乙\n\n丙\n\n丁"), [], seed="1")
    second = identify(split("乙\n\n丙\n\n丁\n\n甲段说的是退费的标准和期限"), first, seed="2")
    assert second[-1].id == first[0].id


def test_a_deleted_id_does_not_come_back_with_the_same_words() -> None:
    first = identify(split("甲\n\n乙"), [], seed="1")
    second = identify(split("甲"), first, seed="2")
    third = identify(split("甲\n\n乙"), second, seed="1", taken={b.id for b in first})
    assert third[0].id == first[0].id
    assert third[1].id != first[1].id


_WORDS = st.text(alphabet="退费标准流程客服热线宽带一二三四五六七八九十abc", min_size=1, max_size=12)
_TEXTS = st.lists(_WORDS, min_size=1, max_size=12, unique=True)


def _blocks(texts: list[str]) -> list[Block]:
    return [Block("paragraph", text, ordinal) for ordinal, text in enumerate(texts)]


@given(st.lists(_WORDS, max_size=12), st.lists(_WORDS, max_size=12))
def test_ids_are_unique_and_the_same_texts_give_the_same_ids(old: list[str], new: list[str]) -> None:
    first = identify(_blocks(old), [], seed="1")
    second = identify(_blocks(new), first, seed="2")
    for version in (first, second):
        assert len({b.id for b in version}) == len(version)
    assert identify(_blocks(new), first, seed="2") == second
    assert [b.id for b in identify(_blocks(old), first, seed="3")] == [b.id for b in first]


@given(_TEXTS, st.data())
def test_inserting_one_block_leaves_all_other_ids(texts: list[str], data: st.DataObject) -> None:
    first = identify(_blocks(texts), [], seed="1")
    place = data.draw(st.integers(0, len(texts)))
    second = identify(_blocks([*texts[:place], "插入的一段", *texts[place:]]), first, seed="2")
    assert [b.id for i, b in enumerate(second) if i != place] == [b.id for b in first]
    assert second[place].id not in {b.id for b in first}


@given(_TEXTS, st.data())
def test_deleting_one_block_leaves_all_other_ids(texts: list[str], data: st.DataObject) -> None:
    first = identify(_blocks(texts), [], seed="1")
    place = data.draw(st.integers(0, len(texts) - 1))
    second = identify(_blocks(texts[:place] + texts[place + 1 :]), first, seed="2")
    assert [b.id for b in second] == [b.id for i, b in enumerate(first) if i != place]


@given(_TEXTS, st.data())
def test_moving_one_block_leaves_every_id(texts: list[str], data: st.DataObject) -> None:
    first = identify(_blocks(texts), [], seed="1")
    moved = list(texts)
    moved.insert(data.draw(st.integers(0, len(texts))), moved.pop(data.draw(st.integers(0, len(texts) - 1))))
    second = identify(_blocks(moved), first, seed="2")
    assert {b.text: b.id for b in second} == {b.text: b.id for b in first}


@settings(max_examples=30)
@given(st.lists(st.lists(_WORDS, max_size=8), min_size=2, max_size=6))
def test_over_many_versions_no_id_comes_back(versions: list[list[str]]) -> None:
    ever: set[str] = set()
    before: list = []
    for number, texts in enumerate(versions):
        blocks = identify(_blocks(texts), before, seed=f"article:1:{number}", taken=ever)
        fresh = {b.id for b in blocks} - {b.id for b in before}
        assert not fresh & ever
        ever |= {b.id for b in blocks}
        before = blocks
