"""What exams, practice and marking need more."""

import sqlalchemy as sa
from alembic import op

revision = "0043_exam_doors"
down_revision = "0042_certificate_kinds"

PAUSE, SITTING = "training_exam_pause", "training_sitting"
QUESTION, USE = "training_question", "training_question_use"
EXAM, MAKE_UP = "training_exam", ("make_up_offered_at", "make_up_reminded_at")
BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    _pauses()
    _uses()
    for name in MAKE_UP:
        op.add_column(EXAM, sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in MAKE_UP:
        op.drop_column(EXAM, name)
    _no_uses()
    _no_pauses()


def _pauses() -> None:
    """An exam may stand still, and a sitting that was taken out may count again."""
    op.create_table(PAUSE,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.Column('paused_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('resumed_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("resumed_at IS NULL OR resumed_at >= paused_at", name=op.f(f'ck_{PAUSE}_resumed_at')),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f(f'fk_{PAUSE}_exam_id_training_exam')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{PAUSE}'))
    )
    op.create_index(op.f(f'ix_{PAUSE}_exam_id'), PAUSE, ['exam_id'], unique=False)
    op.create_index(f'uq_{PAUSE}_open', PAUSE, ['exam_id'], unique=True, sqlite_where=sa.text("resumed_at IS NULL"),
                    postgresql_where=sa.text("resumed_at IS NULL"))
    with op.batch_alter_table(SITTING) as changed:
        changed.add_column(sa.Column('was', sa.String(length=64), nullable=True))
        changed.add_column(sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True))


def _no_pauses() -> None:
    op.drop_column(SITTING, 'paused_at')  # without a new table: its index over the running ones has a condition
    op.drop_column(SITTING, 'was')
    op.drop_index(f'uq_{PAUSE}_open', table_name=PAUSE)
    op.drop_index(op.f(f'ix_{PAUSE}_exam_id'), table_name=PAUSE)
    op.drop_table(PAUSE)


def _uses() -> None:
    """Exposure of a question: the exams that ask it, counted from their papers instead of a figure nobody raised."""
    op.create_table(USE,
        sa.Column('id', BIG, nullable=False),
        sa.Column('question_id', sa.Integer(), nullable=False),
        sa.Column('exam_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['question_id'], [f'{QUESTION}.id'], name=op.f(f'fk_{USE}_question_id_{QUESTION}')),
        sa.ForeignKeyConstraint(['exam_id'], ['training_exam.id'], name=op.f(f'fk_{USE}_exam_id_training_exam')),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{USE}')),
        sa.UniqueConstraint('question_id', 'exam_id', name=op.f(f'uq_{USE}_question_id_exam_id'))
    )
    op.create_index(op.f(f'ix_{USE}_exam_id'), USE, ['exam_id'], unique=False)
    op.drop_column(QUESTION, 'exposure')
    exam = sa.table('training_exam', sa.column('id'), sa.column('paper_id'), sa.column('state'))
    paper = sa.table('training_paper', sa.column('id'), sa.column('way'))
    same = sa.table('training_paper_question', sa.column('paper_id'), sa.column('question_id'))
    each = sa.table('training_exam_paper', sa.column('exam_id'), sa.column('questions', sa.JSON()))
    connection = op.get_bind()
    told = exam.c.state.in_(('published', 'released', 'final'))
    pairs = {tuple(row) for row in connection.execute(sa.select(exam.c.id, same.c.question_id).join(
        paper, paper.c.id == exam.c.paper_id).join(same, same.c.paper_id == paper.c.id).where(told, paper.c.way != 'each'))}
    for of, questions in connection.execute(sa.select(each.c.exam_id, each.c.questions).join(exam, exam.c.id == each.c.exam_id).where(told)):
        pairs |= {(of, one[0]) for one in questions}
    if pairs:
        op.bulk_insert(sa.table(USE, sa.column('question_id'), sa.column('exam_id')),
                       [{'exam_id': of, 'question_id': question} for of, question in sorted(pairs)])


def _no_uses() -> None:
    op.add_column(QUESTION, sa.Column('exposure', sa.Integer(), nullable=False, server_default='0'))
    op.drop_index(op.f(f'ix_{USE}_exam_id'), table_name=USE)
    op.drop_table(USE)
