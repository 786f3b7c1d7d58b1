"""Used proof stays as it is: records of duties (struck out at most, once), steps of duties, notes of packs that were taken."""

from alembic import op

revision = "0049_used_proof"
down_revision = "0048_lines_by_hand"

PROOF = "standards_duty_proof"
SAME = " AND ".join([*(f"NEW.{name} = OLD.{name}" for name in ("id", "obligation_id", "kind", "number", "url", "at")), *(
    f"COALESCE(NEW.{name}, -1) = COALESCE(OLD.{name}, -1)" for name in ("thing_id", "by_id"))])
FROZEN = {PROOF: f"OLD.dropped_at IS NULL AND NEW.dropped_at IS NOT NULL AND {SAME}", "standards_duty_step": "1 = 0",
          "standards_pack": "1 = 0"}
"""table -> when a row may be changed after all, by its columns; deleted is none"""
SAID = "what stands here is not changed"


def upgrade() -> None:
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
