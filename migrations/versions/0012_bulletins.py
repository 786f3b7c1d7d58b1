"""Urgent bulletins, their texts, audience, readings and reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0012_bulletins"
down_revision = '0011_access_log'


def upgrade() -> None:
    op.create_table('knowledge_bulletin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('urgency', sa.String(length=64), nullable=False),
        sa.Column('must_read', sa.Boolean(), nullable=False),
        sa.Column('begins_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('expired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('text_id', sa.Integer(), nullable=True),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('told_round', sa.Integer(), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=True),
        sa.Column('read', sa.Integer(), nullable=True),
        sa.Column('sender_id', sa.Integer(), nullable=True),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("urgency IN ('urgent', 'important', 'normal')", name=op.f('ck_knowledge_bulletin_urgency')),
        sa.CheckConstraint('ends_at > begins_at', name=op.f('ck_knowledge_bulletin_ends_after_it_begins')),
        sa.ForeignKeyConstraint(['ended_by_id'], ['people_person.id'], name=op.f('fk_knowledge_bulletin_ended_by_id_people_person')),
        sa.ForeignKeyConstraint(['sender_id'], ['people_person.id'], name=op.f('fk_knowledge_bulletin_sender_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bulletin')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_bulletin_number'))
    )
    op.create_index('ix_knowledge_bulletin_ends_at', 'knowledge_bulletin', ['ends_at'], unique=False)
    op.create_table('knowledge_bulletin_reminder',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('bulletin_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('told', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['bulletin_id'], ['knowledge_bulletin.id'], name=op.f('fk_knowledge_bulletin_reminder_bulletin_id_knowledge_bulletin')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_bulletin_reminder_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bulletin_reminder'))
    )
    op.create_index(op.f('ix_knowledge_bulletin_reminder_bulletin_id'), 'knowledge_bulletin_reminder', ['bulletin_id'], unique=False)
    op.create_table('knowledge_bulletin_text',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('bulletin_id', sa.Integer(), nullable=False),
        sa.Column('ordinal', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('link_kind', sa.String(length=64), nullable=True),
        sa.Column('link_id', sa.Integer(), nullable=True),
        sa.Column('link_number', sa.String(length=64), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_knowledge_bulletin_text_author_id_people_person')),
        sa.ForeignKeyConstraint(['bulletin_id'], ['knowledge_bulletin.id'], name=op.f('fk_knowledge_bulletin_text_bulletin_id_knowledge_bulletin')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bulletin_text')),
        sa.UniqueConstraint('bulletin_id', 'ordinal', name=op.f('uq_knowledge_bulletin_text_bulletin_id_ordinal'))
    )
    op.create_table('knowledge_bulletin_unit',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('bulletin_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['bulletin_id'], ['knowledge_bulletin.id'], name=op.f('fk_knowledge_bulletin_unit_bulletin_id_knowledge_bulletin')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_knowledge_bulletin_unit_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bulletin_unit')),
        sa.UniqueConstraint('bulletin_id', 'unit_id', name=op.f('uq_knowledge_bulletin_unit_bulletin_id_unit_id'))
    )
    op.create_table('knowledge_bulletin_reading',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('bulletin_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('text_id', sa.Integer(), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['bulletin_id'], ['knowledge_bulletin.id'], name=op.f('fk_knowledge_bulletin_reading_bulletin_id_knowledge_bulletin')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_bulletin_reading_person_id_people_person')),
        sa.ForeignKeyConstraint(['text_id'], ['knowledge_bulletin_text.id'], name=op.f('fk_knowledge_bulletin_reading_text_id_knowledge_bulletin_text')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_bulletin_reading')),
        sa.UniqueConstraint('bulletin_id', 'round', 'person_id', name=op.f('uq_knowledge_bulletin_reading_bulletin_id_round_person_id'))
    )
    op.create_index(op.f('ix_knowledge_bulletin_reading_person_id'), 'knowledge_bulletin_reading', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_knowledge_bulletin_reading_person_id'), table_name='knowledge_bulletin_reading')
    op.drop_table('knowledge_bulletin_reading')
    op.drop_table('knowledge_bulletin_unit')
    op.drop_table('knowledge_bulletin_text')
    op.drop_index(op.f('ix_knowledge_bulletin_reminder_bulletin_id'), table_name='knowledge_bulletin_reminder')
    op.drop_table('knowledge_bulletin_reminder')
    op.drop_index('ix_knowledge_bulletin_ends_at', table_name='knowledge_bulletin')
    op.drop_table('knowledge_bulletin')
