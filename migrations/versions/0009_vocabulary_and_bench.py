"""Words of the centre, and saved searches with what they found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_vocabulary_and_bench"
down_revision = '0008_feedback'


def upgrade() -> None:
    op.create_table('knowledge_bench_run',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('cause', sa.String(length=64), nullable=False),
        sa.Column('searches', sa.Integer(), nullable=False),
        sa.Column('hit1', sa.Integer(), nullable=False),
        sa.Column('hit5', sa.Integer(), nullable=False),
        sa.Column('broken', sa.Integer(), nullable=False),
        sa.Column('took_ms', sa.Integer(), nullable=False),
        sa.Column('index_build', sa.String(length=64), nullable=False),
        sa.Column('index_commit', sa.Integer(), nullable=False),
        sa.Column('fact_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('after', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_bench_run_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bench_run'))
    )
    op.create_index(op.f('ix_knowledge_bench_run_at'), 'knowledge_bench_run', ['at'], unique=False)
    op.create_table('knowledge_term',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('term', sa.String(length=100), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('direction', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("direction IN ('both', 'inward')", name=op.f('ck_knowledge_term_direction')),
        sa.ForeignKeyConstraint(['changed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_term_changed_by_id_people_person')),
        sa.ForeignKeyConstraint(['created_by_id'], ['people_person.id'], name=op.f('fk_knowledge_term_created_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_term')),
        sa.UniqueConstraint('key', name=op.f('uq_knowledge_term_key'))
    )
    op.create_table('knowledge_saved_search',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('query', sa.String(length=200), nullable=False),
        sa.Column('key', sa.String(length=400), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=True),
        sa.Column('category', sa.String(length=200), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_saved_search_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['created_by_id'], ['people_person.id'], name=op.f('fk_knowledge_saved_search_created_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_saved_search'))
    )
    op.create_index(op.f('ix_knowledge_saved_search_article_id'), 'knowledge_saved_search', ['article_id'], unique=False)
    op.create_index(op.f('ix_knowledge_saved_search_key'), 'knowledge_saved_search', ['key'], unique=False)
    op.create_table('knowledge_saying',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('term_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(length=100), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(['term_id'], ['knowledge_term.id'], name=op.f('fk_knowledge_saying_term_id_knowledge_term')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_saying')),
        sa.UniqueConstraint('term_id', 'key', name=op.f('uq_knowledge_saying_term_id_key'))
    )
    op.create_index('ix_knowledge_saying_key', 'knowledge_saying', ['key'], unique=False)
    op.create_table('knowledge_bench_rank',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('search_id', sa.Integer(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['run_id'], ['knowledge_bench_run.id'], name=op.f('fk_knowledge_bench_rank_run_id_knowledge_bench_run')),
        sa.ForeignKeyConstraint(['search_id'], ['knowledge_saved_search.id'], name=op.f('fk_knowledge_bench_rank_search_id_knowledge_saved_search')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bench_rank'))
    )
    op.create_index(op.f('ix_knowledge_bench_rank_run_id'), 'knowledge_bench_rank', ['run_id'], unique=False)
    op.create_index('ix_knowledge_bench_rank_search_id_id', 'knowledge_bench_rank', ['search_id', 'id'], unique=False)
    op.create_table('knowledge_bench_standing',
        sa.Column('search_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('rank', sa.Integer(), nullable=True),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('broken_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('broken_run_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['broken_run_id'], ['knowledge_bench_run.id'], name=op.f('fk_knowledge_bench_standing_broken_run_id_knowledge_bench_run')),
        sa.ForeignKeyConstraint(['run_id'], ['knowledge_bench_run.id'], name=op.f('fk_knowledge_bench_standing_run_id_knowledge_bench_run')),
        sa.ForeignKeyConstraint(['search_id'], ['knowledge_saved_search.id'], name=op.f('fk_knowledge_bench_standing_search_id_knowledge_saved_search')),
        sa.PrimaryKeyConstraint('search_id', name=op.f('pk_knowledge_bench_standing'))
    )


def downgrade() -> None:
    op.drop_table('knowledge_bench_standing')
    op.drop_index('ix_knowledge_bench_rank_search_id_id', table_name='knowledge_bench_rank')
    op.drop_index(op.f('ix_knowledge_bench_rank_run_id'), table_name='knowledge_bench_rank')
    op.drop_table('knowledge_bench_rank')
    op.drop_index('ix_knowledge_saying_key', table_name='knowledge_saying')
    op.drop_table('knowledge_saying')
    op.drop_index(op.f('ix_knowledge_saved_search_key'), table_name='knowledge_saved_search')
    op.drop_index(op.f('ix_knowledge_saved_search_article_id'), table_name='knowledge_saved_search')
    op.drop_table('knowledge_saved_search')
    op.drop_table('knowledge_term')
    op.drop_index(op.f('ix_knowledge_bench_run_at'), table_name='knowledge_bench_run')
    op.drop_table('knowledge_bench_run')
