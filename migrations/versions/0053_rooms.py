"""Auditor's rooms: invitations, second factors, looks, samples, marks and requests."""

revision = "0053_rooms"
down_revision = "0052_process_audits"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
