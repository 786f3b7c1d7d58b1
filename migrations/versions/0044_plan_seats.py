"""What plans, sessions, the calendar and busy times need more."""

import sqlalchemy as sa
from alembic import op

revision = "0044_plan_seats"
down_revision = "0043_exam_doors"

LEAVER, SEAT, ATTEMPT = "training_plan_leaver", "training_session_person", "training_course_attempt"
DONE = "OLD.done_at IS NOT NULL OR OLD.left_at IS NOT NULL"
UNDONE = ("OLD.left_at IS NULL AND NEW.left_at IS NOT NULL AND NEW.done_at IS NULL AND NEW.person_id = OLD.person_id "
          "AND NEW.version_id = OLD.version_id AND NEW.begun_at = OLD.begun_at")
SAID = "what was learned is not overwritten"


def upgrade() -> None:
    _leaving()


def downgrade() -> None:
    _no_leaving()


def _leaving() -> None:
    """Who is off a plan or gone can come back to where they stood; an attempt is left again when what finished it was taken back."""
    op.create_table(LEAVER,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('because', sa.String(length=200), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('taken_by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f(f'fk_{LEAVER}_person_id_people_person')),
        sa.ForeignKeyConstraint(['plan_id'], ['training_plan.id'], name=op.f(f'fk_{LEAVER}_plan_id_training_plan')),
        sa.ForeignKeyConstraint(['taken_by_id'], ['people_person.id'], name=op.f(f'fk_{LEAVER}_taken_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{LEAVER}')),
        sa.UniqueConstraint('plan_id', 'person_id', name=op.f(f'uq_{LEAVER}_plan_id_person_id'))
    )
    op.create_index(op.f(f'ix_{LEAVER}_person_id'), LEAVER, ['person_id'], unique=False)
    with op.batch_alter_table(SEAT) as changed:
        changed.add_column(sa.Column('gone', sa.String(length=64), nullable=True))
        changed.create_check_constraint(op.f(f'ck_{SEAT}_gone'), "gone IS NULL OR (place = 'left' AND gone IN ('person', 'plan'))")
    _frozen(f"({DONE}) AND NOT ({UNDONE})", f"IF TG_OP = 'UPDATE' THEN IF {UNDONE} THEN RETURN NEW; END IF; END IF; ")


def _no_leaving() -> None:
    _frozen(DONE, "")
    with op.batch_alter_table(SEAT) as changed:
        changed.drop_constraint(op.f(f'ck_{SEAT}_gone'), type_="check")
        changed.drop_column('gone')
    op.drop_index(op.f(f'ix_{LEAVER}_person_id'), table_name=LEAVER)
    op.drop_table(LEAVER)


def _frozen(when: str, first: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {ATTEMPT}_frozen_update")
        op.execute(f"CREATE TRIGGER {ATTEMPT}_frozen_update BEFORE UPDATE ON {ATTEMPT} WHEN {when} "
                   f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    op.execute(f"CREATE OR REPLACE FUNCTION {ATTEMPT}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN {first}IF {DONE} THEN RAISE EXCEPTION '{SAID}'; END IF; "
               "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
