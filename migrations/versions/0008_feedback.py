"""What readers say of an answer, and what comes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0008_feedback"
down_revision = "0007_asked_from"


def upgrade() -> None:
    op.create_table('knowledge_feedback',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=True),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('block_id', sa.String(length=64), nullable=True),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('contact', sa.String(length=64), nullable=True),
        sa.Column('query', sa.String(length=200), nullable=True),
        sa.Column('sender_id', sa.Integer(), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('taker_id', sa.Integer(), nullable=True),
        sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('change_id', sa.Integer(), nullable=True),
        sa.Column('result_version_id', sa.Integer(), nullable=True),
        sa.Column('duplicate_of_id', sa.Integer(), nullable=True),
        sa.Column('once', sa.String(length=120), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('helpful', 'wrong', 'outdated', 'unclear', 'missing')",
                           name=op.f('ck_knowledge_feedback_kind')),
        sa.CheckConstraint("state NOT IN ('open', 'taken') OR due_on IS NOT NULL",
                           name=op.f('ck_knowledge_feedback_waiting_has_a_day')),
        sa.ForeignKeyConstraint(['answered_by_id'], ['people_person.id'],
                                name=op.f('fk_knowledge_feedback_answered_by_id_people_person')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'],
                                name=op.f('fk_knowledge_feedback_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['duplicate_of_id'], ['knowledge_feedback.id'],
                                name=op.f('fk_knowledge_feedback_duplicate_of_id_knowledge_feedback')),
        sa.ForeignKeyConstraint(['result_version_id'], ['knowledge_article_version.id'],
                                name=op.f('fk_knowledge_feedback_result_version_id_knowledge_article_version')),
        sa.ForeignKeyConstraint(['sender_id'], ['people_person.id'],
                                name=op.f('fk_knowledge_feedback_sender_id_people_person')),
        sa.ForeignKeyConstraint(['taker_id'], ['people_person.id'],
                                name=op.f('fk_knowledge_feedback_taker_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_article_version.id'],
                                name=op.f('fk_knowledge_feedback_version_id_knowledge_article_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_feedback')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_feedback_number')),
        sa.UniqueConstraint('once', name=op.f('uq_knowledge_feedback_once'))
    )
    op.create_index(op.f('ix_knowledge_feedback_article_id'), 'knowledge_feedback', ['article_id'], unique=False)
    op.create_index(op.f('ix_knowledge_feedback_change_id'), 'knowledge_feedback', ['change_id'], unique=False)
    op.create_index(op.f('ix_knowledge_feedback_duplicate_of_id'), 'knowledge_feedback', ['duplicate_of_id'], unique=False)
    op.create_index(op.f('ix_knowledge_feedback_sender_id'), 'knowledge_feedback', ['sender_id'], unique=False)
    op.create_index('ix_knowledge_feedback_state_due_on', 'knowledge_feedback', ['state', 'due_on'], unique=False)
    op.create_index(op.f('ix_knowledge_feedback_version_id'), 'knowledge_feedback', ['version_id'], unique=False)


def downgrade() -> None:
    op.drop_table('knowledge_feedback')
