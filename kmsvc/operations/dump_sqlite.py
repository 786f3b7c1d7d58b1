"""The SQLite half of a backup: a consistent copy through the backup interface, and looking whether a copy is whole."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy.engine import make_url


def database_file(url: str) -> Path:
    """The file behind a SQLite address."""
    return Path(make_url(url).database or "")


def copy_database(source: Path, target: Path) -> None:
    """A copy as of one moment while others read and write; in one piece, so that writers cannot make it start again."""
    with closing(pysqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as live, \
            closing(pysqlite3.connect(target)) as copy:
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")


def describe(path: Path) -> tuple[dict[str, dict[str, Any]], str | None]:
    """(tables with columns and row counts, schema revision) of a database file."""
    with closing(pysqlite3.connect(path)) as found:
        names = [row[0] for row in found.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
        tables = {name: {"columns": [row[1] for row in found.execute(f'PRAGMA table_info("{name}")')],
                         "rows": found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]} for name in names}
        if "alembic_version" not in names:
            return tables, None
        revision = found.execute("SELECT version_num FROM alembic_version").fetchone()
    return tables, revision[0] if revision else None


def faults_of(path: Path) -> list[str]:
    """What SQLite itself finds wrong with a file: pages, indexes, foreign keys."""
    with closing(pysqlite3.connect(path)) as found:
        said = [row[0] for row in found.execute("PRAGMA integrity_check(5)")]
        broken = found.execute("PRAGMA foreign_key_check").fetchmany(3)
    return [line for line in said if line != "ok"] + [f"a row of {row[0]} names what is not there" for row in broken]
