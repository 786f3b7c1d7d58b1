"""Banks of questions, papers, exams, sittings and marks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033_questions_and_exams"
down_revision = "0032_reader_groups"

KEPT = {"training_question_version": "versions of a question do not change", "training_answer": "answers are kept as they were given",
        "training_score_change": "changes of scores are kept"}


def _only_added(table: str, why: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END")
        return
    op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{why}'; END $$")
    op.execute(f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()")


def upgrade() -> None:
    op.create_table('training_topic',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['parent_id'], ['training_topic.id'], name=op.f('fk_training_topic_parent_id_training_topic')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_topic')),
        sa.UniqueConstraint('name', name=op.f('uq_training_topic_name'))
    )
    op.create_index(op.f('ix_training_topic_parent_id'), 'training_topic', ['parent_id'], unique=False)
    op.create_table('training_bank',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('about', sa.Text(), nullable=False),
        sa.Column('keeper_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['keeper_id'], ['people_person.id'], name=op.f('fk_training_bank_keeper_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_bank')),
        sa.UniqueConstraint('name', name=op.f('uq_training_bank_name')),
        sa.UniqueConstraint('number', name=op.f('uq_training_bank_number'))
    )
    op.create_index(op.f('ix_training_bank_keeper_id'), 'training_bank', ['keeper_id'], unique=False)
    op.create_table('training_paper',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('about', sa.Text(), nullable=False),
        sa.Column('way', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('banks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('blueprint', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('tolerance', sa.Integer(), nullable=True),
        sa.Column('pass_percent', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=True),
        sa.Column('keeper_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(way = 'picked') = (blueprint IS NULL)", name=op.f('ck_training_paper_blueprint')),
        sa.CheckConstraint("state IN ('draft', 'ready', 'withdrawn')", name=op.f('ck_training_paper_state')),
        sa.CheckConstraint("way IN ('picked', 'fixed', 'each')", name=op.f('ck_training_paper_way')),
        sa.ForeignKeyConstraint(['keeper_id'], ['people_person.id'], name=op.f('fk_training_paper_keeper_id_people_person')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'], name=op.f('fk_training_paper_process_id_process_definition')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_paper')),
        sa.UniqueConstraint('number', name=op.f('uq_training_paper_number'))
    )
    op.create_index(op.f('ix_training_paper_keeper_id'), 'training_paper', ['keeper_id'], unique=False)
    op.create_index(op.f('ix_training_paper_process_id'), 'training_paper', ['process_id'], unique=False)
    op.create_table('training_question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('bank_id', sa.Integer(), nullable=False),
        sa.Column('external_id', sa.String(length=200), nullable=True),
        sa.Column('topic_id', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(length=64), nullable=False),
        sa.Column('band', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('flagged_why', sa.String(length=64), nullable=True),
        sa.Column('language', sa.String(length=64), nullable=False),
        sa.Column('tags', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('head', sa.String(length=300), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=True),
        sa.Column('process_step', sa.String(length=200), nullable=True),
        sa.Column('current_version_id', sa.Integer(), nullable=True),
        sa.Column('difficulty', sa.Integer(), nullable=True),
        sa.Column('discrimination', sa.Integer(), nullable=True),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('exposure', sa.Integer(), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'flagged') = (flagged_why IS NOT NULL)", name=op.f('ck_training_question_flagged_why')),
        sa.CheckConstraint("band IN ('easy', 'middle', 'hard')", name=op.f('ck_training_question_band')),
        sa.CheckConstraint("state IN ('draft', 'active', 'flagged', 'withdrawn')", name=op.f('ck_training_question_state')),
        sa.ForeignKeyConstraint(['bank_id'], ['training_bank.id'], name=op.f('fk_training_question_bank_id_training_bank')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_training_question_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'], name=op.f('fk_training_question_process_id_process_definition')),
        sa.ForeignKeyConstraint(['topic_id'], ['training_topic.id'], name=op.f('fk_training_question_topic_id_training_topic')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_question')),
        sa.UniqueConstraint('bank_id', 'external_id', name=op.f('uq_training_question_bank_id_external_id')),
        sa.UniqueConstraint('number', name=op.f('uq_training_question_number'))
    )
    op.create_index('ix_training_question_bank_id_state', 'training_question', ['bank_id', 'state'], unique=False)
    op.create_index(op.f('ix_training_question_made_by_id'), 'training_question', ['made_by_id'], unique=False)
    op.create_index(op.f('ix_training_question_process_id'), 'training_question', ['process_id'], unique=False)
    op.create_index(op.f('ix_training_question_topic_id'), 'training_question', ['topic_id'], unique=False)
    op.create_table('training_exam',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('about', sa.Text(), nullable=False),
        sa.Column('template', sa.String(length=64), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('paper_id', sa.Integer(), nullable=False),
        sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('duration_min', sa.Integer(), nullable=False),
        sa.Column('grace_s', sa.Integer(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('pass_percent', sa.Integer(), nullable=False),
        sa.Column('make_up_opens_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('make_up_closes_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('release_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('review_opens_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('review_closes_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('appeal_days', sa.Integer(), nullable=False),
        sa.Column('most_appeals', sa.Integer(), nullable=False),
        sa.Column('border', sa.Integer(), nullable=False),
        sa.Column('second_percent', sa.Integer(), nullable=False),
        sa.Column('limit', sa.Integer(), nullable=False),
        sa.Column('settling', sa.String(length=64), nullable=False),
        sa.Column('shows', sa.String(length=64), nullable=False),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('author_may_mark', sa.Boolean(), nullable=False),
        sa.Column('proves_id', sa.Integer(), nullable=True),
        sa.Column('course_id', sa.Integer(), nullable=True),
        sa.Column('process_id', sa.Integer(), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('final_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("shows IN ('score', 'marks', 'answers')", name=op.f('ck_training_exam_shows')),
        sa.CheckConstraint("state IN ('draft', 'published', 'released', 'final', 'cancelled')", name=op.f('ck_training_exam_state')),
        sa.CheckConstraint('opens_at < closes_at', name=op.f('ck_training_exam_closes_after_it_opens')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_training_exam_owner_id_people_person')),
        sa.ForeignKeyConstraint(['paper_id'], ['training_paper.id'], name=op.f('fk_training_exam_paper_id_training_paper')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'], name=op.f('fk_training_exam_process_id_process_definition')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_exam')),
        sa.UniqueConstraint('number', name=op.f('uq_training_exam_number'))
    )
    op.create_index(op.f('ix_training_exam_opens_at'), 'training_exam', ['opens_at'], unique=False)
    op.create_index(op.f('ix_training_exam_owner_id'), 'training_exam', ['owner_id'], unique=False)
    op.create_index(op.f('ix_training_exam_paper_id'), 'training_exam', ['paper_id'], unique=False)
    op.create_index(op.f('ix_training_exam_process_id'), 'training_exam', ['process_id'], unique=False)
    op.create_index('ix_training_exam_state_closes_at', 'training_exam', ['state', 'closes_at'], unique=False)
    op.create_table('training_question_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('no', sa.Integer(), nullable=False),
        sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('content_hash', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_training_question_version_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['question_id'], ['training_question.id'], name=op.f('fk_training_question_version_question_id_training_question')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_question_version')),
        sa.UniqueConstraint('question_id', 'no', name=op.f('uq_training_question_version_question_id_no'))
    )
    op.create_index(op.f('ix_training_question_version_made_by_id'), 'training_question_version', ['made_by_id'], unique=False)
    op.create_table('training_exam_candidate',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('room', sa.String(length=100), nullable=True),
        sa.Column('extra_percent', sa.Integer(), nullable=False),
        sa.Column('extra_minutes', sa.Integer(), nullable=False),
        sa.Column('made_up', sa.Boolean(), nullable=False),
        sa.Column('because', sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f('fk_training_exam_candidate_exam_id_training_exam')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_training_exam_candidate_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_exam_candidate')),
        sa.UniqueConstraint('exam_id', 'person_id', name=op.f('uq_training_exam_candidate_exam_id_person_id'))
    )
    op.create_index(op.f('ix_training_exam_candidate_person_id'), 'training_exam_candidate', ['person_id'], unique=False)
    op.create_table('training_exam_marker',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f('fk_training_exam_marker_exam_id_training_exam')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_training_exam_marker_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_exam_marker')),
        sa.UniqueConstraint('exam_id', 'person_id', name=op.f('uq_training_exam_marker_exam_id_person_id'))
    )
    op.create_index(op.f('ix_training_exam_marker_person_id'), 'training_exam_marker', ['person_id'], unique=False)
    op.create_table('training_exam_paper',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('questions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('load', sa.Integer(), nullable=False),
        sa.Column('aim', sa.Integer(), nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f('fk_training_exam_paper_exam_id_training_exam')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_training_exam_paper_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_exam_paper')),
        sa.UniqueConstraint('exam_id', 'person_id', 'attempt', name=op.f('uq_training_exam_paper_exam_id_person_id_attempt'))
    )
    op.create_index(op.f('ix_training_exam_paper_person_id'), 'training_exam_paper', ['person_id'], unique=False)
    op.create_table('training_exam_room',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('seats', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f('fk_training_exam_room_exam_id_training_exam')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_exam_room')),
        sa.UniqueConstraint('exam_id', 'name', name=op.f('uq_training_exam_room_exam_id_name'))
    )
    op.create_table('training_paper_question',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('paper_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['paper_id'], ['training_paper.id'], name=op.f('fk_training_paper_question_paper_id_training_paper')),
        sa.ForeignKeyConstraint(['question_id'], ['training_question.id'], name=op.f('fk_training_paper_question_question_id_training_question')),
        sa.ForeignKeyConstraint(['version_id'], ['training_question_version.id'], name=op.f('fk_training_paper_question_version_id_training_question_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_paper_question')),
        sa.UniqueConstraint('paper_id', 'question_id', name=op.f('uq_training_paper_question_paper_id_question_id'))
    )
    op.create_index(op.f('ix_training_paper_question_question_id'), 'training_paper_question', ['question_id'], unique=False)
    op.create_table('training_sitting',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('attempt', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('begun_steady_s', sa.Double(), nullable=False),
        sa.Column('boot', sa.String(length=64), nullable=False),
        sa.Column('latest_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('length_s', sa.Integer(), nullable=False),
        sa.Column('window_ends_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('grace_s', sa.Integer(), nullable=False),
        sa.Column('more_s', sa.Integer(), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('most', sa.Integer(), nullable=False),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('passed', sa.Boolean(), nullable=True),
        sa.Column('second_why', sa.String(length=64), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'void' OR (state = 'running') = (ended_at IS NULL)", name=op.f('ck_training_sitting_ended_at')),
        sa.CheckConstraint("state IN ('running', 'submitted', 'timed_out', 'void')", name=op.f('ck_training_sitting_state')),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f('fk_training_sitting_exam_id_training_exam')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_training_sitting_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_sitting')),
        sa.UniqueConstraint('exam_id', 'person_id', 'attempt', name=op.f('uq_training_sitting_exam_id_person_id_attempt'))
    )
    op.create_index(op.f('ix_training_sitting_person_id'), 'training_sitting', ['person_id'], unique=False)
    op.create_index('ix_training_sitting_state_window_ends_at', 'training_sitting', ['state', 'window_ends_at'], unique=False)
    op.create_index('uq_training_sitting_running', 'training_sitting', ['exam_id', 'person_id'], unique=True,
                    sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
    op.create_table('training_sitting_device',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('sitting_id', sa.Integer(), nullable=False),
        sa.Column('device', sa.String(length=64), nullable=False),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['sitting_id'], ['training_sitting.id'], name=op.f('fk_training_sitting_device_sitting_id_training_sitting')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_sitting_device')),
        sa.UniqueConstraint('sitting_id', 'device', name=op.f('uq_training_sitting_device_sitting_id_device'))
    )
    op.create_table('training_focus_loss',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('sitting_id', sa.Integer(), nullable=False),
        sa.Column('act', sa.String(length=64), nullable=False),
        sa.Column('left_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('back_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('device', sa.String(length=64), nullable=True),
        sa.CheckConstraint("act IN ('left', 'copied', 'printed')", name=op.f('ck_training_focus_loss_act')),
        sa.ForeignKeyConstraint(['sitting_id'], ['training_sitting.id'], name=op.f('fk_training_focus_loss_sitting_id_training_sitting')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_focus_loss'))
    )
    op.create_index(op.f('ix_training_focus_loss_sitting_id'), 'training_focus_loss', ['sitting_id'], unique=False)
    op.create_table('training_sitting_item',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('sitting_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=64), nullable=True),
        sa.Column('stand', sa.String(length=64), nullable=False),
        sa.Column('mark', sa.Integer(), nullable=True),
        sa.CheckConstraint("stand IN ('running', 'first', 'second', 'third', 'settled')", name=op.f('ck_training_sitting_item_stand')),
        sa.ForeignKeyConstraint(['question_id'], ['training_question.id'], name=op.f('fk_training_sitting_item_question_id_training_question')),
        sa.ForeignKeyConstraint(['version_id'], ['training_question_version.id'], name=op.f('fk_training_sitting_item_version_id_training_question_version')),
        sa.ForeignKeyConstraint(['sitting_id'], ['training_sitting.id'], name=op.f('fk_training_sitting_item_sitting_id_training_sitting')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_sitting_item')),
        sa.UniqueConstraint('sitting_id', 'place', name=op.f('uq_training_sitting_item_sitting_id_place')),
        sa.UniqueConstraint('sitting_id', 'question_id', name=op.f('uq_training_sitting_item_sitting_id_question_id'))
    )
    op.create_index(op.f('ix_training_sitting_item_question_id'), 'training_sitting_item', ['question_id'], unique=False)
    op.create_index(op.f('ix_training_sitting_item_version_id'), 'training_sitting_item', ['version_id'], unique=False)
    op.create_table('training_answer',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('sitting_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('given', sa.Boolean(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('value', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('device', sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(['item_id'], ['training_sitting_item.id'], name=op.f('fk_training_answer_item_id_training_sitting_item')),
        sa.ForeignKeyConstraint(['sitting_id'], ['training_sitting.id'], name=op.f('fk_training_answer_sitting_id_training_sitting')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_answer')),
        sa.UniqueConstraint('item_id', 'number', name=op.f('uq_training_answer_item_id_number'))
    )
    op.create_index(op.f('ix_training_answer_sitting_id'), 'training_answer', ['sitting_id'], unique=False)
    op.create_table('training_mark',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('part', sa.String(length=64), nullable=False),
        sa.Column('marker_id', sa.Integer(), nullable=True),
        sa.Column('behalf', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('lines', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('comment', sa.Text(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part IN ('auto', 'mark', 'second', 'third')", name=op.f('ck_training_mark_part')),
        sa.ForeignKeyConstraint(['item_id'], ['training_sitting_item.id'], name=op.f('fk_training_mark_item_id_training_sitting_item')),
        sa.ForeignKeyConstraint(['marker_id'], ['people_person.id'], name=op.f('fk_training_mark_marker_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_mark'))
    )
    op.create_index(op.f('ix_training_mark_item_id'), 'training_mark', ['item_id'], unique=False)
    op.create_index(op.f('ix_training_mark_marker_id'), 'training_mark', ['marker_id'], unique=False)
    op.create_table('training_score_change',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('item_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('sitting_id', sa.Integer(), nullable=False),
        sa.Column('who_id', sa.Integer(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('cause', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('old', sa.Integer(), nullable=False),
        sa.Column('new', sa.Integer(), nullable=False),
        sa.Column('appeal_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['item_id'], ['training_sitting_item.id'], name=op.f('fk_training_score_change_item_id_training_sitting_item')),
        sa.ForeignKeyConstraint(['sitting_id'], ['training_sitting.id'], name=op.f('fk_training_score_change_sitting_id_training_sitting')),
        sa.ForeignKeyConstraint(['who_id'], ['people_person.id'], name=op.f('fk_training_score_change_who_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_score_change'))
    )
    op.create_index(op.f('ix_training_score_change_item_id'), 'training_score_change', ['item_id'], unique=False)
    op.create_index(op.f('ix_training_score_change_sitting_id'), 'training_score_change', ['sitting_id'], unique=False)
    op.create_index(op.f('ix_training_score_change_who_id'), 'training_score_change', ['who_id'], unique=False)
    op.create_table('training_question_flag',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=True),
        sa.Column('why', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('answered', sa.Integer(), nullable=False),
        sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('raised_by_id', sa.Integer(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.Integer(), nullable=True),
        sa.Column('ended_note', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['question_id'], ['training_question.id'], name=op.f('fk_training_question_flag_question_id_training_question')),
        sa.ForeignKeyConstraint(['version_id'], ['training_question_version.id'],
                                name=op.f('fk_training_question_flag_version_id_training_question_version')),
        sa.ForeignKeyConstraint(['raised_by_id'], ['people_person.id'], name=op.f('fk_training_question_flag_raised_by_id_people_person')),
        sa.ForeignKeyConstraint(['ended_by_id'], ['people_person.id'], name=op.f('fk_training_question_flag_ended_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_question_flag'))
    )
    op.create_index(op.f('ix_training_question_flag_question_id'), 'training_question_flag', ['question_id'], unique=False)
    op.create_table('training_question_measure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('asked', sa.Integer(), nullable=False),
        sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('options', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('paper', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('measured_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['question_id'], ['training_question.id'],
                                name=op.f('fk_training_question_measure_question_id_training_question')),
        sa.ForeignKeyConstraint(['version_id'], ['training_question_version.id'],
                                name=op.f('fk_training_question_measure_version_id_training_question_version')),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f('fk_training_question_measure_exam_id_training_exam')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_question_measure')),
        sa.UniqueConstraint('version_id', 'exam_id', name=op.f('uq_training_question_measure_version_id_exam_id'))
    )
    op.create_index(op.f('ix_training_question_measure_question_id'), 'training_question_measure', ['question_id'], unique=False)
    op.create_index(op.f('ix_training_question_measure_exam_id'), 'training_question_measure', ['exam_id'], unique=False)
    for table, why in KEPT.items():
        _only_added(table, why)


def downgrade() -> None:
    op.drop_table('training_question_measure')
    op.drop_table('training_question_flag')
    for table in KEPT:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    op.drop_index(op.f('ix_training_score_change_who_id'), table_name='training_score_change')
    op.drop_index(op.f('ix_training_score_change_sitting_id'), table_name='training_score_change')
    op.drop_index(op.f('ix_training_score_change_item_id'), table_name='training_score_change')
    op.drop_table('training_score_change')
    op.drop_index(op.f('ix_training_mark_marker_id'), table_name='training_mark')
    op.drop_index(op.f('ix_training_mark_item_id'), table_name='training_mark')
    op.drop_table('training_mark')
    op.drop_index(op.f('ix_training_answer_sitting_id'), table_name='training_answer')
    op.drop_table('training_answer')
    op.drop_index(op.f('ix_training_sitting_item_version_id'), table_name='training_sitting_item')
    op.drop_index(op.f('ix_training_sitting_item_question_id'), table_name='training_sitting_item')
    op.drop_table('training_sitting_item')
    op.drop_index(op.f('ix_training_focus_loss_sitting_id'), table_name='training_focus_loss')
    op.drop_table('training_focus_loss')
    op.drop_table('training_sitting_device')
    op.drop_index('uq_training_sitting_running', table_name='training_sitting')
    op.drop_index('ix_training_sitting_state_window_ends_at', table_name='training_sitting')
    op.drop_index(op.f('ix_training_sitting_person_id'), table_name='training_sitting')
    op.drop_table('training_sitting')
    op.drop_index(op.f('ix_training_paper_question_question_id'), table_name='training_paper_question')
    op.drop_table('training_paper_question')
    op.drop_table('training_exam_room')
    op.drop_index(op.f('ix_training_exam_paper_person_id'), table_name='training_exam_paper')
    op.drop_table('training_exam_paper')
    op.drop_index(op.f('ix_training_exam_marker_person_id'), table_name='training_exam_marker')
    op.drop_table('training_exam_marker')
    op.drop_index(op.f('ix_training_exam_candidate_person_id'), table_name='training_exam_candidate')
    op.drop_table('training_exam_candidate')
    op.drop_index(op.f('ix_training_question_version_made_by_id'), table_name='training_question_version')
    op.drop_table('training_question_version')
    op.drop_index('ix_training_exam_state_closes_at', table_name='training_exam')
    op.drop_index(op.f('ix_training_exam_process_id'), table_name='training_exam')
    op.drop_index(op.f('ix_training_exam_paper_id'), table_name='training_exam')
    op.drop_index(op.f('ix_training_exam_owner_id'), table_name='training_exam')
    op.drop_index(op.f('ix_training_exam_opens_at'), table_name='training_exam')
    op.drop_table('training_exam')
    op.drop_index(op.f('ix_training_question_topic_id'), table_name='training_question')
    op.drop_index(op.f('ix_training_question_process_id'), table_name='training_question')
    op.drop_index(op.f('ix_training_question_made_by_id'), table_name='training_question')
    op.drop_index('ix_training_question_bank_id_state', table_name='training_question')
    op.drop_table('training_question')
    op.drop_index(op.f('ix_training_paper_process_id'), table_name='training_paper')
    op.drop_index(op.f('ix_training_paper_keeper_id'), table_name='training_paper')
    op.drop_table('training_paper')
    op.drop_index(op.f('ix_training_bank_keeper_id'), table_name='training_bank')
    op.drop_table('training_bank')
    op.drop_index(op.f('ix_training_topic_parent_id'), table_name='training_topic')
    op.drop_table('training_topic')
