"""R-M2 for hooks: a worker that dies after it claimed, or after the other system took the delivery and before that was noted. It goes
again with the same id: at least once, never lost."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kmsvc.hooks import usecases
from kmsvc.hooks.rules import networks_of
from kmsvc.hooks.sending import send_of
from kmsvc.hooks.usecases import Wish
from tests.builders import make_article
from tests.hooks.receiver import receiving
from tests.support import starting
from tests.support.centre import Centre

ROOT = Path(__file__).resolve().parents[2]
SEND = """
from kmsvc.registry import load_nouns
from kmsvc.app import make_database
from kmsvc.hooks.sending import send_of
from kmsvc.settings import Settings
load_nouns()
settings = Settings.from_env()
db = make_database(settings)
when = {when!r}
from datetime import datetime
db.clock = lambda: datetime.fromisoformat(when)
send_of(db, settings, {hook})
"""


def killed_sending(settings: Any, hook_id: int, when: str, point: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KMSVC_")}
    mine = {"KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url,
            "KMSVC_HOOKS_PRIVATE": "127.0.0.0/8", "KMSVC_FAULT": point}
    done = starting.run("-c", SEND.format(when=when, hook=hook_id), cwd=ROOT, timeout=60, env={**kept, **mine})
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize(("point", "taken_before"), [("hook.after_claim", 0), ("hook.after_send", 1)])
def test_r_m2_a_worker_that_dies_at_a_delivery_loses_none(world: Centre, point: str, taken_before: int) -> None:
    home = replace(world.settings, hooks_private="127.0.0.0/8")
    with receiving() as other:
        with world.begin("admin") as work:
            row = usecases.add_hook(work, Wish("lms", other.address, "manager", ["knowledge.article.published"],
                                                    networks_of("127.0.0.0/8")))
        articles = [make_article(world, title=str(n), drain=True).id for n in range(3)]
        killed_sending(home, row.id, world.clock().isoformat(), point)
        assert len(other.taken) == taken_before
        assert send_of(world.db, home, row.id) == 0, "its claim still holds"
        world.clock.move(minutes=2)
        assert send_of(world.db, home, row.id) == 3
        told = [(one["id"], one["data"]["article_id"]) for one in other.bodies]
        assert len(told) == 3 + taken_before and len(set(told)) == 3 and sorted({article for _, article in told}) == articles
