"""Doors of training plans: until when, what it cost, materials of sessions; what makes a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0040_plan_doors"
down_revision = "0039_practice"


def upgrade() -> None:
    _doors()


def downgrade() -> None:
    _no_doors()


def _doors() -> None:
    with op.batch_alter_table("training_plan") as table:
        table.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("spent", sa.Integer(), nullable=True))
    with op.batch_alter_table("training_session") as table:
        table.add_column(sa.Column("materials", sa.Text(), nullable=True))


def _no_doors() -> None:
    with op.batch_alter_table("training_session") as table:
        table.drop_column("materials")
    with op.batch_alter_table("training_plan") as table:
        table.drop_column("spent")
        table.drop_column("due_on")
