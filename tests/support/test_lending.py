"""A lent database comes back with its rows as they were, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.conftest import Templates
from tests.support.lending import Lending, plain
from tests.support.postgres import Server, skipped

pytestmark = [pytest.mark.postgres, pytest.mark.skipif(skipped(), reason="KMSVC_SKIP_POSTGRES=1")]


@pytest.fixture
def lending(templates: Templates, postgres_cluster: Callable[[], Server]) -> Iterator[Lending]:
    source = templates.source("postgres", "centre")
    made = Lending(postgres_cluster, lambda: postgres_cluster().fresh_database(source))
    yield made
    made.close()


def run(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(plain(url), autocommit=True) as connection:
        answer = connection.execute(statement)  # type: ignore[arg-type]
        return answer.fetchall() if answer.description else []


def test_rows_and_counters_are_put_back_and_the_same_database_is_lent_again(lending: Lending) -> None:
    url = lending.lend()
    before = run(url, "SELECT id, name FROM people_unit ORDER BY id"), run(url, "SELECT last_value FROM people_unit_id_seq")
    run(url, "UPDATE people_unit SET name = 'x'; SELECT nextval('people_unit_id_seq')")
    lending.take_back()
    assert lending.lend() == url
    assert before == (run(url, "SELECT id, name FROM people_unit ORDER BY id"), run(url, "SELECT last_value FROM people_unit_id_seq"))


@pytest.mark.parametrize("statement", [
    "CREATE TABLE left_behind (id int)", "ALTER TABLE people_unit ADD COLUMN left_behind int",
    "ALTER TABLE people_unit ALTER COLUMN name DROP NOT NULL", "ALTER TABLE core_audit DISABLE TRIGGER USER",
    "CREATE OR REPLACE FUNCTION knowledge_review_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"])
def test_a_database_of_another_shape_is_not_lent_again(lending: Lending, statement: str) -> None:
    url = lending.lend()
    run(url, statement)
    lending.take_back()
    assert lending.lend() != url
