"""A pack as bytes: the records of a year by clause, a cover, a manifest and a checker. Same data and day: the same bytes, in any year.

Nothing in it comes from a clock, and nothing is compressed: what a compressor makes of the same text differs from release to release.
Making a pack leaves no record that a pack could hold."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy.orm import Session

from kmsvc.convert.export import Cell, still, xlsx_bytes, zip_entry
from kmsvc.core.actors import Actor
from kmsvc.core.api import jsonable
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.notices.wording import catalogue
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.register import KINDS
from kmsvc.standards.evidence.rules import CoverState, EvidenceRecord
from kmsvc.standards.evidence.schemas import record_json
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.packs.permissions import MAKE_PACK

LANGUAGE = "zh_Hans_CN"
TEMPLATES = Path(__file__).parents[2] / "templates"
HEAD = (N_("Day"), N_("Kind"), N_("Number"), N_("Title"), N_("What it concerns"), N_("Result"), N_("Who"), N_("Recorded at"))


@dataclass(frozen=True)
class PackMade:
    """What a pack holds. clauses: folders; records: in all of them, so one that proves two clauses counts in both; distinct: once."""

    clauses: int
    records: int
    distinct: int


@dataclass(frozen=True)
class _Folder:
    name: str
    title: str
    folder: str
    records: Sequence[EvidenceRecord]
    state: str
    lacking: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_pack(session: Session, actor: Actor, model: StandardModel, clauses: Sequence[Clause], year: int, as_of: date, zone: str,
               out: IO[bytes], told: Callable[[int], object] = lambda done: None) -> PackMade:
    """Write the pack of these clauses to a file that can be sought in. told: hears how many clauses are done. Raises NotPermitted."""
    require(actor, MAKE_PACK)
    span = queries.year_span(year, as_of, zone)
    records = queries.borne(session, model, queries.gathered(session, actor, span))
    covers = {row.clause: row.cover for row in queries.covered(session, model.code, clauses, records, span)}
    bearing: dict[str, list[EvidenceRecord]] = {}
    wanted = {one.name for one in clauses}
    for one in records:
        for name in {held if held in wanted else held.partition(".")[0] for held in one.clauses}:
            bearing.setdefault(name, []).append(one)
    texts = catalogue(LANGUAGE)
    say = texts.gettext
    head = [say(one) for one in HEAD]
    folders, sums = [], {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        def put(name: str, body: bytes) -> None:
            pack.writestr(zip_entry(name), body)
            sums[name] = hashlib.sha256(body).hexdigest()
        for done, clause in enumerate(clauses, start=1):
            held, cover = bearing.get(clause.name, []), covers[clause.name]
            put(f"{clause.name}/records.json", _json([record_json(one) for one in held]))
            put(f"{clause.name}/records.xlsx", still(xlsx_bytes(f"#{clause.name}", *_table(held, zone, say))))
            lacking = [say(N_("%(name)s: nothing of this year shows it.")) % {"name": f"{number} {title}"}
                       for line in cover.lines for number, title, *_ in line.lacking if number]
            folders.append(_Folder(clause.name, clause.title_zh, clause.name, held, say(cover.state.label), lacking,
                                   [_shown(one, zone, say) for one in held]))
            told(done)
        count = sum(len(one.records) for one in folders)
        put("index.html", _cover(model, year, as_of, folders, count, head))
        put("verify.py", (Path(__file__).parent / "verify.py").read_bytes())
        pack.writestr(zip_entry("manifest.json"), _json({
            "model": model.code, "edition": model.edition, "year": year, "as_of": as_of, "clauses": [one.name for one in clauses],
            "records": count, "proven": sum(one.state is CoverState.MET for one in covers.values()),
            "missing": [name for name, one in covers.items() if one.state is CoverState.MISSING], "files": dict(sorted(sums.items()))}))
    return PackMade(len(folders), count, len({(one.kind, one.id) for held in folders for one in held.records}))


def is_pack(path: Path) -> bool:
    """Whether a file is a pack that was written here before, or empty: what may be replaced by the next one of its name."""
    if not path.stat().st_size:
        return True
    try:
        with zipfile.ZipFile(path) as pack:
            return {"model", "year", "as_of", "files"} <= json.loads(pack.read("manifest.json")).keys()
    except (zipfile.BadZipFile, KeyError, ValueError, AttributeError):
        return False


def _json(body: Any) -> bytes:
    return (json.dumps(jsonable(body), ensure_ascii=False, indent=1) + "\n").encode()


def _shown(one: EvidenceRecord, zone: str, say: Callable[[str], str]) -> list[str]:
    return ["" if cell is None else str(cell) for cell in _cells(one, zone, say)]


def _cells(one: EvidenceRecord, zone: str, say: Callable[[str], str]) -> list[Cell]:
    kind = KINDS[one.kind]
    title = say(one.title_label) if one.title_label else one.title
    return [one.happened_on, say(kind.label), one.number, title, one.subject, say(one.result_label or one.result), one.who,
            local(one.recorded_at, zone).strftime("%Y-%m-%d %H:%M")]


def _table(records: Iterable[EvidenceRecord], zone: str, say: Callable[[str], str]) -> tuple[list[str], list[list[Cell]]]:
    """Heads and rows of a sheet: what all records have, then the columns of their kinds."""
    held = list(records)
    more: Mapping[str, str] = {name: label for kind in sorted({one.kind for one in held}) for name, label in KINDS[kind].more.items()}
    return [say(one) for one in (*HEAD, *more.values())], [
        [*_cells(one, zone, say), *(_plain(one.more.get(name)) for name in more)] for one in held]


def _plain(value: Any) -> Cell:
    return value if value is None or isinstance(value, str | int | float | date) else str(value)


@cache
def _pages() -> Environment:
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    found.globals["_"] = catalogue(LANGUAGE).gettext
    return found


def _cover(model: StandardModel, year: int, as_of: date, folders: Sequence[_Folder], count: int, head: Sequence[str]) -> bytes:
    return _pages().get_template("standards/packs/index.html").render(
        # within the page: it is opened where nothing stands beside it
        style=Markup("<style>\n%s</style>") % Markup((TEMPLATES / "standards/packs/style.css").read_text("utf-8")),
        title=model.title_zh, model=f"{model.code} {model.edition}", year=year, as_of=as_of.isoformat(), clauses=folders, total=count,
        head=head).encode()
