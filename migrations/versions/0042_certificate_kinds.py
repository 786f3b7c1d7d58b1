"""What certificates need more: acts on many, passings that count no more, longer terms, since when somebody is asked."""

import sqlalchemy as sa
from alembic import op

revision = "0042_certificate_kinds"
down_revision = "0041_onboarding_lists"

KIND, NEED, HELD = "training_certificate_kind", "training_certificate_need", "training_certificate"
PASSING, TURN, EXTENSION, BATCH = (f"training_certificate_{one}" for one in ("passing", "turn", "extension", "batch"))
SAID = "what stands here is not changed"
PERSON = "people_person"


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))


def upgrade() -> None:
    op.create_table(BATCH,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('act', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('noted_by_id', sa.Integer(), nullable=True),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("act IN ('award', 'extend', 'revoke')", name=op.f(f'ck_{BATCH}_act')),
        _key(BATCH, 'noted_by_id', PERSON), _key(BATCH, 'undone_by_id', PERSON),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{BATCH}'))
    )
    with op.batch_alter_table(KIND) as table:
        table.add_column(sa.Column('by_reading', sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column('preset', sa.String(length=64), nullable=True))
        table.create_unique_constraint(op.f(f'uq_{KIND}_preset'), ['preset'])
    with op.batch_alter_table(KIND) as table:
        table.alter_column('by_reading', server_default=None)
    with op.batch_alter_table(NEED) as table:
        table.add_column(sa.Column('first_days', sa.Integer(), nullable=False, server_default='30'))
    with op.batch_alter_table(NEED) as table:
        table.alter_column('first_days', server_default=None)
    with op.batch_alter_table(HELD) as table:
        table.add_column(sa.Column('asked_on', sa.Date(), nullable=True))
        table.add_column(sa.Column('batch_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(f'fk_{HELD}_batch_id_{BATCH}'), BATCH, ['batch_id'], ['id'])
    _thaw(PASSING)
    with op.batch_alter_table(PASSING) as table:
        table.drop_constraint(op.f(f'ck_{PASSING}_source'), type_='check')
        table.create_check_constraint(op.f(f'ck_{PASSING}_source'), "source IN ('exam', 'course', 'reading', 'manual')")
        table.add_column(sa.Column('batch_id', sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(f'fk_{PASSING}_batch_id_{BATCH}'), BATCH, ['batch_id'], ['id'])
        table.create_index(op.f(f'ix_{PASSING}_batch_id'), ['batch_id'], unique=False)
    op.create_table(TURN,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('passing_id', sa.Integer(), nullable=False),
        sa.Column('counts', sa.Boolean(), nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('noted_by_id', sa.Integer(), nullable=True),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        _key(TURN, 'passing_id', PASSING), _key(TURN, 'noted_by_id', PERSON),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{TURN}'))
    )
    op.create_index(op.f(f'ix_{TURN}_passing_id'), TURN, ['passing_id'], unique=False)
    op.create_table(EXTENSION,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('passing_id', sa.Integer(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.Column('on_day', sa.Date(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('noted_by_id', sa.Integer(), nullable=True),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('batch_id', sa.Integer(), nullable=True),
        sa.Column('ended_on', sa.Date(), nullable=True),
        _key(EXTENSION, 'passing_id', PASSING), _key(EXTENSION, 'noted_by_id', PERSON), _key(EXTENSION, 'batch_id', BATCH),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{EXTENSION}'))
    )
    op.create_index(op.f(f'ix_{EXTENSION}_passing_id'), EXTENSION, ['passing_id'], unique=False)
    op.create_index(op.f(f'ix_{EXTENSION}_batch_id'), EXTENSION, ['batch_id'], unique=False)
    _freeze(PASSING)
    _freeze(TURN)


def _freeze(table: str) -> None:
    """Such rows refuse UPDATE and DELETE, on both databases."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {table}_kept_update BEFORE UPDATE ON {table} WHEN NOT (1 = 0) "
                   f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        op.execute(f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def _thaw(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_kept_update")
        op.execute(f"DROP TRIGGER {table}_kept_delete")
        return
    op.execute(f"DROP TRIGGER {table}_kept ON {table}")
    op.execute(f"DROP FUNCTION {table}_refuse()")


def downgrade() -> None:
    _thaw(TURN)
    _thaw(PASSING)
    for table, columns in ((EXTENSION, ('batch_id', 'passing_id')), (TURN, ('passing_id',))):
        for column in columns:
            op.drop_index(op.f(f'ix_{table}_{column}'), table_name=table)
        op.drop_table(table)
    with op.batch_alter_table(PASSING) as table:
        table.drop_index(op.f(f'ix_{PASSING}_batch_id'))
        table.drop_constraint(op.f(f'fk_{PASSING}_batch_id_{BATCH}'), type_='foreignkey')
        table.drop_column('batch_id')
        table.drop_constraint(op.f(f'ck_{PASSING}_source'), type_='check')
        table.create_check_constraint(op.f(f'ck_{PASSING}_source'), "source IN ('exam', 'course', 'manual')")
    _freeze(PASSING)
    with op.batch_alter_table(HELD) as table:
        table.drop_constraint(op.f(f'fk_{HELD}_batch_id_{BATCH}'), type_='foreignkey')
        table.drop_column('batch_id')
        table.drop_column('asked_on')
    with op.batch_alter_table(NEED) as table:
        table.drop_column('first_days')
    with op.batch_alter_table(KIND) as table:
        table.drop_constraint(op.f(f'uq_{KIND}_preset'), type_='unique')
        table.drop_column('preset')
        table.drop_column('by_reading')
    op.drop_table(BATCH)
