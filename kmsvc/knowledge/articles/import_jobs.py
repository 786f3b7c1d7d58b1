"""An import from a page: files wait in a folder of their own, a thread takes them in, a small file says how far it is.

The folder can be seen by every web process; a thread that stopped telling is shown as ended, and can be begun again."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import structlog

from kmsvc.core.actors import Actor
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, NotFound, Refusal, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.files.pictures import picture_keeper
from kmsvc.files.store import CHUNK
from kmsvc.knowledge.articles.import_rows import RowFile, RowTold, Words
from kmsvc.knowledge.articles.imports import Defaults, Report, import_articles
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.markup.cleaning import name_on_disk
from kmsvc.notices.wording import catalogue
from kmsvc.people.accounts.models import Person
from kmsvc.people.accounts.queries import actor_of

log = structlog.get_logger("kmsvc.imports")
KEEP_S = 24 * 3600
SILENT_S = 120
MOST_FILES = 200
DIGITS = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Progress:
    """state: new, running, done, stopped, failed. read: rows so far. report: as scripts get it, once it has ended. run: which reading of
    the files this is; an older one that is still under way ends without a word."""

    state: str
    dry_run: bool
    read: int
    told_at: str
    choices: dict[str, Any]
    report: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    run: str = ""

    @property
    def running(self) -> bool:
        """Whether a thread is at it."""
        return self.state in ("new", "running")


@dataclass(frozen=True)
class Batch:
    """Files of one person that wait to be looked at, and then to be taken in."""

    token: str
    folder: Path

    @property
    def files(self) -> list[Path]:
        """The files, by name."""
        return sorted((self.folder / "files").iterdir())

    def progress(self, now: datetime) -> Progress | None:
        """How far it is; None before the first beginning."""
        try:
            found = Progress(**json.loads((self.folder / "progress.json").read_text("utf-8")))
            silent = (now - datetime.fromisoformat(found.told_at)).total_seconds()
        except (OSError, ValueError, TypeError):
            return None
        return replace(found, state="failed") if found.running and silent > SILENT_S else found

    def tell(self, now: Progress) -> None:
        """Write down how far it is."""
        beside = self.folder / f"progress.{os.getpid()}.{threading.get_native_id()}.new"
        beside.write_text(json.dumps(asdict(now)), "utf-8")
        beside.replace(self.folder / "progress.json")

    def rows(self, run: str) -> RowFile:
        """What became of each row in one reading of the files."""
        return RowFile(self.folder / f"rows-{run}.jsonl")

    @property
    def sheets(self) -> list[dict[str, Any]]:
        """How each sheet was read last, to be said otherwise: a SheetLook with its file."""
        try:
            found: list[dict[str, Any]] = json.loads((self.folder / "sheets.json").read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return found

    def look(self, sheets: Sequence[dict[str, Any]]) -> None:
        """Write down how sheets were read; those of a file that could not be read this time stay as they were."""
        again = {one["file"] for one in sheets}
        kept = [*sheets, *(one for one in self.sheets if one["file"] not in again)]
        order = {path.name: index for index, path in enumerate(self.files)}
        beside = self.folder / f"sheets.{os.getpid()}.{threading.get_native_id()}.new"
        beside.write_text(json.dumps(sorted(kept, key=lambda one: order.get(one["file"], 0)), ensure_ascii=False), "utf-8")
        beside.replace(self.folder / "sheets.json")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One at a time over all web processes; who dies inside holds up nobody."""
        with (self.folder / "begin.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One reading of the files at a time: one that was given up would hold the converter while the next one asks for it."""
        with (self.folder / "read.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def stop(self) -> None:
        """Ask the thread to end after the present hundred."""
        (self.folder / "stop").touch()


def words_in(language: str) -> Words:
    """Sentences of a report in somebody's language, outside any request."""
    texts = catalogue(language)
    return lambda source, params: texts.gettext(source) % dict(params) if params else texts.gettext(source)


def receive(root: Path, actor: Actor, given: Iterable[tuple[str, IO[bytes]]], now: datetime) -> Batch:
    """Put uploaded files (name, stream) into a folder only their uploader's pages know. Raises InvalidInput."""
    _sweep(root, now)
    token = secrets.token_hex(16)
    batch = Batch(token, root / f"{actor.person_id}-{token}")
    (batch.folder / "files").mkdir(parents=True, mode=0o700)
    try:
        count = 0
        for name, stream in given:
            count += 1
            path = batch.folder / "files" / name_on_disk(name)
            if count > MOST_FILES:
                raise InvalidInput({"file": [N_("At most 200 files at once.")]})
            if path.exists():
                raise InvalidInput({"file": [N_("Two of the files have the same name.")]})
            with path.open("xb") as out:
                shutil.copyfileobj(stream, out, CHUNK)
        if not count:
            raise InvalidInput({"file": [N_("Choose a file.")]})
    except BaseException:
        shutil.rmtree(batch.folder, ignore_errors=True)
        raise
    return batch


def waiting(root: Path, actor: Actor, token: str) -> Batch:
    """What this person uploaded under this token, or NotFound."""
    folder = root / f"{actor.person_id}-{token}"
    if len(token) != 32 or not set(token) <= DIGITS or not (folder / "files").is_dir():
        raise NotFound(N_("This file is no longer here. Upload it again."))
    return Batch(token, folder)


def begin_import(db: Database, batch: Batch, actor: Actor, files_dir: Path, *, choices: dict[str, Any],
                 dry_run: bool, anew: bool = False) -> threading.Thread:
    """Begin to look at the files, or to take them in; RuleBroken while that goes on. choices: category, owner, publish, home, layout.

    anew: a dry run that is under way is given up for this one.
    """
    run = secrets.token_hex(8)
    with batch.alone():
        held = batch.progress(db.clock())
        if held is not None and held.running and not (anew and held.dry_run):
            raise RuleBroken("knowledge.import.running", N_("These files are being read already."))
        (batch.folder / "stop").unlink(missing_ok=True)
        for old in batch.folder.glob("rows-*.jsonl"):
            old.unlink(missing_ok=True)
        batch.tell(Progress("new", dry_run, 0, db.clock().isoformat(), choices, run=run))
    thread = threading.Thread(target=_run, args=(db, batch, actor, files_dir, choices, dry_run, run), name="kmsvc-import",
                              daemon=True)
    thread.start()
    return thread


def _run(db: Database, batch: Batch, actor: Actor, files_dir: Path, choices: dict[str, Any], dry_run: bool, run: str) -> None:
    at = Progress("running", dry_run, 0, db.clock().isoformat(), choices, run=run)
    report = Report()

    def tell(**now: Any) -> None:
        """Nothing where another reading has begun meanwhile: its words count."""
        with batch.alone():
            if not given_up():
                batch.tell(replace(at, told_at=db.clock().isoformat(), **now))

    def given_up() -> bool:
        held = batch.progress(db.clock())
        return held is not None and held.run != run

    def rows(told: list[RowTold]) -> None:
        if not given_up():
            batch.rows(run).add(told)
            batch.look(report.sheets)

    def stopping() -> bool:
        return (batch.folder / "stop").exists() or given_up() or not _may_still(db, actor)

    words = words_in(actor.language)
    try:
        with batch.reading():
            if given_up():
                return
            import_articles(
                db, actor, batch.files, Defaults(choices["category"], choices["owner"], choices["publish"], choices.get("home", ""),
                                                 choices.get("add_scopes", False), choices.get("layout", {})),
                dry_run=dry_run, words=words, keep_picture=picture_keeper(files_dir, "article"), progress=lambda read: tell(read=read),
                stopping=stopping, report=report, rows=rows)
            rows([])
            tell(state="stopped" if report.stopped else "done", read=report.read, report=report.as_json())
    except BrokenOff as error:
        tell(state="failed", read=error.report.read, report=error.told(error.report.as_json()), why=words(error.sentence, error.params))
    except Refusal as error:
        tell(state="failed", why=words(error.sentence, error.params))
    except Exception as error:
        log.exception("an import failed")
        tell(state="failed", why=type(error).__name__)


def _may_still(db: Database, actor: Actor) -> bool:
    """Whether the person may still edit articles: a role can be lost while files are read (R-A7)."""
    with db.look(actor) as work:
        person = work.session.get(Person, actor.person_id) if actor.person_id else None
        return person is None or (person.state == "active" and actor_of(
            work.session, person, login=actor.login, via=actor.via).can(EDIT_ARTICLE.name))


def _sweep(root: Path, now: datetime) -> None:
    """Files nobody came back for are removed after a day."""
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            if now.timestamp() - folder.stat().st_mtime > KEEP_S:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue
