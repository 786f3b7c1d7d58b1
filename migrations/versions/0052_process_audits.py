"""The annual process audit with its processes, and themed optimisations. What is closed stays as it is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052_process_audits"
down_revision = "0051_audits"

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
AUDIT, ITEM, THEME, TOUCHED = "process_audit", "process_audit_item", "process_theme", "process_theme_process"
OVER = {AUDIT: "OLD.closed_at IS NOT NULL", THEME: "OLD.closed_at IS NOT NULL",
        ITEM: f"EXISTS (SELECT 1 FROM {AUDIT} WHERE id = OLD.audit_id AND closed_at IS NOT NULL)",
        TOUCHED: f"EXISTS (SELECT 1 FROM {THEME} WHERE id = OLD.theme_id AND closed_at IS NOT NULL)"}
"""table -> when its rows are closed: neither changed nor deleted any more"""
INTO = {ITEM: f"EXISTS (SELECT 1 FROM {AUDIT} WHERE id = NEW.audit_id AND closed_at IS NOT NULL)",
        TOUCHED: f"EXISTS (SELECT 1 FROM {THEME} WHERE id = NEW.theme_id AND closed_at IS NOT NULL)"}
"""table -> when nothing is added to what is closed"""
SAID = "what is closed is not changed"


def _trigger(sqlite: bool, table: str, act: str, when: str) -> None:
    name = f"{table}_closed_{act.lower()}"
    if sqlite:
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    back = "OLD" if act == "DELETE" else "NEW"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN RAISE EXCEPTION '{SAID}'; END IF; "
               f"RETURN {back}; END $$")
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def upgrade() -> None:
    op.create_table(AUDIT,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('purpose', sa.Text(), nullable=True),
        sa.Column('planned_by_id', sa.Integer(), nullable=True),
        sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('started_on', sa.Date(), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('actions', sa.Text(), nullable=True),
        sa.Column('report', JSON, nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=True),
        sa.Column('closed_by_id', sa.Integer(), nullable=True),
        sa.Column('closed_on', sa.Date(), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_process_audit_closed_at')),
        sa.CheckConstraint("(state = 'closed') = (report IS NOT NULL)", name=op.f('ck_process_audit_report')),
        sa.CheckConstraint("state IN ('planned', 'running', 'closed', 'cancelled')", name=op.f('ck_process_audit_state')),
        sa.ForeignKeyConstraint(['closed_by_id'], ['people_person.id'], name=op.f('fk_process_audit_closed_by_id_people_person')),
        sa.ForeignKeyConstraint(['planned_by_id'], ['people_person.id'], name=op.f('fk_process_audit_planned_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_audit')),
        sa.UniqueConstraint('number', name=op.f('uq_process_audit_number'))
    )
    op.create_index('uq_process_audit_one_a_year', AUDIT, ['year'], unique=True,
                    sqlite_where=sa.text("state <> 'cancelled'"), postgresql_where=sa.text("state <> 'cancelled'"))
    op.create_table(THEME,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('quarter', sa.Integer(), nullable=False),
        sa.Column('theme', sa.String(length=200), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('expected', sa.Text(), nullable=False),
        sa.Column('measured', sa.Text(), nullable=True),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('result', sa.String(length=64), nullable=True),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_by_id', sa.Integer(), nullable=True),
        sa.Column('closed_on', sa.Date(), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_process_theme_closed_at')),
        sa.CheckConstraint("(state = 'closed') = (result IS NOT NULL)", name=op.f('ck_process_theme_result')),
        sa.CheckConstraint("state IN ('open', 'closed', 'dropped')", name=op.f('ck_process_theme_state')),
        sa.CheckConstraint('quarter BETWEEN 1 AND 4', name=op.f('ck_process_theme_quarter')),
        sa.ForeignKeyConstraint(['closed_by_id'], ['people_person.id'], name=op.f('fk_process_theme_closed_by_id_people_person')),
        sa.ForeignKeyConstraint(['made_by_id'], ['people_person.id'], name=op.f('fk_process_theme_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_process_theme_owner_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_theme')),
        sa.UniqueConstraint('number', name=op.f('uq_process_theme_number'))
    )
    op.create_index(op.f('ix_process_theme_owner_id'), THEME, ['owner_id'], unique=False)
    op.create_index(op.f('ix_process_theme_year'), THEME, ['year'], unique=False)
    op.create_table(ITEM,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('audit_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=False),
        sa.Column('version_id', sa.Integer(), nullable=False),
        sa.Column('process_group', sa.String(length=64), nullable=False),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.Column('auditor_id', sa.Integer(), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('needed', sa.Boolean(), nullable=True),
        sa.Column('correct', sa.Boolean(), nullable=True),
        sa.Column('followed', sa.Boolean(), nullable=True),
        sa.Column('findings', sa.Text(), nullable=True),
        sa.Column('action', sa.Text(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('proof', JSON, nullable=True),
        sa.Column('result', sa.String(length=64), nullable=True),
        sa.Column('judged_by_id', sa.Integer(), nullable=True),
        sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('change_id', sa.Integer(), nullable=True),
        sa.Column('review_id', sa.Integer(), nullable=True),
        sa.Column('signed_by_id', sa.Integer(), nullable=True),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("result IN ('keep', 'update', 'withdraw')", name=op.f('ck_process_audit_item_result')),
        sa.CheckConstraint("signed_at IS NULL OR result = 'keep'", name=op.f('ck_process_audit_item_signed_is_kept')),
        sa.CheckConstraint('(result IS NULL) = (judged_at IS NULL)', name=op.f('ck_process_audit_item_judged_at')),
        sa.CheckConstraint('(signed_at IS NULL) = (review_id IS NULL)', name=op.f('ck_process_audit_item_signed_at')),
        sa.ForeignKeyConstraint(['audit_id'], ['process_audit.id'], name=op.f('fk_process_audit_item_audit_id_process_audit')),
        sa.ForeignKeyConstraint(['auditor_id'], ['people_person.id'], name=op.f('fk_process_audit_item_auditor_id_people_person')),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_audit_item_change_id_process_change')),
        sa.ForeignKeyConstraint(['judged_by_id'], ['people_person.id'], name=op.f('fk_process_audit_item_judged_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], ['people_person.id'], name=op.f('fk_process_audit_item_owner_id_people_person')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'],
                                name=op.f('fk_process_audit_item_process_id_process_definition')),
        sa.ForeignKeyConstraint(['review_id'], ['process_review.id'], name=op.f('fk_process_audit_item_review_id_process_review')),
        sa.ForeignKeyConstraint(['signed_by_id'], ['people_person.id'], name=op.f('fk_process_audit_item_signed_by_id_people_person')),
        sa.ForeignKeyConstraint(['version_id'], ['process_version.id'], name=op.f('fk_process_audit_item_version_id_process_version')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_audit_item')),
        sa.UniqueConstraint('audit_id', 'process_id', name=op.f('uq_process_audit_item_audit_id_process_id'))
    )
    op.create_index('ix_process_audit_item_audit_id_place', ITEM, ['audit_id', 'place'], unique=False)
    op.create_index(op.f('ix_process_audit_item_auditor_id'), ITEM, ['auditor_id'], unique=False)
    op.create_index(op.f('ix_process_audit_item_change_id'), ITEM, ['change_id'], unique=False)
    op.create_index(op.f('ix_process_audit_item_process_id'), ITEM, ['process_id'], unique=False)
    op.create_table(TOUCHED,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('theme_id', sa.Integer(), nullable=False),
        sa.Column('process_id', sa.Integer(), nullable=False),
        sa.Column('change_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['change_id'], ['process_change.id'], name=op.f('fk_process_theme_process_change_id_process_change')),
        sa.ForeignKeyConstraint(['process_id'], ['process_definition.id'],
                                name=op.f('fk_process_theme_process_process_id_process_definition')),
        sa.ForeignKeyConstraint(['theme_id'], ['process_theme.id'], name=op.f('fk_process_theme_process_theme_id_process_theme')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_process_theme_process')),
        sa.UniqueConstraint('theme_id', 'process_id', name=op.f('uq_process_theme_process_theme_id_process_id'))
    )
    op.create_index(op.f('ix_process_theme_process_change_id'), TOUCHED, ['change_id'], unique=False)
    op.create_index(op.f('ix_process_theme_process_process_id'), TOUCHED, ['process_id'], unique=False)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, when in OVER.items():
        _trigger(sqlite, table, "UPDATE", when)
        _trigger(sqlite, table, "DELETE", when)
    for table, when in INTO.items():
        _trigger(sqlite, table, "INSERT", when)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, act in [*((table, act) for table in OVER for act in ("UPDATE", "DELETE")), *((table, "INSERT") for table in INTO)]:
        name = f"{table}_closed_{act.lower()}"
        if sqlite:
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table(TOUCHED)
    op.drop_table(ITEM)
    op.drop_table(THEME)
    op.drop_table(AUDIT)
