"""Runs migrations on an engine given by the caller: explicit BEGIN, foreign keys off before it and checked before COMMIT.

An upgrade that would leave a table with fewer rows than before is undone, unless its migration declares it (R-B6)."""

from __future__ import annotations

from alembic import context
from alembic.script.revision import RevisionError
from sqlalchemy import inspect, text

engine = context.config.attributes["engine"]


def row_counts(connection):
    """Rows by table; the table of the revision itself is left out."""
    names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def declared():
    """Tables that the steps of this upgrade say they shrink: `shrinks = ("table",)` in a migration. None for a downgrade."""
    goal, start = context.get_revision_argument(), context.get_context().get_current_revision()
    try:
        steps = list(context.script.iterate_revisions(goal, start)) if goal else None
    except RevisionError:
        return None
    return {name for step in steps for name in getattr(step.module, "shrinks", ())} if steps is not None else None


def shrunk(before, after, allowed):
    """What would be lost: `table: 12 -> 3`."""
    return [f"{name}: {count} -> {after.get(name, 0)}" for name, count in before.items()
            if after.get(name, 0) < count and name not in allowed]


with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")  # inside a transaction this would do nothing
    else:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_lock(7120155)"))
        connection.commit()
    try:
        with connection.execution_options(writes=True).begin():
            context.configure(
                connection=connection,
                target_metadata=None,
                transactional_ddl=True,
                render_as_batch=True,
                transaction_per_migration=False,
            )
            before, allowed = row_counts(connection), declared()
            context.run_migrations()
            lost = shrunk(before, row_counts(connection), allowed) if allowed is not None else []
            if lost:
                raise RuntimeError("the migration would lose rows it did not declare in `shrinks`: " + ", ".join(lost))
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"foreign keys broken after the migration: {broken[:5]}")
    finally:
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute(text("SELECT pg_advisory_unlock(7120155)"))
            connection.commit()
