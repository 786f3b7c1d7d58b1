"""Process alignment reviews with the contacts drawn for them; what is signed no longer changes, an answer may still come."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027_alignment"
down_revision = '0026_licences'

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
REVIEW, ITEM, REPLY = "knowledge_alignment", "knowledge_alignment_item", "knowledge_alignment_reply"
SIGNED = {REVIEW: "OLD.signed_at IS NOT NULL",
          ITEM: f"(SELECT signed_at FROM {REVIEW} WHERE id = OLD.alignment_id) IS NOT NULL"}
SAID = "a signed review is archived"


def _json() -> sa.types.TypeEngine:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f'{target}.id'], name=op.f(f'fk_{table}_{column}_{target}'))


def upgrade() -> None:
    op.create_table(REVIEW,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('coach_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('begins_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('seed', sa.String(length=64), nullable=False),
        sa.Column('population', _json(), nullable=False),
        sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('conclusion', sa.Text(), nullable=True),
        sa.Column('agreed', sa.Text(), nullable=True),
        sa.Column('content_hash', sa.String(length=64), nullable=True),
        sa.Column('signed_by_id', sa.Integer(), nullable=True),
        sa.Column('signed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'signed', 'cancelled')", name=op.f('ck_knowledge_alignment_state')),
        sa.CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name=op.f('ck_knowledge_alignment_signed_at')),
        sa.CheckConstraint('(person_id IS NULL) <> (unit_id IS NULL)', name=op.f('ck_knowledge_alignment_person_or_unit')),
        sa.CheckConstraint('begins_on <= ends_on', name=op.f('ck_knowledge_alignment_ends_after_it_begins')),
        *(_key(REVIEW, column, 'people_person') for column in ('coach_id', 'person_id', 'signed_by_id')),
        _key(REVIEW, 'unit_id', 'people_unit'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_alignment')),
        sa.UniqueConstraint('number', name=op.f('uq_knowledge_alignment_number'))
    )
    for column in ('coach_id', 'person_id', 'unit_id'):
        op.create_index(op.f(f'ix_{REVIEW}_{column}'), REVIEW, [column], unique=False)
    op.create_table(ITEM,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('alignment_id', sa.Integer(), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('contact_id', BIG, nullable=True),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('facts', _json(), nullable=False),
        *(sa.Column(name, sa.String(length=64), nullable=True) for name in ('searched', 'linked', 'accurate', 'improved')),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('judged_by_id', sa.Integer(), nullable=True),
        sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        _key(ITEM, 'alignment_id', REVIEW), _key(ITEM, 'person_id', 'people_person'), _key(ITEM, 'judged_by_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_alignment_item')),
        sa.UniqueConstraint('alignment_id', 'key', 'person_id', name=op.f('uq_knowledge_alignment_item_alignment_id_key_person_id'))
    )
    op.create_index(op.f(f'ix_{ITEM}_person_id'), ITEM, ['person_id'], unique=False)
    op.create_table(REPLY,
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('alignment_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        _key(REPLY, 'alignment_id', REVIEW), _key(REPLY, 'person_id', 'people_person'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_knowledge_alignment_reply'))
    )
    op.create_index(op.f(f'ix_{REPLY}_alignment_id'), REPLY, ['alignment_id'], unique=False)
    _freeze()


def _freeze() -> None:
    """What is signed refuses UPDATE and DELETE, on both databases."""
    if op.get_bind().dialect.name == "sqlite":
        for table, when in SIGNED.items():
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"CREATE TRIGGER {table}_signed_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
                           f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
        return
    for table, when in SIGNED.items():
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                   f"$$ BEGIN IF {when} THEN RAISE EXCEPTION '{SAID}'; END IF; "
                   "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$")
        op.execute(f"CREATE TRIGGER {table}_signed BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in SIGNED:
        if sqlite:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_signed_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_signed ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    for table in (REPLY, ITEM, REVIEW):
        op.drop_table(table)
