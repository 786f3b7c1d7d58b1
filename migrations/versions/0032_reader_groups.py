"""Groups of readers: who holds one of some posts or roles, inside a unit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032_reader_groups"
down_revision = "0031_figures"


def upgrade() -> None:
    op.add_column("people_unit", sa.Column("readers", sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"), nullable=True))


def downgrade() -> None:
    op.drop_column("people_unit", "readers")
