"""Building the search index anew from a button: a thread does it, a file in the data folder says how far it is.

The file is there for every process of this machine; a build that stopped telling is shown as stopped."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from kmsvc.core.actors import Actor
from kmsvc.core.acts import note_act
from kmsvc.core.errors import RuleBroken
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.work import Database
from kmsvc.search.engine import SearchEngine
from kmsvc.search.permissions import REBUILD_INDEX
from kmsvc.search.usecases import all_documents

log = structlog.get_logger("kmsvc.operations")
SILENT_S = 120


@dataclass(frozen=True)
class Rebuild:
    """state: running, done, failed, stopped. done of total documents."""

    state: str
    done: int
    total: int
    started_at: str
    told_at: str
    by: str
    why: str = ""


def _file(settings: Any) -> Path:
    return Path(settings.data_dir) / "index-rebuild.json"


def status(settings: Any, now: datetime) -> Rebuild | None:
    """The newest build from a button, or None when there was none."""
    try:
        found = Rebuild(**json.loads(_file(settings).read_text("utf-8")))
        silent = (now - datetime.fromisoformat(found.told_at)).total_seconds()
    except (OSError, ValueError, TypeError):
        return None
    return replace(found, state="stopped") if found.state == "running" and silent > SILENT_S else found


def start(db: Database, settings: Any, engine: SearchEngine, actor: Actor) -> threading.Thread:
    """Begin a build beside the present index; searching goes on. RuleBroken while one runs."""
    require(actor, REBUILD_INDEX)
    held = status(settings, db.clock())
    if held is not None and held.state == "running":
        raise RuleBroken("operations.index.running", N_("The index is being built anew already."))
    with db.begin(actor) as work:
        work.permit(REBUILD_INDEX)
        note_act(work, "rebuild", "search_index", "0")
        now = work.now
    first = Rebuild("running", 0, 0, now.isoformat(), now.isoformat(), actor.login)
    _tell(settings, first)
    thread = threading.Thread(target=_build, args=(db, settings, engine, actor, first), name="kmsvc-rebuild", daemon=True)
    thread.start()
    return thread


def _build(db: Database, settings: Any, engine: SearchEngine, actor: Actor, at: Rebuild) -> None:
    try:
        with db.look(actor) as work:
            documents = all_documents(work.session)
        at = replace(at, total=len(documents))

        def told(done: int) -> None:
            _tell(settings, replace(at, done=done, told_at=db.clock().isoformat()))
        told(0)
        done = engine.rebuild(documents, told)
        _tell(settings, replace(at, state="done", done=done, told_at=db.clock().isoformat()))
    except Exception as error:
        log.exception("rebuilding the index failed")
        _tell(settings, replace(at, state="failed", told_at=db.clock().isoformat(), why=f"{type(error).__name__}: {error}"[:300]))


def _tell(settings: Any, now: Rebuild) -> None:
    path = _file(settings)
    beside = path.with_suffix(f".{os.getpid()}.new")
    beside.write_text(json.dumps(asdict(now)), "utf-8")
    beside.replace(path)
