"""Words out of a document are the same words after they have been Markdown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmsvc.convert.escape import escape_cell, escape_inline, escape_line, escape_text
from kmsvc.convert.grid import markdown_rows
from kmsvc.convert.walk import to_markdown
from kmsvc.markup.render import plain_text, render
from kmsvc.markup.safe_html import clean
from tests import payloads
from tests.htmlcheck import dangers

_LINE = st.text(alphabet="ab1退 *_`~<>&;#[](){}!|\\/:.-+=：\"'&amp", max_size=40)


@given(_LINE)
@example("1. 一")
@example("：：：secret")
@example("a_b_c __x__ ~~y~~ &amp; [x](y) ![x](y) <br> <http://a> \\* `x`")
@example("--- ")
def test_escaped_words_are_read_as_themselves(line: str) -> None:
    read = plain_text(escape_text(line))
    assert " ".join(read.split()) == " ".join(line.replace("：：：", ":::").split()) or "：" in line


@given(st.lists(st.lists(_LINE, min_size=2, max_size=3), min_size=2, max_size=3))
def test_escaped_cells_stay_in_their_cells(rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    html = render(markdown_rows([[escape_cell(escape_inline(cell)) for cell in row] for row in rows]))
    assert html.count("<td") + html.count("<th ") + html.count("<th>") == width * len(rows)


def test_lists_of_plain_texts_stay_lists() -> None:
    assert escape_line("1. 一", lists=True) == "1. 一"
    assert escape_line("# 一", lists=True) == "\\# 一"


def _markdown(html: str) -> str:
    return "\n\n".join(to_markdown(clean(html)))


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h1>一</h1><h3>二</h3>", "# 一\n\n### 二"),
        ("<p>一<strong>二</strong><strong>三 </strong>四<em>五</em></p>", "一**二三** 四*五*"),
        ("<p>一<br>二</p>", "一\n二"),
        ("<ul><li>一<ol start='3'><li>二</li><li>三</li></ol></li></ul>", "- 一\n  3. 二\n  4. 三"),
        ("<ol><li><p>一</p><p>二</p></li></ol>", "1. 一\n   二"),
        ("<p><a href='https://a.example/x y'>站</a></p>", "[站](<https://a.example/x%20y>)"),
        ("<p><a href='#x'>里</a></p>", "里"),
        ("<blockquote><p>一</p><p>二</p></blockquote>", "> 一\n>\n> 二"),
        ("<pre>a\n  b</pre>", "```\na\n  b\n```"),
        ("<p>x<code>a`b</code></p>", "x``a`b``"),
        ("<p><img src='/x' alt='图'></p>", ""),
        ("<table><tr><td>框</td></tr></table>", "框"),
        ("<hr>", "---"),
        ("<div>一<p>二</p>三</div>", "一\n\n二\n\n三"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert _markdown(html) == markdown


def test_joined_cells_are_spread_out() -> None:
    html = (
        "<table><tr><th>项</th><th colspan=2>费|用</th></tr><tr><td rowspan=2>甲</td><td>1</td><td>2<br>3</td></tr>"
        "<tr><td>4</td><td><ul><li>5</li><li>6</li></ul></td></tr></table>"
    )
    assert _markdown(html).split("\n") == [
        "| 项 | 费\\|用 |  |",
        "| --- | --- | --- |",
        "| 甲 | 1 | 2<br>3 |",
        "| 甲 | 4 | - 5<br>- 6 |",
    ]


@pytest.mark.parametrize("spans", ["rowspan=99999999", "colspan=99999", "rowspan=-1", "rowspan=x"])
def test_impossible_spans_cost_nothing(spans: str) -> None:
    assert len(_markdown(f"<table><tr><td {spans}>a</td><td>b</td></tr><tr><td>c</td></tr></table>")) < 5000


@pytest.mark.parametrize("payload", payloads.ALL)
def test_r_c1_no_payload_survives_the_way_through_html_and_markdown(payload: str) -> None:
    for html in (payload, f"<p>{payload}</p>", f"<table><tr><td>{payload}</td><td>x</td></tr></table>"):
        assert dangers(clean(html)) == []
        assert dangers(render(_markdown(html))) == []
    assert dangers(render(escape_text(payload))) == []
