"""The articles that files want to bring, one by one and in their order, and what of a file cannot be one: read, not yet taken in."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from kmsvc.convert.assigning import EVERY
from kmsvc.convert.readers import jsonl
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture, RowError, Section
from kmsvc.convert.service import convert_file
from kmsvc.core.texts import N_
from kmsvc.knowledge.articles.import_columns import NAMES
from kmsvc.knowledge.articles.import_rows import Words

LONGEST_ID = 400
KINDS = frozenset({".md", ".markdown", ".txt", ".docx", ".xlsx", ".csv", ".pptx", ".pdf", ".html", ".htm", ".jsonl"})


@dataclass(frozen=True)
class Candidate:
    """One article a file wants to bring: where it stands, what it says; or why it cannot be, which is then its `refused`."""

    file: str
    row: int | None
    identity: str
    section: Section
    pictures: tuple[Picture, ...] = ()
    refused: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


def files_below(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(file, its name below the path given) for files and folders; hidden files are passed over."""
    for path in paths:
        if path.is_dir():
            for found in sorted(path.rglob("*")):
                below = found.relative_to(path)
                if found.is_file() and not any(part.startswith((".", "~$")) for part in below.parts):
                    yield found, below.as_posix()
        else:
            yield path, path.name


class Notes(Protocol):
    """Who hears what is said of a file beside its articles: remarks, and how each sheet was read (a SheetLook with its file)."""

    warnings: list[str]
    sheets: list[dict[str, Any]]


def candidates(path: Path, name: str, report: Notes, words: Words, layout: Mapping[str, Any] | None = None) -> Iterator[Candidate]:
    """The articles in one file in their order, and what of it is refused, by name and row."""
    if not path.exists():
        yield _refused(name, words(N_("There is no such file."), {}))
    elif path.suffix.lower() not in KINDS:
        yield _refused(name, words(N_("Files of this type hold no articles."), {}))
    else:
        try:
            yield from _read_file(path, name, report, words, layout)
        except Refused as error:
            yield _refused(name, _said(error, words))
        except OSError as error:
            yield _refused(name, error.strerror or str(error))


def _read_file(path: Path, name: str, report: Notes, words: Words, layout: Mapping[str, Any] | None) -> Iterator[Candidate]:
    if path.suffix.lower() == ".jsonl":
        for one in jsonl.read(path, path.name):
            if isinstance(one, RowError):
                yield _wrong_row(name, one, words)
            elif isinstance(one, Section):
                yield _candidate(name, one)
            else:
                report.warnings.append(f"{name}: {_said(one, words)}")
        return
    converted = convert_file(path, path.name, layout=layout or None)
    report.sheets += [{"file": name, **asdict(one)} for one in converted.sheets]
    for notice in (*converted.how_read, *converted.warnings):
        report.warnings.append(f"{name}: {_said(notice, words)}")
    if converted.one_document:
        yield replace(_candidate(name, converted.whole()), pictures=tuple(converted.pictures))
        return
    order = {one.sheet: index for index, one in enumerate(converted.sheets)}
    yield from heapq.merge(
        (_candidate(name, section) for section in converted.sections), (_wrong_row(name, one, words) for one in converted.errors),
        key=lambda one: (order.get(one.section.sheet, 0), one.row or 0))


def _said(told: Notice | Refused, words: Words) -> str:
    """In words, what stands in a row parted by the mark of their language."""
    lists = dict(told.params.get("lists", {}))
    if told.params.get("pairs"):
        lists["columns"] = [f"{column} = {words(NAMES[code], {})}" for column, code in told.params["pairs"]]
    return words(told.sentence, {**told.params, **{name: words(", ", {}).join(one) for name, one in lists.items()}})


def elsewhere(files: Iterable[Path], layout: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of the sheets of every file, with the names of sheets that some of these files have: the others need not.

    Only where several files hold sheets; nothing is read unless sheets are named.
    """
    books = [path for path in files if path.suffix.lower() in (".xlsx", ".csv")]
    if not layout or len(books) < 2:
        return dict(layout)
    named, seen = set(layout.get("sheets", {})) - {EVERY}, set[str]()
    for path in books:
        if named <= seen:
            break
        try:
            read = convert_file(path, path.name)
        except (Refused, OSError):  # said when it is its turn
            continue
        seen |= {one.sheet for one in read.sheets} | {str(one.params.get("sheet", "")) for one in read.warnings}
    return {**layout, "elsewhere": sorted(named & seen)}


def _refused(name: str, why: str) -> Candidate:
    return Candidate(name, None, "", Section("", ""), refused=why)


def _wrong_row(name: str, error: RowError, words: Words) -> Candidate:
    return Candidate(name, error.row, "", Section("", "", error.sheet, error.row), refused=words(error.sentence, error.params),
                     cells=error.cells)


def _candidate(name: str, section: Section) -> Candidate:
    given = section.fields.get("external_id")
    identity = str(given) if given else _fitting("#".join(
        part for part in (name, section.sheet, (section.named or section.title) if section.row is not None else "") if part))
    return Candidate(name, section.row, identity, section)


def _fitting(identity: str) -> str:
    """A path as it can be kept: a long one ends in its digest, so that two that begin alike stay two."""
    if len(identity) <= LONGEST_ID:
        return identity
    return f"{identity[:LONGEST_ID - 41]}#{hashlib.sha256(identity.encode()).hexdigest()[:40]}"
