"""Appeals against marks, keys corrected, samples to mark first, substitutes, who has an answer in hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038_marking"
down_revision = "0037_needs"

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
HOLD, SUBSTITUTE, SAMPLE, SAMPLE_MARK = ("training_mark_hold", "training_marker_substitute", "training_mark_sample",
                                         "training_sample_mark")
REGRADE, APPEAL, NOTE = "training_regrade", "training_mark_appeal", "training_appeal_note"
SAID = "what was said of an appeal is kept"


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))


def _people(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [_key(table, column, 'people_person') for column in columns]


def _at(name: str, needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not needed)


def _no(name: str, needed: bool = True) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=not needed)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f'ix_{table}_{column}'), table, [column], unique=False)


def upgrade() -> None:
    op.add_column('training_exam', sa.Column('seconds_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('access_entry', sa.Column('reason', sa.Text(), nullable=True))
    op.add_column('training_mark', sa.Column('flag', sa.Text(), nullable=True))
    op.create_table(HOLD,
        sa.Column('item_id', BIG, nullable=False), _no('person_id'), _at('until'),
        _key(HOLD, 'item_id', 'training_sitting_item'), *_people(HOLD, 'person_id'),
        sa.PrimaryKeyConstraint('item_id', name=op.f(f'pk_{HOLD}'))
    )
    _index(HOLD, 'person_id')
    op.create_table(SUBSTITUTE,
        _no('id'), _no('exam_id'), _no('for_id'), _no('person_id'), sa.Column('reason', sa.Text(), nullable=False),
        _at('made_at'), _at('ended_at', False), _no('version'),
        sa.CheckConstraint('for_id <> person_id', name=op.f(f'ck_{SUBSTITUTE}_another')),
        _key(SUBSTITUTE, 'exam_id', 'training_exam'), *_people(SUBSTITUTE, 'for_id', 'person_id'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{SUBSTITUTE}'))
    )
    _index(SUBSTITUTE, 'exam_id', 'person_id')
    op.create_table(SAMPLE,
        _no('id'), _no('exam_id'), _no('question_id'), sa.Column('words', _json(), nullable=False),
        sa.Column('lines', _json(), nullable=False), _no('points'), sa.Column('why', sa.Text(), nullable=False),
        _no('made_by_id', False), _at('made_at'), _at('removed_at', False), _no('version'),
        _key(SAMPLE, 'exam_id', 'training_exam'), _key(SAMPLE, 'question_id', 'training_question'), *_people(SAMPLE, 'made_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{SAMPLE}'))
    )
    _index(SAMPLE, 'question_id')
    op.create_index(f'ix_{SAMPLE}_exam_id_question_id', SAMPLE, ['exam_id', 'question_id'], unique=False)
    op.create_table(SAMPLE_MARK,
        sa.Column('id', BIG, nullable=False), _no('sample_id'), _no('person_id'), _no('points'),
        sa.Column('lines', _json(), nullable=False), _at('at'), _at('set_aside_at', False),
        _key(SAMPLE_MARK, 'sample_id', SAMPLE), *_people(SAMPLE_MARK, 'person_id'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{SAMPLE_MARK}'))
    )
    _index(SAMPLE_MARK, 'sample_id', 'person_id')
    op.create_table(REGRADE,
        _no('id'), _no('exam_id'), _no('question_id'), _no('by_version_id'), sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('why', sa.Text(), nullable=False), _no('asked_by_id', False), _at('asked_at'),
        sa.Column('never_lower', sa.Boolean(), nullable=False), _no('decided_by_id', False), _at('decided_at', False),
        sa.Column('lines', _json(), nullable=False), _no('version'),
        sa.CheckConstraint("state IN ('open', 'confirmed', 'dropped')", name=op.f(f'ck_{REGRADE}_state')),
        _key(REGRADE, 'exam_id', 'training_exam'), _key(REGRADE, 'question_id', 'training_question'),
        _key(REGRADE, 'by_version_id', 'training_question_version'), *_people(REGRADE, 'asked_by_id', 'decided_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{REGRADE}')),
        sa.UniqueConstraint('exam_id', 'by_version_id', name=op.f(f'uq_{REGRADE}_exam_id_by_version_id'))
    )
    _index(REGRADE, 'exam_id', 'question_id')
    _appeals()


def _appeals() -> None:
    op.create_table(APPEAL,
        _no('id'), sa.Column('number', sa.String(length=64), nullable=False), _no('exam_id'), _no('sitting_id'),
        sa.Column('item_id', BIG, nullable=False), _no('person_id'), sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False), _at('filed_at'), sa.Column('decide_by', sa.Date(), nullable=False),
        _no('decider_id', False), _no('decided_by_id', False), _at('decided_at', False),
        sa.Column('decision', sa.Text(), nullable=True), _no('old'), _no('new', False), _no('version'),
        sa.CheckConstraint("state IN ('open', 'upheld', 'declined', 'withdrawn')", name=op.f(f'ck_{APPEAL}_state')),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f(f'ck_{APPEAL}_decided_at')),
        _key(APPEAL, 'exam_id', 'training_exam'), _key(APPEAL, 'sitting_id', 'training_sitting'),
        _key(APPEAL, 'item_id', 'training_sitting_item'), *_people(APPEAL, 'person_id', 'decider_id', 'decided_by_id'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{APPEAL}')), sa.UniqueConstraint('number', name=op.f(f'uq_{APPEAL}_number'))
    )
    _index(APPEAL, 'exam_id', 'sitting_id', 'item_id', 'person_id', 'decider_id')
    is_open = sa.text("state = 'open'")
    op.create_index('uq_training_mark_appeal_open', APPEAL, ['item_id'], unique=True, sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(NOTE,
        sa.Column('id', BIG, nullable=False), _no('appeal_id'), _no('person_id'),
        sa.Column('by_candidate', sa.Boolean(), nullable=False), sa.Column('words', sa.Text(), nullable=False), _at('at'),
        _key(NOTE, 'appeal_id', APPEAL), *_people(NOTE, 'person_id'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{NOTE}'))
    )
    _index(NOTE, 'appeal_id')
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {NOTE}_no_{verb.lower()} BEFORE {verb} ON {NOTE} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    op.execute(f"CREATE FUNCTION {NOTE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$")
    op.execute(f"CREATE TRIGGER {NOTE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {NOTE} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {NOTE}_refuse()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {NOTE}_no_{verb}")
    else:
        op.execute(f"DROP TRIGGER {NOTE}_no_change ON {NOTE}")
        op.execute(f"DROP FUNCTION {NOTE}_refuse()")
    for table in (NOTE, APPEAL, REGRADE, SAMPLE_MARK, SAMPLE, SUBSTITUTE, HOLD):
        op.drop_table(table)
    op.drop_column('training_mark', 'flag')
    op.drop_column('access_entry', 'reason')
    op.drop_column('training_exam', 'seconds_at')
