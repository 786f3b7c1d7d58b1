"""What certificates and trainers need more."""

revision = "0042_certificate_kinds"
down_revision = "0041_onboarding_lists"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
