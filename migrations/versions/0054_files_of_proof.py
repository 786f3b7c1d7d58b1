"""Files and links as proof, with the day they speak of, who keeps them and when they expire; packs made in the background."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0054_files_of_proof"
down_revision = "0053_rooms"

PERSON = "people_person"
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), 'postgresql')
SAME = " AND ".join([*(f"NEW.{name} = OLD.{name}" for name in ("id", "model", "made_at")),
                     "COALESCE(NEW.made_by_id, -1) = COALESCE(OLD.made_by_id, -1)"])
FROZEN = {"standards_proof": SAME, "standards_proof_revision": "1 = 0", "standards_proof_step": "1 = 0"}
"""table -> when a row may be changed after all, by its columns; deleted is none"""
SAID = "what stands here is not changed"


def upgrade() -> None:
    op.create_table('standards_proof',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('model', sa.String(length=64), nullable=False),
        sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('made_by_id', sa.Integer(), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('revision_no', sa.Integer(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('review', sa.String(length=64), nullable=False),
        sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("review IN ('open', 'accepted', 'refused')", name=op.f('ck_standards_proof_review')),
        sa.ForeignKeyConstraint(['made_by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_proof_made_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], [f'{PERSON}.id'], name=op.f('fk_standards_proof_owner_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_proof'))
    )
    op.create_index(op.f('ix_standards_proof_owner_id'), 'standards_proof', ['owner_id'], unique=False)
    op.create_index(op.f('ix_standards_proof_valid_to'), 'standards_proof', ['valid_to'], unique=False)
    op.create_table('standards_pack_order',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=True),
        sa.Column('model', sa.String(length=64), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('clauses', JSON, nullable=False),
        sa.Column('state', sa.String(length=64), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('pack_id', sa.Integer(), nullable=True),
        sa.Column('records', sa.Integer(), nullable=True),
        sa.Column('size', sa.BigInteger(), nullable=True),
        sa.Column('sha256', sa.String(length=64), nullable=True),
        sa.Column('kept_until', sa.Date(), nullable=True),
        sa.Column('why', sa.String(length=300), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'making', 'done', 'cancelled', 'failed', 'gone')",
            name=op.f('ck_standards_pack_order_state')),
        sa.ForeignKeyConstraint(['pack_id'], ['standards_pack.id'], name=op.f('fk_standards_pack_order_pack_id_standards_pack')),
        sa.ForeignKeyConstraint(['person_id'], [f'{PERSON}.id'], name=op.f('fk_standards_pack_order_person_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_pack_order'))
    )
    op.create_index(op.f('ix_standards_pack_order_person_id'), 'standards_pack_order', ['person_id'], unique=False)
    op.create_index(op.f('ix_standards_pack_order_state'), 'standards_pack_order', ['state'], unique=False)
    op.create_table('standards_proof_revision',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proof_id', sa.Integer(), nullable=False),
        sa.Column('no', sa.Integer(), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('clauses', JSON, nullable=False),
        sa.Column('evidence_on', sa.Date(), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('attachment_id', sa.Integer(), nullable=True),
        sa.Column('file_name', sa.String(length=200), nullable=True),
        sa.Column('sha256', sa.String(length=64), nullable=True),
        sa.Column('url', sa.String(length=500), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('added_by_id', sa.Integer(), nullable=True),
        sa.CheckConstraint('(sha256 IS NULL) <> (url IS NULL)', name=op.f('ck_standards_proof_revision_what')),
        sa.CheckConstraint('valid_to IS NULL OR valid_from <= valid_to', name=op.f('ck_standards_proof_revision_days')),
        sa.ForeignKeyConstraint(['added_by_id'], [f'{PERSON}.id'],
            name=op.f('fk_standards_proof_revision_added_by_id_people_person')),
        sa.ForeignKeyConstraint(['attachment_id'], ['files_attachment.id'],
            name=op.f('fk_standards_proof_revision_attachment_id_files_attachment')),
        sa.ForeignKeyConstraint(['proof_id'], ['standards_proof.id'],
            name=op.f('fk_standards_proof_revision_proof_id_standards_proof')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_proof_revision')),
        sa.UniqueConstraint('proof_id', 'no', name=op.f('uq_standards_proof_revision_proof_id_no'))
    )
    op.create_index(op.f('ix_standards_proof_revision_proof_id'), 'standards_proof_revision', ['proof_id'], unique=False)
    op.create_table('standards_proof_step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proof_id', sa.Integer(), nullable=False),
        sa.Column('on_revision', sa.Integer(), nullable=False),
        sa.Column('verb', sa.String(length=64), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('owner_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], [f'{PERSON}.id'], name=op.f('fk_standards_proof_step_by_id_people_person')),
        sa.ForeignKeyConstraint(['owner_id'], [f'{PERSON}.id'], name=op.f('fk_standards_proof_step_owner_id_people_person')),
        sa.ForeignKeyConstraint(['proof_id'], ['standards_proof.id'],
            name=op.f('fk_standards_proof_step_proof_id_standards_proof')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_standards_proof_step'))
    )
    op.create_index(op.f('ix_standards_proof_step_proof_id'), 'standards_proof_step', ['proof_id'], unique=False)
    op.create_table('standards_pack_progress',
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['order_id'], ['standards_pack_order.id'],
            name=op.f('fk_standards_pack_progress_order_id_standards_pack_order'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('order_id', name=op.f('pk_standards_pack_progress'))
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, unless in FROZEN.items():
        if sqlite:
            op.execute(f"CREATE TRIGGER {table}_kept_update BEFORE UPDATE ON {table} WHEN NOT ({unless}) "
                       f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            op.execute(f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{SAID}'); END")
            continue
        op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'UPDATE' THEN "
                   f"IF ({unless}) THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{SAID}'; END $$")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in FROZEN:
        if sqlite:
            op.execute(f"DROP TRIGGER {table}_kept_update")
            op.execute(f"DROP TRIGGER {table}_kept_delete")
        else:
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(f"DROP FUNCTION {table}_refuse()")
    for table in ("standards_pack_progress", "standards_pack_order", "standards_proof_step", "standards_proof_revision",
                  "standards_proof"):
        op.drop_table(table)
