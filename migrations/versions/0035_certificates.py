"""Kinds of certificates, what they are needed for, who has proven what. A passing never changes."""

import sqlalchemy as sa
from alembic import op

revision = "0035_certificates"
down_revision = "0034_courses"

FROZEN = {'training_certificate_passing': '1 = 0'}
"""table -> when a row may be changed after all, by its columns; deleted is none"""
SAID = "what stands here is not changed"


def upgrade() -> None:
    op.create_table('training_certificate_kind',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('purpose', sa.String(length=64), nullable=False),
        sa.Column('proves', sa.Text(), nullable=True),
        sa.Column('clause', sa.String(length=64), nullable=True),
        sa.Column('months', sa.Integer(), nullable=True),
        sa.Column('counting', sa.String(length=64), nullable=False),
        sa.Column('roll_from', sa.String(length=64), nullable=False),
        sa.Column('early_days', sa.Integer(), nullable=False),
        sa.Column('grace_days', sa.Integer(), nullable=False),
        sa.Column('anchor', sa.Date(), nullable=True),
        sa.Column('course_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('exam_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('months IS NULL OR months BETWEEN 1 AND 120', name=op.f('ck_training_certificate_kind_months')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_certificate_kind')),
        sa.UniqueConstraint('number', name=op.f('uq_training_certificate_kind_number'))
    )
    op.create_index(op.f('ix_training_certificate_kind_course_id'), 'training_certificate_kind', ['course_id'], unique=False)
    op.create_index(op.f('ix_training_certificate_kind_exam_id'), 'training_certificate_kind', ['exam_id'], unique=False)
    op.create_table('training_certificate_need',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind_id', sa.Integer(), nullable=False),
        sa.Column('whom', sa.String(length=64), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('role', sa.String(length=64), nullable=True),
        sa.Column('queue', sa.String(length=100), nullable=True),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('passed_since', sa.Date(), nullable=True),
        sa.Column('due_on', sa.Date(), nullable=True),
        sa.Column('ended_on', sa.Date(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint("whom IN ('everybody', 'post', 'unit', 'role', 'queue')", name=op.f('ck_training_certificate_need_whom')),
        sa.CheckConstraint('(passed_since IS NULL) = (due_on IS NULL)', name=op.f('ck_training_certificate_need_changed')),
        sa.ForeignKeyConstraint(['kind_id'], ['training_certificate_kind.id'],
            name=op.f('fk_training_certificate_need_kind_id_training_certificate_kind')),
        sa.ForeignKeyConstraint(['post_id'], ['people_post.id'], name=op.f('fk_training_certificate_need_post_id_people_post')),
        sa.ForeignKeyConstraint(['unit_id'], ['people_unit.id'], name=op.f('fk_training_certificate_need_unit_id_people_unit')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_certificate_need'))
    )
    op.create_index(op.f('ix_training_certificate_need_kind_id'), 'training_certificate_need', ['kind_id'], unique=False)
    op.create_table('training_certificate',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind_id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('revoked_on', sa.Date(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('revoked_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('(revoked_on IS NULL) = (reason IS NULL)', name=op.f('ck_training_certificate_reason')),
        sa.ForeignKeyConstraint(['kind_id'], ['training_certificate_kind.id'],
            name=op.f('fk_training_certificate_kind_id_training_certificate_kind')),
        sa.ForeignKeyConstraint(['person_id'], ['people_person.id'], name=op.f('fk_training_certificate_person_id_people_person')),
        sa.ForeignKeyConstraint(['revoked_by_id'], ['people_person.id'],
            name=op.f('fk_training_certificate_revoked_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_certificate')),
        sa.UniqueConstraint('kind_id', 'person_id', name=op.f('uq_training_certificate_kind_id_person_id'))
    )
    op.create_index(op.f('ix_training_certificate_person_id'), 'training_certificate', ['person_id'], unique=False)
    op.create_table('training_certificate_passing',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('certificate_id', sa.Integer(), nullable=False),
        sa.Column('passed_on', sa.Date(), nullable=False),
        sa.Column('source', sa.String(length=64), nullable=False),
        sa.Column('source_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
        sa.Column('proof', sa.Text(), nullable=True),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('noted_by_id', sa.Integer(), nullable=True),
        sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(source = 'manual') = (source_id IS NULL)", name=op.f('ck_training_certificate_passing_source_id')),
        sa.CheckConstraint("source IN ('exam', 'course', 'manual')", name=op.f('ck_training_certificate_passing_source')),
        sa.ForeignKeyConstraint(['certificate_id'], ['training_certificate.id'],
            name=op.f('fk_training_certificate_passing_certificate_id_training_certificate')),
        sa.ForeignKeyConstraint(['noted_by_id'], ['people_person.id'],
            name=op.f('fk_training_certificate_passing_noted_by_id_people_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_training_certificate_passing')),
        sa.UniqueConstraint('certificate_id', 'source', 'source_id',
            name=op.f('uq_training_certificate_passing_certificate_id_source_source_id'))
    )
    op.create_index(op.f('ix_training_certificate_passing_certificate_id_passed_on'), 'training_certificate_passing',
        ['certificate_id', 'passed_on'], unique=False)
    _freeze()


def _freeze() -> None:
    """Such rows refuse UPDATE and DELETE, on both databases."""
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
    for table in ('training_certificate_passing', 'training_certificate', 'training_certificate_need', 'training_certificate_kind'):
        op.drop_table(table)
