"""Counting the walks of a version of a guided flow."""

from alembic import op

revision = "0028_flow_counts"
down_revision = "0027_alignment"


def upgrade() -> None:
    op.create_index("ix_knowledge_flow_walk_version_id", "knowledge_flow_walk", ["version_id"])


def downgrade() -> None:
    op.drop_index("ix_knowledge_flow_walk_version_id", "knowledge_flow_walk")
