"""Where articles apply; filters of the search that stay."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025_scopes"
down_revision = '0024_hooks'


def upgrade() -> None:
    op.create_table('knowledge_scope',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('dimension', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('name_en', sa.String(length=100), nullable=False),
        sa.Column('key', sa.String(length=100), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('unused_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('merged_into_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("dimension IN ('product', 'region', 'channel', 'customer')", name=op.f('ck_knowledge_scope_dimension')),
        sa.CheckConstraint('merged_into_id IS NULL OR merged_into_id <> id', name=op.f('ck_knowledge_scope_not_into_itself')),
        sa.ForeignKeyConstraint(['changed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_scope_changed_by_id_people_person')),
        sa.ForeignKeyConstraint(['created_by_id'], ['people_person.id'], name=op.f('fk_knowledge_scope_created_by_id_people_person')),
        sa.ForeignKeyConstraint(['merged_into_id'], ['knowledge_scope.id'],
                                name=op.f('fk_knowledge_scope_merged_into_id_knowledge_scope')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_scope')),
        sa.UniqueConstraint('dimension', 'key', name=op.f('uq_knowledge_scope_dimension_key'))
    )
    op.create_table('search_kept_filter',
        sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('chosen', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_search_kept_filter_person_id_people_person')),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_search_kept_filter'))
    )
    op.create_table('search_unit_filter',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('chosen', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('set_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['set_by_id'], ['people_person.id'], name=op.f('fk_search_unit_filter_set_by_id_people_person')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_search_unit_filter_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_search_unit_filter')),
        sa.UniqueConstraint('unit_id', name=op.f('uq_search_unit_filter_unit_id'))
    )
    op.add_column('knowledge_article_version', sa.Column('scopes', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('knowledge_article_version', 'scopes')
    op.drop_table('search_unit_filter')
    op.drop_table('search_kept_filter')
    op.drop_table('knowledge_scope')
