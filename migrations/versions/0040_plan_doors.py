"""Doors of training plans: until when, what it cost, materials of sessions; what makes a plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040_plan_doors"
down_revision = "0039_practice"


JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
RULE, CATCH = "training_plan_rule", "training_plan_catch"


def upgrade() -> None:
    _doors()
    _arising()
    _busy()


def downgrade() -> None:
    _no_busy()
    _no_arising()
    _no_doors()


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _arising() -> None:
    with op.batch_alter_table("process_plan_line") as table:
        table.add_column(sa.Column("plan_id", sa.Integer(), nullable=True))
    op.create_index("ix_process_plan_line_plan_id", "process_plan_line", ["plan_id"])
    op.add_column("process_sit_in", sa.Column("session_id", sa.Integer(), nullable=True))
    op.create_table(
        RULE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("process_group", sa.String(length=64), nullable=True),
        sa.Column("process_class", sa.String(length=64), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("on_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("event IN ('joined', 'moved', 'published', 'gap')", name=op.f(f"ck_{RULE}_event")),
        sa.CheckConstraint("hours > 0 AND days >= 0", name=op.f(f"ck_{RULE}_amounts")),
        _key(RULE, "unit_id", "people_unit"), _key(RULE, "post_id", "people_post"), _key(RULE, "course_id", "training_course"),
        _key(RULE, "plan_id", "training_plan"), _key(RULE, "made_by_id", "people_person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{RULE}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{RULE}_number")))
    op.create_index(f"ix_{RULE}_course_id", RULE, ["course_id"])
    op.create_index(f"ix_{RULE}_plan_id", RULE, ["plan_id"])
    op.create_table(
        CATCH,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Boolean(), nullable=False),
        sa.Column("people", JSON, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _key(CATCH, "rule_id", RULE), _key(CATCH, "plan_id", "training_plan"), _key(CATCH, "taken_back_by_id", "people_person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CATCH}")),
        sa.UniqueConstraint("rule_id", "key", name=op.f(f"uq_{CATCH}_rule_id_key")))
    op.create_index(f"ix_{CATCH}_plan_id", CATCH, ["plan_id"])


def _no_arising() -> None:
    op.drop_table(CATCH)
    op.drop_table(RULE)
    op.drop_column("process_sit_in", "session_id")
    op.drop_index("ix_process_plan_line_plan_id", "process_plan_line")
    with op.batch_alter_table("process_plan_line") as table:
        table.drop_column("plan_id")


def _doors() -> None:
    with op.batch_alter_table("training_plan") as table:
        table.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("spent", sa.Integer(), nullable=True))
    with op.batch_alter_table("training_session") as table:
        table.add_column(sa.Column("materials", sa.Text(), nullable=True))


def _no_doors() -> None:
    with op.batch_alter_table("training_session") as table:
        table.drop_column("materials")
    with op.batch_alter_table("training_plan") as table:
        table.drop_column("spent")
        table.drop_column("due_on")


IMPORT, IMPORT_ROW, FEED = "training_busy_import", "training_busy_import_row", "training_calendar_link"


def _busy() -> None:
    op.create_table(
        IMPORT,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _key(IMPORT, "by_id", "people_person"), _key(IMPORT, "undone_by_id", "people_person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{IMPORT}")))
    op.create_table(
        IMPORT_ROW,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("busy_id", sa.Integer(), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=False),
        _key(IMPORT_ROW, "import_id", IMPORT),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{IMPORT_ROW}")))
    op.create_index(f"ix_{IMPORT_ROW}_import_id", IMPORT_ROW, ["import_id"])
    with op.batch_alter_table("training_busy") as table:
        table.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(f"fk_training_busy_import_id_{IMPORT}"), IMPORT, ["import_id"], ["id"])
    op.create_index("ix_training_busy_import_id", "training_busy", ["import_id"])
    op.create_index("ix_training_busy_kind_starts_at", "training_busy", ["kind", "starts_at"])
    op.create_table(
        FEED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _key(FEED, "person_id", "people_person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{FEED}")),
        sa.UniqueConstraint("person_id", name=op.f(f"uq_{FEED}_person_id")),
        sa.UniqueConstraint("digest", name=op.f(f"uq_{FEED}_digest")))


def _no_busy() -> None:
    op.drop_table(FEED)
    op.drop_index("ix_training_busy_kind_starts_at", "training_busy")
    op.drop_index("ix_training_busy_import_id", "training_busy")
    with op.batch_alter_table("training_busy") as table:
        table.drop_constraint(op.f(f"fk_training_busy_import_id_{IMPORT}"), type_="foreignkey")
        table.drop_column("import_id")
    op.drop_index(f"ix_{IMPORT_ROW}_import_id", IMPORT_ROW)
    op.drop_table(IMPORT_ROW)
    op.drop_table(IMPORT)
