"""Markdown becomes safe HTML that reads right in Chinese."""

from __future__ import annotations

import time

import pytest
from markupsafe import Markup

from kmsvc.markup.blocks import identify, split
from kmsvc.markup.render import attachments, plain_text, reading_seconds, render, render_blocks
from tests import payloads
from tests.htmlcheck import dangers

SHA = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**“引号”**后文", "<strong>“引号”</strong>后文"),
        ("**退款（原路）**流程", "<strong>退款（原路）</strong>流程"),
        ("请看**《退费办法》**第三条", "请看<strong>《退费办法》</strong>第三条"),
        ("金额**100%**以内", "金额<strong>100%</strong>以内"),
        ("*注意：*先核实", "<em>注意：</em>先核实"),
        ("~~旧价（元）~~新价", "<s>旧价（元）</s>新价"),
        ("**第一步**：核实", "<strong>第一步</strong>：核实"),
        ("对客户说**“您好”**，再问", "对客户说<strong>“您好”</strong>，再问"),
        ("**5G套餐（含税）**19元", "<strong>5G套餐（含税）</strong>19元"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("表 * 示 * 乘", "表 * 示 * 乘"),
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_emphasis_works_beside_chinese_characters_and_punctuation(markdown: str, html: str) -> None:
    assert render(markdown) == f"<p>{html}</p>\n"


def test_table_alignment_is_a_class_and_never_a_style() -> None:
    html = render("| 项 | 费 | 备 |\n|---|--:|:-:|\n| 一 | 2 | 三 |")
    assert '<td class="text-end">2</td>' in html
    assert '<td class="text-center">三</td>' in html
    assert "style" not in html


def test_headings_begin_below_those_of_the_page() -> None:
    html = render("# 一\n## 二\n### 三\n#### 四\n###### 六")
    assert "<h3>一</h3>" in html
    assert "<h4>二</h4>" in html
    assert "<h5>三</h5>" in html
    assert "<h6>四</h6>" in html
    assert "<h6>六</h6>" in html


def test_the_answer_is_markup_that_templates_do_not_escape_again() -> None:
    assert isinstance(render("一"), Markup)


def test_links_say_that_we_do_not_vouch_for_them() -> None:
    assert 'rel="noopener nofollow"' in render("[站](https://a.example/)")


def test_attachments_are_shown_through_the_address_that_the_caller_gives() -> None:
    html = render(
        f"![图](attachment:{SHA}) [件](attachment:{SHA})", attachment_url=lambda sha: f"/files/{sha}"
    )
    assert f'<img src="/files/{SHA}" alt="图">' in html
    assert f'<a href="/files/{SHA}"' in html


def test_an_attachment_that_the_reader_may_not_have_leaves_only_its_words() -> None:
    assert render(f"![图](attachment:{SHA})", attachment_url=lambda sha: "") == "<p>图</p>\n"


@pytest.mark.parametrize(
    "address",
    ["http://a.example/x.png", "//a.example/x.png", "/files/../logout", "/logout", "x.png", "/files//x"],
)
def test_images_from_anywhere_else_are_left_out(address: str) -> None:
    html = render(f"![图]({address})")
    assert "<img" not in html
    assert "图" in html


def test_a_line_break_tag_is_the_only_tag_understood() -> None:
    html = render("| a |\n|---|\n| 一<br>二 |\n\n<b>x</b>")
    assert "一<br>\n二" in html or "一<br>二" in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("payload", payloads.ALL)
def test_r_c1_no_payload_leaves_anything_that_could_run(payload: str) -> None:
    assert dangers(render(payload)) == []
    assert dangers(render(payload, attachment_url=lambda sha: f"/files/{sha}", labels={"say": payload})) == []
    assert dangers(render_blocks(identify(split(payload), [], seed=payload))) == []


def test_r_c1_there_are_more_than_two_hundred_payloads() -> None:
    assert len(payloads.ALL) >= 200


def test_the_check_itself_finds_what_it_looks_for() -> None:
    found = dangers(
        '<a href=" java\tscript:x" onclick=y style=z>a</a><script></script><img src="http://x/y.png">'
    )
    assert len(found) == 5


def test_r_c4_templates_in_a_text_are_only_text() -> None:
    assert "{{7*7}}{% x %}{0.class}%n" in render("{{7*7}}{% x %}{0.class}%n")


def test_blocks_are_rendered_with_their_ids_and_know_the_links_defined_elsewhere() -> None:
    blocks = identify(split("见[办法][r]\n\n## 二\n\n[r]: https://a.example/b"), [], seed="v1")
    html = render_blocks(blocks)
    assert f'id="b-{blocks[0].id}"' in html
    assert '<a href="https://a.example/b"' in html


def test_a_block_carries_its_label_for_those_who_do_not_see_colours() -> None:
    html = render(":::say 开场\n您好\n:::", labels={"say": "Say"})
    assert html == '<div class="say">\n<p class="block-label">Say · 开场</p>\n<p>您好</p>\n</div>\n'


def test_plain_text_has_the_words_and_no_marks() -> None:
    text = plain_text(
        "# 退费 **标准**\n\n第一行\n第二行\n\n- 甲\n- [乙](/x)\n\n| 项 | 费 |\n|---|---|\n| A | 1<br>2 |\n\n"
        f":::say 开场\n您好 ![图](attachment:{SHA})\n:::\n\n```\n代码\n```"
    )
    assert text.split("\n") == [
        "退费 标准",
        "第一行",
        "第二行",
        "甲",
        "乙",
        "项\t费",
        "A\t1 2",
        "开场",
        "您好 图",
        "代码",
    ]


def test_attachments_of_a_text_are_listed_once_each() -> None:
    other = "f" * 64
    assert attachments(f"![a](attachment:{SHA}) ![b](attachment:{other.upper()}) [a](attachment:{SHA})") == [
        SHA,
        other,
    ]


def test_reading_takes_a_minute_for_four_hundred_characters() -> None:
    assert reading_seconds("") == 0
    assert reading_seconds("退" * 400) == 60
    assert reading_seconds("word " * 200) == 60


@pytest.mark.parametrize(
    "text",
    ["[" * 20000, "![" * 10000, "*a_ " * 6000, "退*" * 12000, ">" * 40000, "- " * 10000, ":::say\n" * 10000,
     ":::" + " " * 50000 + "x", "<a " * 10000, "[a](" * 6000, "`" * 30000, "|a" * 200 + "\n" + "|-" * 200],
)  # fmt: skip
def test_hostile_nesting_costs_neither_minutes_nor_an_error(text: str) -> None:
    start = time.perf_counter()
    render(text)
    plain_text(text)
    assert time.perf_counter() - start < 10
