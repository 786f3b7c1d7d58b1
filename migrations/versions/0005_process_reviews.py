"""Each confirmed review of a process is a row of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0005_process_reviews"
down_revision = "0004_release_audience"


def upgrade() -> None:
    op.create_table('process_review',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('reviewed_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_process_review_person_id_people_person')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'],
                                name=op.f('fk_process_review_process_id_process_definition')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'],
                                name=op.f('fk_process_review_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_review'))
    )
    op.create_index(op.f('ix_process_review_process_id'), 'process_review', ['process_id'], unique=False)


def downgrade() -> None:
    op.drop_table('process_review')
