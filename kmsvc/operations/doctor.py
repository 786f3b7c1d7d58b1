"""`kmsvc doctor`: looks at everything that must be right, and says what is not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kmsvc.app import make_database
from kmsvc.operations import checks, dump_sqlite
from kmsvc.operations.checks import Check
from kmsvc.people.system import OPERATOR
from kmsvc.settings import Settings


def examine(settings: Settings, *, full: bool = False) -> list[Check]:
    """Every check of this machine's centre. full: the whole audit chain instead of its newest thousand entries."""
    found: list[Check] = []
    db = make_database(settings)
    file = dump_sqlite.database_file(settings.database_url) if settings.is_sqlite else None
    try:
        if file is not None and not file.exists():
            found = [Check("database", False, f"{file} is not there; `kmsvc init` makes it")]
        else:
            with db.look(OPERATOR) as work:
                work.session.execute(select(1))
                found.append(Check("database", True, db.engine.dialect.name))
                found.extend(checks.run(checks.all_checks(settings, db, work.session, full=full), work.session.rollback))
    except (DBAPIError, SQLAlchemyError) as error:
        why = str(getattr(error, "orig", error)).splitlines()[0][:200]
        found = [Check("database", False, f"does not answer: {why}")]
    now = db.clock()
    db.engine.dispose()
    machine: list[tuple[str, Any]] = [
        ("disk", lambda: checks.disk(settings)), ("backup", lambda: checks.backup(settings, now)),
        ("secret key", lambda: checks.secret(settings)), ("data folder", lambda: checks.folder(settings)),
        ("address", lambda: checks.address(settings)), ("released", lambda: checks.quiet(settings)),
    ]
    return [*found, *checks.run(machine)]
