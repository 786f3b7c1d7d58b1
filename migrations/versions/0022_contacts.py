"""Contacts, the answers linked to them, what was said of a link; what was learned counts links too."""

import sqlalchemy as sa
from alembic import op

revision = "0022_contacts"
down_revision = '0021_content_checklist'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
LEARNED = ('knowledge_learned', 'knowledge_learned_change')


def upgrade() -> None:
    op.create_table('knowledge_contact',
        sa.Column('id', BIG, nullable=False),
        sa.Column('number', sa.String(length=64), nullable=True),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_contact'))
    )
    op.create_index(op.f('ix_knowledge_contact_number'), 'knowledge_contact', ['number'], unique=False)
    op.create_index('ix_knowledge_contact_last_at', 'knowledge_contact', ['last_at'], unique=False)
    op.create_table('knowledge_contact_link',
        sa.Column('id', BIG, nullable=False),
        sa.Column('contact_id', BIG, nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('ref_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('query', sa.String(length=500), nullable=True),
        sa.Column('search_id', BIG, nullable=True),
        sa.Column('searched_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('article', 'flow', 'process')", name=op.f('ck_knowledge_contact_link_kind')),
        sa.ForeignKeyConstraint(['contact_id'], ['knowledge_contact.id'],
                                name=op.f('fk_knowledge_contact_link_contact_id_knowledge_contact')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_contact_link'))
    )
    op.create_index(op.f('ix_knowledge_contact_link_contact_id'), 'knowledge_contact_link', ['contact_id'], unique=False)
    op.create_index('ix_knowledge_contact_link_kind_ref_id_at', 'knowledge_contact_link', ['kind', 'ref_id', 'at'], unique=False)
    op.create_index('ix_knowledge_contact_link_person_id_at', 'knowledge_contact_link', ['person_id', 'at'], unique=False)
    op.create_index('ix_knowledge_contact_link_at', 'knowledge_contact_link', ['at'], unique=False)
    op.create_table('knowledge_contact_check',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('link_id', BIG, nullable=False),
        sa.Column('accurate', sa.Boolean(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['link_id'], ['knowledge_contact_link.id'],
                                name=op.f('fk_knowledge_contact_check_link_id_knowledge_contact_link')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_contact_check_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_contact_check'))
    )
    op.create_index(op.f('ix_knowledge_contact_check_link_id'), 'knowledge_contact_check', ['link_id'], unique=False)
    for table in LEARNED:
        op.add_column(table, sa.Column('linked', sa.Integer(), nullable=False, server_default='0'))


def downgrade() -> None:
    for table in LEARNED:
        with op.batch_alter_table(table) as changed:
            changed.drop_column('linked')
    for table in ('knowledge_contact_check', 'knowledge_contact_link', 'knowledge_contact'):
        op.drop_table(table)
