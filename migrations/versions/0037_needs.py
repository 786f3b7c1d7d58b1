"""Surveys of needs with their proof, what hurts, suggestions, annual plans; evaluations and adjustments. What is signed or told no
longer changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037_needs"
down_revision = "0036_onboarding"

CAMPAIGN, EVALUATION = "training_needs_campaign", "training_evaluation"
_OF_CAMPAIGN = f"(SELECT signed_at FROM {CAMPAIGN} WHERE id = OLD.campaign_id) IS NOT NULL"
FROZEN = {
    CAMPAIGN: "OLD.signed_at IS NOT NULL",
    **dict.fromkeys((f"training_needs_{part}" for part in ("form", "asked", "interview")), _OF_CAMPAIGN),
    "training_needs_answer": ("(SELECT c.signed_at FROM training_needs_form AS f JOIN training_needs_campaign AS c "
                              "ON c.id = f.campaign_id WHERE f.id = OLD.form_id) IS NOT NULL"),
    "training_needs_step": "OLD.id IS NOT NULL", "training_evaluation_step": "OLD.id IS NOT NULL",
    EVALUATION: "OLD.reported_at IS NOT NULL",
    **dict.fromkeys((f"training_evaluation_{part}" for part in ("participant", "rating")),
                    f"(SELECT reported_at FROM {EVALUATION} WHERE id = OLD.evaluation_id) IS NOT NULL"),
}
SAID = "what is signed or told is archived"


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))


def upgrade() -> None:
    op.create_table('training_evaluation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('subject_kind', sa.String(length=64), nullable=False),
        sa.Column('subject_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=True),
        sa.Column('levels', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('why', sa.Text(), nullable=True),
        sa.Column('strategy', sa.Text(), nullable=True),
        sa.Column('tools', sa.Text(), nullable=True),
        sa.Column('factors', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('anonymous', sa.Boolean(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('record', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('told', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reported_by_id', sa.Integer(), nullable=True),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'reported') = (reported_at IS NOT NULL)", name=op.f('ck_training_evaluation_reported_at')),
        sa.CheckConstraint(
            "state IN ('method', 'strategy', 'tools', 'collecting', 'analysing', 'reported', 'cancelled')",
            name=op.f('ck_training_evaluation_state')),
        sa.CheckConstraint("subject_kind IN ('course', 'plan', 'session', 'other')", name=op.f('ck_training_evaluation_subject_kind')),
        _key('training_evaluation', 'made_by_id', 'people_person'),
        _key('training_evaluation', 'reported_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_evaluation')),
        sa.UniqueConstraint('number', name=op.f('uq_training_evaluation_number'))
    )
    op.create_table('training_need_entry',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('subject_key', sa.String(length=200), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('entered_by_id', sa.Integer(), nullable=True),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source IN ('qa', 'indicator', 'failed', 'changes', 'gaps', 'survey', 'managers', 'suggestions')",
            name=op.f('ck_training_need_entry_source')),
        sa.CheckConstraint('count > 0', name=op.f('ck_training_need_entry_count')),
        _key('training_need_entry', 'entered_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_need_entry'))
    )
    op.create_index(op.f('ix_training_need_entry_year'), 'training_need_entry', ['year'], unique=False)
    op.create_index('ix_training_need_entry_year_source_subject_key', 'training_need_entry',
                    ['year', 'source', 'subject_key'], unique=False)
    op.create_table('training_needs_campaign',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('planned_by_id', sa.Integer(), nullable=True),
        sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('seed', sa.String(length=64), nullable=True),
        sa.Column('share', sa.Integer(), nullable=True),
        sa.Column('population', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('met_on', sa.Date(), nullable=True),
        sa.Column('minutes', sa.Text(), nullable=True),
        sa.Column('decisions', sa.Text(), nullable=True),
        sa.Column('attendee_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('record', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=True),
        sa.Column('signed_by_id', sa.Integer(), nullable=True),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name=op.f('ck_training_needs_campaign_signed_at')),
        sa.CheckConstraint(
            "state IN ('design', 'asking', 'counted', 'interviews', 'meeting', 'report', 'signed', 'cancelled')",
            name=op.f('ck_training_needs_campaign_state')),
        sa.CheckConstraint('share BETWEEN 1 AND 100', name=op.f('ck_training_needs_campaign_share')),
        _key('training_needs_campaign', 'planned_by_id', 'people_person'),
        _key('training_needs_campaign', 'signed_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_needs_campaign')),
        sa.UniqueConstraint('number', name=op.f('uq_training_needs_campaign_number'))
    )
    op.create_index(op.f('ix_training_needs_campaign_year'), 'training_needs_campaign', ['year'], unique=False)
    op.create_table('training_suggestion',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('place', sa.String(length=300), nullable=True),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('answer', sa.Text(), nullable=True),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f('ck_training_suggestion_answered_at')),
        sa.CheckConstraint("state IN ('open', 'taken', 'declined')", name=op.f('ck_training_suggestion_state')),
        _key('training_suggestion', 'answered_by_id', 'people_person'),
        _key('training_suggestion', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_suggestion')),
        sa.UniqueConstraint('number', name=op.f('uq_training_suggestion_number'))
    )
    op.create_index(op.f('ix_training_suggestion_person_id'), 'training_suggestion', ['person_id'], unique=False)
    op.create_table('training_adjustment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=True),
        sa.Column('course_id', sa.Integer(), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('part', sa.String(length=64), nullable=False),
        sa.Column('what', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('done_on', sa.Date(), nullable=True),
        sa.Column('result', sa.Text(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (done_on IS NULL)", name=op.f('ck_training_adjustment_done_on')),
        sa.CheckConstraint("part IN ('content', 'teaching', 'classroom')", name=op.f('ck_training_adjustment_part')),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f('ck_training_adjustment_state')),
        _key('training_adjustment', 'course_id', 'training_course'),
        _key('training_adjustment', 'evaluation_id', 'training_evaluation'),
        _key('training_adjustment', 'made_by_id', 'people_person'),
        _key('training_adjustment', 'owner_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_adjustment')),
        sa.UniqueConstraint('number', name=op.f('uq_training_adjustment_number'))
    )
    op.create_index(op.f('ix_training_adjustment_course_id'), 'training_adjustment', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_adjustment_evaluation_id'), 'training_adjustment', ['evaluation_id'], unique=False)
    op.create_index(op.f('ix_training_adjustment_owner_id'), 'training_adjustment', ['owner_id'], unique=False)
    op.create_table('training_annual_line',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('audience', sa.String(length=300), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('heads', sa.Integer(), nullable=False),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('fen', sa.Integer(), nullable=False),
        sa.Column('target', sa.Text(), nullable=True),
        sa.Column('evaluation', sa.String(length=64), nullable=False),
        sa.Column('quarter', sa.Integer(), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('campaign_id', sa.Integer(), nullable=True),
        sa.Column('reasons', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'running', 'done', 'dropped')", name=op.f('ck_training_annual_line_state')),
        sa.CheckConstraint('heads >= 0 AND minutes >= 0 AND fen >= 0', name=op.f('ck_training_annual_line_amounts')),
        sa.CheckConstraint('quarter BETWEEN 1 AND 4', name=op.f('ck_training_annual_line_quarter')),
        _key('training_annual_line', 'campaign_id', 'training_needs_campaign'),
        _key('training_annual_line', 'made_by_id', 'people_person'),
        _key('training_annual_line', 'owner_id', 'people_person'),
        _key('training_annual_line', 'unit_id', 'people_unit'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_annual_line')),
        sa.UniqueConstraint('number', name=op.f('uq_training_annual_line_number'))
    )
    op.create_index(op.f('ix_training_annual_line_campaign_id'), 'training_annual_line', ['campaign_id'], unique=False)
    op.create_index(op.f('ix_training_annual_line_owner_id'), 'training_annual_line', ['owner_id'], unique=False)
    op.create_index(op.f('ix_training_annual_line_year'), 'training_annual_line', ['year'], unique=False)
    op.create_table('training_evaluation_measure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=False),
        sa.Column('level', sa.String(length=64), nullable=False),
        sa.Column('indicator', sa.String(length=200), nullable=False),
        sa.Column('before', sa.Float(), nullable=True),
        sa.Column('after', sa.Float(), nullable=True),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('cases', sa.Integer(), nullable=True),
        sa.Column('source', sa.String(length=200), nullable=True),
        sa.Column('entered_by_id', sa.Integer(), nullable=True),
        sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "level IN ('reaction', 'learning', 'behaviour', 'result')",
            name=op.f('ck_training_evaluation_measure_level')),
        _key('training_evaluation_measure', 'entered_by_id', 'people_person'),
        _key('training_evaluation_measure', 'evaluation_id', 'training_evaluation'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_evaluation_measure'))
    )
    op.create_index(op.f('ix_training_evaluation_measure_evaluation_id'), 'training_evaluation_measure', ['evaluation_id'], unique=False)
    op.create_table('training_evaluation_participant',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('answered_on', sa.Date(), nullable=True),
        _key('training_evaluation_participant', 'evaluation_id', 'training_evaluation'),
        _key('training_evaluation_participant', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_evaluation_participant')),
        sa.UniqueConstraint('evaluation_id', 'person_id', name=op.f('uq_training_evaluation_participant_evaluation_id_person_id'))
    )
    op.create_index(op.f('ix_training_evaluation_participant_person_id'), 'training_evaluation_participant', ['person_id'], unique=False)
    op.create_table('training_evaluation_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        _key('training_evaluation_step', 'evaluation_id', 'training_evaluation'),
        _key('training_evaluation_step', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_evaluation_step'))
    )
    op.create_index(op.f('ix_training_evaluation_step_evaluation_id'), 'training_evaluation_step', ['evaluation_id'], unique=False)
    op.create_table('training_needs_form',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('campaign_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('intro', sa.Text(), nullable=True),
        sa.Column('posts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('grades', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('anonymous', sa.Boolean(), nullable=False),
        sa.Column('questions', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        _key('training_needs_form', 'campaign_id', 'training_needs_campaign'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_needs_form'))
    )
    op.create_index(op.f('ix_training_needs_form_campaign_id'), 'training_needs_form', ['campaign_id'], unique=False)
    op.create_table('training_needs_interview',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('campaign_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('held_on', sa.Date(), nullable=True),
        sa.Column('confirms', sa.String(length=64), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('skipped', sa.Text(), nullable=True),
        sa.Column('noted_by_id', sa.Integer(), nullable=True),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        _key('training_needs_interview', 'campaign_id', 'training_needs_campaign'),
        _key('training_needs_interview', 'noted_by_id', 'people_person'),
        _key('training_needs_interview', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_needs_interview')),
        sa.UniqueConstraint('campaign_id', 'person_id', name=op.f('uq_training_needs_interview_campaign_id_person_id'))
    )
    op.create_table('training_needs_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('campaign_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        _key('training_needs_step', 'campaign_id', 'training_needs_campaign'),
        _key('training_needs_step', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_needs_step'))
    )
    op.create_index(op.f('ix_training_needs_step_campaign_id'), 'training_needs_step', ['campaign_id'], unique=False)
    op.create_table('training_delivery_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('line_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=64), nullable=False),
        sa.Column('done_on', sa.Date(), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        _key('training_delivery_step', 'line_id', 'training_annual_line'),
        _key('training_delivery_step', 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_delivery_step')),
        sa.UniqueConstraint('line_id', 'step', name=op.f('uq_training_delivery_step_line_id_step'))
    )
    op.create_table('training_evaluation_rating',
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('evaluation_id', sa.Integer(), nullable=False),
        sa.Column('participant_id', sa.Integer(), nullable=True),
        sa.Column('marks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('said', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        _key('training_evaluation_rating', 'evaluation_id', 'training_evaluation'),
        _key('training_evaluation_rating', 'participant_id', 'training_evaluation_participant'),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_training_evaluation_rating')),
        sa.UniqueConstraint('participant_id', name=op.f('uq_training_evaluation_rating_participant_id')),
        sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_training_evaluation_rating_evaluation_id'), 'training_evaluation_rating', ['evaluation_id'], unique=False)
    op.create_table('training_needs_asked',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('campaign_id', sa.Integer(), nullable=False),
        sa.Column('form_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('grade', sa.String(length=64), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('answered_on', sa.Date(), nullable=True),
        _key('training_needs_asked', 'campaign_id', 'training_needs_campaign'),
        _key('training_needs_asked', 'form_id', 'training_needs_form'),
        _key('training_needs_asked', 'person_id', 'people_person'),
        _key('training_needs_asked', 'post_id', 'people_post'),
        _key('training_needs_asked', 'unit_id', 'people_unit'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_needs_asked')),
        sa.UniqueConstraint('campaign_id', 'person_id', name=op.f('uq_training_needs_asked_campaign_id_person_id'))
    )
    op.create_index(op.f('ix_training_needs_asked_form_id'), 'training_needs_asked', ['form_id'], unique=False)
    op.create_index(op.f('ix_training_needs_asked_person_id'), 'training_needs_asked', ['person_id'], unique=False)
    op.create_table('training_needs_answer',
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('form_id', sa.Integer(), nullable=False),
        sa.Column('asked_id', sa.Integer(), nullable=True),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        _key('training_needs_answer', 'asked_id', 'training_needs_asked'),
        _key('training_needs_answer', 'form_id', 'training_needs_form'),
        _key('training_needs_answer', 'post_id', 'people_post'),
        _key('training_needs_answer', 'unit_id', 'people_unit'),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_training_needs_answer')),
        sa.UniqueConstraint('asked_id', name=op.f('uq_training_needs_answer_asked_id')),
        sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_training_needs_answer_form_id'), 'training_needs_answer', ['form_id'], unique=False)
    _freeze()


def _freeze() -> None:
    """What is signed or told refuses UPDATE and DELETE, and the proof of a step always, on both databases."""
    if op.get_bind().dialect.name == "sqlite":
        for table, when in FROZEN.items():
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
                           f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    for table, when in FROZEN.items():
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN IF {when} THEN RAISE EXCEPTION '{SAID}'; END IF; "
                   "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    for table in FROZEN:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_frozen_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    op.drop_index(op.f('ix_training_needs_answer_form_id'), table_name='training_needs_answer')
    op.drop_table('training_needs_answer')
    op.drop_index(op.f('ix_training_needs_asked_person_id'), table_name='training_needs_asked')
    op.drop_index(op.f('ix_training_needs_asked_form_id'), table_name='training_needs_asked')
    op.drop_table('training_needs_asked')
    op.drop_index(op.f('ix_training_evaluation_rating_evaluation_id'), table_name='training_evaluation_rating')
    op.drop_table('training_evaluation_rating')
    op.drop_table('training_delivery_step')
    op.drop_index(op.f('ix_training_needs_step_campaign_id'), table_name='training_needs_step')
    op.drop_table('training_needs_step')
    op.drop_table('training_needs_interview')
    op.drop_index(op.f('ix_training_needs_form_campaign_id'), table_name='training_needs_form')
    op.drop_table('training_needs_form')
    op.drop_index(op.f('ix_training_evaluation_step_evaluation_id'), table_name='training_evaluation_step')
    op.drop_table('training_evaluation_step')
    op.drop_index(op.f('ix_training_evaluation_participant_person_id'), table_name='training_evaluation_participant')
    op.drop_table('training_evaluation_participant')
    op.drop_index(op.f('ix_training_evaluation_measure_evaluation_id'), table_name='training_evaluation_measure')
    op.drop_table('training_evaluation_measure')
    op.drop_index(op.f('ix_training_annual_line_year'), table_name='training_annual_line')
    op.drop_index(op.f('ix_training_annual_line_owner_id'), table_name='training_annual_line')
    op.drop_index(op.f('ix_training_annual_line_campaign_id'), table_name='training_annual_line')
    op.drop_table('training_annual_line')
    op.drop_index(op.f('ix_training_adjustment_owner_id'), table_name='training_adjustment')
    op.drop_index(op.f('ix_training_adjustment_evaluation_id'), table_name='training_adjustment')
    op.drop_index(op.f('ix_training_adjustment_course_id'), table_name='training_adjustment')
    op.drop_table('training_adjustment')
    op.drop_index(op.f('ix_training_suggestion_person_id'), table_name='training_suggestion')
    op.drop_table('training_suggestion')
    op.drop_index(op.f('ix_training_needs_campaign_year'), table_name='training_needs_campaign')
    op.drop_table('training_needs_campaign')
    op.drop_index('ix_training_need_entry_year_source_subject_key', table_name='training_need_entry')
    op.drop_index(op.f('ix_training_need_entry_year'), table_name='training_need_entry')
    op.drop_table('training_need_entry')
    op.drop_table('training_evaluation')
