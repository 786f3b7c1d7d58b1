"""What was learned from use, how it came and went, and what people said to it."""

import sqlalchemy as sa
from alembic import op

revision = "0020_learning"
down_revision = '0019_article_exports'


def _id(table: str, *columns: sa.Column, **keys: str) -> None:
    op.create_table(table, sa.Column('id', sa.Integer(), nullable=False), *columns,
                    *(sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))
                      for column, target in keys.items()),
                    sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')))


def _whole(*names: str, empty: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.Integer(), nullable=empty) for name in names]


def _query() -> sa.Column:
    return sa.Column('query', sa.String(length=500), nullable=False)


def _at(name: str, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=empty)


def upgrade() -> None:
    op.create_table('knowledge_learned',
        sa.Column('id', sa.Integer(), nullable=False),
        _query(), *_whole('article_id', 'lift', 'place', 'place_to', 'people', 'opened', 'helpful'), _at('since'),
        sa.CheckConstraint('lift > 0', name=op.f('ck_knowledge_learned_lift')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'],
                                name=op.f('fk_knowledge_learned_article_id_knowledge_article')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_learned')),
        sa.UniqueConstraint('query', 'article_id', name=op.f('uq_knowledge_learned_query_article_id'))
    )
    op.create_index(op.f('ix_knowledge_learned_article_id'), 'knowledge_learned', ['article_id'], unique=False)
    _id('knowledge_learned_off', _query(), *_whole('article_id'), sa.Column('reason', sa.Text(), nullable=False), _at('at'),
        *_whole('person_id', empty=True), _at('withdrawn_at', True), *_whole('withdrawn_by_id', empty=True),
        article_id='knowledge_article', person_id='people_person', withdrawn_by_id='people_person')
    op.create_index(op.f('ix_knowledge_learned_off_query'), 'knowledge_learned_off', ['query'], unique=False)
    _id('knowledge_learned_reset', _at('at'), *_whole('person_id', empty=True), sa.Column('reason', sa.Text(), nullable=False),
        _at('undone_at', True), *_whole('undone_by_id', empty=True), person_id='people_person', undone_by_id='people_person')
    _id('knowledge_learned_change', _at('at'), _query(), *_whole('article_id'),
        sa.Column('cause', sa.String(length=64), nullable=False), *_whole('old_lift', 'new_lift'),
        *_whole('place', 'place_to', empty=True), *_whole('people', 'opened', 'helpful'), _at('since', True),
        *_whole('reset_id', empty=True), article_id='knowledge_article', reset_id='knowledge_learned_reset')
    op.create_index('ix_knowledge_learned_change_at', 'knowledge_learned_change', ['at'], unique=False)
    op.create_index(op.f('ix_knowledge_learned_change_reset_id'), 'knowledge_learned_change', ['reset_id'], unique=False)


def downgrade() -> None:
    for name in ('knowledge_learned_change', 'knowledge_learned_reset', 'knowledge_learned_off', 'knowledge_learned'):
        op.drop_table(name)
