"""Duties of clauses: rules as rows, occurrences with their life."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046_duty_rules"
down_revision = "0045_standards_models"

RULE, SPAN, DUTY, STEP, PROOF = (f"standards_{name}" for name in ("duty_rule", "duty_span", "obligation", "duty_step", "duty_proof"))
PERSON = "people_person"
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
AT = sa.DateTime(timezone=True)
STATES, NEW_STATES = "'open', 'done', 'moot'", "'open', 'done', 'moot', 'waived', 'cancelled'"
COLUMNS = (("begins_on", sa.Date()), ("planned_on", sa.Date()), ("remind_on", sa.Date()))


def upgrade() -> None:
    _rules()
    with op.batch_alter_table(DUTY) as changed:
        changed.add_column(sa.Column('rule_id', sa.Integer(), nullable=True))
        for name, kind in COLUMNS:
            changed.add_column(sa.Column(name, kind, nullable=True))
        changed.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))
        changed.create_foreign_key(op.f(f'fk_{DUTY}_rule_id_{RULE}'), RULE, ['rule_id'], ['id'])
        changed.drop_constraint(op.f(f'ck_{DUTY}_state'), type_='check')
        changed.create_check_constraint(op.f(f'ck_{DUTY}_state'), f"state IN ({NEW_STATES})")
        changed.create_index(f'ix_{DUTY}_state_remind_on', ['state', 'remind_on'], sqlite_where=sa.text("remind_on IS NOT NULL"),
                             postgresql_where=sa.text("remind_on IS NOT NULL"))
        changed.create_index(f'ix_{DUTY}_rule_id_due_on', ['rule_id', 'due_on'])
    op.execute(sa.text(f"UPDATE {DUTY} SET remind_on = '2000-01-01' WHERE state = 'open'"))  # looked at once, at the next tick
    _what_became()


def downgrade() -> None:
    op.drop_table(PROOF)
    op.drop_table(STEP)
    op.execute(sa.text(f"DELETE FROM {DUTY} WHERE rule_id IS NOT NULL"))
    with op.batch_alter_table(DUTY) as changed:
        changed.drop_index(f'ix_{DUTY}_rule_id_due_on')
        changed.drop_index(f'ix_{DUTY}_state_remind_on')
        changed.drop_constraint(op.f(f'ck_{DUTY}_state'), type_='check')
        changed.create_check_constraint(op.f(f'ck_{DUTY}_state'), f"state IN ({STATES})")
        changed.drop_constraint(op.f(f'fk_{DUTY}_rule_id_{RULE}'), type_='foreignkey')
        for name in ('revision', 'remind_on', 'planned_on', 'begins_on', 'rule_id'):
            changed.drop_column(name)
    op.drop_table(SPAN)
    op.drop_table(RULE)


def _rules() -> None:
    op.create_table(RULE,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=False),
        sa.Column('model', sa.String(length=64), nullable=False),
        sa.Column('clause', sa.String(length=64), nullable=False),
        sa.Column('clause_no', sa.Integer(), nullable=False),
        sa.Column('name_zh', sa.String(length=200), nullable=False),
        sa.Column('name_en', sa.String(length=200), nullable=False),
        sa.Column('scope', sa.String(length=64), nullable=False),
        sa.Column('mode', sa.String(length=64), nullable=False),
        sa.Column('months', sa.Integer(), nullable=True),
        sa.Column('on_days', JSON, nullable=True),
        sa.Column('trigger', sa.String(length=64), nullable=True),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.Column('owner_kind', sa.String(length=64), nullable=False),
        sa.Column('owner_role', sa.String(length=64), nullable=True),
        sa.Column('owner_unit_id', sa.Integer(), nullable=True),
        sa.Column('owner_person_id', sa.Integer(), nullable=True),
        sa.Column('owner_now_id', sa.Integer(), nullable=True),
        sa.Column('before', JSON, nullable=False),
        sa.Column('every', sa.Integer(), nullable=False),
        sa.Column('superior_after', sa.Integer(), nullable=True),
        sa.Column('manager_after', sa.Integer(), nullable=True),
        sa.Column('record', sa.String(length=64), nullable=True),
        sa.Column('needs_record', sa.Boolean(), nullable=False),
        sa.Column('proof', sa.Text(), nullable=True),
        sa.Column('archive', sa.Text(), nullable=True),
        sa.Column('minutes', sa.Integer(), nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('made_until', sa.Date(), nullable=True),
        sa.Column('people_mark', sa.Integer(), nullable=True),
        sa.Column('is_on', sa.Boolean(), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("months IS NULL OR months BETWEEN 1 AND 120", name=op.f(f'ck_{RULE}_months')),
        sa.CheckConstraint("months IS NOT NULL OR on_days IS NOT NULL OR trigger IS NOT NULL", name=op.f(f'ck_{RULE}_cycle')),
        sa.ForeignKeyConstraint(['owner_unit_id'], ['people_unit.id'], name=op.f(f'fk_{RULE}_owner_unit_id_people_unit')),
        *(sa.ForeignKeyConstraint([name], [f'{PERSON}.id'], name=op.f(f'fk_{RULE}_{name}_{PERSON}'))
          for name in ('owner_person_id', 'owner_now_id', 'made_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{RULE}')),
        sa.UniqueConstraint('code', name=op.f(f'uq_{RULE}_code'))
    )
    op.create_index(f'ix_{RULE}_model_clause_no', RULE, ['model', 'clause_no'])
    op.create_table(SPAN,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('rule_id', sa.Integer(), nullable=False),
        sa.Column('period', sa.String(length=64), nullable=False),
        sa.Column('begins_on', sa.Date(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('made', sa.Integer(), nullable=False),
        sa.Column('made_at', AT, nullable=False),
        sa.Column('reminded', sa.String(length=20), nullable=True),
        sa.Column('remind_on', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['rule_id'], [f'{RULE}.id'], name=op.f(f'fk_{SPAN}_rule_id_{RULE}'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{SPAN}')),
        sa.UniqueConstraint('rule_id', 'period', name=op.f(f'uq_{SPAN}_rule_id_period'))
    )
    op.create_index(op.f(f'ix_{SPAN}_remind_on'), SPAN, ['remind_on'])


def _what_became() -> None:
    for table, columns in ((STEP, (
            sa.Column('verb', sa.String(length=64), nullable=False),
            sa.Column('at', AT, nullable=False),
            sa.Column('by_id', sa.Integer(), nullable=True),
            sa.Column('reason', sa.Text(), nullable=True),
            sa.Column('before', JSON, nullable=False),
            sa.Column('after', JSON, nullable=False))), (PROOF, (
            sa.Column('kind', sa.String(length=64), nullable=False),
            sa.Column('thing_id', sa.Integer(), nullable=True),
            sa.Column('number', sa.String(length=200), nullable=False),
            sa.Column('url', sa.String(length=500), nullable=False),
            sa.Column('at', AT, nullable=False),
            sa.Column('by_id', sa.Integer(), nullable=True),
            sa.Column('dropped_at', AT, nullable=True)))):
        op.create_table(table,
            sa.Column('id', sa.Integer(), nullable=False),
            sa.Column('obligation_id', sa.Integer(), nullable=False),
            *columns,
            sa.ForeignKeyConstraint(['by_id'], [f'{PERSON}.id'], name=op.f(f'fk_{table}_by_id_{PERSON}')),
            sa.ForeignKeyConstraint(['obligation_id'], [f'{DUTY}.id'], name=op.f(f'fk_{table}_obligation_id_{DUTY}'), ondelete='CASCADE'),
            sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}'))
        )
        op.create_index(op.f(f'ix_{table}_obligation_id'), table, ['obligation_id'], unique=False)
