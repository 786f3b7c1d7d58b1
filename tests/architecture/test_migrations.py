"""Migrations: one head, the head file agrees, they build what the models say, they go down and up with rows and lose none."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from kmsvc.core.db import Base
from kmsvc.core.work import Database
from kmsvc.operations.schema import NewerSchema, current_revision, head_revision, migrations_folder, upgrade
from tests.builders import make_article, make_change
from tests.support.centre import Centre

FOLDER = migrations_folder() / "versions"
FILES = sorted(FOLDER.glob("[0-9]*.py"))


def config(engine: Any = None) -> Config:
    """Alembic's own view of our migrations."""
    made = Config()
    made.set_main_option("script_location", str(migrations_folder()))
    if engine is not None:
        made.attributes["engine"] = engine
    return made


def test_there_is_one_head_and_the_head_file_names_it() -> None:
    assert ScriptDirectory.from_config(config()).get_heads() == [head_revision()]
    assert FILES[-1].stem == head_revision()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_migration_is_named_after_its_revision_and_follows_the_one_before(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    values = {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body
              if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.endswith("revision")}
    number = FILES.index(path)
    assert values["revision"] == path.stem
    assert values["down_revision"] == (FILES[number - 1].stem if number else None)
    assert path.stem.startswith(f"{number + 1:04d}_")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_migration_stands_alone_and_says_how_to_go_back(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    imports = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names} | {
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(name.startswith("kmsvc") for name in imports)
    assert ast.get_docstring(tree)
    assert {"upgrade", "downgrade"} <= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_from_empty_to_head_is_what_the_models_say(empty_db: Database) -> None:
    """On both databases: tables, columns, types, defaults of null, indexes, foreign keys and unique keys."""
    with empty_db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, Base.metadata) if "alembic_version" not in str(one)]
    assert differences == []


def test_every_constraint_has_a_name_of_the_house(empty_db: Database) -> None:
    inspector = inspect(empty_db.engine)
    wrong = []
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        named = [*inspector.get_foreign_keys(table), *inspector.get_unique_constraints(table),
                 *inspector.get_check_constraints(table), inspector.get_pk_constraint(table), *inspector.get_indexes(table)]
        for one in named:
            if not (one.get("name") or "").startswith(("fk_", "uq_", "ck_", "pk_", "ix_")):
                wrong.append(f"{table}: {one}")
    assert wrong == []


def rows(db: Database) -> dict[str, int]:
    """How many rows each table has."""
    with db.engine.connect() as connection:
        return {table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
                for table in inspect(connection).get_table_names() if table != "alembic_version"}


def test_r_b6_one_step_down_and_up_again_loses_no_row(world: Centre) -> None:
    """R-B6: with rows in the tables, each step goes down and up; no table that stays has fewer rows than before."""
    make_change(world, closed=True)
    make_article(world)
    before = rows(world.db)
    assert sum(count > 0 for count in before.values()) >= 25
    engine = world.db.engine
    for path in reversed(FILES[1:]):
        command.downgrade(config(engine), FILES[FILES.index(path) - 1].stem)
        lower = rows(world.db)
        command.upgrade(config(engine), path.stem)
        upper = rows(world.db)
        assert {table: count for table, count in lower.items() if upper.get(table, 0) < count} == {}
        command.downgrade(config(engine), FILES[FILES.index(path) - 1].stem)
    command.upgrade(config(engine), "head")
    after = rows(world.db)
    with engine.connect() as connection:
        assert current_revision(connection) == head_revision()
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
    found_again = {table for table in before if table.startswith("knowledge_health_")}  # the worker sees its signs anew
    assert {table: count for table, count in before.items() if after.get(table, 0) < count and table not in found_again} == {}


def test_upgrading_twice_changes_nothing(world: Centre) -> None:
    before = rows(world.db)
    assert upgrade(world.db.engine) == (head_revision(), head_revision())
    assert rows(world.db) == before


def test_a_database_of_a_newer_release_is_left_alone(empty_db: Database) -> None:
    with empty_db.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))
    with pytest.raises(NewerSchema, match="9999_from_the_future"):
        upgrade(empty_db.engine)


def test_a_migration_that_fails_half_way_leaves_the_schema_as_it_was(empty_db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything of a run is one transaction, on both databases."""
    from alembic import op

    engine = empty_db.engine
    command.downgrade(config(engine), FILES[1].stem)  # a migration after it makes a table
    tables = set(inspect(engine).get_table_names())
    keep = op.create_table

    def broken(*args: Any, **kwargs: Any) -> Any:
        keep(*args, **kwargs)
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr(op, "create_table", broken)
    with pytest.raises(RuntimeError, match="stopped here"):
        command.upgrade(config(engine), "head")
    monkeypatch.undo()
    assert set(inspect(engine).get_table_names()) == tables
    command.upgrade(config(engine), "head")
    with engine.connect() as connection:
        assert current_revision(connection) == head_revision()
