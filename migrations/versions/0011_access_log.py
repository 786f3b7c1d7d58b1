"""Who was shown secret text; rows are added only."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_access_log"
down_revision = "0010_gaps"

TABLE = "access_entry"
WHY = "the log of secret text is append-only"


def upgrade() -> None:
    op.create_table('access_entry',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('login', sa.String(length=64), nullable=False),
        sa.Column('via', sa.String(length=64), nullable=False),
        sa.Column('request_id', sa.String(length=64), nullable=True),
        sa.Column('act', sa.String(length=64), nullable=False),
        sa.Column('place', sa.String(length=64), nullable=True),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('ref_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('version_label', sa.String(length=64), nullable=False),
        sa.Column('blocks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_access_entry_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_access_entry'))
    )
    op.create_index('ix_access_entry_at', 'access_entry', ['at'], unique=False)
    op.create_index('ix_access_entry_kind_ref_id', 'access_entry', ['kind', 'ref_id'], unique=False)
    op.create_index('ix_access_entry_person_id_id', 'access_entry', ['person_id', 'id'], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{WHY}'); END")
        return
    op.execute(f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{WHY}'; END $$")
    op.execute(f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {TABLE}_no_{verb}")
    else:
        op.execute(f"DROP TRIGGER {TABLE}_no_change ON {TABLE}")
        op.execute(f"DROP FUNCTION {TABLE}_refuse()")
    op.drop_index('ix_access_entry_person_id_id', table_name='access_entry')
    op.drop_index('ix_access_entry_kind_ref_id', table_name='access_entry')
    op.drop_index('ix_access_entry_at', table_name='access_entry')
    op.drop_table('access_entry')
