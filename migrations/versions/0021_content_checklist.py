"""What good content is, as the editors have written it down."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_content_checklist"
down_revision = '0020_learning'


def upgrade() -> None:
    op.create_table('knowledge_checklist',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('zh', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('en', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['people_person.id'], name=op.f('fk_knowledge_checklist_author_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_checklist'))
    )


def downgrade() -> None:
    op.drop_table('knowledge_checklist')
