"""What plans, sessions, the calendar and busy times need more."""

revision = "0044_plan_seats"
down_revision = "0043_exam_doors"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
