"""Courses, training plans, sessions and trainers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034_courses"
down_revision = "0033_questions_and_exams"

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
COURSE_TABLES = (
    "training_course_statement", "training_course_record", "training_course_progress", "training_course_launch",
    "training_course_document", "training_course_text", "training_course_attempt", "training_course_assignee",
    "training_course_version", "training_course_package", "training_course_lesson", "training_course_assignment", "training_course",
    "training_course_category",
)
FROZEN = {  # what was published does not change, and what was learned is not overwritten
    "training_course_version": ("OLD.published_at IS NOT NULL", "a published version does not change"),
    "training_course_text": ("OLD.frozen_at IS NOT NULL", "a published lesson does not change"),
    "training_course_attempt": ("OLD.done_at IS NOT NULL OR OLD.left_at IS NOT NULL", "what was learned is not overwritten"),
    "training_course_progress": (
        "(SELECT coalesce(done_at, left_at) FROM training_course_attempt WHERE id = OLD.attempt_id) IS NOT NULL",
                                 "what was learned is not overwritten"),
    "training_course_record": ("1 = 1", "the learning history only grows"),
    "training_course_statement": ("1 = 1", "statements only grow"),
}


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    part = "sha256" if target == "files_file" else "id"
    return sa.ForeignKeyConstraint([column], [f'{target}.{part}'], name=op.f(f'fk_{table}_{column}_{target}'))


def upgrade() -> None:
    courses_up()
    plans_up()


def downgrade() -> None:
    plans_down()
    courses_down()


def courses_up() -> None:
    op.create_table('training_course_category',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_category')),
        sa.UniqueConstraint('name', name=op.f('uq_training_course_category_name'))
    )
    op.create_table('training_course',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('category_id', sa.Integer(), nullable=True),
        sa.Column('elective', sa.Boolean(), nullable=False),
        sa.Column('keeper_id', sa.Integer(), nullable=False),
        sa.Column('draft_version_id', sa.Integer(), nullable=True),
        sa.Column('published_version_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'retired') = (retired_at IS NOT NULL)", name=op.f('ck_training_course_retired_at')),
        sa.CheckConstraint("state IN ('draft', 'published', 'retired')", name=op.f('ck_training_course_state')),
        _key('training_course', 'category_id', 'training_course_category'),
        _key('training_course', 'keeper_id', 'people_person'),
        _key('training_course', 'made_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course')),
        sa.UniqueConstraint('number', name=op.f('uq_training_course_number'))
    )
    op.create_index(op.f('ix_training_course_category_id'), 'training_course', ['category_id'], unique=False)
    op.create_index(op.f('ix_training_course_keeper_id'), 'training_course', ['keeper_id'], unique=False)
    op.create_table('training_course_assignment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('target', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('role', sa.String(length=64), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('days', sa.Integer(), nullable=True),
        sa.Column('again', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(target = 'person') = (person_id IS NOT NULL) AND (target = 'unit') = (unit_id IS NOT NULL) AND "
            "(target = 'post') = (post_id IS NOT NULL) AND (target = 'role') = (role IS NOT NULL)",
            name=op.f('ck_training_course_assignment_one_target')),
        _key('training_course_assignment', 'course_id', 'training_course'),
        _key('training_course_assignment', 'ended_by_id', 'people_person'),
        _key('training_course_assignment', 'made_by_id', 'people_person'),
        _key('training_course_assignment', 'person_id', 'people_person'),
        _key('training_course_assignment', 'post_id', 'people_post'),
        _key('training_course_assignment', 'unit_id', 'people_unit'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_assignment'))
    )
    op.create_index(op.f('ix_training_course_assignment_course_id'), 'training_course_assignment', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_course_assignment_person_id'), 'training_course_assignment', ['person_id'], unique=False)
    op.create_index(op.f('ix_training_course_assignment_post_id'), 'training_course_assignment', ['post_id'], unique=False)
    op.create_index(op.f('ix_training_course_assignment_unit_id'), 'training_course_assignment', ['unit_id'], unique=False)
    op.create_table('training_course_lesson',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        _key('training_course_lesson', 'course_id', 'training_course'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_lesson'))
    )
    op.create_index(op.f('ix_training_course_lesson_course_id'), 'training_course_lesson', ['course_id'], unique=False)
    op.create_table('training_course_package',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('standard', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('items', _json(), nullable=False),
        sa.Column('files', sa.Integer(), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("standard IN ('scorm12', 'scorm2004', 'cmi5')", name=op.f('ck_training_course_package_standard')),
        _key('training_course_package', 'course_id', 'training_course'),
        _key('training_course_package', 'made_by_id', 'people_person'),
        _key('training_course_package', 'sha256', 'files_file'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_package'))
    )
    op.create_index(op.f('ix_training_course_package_course_id'), 'training_course_package', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_course_package_sha256'), 'training_course_package', ['sha256'], unique=False)
    op.create_table('training_course_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('label', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('outline', _json(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('published_by_id', sa.Integer(), nullable=True),
        _key('training_course_version', 'course_id', 'training_course'),
        _key('training_course_version', 'published_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_version')),
        sa.UniqueConstraint('course_id', 'label', name=op.f('uq_training_course_version_course_id_label'))
    )
    op.create_table('training_course_assignee',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('assignment_id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempt_id', sa.Integer(), nullable=True),
        _key('training_course_assignee', 'assignment_id', 'training_course_assignment'),
        _key('training_course_assignee', 'course_id', 'training_course'),
        _key('training_course_assignee', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_assignee')),
        sa.UniqueConstraint('assignment_id', 'person_id', 'round',
            name=op.f('uq_training_course_assignee_assignment_id_person_id_round'))
    )
    op.create_index(op.f('ix_training_course_assignee_course_id'), 'training_course_assignee', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_course_assignee_person_id'), 'training_course_assignee', ['person_id'], unique=False)
    op.create_table('training_course_attempt',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=True),
        _key('training_course_attempt', 'course_id', 'training_course'),
        _key('training_course_attempt', 'person_id', 'people_person'),
        _key('training_course_attempt', 'version_id', 'training_course_version'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_attempt')),
        sa.UniqueConstraint('course_id', 'person_id', 'number', name=op.f('uq_training_course_attempt_course_id_person_id_number'))
    )
    op.create_index(op.f('ix_training_course_attempt_person_id'), 'training_course_attempt', ['person_id'], unique=False)
    op.create_table('training_course_text',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('lesson_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('required', sa.Boolean(), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('content', _json(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('frozen_at', sa.DateTime(timezone=True), nullable=True),
        _key('training_course_text', 'lesson_id', 'training_course_lesson'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_text'))
    )
    op.create_index(op.f('ix_training_course_text_lesson_id'), 'training_course_text', ['lesson_id'], unique=False)
    op.create_table('training_course_document',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('attempt_id', sa.Integer(), nullable=False),
        sa.Column('lesson_id', sa.Integer(), nullable=False),
        sa.Column('resource', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=300), nullable=False),
        sa.Column('media_type', sa.String(length=100), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        _key('training_course_document', 'attempt_id', 'training_course_attempt'),
        _key('training_course_document', 'lesson_id', 'training_course_lesson'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_document')),
        sa.UniqueConstraint('attempt_id', 'lesson_id', 'resource', 'name',
            name=op.f('uq_training_course_document_attempt_id_lesson_id_resource_name'))
    )
    op.create_table('training_course_launch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('attempt_id', sa.Integer(), nullable=False),
        sa.Column('lesson_id', sa.Integer(), nullable=False),
        sa.Column('item', sa.String(length=300), nullable=False),
        sa.Column('fetch_hash', sa.String(length=64), nullable=False),
        sa.Column('token_hash', sa.String(length=64), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        _key('training_course_launch', 'attempt_id', 'training_course_attempt'),
        _key('training_course_launch', 'lesson_id', 'training_course_lesson'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_launch')),
        sa.UniqueConstraint('fetch_hash', name=op.f('uq_training_course_launch_fetch_hash')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_training_course_launch_token_hash'))
    )
    op.create_index('ix_training_course_launch_attempt_id_lesson_id', 'training_course_launch',
        ['attempt_id', 'lesson_id'], unique=False)
    op.create_table('training_course_progress',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('attempt_id', sa.Integer(), nullable=False),
        sa.Column('lesson_id', sa.Integer(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('seconds', sa.Integer(), nullable=False),
        sa.Column('place', sa.String(length=64), nullable=True),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('data', _json(), nullable=True),
        _key('training_course_progress', 'attempt_id', 'training_course_attempt'),
        _key('training_course_progress', 'lesson_id', 'training_course_lesson'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_progress')),
        sa.UniqueConstraint('attempt_id', 'lesson_id', name=op.f('uq_training_course_progress_attempt_id_lesson_id'))
    )
    op.create_table('training_course_record',
        sa.Column('id', BIG, nullable=False),
        sa.Column('attempt_id', sa.Integer(), nullable=False),
        sa.Column('lesson_id', sa.Integer(), nullable=True),
        sa.Column('what', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seconds', sa.Integer(), nullable=True),
        sa.Column('score', sa.Integer(), nullable=True),
        _key('training_course_record', 'attempt_id', 'training_course_attempt'),
        _key('training_course_record', 'lesson_id', 'training_course_lesson'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_record'))
    )
    op.create_index(op.f('ix_training_course_record_attempt_id'), 'training_course_record', ['attempt_id'], unique=False)
    op.create_table('training_course_statement',
        sa.Column('id', BIG, nullable=False),
        sa.Column('attempt_id', sa.Integer(), nullable=False),
        sa.Column('lesson_id', sa.Integer(), nullable=False),
        sa.Column('statement_id', sa.String(length=64), nullable=False),
        sa.Column('verb', sa.String(length=300), nullable=False),
        sa.Column('statement', _json(), nullable=False),
        sa.Column('stored_at', sa.DateTime(timezone=True), nullable=False),
        _key('training_course_statement', 'attempt_id', 'training_course_attempt'),
        _key('training_course_statement', 'lesson_id', 'training_course_lesson'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_course_statement')),
        sa.UniqueConstraint('attempt_id', 'statement_id', name=op.f('uq_training_course_statement_attempt_id_statement_id'))
    )
    _freeze()


def _freeze() -> None:
    """Rows that are done with refuse UPDATE and DELETE, on both databases."""
    if op.get_bind().dialect.name == "sqlite":
        for table, (when, said) in FROZEN.items():
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
                           f"BEGIN SELECT RAISE(ABORT, '{said}'); END")
        return
    for table, (when, said) in FROZEN.items():
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN IF {when} THEN RAISE EXCEPTION '{said}'; END IF; "
                   "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def courses_down() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in FROZEN:
        if sqlite:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_frozen_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    for table in COURSE_TABLES:
        op.drop_table(table)


PLAN_TABLES = ("training_busy", "training_session_person", "training_session", "training_plan_person", "training_plan",
               "training_trainer_observation", "training_trainer_authorisation", "training_trainer")


def plans_up() -> None:
    op.create_table('training_trainer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('qualification', sa.Text(), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        _key('training_trainer', 'made_by_id', 'people_person'),
        _key('training_trainer', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_trainer')),
        sa.UniqueConstraint('number', name=op.f('uq_training_trainer_number')),
        sa.UniqueConstraint('person_id', name=op.f('uq_training_trainer_person_id'))
    )
    op.create_table('training_trainer_authorisation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainer_id', sa.Integer(), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=True),
        sa.Column('topic', sa.String(length=200), nullable=True),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.Column('proof', sa.Text(), nullable=False),
        sa.Column('given_by_id', sa.Integer(), nullable=True),
        sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('withdrawn_on', sa.Date(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.CheckConstraint('from_on <= until_on', name=op.f('ck_training_trainer_authorisation_until_on')),
        _key('training_trainer_authorisation', 'course_id', 'training_course'),
        _key('training_trainer_authorisation', 'given_by_id', 'people_person'),
        _key('training_trainer_authorisation', 'trainer_id', 'training_trainer'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_trainer_authorisation'))
    )
    op.create_index(op.f('ix_training_trainer_authorisation_course_id'), 'training_trainer_authorisation', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_trainer_authorisation_trainer_id'), 'training_trainer_authorisation', ['trainer_id'], unique=False)
    op.create_table('training_trainer_observation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainer_id', sa.Integer(), nullable=False),
        sa.Column('seen_on', sa.Date(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('score BETWEEN 0 AND 100', name=op.f('ck_training_trainer_observation_score')),
        _key('training_trainer_observation', 'by_id', 'people_person'),
        _key('training_trainer_observation', 'trainer_id', 'training_trainer'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_trainer_observation'))
    )
    op.create_index(op.f('ix_training_trainer_observation_trainer_id'), 'training_trainer_observation', ['trainer_id'], unique=False)
    op.create_table('training_plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('purpose', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('course_id', sa.Integer(), nullable=True),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('cost', sa.Integer(), nullable=False),
        sa.Column('target', sa.Text(), nullable=False),
        sa.Column('evaluation', sa.Text(), nullable=False),
        sa.Column('because', sa.String(length=200), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('approved_by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("purpose IN ('onboarding', 'other')", name=op.f('ck_training_plan_purpose')),
        sa.CheckConstraint("state IN ('draft', 'approved', 'running', 'done', 'cancelled')", name=op.f('ck_training_plan_state')),
        _key('training_plan', 'approved_by_id', 'people_person'),
        _key('training_plan', 'course_id', 'training_course'),
        _key('training_plan', 'made_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_plan')),
        sa.UniqueConstraint('because', name=op.f('uq_training_plan_because')),
        sa.UniqueConstraint('number', name=op.f('uq_training_plan_number'))
    )
    op.create_index(op.f('ix_training_plan_course_id'), 'training_plan', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_plan_year'), 'training_plan', ['year'], unique=False)
    op.create_table('training_plan_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('because', sa.String(length=200), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        _key('training_plan_person', 'person_id', 'people_person'),
        _key('training_plan_person', 'plan_id', 'training_plan'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_plan_person')),
        sa.UniqueConstraint('plan_id', 'person_id', name=op.f('uq_training_plan_person_plan_id_person_id'))
    )
    op.create_index(op.f('ix_training_plan_person_person_id'), 'training_plan_person', ['person_id'], unique=False)
    op.create_table('training_session',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('room', sa.String(length=100), nullable=False),
        sa.Column('seats', sa.Integer(), nullable=False),
        sa.Column('trainer_id', sa.Integer(), nullable=False),
        sa.Column('all_the_same', sa.Text(), nullable=True),
        sa.Column('minutes', sa.Text(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f('ck_training_session_state')),
        sa.CheckConstraint('seats > 0', name=op.f('ck_training_session_seats')),
        sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_training_session_ends_after_it_starts')),
        _key('training_session', 'plan_id', 'training_plan'),
        _key('training_session', 'trainer_id', 'training_trainer'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session')),
        sa.UniqueConstraint('number', name=op.f('uq_training_session_number'))
    )
    op.create_index(op.f('ix_training_session_plan_id'), 'training_session', ['plan_id'], unique=False)
    op.create_index(op.f('ix_training_session_starts_at'), 'training_session', ['starts_at'], unique=False)
    op.create_index(op.f('ix_training_session_trainer_id'), 'training_session', ['trainer_id'], unique=False)
    op.create_table('training_session_person',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('session_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.String(length=64), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('present_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('how', sa.String(length=64), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('marks', _json(), nullable=True),
        sa.Column('said', sa.Text(), nullable=True),
        sa.Column('rated_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place IN ('seat', 'waiting', 'left')", name=op.f('ck_training_session_person_place')),
        sa.CheckConstraint('(present_at IS NULL) = (how IS NULL)', name=op.f('ck_training_session_person_how')),
        _key('training_session_person', 'person_id', 'people_person'),
        _key('training_session_person', 'session_id', 'training_session'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session_person')),
        sa.UniqueConstraint('session_id', 'person_id', name=op.f('uq_training_session_person_session_id_person_id'))
    )
    op.create_index(op.f('ix_training_session_person_person_id'), 'training_session_person', ['person_id'], unique=False)
    op.create_table('training_busy',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('note', sa.String(length=200), nullable=True),
        sa.CheckConstraint("(kind = 'peak') = (person_id IS NULL)", name=op.f('ck_training_busy_person_id')),
        sa.CheckConstraint("kind IN ('leave', 'shift', 'peak')", name=op.f('ck_training_busy_kind')),
        sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_training_busy_ends_after_it_starts')),
        _key('training_busy', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_busy'))
    )
    op.create_index('ix_training_busy_person_id_starts_at', 'training_busy', ['person_id', 'starts_at'], unique=False)


def plans_down() -> None:
    for table in PLAN_TABLES:
        op.drop_table(table)
