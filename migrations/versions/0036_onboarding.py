"""Programmes of newcomers with their forms, talks and decisions. A talk never changes, a decision is taken back at most."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036_onboarding"
down_revision = "0035_certificates"

FROZEN = {'training_onboarding_talk': '1 = 0',
          'training_onboarding_decision': 'OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL AND NEW.reason = OLD.reason '
                                         'AND NEW.verb = OLD.verb AND NEW.by_id = OLD.by_id'}
"""table -> when a row may be changed after all, by its columns; deleted is none"""
SAID = "what stands here is not changed"


def upgrade() -> None:
    op.create_table('training_onboarding_class',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('teacher_id', sa.Integer(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('exams', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('material', sa.Text(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['teacher_id'], ['people_person.id'],
            name=op.f('fk_training_onboarding_class_teacher_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_class')),
        sa.UniqueConstraint('number', name=op.f('uq_training_onboarding_class_number'))
    )
    op.create_index(op.f('ix_training_onboarding_class_teacher_id'), 'training_onboarding_class', ['teacher_id'], unique=False)
    op.create_table('training_onboarding_hour',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('class_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('begins', sa.String(length=64), nullable=False),
        sa.Column('ends', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('place', sa.String(length=200), nullable=True),
        sa.Column('speaker', sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(['class_id'], ['training_onboarding_class.id'],
            name=op.f('fk_training_onboarding_hour_class_id_training_onboarding_class')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_hour'))
    )
    op.create_index(op.f('ix_training_onboarding_hour_class_id_day'), 'training_onboarding_hour', ['class_id', 'day'], unique=False)
    op.create_table('training_onboarding_trainee',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('class_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('mentor_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        sa.Column('extensions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('observation_days', sa.Integer(), nullable=False),
        sa.Column('confirmation_on', sa.Date(), nullable=True),
        sa.Column('ended_on', sa.Date(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state IN ('in_team', 'transferred', 'left')) = (ended_on IS NOT NULL)",
            name=op.f('ck_training_onboarding_trainee_ended_on')),
        sa.CheckConstraint("state IN ('planned', 'running', 'observed', 'in_team', 'transferred', 'left')",
            name=op.f('ck_training_onboarding_trainee_state')),
        sa.ForeignKeyConstraint(['class_id'], ['training_onboarding_class.id'],
            name=op.f('fk_training_onboarding_trainee_class_id_training_onboarding_class')),
        sa.ForeignKeyConstraint(['mentor_id'], ['people_person.id'],
            name=op.f('fk_training_onboarding_trainee_mentor_id_people_person')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'],
            name=op.f('fk_training_onboarding_trainee_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_trainee')),
        sa.UniqueConstraint('class_id', 'person_id', name=op.f('uq_training_onboarding_trainee_class_id_person_id'))
    )
    op.create_index(op.f('ix_training_onboarding_trainee_mentor_id'), 'training_onboarding_trainee', ['mentor_id'], unique=False)
    op.create_index(op.f('ix_training_onboarding_trainee_person_id'), 'training_onboarding_trainee', ['person_id'], unique=False)
    op.create_table('training_onboarding_decision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('week', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('days', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('state_before', sa.String(length=64), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_by_id', sa.Integer(), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_training_onboarding_decision_by_id_people_person')),
        sa.ForeignKeyConstraint(['trainee_id'], ['training_onboarding_trainee.id'],
            name=op.f('fk_training_onboarding_decision_trainee_id_training_onboarding_trainee')),
        sa.ForeignKeyConstraint(['undone_by_id'], ['people_person.id'],
            name=op.f('fk_training_onboarding_decision_undone_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_decision'))
    )
    op.create_index(op.f('ix_training_onboarding_decision_trainee_id'), 'training_onboarding_decision', ['trainee_id'], unique=False)
    op.create_table('training_onboarding_form',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('form', sa.String(length=64), nullable=False),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('part', sa.String(length=64), nullable=False),
        sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('mark', sa.Integer(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_training_onboarding_form_by_id_people_person')),
        sa.ForeignKeyConstraint(['trainee_id'], ['training_onboarding_trainee.id'],
            name=op.f('fk_training_onboarding_form_trainee_id_training_onboarding_trainee')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_form')),
        sa.UniqueConstraint('trainee_id', 'form', 'day', 'part', name=op.f('uq_training_onboarding_form_trainee_id_form_day_part'))
    )
    op.create_table('training_onboarding_note',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'quality') = (score IS NOT NULL)", name=op.f('ck_training_onboarding_note_score')),
        sa.CheckConstraint("kind IN ('quality', 'absent', 'attention', 'note')", name=op.f('ck_training_onboarding_note_kind')),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_training_onboarding_note_by_id_people_person')),
        sa.ForeignKeyConstraint(['trainee_id'], ['training_onboarding_trainee.id'],
            name=op.f('fk_training_onboarding_note_trainee_id_training_onboarding_trainee')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_note'))
    )
    op.create_index(op.f('ix_training_onboarding_note_trainee_id_on'), 'training_onboarding_note', ['trainee_id', 'on'], unique=False)
    op.create_table('training_onboarding_talk',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('talk', sa.String(length=64), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=False),
        sa.Column('shortcomings', sa.Text(), nullable=False),
        sa.Column('advice', sa.Text(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_training_onboarding_talk_by_id_people_person')),
        sa.ForeignKeyConstraint(['trainee_id'], ['training_onboarding_trainee.id'],
            name=op.f('fk_training_onboarding_talk_trainee_id_training_onboarding_trainee')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_talk'))
    )
    op.create_index(op.f('ix_training_onboarding_talk_trainee_id'), 'training_onboarding_talk', ['trainee_id'], unique=False)
    op.create_table('training_onboarding_tick',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('item', sa.String(length=64), nullable=False),
        sa.Column('proof', sa.Text(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_training_onboarding_tick_by_id_people_person')),
        sa.ForeignKeyConstraint(['trainee_id'], ['training_onboarding_trainee.id'],
            name=op.f('fk_training_onboarding_tick_trainee_id_training_onboarding_trainee')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_onboarding_tick')),
        sa.UniqueConstraint('trainee_id', 'item', name=op.f('uq_training_onboarding_tick_trainee_id_item'))
    )
    _freeze()


def _freeze() -> None:
    """Such rows refuse UPDATE and DELETE, on both databases."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, unless in FROZEN.items():
        if sqlite:
            op.execute(f"CREATE TRIGGER {table}_kept_update BEFORE UPDATE ON {table} WHEN NOT ({unless}) "
                       f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            op.execute(f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            continue
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN "
                   f"IF ({unless}) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{SAID}'; END $$")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in FROZEN:
        if sqlite:
            op.execute(f"DROP TRIGGER {table}_kept_update")
            op.execute(f"DROP TRIGGER {table}_kept_delete")
        else:
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    for table in ('training_onboarding_tick', 'training_onboarding_talk', 'training_onboarding_note',
                  'training_onboarding_form', 'training_onboarding_decision', 'training_onboarding_trainee',
                  'training_onboarding_hour', 'training_onboarding_class'):
        op.drop_table(table)
