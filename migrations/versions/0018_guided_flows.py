"""Guided flows, their versions and publications, what they point to, and how they were walked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018_guided_flows"
down_revision = "0017_shelf"


def upgrade() -> None:
    op.create_table('knowledge_flow',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('audience_unit_id', sa.Integer(), nullable=True),
        sa.Column('draft_version_id', sa.Integer(), nullable=True),
        sa.Column('published_version_id', sa.Integer(), nullable=True),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('retired_at IS NULL OR published_version_id IS NULL', name=op.f('ck_knowledge_flow_retired_is_unpublished')),
        sa.ForeignKeyConstraint(['audience_unit_id'], ['people_unit.id'], name=op.f('fk_knowledge_flow_audience_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_flow')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_flow_number'))
    )
    op.create_index(op.f('ix_knowledge_flow_published_version_id'), 'knowledge_flow', ['published_version_id'], unique=False)
    op.create_table('knowledge_flow_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('flow_id', sa.Integer(), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('nodes', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('aliases', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('language', sa.String(length=64), nullable=False),
        sa.Column('confidentiality', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("confidentiality IN ('sayable', 'internal')", name=op.f('ck_knowledge_flow_version_confidentiality')),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_knowledge_flow_version_author_id_people_person')),
        sa.ForeignKeyConstraint(['flow_id'], ['knowledge_flow.id'], name=op.f('fk_knowledge_flow_version_flow_id_knowledge_flow')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_flow_version')),
        sa.UniqueConstraint('flow_id', 'ordinal', name=op.f('uq_knowledge_flow_version_flow_id_ordinal'))
    )
    op.create_table('knowledge_flow_link',
        sa.Column('version_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('ref_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_flow_version.id'], name=op.f('fk_knowledge_flow_link_version_id_knowledge_flow_version')),
        sa.PrimaryKeyConstraint('version_id', 'kind', 'ref_id', name=op.f('pk_knowledge_flow_link'))
    )
    op.create_table('knowledge_flow_publication',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('flow_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('old_version_id', sa.Integer(), nullable=True),
        sa.Column('new_version_id', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('publish', 'revert', 'retire')", name=op.f('ck_knowledge_flow_publication_kind')),
        sa.ForeignKeyConstraint(['flow_id'], ['knowledge_flow.id'], name=op.f('fk_knowledge_flow_publication_flow_id_knowledge_flow')),
        sa.ForeignKeyConstraint(['new_version_id'], ['knowledge_flow_version.id'], name='fk_knowledge_flow_publication_new_version'),
        sa.ForeignKeyConstraint(['old_version_id'], ['knowledge_flow_version.id'], name='fk_knowledge_flow_publication_old_version'),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_flow_publication_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_flow_publication'))
    )
    op.create_index(op.f('ix_knowledge_flow_publication_flow_id'), 'knowledge_flow_publication', ['flow_id'], unique=False)
    op.create_table('knowledge_flow_walk',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('flow_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended', sa.String(length=64), nullable=True),
        sa.Column('last_node', sa.String(length=64), nullable=False),
        sa.Column('contact', sa.String(length=64), nullable=True),
        sa.CheckConstraint("ended IN ('outcome', 'none')", name=op.f('ck_knowledge_flow_walk_ended')),
        sa.ForeignKeyConstraint(['flow_id'], ['knowledge_flow.id'], name=op.f('fk_knowledge_flow_walk_flow_id_knowledge_flow')),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_flow_version.id'], name=op.f('fk_knowledge_flow_walk_version_id_knowledge_flow_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_flow_walk'))
    )
    op.create_index('ix_knowledge_flow_walk_began_at', 'knowledge_flow_walk', ['began_at'], unique=False)
    op.create_index('ix_knowledge_flow_walk_flow_id_began_at', 'knowledge_flow_walk', ['flow_id', 'began_at'], unique=False)
    op.create_table('knowledge_flow_step',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('walk_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('node', sa.String(length=64), nullable=False),
        sa.Column('choice', sa.Integer(), nullable=False),
        sa.Column('shown_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('taken_back', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['walk_id'], ['knowledge_flow_walk.id'], name=op.f('fk_knowledge_flow_step_walk_id_knowledge_flow_walk')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_flow_step'))
    )
    op.create_index(op.f('ix_knowledge_flow_step_walk_id'), 'knowledge_flow_step', ['walk_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_knowledge_flow_step_walk_id'), table_name='knowledge_flow_step')
    op.drop_table('knowledge_flow_step')
    op.drop_index('ix_knowledge_flow_walk_flow_id_began_at', table_name='knowledge_flow_walk')
    op.drop_index('ix_knowledge_flow_walk_began_at', table_name='knowledge_flow_walk')
    op.drop_table('knowledge_flow_walk')
    op.drop_index(op.f('ix_knowledge_flow_publication_flow_id'), table_name='knowledge_flow_publication')
    op.drop_table('knowledge_flow_publication')
    op.drop_table('knowledge_flow_link')
    op.drop_table('knowledge_flow_version')
    op.drop_index(op.f('ix_knowledge_flow_published_version_id'), table_name='knowledge_flow')
    op.drop_table('knowledge_flow')
