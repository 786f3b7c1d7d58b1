"""Signs that articles need somebody, texts that are alike, words on them, and acts on many articles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014_health"
down_revision = '0013_relations'


def upgrade() -> None:
    op.create_table('knowledge_health_look',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('articles', sa.Integer(), nullable=False),
        sa.Column('took_ms', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_health_look'))
    )
    op.create_table('knowledge_health_batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('act', sa.String(length=64), nullable=False),
        sa.Column('value', sa.String(length=200), nullable=True),
        sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("act IN ('review', 'category', 'owner')", name=op.f('ck_knowledge_health_batch_act')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_health_batch_person_id_people_person')),
        sa.ForeignKeyConstraint(['undone_by_id'], ['people_person.id'], name=op.f('fk_knowledge_health_batch_undone_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_health_batch'))
    )
    op.create_table('knowledge_health_pair',
        sa.Column('article_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('other_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('likeness', sa.Integer(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_health_pair_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['other_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_health_pair_other_id_knowledge_article')),
        sa.PrimaryKeyConstraint('article_id', 'other_id', name=op.f('pk_knowledge_health_pair'))
    )
    op.create_index(op.f('ix_knowledge_health_pair_other_id'), 'knowledge_health_pair', ['other_id'], unique=False)
    op.create_table('knowledge_health_sign',
        sa.Column('article_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sign', sa.String(length=64), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('figure', sa.Integer(), nullable=False),
        sa.Column('rows', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('told_key', sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_health_sign_article_id_knowledge_article')),
        sa.PrimaryKeyConstraint('article_id', 'sign', name=op.f('pk_knowledge_health_sign'))
    )
    op.create_index('ix_knowledge_health_sign_gone_at_sign', 'knowledge_health_sign', ['gone_at', 'sign'], unique=False)
    op.create_table('knowledge_health_word',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('other_id', sa.Integer(), nullable=True),
        sa.Column('sign', sa.String(length=64), nullable=False),
        sa.Column('key', sa.String(length=120), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(sign = 'duplicate') = (other_id IS NOT NULL)", name=op.f('ck_knowledge_health_word_pair_is_a_pair')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_health_word_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['other_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_health_word_other_id_knowledge_article')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_health_word_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_health_word'))
    )
    op.create_index(op.f('ix_knowledge_health_word_article_id'), 'knowledge_health_word', ['article_id'], unique=False)
    op.create_index(op.f('ix_knowledge_health_word_other_id'), 'knowledge_health_word', ['other_id'], unique=False)
    op.create_table('knowledge_health_text',
        sa.Column('version_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('links', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('sketch', sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_article_version.id'], name=op.f('fk_knowledge_health_text_version_id_knowledge_article_version')),
        sa.PrimaryKeyConstraint('version_id', name=op.f('pk_knowledge_health_text'))
    )
    op.create_index('ix_search_event_opened_id_at', 'search_event', ['opened_id', 'at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_search_event_opened_id_at', table_name='search_event')
    op.drop_table('knowledge_health_text')
    op.drop_index(op.f('ix_knowledge_health_word_other_id'), table_name='knowledge_health_word')
    op.drop_index(op.f('ix_knowledge_health_word_article_id'), table_name='knowledge_health_word')
    op.drop_table('knowledge_health_word')
    op.drop_index('ix_knowledge_health_sign_gone_at_sign', table_name='knowledge_health_sign')
    op.drop_table('knowledge_health_sign')
    op.drop_index(op.f('ix_knowledge_health_pair_other_id'), table_name='knowledge_health_pair')
    op.drop_table('knowledge_health_pair')
    op.drop_table('knowledge_health_batch')
    op.drop_table('knowledge_health_look')
