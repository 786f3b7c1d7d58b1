"""Packages: what SCORM 1.2, 2004 and cmi5 say of themselves is read; whatever an enemy sends is refused with a sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from kmsvc.convert import limits
from kmsvc.convert.refusals import Refused
from kmsvc.convert.texts import REFUSALS
from kmsvc.training.courses import packages
from kmsvc.training.courses.packages import look_through
from tests.training.courses.zips import CMI5, cmi5, linked, manifest12, scorm12, scorm2004, zipped


def looked(tmp_path: Path, data: bytes) -> packages.Package:
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    return look_through(path)


def test_what_each_standard_says_of_itself(tmp_path: Path) -> None:
    one = looked(tmp_path, scorm12())
    assert (one.standard, one.title, one.files) == ("scorm12", "退款培训", 3)
    assert [(it.id, it.title, it.href, it.counts) for it in one.items] == [("i1", "第一节", "index.html", True)]
    assert looked(tmp_path, scorm2004()).standard == "scorm2004"
    third = looked(tmp_path, cmi5())
    assert (third.standard, third.title) == ("cmi5", "退款")
    assert [(it.id, it.href, it.mastery, it.move_on) for it in third.items] == [
        ("https://x.test/c/a", "index.html?x=1", 8000, "CompletedOrPassed")]


def test_bases_parameters_escapes_and_mastery_are_read(tmp_path: Path) -> None:
    text = manifest12("%E7%AC%AC%201.html?a=1", item="<adlcp:masteryscore>80</adlcp:masteryscore>").replace(
        "<resources>", '<resources xml:base="con/">').replace('identifierref="r1"', 'identifierref="r1" parameters="?b=2"')
    one = looked(tmp_path, zipped(("imsmanifest.xml", text), ("con/第 1.html", "x")))
    assert (one.items[0].href, one.items[0].mastery) == ("con/第 1.html?a=1&b=2", 8000)


def part(name: str, **more: Any) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    for key, value in more.items():
        setattr(made, key, value)
    return made


MANIFEST = ("imsmanifest.xml", manifest12())
ENTITIES = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(("data", "code"), [
    (b"no zip at all", "damaged"),
    (scorm12()[:-40], "damaged"),
    (zipped(MANIFEST, ("index.html", "x"), ("../up.html", "x")), "odd_part"),
    (zipped(MANIFEST, ("index.html", "x"), ("a/../../up.html", "x")), "odd_part"),
    (zipped(MANIFEST, ("index.html", "x"), ("/etc/cron.d/x", "x")), "odd_part"),
    (zipped(MANIFEST, ("index.html", "x"), ("C:/x.html", "x")), "odd_part"),
    (zipped(MANIFEST, ("index.html", "x"), ("a\\..\\..\\x", "x")), "odd_part"),
    (zipped(MANIFEST, ("index.html", "x"), ("INDEX.html", "y")), "odd_part"),
    (zipped(MANIFEST, ("index.html", "x"), ("a\x1b[2J", "y")), "odd_part"),
    (linked(), "linked_part"),
    (zipped(MANIFEST, ("index.html", b"\0" * (2 * limits.MB))), "ratio"),
    (zipped(MANIFEST, *((f"{number}.html", "x") for number in range(limits.ZIP_ENTRIES + 1)), deflated=False), "too_many_parts"),
    (zipped(("index.html", "x")), "no_manifest"),
    (zipped(("below/imsmanifest.xml", manifest12()), ("index.html", "x")), "no_manifest"),
    (zipped(("imsmanifest.xml", manifest12(version="1.1")), ("index.html", "x")), "odd_standard"),
    (zipped(("imsmanifest.xml", "<html/>"), ("index.html", "x")), "odd_standard"),
    (zipped(("imsmanifest.xml", "<manifest"), ("index.html", "x")), "damaged"),
    (zipped(("imsmanifest.xml", manifest12(extra=ENTITIES)), ("index.html", "x")), "doctype"),
    (zipped(("cmi5.xml", CMI5.replace("?>", "?>" + ENTITIES, 1)), ("index.html", "x")), "doctype"),
    (zipped(("imsmanifest.xml", "<a>" * 500 + "</a>" * 500), ("index.html", "x")), "too_much"),
    (zipped(MANIFEST), "launches_nothing"),
    (zipped(("imsmanifest.xml", manifest12("../../index.html")), ("index.html", "x")), "launches_nothing"),
    (zipped(("imsmanifest.xml", manifest12("/index.html")), ("index.html", "x")), "launches_elsewhere"),
    (zipped(("imsmanifest.xml", manifest12("https://evil.test/x.html")), ("index.html", "x")), "launches_elsewhere"),
    (zipped(("imsmanifest.xml", manifest12("javascript:alert(1)")), ("index.html", "x")), "launches_elsewhere"),
    (zipped(("cmi5.xml", CMI5.replace("index.html?x=1", "//evil.test/")), ("index.html", "x")), "launches_elsewhere"),
    (zipped(("cmi5.xml", CMI5.split("<au")[0] + "</courseStructure>"), ("index.html", "x")), "nothing_to_launch"),
    (zipped(("imsmanifest.xml", manifest12().replace('href="index.html"', "")), ("index.html", "x")), "nothing_to_launch"),
])
def test_what_an_enemy_sends_is_refused_with_a_sentence(tmp_path: Path, data: bytes, code: str) -> None:
    """R-U1: by a code and a sentence, before anything of it is kept."""
    with pytest.raises(Refused) as refused:
        looked(tmp_path, data)
    assert refused.value.code == code and REFUSALS[code] % refused.value.params


def test_a_bomb_that_lies_about_its_size_is_not_read_beyond_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "EXPANDED_MB", 0)
    with pytest.raises(Refused) as refused:
        looked(tmp_path, scorm12())
    assert refused.value.code == "expands"


def test_an_encrypted_part_is_refused(tmp_path: Path) -> None:
    data = bytearray(scorm12())
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    with pytest.raises(Refused) as refused:
        looked(tmp_path, bytes(data))
    assert refused.value.code == "encrypted"
