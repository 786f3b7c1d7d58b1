"""Audits: programmes, engagements, checklists, samples, findings and what is done about them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051_audits"
down_revision = "0050_campaigns"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
FROZEN = ("standards_finding_revision", "standards_finding_step", "standards_engagement_report", "standards_audit_sample")
"""what stands there is not changed"""
SAID = "what stands here is not changed"


def upgrade() -> None:
    op.create_table('standards_programme',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('goals', sa.Text(), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('approved_by_id', sa.Integer(), nullable=True),
        sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'approved', 'active', 'completed')", name=op.f('ck_standards_programme_state')),
        sa.ForeignKeyConstraint(['approved_by_id'], ['people_person.id'], name=op.f('fk_standards_programme_approved_by_id_people_person')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_standards_programme_made_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_programme')),
        sa.UniqueConstraint('number', name=op.f('uq_standards_programme_number')),
        sa.UniqueConstraint('year', name=op.f('uq_standards_programme_year'))
    )
    op.create_table('standards_engagement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('programme_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('scope', sa.Text(), nullable=True),
        sa.Column('model', sa.String(length=64), nullable=False),
        sa.Column('clauses', JSON, nullable=False),
        sa.Column('lead_id', sa.Integer(), nullable=True),
        sa.Column('auditors', JSON, nullable=False),
        sa.Column('answerable_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'running', 'review', 'done', 'dropped')", name=op.f('ck_standards_engagement_state')),
        sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_standards_engagement_days')),
        sa.ForeignKeyConstraint(['answerable_id'], ['people_person.id'], name=op.f('fk_standards_engagement_answerable_id_people_person')),
        sa.ForeignKeyConstraint(['lead_id'], ['people_person.id'], name=op.f('fk_standards_engagement_lead_id_people_person')),
        sa.ForeignKeyConstraint(['programme_id'], ['standards_programme.id'], name=op.f('fk_standards_engagement_programme_id_standards_programme')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_standards_engagement_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_engagement')),
        sa.UniqueConstraint('number', name=op.f('uq_standards_engagement_number'))
    )
    op.create_index(op.f('ix_standards_engagement_answerable_id'), 'standards_engagement', ['answerable_id'], unique=False)
    op.create_index(op.f('ix_standards_engagement_lead_id'), 'standards_engagement', ['lead_id'], unique=False)
    op.create_index(op.f('ix_standards_engagement_programme_id'), 'standards_engagement', ['programme_id'], unique=False)
    op.create_table('standards_audit_sample',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('engagement_id', sa.Integer(), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('first', sa.Date(), nullable=False),
        sa.Column('last', sa.Date(), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('population', sa.Integer(), nullable=False),
        sa.Column('population_hash', sa.String(length=64), nullable=False),
        sa.Column('rows', JSON, nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_audit_sample_by_id_people_person')),
        sa.ForeignKeyConstraint(['engagement_id'], ['standards_engagement.id'], name=op.f('fk_standards_audit_sample_engagement_id_standards_engagement')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_audit_sample'))
    )
    op.create_index(op.f('ix_standards_audit_sample_engagement_id'), 'standards_audit_sample', ['engagement_id'], unique=False)
    op.create_table('standards_check_point',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('engagement_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('text', JSON, nullable=False),
        sa.Column('result', sa.String(length=64), nullable=True),
        sa.Column('note_kind', sa.String(length=64), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("note_kind IN ('interview', 'document', 'observation')", name=op.f('ck_standards_check_point_note_kind')),
        sa.CheckConstraint("result IN ('conforms', 'partly', 'fails', 'unseen')", name=op.f('ck_standards_check_point_result')),
        sa.CheckConstraint('(result IS NULL) = (at IS NULL)', name=op.f('ck_standards_check_point_at')),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_check_point_by_id_people_person')),
        sa.ForeignKeyConstraint(['engagement_id'], ['standards_engagement.id'], name=op.f('fk_standards_check_point_engagement_id_standards_engagement')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_check_point')),
        sa.UniqueConstraint('engagement_id', 'place', name=op.f('uq_standards_check_point_engagement_id_place'))
    )
    op.create_table('standards_engagement_report',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('engagement_id', sa.Integer(), nullable=False),
        sa.Column('no', sa.Integer(), nullable=False),
        sa.Column('finished_on', sa.Date(), nullable=False),
        sa.Column('conclusion', sa.Text(), nullable=False),
        sa.Column('body', JSON, nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_engagement_report_by_id_people_person')),
        sa.ForeignKeyConstraint(['engagement_id'], ['standards_engagement.id'], name=op.f('fk_standards_engagement_report_engagement_id_standards_engagement')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_engagement_report')),
        sa.UniqueConstraint('engagement_id', 'no', name=op.f('uq_standards_engagement_report_engagement_id_no'))
    )
    op.create_table('standards_finding',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=True),
        sa.Column('engagement_id', sa.Integer(), nullable=False),
        sa.Column('point_id', sa.Integer(), nullable=True),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('grade', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('respondent_id', sa.Integer(), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('revision', sa.Integer(), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('containment', sa.Text(), nullable=True),
        sa.Column('root_cause', sa.Text(), nullable=True),
        sa.Column('effect_on', sa.Date(), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_standards_finding_closed_at')),
        sa.CheckConstraint("(state = 'draft') = (published_at IS NULL)", name=op.f('ck_standards_finding_published_at')),
        sa.CheckConstraint("grade IN ('major', 'minor', 'hint')", name=op.f('ck_standards_finding_grade')),
        sa.CheckConstraint("state IN ('draft', 'published', 'answered', 'proposed', 'agreed', 'acted', 'verified', 'effective', 'closed', 'withdrawn')", name=op.f('ck_standards_finding_state')),
        sa.ForeignKeyConstraint(['engagement_id'], ['standards_engagement.id'], name=op.f('fk_standards_finding_engagement_id_standards_engagement')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_standards_finding_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['point_id'], ['standards_check_point.id'], name=op.f('fk_standards_finding_point_id_standards_check_point')),
        sa.ForeignKeyConstraint(['respondent_id'], ['people_person.id'], name=op.f('fk_standards_finding_respondent_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_finding')),
        sa.UniqueConstraint('number', name=op.f('uq_standards_finding_number'))
    )
    op.create_index(op.f('ix_standards_finding_engagement_id'), 'standards_finding', ['engagement_id'], unique=False)
    op.create_index(op.f('ix_standards_finding_respondent_id'), 'standards_finding', ['respondent_id'], unique=False)
    op.create_index(op.f('ix_standards_finding_state'), 'standards_finding', ['state'], unique=False)
    op.create_table('standards_finding_action',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('finding_id', sa.Integer(), nullable=False),
        sa.Column('no', sa.Integer(), nullable=False),
        sa.Column('correction', sa.Text(), nullable=False),
        sa.Column('prevention', sa.Text(), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('audit_by_id', sa.Integer(), nullable=True),
        sa.Column('audit_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('house_by_id', sa.Integer(), nullable=True),
        sa.Column('house_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('done_on', sa.Date(), nullable=True),
        sa.Column('done_by_id', sa.Integer(), nullable=True),
        sa.Column('proof', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['audit_by_id'], ['people_person.id'], name=op.f('fk_standards_finding_action_audit_by_id_people_person')),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_finding_action_by_id_people_person')),
        sa.ForeignKeyConstraint(['done_by_id'], ['people_person.id'], name=op.f('fk_standards_finding_action_done_by_id_people_person')),
        sa.ForeignKeyConstraint(['finding_id'], ['standards_finding.id'], name=op.f('fk_standards_finding_action_finding_id_standards_finding')),
        sa.ForeignKeyConstraint(['house_by_id'], ['people_person.id'], name=op.f('fk_standards_finding_action_house_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_standards_finding_action_owner_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_finding_action')),
        sa.UniqueConstraint('finding_id', 'no', name=op.f('uq_standards_finding_action_finding_id_no'))
    )
    op.create_index('ix_standards_finding_action_due_on', 'standards_finding_action', ['due_on'], unique=False)
    op.create_index(op.f('ix_standards_finding_action_owner_id'), 'standards_finding_action', ['owner_id'], unique=False)
    op.create_table('standards_finding_revision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('finding_id', sa.Integer(), nullable=False),
        sa.Column('no', sa.Integer(), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('grade', sa.String(length=64), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_finding_revision_by_id_people_person')),
        sa.ForeignKeyConstraint(['finding_id'], ['standards_finding.id'], name=op.f('fk_standards_finding_revision_finding_id_standards_finding')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_finding_revision')),
        sa.UniqueConstraint('finding_id', 'no', name=op.f('uq_standards_finding_revision_finding_id_no'))
    )
    op.create_table('standards_finding_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('finding_id', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('side', sa.String(length=64), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['people_person.id'], name=op.f('fk_standards_finding_step_by_id_people_person')),
        sa.ForeignKeyConstraint(['finding_id'], ['standards_finding.id'], name=op.f('fk_standards_finding_step_finding_id_standards_finding')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_finding_step'))
    )
    op.create_index(op.f('ix_standards_finding_step_finding_id'), 'standards_finding_step', ['finding_id'], unique=False)
    freeze()


def freeze() -> None:
    """Neither UPDATE nor DELETE, on both databases."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in FROZEN:
        if sqlite:
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_kept_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            continue
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    op.drop_index(op.f('ix_standards_finding_step_finding_id'), table_name='standards_finding_step')
    op.drop_table('standards_finding_step')
    op.drop_table('standards_finding_revision')
    op.drop_index(op.f('ix_standards_finding_action_owner_id'), table_name='standards_finding_action')
    op.drop_index('ix_standards_finding_action_due_on', table_name='standards_finding_action')
    op.drop_table('standards_finding_action')
    op.drop_index(op.f('ix_standards_finding_state'), table_name='standards_finding')
    op.drop_index(op.f('ix_standards_finding_respondent_id'), table_name='standards_finding')
    op.drop_index(op.f('ix_standards_finding_engagement_id'), table_name='standards_finding')
    op.drop_table('standards_finding')
    op.drop_table('standards_engagement_report')
    op.drop_table('standards_check_point')
    op.drop_index(op.f('ix_standards_audit_sample_engagement_id'), table_name='standards_audit_sample')
    op.drop_table('standards_audit_sample')
    op.drop_index(op.f('ix_standards_engagement_programme_id'), table_name='standards_engagement')
    op.drop_index(op.f('ix_standards_engagement_lead_id'), table_name='standards_engagement')
    op.drop_index(op.f('ix_standards_engagement_answerable_id'), table_name='standards_engagement')
    op.drop_table('standards_engagement')
    op.drop_table('standards_programme')
    if op.get_bind().dialect.name != "sqlite":
        for table in FROZEN:
            op.execute(f"DROP FUNCTION {table}_refuse()")
