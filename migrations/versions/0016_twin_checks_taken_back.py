"""That two twins say the same can be taken back."""

import sqlalchemy as sa
from alembic import op

revision = "0016_twin_checks_taken_back"
down_revision = "0015_knowledge_reviews"


def upgrade() -> None:
    op.add_column("knowledge_twin_check", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("knowledge_twin_check", "withdrawn_at")
