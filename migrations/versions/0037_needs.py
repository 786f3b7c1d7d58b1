"""Needs of training, annual plans and evaluations."""

revision = "0037_needs"
down_revision = "0036_onboarding"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
