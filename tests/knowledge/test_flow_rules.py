"""The rules of guided flows: reading a text, what keeps one from being published, where a path leads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.knowledge.flows.rules import (
    LEFT_AFTER,
    BadChoice,
    Choice,
    Node,
    WalkEnd,
    end_of,
    fits_audience,
    problems_of,
    reachable,
    standing,
    trail,
    with_exit,
)
from kmsvc.knowledge.flows.writing import as_json, from_json, read, write

LIGHT = """
? light: 光猫上哪个灯亮红色？
看不清就请客户念灯下的字。
- LOS红灯 -> fibre
- 都不亮 -> power

? power: 电源插好了吗？
- 插好了 -> broken
- 没有插 -> plugged

! fibre: 光路中断
请您稍等，我马上为您登记上门检修。
link: kb-0001

! broken: 光猫损坏
! plugged: 插上即可
"""
KEYS = ("a", "b", "c", "d", "e")
graphs = st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from((*KEYS, "nowhere")), max_size=4)), min_size=1, max_size=5)


def graph(shape: list[tuple[bool, list[str]]]) -> list[Node]:
    return [Node(key, key, ends, choices=() if ends else tuple(Choice(f"{n} {to}", to) for n, to in enumerate(targets)))
            for key, (ends, targets) in zip(KEYS, shape, strict=False)]


def told(nodes: list[Node] | tuple[Node, ...]) -> set[str]:
    return {one.where for one in problems_of(nodes)}


def test_a_written_flow_is_read_with_full_width_marks_as_with_plain_ones() -> None:
    nodes, lost = read(LIGHT)
    assert lost == [] and problems_of(nodes) == []
    assert [node.key for node in nodes] == ["light", "power", "fibre", "broken", "plugged"]
    assert nodes[0].text == "看不清就请客户念灯下的字。" and nodes[2].link == "KB-0001"
    assert nodes[0].choices[1] == Choice("都不亮", "power")
    wide = "？ light：光猫上哪个灯亮红色？\n- LOS红灯 → fibre\n！fibre：光路中断\nLink：KB-0001"
    assert [(node.key, node.title, node.link) for node in read(wide)[0]] == [
        ("light", "光猫上哪个灯亮红色？", ""), ("fibre", "光路中断", "KB-0001")]


def test_lines_that_cannot_be_understood_are_named() -> None:
    nodes, lost = read("stray\n? a: q\n- no arrow\n- yes -> z")
    assert [one.where for one in lost] == ["L1", "L3"]
    assert told(nodes) == {"a/1", "a"}


@pytest.mark.parametrize(("text", "where"), [
    ("! a: end", ""), ("? a: q", "a"), ("? a: q\n- x -> b", "a/1"), ("? a: q\n- x -> a", "a"),
    ("? a: q\n- x -> b\n! b: end\n! c: lost", "c"), ("? a: q\n- x -> b\n! b: one\n! b: two", "b"),
    ("! b: end\n? a: q\n- x -> b", "b"), ("? a: q\n- same -> b\n- same -> b\n! b: end", "a"), ("? a:\n- x -> b\n! b: end", "a"),
    ("? a: q\n" + "\n".join(f"- {n} -> b" for n in range(10)) + "\n! b: end", "a"),
])
def test_what_must_be_mended_is_named_by_its_node(text: str, where: str) -> None:
    assert where in told(read(text)[0])


def test_a_ring_with_a_way_out_is_allowed_and_one_without_is_not() -> None:
    assert problems_of(read("? a: q\n- again -> a\n- out -> b\n! b: end")[0]) == []
    ring = read("? a: q\n- out -> e\n- in -> b\n? b: q\n- on -> c\n? c: q\n- back -> b\n! e: end")[0]
    assert told(ring) == {"b", "c"}


@given(graphs)
def test_what_has_no_problem_leads_from_everywhere_to_an_outcome(shape: list[tuple[bool, list[str]]]) -> None:
    nodes = graph(shape)
    known = {node.key: node for node in nodes}
    if problems_of(nodes):
        missing = any(choice.to not in known for node in nodes for choice in node.choices)
        closed = any(not node.ends and node.key not in with_exit(nodes) for node in nodes)
        lone = any(node.key not in reachable(nodes) for node in nodes)
        assert missing or closed or lone or nodes[0].ends
        return
    for node in nodes:  # walked by brute force: within as many choices as there are nodes something ends
        here = {node.key}
        for _ in nodes:
            here |= {choice.to for key in here for choice in known[key].choices}
        assert any(known[key].ends for key in here)


@given(graphs)
def test_a_flow_is_the_same_after_being_written_and_read(shape: list[tuple[bool, list[str]]]) -> None:
    nodes = tuple(graph(shape))
    assert read(write(nodes)) == (nodes, [])
    assert from_json(as_json(nodes)) == nodes


@given(graphs, st.lists(st.integers(-1, 10), max_size=8))
def test_a_path_is_followed_to_the_letter_or_refused(shape: list[tuple[bool, list[str]]], choices: list[int]) -> None:
    nodes = graph(shape)
    try:
        stops = trail(nodes, choices)
    except BadChoice:
        return
    assert stops[0].node is nodes[0]
    assert [stop.choice for stop in stops if stop.choice is not None] == choices
    for one, following in zip(stops, stops[1:], strict=False):
        assert one.node.choices[(one.choice or 0) - 1].to == following.node.key
    assert (end_of(stops) is WalkEnd.NONE) == (bool(choices) and choices[-1] == 0)


def test_a_walk_without_an_end_is_left_after_half_an_hour() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert standing(None, now, now) is WalkEnd.GOING
    assert standing(None, now - LEFT_AFTER, now) is WalkEnd.LEFT
    assert standing("none", now - timedelta(days=9), now) is WalkEnd.NONE


def test_a_thing_for_one_team_is_no_outcome_for_everybody() -> None:
    assert fits_audience(None, (), None) and fits_audience(7, (7, 1), 1) and fits_audience(7, (7, 1), 7)
    assert not fits_audience(None, (), 7) and not fits_audience(7, (7, 1), 8)
