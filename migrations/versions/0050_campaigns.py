"""No change: self-assessments come with a later revision; the number stays so that the revisions stand in a row."""

revision = "0050_campaigns"
down_revision = "0049_used_proof"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
