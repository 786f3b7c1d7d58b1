"""How often each article was opened lately, and what was said of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029_use_of_articles"
down_revision = '0028_flow_counts'


def upgrade() -> None:
    op.create_table('knowledge_health_use',
        sa.Column('article_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('opened', sa.Integer(), nullable=False),
        sa.Column('helpful', sa.Integer(), nullable=False),
        sa.Column('said', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_health_use_article_id_knowledge_article')),
        sa.PrimaryKeyConstraint('article_id', name=op.f('pk_knowledge_health_use'))
    )


def downgrade() -> None:
    op.drop_table('knowledge_health_use')
