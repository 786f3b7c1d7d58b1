"""Packages of SCORM 1.2, SCORM 2004 and cmi5: whoever made one, it is hostile until it was looked through, and it is never unpacked.

Its parts are read out of the zip by names that were checked; what it says of itself is read by the hardened reader of trees."""

from __future__ import annotations

import posixpath
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from kmsvc.convert import limits
from kmsvc.convert.limits import MB
from kmsvc.convert.precheck import check_directory
from kmsvc.convert.refusals import Refused
from kmsvc.training.questions.formats.trees import Element, parse

SCORM12, SCORM2004, CMI5 = "scorm12", "scorm2004", "cmi5"
LARGEST_MB = 300
EXPANDED_MB = 1000
MANIFEST_MB = 5
PART_MB = 300
MOST_ITEMS = 500
LONGEST = 300
_STORED_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Item:
    """What can be launched. href: its page with what follows ? and #; data: what the manifest hands it; mastery: hundredths of a
    percent that count as passed; move_on: of cmi5; counts: it must be done for the lesson to be."""

    id: str
    title: str
    href: str
    data: str = ""
    mastery: int | None = None
    move_on: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Package:
    """A package that was looked through. files: how many parts; size: bytes once unpacked."""

    standard: str
    title: str
    items: tuple[Item, ...]
    files: int
    size: int

    def as_json(self) -> list[dict[str, Any]]:
        """Its items as they are kept."""
        return [asdict(one) for one in self.items]


def look_through(path: Path) -> Package:
    """What a package is. Raises Refused: every code of a zip, linked_part, no_manifest, odd_standard, nothing_to_launch,
    launches_nothing, launches_elsewhere, doctype, damaged."""
    check_directory(path)
    try:
        with zipfile.ZipFile(path) as package:
            names = checked_names(package)
            size = sum(entry.file_size for entry in package.infolist())
            if "imsmanifest.xml" in names:
                standard, title, items = _scorm(_manifest(package, "imsmanifest.xml"), set(names))
            elif "cmi5.xml" in names:
                standard, title, items = _cmi5(_manifest(package, "cmi5.xml"), set(names))
            else:
                raise Refused("no_manifest")
    except Refused:
        raise
    except Exception:  # zipfile and zlib answer a broken package with many kinds of error
        raise Refused("damaged") from None
    if not items:
        raise Refused("nothing_to_launch")
    return Package(standard, title[:200], tuple(items[:MOST_ITEMS]), len(names), size)


def checked_names(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts of a package by name. Raises Refused where one is no plain file below it, or it is a bomb."""
    entries = package.infolist()
    if len(entries) > limits.ZIP_ENTRIES:
        raise Refused("too_many_parts", limit=limits.ZIP_ENTRIES)
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    expanded = 0
    for entry in entries:
        name = entry.filename
        parts = name.rstrip("/").split("/")
        # Python cuts a name at a zero byte; what was cut off says that somebody tried.
        if "\\" in entry.orig_filename or "\x00" in entry.orig_filename or name.startswith("/") or ":" in parts[0] or len(name) > 1000 \
                or any(part in ("", ".", "..") for part in parts) or not name.isprintable():
            raise Refused("odd_part", part=_shown(name))
        if name.lower() in seen:
            raise Refused("odd_part", part=_shown(name))
        seen.add(name.lower())
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused("linked_part", part=_shown(name))
        if entry.flag_bits & 1:
            raise Refused("encrypted")
        if entry.compress_type not in _STORED_OR_DEFLATED:
            raise Refused("odd_part", part=_shown(name))
        expanded += entry.file_size
        if expanded > EXPANDED_MB * MB or entry.file_size > PART_MB * MB:
            raise Refused("expands", limit_mb=EXPANDED_MB)
        if entry.file_size > limits.ZIP_RATIO_FROM_MB * MB and entry.file_size > limits.ZIP_RATIO * max(entry.compress_size, 1):
            raise Refused("ratio", part=_shown(name))
        if not entry.is_dir():
            found[name] = entry
    return found


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name)[:60]


def _manifest(package: zipfile.ZipFile, name: str) -> Element:
    with package.open(name) as part:
        data = part.read(MANIFEST_MB * MB + 1)
    if len(data) > MANIFEST_MB * MB:
        raise Refused("too_large", limit_mb=MANIFEST_MB)
    return parse(data, name)


def _scorm(root: Element, names: set[str]) -> tuple[str, str, list[Item]]:
    if root.tag != "manifest":
        raise Refused("odd_standard", part=root.tag[:60])
    said = root.said("metadata", "schemaversion")
    deep = {name.lower() for one in root.within("resource") for name in one.attributes}
    if said.startswith("1.2"):
        standard = SCORM12
    elif "2004" in said or said.upper().startswith("CAM"):
        standard = SCORM2004
    elif not said and "scormtype" in deep:  # some packages of 1.2 do not say what they are
        standard = SCORM12
    else:
        raise Refused("odd_standard", part=said[:60] or "imsmanifest.xml")
    resources = {one.attributes.get("identifier", ""): (one, base) for one, base in _resources(root)}
    organisations = root.first("organizations")
    every = organisations.all("organization") if organisations is not None else []
    wanted = organisations.attributes.get("default") if organisations is not None else None
    chosen = next((one for one in every if one.attributes.get("identifier") == wanted), every[0] if every else None)
    items = list(_items(chosen, resources, names)) if chosen is not None else []
    if not items:  # without an organisation: each thing that can be launched
        items = [_item(key, key, one, base, "", names) for key, (one, base) in resources.items()
                 if one.attributes.get("href") and _type_of(one) == "sco"]
    title = (chosen.said("title") if chosen is not None else "") or (items[0].title if items else "")
    return standard, title, items


def _resources(root: Element) -> Iterator[tuple[Element, str]]:
    outer = root.attributes.get("base", "")
    for held in root.all("resources"):
        inner = held.attributes.get("base", "")
        for one in held.all("resource"):
            yield one, outer + inner + one.attributes.get("base", "")


def _type_of(resource: Element) -> str:
    found = next((value for name, value in resource.attributes.items() if name.lower() == "scormtype"), "asset")
    return found.lower()


def _items(node: Element, resources: dict[str, tuple[Element, str]], names: set[str]) -> Iterator[Item]:
    for one in node.all("item"):
        held = resources.get(one.attributes.get("identifierref", ""))
        if held is not None and held[0].attributes.get("href"):
            data = one.said("datafromlms") or one.said("dataFromLMS")
            made = _item(one.attributes.get("identifier", "") or one.attributes["identifierref"], one.said("title"), held[0], held[1],
                         one.attributes.get("parameters", ""), names)
            yield Item(made.id, made.title, made.href, data[:4096], _mastery(one), counts=_type_of(held[0]) == "sco")
        yield from _items(one, resources, names)


def _mastery(item: Element) -> int | None:
    """Hundredths of a percent: of 1.2 a percentage, of 2004 a share of one."""
    said, factor = item.said("masteryscore"), 100
    if not said:
        said, factor = next((one.text.strip() for one in item.within("minNormalizedMeasure")), ""), 10_000
    try:
        found = round(float(said) * factor)
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found <= 10_000 else None


def _item(key: str, title: str, resource: Element, base: str, parameters: str, names: set[str]) -> Item:
    href = _page(base + resource.attributes["href"], names)
    if parameters:
        href += parameters if parameters.startswith("#") else ("&" if "?" in href else "?") + parameters.lstrip("?&")
    return Item(key[:LONGEST], (title or key)[:200], href[:2000], counts=_type_of(resource) == "sco")


def _page(href: str, names: set[str]) -> str:
    """The address of a page inside the package, as its name with what follows."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or href.startswith("/"):
        raise Refused("launches_elsewhere", part=_shown(href))
    name = posixpath.normpath(unquote(parts.path))
    if name not in names:
        raise Refused("launches_nothing", part=_shown(href))
    return name + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def _cmi5(root: Element, names: set[str]) -> tuple[str, str, list[Item]]:
    if root.tag != "courseStructure":
        raise Refused("odd_standard", part=root.tag[:60])
    items = []
    for one in root.within("au"):
        mastery = one.attributes.get("masteryScore", "")
        try:
            score = round(float(mastery) * 10_000) if mastery else None
        except (ValueError, OverflowError):
            score = None
        move_on = one.attributes.get("moveOn") or "NotApplicable"
        items.append(Item(one.attributes.get("id", "")[:LONGEST], one.said("title", "langstring")[:200],
                          _page(one.said("url"), names)[:2000], one.said("launchParameters")[:4096],
                          score if score is not None and 0 <= score <= 10_000 else None, move_on[:40]))
    title = root.first("course")
    return CMI5, title.said("title", "langstring") if title is not None else "", [one for one in items if one.id]
