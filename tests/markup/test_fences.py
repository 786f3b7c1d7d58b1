"""Locked blocks never reach a reader below their level, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmsvc.markup.blocks import identify, split, visible_blocks
from kmsvc.markup.fences import level_of, parse, problems, visible, write
from kmsvc.markup.render import plain_text, render

TEXT = "前\n\n:::say\n您好\n:::\n\n中\n\n:::internal\n内部规则\n:::\n\n:::secret 额度\n挽留额度\n:::\n\n后"


@pytest.mark.parametrize(
    ("level", "seen", "unseen"),
    [
        (1, ["前", "您好", "中", "后"], ["内部规则", "挽留", "额度"]),
        (2, ["您好", "内部规则"], ["挽留", "额度"]),
        (3, ["挽留额度"], []),
    ],
)
def test_a_reader_sees_blocks_up_to_his_level(level: int, seen: list[str], unseen: list[str]) -> None:
    shown = render(visible(TEXT, level))
    assert all(word in shown for word in seen)
    assert not any(word in shown for word in unseen)


def test_each_block_has_its_own_class() -> None:
    html = render(TEXT)
    assert [f'<div class="{kind}">' in html for kind in ("say", "internal", "secret")] == [True] * 3


@pytest.mark.parametrize(
    "written",
    [
        ":::secret\n{}\n:::",
        "::: secret\n{}\n:::",
        ":::SECRET 标题\n{}\n:::",
        "：：：secret\n{}\n：：：",
        "::::secret\n{}\n::::",
        "    :::secret\n    {}\n    :::",
        "- 步骤\n\n  :::secret\n  {}\n  :::\n- 步骤二",
        "- :::secret\n  {}\n  :::",
        "> :::secret\n> {}\n> :::",
        "1. 一\n\n\t:::secret\n\t{}\n\t:::",
        ":::secret\n{}",
        ":::secert\n{}\n:::",
        ":::say\n:::secret\n{}\n:::\n:::",
        ":::secret\n:::say\n{}\n:::\n{}\n:::",
        "```\n:::secret\n{}\n:::\n```",
        ":::secret\n```\n{}\n```\n{}\n:::",
        ":::secret\r{}\r:::",
        ":::secret\r\n{}\r\n:::",
        ":::secret :::\n{}\n:::",
        ":::say\n" * 40 + ":::secret\n{}\n:::\n" + ":::\n" * 40,
    ],
)
def test_no_way_of_writing_a_secret_block_shows_it_to_a_lower_level(written: str) -> None:
    text = f"开头\n\n{written.replace('{}', '机密内容')}\n\n结尾"
    for level in (1, 2):
        assert "机密内容" not in visible(text, level)
        assert "机密内容" not in render(visible(text, level))
        assert "机密内容" not in plain_text(visible(text, level))
        kept = visible_blocks(identify(split(text), [], seed="v"), level)
        assert not any("机密内容" in block.text for block in kept)
    assert "机密内容" in render(visible(text, 3))
    assert level_of(text) == 3


def test_what_surrounds_a_hidden_block_stays_two_paragraphs() -> None:
    assert render(visible("甲\n:::secret\n乙\n:::\n丙", 1)) == "<p>甲</p>\n<p>丙</p>\n"


def test_authors_are_told_of_misspelt_and_open_blocks() -> None:
    assert problems(":::secert x\n一\n:::\n:::say\n二") == [("unknown_name", "secert x"), ("unclosed", "say")]
    assert problems(TEXT) == []


_LINES = st.lists(
    st.sampled_from(
        [
            ":::say",
            ":::internal",
            ":::secret",
            ":::",
            "：：：",
            "文字",
            "- 项",
            "> 引",
            "",
            "```",
            "  :::secret",
            ":::x",
        ]
    ),
    max_size=25,
)


@given(_LINES, st.integers(1, 3))
def test_hiding_is_stable_and_leaves_nothing_above_the_level(lines: list[str], level: int) -> None:
    text = "\n".join(lines)
    shown = visible(text, level)
    assert level_of(shown) <= level
    assert visible(shown, level) == shown
    assert write(parse(shown)) == shown


@given(_LINES)
def test_a_marked_line_inside_a_secret_block_is_never_seen_below(lines: list[str]) -> None:
    """Whatever stands before it: once a secret block is open, its first line is hidden."""
    text = "\n".join([*lines, ":::secret", "机密内容", ":::", *lines])
    assert "机密内容" not in visible(text, 2)
