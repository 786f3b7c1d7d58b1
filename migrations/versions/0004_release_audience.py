"""For whom a process is once a planned release takes effect."""

import sqlalchemy as sa
from alembic import op

revision = "0004_release_audience"
down_revision = "0003_job_failures"


def upgrade() -> None:
    op.add_column("process_publication", sa.Column("audience_unit_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("process_publication", "audience_unit_id")
