"""Standards as data: models, editions, their clauses, mappings and assessments."""

revision = "0047_standards_models"
down_revision = "0046_certificates_exams"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
