"""Rounds of practice, their answers, mistake books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039_practice"
down_revision = "0038_marking"

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
RUN, ANSWER, CARD = "training_practice_run", "training_practice_answer", "training_practice_card"


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))


def upgrade() -> None:
    op.create_table(RUN,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('mode', sa.String(length=64), nullable=False),
        sa.Column('topic_id', sa.Integer(), nullable=True),
        sa.Column('paper_id', sa.Integer(), nullable=True),
        sa.Column('on_day', sa.Date(), nullable=True),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('items', _json(), nullable=False),
        sa.Column('left_out', sa.Integer(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("mode IN ('topic', 'daily', 'mistakes', 'mock')", name=op.f(f'ck_{RUN}_mode')),
        sa.CheckConstraint("(mode = 'daily') = (on_day IS NOT NULL)", name=op.f(f'ck_{RUN}_on_day')),
        _key(RUN, 'person_id', 'people_person'), _key(RUN, 'topic_id', 'training_topic'), _key(RUN, 'paper_id', 'training_paper'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{RUN}')),
        sa.UniqueConstraint('person_id', 'on_day', name=op.f(f'uq_{RUN}_person_id_on_day'))
    )
    op.create_index(f'ix_{RUN}_person_id_begun_at', RUN, ['person_id', 'begun_at'], unique=False)
    op.create_table(ANSWER,
        sa.Column('id', BIG, nullable=False),
        sa.Column('run_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('value', _json(), nullable=False),
        sa.Column('verdict', sa.String(length=64), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        _key(ANSWER, 'run_id', RUN), _key(ANSWER, 'person_id', 'people_person'), _key(ANSWER, 'question_id', 'training_question'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{ANSWER}')),
        sa.UniqueConstraint('run_id', 'place', name=op.f(f'uq_{ANSWER}_run_id_place'))
    )
    op.create_index(f'ix_{ANSWER}_person_id_question_id', ANSWER, ['person_id', 'question_id'], unique=False)
    op.create_table(CARD,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('box', sa.Integer(), nullable=False),
        sa.Column('due_on', sa.Date(), nullable=False),
        sa.Column('wrong', sa.Integer(), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        _key(CARD, 'person_id', 'people_person'), _key(CARD, 'question_id', 'training_question'),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{CARD}')),
        sa.UniqueConstraint('person_id', 'question_id', name=op.f(f'uq_{CARD}_person_id_question_id'))
    )
    op.create_index(f'ix_{CARD}_person_id_due_on', CARD, ['person_id', 'due_on'], unique=False)


def downgrade() -> None:
    op.drop_index(f'ix_{CARD}_person_id_due_on', table_name=CARD)
    op.drop_table(CARD)
    op.drop_index(f'ix_{ANSWER}_person_id_question_id', table_name=ANSWER)
    op.drop_table(ANSWER)
    op.drop_index(f'ix_{RUN}_person_id_begun_at', table_name=RUN)
    op.drop_table(RUN)
