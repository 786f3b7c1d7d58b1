"""One PostgreSQL database lent to one test after another, its rows put back each time.

To make and drop a database takes longer than most tests, and a server process that has just been started looks everything up anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
from sqlalchemy import Engine, Pool

from tests.support.postgres import Server

SHAPE = """SELECT md5(string_agg(one, ' ' ORDER BY one)) FROM (
  SELECT relname || relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT attrelid::regclass::text || attname || atttypid || attnotnull::text FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT conname || contype::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT setconfig::text FROM pg_db_role_setting) AS shape(one)"""
MOST = 40
"""How often a database is lent: nobody sweeps up the rows that were put away."""
PATIENCE = "2s"
"""How long to wait for a lock of something that should be over by now."""


def keep_rows(url: str) -> None:
    """Keep the rows and counters of a database within it, with a function that puts them back."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        counters = connection.execute(
            "SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'").fetchall()
        connection.execute("CREATE SCHEMA kept")
        for name in tables:
            connection.execute(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"')
        lines = [f'DELETE FROM public."{name}"; INSERT INTO public."{name}" SELECT * FROM kept."{name}";' for name in tables]
        lines += [f"PERFORM setval('public.{name}', {last or 1}, {'true' if last else 'false'});" for name, last in counters]
        connection.execute("CREATE FUNCTION kept.put_back() RETURNS void LANGUAGE plpgsql AS $$ BEGIN " + "\n".join(lines) + " END $$")


class Lending:
    """Lends the database; `make` gives the address of a fresh copy of the one `keep_rows` was called for."""

    def __init__(self, cluster: Callable[[], Server], make: Callable[[], str]) -> None:
        self.cluster, self.make = cluster, make
        self.url: str | None = None
        self.pool: Pool | None = None
        self._connection: psycopg.Connection | None = None
        self._shape = ""
        self._threads = self._lent = 0

    def lend(self) -> str:
        """Its address; nobody else has it until `take_back`."""
        if self.url is None:
            self.url = self.make()
            self._connection = psycopg.connect(plain(self.url), autocommit=True)
            self._connection.execute(f"SET lock_timeout = '{PATIENCE}'")  # type: ignore[arg-type]
            self._connection.execute("SET session_replication_role = replica")  # rows that nobody may change are put back too
            self._shape = self._look()
        self._threads, self._lent = threading.active_count(), self._lent + 1
        return self.url

    def connect(self, engine: Engine) -> None:
        """Let an engine of the one who has it use the connections of those before."""
        if self.pool is None:
            self.pool = engine.pool
        engine.pool = self.pool

    def take_back(self) -> None:
        """Put the rows back. Where the test left more behind than rows, the next one gets another database."""
        busy = threading.active_count() > self._threads or (self.pool is not None and self.pool.checkedout() > 0)  # type: ignore[attr-defined]
        if not busy and self._lent < MOST:
            with suppress(psycopg.Error):
                assert self._connection is not None
                self._connection.execute("SELECT kept.put_back()")
                if self._look() == self._shape:
                    return
        self.close()

    def close(self) -> None:
        """Drop the database."""
        if self.pool is not None:
            self.pool.dispose()
        if self._connection is not None:
            self._connection.close()
        if self.url is not None:
            self.cluster().drop_database(self.url)
        self.url = self.pool = self._connection = None
        self._lent = 0

    def _look(self) -> str:
        assert self._connection is not None
        row = self._connection.execute(SHAPE).fetchone()
        return str(row[0]) if row else ""


def plain(url: str) -> str:
    """The address as psycopg has it."""
    return url.replace("+psycopg", "")
