"""Lists and results of the onboarding: points of the lists of a class, what was left out, drafts of forms, signatures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041_onboarding_lists"
down_revision = "0040_plan_doors"

CLASS, TRAINEE, TICK = "training_onboarding_class", "training_onboarding_trainee", "training_onboarding_tick"
ITEM, DRAFT, SIGNATURE = "training_onboarding_item", "training_onboarding_draft", "training_onboarding_signature"
IMPORT, IMPORT_ROW, NOTE = "training_onboarding_import", "training_onboarding_import_row", "training_onboarding_note"
AUTHORISATION, OBSERVATION = "training_trainer_authorisation", "training_trainer_observation"
SAID = "what stands here is not changed"
WELCOME = ("letter", "supplies", "local", "timetable", "material", "teacher", "mentor")
GOLIVE = ("security", "processes", "skills", "post_exam", "nda", "business_exam", "evaluation", "mentoring_exam", "quality")


def upgrade() -> None:
    _lists()
    _results()
    _trainers()


def downgrade() -> None:
    _no_trainers()
    _no_results()
    _no_lists()


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))


def _lists() -> None:
    with op.batch_alter_table(CLASS) as changed:
        changed.add_column(sa.Column('inspector_id', sa.Integer(), nullable=True))
        changed.create_foreign_key(op.f(f'fk_{CLASS}_inspector_id_people_person'), 'people_person', ['inspector_id'], ['id'])
        changed.create_index(op.f(f'ix_{CLASS}_inspector_id'), ['inspector_id'], unique=False)
    with op.batch_alter_table(TICK) as changed:
        changed.add_column(sa.Column('left_out', sa.Boolean(), server_default=sa.false(), nullable=False))
        changed.add_column(sa.Column('reason', sa.Text(), nullable=True))
        changed.create_check_constraint(op.f(f'ck_{TICK}_reason'), 'NOT left_out OR reason IS NOT NULL')
    op.create_table(ITEM,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('class_id', sa.Integer(), nullable=False),
        sa.Column('list', sa.String(length=64), nullable=False),
        sa.Column('code', sa.String(length=64), nullable=True),
        sa.Column('title', sa.String(length=200), nullable=True),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('removed_why', sa.Text(), nullable=True),
        sa.CheckConstraint("list IN ('welcome', 'golive')", name=op.f(f'ck_{ITEM}_list')),
        sa.CheckConstraint('code IS NOT NULL OR title IS NOT NULL', name=op.f(f'ck_{ITEM}_title')),
        _key(ITEM, 'class_id', CLASS),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{ITEM}')),
        sa.UniqueConstraint('class_id', 'code', name=op.f(f'uq_{ITEM}_class_id_code'))
    )
    op.create_index(op.f(f'ix_{ITEM}_class_id'), ITEM, ['class_id'], unique=False)
    for name, codes in (("welcome", WELCOME), ("golive", GOLIVE)):
        for place, code in enumerate(codes, 1):
            op.execute(f"INSERT INTO {ITEM} (class_id, list, code, place) SELECT id, '{name}', '{code}', {place} FROM {CLASS} "
                       f"ORDER BY id")
    op.create_table(DRAFT,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('form', sa.String(length=64), nullable=False),
        sa.Column('day', sa.Integer(), nullable=False),
        sa.Column('part', sa.String(length=64), nullable=False),
        sa.Column('answers', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        _key(DRAFT, 'trainee_id', TRAINEE), _key(DRAFT, 'by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{DRAFT}')),
        sa.UniqueConstraint('trainee_id', 'form', 'day', 'part', 'by_id', name=op.f(f'uq_{DRAFT}_trainee_id_form_day_part_by_id'))
    )
    op.create_table(SIGNATURE,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('talk_id', sa.Integer(), nullable=True),
        sa.Column('decision_id', sa.Integer(), nullable=True),
        sa.Column('word', sa.Text(), nullable=True),
        sa.Column('by_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('(talk_id IS NULL) <> (decision_id IS NULL)', name=op.f(f'ck_{SIGNATURE}_one')),
        _key(SIGNATURE, 'trainee_id', TRAINEE), _key(SIGNATURE, 'talk_id', 'training_onboarding_talk'),
        _key(SIGNATURE, 'decision_id', 'training_onboarding_decision'), _key(SIGNATURE, 'by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{SIGNATURE}')),
        sa.UniqueConstraint('talk_id', name=op.f(f'uq_{SIGNATURE}_talk_id')),
        sa.UniqueConstraint('decision_id', name=op.f(f'uq_{SIGNATURE}_decision_id'))
    )
    op.create_index(op.f(f'ix_{SIGNATURE}_trainee_id'), SIGNATURE, ['trainee_id'], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {SIGNATURE}_kept_{act.lower()} BEFORE {act} ON {SIGNATURE} "
                       f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    op.execute(f"CREATE FUNCTION {SIGNATURE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
    op.execute(f"CREATE TRIGGER {SIGNATURE}_kept BEFORE UPDATE OR DELETE ON {SIGNATURE} FOR EACH ROW "
               f"EXECUTE FUNCTION {SIGNATURE}_refuse()")


def _no_lists() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {SIGNATURE}_kept_{act}")
    else:
        op.execute(f"DROP TRIGGER {SIGNATURE}_kept ON {SIGNATURE}")
        op.execute(f"DROP FUNCTION {SIGNATURE}_refuse()")
    for table in (SIGNATURE, DRAFT, ITEM):
        op.drop_table(table)
    with op.batch_alter_table(TICK) as changed:
        changed.drop_constraint(op.f(f'ck_{TICK}_reason'), type_='check')
        changed.drop_column('reason')
        changed.drop_column('left_out')
    with op.batch_alter_table(CLASS) as changed:
        changed.drop_index(op.f(f'ix_{CLASS}_inspector_id'))
        changed.drop_constraint(op.f(f'fk_{CLASS}_inspector_id_people_person'), type_='foreignkey')
        changed.drop_column('inspector_id')


def _results() -> None:
    op.create_table(IMPORT,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('file', sa.String(length=200), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_by_id', sa.Integer(), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        _key(IMPORT, 'by_id', 'people_person'), _key(IMPORT, 'undone_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{IMPORT}'))
    )
    op.create_table(IMPORT_ROW,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('import_id', sa.Integer(), nullable=False),
        sa.Column('trainee_id', sa.Integer(), nullable=False),
        sa.Column('note_id', sa.Integer(), nullable=False),
        sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
        sa.Column('after', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        _key(IMPORT_ROW, 'import_id', IMPORT), _key(IMPORT_ROW, 'trainee_id', TRAINEE),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{IMPORT_ROW}'))
    )
    op.create_index(op.f(f'ix_{IMPORT_ROW}_import_id'), IMPORT_ROW, ['import_id'], unique=False)
    with op.batch_alter_table(NOTE) as changed:
        changed.add_column(sa.Column('reference', sa.String(length=100), nullable=True))
        changed.add_column(sa.Column('import_id', sa.Integer(), nullable=True))
        changed.add_column(sa.Column('line', sa.Integer(), nullable=True))
        changed.alter_column('by_id', existing_type=sa.Integer(), nullable=True)
        changed.create_foreign_key(op.f(f'fk_{NOTE}_import_id_{IMPORT}'), IMPORT, ['import_id'], ['id'])
        changed.create_index(op.f(f'ix_{NOTE}_import_id'), ['import_id'], unique=False)


def _no_results() -> None:
    op.execute(f"DELETE FROM {NOTE} WHERE by_id IS NULL")  # entered by nobody in particular: the schema before knows no such thing
    with op.batch_alter_table(NOTE) as changed:
        changed.alter_column('by_id', existing_type=sa.Integer(), nullable=False)
        changed.drop_index(op.f(f'ix_{NOTE}_import_id'))
        changed.drop_constraint(op.f(f'fk_{NOTE}_import_id_{IMPORT}'), type_='foreignkey')
        for name in ('line', 'import_id', 'reference'):
            changed.drop_column(name)
    op.drop_table(IMPORT_ROW)
    op.drop_table(IMPORT)


def _trainers() -> None:
    with op.batch_alter_table(AUTHORISATION) as changed:
        changed.add_column(sa.Column('given_on', sa.Date(), nullable=True))
    with op.batch_alter_table(OBSERVATION) as changed:
        changed.add_column(sa.Column('marks', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True))
        changed.add_column(sa.Column('course', sa.String(length=200), nullable=True))


def _no_trainers() -> None:
    with op.batch_alter_table(OBSERVATION) as changed:
        changed.drop_column('course')
        changed.drop_column('marks')
    with op.batch_alter_table(AUTHORISATION) as changed:
        changed.drop_column('given_on')
