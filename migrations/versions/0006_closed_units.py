"""Units and posts that are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0006_closed_units"
down_revision = "0005_process_reviews"


def upgrade() -> None:
    for table in ("people_unit", "people_post"):
        op.add_column(table, sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in ("people_unit", "people_post"):
        op.drop_column(table, "closed_at")
