"""Every file of articles that was taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0019_article_exports"
down_revision = "0018_guided_flows"


def upgrade() -> None:
    op.create_table('knowledge_export',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('form', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('category', sa.Text(), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=True),
        sa.Column('secret', sa.Boolean(), nullable=False),
        sa.Column('articles', sa.Integer(), nullable=False),
        sa.Column('left_out', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.CheckConstraint("form IN ('jsonl', 'xlsx', 'csv')", name=op.f('ck_knowledge_export_form')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_knowledge_export_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_export'))
    )
    op.create_index(op.f('ix_knowledge_export_at'), 'knowledge_export', ['at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_knowledge_export_at'), table_name='knowledge_export')
    op.drop_table('knowledge_export')
