"""Hooks, how they fare, what is sent through them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024_hooks"
down_revision = '0023_citations'


def upgrade() -> None:
    op.create_table('hooks_hook',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('address', sa.String(length=500), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kinds', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('secret', sa.String(length=100), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('on', 'paused', 'stopped')", name=op.f('ck_hooks_hook_state')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_hooks_hook_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_hooks_hook_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hooks_hook'))
    )
    op.create_table('hooks_delivery',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('hook_id', sa.Integer(), nullable=False),
        sa.Column('uid', sa.String(length=64), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('took_ms', sa.Integer(), nullable=True),
        sa.Column('error', sa.String(length=300), nullable=True),
        sa.Column('answer', sa.String(length=500), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name=op.f('ck_hooks_delivery_state')),
        sa.ForeignKeyConstraint(['hook_id'], ['hooks_hook.id'], name=op.f('fk_hooks_delivery_hook_id_hooks_hook')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_hooks_delivery')),
        sa.UniqueConstraint('uid', name=op.f('uq_hooks_delivery_uid'))
    )
    op.create_index('ix_hooks_delivery_hook_id_id', 'hooks_delivery', ['hook_id', 'id'], unique=False)
    op.create_index('ix_hooks_delivery_state_next_at', 'hooks_delivery', ['state', 'next_at'], unique=False)
    op.create_table('hooks_stand',
        sa.Column('hook_id', sa.Integer(), nullable=False),
        sa.Column('failing', sa.Integer(), nullable=False),
        sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('rests_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['hook_id'], ['hooks_hook.id'], name=op.f('fk_hooks_stand_hook_id_hooks_hook')),
        sa.PrimaryKeyConstraint('hook_id', name=op.f('pk_hooks_stand'))
    )


def downgrade() -> None:
    op.drop_table('hooks_stand')
    op.drop_index('ix_hooks_delivery_state_next_at', table_name='hooks_delivery')
    op.drop_index('ix_hooks_delivery_hook_id_id', table_name='hooks_delivery')
    op.drop_table('hooks_delivery')
    op.drop_table('hooks_hook')
