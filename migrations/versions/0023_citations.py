"""Citations of texts and paragraphs, works of other systems that cite, lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0023_citations"
down_revision = '0022_contacts'


def upgrade() -> None:
    op.create_table('knowledge_citation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('citing_kind', sa.String(length=64), nullable=False),
        sa.Column('citing_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('text_kind', sa.String(length=64), nullable=False),
        sa.Column('text_id', sa.Integer(), nullable=False),
        sa.Column('block_id', sa.String(length=64), nullable=True),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('change', sa.String(length=64), nullable=True),
        sa.Column('marked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('marked_version_id', sa.Integer(), nullable=True),
        sa.Column('accepted_until', sa.Date(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'marked') = (change IS NOT NULL)", name=op.f('ck_knowledge_citation_marked_says_why')),
        sa.CheckConstraint("state IN ('true', 'marked', 'ended')", name=op.f('ck_knowledge_citation_state')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_knowledge_citation_made_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_citation'))
    )
    op.create_index('ix_knowledge_citation_citing', 'knowledge_citation', ['citing_kind', 'citing_id'], unique=False)
    op.create_index('ix_knowledge_citation_state_marked_at', 'knowledge_citation', ['state', 'marked_at'], unique=False)
    op.create_index('ix_knowledge_citation_text', 'knowledge_citation', ['text_kind', 'text_id'], unique=False)
    op.create_table('knowledge_lesson',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('language', sa.String(length=64), nullable=False),
        sa.Column('keeper_id', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['keeper_id'], ['people_person.id'], name=op.f('fk_knowledge_lesson_keeper_id_people_person')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_knowledge_lesson_made_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_lesson')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_lesson_number'))
    )
    op.create_index(op.f('ix_knowledge_lesson_keeper_id'), 'knowledge_lesson', ['keeper_id'], unique=False)
    op.create_table('knowledge_outside_work',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('address', sa.String(length=500), nullable=True),
        sa.Column('keeper_id', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('course', 'question', 'scorecard', 'template', 'other')", name=op.f('ck_knowledge_outside_work_kind')),
        sa.ForeignKeyConstraint(['keeper_id'], ['people_person.id'], name=op.f('fk_knowledge_outside_work_keeper_id_people_person')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_knowledge_outside_work_made_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_outside_work')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_outside_work_number'))
    )
    op.create_index(op.f('ix_knowledge_outside_work_keeper_id'), 'knowledge_outside_work', ['keeper_id'], unique=False)
    op.create_table('knowledge_citation_look',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('citation_id', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('change', sa.String(length=64), nullable=True),
        sa.Column('from_version_id', sa.Integer(), nullable=False),
        sa.Column('to_version_id', sa.Integer(), nullable=True),
        sa.Column('block_id', sa.String(length=64), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['citation_id'], ['knowledge_citation.id'], name=op.f('fk_knowledge_citation_look_citation_id_knowledge_citation')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_citation_look_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_citation_look'))
    )
    op.create_index(op.f('ix_knowledge_citation_look_citation_id'), 'knowledge_citation_look', ['citation_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_knowledge_citation_look_citation_id'), table_name='knowledge_citation_look')
    op.drop_table('knowledge_citation_look')
    op.drop_index(op.f('ix_knowledge_outside_work_keeper_id'), table_name='knowledge_outside_work')
    op.drop_table('knowledge_outside_work')
    op.drop_index(op.f('ix_knowledge_lesson_keeper_id'), table_name='knowledge_lesson')
    op.drop_table('knowledge_lesson')
    op.drop_index('ix_knowledge_citation_text', table_name='knowledge_citation')
    op.drop_index('ix_knowledge_citation_state_marked_at', table_name='knowledge_citation')
    op.drop_index('ix_knowledge_citation_citing', table_name='knowledge_citation')
    op.drop_table('knowledge_citation')
