"""What is searched and not found, gathered into gaps; more of each search."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_gaps"
down_revision = "0009_vocabulary_and_bench"


def upgrade() -> None:
    op.create_table('knowledge_gap_progress',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('fact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_gap_progress'))
    )
    op.create_table('knowledge_gap',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('article_id', sa.Integer(), nullable=True),
        sa.Column('change_id', sa.Integer(), nullable=True),
        sa.Column('merged_into_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name=op.f('ck_knowledge_gap_merged_into')),
        sa.CheckConstraint("state IN ('open', 'writing', 'changing', 'closed', 'dismissed', 'merged')",
                           name=op.f('ck_knowledge_gap_state')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_gap_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['closed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_gap_closed_by_id_people_person')),
        sa.ForeignKeyConstraint(['merged_into_id'], ['knowledge_gap.id'], name=op.f('fk_knowledge_gap_merged_into_id_knowledge_gap')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_knowledge_gap_owner_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_gap')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_gap_number'))
    )
    op.create_index(op.f('ix_knowledge_gap_article_id'), 'knowledge_gap', ['article_id'], unique=False)
    op.create_index(op.f('ix_knowledge_gap_change_id'), 'knowledge_gap', ['change_id'], unique=False)
    op.create_index(op.f('ix_knowledge_gap_merged_into_id'), 'knowledge_gap', ['merged_into_id'], unique=False)
    op.create_index('ix_knowledge_gap_owner_id_state', 'knowledge_gap', ['owner_id', 'state'], unique=False)
    op.create_table('knowledge_gap_query',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('gap_id', sa.Integer(), nullable=False),
        sa.Column('home_id', sa.Integer(), nullable=False),
        sa.Column('query', sa.String(length=200), nullable=False),
        sa.Column('meaning', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('found_other', sa.Boolean(), nullable=False),
        sa.Column('replayed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('found', sa.Integer(), nullable=True),
        sa.Column('place', sa.Integer(), nullable=True),
        sa.Column('top_kind', sa.String(length=64), nullable=True),
        sa.Column('top_id', sa.Integer(), nullable=True),
        sa.Column('hit', sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(['gap_id'], ['knowledge_gap.id'], name=op.f('fk_knowledge_gap_query_gap_id_knowledge_gap')),
        sa.ForeignKeyConstraint(['home_id'], ['knowledge_gap.id'], name=op.f('fk_knowledge_gap_query_home_id_knowledge_gap')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_knowledge_gap_query_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_gap_query')),
        sa.UniqueConstraint('query', name=op.f('uq_knowledge_gap_query_query'))
    )
    op.create_index(op.f('ix_knowledge_gap_query_gap_id'), 'knowledge_gap_query', ['gap_id'], unique=False)
    op.create_table('knowledge_gap_standing',
        sa.Column('gap_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('queries', sa.Integer(), nullable=False),
        sa.Column('hits', sa.Integer(), nullable=False),
        sa.Column('zero', sa.Integer(), nullable=False),
        sa.Column('unopened', sa.Integer(), nullable=False),
        sa.Column('reported', sa.Integer(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('first_on', sa.Date(), nullable=False),
        sa.Column('last_on', sa.Date(), nullable=False),
        sa.Column('rank', sa.Double(), nullable=False),
        sa.Column('category', sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(['gap_id'], ['knowledge_gap.id'], name=op.f('fk_knowledge_gap_standing_gap_id_knowledge_gap')),
        sa.PrimaryKeyConstraint('gap_id', name=op.f('pk_knowledge_gap_standing'))
    )
    op.create_index('ix_knowledge_gap_standing_rank_gap_id', 'knowledge_gap_standing', ['rank', 'gap_id'], unique=False)
    op.create_table('knowledge_gap_asker',
        sa.Column('query_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('person_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('roles', sa.String(length=200), nullable=False),
        sa.Column('searches', sa.Integer(), nullable=False),
        sa.Column('filters', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_gap_asker_person_id_people_person')),
        sa.ForeignKeyConstraint(['query_id'], ['knowledge_gap_query.id'],
                                name=op.f('fk_knowledge_gap_asker_query_id_knowledge_gap_query')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_knowledge_gap_asker_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('query_id', 'person_id', name=op.f('pk_knowledge_gap_asker'))
    )
    op.create_index('ix_knowledge_gap_asker_last_at', 'knowledge_gap_asker', ['last_at'], unique=False)
    op.create_table('knowledge_gap_day',
        sa.Column('query_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('zero', sa.Integer(), nullable=False),
        sa.Column('unopened', sa.Integer(), nullable=False),
        sa.Column('reported', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['query_id'], ['knowledge_gap_query.id'],
                                name=op.f('fk_knowledge_gap_day_query_id_knowledge_gap_query')),
        sa.PrimaryKeyConstraint('query_id', 'day', name=op.f('pk_knowledge_gap_day'))
    )
    op.add_column('search_event', sa.Column('rank', sa.Integer(), nullable=True))
    op.add_column('search_event', sa.Column('acted', sa.Boolean(), nullable=True))
    op.add_column('search_event', sa.Column('unit_id', sa.Integer(), nullable=True))
    op.add_column('search_event', sa.Column('roles', sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column('search_event', 'roles')
    op.drop_column('search_event', 'unit_id')
    op.drop_column('search_event', 'acted')
    op.drop_column('search_event', 'rank')
    op.drop_table('knowledge_gap_day')
    op.drop_index('ix_knowledge_gap_asker_last_at', table_name='knowledge_gap_asker')
    op.drop_table('knowledge_gap_asker')
    op.drop_index('ix_knowledge_gap_standing_rank_gap_id', table_name='knowledge_gap_standing')
    op.drop_table('knowledge_gap_standing')
    op.drop_index(op.f('ix_knowledge_gap_query_gap_id'), table_name='knowledge_gap_query')
    op.drop_table('knowledge_gap_query')
    op.drop_index('ix_knowledge_gap_owner_id_state', table_name='knowledge_gap')
    op.drop_index(op.f('ix_knowledge_gap_merged_into_id'), table_name='knowledge_gap')
    op.drop_index(op.f('ix_knowledge_gap_change_id'), table_name='knowledge_gap')
    op.drop_index(op.f('ix_knowledge_gap_article_id'), table_name='knowledge_gap')
    op.drop_table('knowledge_gap')
    op.drop_table('knowledge_gap_progress')
