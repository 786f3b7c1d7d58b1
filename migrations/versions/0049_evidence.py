"""Proof: rules, files, links and packs."""

revision = "0049_evidence"
down_revision = "0048_duty_rules"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
