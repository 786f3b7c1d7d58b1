"""What onboarding needs more."""

revision = "0045_onboarding_once"
down_revision = "0044_plan_seats"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
