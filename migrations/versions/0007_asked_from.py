"""The page a change request was asked from."""

import sqlalchemy as sa
from alembic import op

revision = "0007_asked_from"
down_revision = "0006_closed_units"


def upgrade() -> None:
    op.add_column("process_change", sa.Column("place", sa.String(length=300), nullable=True))


def downgrade() -> None:
    op.drop_column("process_change", "place")
