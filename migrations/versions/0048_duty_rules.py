"""Duties of clauses: rules as rows, occurrences with their life."""

revision = "0048_duty_rules"
down_revision = "0047_standards_models"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
