"""Programmes of newcomers with their forms, talks and decisions."""

revision = "0036_onboarding"
down_revision = "0035_certificates"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
