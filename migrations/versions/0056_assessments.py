"""Rounds of self-assessment, answers, results, plans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056_assessments"
down_revision = "0055_erasing"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
FROZEN = ("standards_assessment_result", "standards_improvement_step")
"""what stands there is not changed"""
SAID = "what stands here is not changed"
CLOSED_SAID = "the round is closed, its answers are not changed"
ANSWER = "standards_clause_answer"


def upgrade() -> None:
    op.create_table('standards_self_assessment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=True),
        sa.Column('model_id', sa.Integer(), nullable=False),
        sa.Column('basis', sa.String(length=64), nullable=False),
        sa.Column('sections', JSON, nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('target', sa.String(length=64), nullable=True),
        sa.Column('is_baseline', sa.Boolean(), nullable=False),
        sa.Column('earlier_id', sa.Integer(), nullable=True),
        sa.Column('lead_id', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_standards_self_assessment_closed_at')),
        sa.CheckConstraint("state IN ('draft', 'open', 'review', 'closed')", name=op.f('ck_standards_self_assessment_state')),
        sa.ForeignKeyConstraint(['earlier_id'], ['standards_self_assessment.id'], name=op.f('fk_standards_self_assessment_earlier_id_standards_self_assessment')),
        sa.ForeignKeyConstraint(['lead_id'], ['people_person.id'], name=op.f('fk_standards_self_assessment_lead_id_people_person')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_standards_self_assessment_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['model_id'], ['standards_model.id'], name=op.f('fk_standards_self_assessment_model_id_standards_model')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_standards_self_assessment_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_self_assessment')),
        sa.UniqueConstraint('number', name=op.f('uq_standards_self_assessment_number'))
    )
    op.create_index(op.f('ix_standards_self_assessment_lead_id'), 'standards_self_assessment', ['lead_id'], unique=False)
    op.create_index(op.f('ix_standards_self_assessment_model_id'), 'standards_self_assessment', ['model_id'], unique=False)
    op.create_index(op.f('ix_standards_self_assessment_state'), 'standards_self_assessment', ['state'], unique=False)
    op.create_table('standards_assessment_result',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('assessment_id', sa.Integer(), nullable=False),
        sa.Column('no', sa.Integer(), nullable=False),
        sa.Column('closed_on', sa.Date(), nullable=False),
        sa.Column('level', sa.String(length=64), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=False),
        sa.Column('body', JSON, nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['assessment_id'], ['standards_self_assessment.id'], name=op.f('fk_standards_assessment_result_assessment_id_standards_self_assessment')),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_assessment_result_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_assessment_result')),
        sa.UniqueConstraint('assessment_id', 'no', name=op.f('uq_standards_assessment_result_assessment_id_no'))
    )
    op.create_table('standards_clause_answer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('assessment_id', sa.Integer(), nullable=False),
        sa.Column('clause_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('respondent_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('c', sa.Integer(), nullable=True),
        sa.Column('f', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('strengths', sa.Text(), nullable=True),
        sa.Column('gaps', sa.Text(), nullable=True),
        sa.Column('target_c', sa.Integer(), nullable=True),
        sa.Column('target_f', sa.Integer(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('effort_days', sa.Integer(), nullable=True),
        sa.Column('proof', JSON, nullable=False),
        sa.Column('carried', JSON, nullable=True),
        sa.Column('remark', sa.Text(), nullable=True),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('judged_by_id', sa.Integer(), nullable=True),
        sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'answered', 'submitted', 'returned', 'accepted')", name=op.f('ck_standards_clause_answer_state')),
        sa.CheckConstraint("state IN ('open', 'returned') OR (c IS NOT NULL AND f IS NOT NULL AND reason IS NOT NULL)", name=op.f('ck_standards_clause_answer_answered')),
        sa.CheckConstraint('c IN (0, 5, 10)', name=op.f('ck_standards_clause_answer_c')),
        sa.CheckConstraint('f IN (0, 5, 10)', name=op.f('ck_standards_clause_answer_f')),
        sa.CheckConstraint('target_c IN (0, 5, 10)', name=op.f('ck_standards_clause_answer_target_c')),
        sa.CheckConstraint('target_f IN (0, 5, 10)', name=op.f('ck_standards_clause_answer_target_f')),
        sa.ForeignKeyConstraint(['answered_by_id'], ['people_person.id'], name=op.f('fk_standards_clause_answer_answered_by_id_people_person')),
        sa.ForeignKeyConstraint(['assessment_id'], ['standards_self_assessment.id'], name=op.f('fk_standards_clause_answer_assessment_id_standards_self_assessment')),
        sa.ForeignKeyConstraint(['clause_id'], ['standards_clause.id'], name=op.f('fk_standards_clause_answer_clause_id_standards_clause')),
        sa.ForeignKeyConstraint(['judged_by_id'], ['people_person.id'], name=op.f('fk_standards_clause_answer_judged_by_id_people_person')),
        sa.ForeignKeyConstraint(['respondent_id'], ['people_person.id'], name=op.f('fk_standards_clause_answer_respondent_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_clause_answer')),
        sa.UniqueConstraint('assessment_id', 'clause_id', name=op.f('uq_standards_clause_answer_assessment_id_clause_id'))
    )
    op.create_index(op.f('ix_standards_clause_answer_clause_id'), 'standards_clause_answer', ['clause_id'], unique=False)
    op.create_index(op.f('ix_standards_clause_answer_respondent_id'), 'standards_clause_answer', ['respondent_id'], unique=False)
    op.create_table('standards_improvement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('assessment_id', sa.Integer(), nullable=False),
        sa.Column('answer_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('aim_c', sa.Integer(), nullable=False),
        sa.Column('aim_f', sa.Integer(), nullable=False),
        sa.Column('effort_days', sa.Integer(), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_on', sa.Date(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name=op.f('ck_standards_improvement_done_on')),
        sa.CheckConstraint("state IN ('compare', 'find', 'coach', 'raise', 'done', 'dropped')", name=op.f('ck_standards_improvement_state')),
        sa.CheckConstraint('aim_c IN (0, 5, 10) AND aim_f IN (0, 5, 10)', name=op.f('ck_standards_improvement_aims')),
        sa.ForeignKeyConstraint(['answer_id'], ['standards_clause_answer.id'], name=op.f('fk_standards_improvement_answer_id_standards_clause_answer')),
        sa.ForeignKeyConstraint(['assessment_id'], ['standards_self_assessment.id'], name=op.f('fk_standards_improvement_assessment_id_standards_self_assessment')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_standards_improvement_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_standards_improvement_owner_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_improvement')),
        sa.UniqueConstraint('assessment_id', 'answer_id', name=op.f('uq_standards_improvement_assessment_id_answer_id')),
        sa.UniqueConstraint('number', name=op.f('uq_standards_improvement_number'))
    )
    op.create_index(op.f('ix_standards_improvement_assessment_id'), 'standards_improvement', ['assessment_id'], unique=False)
    op.create_index('ix_standards_improvement_due_on', 'standards_improvement', ['due_on'], unique=False)
    op.create_index(op.f('ix_standards_improvement_owner_id'), 'standards_improvement', ['owner_id'], unique=False)
    op.create_table('standards_improvement_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('improvement_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=64), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_improvement_step_by_id_people_person')),
        sa.ForeignKeyConstraint(['improvement_id'], ['standards_improvement.id'], name=op.f('fk_standards_improvement_step_improvement_id_standards_improvement')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_improvement_step'))
    )
    op.create_index(op.f('ix_standards_improvement_step_improvement_id'), 'standards_improvement_step', ['improvement_id'], unique=False)
    freeze()


def freeze() -> None:
    """Results and steps: neither UPDATE nor DELETE; answers: neither while their round is closed. On both databases."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    of_round = "SELECT state FROM standards_self_assessment WHERE id = OLD.assessment_id"
    for table in FROZEN:
        if sqlite:
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_kept_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            continue
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")
    if sqlite:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {ANSWER}_closed_{verb.lower()} BEFORE {verb} ON {ANSWER} WHEN ({of_round}) = 'closed' "
                       f"BEGIN SELECT RAISE(ABORT, '{CLOSED_SAID}'); END")
        return
    op.execute(f"CREATE FUNCTION {ANSWER}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ({of_round}) = 'closed' THEN "
               f"RAISE EXCEPTION '{CLOSED_SAID}'; END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
    op.execute(f"CREATE TRIGGER {ANSWER}_closed BEFORE UPDATE OR DELETE ON {ANSWER} FOR EACH ROW EXECUTE FUNCTION {ANSWER}_refuse()")


def downgrade() -> None:
    op.drop_index(op.f('ix_standards_improvement_step_improvement_id'), table_name='standards_improvement_step')
    op.drop_table('standards_improvement_step')
    op.drop_index(op.f('ix_standards_improvement_owner_id'), table_name='standards_improvement')
    op.drop_index('ix_standards_improvement_due_on', table_name='standards_improvement')
    op.drop_index(op.f('ix_standards_improvement_assessment_id'), table_name='standards_improvement')
    op.drop_table('standards_improvement')
    op.drop_index(op.f('ix_standards_clause_answer_respondent_id'), table_name='standards_clause_answer')
    op.drop_index(op.f('ix_standards_clause_answer_clause_id'), table_name='standards_clause_answer')
    op.drop_table('standards_clause_answer')
    op.drop_table('standards_assessment_result')
    op.drop_index(op.f('ix_standards_self_assessment_state'), table_name='standards_self_assessment')
    op.drop_index(op.f('ix_standards_self_assessment_model_id'), table_name='standards_self_assessment')
    op.drop_index(op.f('ix_standards_self_assessment_lead_id'), table_name='standards_self_assessment')
    op.drop_table('standards_self_assessment')
    if op.get_bind().dialect.name != "sqlite":
        for table in (*FROZEN, ANSWER):
            op.execute(f"DROP FUNCTION {table}_refuse()")
