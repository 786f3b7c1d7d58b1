"""Audits: programmes, engagements, checklists, samples, findings and what is done about them."""

revision = "0051_audits"
down_revision = "0050_campaigns"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
