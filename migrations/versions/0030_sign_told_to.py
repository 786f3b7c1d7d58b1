"""Which owner was told of a sign."""

import sqlalchemy as sa
from alembic import op

revision = "0030_sign_told_to"
down_revision = "0029_use_of_articles"


def upgrade() -> None:
    op.add_column("knowledge_health_sign", sa.Column("told_to_id", sa.Integer(), nullable=True))
    op.execute("UPDATE knowledge_health_sign SET told_to_id = (SELECT owner_id FROM knowledge_article "
               "WHERE knowledge_article.id = knowledge_health_sign.article_id) WHERE told_key IS NOT NULL")


def downgrade() -> None:
    op.drop_column("knowledge_health_sign", "told_to_id")
