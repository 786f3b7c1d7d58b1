"""R-U3: files of questions with random damage are read or refused; nothing else happens, and nothing found in them is wrong."""

from __future__ import annotations

import os
import random
import re
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from kmsvc.convert.refusals import Refused
from kmsvc.convert.sheets import csv_sheet
from kmsvc.training.questions.formats import aiken, gift, gift_writing, moodle, moodle_writing
from kmsvc.training.questions.formats.qti.package import read_file, write
from kmsvc.training.questions.formats.results import Place, Reading, Taken
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


def _in_package(data: bytes, chance: random.Random) -> bytes:
    """A package of which a part is damaged, the package itself whole."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = {one: package.read(one).decode() for one in package.namelist()}
    name = chance.choice(sorted(parts))
    return make.zipped({**parts, name: _in_xml(parts[name], chance)})


@pytest.mark.parametrize("name", ["aiken", "gift", "moodle", "csv", "qti21", "qti30"])
def test_r_u3_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    path = tmp_path / "q.zip"

    def package(data: bytes) -> Reading:
        path.write_bytes(data)
        return read_file(path)

    seed, read = {
        "aiken": (aiken.write(SEED[:1] * 3), aiken.read), "gift": (gift_writing.write(SEED[:7]), gift.read),
        "moodle": (moodle_writing.write(SEED), moodle.read), "csv": (write_csv(SEED), lambda data: read_sheets([csv_sheet(data)])),
        "qti21": (write(SEED, "2.1"), package), "qti30": (write(SEED, "3.0"), package)}[name]
    taken = 0
    damage = {"moodle": _in_xml}.get(name, _in_text)
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
