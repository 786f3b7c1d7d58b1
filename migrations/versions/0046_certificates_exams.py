"""What certificates, exams and practice need more."""

revision = "0046_certificates_exams"
down_revision = "0045_onboarding_once"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
