"""Lists and results of the onboarding."""

revision = "0041_onboarding_lists"
down_revision = "0040_plan_doors"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
