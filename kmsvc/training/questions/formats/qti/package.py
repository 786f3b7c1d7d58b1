"""Packages: a zip with a manifest, an XML part for each item, and pictures. Whoever made it, it is hostile until it is read."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote

from kmsvc.convert.gallery import Gallery
from kmsvc.convert.limits import FILE_MB, MB
from kmsvc.convert.precheck import check_zip
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture
from kmsvc.training.questions.formats.lost import lost
from kmsvc.training.questions.formats.qti.items import ItemReader
from kmsvc.training.questions.formats.qti.names import PACKAGE_SPACE, RESOURCE_TYPE, newer, older
from kmsvc.training.questions.formats.qti.writing import KINDS, ItemWriter, holds_credit
from kmsvc.training.questions.formats.results import (
    About,
    Gathering,
    NotUnderstood,
    Place,
    Reading,
    Taken,
    about_with_tags,
    tags_with_level,
    trial,
)
from kmsvc.training.questions.formats.trees import LARGEST_MB, Element, element, parse, to_xml
from kmsvc.training.questions.formats.wording import looks
from kmsvc.training.questions.kinds import Choice, FillIn, Folding, Ordering, Question, pictures_of

MANIFEST = "imsmanifest.xml"
VERSIONS = ("2.1", "3.0")
_TOPIC = "topic:"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def read_file(path: Path) -> Reading:
    """Every item of a package, or the one of a bare XML file. Raises Refused: every code of `check_zip`, doctype, damaged …"""
    if path.stat().st_size > FILE_MB * MB:
        raise Refused("too_large", limit_mb=FILE_MB)
    with path.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    gathering, gallery = Gathering(), Gallery()
    if is_zip:
        check_zip(path)
        with zipfile.ZipFile(path) as package:
            _Package(package, gathering, gallery).read()
    else:
        _read_item(parse(path.read_bytes(), path.name), "", About(), lambda src: None, gathering)
    if not gathering.found:
        raise Refused("empty")
    report = list(gallery.report())
    gathering.notices += [one for one in report if isinstance(one, Notice)]
    return gathering.done(one for one in report if isinstance(one, Picture))


class _Package:
    """An open package that has been checked."""

    def __init__(self, package: zipfile.ZipFile, gathering: Gathering, gallery: Gallery) -> None:
        self.package, self.gathering, self.gallery = package, gathering, gallery
        self.parts = {one.filename: one for one in package.infolist() if not one.is_dir()}
        self.tests: set[str] = set()

    def read(self) -> None:
        xml = [name for name in self.parts if name.lower().endswith(".xml")]
        if sum(self.parts[name].file_size for name in xml) > LARGEST_MB * MB:
            raise Refused("too_much")
        listed = list(self._listed()) if MANIFEST in self.parts else [(name, About()) for name in xml]
        for name, about in listed:
            if name not in self.parts:
                self.gathering.turn_away(Place(id=name[:200]), "part_missing", name)
                continue
            folder = posixpath.dirname(name)
            root = self._tree(name)
            if root is not None:
                _read_item(root, name, about, partial(self._picture, folder), self.gathering)
        for name in sorted(set(xml) - {name for name, _ in listed} - self.tests - {MANIFEST}):
            self.gathering.pass_over(Place(id=name[:200]), "unlisted")

    def _tree(self, name: str) -> Element | None:
        """A part as a tree; one that is no XML is turned away alone."""
        try:
            return parse(self.package.read(name), name)
        except Refused as refused:
            self.gathering.turn_away(Place(id=name[:200]), refused.code, name)
            return None

    def _listed(self) -> Iterator[tuple[str, About]]:
        """(name of the part, what the manifest says of it) of each item."""
        for one in parse(self.package.read(MANIFEST), MANIFEST).within("resource"):
            sort = one.attributes.get("type", "")
            if not sort.startswith("imsqti_"):
                continue
            name = posixpath.normpath(unquote(one.attributes.get("href", "")))
            if not sort.startswith("imsqti_item"):
                self.tests.add(name)
                self.gathering.pass_over(Place(id=name[:200]), "test")
                continue
            words = [said.text.strip() for keyword in one.within("keyword") for said in keyword.all("string", "langstring")]
            topic = next((word[len(_TOPIC):] for word in words if word.startswith(_TOPIC)), "")
            yield name, about_with_tags(About(topic=topic[:200]), (word for word in words if not word.startswith(_TOPIC)))

    def _picture(self, folder: str, src: str) -> str | None:
        name = posixpath.normpath(posixpath.join(folder, unquote(src)))
        if name not in self.parts:
            return None
        return self.gallery.add(self.package.read(name))


def _read_item(root: Element, name: str, about: About, picture: Callable[[str], str | None], gathering: Gathering) -> None:
    node = older(root)
    place = Place(id=(node.attributes.get("identifier") or name)[:200])
    if node.tag != "assessmentItem":
        gathering.turn_away(place, "element_unknown", name, name=node.tag[:40])
        return
    title, number = node.attributes.get("title", ""), node.attributes.get("label", "")
    reader = ItemReader(node, picture)
    try:
        question = reader.question()
    except NotUnderstood as error:
        gathering.turn_away(place, error.code, title or name, error.where, **error.params)
        return
    gathering.judge(place, question, About(number[:60], title[:200], about.topic, about.difficulty, about.tags), reader.remarks)


def write(items: Sequence[Taken], version: str, pictures: Mapping[str, Picture] | None = None) -> bytes:
    """A package. version: one of VERSIONS. pictures: by SHA-256; of one that is not among them only a dead name stays.

    ValueError for another version, and for a case, which is no single item: ask `cannot_hold` first."""
    if version not in VERSIONS:
        raise ValueError(version)
    known = pictures or {}
    resources: list[Element] = []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for place, one in enumerate(items, 1):
            its = [sha for sha in pictures_of(one.question) if sha in known]
            resources.append(_resource(package, one, f"q{place}", version, {sha: _name(known[sha]) for sha in its}))
        used = dict.fromkeys(sha for one in items for sha in pictures_of(one.question) if sha in known)
        for sha in used:
            _add(package, _name(known[sha]), known[sha].data)
            resources.append(element("resource", element("file", href=_name(known[sha])), identifier=f"f{sha}", type="webcontent",
                                     href=_name(known[sha])))
        manifest = element("manifest", element("organizations"), element("resources", *resources), xmlns=PACKAGE_SPACE[version],
                           identifier="questions")
        _add(package, MANIFEST, to_xml(manifest))
    return out.getvalue()


def _resource(package: zipfile.ZipFile, item: Taken, name: str, version: str, pictures: Mapping[str, str]) -> Element:
    writer = ItemWriter(item.question, item.about, name, lambda sha: f"../{pictures.get(sha, f'pictures/{sha}')}", version)
    made = writer.item()
    part = f"items/{name}.xml"
    _add(package, part, to_xml(newer(made) if version == "3.0" else made))
    words = [*tags_with_level(item.about), *([f"{_TOPIC}{item.about.topic}"] if item.about.topic else [])]
    keywords = [element("keyword", element("string", word)) for word in words]
    told = [element("metadata", element("lom", element("general", *keywords), xmlns="http://ltsc.ieee.org/xsd/LOM"))] if keywords else []
    files = [element("file", href=quote(one)) for one in (part, *pictures.values())]
    return element("resource", *told, *files, identifier=name, type=RESOURCE_TYPE[version], href=part)


def _add(package: zipfile.ZipFile, name: str, data: bytes) -> None:
    """A part with a date that is always the same, so that equal questions make equal packages."""
    package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def _name(picture: Picture) -> str:
    return f"pictures/{picture.sha256}.{_ENDINGS.get(picture.content_type, 'bin')}"


def cannot_hold(question: Question, version: str) -> list[str]:
    """What a package does not keep of a question: codes of `lost`, none when it comes back whole and looks the same."""
    keeps = {"explanation", "tolerance", "relative_tolerance", "unit", "points", "pictures", "fixed_order", "pinned", "model_answer",
             "many_blanks", "blank_weight"}
    body = question.body
    if isinstance(body, Choice | Ordering) and holds_credit(body):
        keeps.add("credit")
    if isinstance(body, FillIn) and body.folding in (Folding(), Folding(case=False)):
        keeps.add("folding")
    return lost(question, KINDS, keeps) or trial(question, lambda one: back(one, version), looks)


def back(question: Question, version: str) -> Reading:
    """What comes out of a package with this question alone, its pictures taken for granted."""
    made = ItemWriter(question, About(), "q1", lambda sha: f"../{sha}", version).item()
    gathering = Gathering()
    _read_item(parse(to_xml(newer(made) if version == "3.0" else made)), "q1", About(), lambda src: f"attachment:{src[3:]}", gathering)
    return gathering.done()
