"""QTI 2.1 and 3.0: foreign items by the information model, our packages there and back, hostile packages refused."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Picture
from kmsvc.training.questions.formats import lost
from kmsvc.training.questions.formats.qti import names, writing
from kmsvc.training.questions.formats.qti.package import MANIFEST, VERSIONS, cannot_hold, read_file, write
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken, alike
from kmsvc.training.questions.formats.trees import parse, to_xml
from kmsvc.training.questions.formats.wording import looks
from kmsvc.training.questions.kinds import (
    Blank,
    Choice,
    Credit,
    Criterion,
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
from kmsvc.training.questions.problems import problems_of
from tests.convert import make
from tests.training.questions.strategies import ROUGH, questions, simple

A, B, C = options_of(["三天", "七天", "十五天"])
SINGLE = Question("多久到账？", Choice((A, B, C), (B.id,), shuffled=False))
PNG = make.png()
SHA = hashlib.sha256(PNG).hexdigest()


def item(declared: str, body: str, behind: str = "", name: str = "i1") -> str:
    """A foreign item of 2.1."""
    return (f'<?xml version="1.0"?><assessmentItem xmlns="{names.ITEM_SPACE["2.1"]}" identifier="{name}" title="名" adaptive="false" '
            'timeDependent="false">'
            f"{declared}<itemBody>{body}</itemBody>{behind}</assessmentItem>")


def declaration(values: list[str], cardinality: str = "single", sort: str = "identifier", more: str = "", name: str = "R") -> str:
    """A declared response."""
    right = "".join(f"<value>{one}</value>" for one in values)
    return (f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{sort}"><correctResponse>{right}'
            f'</correctResponse>{more}'
            "</responseDeclaration>")


def package(tmp_path: Path, parts: dict[str, str | bytes], listed: list[str] | None = None, kind: str = "imsqti_item_xmlv2p1") -> Path:
    """A package of these parts; those listed stand in its manifest."""
    resources = "".join(f'<resource identifier="r{n}" type="{kind}" href="{one}"/>' for n, one in enumerate(listed or []))
    manifest = {} if listed is None else {MANIFEST: f'<manifest xmlns="{names.PACKAGE_SPACE["2.1"]}"><resources>{resources}'
                                                    f'</resources></manifest>'}
    path = tmp_path / "q.zip"
    path.write_bytes(make.zipped({**manifest, **parts}))
    return path


def read(tmp_path: Path, xml: str) -> Reading:
    """A bare item."""
    path = tmp_path / "item.xml"
    path.write_text(xml, "utf-8")
    return read_file(path)


def _only(reading: Reading) -> Question:
    assert not reading.turned_away, reading.turned_away
    (taken,) = reading.taken
    return taken.question


CHOICES = ('<simpleChoice identifier="ChoiceA">三天</simpleChoice><simpleChoice identifier="ChoiceB">七天</simpleChoice>'
           '<simpleChoice identifier="ChoiceC" fixed="true">十五天</simpleChoice>')
CHOICE = ('<p>多久<b>到账</b>？</p><choiceInteraction responseIdentifier="R" shuffle="true" maxChoices="1"><prompt>请选择</prompt>'
          f"{CHOICES}</choiceInteraction>")
MANY = f'<choiceInteraction responseIdentifier="R" maxChoices="0"><prompt>材料？</prompt>{CHOICES}</choiceInteraction>'
ENTRY = '<textEntryInteraction responseIdentifier="R"/>'
PINNED = (A, B, type(C)(C.id, C.text, True))


def mapping(*pairs: tuple[str, str], strict: str = "") -> str:
    """A mapping."""
    return "<mapping>" + "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"{strict}/>' for key, value in pairs) + "</mapping>"


@pytest.mark.parametrize(("xml", "question"), [
    (item(declaration(["ChoiceB"]), CHOICE), Question("多久**到账**？\n\n请选择", Choice(PINNED, (B.id,)))),
    (item(declaration(["ChoiceB", "ChoiceA"], "multiple"), MANY),
        Question("材料？", Choice(PINNED, (A.id, B.id), True, Credit.ALL, False))),
    (item(declaration(["ChoiceA", "ChoiceB"], "multiple", more=mapping(("ChoiceA", "1"), ("ChoiceB", "1"), ("ChoiceC", "-2"))), MANY),
     Question("材料？", Choice(PINNED, (A.id, B.id), True, Credit.IF_NONE_WRONG, False))),
    (item(declaration(["ChoiceA", "ChoiceB"], "multiple", more=mapping(("ChoiceA", "1"), ("ChoiceB", "1"), ("ChoiceC", "-1"))), MANY),
     Question("材料？", Choice(PINNED, (A.id, B.id), True, Credit.LESS_WRONG, False))),
    (item(declaration(["ChoiceB", "ChoiceC", "ChoiceA"], "ordered"),
          f'<orderInteraction responseIdentifier="R"><prompt>排</prompt>{CHOICES}</orderInteraction>'),
     Question("排", Ordering((B, PINNED[2], A)))),
    (item(declaration(["D F"], "multiple", "directedPair"), '<p>配</p><matchInteraction responseIdentifier="R"><simpleMatchSet>'
          '<simpleAssociableChoice identifier="D">三天</simpleAssociableChoice></simpleMatchSet><simpleMatchSet>'
          '<simpleAssociableChoice identifier="E">三天</simpleAssociableChoice>'
          '<simpleAssociableChoice identifier="F">七天</simpleAssociableChoice></simpleMatchSet></matchInteraction>'), "too_few_pairs"),
    (item(declaration(["主管"], sort="string",
        more=mapping(("主管", "1"), ("经理", "1"), ("客服", "0"), strict=' caseSensitive="false"')),
          f'<p>由{ENTRY}批</p>'), Question("由[[1]]批", FillIn((Blank("1", ("主管", "经理")),)))),
    (item(declaration(["York"], sort="string", more=mapping(("York", "2"))) + declaration(["x"], sort="string",
        more=mapping(("x", "1")), name="S"),
          f'<p>{ENTRY}和<textEntryInteraction responseIdentifier="S"/></p>'),
     Question("[[1]]和[[2]]", FillIn((Blank("1", ("York",), 2), Blank("2", ("x",))), Folding(case=False)))),
    (item(declaration(["98.5"], sort="float"), f'<p>多少？</p><p>{ENTRY} %</p>',
          '<responseProcessing><equal toleranceMode="absolute" tolerance="0.5 0.5"/></responseProcessing>'),
          Question("多少？", Numeric(Decimal("98.5"), Decimal("0.5"), unit="%"))),
    (item(declaration(["5"], sort="integer"), f'<p>要{ENTRY}天完成</p>'),
        Question("要（　）天完成", Numeric(Decimal(5)))),
    (item('<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="5"/>',
          '<p>述</p><rubricBlock view="scorer"><p>先道歉</p></rubricBlock><extendedTextInteraction responseIdentifier="R"/>',
          '<modalFeedback outcomeIdentifier="F" identifier="f" showHide="show"><p>因为</p></modalFeedback>'),
     Question("述", ShortAnswer((), "先道歉"), "因为", Decimal(5))),
])
def test_foreign_items_by_the_information_model(tmp_path: Path, xml: str, question: Question | str) -> None:
    """In the dress of 2.1, and the very same in that of 3.0."""
    newer = to_xml(names.newer(parse(xml.encode()))).decode()
    assert "<qti-item-body>" in newer
    for text in (xml, newer):
        found = read(tmp_path, text)
        if isinstance(question, str):
            assert [one.reasons[0].code for one in found.turned_away] == [question]
        else:
            assert _only(found) == question


def test_an_item_of_3_0_in_its_own_dress(tmp_path: Path) -> None:
    found = read(tmp_path, f"""<qti-assessment-item xmlns="{names.ITEM_SPACE['3.0']}" identifier="x" title="题" time-dependent="false">
<qti-response-declaration identifier="R" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>b</qti-value></qti-correct-response>
</qti-response-declaration>
<qti-item-body>
<qti-choice-interaction response-identifier="R" shuffle="false" max-choices="1">
<qti-prompt>多久到账？</qti-prompt>
<qti-simple-choice identifier="a">三天</qti-simple-choice>
<qti-simple-choice identifier="b">七天</qti-simple-choice>
<qti-simple-choice identifier="c">十五天</qti-simple-choice>
</qti-choice-interaction></qti-item-body>
<qti-modal-feedback outcome-identifier="F" identifier="f" show-hide="show">
<qti-content-body><p>因为</p></qti-content-body>
</qti-modal-feedback></qti-assessment-item>""")
    assert _only(found) == Question("多久到账？", SINGLE.body, "因为")
    assert (found.taken[0].place.id, found.taken[0].about.title) == ("x", "题")


@pytest.mark.parametrize(("xml", "code"), [
    (item("", "<p>只有话</p>"), "no_interaction"), (item(declaration(["ChoiceB"]), CHOICE + CHOICE), "many_interactions"),
    (item("", CHOICE), "no_declaration"), (item(declaration(["X"]), CHOICE), "key_unknown"), (item(declaration([]), CHOICE), "no_key"),
    (item(declaration([]), '<choiceInteraction responseIdentifier="R"><prompt>问</prompt></choiceInteraction>'), "no_options"),
    (item(declaration(["ChoiceA"], "ordered"), f'<p>排</p><orderInteraction responseIdentifier="R">{CHOICES}</orderInteraction>'),
        "key_unread"),
    (item(declaration(["1 1"], sort="point"), '<p>点</p><selectPointInteraction responseIdentifier="R"/>'), "kind_unknown"),
    (item(declaration(["many"], sort="float"), f'<p>几{ENTRY}</p>'), "key_unread"),
    (item(declaration(["a"], sort="string", more=mapping(("a", "1"), ("b", "0.5"))),
        f'<p>几{ENTRY}</p>'), "share_of_answer"),
    (item(declaration(["ChoiceA", "ChoiceB"], "multiple", more=mapping(("ChoiceA", "1"), ("ChoiceB", "2"))), MANY), "unequal_shares"),
    (f'<assessmentItem xmlns="{names.ITEM_SPACE["2.1"]}" identifier="i"/>', "no_body"), ("<assessmentTest/>", "element_unknown"),
])
def test_what_cannot_be_taken_is_turned_away(tmp_path: Path, xml: str, code: str) -> None:
    assert [one.reasons[0].code for one in read(tmp_path, xml).turned_away] == [code]


def test_a_package_with_everything_in_it(tmp_path: Path) -> None:
    good = item(declaration(["ChoiceB"]), CHOICE.replace("多久", '<img src="../图/a%201.png" alt="图"/><img src="../../x.png"/>'
                                                               '<img src="http://a.example/x.png"/>多久'))
    path = package(tmp_path,
        {"items/好 1.xml": good, "items/b.xml": "<broken", "items/c.xml": good.replace('identifier="i1"', 'identifier="i3"'),
            "图/a 1.png": PNG,
                              "stray.xml": "<x/>", "style.css": "p{}"}, ["items/%E5%A5%BD%201.xml", "items/b.xml", "items/gone.xml"])
    found = read_file(path)
    assert [one.place.id for one in found.taken] == ["i1"]
    assert found.taken[0].question.stem.startswith(f"![图](attachment:{SHA})多久")
    assert found.pictures == (Picture(SHA, "image/png", PNG),)
    assert [(one.place.id, one.reasons[0].code) for one in found.turned_away] == [("items/b.xml", "damaged"),
        ("items/gone.xml", "part_missing")]
    assert [(one.place.id, one.code) for one in found.passed_over] == [("items/c.xml", "unlisted"), ("stray.xml", "unlisted")]
    assert found.count == 5


def test_tests_are_passed_over_and_a_missing_manifest_is_no_hindrance(tmp_path: Path) -> None:
    good = item(declaration(["ChoiceB"]), CHOICE)
    found = read_file(package(tmp_path, {"a.xml": good}))
    assert len(found.taken) == 1
    path = package(tmp_path, {"t.xml": "<assessmentTest/>"}, ["t.xml"], "imsqti_test_xmlv2p1")
    assert [(one.place.id, one.code) for one in read_file(path).passed_over] == [("t.xml", "test")]


@pytest.mark.parametrize(("parts", "code"), [
    ({"../a.xml": "<x/>"}, "odd_part"), ({"/a.xml": "<x/>"}, "odd_part"), ({"a.xml": "<x/>", "A.XML": "<x/>"}, "odd_part"),
    ({"a.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><assessmentItem>&x;</assessmentItem>'}, "doctype"),
    ({"a.xml": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><assessmentItem/>'.encode("utf-16")}, "doctype"),
    ({"a.xml": "<a>" + " " * 3_000_000 + "</a>"}, "ratio"), ({f"{n}.xml": "<x/>" for n in range(5_001)}, "too_many_parts"),
    ({"a.txt": "x"}, "empty"),
])
def test_r_u1_hostile_packages_are_refused_whole(tmp_path: Path, parts: dict[str, str | bytes], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_file(package(tmp_path, parts))
    assert refused.value.code == code


def test_r_u1_broken_files_are_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for data, code in ((b"PK\x03\x04 nothing", "damaged"), (b"", "damaged"), (b"<!DOCTYPE x []><x/>", "doctype")):
        path.write_bytes(data)
        with pytest.raises(Refused) as refused:
            read_file(path)
        assert refused.value.code == code


def test_our_packages_come_back_with_pictures_labels_and_ids(tmp_path: Path) -> None:
    picture = f"看![图](attachment:{SHA})"
    several = [Question(picture, Choice(PINNED, (A.id, B.id), True), "**因为**", Decimal("2.5")),
        Question("对吗", TrueFalse(False)), SINGLE,
               Question("在[[1]]内，由**[[2]]**办", FillIn((Blank("1", ("三天",), 2), Blank("2", ("主管", "经理"))))),
               Question("配", Matching((A, B), (A, B, C), ((A.id, B.id), (B.id, B.id)))), Question("排", Ordering((C, A, B)))]
    items = [Taken(Place(), one, About(f"Q-{n}", f"题{n}", "退款/时限", "hard", ("甲",))) for n, one in enumerate(several)]
    path = tmp_path / "q.zip"
    for version in VERSIONS:
        data = write(items, version, {SHA: Picture(SHA, "image/png", PNG)})
        assert data == write(items, version, {SHA: Picture(SHA, "image/png", PNG)})
        path.write_bytes(data)
        found = read_file(path)
        assert not found.turned_away and not found.passed_over
        assert [one.question for one in found.taken] == several  # ids and all
        assert [one.about for one in found.taken] == [one.about for one in items]
        assert found.pictures == (Picture(SHA, "image/png", PNG),)
        with zipfile.ZipFile(io.BytesIO(data)) as made:
            root = parse(made.read("items/q1.xml"))
        assert root.tag == {"2.1": "assessmentItem", "3.0": "qti-assessment-item"}[version]
    with pytest.raises(ValueError):
        write(items, "1.2")


@settings(max_examples=100, deadline=None)
@given(questions() | questions(ROUGH))
def test_what_a_package_can_hold_is_not_lost(question: Question) -> None:
    codes = {version: cannot_hold(question, version) for version in VERSIONS}
    assert codes["2.1"] == codes["3.0"]
    assert set(codes["2.1"]) <= lost.CODES
    if not codes["3.0"]:
        back = _there_and_back(question)
        assert alike(back, question, looks)
        assert problems_of(back) == []


@settings(max_examples=80, deadline=None)
@given(questions(cases=False).map(simple))
def test_a_package_holds_every_plain_question(question: Question) -> None:
    assert cannot_hold(question, "2.1") == []
    assert alike(_there_and_back(question), question, lambda text: " ".join(text.split()))


def _there_and_back(question: Question) -> Question:
    """Through a real package, with every picture at hand."""
    pictures = {sha: Picture(sha, "image/png", PNG) for sha in pictures_of(question)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "q.zip"
        path.write_bytes(write([Taken(Place(), question)], "3.0", pictures))
        return _only(read_file(path))


def test_marked_up_texts_come_back_looking_the_same(tmp_path: Path) -> None:
    text = "# 头\n\n- 一\n- 二 *斜*\n\n| a | b |\n| --- | --- |\n| 1 | `x < 2` |\n\n> 引\n\n1. 甲\n2. [站](https://a.example/?x=1&y=2)"
    question = Question(text, SINGLE.body, "```\na\n  b\n```")
    assert cannot_hold(question, "3.0") == []
    path = tmp_path / "q.zip"
    path.write_bytes(write([Taken(Place(), question)], "3.0"))
    assert alike(read_file(path).taken[0].question, question, looks)


@pytest.mark.parametrize(("question", "codes"), [
    (Question("问", Choice((A, B), (A.id, B.id), True, Credit.HALF_IF_MISSED)), ["credit"]),
    (Question("问", Choice((A, B), (A.id, B.id), True, Credit.ALL)), []),
    (Question("问", Choice((A, B, C), (A.id, B.id), True, Credit.LESS_WRONG)), []),
    (Question("排", Ordering((A, B), OrderCredit.NEIGHBOURS)), ["credit"]),
    (Question("[[1]]", FillIn((Blank("1", ("甲",), 3),), Folding(case=False))), []),
    (Question("[[1]]", FillIn((Blank("1", ("甲",)),), Folding(script=True))), ["folding"]),
    (Question("几", Numeric(Decimal(3), Decimal("0.1"), True, "天")), []),
    (Question("几", Numeric(Decimal(3), unit="平方 米")), ["text_changed"]),
    (Question("述", ShortAnswer((Criterion("1", "甲", Decimal(1)),), "先道歉", 100)), ["rubric", "longest"]),
    (Question(":::say\n甲\n:::", SINGLE.body), ["text_changed"]),
])
def test_what_cannot_be_held_is_named(question: Question, codes: list[str]) -> None:
    assert cannot_hold(question, "2.1") == codes


def test_only_a_case_is_no_single_item() -> None:
    assert set(Kind) - writing.KINDS == {Kind.CASE}
