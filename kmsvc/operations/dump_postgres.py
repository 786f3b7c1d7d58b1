"""The PostgreSQL half of a backup: every table as COPY text from one snapshot, and back into the schema of its revision.

COPY through the driver instead of pg_dump: no program of a fitting version is needed on the web host, the row counts and the
audit head in the manifest come from the very same snapshot, and there is one path to test. Decision 0015."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, inspect, text

from kmsvc.core import audit
from kmsvc.operations.archive import ArchiveWriter
from kmsvc.operations.schema import current_revision

VERSION_TABLE = "alembic_version"


def quoted(name: str) -> str:
    """An identifier for SQL."""
    return '"' + name.replace('"', '""') + '"'


def dump(engine: Engine, writer: ArchiveWriter) -> tuple[dict[str, dict[str, Any]], str | None, dict[str, Any]]:
    """Write every table from one snapshot; returns (tables, revision, audit head)."""
    reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    tables: dict[str, dict[str, Any]] = {}
    with reading.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        revision = current_revision(connection)
        head = connection.execute(text("SELECT seq, hash FROM core_audit_head WHERE id = 1")).one_or_none()
        raw: Any = connection.connection.driver_connection
        for name in sorted(inspect(connection).get_table_names()):
            columns = [column["name"] for column in inspect(connection).get_columns(name)]
            rows = connection.execute(text(f"SELECT count(*) FROM {quoted(name)}")).scalar_one()
            tables[name] = {"columns": columns, "rows": rows}
            order = " ORDER BY seq" if name == audit.AuditEntry.__tablename__ else ""  # the chain is verified in order
            words = f"COPY (SELECT {', '.join(map(quoted, columns))} FROM {quoted(name)}{order}) TO STDOUT"
            with writer.member(f"database/{name}.copy") as write, raw.cursor() as cursor, cursor.copy(words) as pieces:
                for piece in pieces:
                    write(bytes(piece))
        connection.rollback()
    return tables, revision, {"seq": head[0], "hash": head[1]} if head else {"seq": 0, "hash": audit.GENESIS}


def is_empty(engine: Engine) -> bool:
    """Whether the database holds no table."""
    return not inspect(engine).get_table_names()


def clear(engine: Engine) -> None:
    """Drop every table and function of the schema."""
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            connection.execute(text(f"DROP TABLE {quoted(name)} CASCADE"))
        functions = connection.execute(text(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = current_schema() AND NOT EXISTS "
            "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')")).scalars().all()
        for name in functions:
            connection.execute(text(f"DROP FUNCTION {name} CASCADE"))


def load(engine: Engine, tables: dict[str, dict[str, Any]], pieces_of: Callable[[str], Iterator[bytes]]) -> None:
    """Fill the empty tables of a schema in one transaction, parents first, and set the counters behind them."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        order = [name for name, _ in inspect(connection).get_sorted_table_and_fkc_names() if name in tables]
        order = [name for name in order if name != VERSION_TABLE]
        for name in reversed(order):
            if connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {quoted(name)})")).scalar():
                connection.execute(text(f"DELETE FROM {quoted(name)}"))  # rows a migration put there
        raw: Any = connection.connection.driver_connection
        for name in order:
            columns = ", ".join(quoted(column) for column in tables[name]["columns"])
            with raw.cursor() as cursor, cursor.copy(f"COPY {quoted(name)} ({columns}) FROM STDIN") as sink:
                for piece in pieces_of(name):
                    sink.write(piece)
            _set_counters(connection, name, tables[name]["columns"])


def _set_counters(connection: Any, table: str, columns: list[str]) -> None:
    for column in columns:
        sequence = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"),
                                      {"table": quoted(table), "column": column}).scalar()
        if sequence:
            highest = connection.execute(text(f"SELECT max({quoted(column)}) FROM {quoted(table)}")).scalar()
            connection.execute(text("SELECT setval(CAST(:sequence AS regclass), :value, :used)"),
                               {"sequence": sequence, "value": highest or 1, "used": highest is not None})


def count_rows(engine: Engine, names: list[str]) -> dict[str, int]:
    """Rows by table."""
    with engine.connect() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {quoted(name)}")).scalar_one() for name in names}


_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "\\": "\\"}


def copy_rows(lines: Iterator[bytes], columns: list[str]) -> Iterator[dict[str, str | None]]:
    """Rows of COPY text: tabs between values, backslash escapes, \\N for nothing."""
    for line in lines:
        values = line.rstrip(b"\n").decode().split("\t")
        yield {name: None if value == "\\N" else _unescape(value) for name, value in zip(columns, values, strict=True)}


def _unescape(value: str) -> str:
    if "\\" not in value:
        return value
    parts = value.split("\\")
    text_, index = parts[0], 1
    while index < len(parts):
        part = parts[index]
        if part == "":  # an escaped backslash: the next part stands as it is
            text_ += "\\" + (parts[index + 1] if index + 1 < len(parts) else "")
            index += 2
            continue
        text_ += _ESCAPES.get(part[0], part[0]) + part[1:]
        index += 1
    return text_


def first_broken_link(lines: Iterator[bytes], columns: list[str], head: dict[str, Any]) -> int | None:
    """Walk the audit chain in COPY text; the number of the first entry that does not fit, or None."""
    previous, expected = audit.GENESIS, 0
    for row in copy_rows(lines, columns):
        expected += 1
        entry: dict[str, Any] = dict(row)
        entry["seq"] = int(entry["seq"])
        entry["person_id"] = int(entry["person_id"]) if entry["person_id"] is not None else None
        entry["at"] = datetime.fromisoformat(entry["at"]).astimezone(UTC)
        for name in ("before", "after"):
            entry[name] = json.loads(entry[name]) if entry[name] is not None else None
        if entry["seq"] != expected or entry["previous"] != previous or entry["hash"] != audit.entry_hash(entry):
            return expected
        previous = entry["hash"]
    return None if (expected, previous) == (head["seq"], head["hash"]) else expected + 1
