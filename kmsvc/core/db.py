"""One place makes the engine, for both databases. SQLite: explicit BEGIN IMMEDIATE for writers, WAL only with a
library free of the WAL-reset bug, FULL sync. PostgreSQL: time-outs on every session. Decision 0002."""

from __future__ import annotations

from datetime import UTC, datetime
from random import uniform
from time import monotonic, sleep
from typing import Any

import pysqlite3
from sqlalchemy import JSON, DateTime, Engine, MetaData, String, create_engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

BUSY_S = 10

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
Code = String(64)


class Base(DeclarativeBase):
    """Parent of all mapped classes. `audited` False marks operational tables that the audit trail leaves out;
    `secret_columns` are named in the trail but never shown; words of `personal_columns` stand beside it (`trail_words`), as those of
    the person whose id is the attribute `personal_key`."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: UtcDateTime, dict: Json, list: Json, dict[str, Any]: Json, list[Any]: Json}

    audited: bool = True
    secret_columns: frozenset[str] = frozenset()
    personal_columns: frozenset[str] = frozenset()
    personal_key: str = "id"


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite lacks the WAL-reset bug: 3.51.3 or newer, 3.50.7 or 3.44.6 in their lines."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def sqlite_pragmas(version: tuple[int, ...]) -> dict[str, str]:
    """The pragmas in force on every SQLite connection, for the library version really linked."""
    return {
        "journal_mode": "WAL" if wal_is_safe(version) else "DELETE",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "busy_timeout": str(BUSY_S * 1000),
        "trusted_schema": "OFF",
        "cache_size": "-16000",
    }


PG_OPTIONS = "-c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"


def make_engine(url: str, *, pool_size: int = 12) -> Engine:
    """The engine for a database address, with the recipe of this house in force on every connection."""
    if make_url(url).get_backend_name() == "postgresql":
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=pool_size, max_overflow=8, pool_timeout=8,
            connect_args={"options": PG_OPTIONS, "connect_timeout": 5},
        )
    engine = create_engine(
        url, hide_parameters=True, module=pysqlite3, pool_size=pool_size, max_overflow=8, pool_timeout=10,
        connect_args={"timeout": 10, "check_same_thread": False}, pool_use_lifo=True,
    )
    pragmas = sqlite_pragmas(pysqlite3.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def _settle(raw: Any, record: Any) -> None:
        raw.isolation_level = None  # we say BEGIN, the driver does not
        for name, value in pragmas.items():
            raw.execute(f"PRAGMA {name}={value}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            _begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: Any) -> None:
    """BEGIN IMMEDIATE, asked again every few milliseconds for as long as SQLite itself would wait.

    SQLite's own waiting grows to 100 ms between two looks: among writers that follow close on each other one may wait
    for seconds while the lock is free most of the time.
    """
    raw = connection.connection.dbapi_connection
    until = monotonic() + BUSY_S
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
                return
            except pysqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
            sleep(uniform(0.002, 0.006))
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises what the house knows
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_S * 1000}")
