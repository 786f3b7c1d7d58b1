"""The schema's revision: where a database stands, where this program wants it, and the way there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

_VERSION = table("alembic_version", column("version_num"))


def migrations_folder() -> Path:
    """The migrations beside the package in a checkout, inside it in a wheel."""
    inside = Path(__file__).parent.parent / "migrations"
    return inside if inside.exists() else Path(__file__).parent.parent.parent / "migrations"


@cache
def head_revision() -> str:
    """The newest revision this program knows."""
    return (migrations_folder() / ".current-head").read_text().strip()


@cache
def known_revisions() -> frozenset[str]:
    """Every revision this program knows."""
    return frozenset(path.stem for path in (migrations_folder() / "versions").glob("[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """The revision a database stands at; None for an empty one."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalars(select(_VERSION.c.version_num)).one_or_none()


def upgrade(engine: Engine, to: str = "head") -> tuple[str | None, str]:
    """Bring a database to a revision, the newest one by default; returns (before, after). Refuses a newer database."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with engine.connect() as connection:
        before = current_revision(connection)
    if before is not None and before not in known_revisions():
        raise NewerSchema(before)
    wanted = head_revision() if to == "head" else to
    if before != wanted:
        config.attributes["engine"] = engine
        command.upgrade(config, to)
    return before, wanted


class NewerSchema(RuntimeError):
    """The database was written by a newer program."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"The database stands at revision {revision}, which this release does not know. "
                         "Use the release that wrote it, or a newer one.")
