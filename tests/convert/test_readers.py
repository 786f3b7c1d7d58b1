"""Honest files of each kind come out as the Markdown that their author would have written."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Converted
from kmsvc.convert.service import convert_file
from kmsvc.convert.sniff import IMPORTS
from kmsvc.markup.render import render
from tests import payloads
from tests.convert import make
from tests.htmlcheck import dangers


@pytest.fixture
def convert(tmp_path: Path):
    def ask(name: str, content: bytes | str) -> Converted:
        path = tmp_path / "stored"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return convert_file(path, name)

    return ask


def test_a_word_document_keeps_headings_lists_tables_emphasis_and_pictures(convert) -> None:
    picture = make.png()
    body = (
        make.paragraph("退费管理办法", style="Title")
        + make.paragraph("总则", style="Heading1")
        + make.paragraph("三个工作日 *内*", bold=True)
        + make.table([["项目", "费用"], ["宽带", "30元\n含税"]])
        + make.paragraph("范围", style="a5")
        + make.picture_run()
    )
    converted = convert(
        "办法.docx", make.docx(body, styles={"Title": "Title", "a5": "标题 2"}, picture=picture)
    )
    sha = hashlib.sha256(picture).hexdigest()
    section = converted.whole()
    assert section.title == "退费管理办法"
    assert section.body_markdown.split("\n\n") == [
        "# 总则",
        "**三个工作日 \\*内\\***",
        "| 项目 | 费用 |\n| --- | --- |\n| 宽带 | 30元<br>含税 |",
        "## 范围",
        f"![机房图](attachment:{sha})",
    ]
    assert [(p.sha256, p.content_type, p.data) for p in converted.pictures] == [(sha, "image/png", picture)]
    assert converted.one_document


def test_a_bold_first_line_is_the_title_of_a_document_without_styles(convert) -> None:
    converted = convert("a.docx", make.docx(make.paragraph("退费办法", bold=True) + make.paragraph("正文")))
    assert (converted.title, converted.whole().body_markdown) == ("退费办法", "正文")


def test_a_document_without_any_title_is_called_like_its_file(convert) -> None:
    assert convert("退费 办法.docx", make.docx(make.paragraph("正文"))).title == "退费 办法"


def test_pictures_of_other_formats_are_left_out_and_counted(convert) -> None:
    body = make.paragraph("正文") + make.picture_run()
    converted = convert("a.docx", make.docx(body, picture=b"\x01\0\0\0 not a picture we take"))
    assert [(w.code, w.params) for w in converted.warnings] == [("pictures_left_out", {"count": 1})]
    assert "attachment:" not in converted.whole().body_markdown


def test_sheets_are_read_by_their_chinese_headings(convert) -> None:
    rows = [
        ["知识导入表"],
        ["分段标题（选填）", "分段内容（必填）", "问题（一行一个）", "标签", "保密级别", "备注"],
        ["退费标准", "三个工作日", "怎么退费\n退款多久", "退费，资费", "可告知", "x"],
        [None, "没有标题", "能退吗", None, None, None],
        ["只有标题"],
    ]
    converted = convert("知识.xlsx", make.xlsx({"知识": rows, "空": []}))
    assert not converted.one_document
    first, second = converted.sections
    assert (first.title, first.body_markdown, first.sheet, first.row) == ("退费标准", "三个工作日", "知识", 3)
    assert first.fields == {
        "aliases": ["怎么退费", "退款多久"],
        "tags": ["退费", "资费"],
        "confidentiality": "sayable",
    }
    assert second.title == "能退吗"
    assert [(e.code, e.row, e.sheet) for e in converted.errors] == [("no_body", 5, "知识")]
    assert converted.how_read[0].code == "heading_row"
    assert converted.how_read[0].params["row"] == 2
    assert {w.code for w in converted.warnings} == {"lines_above_heading", "columns_ignored", "sheet_empty"}


def test_a_sheet_without_headings_says_how_it_was_read(convert) -> None:
    converted = convert("a.xlsx", make.xlsx({"价目": [["套餐A", 59, "多少钱"], ["套餐B", 0.5, None]]}))
    assert str(converted.how_read[0]) == (
        "Sheet “价目”: no heading row found, columns read in order as A = aliases, B = body, C = aliases."
    )
    assert [(s.title, s.body_markdown) for s in converted.sections] == [("套餐A", "59"), ("套餐B", "0.5")]


def test_several_questions_in_one_cell_are_a_title_and_other_ways_to_ask(convert) -> None:
    bare = convert("a.xlsx", make.xlsx({"宽带": [["怎么退订？\n如何取消；宽带不要了", "打电话。", "不想用了"]]}))
    [one] = bare.sections
    assert (one.title, one.fields["aliases"]) == ("怎么退订？", ["如何取消", "宽带不要了", "不想用了"])
    headed = convert("a.csv", '标题,内容\n"退费；退款\n退钱",三天\n').sections[0]
    assert (headed.title, headed.fields) == ("退费；退款 退钱", {}), "a column of titles holds one title a cell, whatever is in it"


def test_a_row_with_an_answer_and_no_question_is_refused_by_its_number(convert) -> None:
    converted = convert("a.csv", "问题,答案\n怎么退费,三天\n,没有问题的答案\n")
    assert [one.title for one in converted.sections] == ["怎么退费"]
    assert [(e.code, e.row) for e in converted.errors] == [("no_title", 3)]
    assert [one.title for one in convert("b.csv", "内容\n只有内容的一张表\n").sections] == ["只有内容的一张表"]


def test_columns_beyond_title_build_the_content_when_there_is_no_content_column(convert) -> None:
    converted = convert("a.csv", "标题,月费,流量\n套餐A,59,10G\n")
    assert converted.sections[0].body_markdown == "**月费**\n59\n\n**流量**\n10G"
    assert str(converted.how_read[0]).startswith("Headings in row 1"), "a csv file has no sheet to name"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_in_any_usual_encoding_and_with_any_usual_sign(
    convert, encoding: str, delimiter: str
) -> None:
    rows = [["标题", "内容", "标签"], ["退费", "一，二\n三", "甲"], ["改期", "四", "乙"]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    converted = convert("a.csv", text.encode(encoding))
    assert [(s.title, s.body_markdown, s.row) for s in converted.sections] == [
        ("退费", "一，二\n三", 2),
        ("改期", "四", 4),
    ]


def test_slides_are_sections_with_points_and_notes(convert) -> None:
    converted = convert(
        "培训.pptx", make.pptx([("第一课", ["要点*一*", "要点二"], "讲稿"), ("", ["单行"], "")])
    )
    assert [(s.title, s.body_markdown, s.row) for s in converted.sections] == [
        ("第一课", "- 要点\\*一\\*\n- 要点二\n\n> 讲稿", 1),
        ("", "单行", 2),
    ]
    assert converted.whole().title == "第一课"


def test_pdf_lines_are_joined_and_running_heads_left_out(convert) -> None:
    pages = [
        [
            "内部资料",
            "退费管理办法",
            "一、总则",
            "为了规范退费流程，提高客户满意度，特制定本办法，适用于所有",
            "客服人员。",
            "- 1 -",
        ],
        [
            "内部资料",
            "1. 宽带三日到账；",
            "2. 移动即时到账。",
            "A wrapped English line that is long goes",
            "on here.",
            "- 2 -",
        ],
        [
            "内部资料",
            "二、附则",
            "本办法自发布之日起施行，由客户服务中心负责解释与修订，并每年",
            "评审一次。",
            "第3页",
        ],
    ]
    converted = convert("a.pdf", make.pdf(pages, title="别的标题"))
    assert converted.title == "退费管理办法"
    assert converted.whole().body_markdown.split("\n\n") == [
        "一、总则",
        "为了规范退费流程，提高客户满意度，特制定本办法，适用于所有客服人员。",
        "1. 宽带三日到账；",
        "2. 移动即时到账。",
        "A wrapped English line that is long goes on here.",
        "二、附则",
        "本办法自发布之日起施行，由客户服务中心负责解释与修订，并每年评审一次。",
    ]


def test_markdown_keeps_its_text_and_gives_its_title_and_fields(convert) -> None:
    converted = convert(
        "a.md", "---\ntitle: 甲\n标签: [a, b]\n---\n\n# 退费\n\n正**文**\n\n:::say\n您好\n:::\n"
    )
    section = converted.whole()
    assert (section.title, section.fields) == ("甲", {"tags": ["a", "b"]})
    assert section.body_markdown == "正**文**\n\n:::say\n您好\n:::"
    assert convert("b.md", "# 退费\n").title == "退费"
    assert convert("无题.md", "正文\n\n# 后面的标题\n").title == "无题"


def test_plain_text_is_words_and_not_markup(convert) -> None:
    section = convert(
        "说明.txt", "退费说明\n\n　　第一段 *x* <b>\n1. 一\n# 井号\n:::secret\n".encode("gb18030")
    ).whole()
    assert section.title == "退费说明"
    assert section.body_markdown == "第一段 \\*x\\* \\<b>\n1. 一\n\\# 井号\n\\:::secret"
    assert '<div class="secret">' not in render(section.body_markdown)


def test_a_web_page_comes_without_scripts_and_remote_pictures(convert) -> None:
    page = (
        "<html><head><title>退费 &amp; 换货</title><style>p{}</style></head><body onload=x><script>alert(1)</script>"
        "<p>一<img src='http://a/x.png'></p><a href='javascript:x'>二</a></body></html>"
    )
    converted = convert("a.html", page)
    assert converted.title == "退费 & 换货"
    assert converted.whole().body_markdown == "一\n\n二"
    assert converted.warnings[0].code == "remote_pictures_left_out"


def test_json_lines_are_articles_and_bad_lines_are_errors_of_their_row(convert) -> None:
    lines = [
        json.dumps(
            {"title": "一", "body": "二", "tags": "a, b", "aliases": ["问"], "external_id": 7, "more": 1}
        ),
        "",
        "not json",
        '{"title":"a","title":"b","body":"c"}',
        '{"title":"a","body":"x\\u0000"}',
        '{"title":"a","body":"x\\ud800"}',
        '{"title":["a"],"body":"b"}',
        '{"title":"a","body":"b","tags":[1]}',
        '{"body":"b"}',
        '{"title":"a"}',
        "[1]",
        '{"title":"b","body":"\\u200b段\\r\\n"}',
    ]
    converted = convert("a.jsonl", "\n".join(lines))
    assert [(s.title, s.body_markdown, s.row) for s in converted.sections] == [
        ("一", "二", 1),
        ("b", "段\n", 12),
    ]
    assert converted.sections[0].fields == {"tags": ["a", "b"], "aliases": ["问"], "external_id": "7"}
    assert [(e.row, e.code) for e in converted.errors] == [
        (3, "bad_json"), (4, "double_key"), (5, "bad_text"), (6, "bad_text"), (7, "wrong_type"), (8, "wrong_list"),
        (9, "no_title"), (10, "no_body"), (11, "bad_json"),
    ]  # fmt: skip
    assert [one.cells for one in converted.errors][:2] == [{"body": "not json"}, {"body": lines[3]}], "what is refused can be corrected"
    assert converted.errors[-3].cells == {"body": "b"}
    assert converted.warnings[0].params["keys"] == "more"


def test_r_c1_payloads_in_files_leave_nothing_that_could_run(convert) -> None:
    texts = ["".join(c for c in text if c >= " " or c in "\n\t") for text in payloads.ALL]
    plain = [" ".join(text.split()) for text in texts]
    words = "".join(make.paragraph(text) for text in plain)
    files = {
        "a.docx": make.docx(words),
        "a.html": "\n<hr>\n".join(texts).encode(),
        "a.xlsx": make.xlsx({"s": [["标题", "内容"], *[["t", t] for t in plain]]}),
        "a.jsonl": "\n".join(json.dumps({"title": t, "body": t}) for t in texts).encode(),
        "a.txt": "退费\n\n".encode() + "\n".join(plain).encode(),
    }
    for name, content in files.items():
        converted = convert(name, content)
        assert converted.sections
        for section in converted.sections:
            assert dangers(render(section.body_markdown)) == []


def test_the_result_does_not_depend_on_where_and_how_often_it_is_read(convert) -> None:
    content = make.docx(make.paragraph("一", style="Heading1") + make.paragraph("二"))
    assert convert("a.docx", content) == convert("a.docx", content)


def test_every_import_kind_has_a_reader(convert) -> None:
    for kind in IMPORTS:
        with pytest.raises(Refused) as refused:
            convert(f"a.{kind}", b"")
        assert refused.value.code == "empty"
