"""Write a migration from the difference between the models and a fresh database: python tools/new_migration.py NNNN_name "what".

The result is a proposal: read it, write the tables out, one thing each, and keep the head file in step."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from kmsvc.core.db import Base, make_engine
from kmsvc.models import load_models
from kmsvc.operations.schema import head_revision, migrations_folder, upgrade

TEMPLATE = '''"""{about}"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{name}"
down_revision = {before!r}


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


def tidy(code: str) -> str:
    """Alembic's rendering without our own types and its remarks, indented."""
    code = code.replace("kmsvc.core.db.UtcDateTime(timezone=True)", "sa.DateTime(timezone=True)")
    code = re.sub(r"postgresql\.JSONB\([^)]*\(\)\)", "postgresql.JSONB()", code).replace("sa.JSON(none_as_null=True)", "sa.JSON()")
    lines = [line for line in code.split("\n") if line.strip() and not line.strip().startswith("#")]
    return "\n".join("    " + line.strip() if line.strip().startswith(("op.", ")")) else "        " + line.strip()
                     for line in lines) or "    pass"


def main() -> None:
    """Compare and write."""
    name, about = sys.argv[1], sys.argv[2]
    load_models()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/empty.db")
        head = migrations_folder() / ".current-head"
        before = head_revision() if head.exists() else None
        if before:
            upgrade(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
            script = produce_migrations(context, Base.metadata)
    assert script.upgrade_ops is not None and script.downgrade_ops is not None
    up = render_python_code(script.upgrade_ops, render_as_batch=False)
    down = render_python_code(script.downgrade_ops, render_as_batch=False)
    text = TEMPLATE.format(about=about, name=name, before=before, up=tidy(up), down=tidy(down))
    (Path(migrations_folder()) / "versions" / f"{name}.py").write_text(text)
    head.write_text(name + "\n")


if __name__ == "__main__":
    main()
