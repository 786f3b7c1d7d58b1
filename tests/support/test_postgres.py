"""The throw-away PostgreSQL server: copies databases, survives being killed, leaves nothing behind."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import postgres_server, skipped

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(skipped(), reason="KMSVC_SKIP_POSTGRES=1")]


def one(url: str, statement: str) -> object:
    """The single value a statement gives."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            answer = connection.execute(text(statement))
            return answer.scalar() if answer.returns_rows else None
    finally:
        engine.dispose()


def test_a_copied_database_has_the_rows_of_its_template_and_goes_its_own_way() -> None:
    with postgres_server() as server:
        source = server.fresh_database()
        one(source, "CREATE TABLE said AS SELECT '退款' AS word")
        copy = server.fresh_database(source)
        one(copy, "DELETE FROM said")
        assert one(copy, "SELECT count(*) FROM said") == 0
        assert one(source, "SELECT word FROM said") == "退款"
        server.drop_database(copy)
        names = "SELECT count(*) FROM pg_database WHERE datname = '{}'"
        assert one(source, names.format(copy.rpartition("/")[2])) == 0
        folder = server.folder
    assert not folder.exists()


def test_a_durable_server_keeps_what_was_committed_when_it_is_killed() -> None:
    with postgres_server(durable=True) as server:
        url = server.fresh_database()
        assert one(url, "SHOW fsync") == "on"
        one(url, "CREATE TABLE said AS SELECT 1 AS x")
        server.kill()
        server.restart()
        assert one(url, "SELECT x FROM said") == 1
