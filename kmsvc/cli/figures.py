"""`kmsvc knowledge figures …`: figures of finding, and the rows behind each."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.core.clock import local_date
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local
from kmsvc.core.permissions import require
from kmsvc.core.work import Work
from kmsvc.knowledge.figures import counting, queries, rows, scope, showing
from kmsvc.knowledge.figures.permissions import SEE_FIGURES
from kmsvc.knowledge.figures.schemas import MEASURES, PARTS, SPANS, asked_in, board_json, period_in, row_json
from kmsvc.people.units.queries import unit_by_code

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("figures")
def figures() -> None:
    """Figures of finding: shares, times and counts of a period."""


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _scope(work: Work, settings: Any, code: str | None) -> scope.Scope:
    require(work.actor, SEE_FIGURES)
    unit = unit_by_code(work.session, code) if code else None
    if code and unit is None:
        raise NotFound()
    return scope.scope_of(work.session, work.actor, unit.id if unit else None, settings.timezone,
                          local_date(work.now, settings.timezone))


@figures.command("show")
@click.option("--period", type=click.Choice(SPANS), help="Left out: the last four weeks, or the days given.")
@click.option("--on", type=_DAY, help="A day of the week, month or quarter.")
@click.option("--since", type=_DAY, help="From this day.")
@click.option("--until", type=_DAY, help="To this day.")
@click.option("--unit", help="Code of a unit; with the units below it.")
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, unit: str | None, as_login: str | None, as_json: bool, **given: Any) -> None:
    """The figures of a period, and what they were before."""
    with db.look(acting(db, as_login)) as work:
        asked = {"period": given["period"], **{name: _day(given[name]) for name in ("on", "since", "until")}}
        period = period_in(asked, local_date(work.now, settings.timezone))
        found = queries.board(work.session, _scope(work, settings, unit), period)
        until = queries.counted_until(work.session, work.now)
    lines = [f"{'The whole centre' if found.whole else found.of or 'No unit'}; searches counted until "
             f"{local(until, settings.timezone):%Y-%m-%d %H:%M}.",
             f"{found.period.days.first} - {found.period.days.last} (before: {found.period.before.first} - {found.period.before.last})"]
    lines += [f"{row['measure']:12} {_told(row['now']):32} {_told(row['before']) if row['before'] else ''}"
              for row in board_json(found, until)["figures"]]
    put(board_json(found, until), as_json=as_json,
        text="Too few people for figures of their own." if found.too_few else "\n".join(lines))


def _told(value: dict[str, Any]) -> str:
    return " ".join(f"{name}={one}" for name, one in value.items() if one is not None)


@figures.command("rows")
@click.argument("of", type=click.Choice(MEASURES))
@click.option("--part", type=click.Choice(PARTS), default="hits", show_default=True)
@click.option("--since", type=_DAY, help="From this day.")
@click.option("--until", type=_DAY, help="To this day.")
@click.option("--unit", help="Code of a unit; with the units below it.")
@click.option("--q", help="Words in it.")
@click.option("--limit", type=click.IntRange(1, 20_000), default=50, show_default=True)
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, of: str, unit: str | None, limit: int, file: Path | None, as_login: str | None, as_json: bool,
            **given: Any) -> None:
    """The rows that a figure counts."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        asked = asked_in({"of": of, "part": given["part"], "q": given["q"], "since": _day(given["since"]),
                          "until": _day(given["until"])}, local_date(work.now, settings.timezone))
        found = rows.figure_rows(work.session, work.actor, asked, _scope(work, settings, unit), limit=limit)
    plain = showing.export_rows(asked, found, lambda at: local(at, settings.timezone), lambda one: one.value)
    if file is not None:
        give_out(file, of.capitalize(), [one for _, one in rows.COLUMNS[rows.family_of(asked.measure)]], plain)
        return
    put({"items": [row_json(row) for row in found]}, as_json=as_json, text="\n".join(
        "  ".join("-" if cell is None else str(cell) for cell in line) for line in plain))


@figures.command("count")
@json_option
@with_database
def count(db: Any, settings: Any, as_json: bool) -> None:
    """Count now the searches that came to rest, as the worker does each minute."""
    from kmsvc.people.system import SYSTEM

    counted = counting.count_all(db, SYSTEM, settings.timezone)
    put({"counted": counted}, as_json=as_json, text=f"{counted} searches are counted.")
