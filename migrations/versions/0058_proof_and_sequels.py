"""What shows that an action was done may be things, addresses and files; a closed process audit is taken up by a sequel beside it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058_proof_and_sequels"
down_revision = "0057_room_packs"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
ACTION, AUDIT, ONE = "standards_finding_action", "process_audit", "uq_process_audit_one_a_year"
THERE = sa.text("state <> 'cancelled'")


def upgrade() -> None:
    # added without making the tables anew: what keeps their rows from being changed stays
    op.add_column(ACTION, sa.Column("records", JSON, nullable=True))
    op.add_column(AUDIT, sa.Column("part", sa.Integer(), server_default="1", nullable=False))
    op.drop_index(ONE, table_name=AUDIT)
    op.create_index(ONE, AUDIT, ["year", "part"], unique=True, sqlite_where=THERE, postgresql_where=THERE)


def downgrade() -> None:
    op.drop_index(ONE, table_name=AUDIT)
    op.create_index(ONE, AUDIT, ["year"], unique=True, sqlite_where=THERE, postgresql_where=THERE)
    op.drop_column(AUDIT, "part")
    op.drop_column(ACTION, "records")
