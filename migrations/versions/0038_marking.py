"""Appeals against marks, keys corrected, samples to mark first."""

revision = "0038_marking"
down_revision = "0037_needs"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
