"""Licences to write, proposals, templates of articles, merging and splitting."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026_licences"
down_revision = '0025_scopes'


def upgrade() -> None:
    op.create_table('knowledge_licence',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=True),
        sa.Column('level', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('proof', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('granted_by_id', sa.Integer(), nullable=True),
        sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('suspended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('suspend_reason', sa.Text(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('end_reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("level IN ('candidate', 'contributor', 'publisher')", name=op.f('ck_knowledge_licence_level')),
        sa.CheckConstraint('(suspended_at IS NULL) = (suspend_reason IS NULL)', name=op.f('ck_knowledge_licence_suspended_with_reason')),
        sa.ForeignKeyConstraint(['category_id'], ['knowledge_category.id'], name=op.f('fk_knowledge_licence_category_id_knowledge_category')),
        sa.ForeignKeyConstraint(['ended_by_id'], ['people_person.id'], name=op.f('fk_knowledge_licence_ended_by_id_people_person')),
        sa.ForeignKeyConstraint(['granted_by_id'], ['people_person.id'], name=op.f('fk_knowledge_licence_granted_by_id_people_person')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_licence_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_licence'))
    )
    op.create_index('ix_knowledge_licence_ended_at', 'knowledge_licence', ['ended_at'], unique=False)
    op.create_index(op.f('ix_knowledge_licence_person_id'), 'knowledge_licence', ['person_id'], unique=False)
    op.create_table('knowledge_template',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('language', sa.String(length=64), nullable=False),
        sa.Column('case_kind', sa.String(length=100), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('category', sa.String(length=200), nullable=False),
        sa.Column('confidentiality', sa.String(length=64), nullable=False),
        sa.Column('review_months', sa.Integer(), nullable=True),
        sa.Column('strict', sa.Boolean(), nullable=False),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("confidentiality IN ('sayable', 'internal', 'secret')", name=op.f('ck_knowledge_template_confidentiality')),
        sa.ForeignKeyConstraint(['changed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_template_changed_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_template')),
        sa.UniqueConstraint('language', 'name', name=op.f('uq_knowledge_template_language_name'))
    )
    op.create_table('knowledge_template_use',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('template_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_template_use_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['template_id'], ['knowledge_template.id'], name=op.f('fk_knowledge_template_use_template_id_knowledge_template')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_template_use')),
        sa.UniqueConstraint('article_id', name=op.f('uq_knowledge_template_use_article_id'))
    )
    op.create_index(op.f('ix_knowledge_template_use_template_id'), 'knowledge_template_use', ['template_id'], unique=False)
    op.create_table('knowledge_proposal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=True),
        sa.Column('base_version_id', sa.Integer(), nullable=True),
        sa.Column('category_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('confidentiality', sa.String(length=64), nullable=False),
        sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('level', sa.String(length=64), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('decided_by_id', sa.Integer(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('likeness', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("kind <> 'correction' OR (article_id IS NOT NULL AND base_version_id IS NOT NULL)", name=op.f('ck_knowledge_proposal_corrects_a_text')),
        sa.CheckConstraint("kind IN ('article', 'correction')", name=op.f('ck_knowledge_proposal_kind')),
        sa.CheckConstraint("state IN ('waiting', 'published', 'returned', 'withdrawn', 'unseen', 'seen', 'taken_back')", name=op.f('ck_knowledge_proposal_state')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_proposal_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_knowledge_proposal_author_id_people_person')),
        sa.ForeignKeyConstraint(['base_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_proposal_base_version'),
        sa.ForeignKeyConstraint(['category_id'], ['knowledge_category.id'], name=op.f('fk_knowledge_proposal_category_id_knowledge_category')),
        sa.ForeignKeyConstraint(['decided_by_id'], ['people_person.id'], name=op.f('fk_knowledge_proposal_decided_by_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_article_version.id'], name=op.f('fk_knowledge_proposal_version_id_knowledge_article_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_proposal')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_proposal_number'))
    )
    op.create_index(op.f('ix_knowledge_proposal_article_id'), 'knowledge_proposal', ['article_id'], unique=False)
    op.create_index(op.f('ix_knowledge_proposal_author_id'), 'knowledge_proposal', ['author_id'], unique=False)
    op.create_index('ix_knowledge_proposal_state_due_on', 'knowledge_proposal', ['state', 'due_on'], unique=False)
    op.create_index(op.f('ix_knowledge_proposal_version_id'), 'knowledge_proposal', ['version_id'], unique=False)
    op.create_table('knowledge_reshape',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('old_version_id', sa.Integer(), nullable=False),
        sa.Column('draft_version_id', sa.Integer(), nullable=True),
        sa.Column('new_version_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('moved', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('remaining', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_by_id', sa.Integer(), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by_id', sa.Integer(), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('merge', 'split')", name=op.f('ck_knowledge_reshape_kind')),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled', 'undone')", name=op.f('ck_knowledge_reshape_state')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_reshape_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['done_by_id'], ['people_person.id'], name=op.f('fk_knowledge_reshape_done_by_id_people_person')),
        sa.ForeignKeyConstraint(['draft_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_reshape_draft_version'),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_knowledge_reshape_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['new_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_reshape_new_version'),
        sa.ForeignKeyConstraint(['old_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_reshape_old_version'),
        sa.ForeignKeyConstraint(['undone_by_id'], ['people_person.id'], name=op.f('fk_knowledge_reshape_undone_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_reshape')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_reshape_number'))
    )
    op.create_index(op.f('ix_knowledge_reshape_article_id'), 'knowledge_reshape', ['article_id'], unique=False)
    op.create_table('knowledge_reshape_part',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('reshape_id', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('old_version_id', sa.Integer(), nullable=True),
        sa.Column('block_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_reshape_part_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['old_version_id'], ['knowledge_article_version.id'], name='fk_knowledge_reshape_part_old_version'),
        sa.ForeignKeyConstraint(['reshape_id'], ['knowledge_reshape.id'], name=op.f('fk_knowledge_reshape_part_reshape_id_knowledge_reshape')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_reshape_part')),
        sa.UniqueConstraint('reshape_id', 'article_id', name=op.f('uq_knowledge_reshape_part_reshape_id_article_id'))
    )
    op.create_index(op.f('ix_knowledge_reshape_part_article_id'), 'knowledge_reshape_part', ['article_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_knowledge_reshape_part_article_id'), table_name='knowledge_reshape_part')
    op.drop_table('knowledge_reshape_part')
    op.drop_index(op.f('ix_knowledge_reshape_article_id'), table_name='knowledge_reshape')
    op.drop_table('knowledge_reshape')
    op.drop_index(op.f('ix_knowledge_proposal_version_id'), table_name='knowledge_proposal')
    op.drop_index('ix_knowledge_proposal_state_due_on', table_name='knowledge_proposal')
    op.drop_index(op.f('ix_knowledge_proposal_author_id'), table_name='knowledge_proposal')
    op.drop_index(op.f('ix_knowledge_proposal_article_id'), table_name='knowledge_proposal')
    op.drop_table('knowledge_proposal')
    op.drop_index(op.f('ix_knowledge_template_use_template_id'), table_name='knowledge_template_use')
    op.drop_table('knowledge_template_use')
    op.drop_table('knowledge_template')
    op.drop_index(op.f('ix_knowledge_licence_person_id'), table_name='knowledge_licence')
    op.drop_index('ix_knowledge_licence_ended_at', table_name='knowledge_licence')
    op.drop_table('knowledge_licence')
