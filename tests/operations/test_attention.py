"""The headline of the operations page: green only when all is well, else what wants a person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

from kmsvc.audit.verification import verify_now
from kmsvc.core import leases
from kmsvc.operations.overview import overview
from tests.builders import make_article, make_change
from tests.support.centre import Centre
from tests.support.clients import Caller

Client = Callable[..., Caller]


def wanting(world: Centre, **settings: object) -> list[str]:
    with world.look("admin") as work:
        card = overview(work.session, replace(world.settings, **settings), world.engine, work.now, world.clock.today)
    return [one.text for one in card.attention]


def headline(caller: Caller) -> str:
    page = caller.get("/operations").get_data(as_text=True)
    found = re.search(r'<p class="lede[^>]*>(.*?)</p>', page, re.S) or re.search(r"lede(.*?)</p>", page, re.S)
    assert found, page[:3000]
    return found.group(1)


def furnish(world: Centre) -> None:
    """Something to find, a worker that beats, a backup made now, a trail that was walked."""
    make_article(world, drain=True)
    with world.begin("system") as work:
        leases.take(work.session, "beat:test", "test:1", seconds=30)
    world.settings.last_backup_file.write_text(json.dumps({"made_at": world.clock().isoformat(), "path": "/backups/one"}))
    with world.look("admin") as work:
        actor = work.actor
    assert verify_now(world.db, world.settings, actor).ok


def test_a_fresh_centre_without_backup_mail_server_and_verified_trail_is_not_green(client: Client, world: Centre) -> None:
    make_change(world, drain=True)
    said = headline(client("admin"))
    assert "Everything runs" not in said
    for words in ("no backup yet", "no mail server is set", "letters wait", "never verified"):
        assert words in said


def test_it_is_green_only_when_all_is_well(world: Centre) -> None:
    furnish(world)
    assert wanting(world, smtp_url="smtp://127.0.0.1:2525") == []
    assert wanting(world, smtp_url="") == ["no mail server is set"]
    world.settings.last_backup_file.unlink()
    assert wanting(world, smtp_url="smtp://127.0.0.1:2525") == ["no backup yet"]


def test_what_is_broken_stands_before_what_is_only_missing(world: Centre) -> None:
    furnish(world)
    world.settings.last_backup_file.unlink()
    (world.settings.data_dir / "audit-verified.json").unlink()
    with world.begin("system") as work:
        work.session.delete(work.session.get_one(leases.Lease, "beat:test"))
    assert wanting(world, smtp_url="smtp://127.0.0.1:2525") == [
        "no worker runs", "no backup yet", "the audit trail was never verified"]
