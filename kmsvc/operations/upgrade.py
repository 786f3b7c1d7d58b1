"""Upgrading a database: an automatic backup first, then the migrations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from kmsvc.core.faults import fault
from kmsvc.operations.schema import current_revision, head_revision, upgrade


def upgrade_safely(settings: Any, engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to head; an existing older database is backed up first. Returns (before, after)."""
    with engine.connect() as connection:
        before = current_revision(connection)
    if before is not None and before != head_revision():
        from kmsvc.operations.backup import write_backup

        folder = settings.data_dir / "backups"
        folder.mkdir(exist_ok=True, mode=0o700)
        write_backup(settings, folder / f"before-{head_revision()}.kmsvc-backup", engine=engine)
        fault("upgrade.after_backup")
    return upgrade(engine)
