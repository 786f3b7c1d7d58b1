"""Courses, training plans, sessions and trainers."""

revision = "0034_courses"
down_revision = "0033_questions_and_exams"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
