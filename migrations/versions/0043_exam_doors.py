"""What exams, practice and marking need more."""

revision = "0043_exam_doors"
down_revision = "0042_certificate_kinds"


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
