"""Banks of questions, papers, exams, sittings and marks."""

revision = "0033_questions_and_exams"
down_revision = "0032_reader_groups"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
