"""Proof: who took which pack of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047_evidence"
down_revision = "0046_duty_rules"

PACK, PERSON = "standards_pack", "people_person"
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')


def upgrade() -> None:
    op.create_table(PACK,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('model', sa.String(length=64), nullable=False),
        sa.Column('edition', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('clauses', JSON, nullable=False),
        sa.Column('records', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], [f'{PERSON}.id'], name=op.f(f'fk_{PACK}_person_id_{PERSON}')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{PACK}'))
    )


def downgrade() -> None:
    op.drop_table(PACK)
