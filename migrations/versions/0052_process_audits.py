"""The annual process audit, themed optimisations and awareness of processes."""

revision = "0052_process_audits"
down_revision = "0051_audits"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
