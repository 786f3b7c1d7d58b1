"""`import` and `export` of a list of small things, the same two commands for each."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, with_database
from kmsvc.core.i18n import local


def add_import_and_export(group: click.Group, sort: str, *, brings: str, writes: str) -> None:
    """Give a group both commands. sort: `module:name` of its rows, loaded when one is called; brings, writes: their help."""
    def found() -> Any:
        module, _, name = sort.partition(":")
        return getattr(import_module(module), name)

    @group.command("import", help=brings)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Check and count, keep nothing.")
    @as_option
    @json_option
    @with_database
    def import_command(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
        from kmsvc.cli.tables import take_in

        take_in(db, acting(db, as_login), found(), file, dry_run=dry_run, as_json=as_json)

    @group.command("export", help=writes)
    @click.argument("file", type=click.Path(path_type=Path))
    @as_option
    @with_database
    def export(db: Any, settings: Any, file: Path, as_login: str | None) -> None:
        from kmsvc.cli.tables import give_out

        rows = found()
        with db.look(acting(db, as_login)) as work:
            work.permit(rows.permission)
            held = rows.lines(work, str, lambda at: local(at, settings.timezone))
        give_out(file, rows.title, rows.head, held)
