"""`kmsvc access …`: the log of secret text."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.access.schemas import ACTS
from kmsvc.cli.glue import acting, as_option, json_option, put, with_database


@click.group()
def access() -> None:
    """Who was shown secret text."""


@access.command("list")
@click.option("--q", help="Part of a name, an account or a number.")
@click.option("--act", type=click.Choice(ACTS), help="Only these; tried: everything but being shown it.")
@click.option("--kind", help="Only this kind: article, process.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Up to this day.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, act: str | None, kind: str | None, since: Any, until: Any, limit: int,
            as_login: str | None, as_json: bool) -> None:
    """Lines that fit, newest first."""
    from kmsvc.access.permissions import SEE_ACCESS
    from kmsvc.access.queries import AccessFilter, access_lines
    from kmsvc.access.schemas import line_json

    wanted = AccessFilter(q, act, kind, since.date() if since else None, until.date() if until else None)
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_ACCESS)
        lines, _ = access_lines(work.session, work.actor, wanted, settings.timezone, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json,
        text="\n".join(f"{line.at:%Y-%m-%d %H:%M:%S}Z {line.login:16} {line.act:14} {line.number} V{line.version_label} "
                       f"{','.join(line.blocks) or '*'}" for line in lines))
