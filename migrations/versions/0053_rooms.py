"""Auditor's rooms: invitations, second factors, looks, samples, marks and requests. What guests did in a room stays as it is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0053_rooms"
down_revision = "0052_process_audits"

PERSON, FACTOR, ROOM, ASKED = "people_person", "people_factor", "standards_room", "standards_room_request"
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
KEPT = ("standards_room_look", "standards_room_sample", "standards_room_mark", "standards_room_word")
SAID = "what stands here is not changed"


def upgrade() -> None:
    op.add_column(PERSON, sa.Column('is_guest', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('people_factor',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('secret', sa.String(length=64), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], [f'{PERSON}.id'],
            name=op.f('fk_people_factor_person_id_people_person'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_factor')),
        sa.UniqueConstraint('person_id', name=op.f('uq_people_factor_person_id'))
    )
    op.create_table('standards_room',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('model', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('clauses', JSON, nullable=False),
        sa.Column('as_of', sa.Date(), nullable=True),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('keeper_id', sa.Integer(), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f('ck_standards_room_state')),
        sa.CheckConstraint('from_on <= until_on', name=op.f('ck_standards_room_days')),
        sa.ForeignKeyConstraint(['keeper_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_keeper_id_people_person')),
        sa.ForeignKeyConstraint(['made_by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_made_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room'))
    )
    op.create_table('people_factor_step',
        sa.Column('factor_id', sa.Integer(), nullable=False),
        sa.Column('last_step', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['factor_id'], [f'{FACTOR}.id'],
            name=op.f('fk_people_factor_step_factor_id_people_factor'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('factor_id', name=op.f('pk_people_factor_step'))
    )
    op.create_table('people_recovery_code',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('factor_id', sa.Integer(), nullable=False),
        sa.Column('code_hash', sa.String(length=64), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['factor_id'], [f'{FACTOR}.id'],
            name=op.f('fk_people_recovery_code_factor_id_people_factor'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_people_recovery_code'))
    )
    op.create_index(op.f('ix_people_recovery_code_factor_id'), 'people_recovery_code', ['factor_id'], unique=False)
    op.create_table('standards_room_guest',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('room_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('invited_by_id', sa.Integer(), nullable=True),
        sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=True),
        sa.Column('token_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['invited_by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_guest_invited_by_id_people_person')),
        sa.ForeignKeyConstraint(['person_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_guest_person_id_people_person')),
        sa.ForeignKeyConstraint(['room_id'], [f'{ROOM}.id'],
            name=op.f('fk_standards_room_guest_room_id_standards_room'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room_guest')),
        sa.UniqueConstraint('room_id', 'person_id', name=op.f('uq_standards_room_guest_room_id_person_id')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_standards_room_guest_token_hash'))
    )
    op.create_index(op.f('ix_standards_room_guest_person_id'), 'standards_room_guest', ['person_id'], unique=False)
    op.create_table('standards_room_look',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('room_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('what', sa.String(length=64), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=True),
        sa.Column('thing', sa.String(length=200), nullable=True),
        sa.Column('as_of', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_look_person_id_people_person')),
        sa.ForeignKeyConstraint(['room_id'], [f'{ROOM}.id'],
            name=op.f('fk_standards_room_look_room_id_standards_room'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room_look'))
    )
    op.create_index(op.f('ix_standards_room_look_room_id'), 'standards_room_look', ['room_id'], unique=False)
    op.create_table('standards_room_mark',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('room_id', sa.Integer(), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('thing', sa.String(length=64), nullable=False),
        sa.Column('mark', sa.String(length=64), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_mark_by_id_people_person')),
        sa.ForeignKeyConstraint(['room_id'], [f'{ROOM}.id'],
            name=op.f('fk_standards_room_mark_room_id_standards_room'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room_mark'))
    )
    op.create_index('ix_standards_room_mark_room_id_clause', 'standards_room_mark', ['room_id', 'clause'], unique=False)
    op.create_table('standards_room_request',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('room_id', sa.Integer(), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('thing', sa.String(length=64), nullable=False),
        sa.Column('thing_title', sa.String(length=300), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('asked_by_id', sa.Integer(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answered_on', sa.Date(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'answered', 'accepted', 'withdrawn')", name=op.f('ck_standards_room_request_state')),
        sa.ForeignKeyConstraint(['asked_by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_request_asked_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_request_owner_id_people_person')),
        sa.ForeignKeyConstraint(['room_id'], [f'{ROOM}.id'],
            name=op.f('fk_standards_room_request_room_id_standards_room'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room_request'))
    )
    op.create_index(op.f('ix_standards_room_request_room_id'), 'standards_room_request', ['room_id'], unique=False)
    op.create_table('standards_room_sample',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('room_id', sa.Integer(), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('population', sa.Integer(), nullable=False),
        sa.Column('population_hash', sa.String(length=64), nullable=False),
        sa.Column('rows', JSON, nullable=False),
        sa.Column('drawn_by_id', sa.Integer(), nullable=True),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['drawn_by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_sample_drawn_by_id_people_person')),
        sa.ForeignKeyConstraint(['room_id'], [f'{ROOM}.id'],
            name=op.f('fk_standards_room_sample_room_id_standards_room'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room_sample'))
    )
    op.create_index('ix_standards_room_sample_room_id_clause', 'standards_room_sample', ['room_id', 'clause'], unique=False)
    op.create_table('standards_room_word',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('request_id', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_room_word_by_id_people_person')),
        sa.ForeignKeyConstraint(['request_id'], [f'{ASKED}.id'],
            name=op.f('fk_standards_room_word_request_id_standards_room_request'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_room_word'))
    )
    op.create_index(op.f('ix_standards_room_word_request_id'), 'standards_room_word', ['request_id'], unique=False)
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            for act in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            continue
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            for act in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_kept_{act}")
        else:
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    for table in ("standards_room_word", ASKED, "standards_room_mark", "standards_room_sample", "standards_room_look",
                  "standards_room_guest", ROOM, "people_recovery_code", "people_factor_step", FACTOR):
        op.drop_table(table)
    with op.batch_alter_table(PERSON) as table:
        table.drop_column('is_guest')
