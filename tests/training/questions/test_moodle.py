"""Moodle XML: foreign files by its description, our own there and back, hostile ones refused."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal

import pytest
from hypothesis import given, settings

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Picture
from kmsvc.training.questions.formats import lost, moodle, moodle_writing, trees
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken, alike
from kmsvc.training.questions.kinds import (
    Blank,
    Choice,
    Credit,
    Criterion,
    FileAnswer,
    FillIn,
    Folding,
    Kind,
    Matching,
    Numeric,
    OrderCredit,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
    pictures_of,
)
from tests.convert import make
from tests.training.questions.strategies import ROUGH, questions, simple

A, B, C = options_of(["三天", "七天", "十五天"])
SINGLE = Question("多久到账？", Choice((A, B, C), (B.id,)))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def read(*parts: str) -> Reading:
    """A file of these questions."""
    return moodle.read(f"{HEAD}\n<quiz>\n{''.join(parts)}</quiz>".encode())


def one(sort: str, inside: str, text: str = "问", form: str = "html") -> str:
    """A question on a line of its own."""
    told = f'<questiontext format="{form}"><text><![CDATA[{text}]]></text></questiontext>'
    return f'<question type="{sort}"><name><text>名</text></name>{told}{inside}</question>\n'


def answer(text: str, share: str, more: str = "") -> str:
    """An answer."""
    return f'<answer fraction="{share}" format="html"><text>{text}</text>{more}</answer>'


def _only(reading: Reading) -> Question:
    assert not reading.turned_away, reading.turned_away
    (taken,) = reading.taken
    return taken.question


THREE = answer("三天", "0") + answer("七天", "100") + answer("十五天", "0")


@pytest.mark.parametrize(("xml", "question"), [
    (one("multichoice", f"<single>true</single>{THREE}"), Question("问", SINGLE.body)),
    (one("multichoice", f"<single>true</single><shuffleanswers>0</shuffleanswers>{THREE}<defaultgrade>2.0000000</defaultgrade>"
                        "<generalfeedback><text>&lt;p&gt;因为&lt;/p&gt;</text></generalfeedback>"),
     Question("问", Choice((A, B, C), (B.id,), shuffled=False), "因为", Decimal(2))),
    (one("multichoice", "<single>false</single>" + answer("三天", "50") + answer("七天", "50") + answer("十五天", "-100")),
     Question("问", Choice((A, B, C), (A.id, B.id), True))),
    (one("multichoice",
        "<single>false</single>" + answer("三天", "33.33333") + answer("七天", "33.33333") + answer("十五天", "33.33334")),
     Question("问", Choice((A, B, C), (A.id, B.id, C.id), True))),
    (one("truefalse", answer("true", "0") + answer("false", "100")), Question("问", TrueFalse(False))),
    (one("shortanswer", answer("主管", "100") + answer("经理", "100") + answer("客服", "0") + "<usecase>1</usecase>"),
     Question("问 [[1]]", FillIn((Blank("1", ("主管", "经理")),), Folding(case=False)))),
    (one("numerical",
        answer("98.5", "100",
            "<tolerance>0.5</tolerance>") + "<units><unit><multiplier>1</multiplier><unit_name>%</unit_name></unit></units>"),
     Question("问", Numeric(Decimal("98.5"), Decimal("0.5"), unit="%"))),
    (one("essay", '<graderinfo format="html"><text>先道歉</text></graderinfo>'), Question("问", ShortAnswer((), "先道歉"))),
    (one("essay", "<responseformat>noinline</responseformat><filetypeslist>.docx,.pdf</filetypeslist>"),
        Question("问", FileAnswer((), "", ("docx", "pdf")))),
    (one("ordering", "<gradingtype>ALL_OR_NOTHING</gradingtype>" + answer("三天", "1") + answer("七天", "1")),
        Question("问", Ordering((A, B)))),
    (one("ordering", "<gradingtype>1</gradingtype>" + answer("三天", "1") + answer("七天", "1")),
        Question("问", Ordering((A, B), OrderCredit.NEIGHBOURS))),
    (one("cloze", "", "<p>由{1:SHORTANSWER:=主管~%100%经理~客服#错}在{2:SA:=3 &lt; 5 天\\}}内</p>"),
     Question("由[[1]]在[[2]]内", FillIn((Blank("1", ("主管", "经理")), Blank("2", ("3 < 5 天}",), 2))), points=Decimal(3))),
    (one("truefalse", answer("true", "100"), "2*3", "plain_text"), Question("2\\*3", TrueFalse(True))),
    (one("truefalse", answer("true", "100"), "*二*", "markdown"), Question("*二*", TrueFalse(True))),
    (one("truefalse", answer("true", "100"),
        "<p><b>粗</b></p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"),
     Question("**粗**\n\n| a | b |\n| --- | --- |\n| 1 | 2 |", TrueFalse(True))),
])
def test_foreign_files_by_their_description(xml: str, question: Question) -> None:
    assert _only(read(xml)) == question


def test_matching_with_a_distractor() -> None:
    pair = '<subquestion format="html"><text>{}</text><answer><text>{}</text></answer></subquestion>'
    body = _only(read(one("matching", pair.format("甲", "一") + pair.format("乙", "一") + pair.format("", "三")))).body
    lefts, rights = options_of(["甲", "乙"]), options_of(["一", "三"])
    assert body == Matching(lefts, rights, ((lefts[0].id, rights[0].id), (lefts[1].id, rights[0].id)))


@pytest.mark.parametrize(("xml", "code"), [
    (one("multichoice", "<single>true</single>"), "no_options"),
    (one("multichoice", "<single>true</single>" + answer("三天", "0") + answer("七天", "0")), "no_key"),
    (one("multichoice", "<single>true</single>" + answer("三天", "50") + answer("七天", "100")), "unequal_shares"),
    (one("multichoice", "<single>false</single>" + answer("三天", "70") + answer("七天", "30")), "unequal_shares"),
    (one("multichoice", "<single>false</single>" + answer("三天", "viel")), "share_unread"),
    (one("shortanswer", answer("主*", "100")), "wildcard"),
    (one("shortanswer", answer("主管", "100") + answer("经理", "50")), "share_of_answer"),
    (one("numerical", answer("3", "100") + answer("4", "100")), "many_numbers"),
    (one("numerical", answer("*", "100")), "key_unread"), (one("numerical", ""), "no_value"),
    (one("calculated", ""), "kind_unknown"), (one("cloze", "", "{1:MULTICHOICE:=a~b}"), "cloze_kind"),
    (one("cloze", "", "没有空"), "no_blanks"),
    (one("truefalse", answer("对", "100")), "key_unread"),
    (one("truefalse", answer("true", "100") + "<defaultgrade>viel</defaultgrade>"), "points_unread"),
    (one("truefalse", answer("true", "100") + "<defaultgrade>0</defaultgrade>"), "points_wrong"),
    (one("truefalse", answer("true", "100"), ""), "stem_empty"), ("<kategorie/>\n", "element_unknown"),
])
def test_what_cannot_be_taken_is_turned_away_with_its_line(xml: str, code: str) -> None:
    found = read(one("truefalse", answer("true", "100")), xml)
    assert [(away.place.row, away.reasons[0].code) for away in found.turned_away] == [(4, code)]
    assert len(found.taken) == 1


def test_categories_labels_and_remarks() -> None:
    found = read('<question type="category"><category><text>$course$/top/退款/时限</text></category></question>\n',
        one("description", ""),
                 one("truefalse",
                     answer("true", "100",
                         "<feedback><text>对了</text></feedback>") + "<idnumber>Q-1</idnumber><hint><text>想</text></hint>"
                     "<defaultgrade>0.3333333</defaultgrade><tags><tag><text>甲</text></tag><tag><text>difficulty:hard</text>"
                     "</tag></tags>"))
    (taken,) = found.taken
    assert taken.about == About("Q-1", "名", "退款/时限", "hard", ("甲",))
    assert taken.remarks == ("feedback", "hints", "points_rounded")
    assert [passed.code for passed in found.passed_over] == ["category", "description"]
    assert found.count == 3


PNG = make.png()
SHA = hashlib.sha256(PNG).hexdigest()


def test_pictures_come_along_and_only_pictures() -> None:
    encoded = base64.b64encode(PNG).decode()
    file = f'<file name="图 1.png" path="/" encoding="base64">{encoded}</file><file name="a.svg" encoding="base64">PHN2Zz4=</file>'
    text = ('<p>看<img src="@@PLUGINFILE@@/%E5%9B%BE%201.png" alt="图"><img src="@@PLUGINFILE@@/a.svg">'
            '<img src="https://a.example/x.png">'
            f'<img src="data:image/png;base64,{encoded}"></p>')
    xml = one("truefalse", answer("true", "100"), text).replace("</questiontext>", f"{file}</questiontext>")
    found = read(xml)
    assert pictures_of(_only(found)) == (SHA,)
    assert found.pictures == (Picture(SHA, "image/png", PNG),)
    assert [(notice.code, notice.params) for notice in found.notices] == [("pictures_left_out", {"count": 1})]
    again = moodle.read(moodle_writing.write(found.taken, {SHA: found.pictures[0]}))
    assert (again.taken[0].question, again.pictures) == (found.taken[0].question, found.pictures)


@settings(max_examples=150, deadline=None)
@given(questions(ROUGH) | questions())
def test_what_moodle_can_hold_is_not_lost(question: Question) -> None:
    codes = moodle_writing.cannot_hold(question)
    assert set(codes) <= lost.CODES
    assert codes or alike(_only(moodle.read(moodle_writing.write([Taken(Place(), question)]))), question)


@settings(max_examples=100, deadline=None)
@given(questions(cases=False).map(simple))
def test_moodle_holds_every_plain_question(question: Question) -> None:
    assert moodle_writing.cannot_hold(question) == []


def test_many_questions_come_back_together_with_what_is_said_of_them() -> None:
    items = [Taken(Place(), SINGLE, About("Q-1", "题：一", "退款/时限", "easy", ("甲", "乙"))),
        Taken(Place(), Question("对吗", TrueFalse(True)), About("", "对吗", "")),
             Taken(Place(), Question("]]> & <b>", TrueFalse(False), "因为", Decimal("2.5")), About("", "x", "乙"))]
    found = moodle.read(moodle_writing.write(items))
    assert [(item.question, item.about) for item in found.taken] == [(item.question, item.about) for item in items]


@pytest.mark.parametrize(("question", "codes"), [
    (Question("问", Choice((A, B), (A.id, B.id), True, Credit.ALL)), ["credit"]),
    (Question("问", Choice((A, B, C), (A.id, B.id), True, Credit.LESS_WRONG)), []),
    (Question("问", Choice((A, B), (A.id, B.id), True, Credit.LESS_WRONG)), ["credit"]),
    (Question("问", Choice((A, B), (A.id,), shuffled=False)), []),
    (Question("[[1]]", FillIn((Blank("1", ("甲",)),), Folding(width=False))), ["folding"]),
    (Question("[[1]]", FillIn((Blank("1", ("甲",), 3),), Folding(case=False))), []),
    (Question("几", Numeric(Decimal(3), Decimal("0.1"), True, "天")), ["relative_tolerance"]),
    (Question("述", ShortAnswer((Criterion("1", "甲", Decimal(1)),), "先道歉", 100)), ["rubric", "longest"]),
    (Question("排", Ordering((A, B), OrderCredit.NEIGHBOURS), "因为", Decimal(3)), []),
])
def test_what_cannot_be_held_is_named(question: Question, codes: list[str]) -> None:
    assert moodle_writing.cannot_hold(question) == codes


BILLION = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)) + "]>"


@pytest.mark.parametrize(("data", "code"), [
    (f"{HEAD}{BILLION}<quiz>&a9;</quiz>".encode(), "doctype"),
    (b'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/hostname">]><quiz><question type="essay">&x;'
     b'</question></quiz>', "doctype"),
    (b'<?xml version="1.0"?><!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz/>', "doctype"),
    ((f'<?xml version="1.0" encoding="UTF-16"?>{BILLION}<quiz>&a9;</quiz>').encode("utf-16"), "doctype"),
    (b"<quiz>" + b"<a>" * 200 + b"</a>" * 200 + b"</quiz>", "too_much"),
    (b"<quiz>" + b"<a/>" * (trees.MOST_ELEMENTS + 1) + b"</quiz>", "too_much"),
    (b"<quiz>", "damaged"), (b"", "damaged"), (b"<quiz>&undefined;</quiz>", "damaged"),
    (b'<?xml version="1.0" encoding="no-such"?><quiz/>', "damaged"),
    (b"<html/>", "unreadable"), (b"<quiz/>", "empty"), (b" " * (trees.LARGEST_MB * 1024 * 1024 + 1), "too_large"),
])
def test_r_u1_hostile_xml_is_refused_before_it_is_read(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        moodle.read(data)
    assert refused.value.code == code


def test_r_c1_scripts_do_not_come_along() -> None:
    text = '<p onclick="x()">甲<script>alert(1)</script><a href="javascript:x()">乙</a><iframe src="//a"></iframe></p>'
    assert _only(read(one("truefalse", answer("true", "100"), text))).stem == "甲乙"


def test_every_kind_but_one_is_there() -> None:
    assert set(Kind) - moodle_writing.KINDS == {Kind.CASE}
