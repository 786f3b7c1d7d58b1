"""A pack as bytes: the records of a year by clause, a cover, a manifest and a checker. Same data and day: the same bytes, in any year.

Nothing in it comes from a clock, and nothing is compressed: what a compressor makes of the same text differs from release to release.
Making a pack leaves no record that a pack could hold."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy.orm import Session

from kmsvc.convert.export import still, xlsx_bytes, zip_entry
from kmsvc.core.actors import Actor
from kmsvc.core.api import jsonable
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.files.store import place_of
from kmsvc.standards.evidence import queries
from kmsvc.standards.evidence.rules import PROOF_KIND, CoverState, EvidenceRecord
from kmsvc.standards.evidence.schemas import record_json
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.queries import clauses_of
from kmsvc.standards.packs import board, sheets
from kmsvc.standards.packs.permissions import MAKE_PACK
from kmsvc.standards.packs.tongue import PackLang, Tongue, tongue

TEMPLATES = Path(__file__).parents[2] / "templates"


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
               out: IO[bytes], told: Callable[[int], object] = lambda done: None, *, files: Path | None = None,
               lang: str = PackLang.ZH.value) -> PackMade:
    """Write the pack of these clauses to a file that can be sought in. told: hears how many clauses are done; files: where the bytes of
    attachments lie, to be put beside the records that are files; lang: of its words, zh or en. Raises NotPermitted."""
    require(actor, MAKE_PACK)
    span = queries.year_span(year, as_of, zone)
    records = queries.borne(session, model, queries.gathered(session, actor, span))
    wanted = {one.name for one in clauses}
    standing = [one for one in clauses_of(session, model.id) if one.name in wanted or str(one.no) in wanted]
    rows = queries.covered(session, model.code, standing, records, span)
    covers = {row.clause: row.cover for row in rows}
    bearing: dict[str, list[EvidenceRecord]] = {}
    for one in records:
        for name in {held if held in wanted else held.partition(".")[0] for held in one.clauses}:
            bearing.setdefault(name, []).append(one)
    say = tongue(lang)
    head = [say(one) for one in sheets.HEAD]
    day = say(N_("as of %(day)s")) % {"day": as_of.isoformat()}
    about = f"{model.code} {model.edition} \u00b7 {year} \u00b7 {day}"
    folders, sums, absent = [], {}, []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        def put(name: str, body: bytes) -> None:
            pack.writestr(zip_entry(name), body)
            sums[name] = hashlib.sha256(body).hexdigest()
        for done, clause in enumerate(clauses, start=1):
            held, cover = bearing.get(clause.name, []), covers[clause.name]
            put(f"{clause.name}/records.json", _json([record_json(one) for one in held]))
            put(f"{clause.name}/records.xlsx", still(xlsx_bytes(f"#{clause.name}", *sheets.records(held, zone, say))))
            lacking = [say(N_("%(name)s: nothing of this year shows it.")) % {"name": f"{number} {title}"}
                       for line in cover.lines for number, title, *_ in line.lacking if number]
            folders.append(_Folder(clause.name, say.title(clause), clause.name, held, say(cover.state.label), lacking,
                                   [sheets.shown(one, zone, say) for one in held]))
            put(f"{clause.name}/clause.pdf", board.clause_paper(f"#{clause.name} {say.title(clause)}", about, folders[-1].state,
                                                                sheets.asked_for(cover, say), lacking, folders[-1].rows, say))
            for name, body in _files(held, files):
                if body is None:
                    absent.append(f"{clause.name}/{name}")
                else:
                    put(f"{clause.name}/{name}", body)
            told(done)
        count = sum(len(one.records) for one in folders)
        put("standard.xlsx", still(xlsx_bytes(say(N_("In the order of the standard")), *sheets.standard(standing, rows, bearing, say))))
        put("board.pdf", board.summary(session, actor, model, span, about, [row for row in rows if row.clause in wanted], records, say))
        put("index.html", _cover(model, year, as_of, folders, count, head, say))
        put("verify.py", (Path(__file__).parent / "verify.py").read_bytes())
        pack.writestr(zip_entry("manifest.json"), _json({
            "model": model.code, "edition": model.edition, "year": year, "as_of": as_of, "clauses": [one.name for one in clauses],
            "records": count, "proven": sum(covers[one].state is CoverState.MET for one in wanted),
            "missing": [one.name for one in clauses if covers[one.name].state is CoverState.MISSING],
            **({"files_missing": absent} if absent else {}), **({} if say.lang is PackLang.ZH else {"lang": say.lang.value}),
            "files": dict(sorted(sums.items()))}))
    return PackMade(len(folders), count, len({(one.kind, one.id) for held in folders for one in held.records}))


def _files(held: Sequence[EvidenceRecord], folder: Path | None) -> Iterator[tuple[str, bytes | None]]:
    """The files among the records with their bytes, None for bytes that are not on the disk."""
    for one in held if folder is not None else ():
        if one.kind == PROOF_KIND and one.more.get("sha256"):
            path = place_of(folder, one.more["sha256"])  # type: ignore[arg-type]
            yield f"files/{one.number}-{one.more['revision']} {one.more['file']}", path.read_bytes() if path.is_file() else None


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


@cache
def _pages(say: Tongue) -> Environment:
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    found.globals["_"] = say
    return found


def _cover(model: StandardModel, year: int, as_of: date, folders: Sequence[_Folder], count: int, head: Sequence[str],
           say: Tongue) -> bytes:
    return _pages(say).get_template("standards/packs/index.html").render(
        # within the page: it is opened where nothing stands beside it
        style=Markup("<style>\n%s</style>") % Markup((TEMPLATES / "standards/packs/style.css").read_text("utf-8")),
        title=say.title(model), html=say.html, head=head,
        model=f"{model.code} {model.edition}", year=year, as_of=as_of.isoformat(), clauses=folders, total=count).encode()
