"""R-U3: files of questions with random damage are read or refused; nothing else happens, and nothing found in them is wrong."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Picture
from kmsvc.convert.sheets import csv_sheet
from kmsvc.training.questions.formats import aiken, gift, gift_writing, moodle, moodle_writing, whole
from kmsvc.training.questions.formats.every import read as read_any
from kmsvc.training.questions.formats.qti.package import read_file, write
from kmsvc.training.questions.formats.results import About, Place, Reading, Taken
from kmsvc.training.questions.formats.sheet import read_sheets
from kmsvc.training.questions.formats.sheet_writing import write_csv
from kmsvc.training.questions.kinds import (
    Blank,
    Choice,
    FillIn,
    Matching,
    Numeric,
    Ordering,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from kmsvc.training.questions.problems import problems_of
from tests.convert import make
from tests.training.questions.strategies import ROUGH, questions

TOTAL = 1_000 if os.environ.get("KMSVC_HARD") else 60
A, B, C = options_of(["三天", "七天", "十五天"])
SEED = [Taken(Place(), one) for one in (
    Question("多久到账？", Choice((A, B, C), (B.id,)), "因为", Decimal(2)),
    Question("材料？", Choice((A, B, C), (A.id, B.id), True)), Question("对吗", TrueFalse(True)),
    Question("在[[1]]内", FillIn((Blank("1", ("三天", "3天")),))), Question("几", Numeric(Decimal("2.5"), Decimal("0.1"))),
    Question("述", ShortAnswer()),
    Question("配", Matching((A, B), (B, C), ((A.id, B.id), (B.id, C.id)))), Question("排", Ordering((A, B, C))))]


ODD = ["", "{", "}", "=", "~", "%", "%50%", "-1e99", "NaN", "]]", "[[1]]", "\n\n", "A", "，", "\"", "*", "x" * 300, "ANSWER: ",
    "::", "->", "\u202e", "true"]
_INNER = re.compile(r"<([\w-]+)[^<>]*>[^<>]*</\1>")
_PLACES = (re.compile(r'(?<==")[^"<>]*(?=")'), re.compile(r"(?<=>)[^<>]+(?=<)"), _INNER)


def _in_text(text: str, chance: random.Random) -> str:
    """A piece cut out, doubled or moved, or an odd one put in; two to five times."""
    for _ in range(chance.randint(2, 5)):
        start = chance.randrange(len(text) + 1)
        end, at = start + chance.choice((1, 2, 5, 20)), chance.randrange(len(text) + 1)
        text = chance.choice((text[:start] + text[end:], text[:at] + text[start:end] + text[at:],
            text[:start] + chance.choice(ODD) + text[end:]))
    return text


def _in_xml(text: str, chance: random.Random) -> str:
    """An attribute, the words or the whole of an element changed, so that it is still XML; now and then it is none."""
    for _ in range(chance.randint(1, 4)):
        found = list(chance.choice(_PLACES).finditer(text))
        if found:
            one = chance.choice(found)
            other = chance.choice([escape(chance.choice(ODD), {'"': "&quot;"}), "", one[0] * 2, chance.choice(found)[0]])
            text = text[:one.start()] + other + text[one.end():]
    return _in_text(text, chance) if chance.random() < 0.1 else text


def _in_json(text: str, chance: random.Random) -> str:
    """A value somewhere inside changed, so that it is still JSON; now and then it is none."""
    found = json.loads(text)
    for _ in range(chance.randint(1, 3)):
        place: Any = found["questions"]
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(place[key], dict | list) and chance.random() < 0.85:
                place = place[key]
                continue
            place[key] = chance.choice([*ODD, None, True, -1, 1e99, [], {}, [[]], {"id": 1}])
            break
    text = json.dumps(found, ensure_ascii=False)
    return _in_text(text, chance) if chance.random() < 0.1 else text


def _in_package(data: bytes, chance: random.Random) -> bytes:
    """A package of which a part is damaged, the package itself whole."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {one: package.read(one).decode() for one in package.namelist()}
    name = chance.choice(sorted(parts))
    return make.zipped({**parts, name: _in_xml(parts[name], chance)})


@pytest.mark.parametrize("name", ["aiken", "gift", "moodle", "csv", "qti21", "qti30", "json"])
def test_r_u3_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    path = tmp_path / "q.zip"

    def package(data: bytes) -> Reading:
        path.write_bytes(data)
        return read_file(path)

    seed, read = {
        "aiken": (aiken.write(SEED[:1] * 3), aiken.read), "gift": (gift_writing.write(SEED[:7]), gift.read),
        "moodle": (moodle_writing.write(SEED), moodle.read), "csv": (write_csv(SEED), lambda data: read_sheets([csv_sheet(data)])),
        "json": (whole.write(SEED, {}), whole.read), "qti21": (write(SEED, "2.1"), package),
        "qti30": (write(SEED, "3.0"), package)}[name]
    taken = 0
    damage = {"moodle": _in_xml, "json": _in_json}.get(name, _in_text)
    for _ in range(TOTAL):
        data = _in_package(seed, chance) if name.startswith("qti") else damage(seed.decode(), chance).encode("utf-8", "replace")
        try:
            found = read(data)
        except Refused:
            continue
        assert found.count > 0
        taken += len(found.taken)
        for one in found.taken:
            assert problems_of(one.question) == []
        for away in found.turned_away:
            assert away.reasons
    assert taken > TOTAL  # what is whole is still read


BOMBS = {
    "deep.json": b"[" * 200_000, "deep.xml": b"<quiz>" + b"<question>" * 100_000, "deep.gift": b"::a:: {" * 50_000,
    "long.gift": b"x" * 5_000_000 + b"{", "line.gift": b"x" * 30_000_000, "line.txt": b"A. " + b"x" * 30_000_000,
    "line.csv": b"=cmd|' /C calc'!A0," + b"x" * 30_000_000,
    "line.json": b'{"format": "kmsvc-questions", "questions": ["' + b"x" * 30_000_000 + b'"]}',
    "laughs.xml": (b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]>'
                   b'<quiz><question>&c;</question></quiz>'),
    "outside.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><quiz><question>&b;</question></quiz>'}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_r_u1_bombs_are_refused_by_the_limited_child(tmp_path: Path, name: str) -> None:
    """R-U1: deep nesting, lines without an end, entities: refused in one clear word, nothing of it is taken."""
    path = tmp_path / name
    path.write_bytes(BOMBS[name])
    try:
        found = read_any(path, name)
    except Refused:
        return
    assert not found.taken and all(one.reasons for one in found.turned_away)


@given(questions(ROUGH))
def test_json_loses_nothing_at_all(question: Question) -> None:
    assume(not problems_of(question))
    back = whole.read(whole.write([Taken(Place(), question, About("N-1", "", "退费", "hard", ("a",)))], {}))
    assert [(one.question, one.about) for one in back.taken] == [(question, About("N-1", "", "退费", "hard", ("a",)))]


@given(questions(), st.sampled_from(("=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "\t=1")))
def test_r_c3_no_cell_of_questions_is_a_live_formula(question: Question, words: str) -> None:
    """R-C3"""
    data = write_csv([Taken(Place(), replace(question, stem=words, explanation=words), About(words))])
    rows = csv.reader(StringIO(data.decode("utf-8-sig")))
    assert all(not str(cell).startswith(("=", "+", "-", "@", "\t")) or _is_number(str(cell)) for row in rows for cell in row)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except ArithmeticError:
        return False


def test_pictures_and_tables_come_back_out_of_json() -> None:
    drawn = BytesIO()
    Image.new("RGB", (3, 3), "red").save(drawn, "PNG")
    sha = sha256(drawn.getvalue()).hexdigest()
    words = f"![图](attachment:{sha})\n\n| 档 | 天 |\n| --- | --- |\n| 甲 | 5 |"
    item = Taken(Place(), Question(words, TrueFalse(True)), About("N-1"))
    back = whole.read(whole.write([item], {sha: Picture(sha, "image/png", drawn.getvalue())}))
    assert [one.question.stem for one in back.taken] == [words]
    assert [(one.sha256, one.content_type) for one in back.pictures] == [(sha, "image/png")]
    false = whole.read(whole.write([item], {sha: Picture(sha, "image/png", b"<svg onload=alert(1)>")}))
    assert false.pictures == () and [one.code for one in false.notices] == ["pictures_left_out"]
