"""Reviews of knowledge with the articles drawn for them; what is signed no longer changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_knowledge_reviews"
down_revision = '0014_health'

REVIEW, ITEM = "knowledge_review", "knowledge_review_item"
SIGNED = {REVIEW: "OLD.signed_at IS NOT NULL",
          ITEM: f"(SELECT signed_at FROM {REVIEW} WHERE id = OLD.review_id) IS NOT NULL"}
SAID = "a signed review is archived"


def upgrade() -> None:
    op.create_table('knowledge_review',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('begins_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=True),
        sa.Column('categories', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('reviewer_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('population', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('record', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('planned_by_id', sa.Integer(), nullable=True),
        sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('complete', sa.String(length=64), nullable=True),
        sa.Column('fit', sa.String(length=64), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('actions', sa.Text(), nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=True),
        sa.Column('signed_by_id', sa.Integer(), nullable=True),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name=op.f('ck_knowledge_review_signed_at')),
        sa.CheckConstraint("state IN ('planned', 'running', 'signed', 'cancelled')", name=op.f('ck_knowledge_review_state')),
        sa.CheckConstraint('begins_on <= ends_on', name=op.f('ck_knowledge_review_ends_after_it_begins')),
        sa.ForeignKeyConstraint(['planned_by_id'], ['people_person.id'], name=op.f('fk_knowledge_review_planned_by_id_people_person')),
        sa.ForeignKeyConstraint(['signed_by_id'], ['people_person.id'], name=op.f('fk_knowledge_review_signed_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_review')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_review_number'))
    )
    op.create_index(op.f('ix_knowledge_review_year'), 'knowledge_review', ['year'], unique=False)
    op.create_table('knowledge_review_item',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('review_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('article_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('category', sa.Text(), nullable=False),
        sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('reviewer_id', sa.Integer(), nullable=False),
        sa.Column('needed', sa.Boolean(), nullable=True),
        sa.Column('correct', sa.Boolean(), nullable=True),
        sa.Column('complete', sa.Boolean(), nullable=True),
        sa.Column('fit', sa.Boolean(), nullable=True),
        sa.Column('findings', sa.Text(), nullable=True),
        sa.Column('result', sa.String(length=64), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('judged_by_id', sa.Integer(), nullable=True),
        sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("result IN ('keep', 'update', 'retire')", name=op.f('ck_knowledge_review_item_result')),
        sa.CheckConstraint('(result IS NULL) = (judged_at IS NULL)', name=op.f('ck_knowledge_review_item_judged_at')),
        sa.ForeignKeyConstraint(['article_id'], ['knowledge_article.id'], name=op.f('fk_knowledge_review_item_article_id_knowledge_article')),
        sa.ForeignKeyConstraint(['judged_by_id'], ['people_person.id'], name=op.f('fk_knowledge_review_item_judged_by_id_people_person')),
        sa.ForeignKeyConstraint(['review_id'], ['knowledge_review.id'], name=op.f('fk_knowledge_review_item_review_id_knowledge_review')),
        sa.ForeignKeyConstraint(['reviewer_id'], ['people_person.id'], name=op.f('fk_knowledge_review_item_reviewer_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['knowledge_article_version.id'], name=op.f('fk_knowledge_review_item_version_id_knowledge_article_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_review_item')),
        sa.UniqueConstraint('review_id', 'article_id', name=op.f('uq_knowledge_review_item_review_id_article_id'))
    )
    op.create_index(op.f('ix_knowledge_review_item_article_id'), 'knowledge_review_item', ['article_id'], unique=False)
    _freeze()


def _freeze() -> None:
    """What is signed refuses UPDATE and DELETE, on both databases."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(f"CREATE FUNCTION {REVIEW}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
        op.execute(f"CREATE FUNCTION {ITEM}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN IF {SIGNED[ITEM]} THEN RAISE EXCEPTION '{SAID}'; END IF; "
                   "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {REVIEW}_signed BEFORE UPDATE OR DELETE ON {REVIEW} FOR EACH ROW "
                   f"WHEN ({SIGNED[REVIEW]}) EXECUTE FUNCTION {REVIEW}_refuse()")
        op.execute(f"CREATE TRIGGER {ITEM}_signed BEFORE UPDATE OR DELETE ON {ITEM} FOR EACH ROW EXECUTE FUNCTION {ITEM}_refuse()")
        return
    for table, when in SIGNED.items():
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_signed_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
                       f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in SIGNED:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_signed_{verb}")
    else:
        for table in SIGNED:
            op.execute(f"DROP TRIGGER {table}_signed ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    op.drop_index(op.f('ix_knowledge_review_item_article_id'), table_name='knowledge_review_item')
    op.drop_table('knowledge_review_item')
    op.drop_index(op.f('ix_knowledge_review_year'), table_name='knowledge_review')
    op.drop_table('knowledge_review')
