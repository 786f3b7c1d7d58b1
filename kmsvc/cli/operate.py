"""`kmsvc init`, `doctor` and `operations …`."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import (
    PartFailed,
    acting,
    get_settings,
    json_option,
    open_database,
    put,
    say,
    with_database,
)
from kmsvc.cli.outbox import add_to
from kmsvc.people.accounts.passwords import readable_password
from kmsvc.settings import Settings


@click.command()
def init() -> None:
    """Create or upgrade database and index; idempotent."""
    from kmsvc.core.db import make_engine
    from kmsvc.operations.setup import first_rows, install_standards
    from kmsvc.operations.upgrade import upgrade_safely

    settings = get_settings()
    engine = make_engine(settings.database_url)
    before, after = upgrade_safely(settings, engine)
    engine.dispose()
    say(f"Database at {after}." if before == after else f"Database brought from {before or 'nothing'} to {after}.")
    db = open_database(settings)
    password = readable_password()
    made = first_rows(db, settings, password)
    install_standards(db)
    if made:
        click.echo(f"First sign-in (shown once): login admin, password {password}")
    from kmsvc.core.clock import local_date
    from kmsvc.notices.wording import catalogue
    from kmsvc.people.system import OPERATOR
    from kmsvc.search.engine import SearchEngine
    from kmsvc.search.usecases import rebuild
    from kmsvc.standards.duties.clauses import switch_on_clauses
    from kmsvc.training.certificates.defaults import default_kinds

    with db.begin(OPERATOR) as work:
        default_kinds(work, local_date(work.now, settings.timezone), catalogue(settings.language).gettext)
        switch_on_clauses(work, local_date(work.now, settings.timezone))
    engine_ = SearchEngine(settings.index_dir)
    if not engine_.is_of_our_making():
        rebuild(db, engine_, OPERATOR)
    say(f"Ready in {settings.data_dir}.")


@click.command()
@click.option("--full", is_flag=True, help="Walk the whole audit chain, not only its newest thousand entries.")
@json_option
def doctor(as_json: bool, full: bool) -> None:
    """Look at everything that must be right; exit status 1 when something is not."""
    from dataclasses import asdict

    from kmsvc.operations.doctor import examine

    checks = examine(Settings.from_env(make=False), full=full)
    good = all(check.ok for check in checks)
    put({"ok": good, "checks": [asdict(one) for one in checks]}, as_json=as_json,
        text="\n".join(f"{'BAD ' if not one.ok else 'note' if one.warning else 'ok  '} {one.name}: {one.detail}"
                       for one in checks))
    if not good:
        raise PartFailed()


@click.group()
def operations() -> None:
    """Outbox, mail and settings of the centre."""


@operations.command("retry")
@with_database
def retry(db: Any, settings: Any) -> None:
    """Try failed deliveries and dead mail again."""
    from kmsvc.operations.usecases import retry_all

    with db.begin(acting(db, None)) as work:
        say(f"{retry_all(work)} will be tried again.")


@operations.command("set")
@click.argument("name")
@click.argument("value")
@with_database
def set_option(db: Any, settings: Any, name: str, value: str) -> None:
    """Change a setting of the centre, e.g. process.change.sample_size 10."""
    from kmsvc.operations.usecases import set_option as put_option

    with db.begin(acting(db, None)) as work:
        put_option(work, name, value)
    say("Done.")


add_to(operations)
