"""`kmsvc training hours`: hours and cost a head of a year against their targets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.tables import give_out
from kmsvc.core.clock import local_date
from kmsvc.training.plans.figures import HELD, PLANNED, counted, counted_json, figures_json, year_figures
from kmsvc.training.plans.permissions import SEE_PLANS


@click.command("hours")
@click.option("--year", type=click.IntRange(2000, 2200), help="This year without it.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write what is counted to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def hours(db: Any, settings: Any, year: int | None, out: Path | None, as_login: str | None, as_json: bool) -> None:
    """Hours and yuan a head of a year, planned and held, of all and by unit."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_PLANS)
        today = local_date(work.now, settings.timezone)
        year = year or today.year
        held = year_figures(work.session, work.actor, year, settings.timezone, today)
        rows = [counted_json(one) for one in counted(work.session, work.actor, year, settings.timezone, today=today)] if out else []
    if out is not None:
        head = ("stage", "purpose", "unit", "person", "number", "title", "on", "minutes", "yuan")
        give_out(out, f"training {year}", head, [[one[name] for name in head] for one in rows])
        return
    put({"year": year, "hours_target": held.hours_goal, "yuan_target": held.yuan_goal, "whole": figures_json(held.whole),
         "units": [figures_json(one) for one in held.units]}, as_json=as_json, text="\n".join(
        f"{one.unit or 'all':20} {one.heads:4} people, hours {one.hours(PLANNED) or 0:6.1f} planned {one.hours(HELD) or 0:6.1f} held "
        f"of {held.hours_goal}, yuan {one.yuan(PLANNED) or 0:6.0f} planned {one.yuan(HELD) or 0:6.0f} spent of {held.yuan_goal}"
        for one in (held.whole, *held.units)))
