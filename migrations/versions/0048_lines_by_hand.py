"""A line of step 9 says that no training plan is to be made of it; until now that was read from the plan that was not there yet."""

import sqlalchemy as sa
from alembic import op

revision = "0048_lines_by_hand"
down_revision = "0047_evidence"


def upgrade() -> None:
    with op.batch_alter_table("process_plan_line") as line:
        line.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
    rows = sa.table("process_plan_line", sa.column("plan_id"), sa.column("by_hand"))
    op.execute(rows.update().where(rows.c.plan_id.is_(None)).values(by_hand=sa.true()))
    with op.batch_alter_table("process_plan_line") as line:
        line.alter_column("by_hand", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("process_plan_line") as line:
        line.drop_column("by_hand")
