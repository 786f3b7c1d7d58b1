"""Favourites and pins; what was opened in a unit today is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0017_shelf"
down_revision = '0016_twin_checks_taken_back'


def upgrade() -> None:
    op.create_table('knowledge_favourite',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'],
                                name=op.f('fk_knowledge_favourite_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_favourite_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_favourite')),
        sa.UniqueConstraint('person_id', 'article_id', name=op.f('uq_knowledge_favourite_person_id_article_id'))
    )
    op.create_table('knowledge_pin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('removed_by_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_pin_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_knowledge_pin_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['removed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_pin_removed_by_id_people_person')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_knowledge_pin_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_pin'))
    )
    op.create_index(op.f('ix_knowledge_pin_article_id'), 'knowledge_pin', ['article_id'], unique=False)
    op.create_index('ix_search_event_unit_id_at', 'search_event', ['unit_id', 'at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_search_event_unit_id_at', table_name='search_event')
    op.drop_index(op.f('ix_knowledge_pin_article_id'), table_name='knowledge_pin')
    op.drop_table('knowledge_pin')
    op.drop_table('knowledge_favourite')
