"""Self-assessments of a standard: campaigns, their clauses, answers and measures."""

revision = "0050_campaigns"
down_revision = "0049_used_proof"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
