"""People can be erased: what the trail says of them by name stands beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0055_erasing"
down_revision = "0054_files_of_proof"


def upgrade() -> None:
    with op.batch_alter_table("people_person") as person:
        person.add_column(sa.Column("erased_at", sa.DateTime(timezone=True)))
    if sa.inspect(op.get_bind()).has_table("core_audit_word"):
        return
    op.create_table(
        "core_audit_word",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.PrimaryKeyConstraint("token", name="pk_core_audit_word"),
    )
    op.create_index("ix_core_audit_word_person_id", "core_audit_word", ["person_id"])


def downgrade() -> None:
    # the words stay: the trail cannot take them back, and without them it would be nameless for good
    with op.batch_alter_table("people_person") as person:
        person.drop_column("erased_at")
