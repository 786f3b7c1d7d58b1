"""Walking the chain against the heads kept outside the database; what was found last stands in a file beside them."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kmsvc.audit.permissions import SEE_TRAIL
from kmsvc.core.actors import Actor
from kmsvc.core.audit import Verdict, read_anchors, verify
from kmsvc.core.work import Database


@dataclass(frozen=True)
class LastCheck:
    """What the last walk found, when, and who asked for it. anchors: how many outside heads it was compared with."""

    ok: bool
    entries: int
    head: str
    first_bad: int | None
    at: datetime
    by: str
    anchors: int


def _file(settings: Any) -> Path:
    return Path(settings.data_dir) / "audit-verified.json"


def verify_now(db: Database, settings: Any, actor: Actor) -> Verdict:
    """Walk the whole chain, compare it with every anchor, and keep what was found."""
    with db.look(actor) as work:
        work.permit(SEE_TRAIL)
        anchors = read_anchors(settings.anchors_file)
        found = verify(work.session, anchors)
        at = work.now
    body = {"ok": found.ok, "entries": found.entries, "head": found.head, "first_bad": found.first_bad,
            "at": at.isoformat(), "by": actor.login, "anchors": len(anchors)}
    path = _file(settings)
    beside = path.with_suffix(f".{os.getpid()}.new")
    beside.write_text(json.dumps(body))
    beside.replace(path)
    return found


def last_check(settings: Any) -> LastCheck | None:
    """What the last walk found, or None when there was none."""
    try:
        held = json.loads(_file(settings).read_text())
        return LastCheck(bool(held["ok"]), int(held["entries"]), str(held["head"]), held["first_bad"],
                         datetime.fromisoformat(held["at"]), str(held["by"]), int(held["anchors"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
