"""Relations between articles, and when twins were found equal."""

import sqlalchemy as sa
from alembic import op

revision = "0013_relations"
down_revision = '0012_bulletins'


def _where(condition: str) -> dict:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


STANDING = _where("removed_at IS NULL")
TWINS = _where("removed_at IS NULL AND kind = 'twin'")


def upgrade() -> None:
    op.create_table('knowledge_relation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('from_id', sa.Integer(), nullable=False),
        sa.Column('to_id', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('removed_by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('twin', 'replaces', 'part_of', 'see_also')", name=op.f('ck_knowledge_relation_kind')),
        sa.CheckConstraint('from_id <> to_id', name=op.f('ck_knowledge_relation_two_articles')),
        sa.ForeignKeyConstraint(['from_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_relation_from_id_knowledge_article')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_knowledge_relation_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['removed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_relation_removed_by_id_people_person')),
        sa.ForeignKeyConstraint(['to_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_relation_to_id_knowledge_article')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_relation'))
    )
    op.create_index(op.f('ix_knowledge_relation_from_id'), 'knowledge_relation', ['from_id'], unique=False)
    op.create_index(op.f('ix_knowledge_relation_to_id'), 'knowledge_relation', ['to_id'], unique=False)
    op.create_index('uq_knowledge_relation_pair', 'knowledge_relation', ['from_id', 'to_id'], unique=True, **STANDING)
    op.create_index('uq_knowledge_relation_twin_from', 'knowledge_relation', ['from_id'], unique=True, **TWINS)
    op.create_index('uq_knowledge_relation_twin_to', 'knowledge_relation', ['to_id'], unique=True, **TWINS)
    op.create_table('knowledge_twin_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('relation_id', sa.Integer(), nullable=False),
        sa.Column('from_version_id', sa.Integer(), nullable=False),
        sa.Column('to_version_id', sa.Integer(), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['from_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_twin_check_from_version'),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_twin_check_person_id_people_person')),
        sa.ForeignKeyConstraint(['relation_id'], ['knowledge_relation.id'],
                                name=op.f('fk_knowledge_twin_check_relation_id_knowledge_relation')),
        sa.ForeignKeyConstraint(['to_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_twin_check_to_version'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_twin_check')),
        sa.UniqueConstraint('relation_id', 'ordinal', name=op.f('uq_knowledge_twin_check_relation_id_ordinal'))
    )


def downgrade() -> None:
    op.drop_table('knowledge_twin_check')
    op.drop_index('uq_knowledge_relation_twin_to', table_name='knowledge_relation', **TWINS)
    op.drop_index('uq_knowledge_relation_twin_from', table_name='knowledge_relation', **TWINS)
    op.drop_index('uq_knowledge_relation_pair', table_name='knowledge_relation', **STANDING)
    op.drop_index(op.f('ix_knowledge_relation_to_id'), table_name='knowledge_relation')
    op.drop_index(op.f('ix_knowledge_relation_from_id'), table_name='knowledge_relation')
    op.drop_table('knowledge_relation')
