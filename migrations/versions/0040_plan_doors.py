"""Doors of training plans: codes of sign-in, materials, what makes a plan."""

revision = "0040_plan_doors"
down_revision = "0039_practice"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
