"""An upgrade that would lose rows is undone, unless the migration says so. R-B6."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text

from kmsvc.core.db import make_engine
from kmsvc.operations.schema import migrations_folder
from tests.support.postgres import Server

FIRST = '''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0001", None
def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.String(9)))
    op.create_table("child", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("parent_id", sa.Integer, sa.ForeignKey("parent.id", ondelete="CASCADE")))
    op.execute("INSERT INTO parent VALUES (1, 'a'), (2, 'b')")
    op.execute("INSERT INTO child VALUES (1, 1), (2, 1), (3, 2)")
def downgrade():
    op.drop_table("child")
    op.drop_table("parent")
'''
SECOND = '''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
{declared}
def upgrade():
    {does}
def downgrade():
    pass
'''
ALTERS = """with op.batch_alter_table("parent") as batch:
        batch.alter_column("word", existing_type=sa.String(9), nullable=False)"""


@pytest.fixture
def engine(database_kind: str, tmp_path: Path, postgres_cluster: Callable[[], Server]) -> Iterator[Engine]:
    """An empty database."""
    url = postgres_cluster().fresh_database() if database_kind == "postgres" else f"sqlite:///{tmp_path / 'rows.db'}"
    made = make_engine(url)
    yield made
    made.dispose()
    if database_kind == "postgres":
        postgres_cluster().drop_database(url)


def bring(engine: Engine, folder: Path, does: str, declared: str = "") -> dict[str, int]:
    """Upgrade through both steps with the product's own env.py; rows by table afterwards."""
    (folder / "versions").mkdir(parents=True, exist_ok=True)
    shutil.copy(migrations_folder() / "env.py", folder)
    (folder / "versions" / "0001.py").write_text(FIRST)
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
    (folder / "versions" / "0002.py").write_text(SECOND.format(does=does, declared=declared))
    try:
        command.upgrade(config, "head")
    finally:
        with engine.connect() as connection:
            rows = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
                    for name in inspect(connection).get_table_names() if name != "alembic_version"}
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return {**rows, "at": int(revision)}


@pytest.mark.parametrize("does", ["op.execute('DELETE FROM child WHERE id = 3')", "op.drop_table('child')"])
def test_r_b6_rows_lost_without_a_word_undo_the_upgrade(engine: Engine, tmp_path: Path, does: str) -> None:
    """R-B6: the database stands where it stood."""
    with pytest.raises(RuntimeError, match="child: 3 -> [02]"):
        bring(engine, tmp_path / "m", does)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM child")).scalar() == 3
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0001"


def test_r_b6_rows_may_go_when_the_migration_declares_it(engine: Engine, tmp_path: Path) -> None:
    """R-B6: `shrinks` names the table."""
    does = "op.execute('DELETE FROM child WHERE id = 3')"
    assert bring(engine, tmp_path / "m", does, 'shrinks = ("child",)') == {"parent": 2, "child": 2, "at": 2}


def test_r_b6_altering_a_parent_keeps_its_children(engine: Engine, tmp_path: Path) -> None:
    """R-B6: SQLite makes the parent anew for that; with foreign keys on, every child would go."""
    assert bring(engine, tmp_path / "m", ALTERS) == {"parent": 2, "child": 3, "at": 2}


def test_r_b6_a_failed_upgrade_leaves_no_half_schema(engine: Engine, tmp_path: Path) -> None:
    """R-B6: all of it or nothing, on both databases."""
    does = "op.add_column('parent', sa.Column('more', sa.Integer)); op.create_table('new', sa.Column('id', sa.Integer)); 1 / 0"
    with pytest.raises(ZeroDivisionError):
        bring(engine, tmp_path / "m", does)
    with engine.connect() as connection:
        assert "new" not in inspect(connection).get_table_names()
        assert [column["name"] for column in inspect(connection).get_columns("parent")] == ["id", "word"]
