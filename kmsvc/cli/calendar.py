"""`kmsvc training plans calendar`: what stands in the training calendar from a day on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.training.plans import calendar, week
from kmsvc.training.plans.calendar_api import MOST_DAYS, entry_json
from kmsvc.training.plans.permissions import SEE_PLANS


@click.command("calendar")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day; today unless said.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=7, show_default=True)
@as_option
@json_option
@with_database
def calendar_command(db: Any, settings: Any, since: datetime | None, days: int, as_login: str | None, as_json: bool) -> None:
    """Sessions and exams by time, with what speaks against them."""
    zone = settings.timezone
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PLANS)
        begins, ends = week.bounds(since.date() if since else local_date(work.now, zone), days, zone)
        found = calendar.entries(work.session, work.actor, begins, ends)
    put({"items": [entry_json(one) for one in found]}, as_json=as_json, text="\n".join(
        f"{local(one.starts_at, zone):%Y-%m-%d %H:%M}–{local(one.ends_at, zone):%H:%M} {one.kind:8} {one.number:14} {one.room or '':14} "
        f"{one.said}{'  ! ' + one.against if one.against else ''}" for one in found))
