"""Every format there is: what it is called, how a file of it is read and written, what it cannot hold."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from kmsvc.convert import limits, sniff
from kmsvc.convert.encoding import decode
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture
from kmsvc.convert.service import run, sheets_file
from kmsvc.convert.texts import REFUSALS
from kmsvc.core.texts import N_
from kmsvc.training.questions.formats import aiken, gift_writing, moodle_writing, sheet_writing, whole
from kmsvc.training.questions.formats.choosing import Said
from kmsvc.training.questions.formats.qti import package
from kmsvc.training.questions.formats.results import About, PassedOver, Place, Reading, Taken, TurnedAway
from kmsvc.training.questions.formats.sheet import read_sheets
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.problems import Problem
from kmsvc.training.questions.storing import from_json

Pictures = Mapping[str, Picture]


@dataclass(frozen=True)
class Format:
    """A format that is written. write(questions, pictures by SHA-256, language: zh or en); cannot_hold: codes of what is lost of one;
    back(question): what comes out of a file with it alone."""

    name: str
    label: str
    ending: str
    media_type: str
    write: Callable[[Sequence[Taken], Pictures, str], bytes]
    cannot_hold: Callable[[Question], list[str]]
    back: Callable[[Question], Reading]


def _bare(write: Callable[[Sequence[Taken]], bytes], items: Sequence[Taken], pictures: Pictures, language: str) -> bytes:
    return write(items)


def _spoken(write: Callable[[Sequence[Taken], str], bytes], items: Sequence[Taken], pictures: Pictures, language: str) -> bytes:
    return write(items, language)


def _shown(write: Callable[[Sequence[Taken], Pictures], bytes], items: Sequence[Taken], pictures: Pictures, language: str) -> bytes:
    return write(items, pictures)


def _qti(version: str, items: Sequence[Taken], pictures: Pictures, language: str) -> bytes:
    return package.write(items, version, pictures)


_TABLE = (
    Format("xlsx", N_("Excel (xlsx)"), "xlsx", sniff.MEDIA_TYPES["xlsx"], partial(_spoken, sheet_writing.write_xlsx),
           sheet_writing.cannot_hold, sheet_writing.back),
    Format("csv", N_("CSV"), "csv", "text/csv; charset=utf-8", partial(_spoken, sheet_writing.write_csv), sheet_writing.cannot_hold,
           sheet_writing.back),
    Format("gift", N_("GIFT"), "gift", "text/plain; charset=utf-8", partial(_bare, gift_writing.write), gift_writing.cannot_hold,
           gift_writing.back),
    Format("moodle", N_("Moodle XML"), "xml", "application/xml", partial(_shown, moodle_writing.write), moodle_writing.cannot_hold,
           moodle_writing.back),
    Format("qti21", N_("QTI 2.1"), "zip", "application/zip", partial(_qti, "2.1"), partial(package.cannot_hold, version="2.1"),
           partial(package.back, version="2.1")),
    Format("qti30", N_("QTI 3.0"), "zip", "application/zip", partial(_qti, "3.0"), partial(package.cannot_hold, version="3.0"),
           partial(package.back, version="3.0")),
    Format("json", N_("JSON, everything in it"), "json", "application/json", partial(_shown, whole.write), whole.cannot_hold,
           whole.back),
    Format("aiken", N_("Aiken"), "txt", "text/plain; charset=utf-8", partial(_bare, aiken.write), aiken.cannot_hold, aiken.back),
)
FORMATS: dict[str, Format] = {one.name: one for one in _TABLE}
WRITTEN_AS = {"sheet": ("xlsx",), "gift": ("gift",), "moodle": ("moodle",), "qti": ("qti21", "qti30"), "json": ("json",),
              "aiken": ("aiken",)}
"""reader -> the formats of FORMATS that it reads"""
READ = (".xlsx", ".xls", ".csv", ".gift", ".xml", ".txt", ".zip", ".json")
"""endings of files that are read"""

_ROOT = str(Path(__file__).resolve().parents[4])
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kmsvc.training.questions.formats.child import main; main(sys.argv[1:])"
_AIKEN = re.compile(r"(?mi)^\s*ANSWER\s*[:\uff1a]\s*[A-T]")
_QUIZ = re.compile(rb"<quiz[\s>]")


def reader_of(path: Path, filename: str) -> str:
    """How a file is read: sheet, gift, aiken, moodle, qti or json. Raises Refused for what is none of them."""
    ending = Path(filename).suffix.lower()
    if ending in (".xlsx", ".xls", ".csv"):
        return "sheet"
    if ending not in READ:
        raise Refused("type_not_allowed", extension=ending.lstrip(".")[:20])
    try:
        with path.open("rb") as file:
            head = file.read(200_000)
    except OSError:
        raise Refused("missing") from None
    if not head:
        raise Refused("empty")
    if ending == ".zip" or head.startswith(b"PK\x03\x04"):
        return "qti"
    if ending == ".xml":
        return "moodle" if _QUIZ.search(head) else "qti"
    if ending == ".json":
        return "json"
    if ending == ".gift":
        return "gift"
    text, _ = decode(path.read_bytes())
    return "aiken" if _AIKEN.search(text) and "{" not in text else "gift"


def read(path: Path | str, filename: str, *, said: Said | None = None, timeout: float = limits.WALL_SECONDS) -> Reading:
    """Everything a file of questions says, read by a limited child. said: what the columns of its sheets are. Raises Refused."""
    where = Path(path)
    reader = reader_of(where, filename)
    if reader == "sheet":
        return replace(read_sheets(sheets_file(where, filename, allowed=sniff.OLD_TABLES, timeout=timeout), said), reader=reader)
    command = [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT, reader, str(where.resolve())]
    return replace(_gathered(run(command, timeout=timeout)), reader=reader)


def echoes(question: Question, reader: str) -> list[Question]:
    """What a file that this reader reads can hold of a question: the question as it would come back, of each format that it reads."""
    found = []
    for name in WRITTEN_AS.get(reader, ()):
        read_back = FORMATS[name].back(question).taken if "kind" not in FORMATS[name].cannot_hold(question) else ()
        found += [one.question for one in read_back[:1]]
    return found


def _gathered(lines: Sequence[dict[str, Any]]) -> Reading:
    taken: list[Taken] = []
    away: list[TurnedAway] = []
    passed: list[PassedOver] = []
    notices: list[Notice] = []
    pictures: list[Picture] = []
    done = False
    for line in lines:
        ((name, values),) = line.items()
        if name == "refused":
            raise Refused(values["code"] if values["code"] in REFUSALS else "unreadable", **values["params"])
        if name == "Taken":
            about = values["about"] | {"tags": tuple(values["about"]["tags"])}
            taken.append(Taken(Place(**values["place"]), from_json(values["question"]), About(**about), tuple(values["remarks"])))
        elif name == "TurnedAway":
            away.append(TurnedAway(Place(**values["place"]), tuple(Problem(**one) for one in values["reasons"]), values["shown"]))
        elif name == "PassedOver":
            passed.append(PassedOver(Place(**values["place"]), values["code"]))
        elif name == "Notice":
            notices.append(Notice(**values))
        elif name == "Picture":
            pictures.append(Picture(values["sha256"], values["content_type"], base64.b64decode(values["data"])))
        done = done or name == "done"
    if not done:
        raise Refused("unreadable")
    return Reading(tuple(taken), tuple(away), tuple(passed), tuple(notices), tuple(pictures))
