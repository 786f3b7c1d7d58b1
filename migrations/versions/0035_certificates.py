"""Kinds of certificates, what they are needed for, who has proven what."""

revision = "0035_certificates"
down_revision = "0034_courses"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
