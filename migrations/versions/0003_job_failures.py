"""Subjects that periodic work failed for."""

import sqlalchemy as sa
from alembic import op

revision = "0003_job_failures"
down_revision = "0002_audit_append_only"


def upgrade() -> None:
    op.create_table('operations_failure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('job', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.String(length=120), nullable=False),
        sa.Column('error', sa.Text(), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_operations_failure')),
        sa.UniqueConstraint('job', 'subject', name=op.f('uq_operations_failure_job_subject'))
    )


def downgrade() -> None:
    op.drop_table('operations_failure')
