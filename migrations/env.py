"""Runs migrations on an engine given by the caller: explicit BEGIN, foreign keys off before it and checked before COMMIT."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

engine = context.config.attributes["engine"]

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
            context.run_migrations()
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
