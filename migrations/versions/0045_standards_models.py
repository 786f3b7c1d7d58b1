"""Standards as data: models, editions, their clauses, licensed texts and mappings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045_standards_models"
down_revision = "0044_plan_seats"

MODEL, SECTION, CLAUSE, LICENSED, MAPPING = (
    "standards_model", "standards_section", "standards_clause", "standards_licensed_text", "standards_mapping")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
CODE, WHEN = sa.String(64), sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(MODEL,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("edition", CODE, nullable=False),
        sa.Column("title_zh", sa.String(200), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("frame", JSON, nullable=False),
        sa.Column("digest", CODE, nullable=False),
        sa.Column("is_packaged", sa.Boolean(), nullable=False),
        sa.Column("newest", sa.Boolean(), nullable=False),
        sa.Column("made_at", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MODEL}")),
        sa.UniqueConstraint("code", "edition", name=op.f(f"uq_{MODEL}_code_edition")),
    )
    op.create_table(SECTION,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("number", CODE, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(200), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], [f"{MODEL}.id"], name=op.f(f"fk_{SECTION}_model_id_{MODEL}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SECTION}")),
        sa.UniqueConstraint("model_id", "number", name=op.f(f"uq_{SECTION}_model_id_number")),
    )
    op.create_table(CLAUSE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("sub", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("section", CODE, nullable=False),
        sa.Column("title_zh", sa.String(300), nullable=False),
        sa.Column("title_en", sa.String(300), nullable=False),
        sa.Column("module", CODE, nullable=False),
        sa.Column("cycle", CODE, nullable=True),
        sa.Column("cycle_months", sa.Integer(), nullable=True),
        sa.Column("at_least", sa.Boolean(), nullable=False),
        sa.Column("firm", sa.Boolean(), nullable=False),
        sa.Column("triggers", JSON, nullable=False),
        sa.Column("record", CODE, nullable=True),
        sa.Column("weak_record", CODE, nullable=True),
        sa.Column("min_contents", JSON, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], [f"{MODEL}.id"], name=op.f(f"fk_{CLAUSE}_model_id_{MODEL}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{CLAUSE}")),
        sa.UniqueConstraint("model_id", "no", "sub", name=op.f(f"uq_{CLAUSE}_model_id_no_sub")),
    )
    op.create_index(f"uq_{CLAUSE}_whole", CLAUSE, ["model_id", "no"], unique=True, sqlite_where=sa.text("sub IS NULL"),
                    postgresql_where=sa.text("sub IS NULL"))
    op.create_index(f"ix_{CLAUSE}_model_id_place", CLAUSE, ["model_id", "place"], unique=False)
    op.create_table(LICENSED,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(["clause_id"], [f"{CLAUSE}.id"], name=op.f(f"fk_{LICENSED}_clause_id_{CLAUSE}")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LICENSED}")),
        sa.UniqueConstraint("clause_id", name=op.f(f"uq_{LICENSED}_clause_id")),
    )
    op.create_table(MAPPING,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_model_id", sa.Integer(), nullable=False),
        sa.Column("to_model_id", sa.Integer(), nullable=False),
        sa.Column("from_clause_id", sa.Integer(), nullable=True),
        sa.Column("to_clause_id", sa.Integer(), nullable=True),
        sa.Column("relation", CODE, nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.CheckConstraint("relation IN ('kept', 'split', 'merged', 'new', 'withdrawn')", name=op.f(f"ck_{MAPPING}_relation")),
        sa.CheckConstraint("(from_clause_id IS NULL) = (relation = 'new')", name=op.f(f"ck_{MAPPING}_new")),
        sa.CheckConstraint("(to_clause_id IS NULL) = (relation = 'withdrawn')", name=op.f(f"ck_{MAPPING}_withdrawn")),
        *(sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{MAPPING}_{column}_{table}")) for column, table in (
            ("from_model_id", MODEL), ("to_model_id", MODEL), ("from_clause_id", CLAUSE), ("to_clause_id", CLAUSE))),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{MAPPING}")),
        sa.UniqueConstraint("from_model_id", "to_model_id", "from_clause_id", "to_clause_id", name=op.f(f"uq_{MAPPING}_pair")),
    )
    for column in ("from_clause_id", "to_clause_id"):
        op.create_index(op.f(f"ix_{MAPPING}_{column}"), MAPPING, [column], unique=False)


def downgrade() -> None:
    for table in (MAPPING, LICENSED, CLAUSE, SECTION, MODEL):
        op.drop_table(table)
