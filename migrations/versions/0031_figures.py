"""How searches ended, how long they took, and both counted by day."""

import sqlalchemy as sa
from alembic import op

revision = "0031_figures"
down_revision = "0030_sign_told_to"


def upgrade() -> None:
    op.add_column("search_event", sa.Column("took_ms", sa.Integer(), nullable=True))
    op.add_column("search_event", sa.Column("outcome", sa.String(length=64), nullable=True))
    op.create_index("ix_search_event_outcome_at_unit_id", "search_event", ["outcome", "at", "unit_id"])
    op.create_table("knowledge_figure_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("took", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("searches", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "unit_id", "outcome", "took", name=op.f("pk_knowledge_figure_day")),
    )
    op.create_table("knowledge_figure_progress",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_figure_progress")),
    )


def downgrade() -> None:
    op.drop_table("knowledge_figure_progress")
    op.drop_table("knowledge_figure_day")
    op.drop_index("ix_search_event_outcome_at_unit_id", "search_event")
    op.drop_column("search_event", "outcome")
    op.drop_column("search_event", "took_ms")
