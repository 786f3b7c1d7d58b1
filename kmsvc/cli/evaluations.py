"""`kmsvc training evaluations …`: has the training helped; figures by hand, adjustments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.tables import take_in
from kmsvc.cli.things import WHICH, act_on, add_verbs, command, id_of, loaded
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.training.evaluations import queries, usecases, verbs
from kmsvc.training.evaluations.models import Adjustment, Evaluation
from kmsvc.training.evaluations.permissions import SEE_EVALUATIONS
from kmsvc.training.evaluations.rows import EFFECTS
from kmsvc.training.evaluations.schemas import (
    STATES,
    AdjustmentInput,
    EvaluationInput,
    MeasureInput,
    adjustment_json,
    card_json,
    line_json,
)


@click.group("evaluations")
def evaluations() -> None:
    """Has the training helped: six factors, five steps, four levels, adjustments."""


def _day(work: Work, settings: Any) -> Any:
    return local_date(work.now, settings.timezone)


@evaluations.command("list")
@click.option("--q", help="Number, title or words of the conclusion.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, limit: int, as_login: str | None, as_json: bool) -> None:
    """Evaluations, newest first."""
    with db.look(acting(db, as_login)) as work:
        work.permit(SEE_EVALUATIONS)
        lines, _ = queries.evaluation_lines(work.session, work.actor, q=q, state=state, limit=limit)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:14} {line.state:11} {line.answers:4}/{line.people:<4} {line.title}" for line in lines))


@evaluations.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One evaluation with its figures and levels."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Evaluation, which), settings, as_json)


def _put(work: Work, evaluation_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    card = queries.evaluation_card(work.session, work.actor, evaluation_id)
    row = queries.visible(work.session, work.actor, evaluation_id)
    put(card_json(card, verbs.offers_for(work.actor, row, _day(work, settings))), as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.state} {card.line.answers}/{card.line.people} {card.line.title}",
        *(f"  {level.value:10} {one.indicator} {one.before} {one.after}" for level, its in card.known.items() for one in its)]))


@evaluations.command("begin")
@click.option("--kind", required=True, help="course, plan, session or other.")
@click.option("--subject-id", help="Id of the course.")
@click.option("--title")
@click.option("--held-on", help="The day that parts before from after.")
@as_option
@json_option
@with_database
def begin(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Begin an evaluation."""
    with db.begin(acting(db, as_login)) as work:
        _put(work, usecases.begin_evaluation(work, **loaded(EvaluationInput(), given)).id, settings, as_json)


def _act(work: Work, one: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act(work, one, name, data, _day(work, settings), None)


add_verbs(evaluations, Evaluation, verbs.VERBS, _act, _put)


@evaluations.command("measure")
@WHICH
@click.option("--level", required=True)
@click.option("--indicator", required=True)
@click.option("--before")
@click.option("--after")
@click.option("--unit")
@click.option("--cases")
@click.option("--source")
@as_option
@json_option
@with_database
def measure(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Enter a figure of one of the four levels by hand."""
    with db.begin(acting(db, as_login)) as work:
        one = id_of(work, Evaluation, which)
        usecases.add_measure(work, one, **loaded(MeasureInput(), given))
        _put(work, one, settings, as_json)


@evaluations.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@as_option
@json_option
@with_database
def bring_in(db: Any, settings: Any, file: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Figures of the four levels out of a csv or xlsx file."""
    take_in(db, acting(db, as_login), EFFECTS, file, dry_run=dry_run, as_json=as_json)


@evaluations.command("adjust")
@click.option("--evaluation-id")
@click.option("--course-id")
@click.option("--title")
@click.option("--part", required=True, help="content, teaching or classroom.")
@click.option("--what", required=True)
@click.option("--why", required=True)
@click.option("--due-on", required=True)
@click.option("--owner", required=True, help="An account.")
@as_option
@json_option
@with_database
def adjust(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Record what is done otherwise in a training, and why."""
    with db.begin(acting(db, as_login)) as work:
        row = usecases.adjust(work, **loaded(AdjustmentInput(), given), today=_day(work, settings))
        _put_adjustment(work, row.id, as_json)


def _put_adjustment(work: Work, adjustment_id: int, as_json: bool) -> None:
    work.session.flush()
    line = queries.adjustment_line(work.session, work.actor, adjustment_id)
    put(adjustment_json(line), as_json=as_json, text=f"{line.number} {line.state} {line.due_on} {line.title}")


@evaluations.command("adjustments")
@click.option("--q")
@as_option
@json_option
@with_database
def adjustments(db: Any, settings: Any, q: str | None, as_login: str | None, as_json: bool) -> None:
    """Adjustments: all, or the own ones."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.adjustment_lines(work.session, work.actor, q=q, limit=10_000)
    put({"items": [adjustment_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number} {one.state:8} {one.due_on} {one.owner:16} {one.title}" for one in lines))


def _settle(name: str, /, db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    data = loaded(verbs.ADJUSTMENT_VERBS["settle"].schema()(), given)
    act_on(db, settings, as_login, Adjustment, which, lambda work, one: verbs.settle(work, one, data, _day(work, settings), None),
           lambda work, one: _put_adjustment(work, one, as_json))


evaluations.add_command(command("settle", verbs.ADJUSTMENT_VERBS["settle"].label, verbs.ADJUSTMENT_VERBS["settle"].inputs, _settle))
