"""`kmsvc standards assessments …` over rounds: list, show, begin, export, import, simulate, and a command a verb."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.standards_assessments import assessments
from kmsvc.cli.things import WHICH, add_verbs, id_of, loaded, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.permissions import can
from kmsvc.core.work import Work
from kmsvc.standards.assessments import answering, queries, reading, rounds, schemas, verbs
from kmsvc.standards.assessments.models import SelfAssessment
from kmsvc.standards.assessments.permissions import SEE_ASSESSMENTS
from kmsvc.standards.assessments.standing import answers_of, standing_of


def _today(work: Work, settings: Any) -> Any:
    return local_date(work.now, settings.timezone)


@assessments.command("list")
@click.option("--q", help="Number or title.")
@click.option("--state", type=click.Choice(schemas.STATES))
@click.option("--year", type=click.IntRange(2000, 2200), help="In which they are to be closed.")
@click.option("--model", metavar="CODE")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, as_login: str | None, as_json: bool, **asked: Any) -> None:
    """Rounds, newest first."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.round_lines(work.session, work.actor, **asked)
    put({"items": [schemas.round_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:13} {one.state:7} {one.assessed:3}/{one.items:<3} met {one.met:<3} {one.level or '-':3} {one.due_on} {one.title}"
        for one in lines) or "No self-assessments.")


@assessments.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One round, how it stands, and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, SelfAssessment, which), settings, as_json)


def _put(work: Work, assessment_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    if work.session.get(SelfAssessment, assessment_id) is None:
        put({"id": assessment_id, "state": "gone"}, as_json=as_json, text="Gone.")
        return
    card = queries.round_card(work.session, work.actor, assessment_id)
    held = standing_of(work.session, card.row, answers_of(work.session, assessment_id))
    body = schemas.round_card_json(card, held, verbs.round_offers(work, card.row, _today(work, settings)),
                                   sees=can(work.actor, SEE_ASSESSMENTS))
    put(body, as_json=as_json, text="\n".join([
        f"{card.line.number} {card.line.title} {card.line.state}",
        f"  assessed {held.progress.assessed}/{held.progress.of}, met {held.progress.met}, points {held.scored.total}/"
        f"{held.scored.max_total}, level {held.attained or '-'} (marks alone {held.scored.level or '-'})",
        *(f"  {one.level.level} {'passed' if one.passed else 'missed: ' + ', '.join(one.failed)}" for one in held.scored.checks)]))


@assessments.command("begin")
@click.option("--title", required=True)
@click.option("--model", required=True, metavar="CODE")
@click.option("--edition")
@click.option("--basis", metavar="NAME")
@click.option("--sections", metavar="N,N", help="Only these sections.")
@click.option("--lead", required=True, type=int, help="Id of who looks at the answers.")
@click.option("--due-on", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--target", metavar="LEVEL")
@click.option("--earlier", type=int, help="Id of the closed round it is compared with.")
@click.option("--carry", is_flag=True, help="Carry the answers of the earlier round over.")
@as_option
@json_option
@with_database
def begin(db: Any, settings: Any, as_login: str | None, as_json: bool, due_on: datetime, **given: Any) -> None:
    """Draft a round with an answer to be given for each item."""
    actor = acting(db, as_login)
    data = loaded(schemas.SelfAssessmentInput(), given | {"due_on": due_on.date().isoformat()})
    with db.begin(actor) as work:
        row = rounds.begin_round(work, schemas.plan_of(data), today=_today(work, settings))
    show_settled(db, settings, actor, lambda work: _put(work, row.id, settings, as_json))


@assessments.command("export")
@WHICH
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@with_database
def export(db: Any, settings: Any, which: str, path: Path, as_login: str | None) -> None:
    """Write the marks of a round to a .csv or .xlsx file, as `import` and `assessments score` read them."""
    from kmsvc.cli.tables import give_out

    with db.look(acting(db, as_login)) as work:
        card, answers, _ = reading.standing(work, id_of(work, SelfAssessment, which))
        head, rows = reading.marks_rows(card.row, answers)
    give_out(path, "marks", head, rows)


@assessments.command("import")
@WHICH
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Only look.")
@as_option
@json_option
@with_database
def import_(db: Any, settings: Any, which: str, path: Path, dry_run: bool, as_login: str | None, as_json: bool) -> None:
    """Bring marks in (no, sub, c, f and words beside them); one wrong row and nothing changes."""
    text = reading.marks_text(path, path.name)
    with db.begin(acting(db, as_login)) as work:
        done = answering.import_marks(work, id_of(work, SelfAssessment, which), text, dry=dry_run)
    put({"read": len(done.rows), "updated": len(done.changed), "unchanged": len(done.rows) - len(done.changed), "missing": done.missing,
         "changed": done.changed}, as_json=as_json,
        text=f"{len(done.changed)} of {len(done.rows)} rows {'would change' if dry_run else 'changed'}; {done.missing} not in the file.")


@assessments.command("simulate")
@WHICH
@click.option("--target", metavar="LEVEL", help="The level aimed at; the next one where it is left out.")
@click.option("--items", metavar="12c,110.2f", help="What would be done; the whole way where it is left out.")
@as_option
@json_option
@with_database
def simulate(db: Any, settings: Any, which: str, target: str | None, items: str | None, as_login: str | None, as_json: bool) -> None:
    """What is missing to a level, a way there, and what the chosen marks would give. Nothing is written."""
    with db.look(acting(db, as_login)) as work:
        _, held, it = reading.simulation(work, id_of(work, SelfAssessment, which), target, items)
        body = schemas.simulated_json(it)
    put(body, as_json=as_json, text="\n".join([
        f"To {it.target}: {len(it.way or ())} marks; chosen {len(it.chosen)} give {it.forecast.scored.total} points "
        f"(+{it.forecast.scored.total - held.scored.total}), level {it.forecast.level or '-'}",
        *(f"  {one['item']:8} {one['now']} -> 10  {one['check']}" for one in body["way"])]))


def _act(work: Work, thing_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act_on_round(work, thing_id, name, data, local_date(work.now, settings.timezone), None)


add_verbs(assessments, SelfAssessment, verbs.ROUND_VERBS, _act, _put)
