"""Packs are ordered from a room, in a language that is chosen; a judgement may bear a remark."""

import sqlalchemy as sa
from alembic import op

revision = "0057_room_packs"
down_revision = "0056_assessments"

PACK, ORDER, MARK = "standards_room_pack", "standards_pack_order", "standards_room_mark"


def upgrade() -> None:
    # added without making the table anew: what keeps its rows from being changed stays
    op.add_column(MARK, sa.Column("remark", sa.Text(), nullable=True))
    op.add_column(MARK, sa.Column("thing_title", sa.String(length=300), nullable=True))
    op.add_column(ORDER, sa.Column("lang", sa.String(length=64), server_default="zh", nullable=False))
    op.create_table(PACK,
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], [f"{ORDER}.id"], name=op.f(f"fk_{PACK}_order_id_{ORDER}"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["standards_room.id"], name=op.f(f"fk_{PACK}_room_id_standards_room"),
            ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", name=op.f(f"pk_{PACK}"))
    )
    op.create_index(op.f(f"ix_{PACK}_room_id"), PACK, ["room_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f(f"ix_{PACK}_room_id"), table_name=PACK)
    op.drop_table(PACK)
    op.drop_column(ORDER, "lang")
    op.drop_column(MARK, "thing_title")
    op.drop_column(MARK, "remark")
