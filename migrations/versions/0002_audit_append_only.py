"""The audit trail refuses UPDATE and DELETE, on both databases."""

from alembic import op

revision = "0002_audit_append_only"
down_revision = "0001_first_tables"

TABLE = "core_audit"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                       "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END")
        return
    op.execute(f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$")
    op.execute(f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
               f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {TABLE}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {TABLE}_no_change ON {TABLE}")
    op.execute(f"DROP FUNCTION {TABLE}_refuse()")
