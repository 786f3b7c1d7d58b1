"""`kmsvc training marking …`: how far exams are marked, release and finish, corrected keys, results as a file, appeals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import ROW_ID, acting, as_option, json_option, put, settle, with_database
from kmsvc.cli.things import WHICH, id_of
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.core.work import Work
from kmsvc.settings import Settings
from kmsvc.training.exams.models import Exam
from kmsvc.training.exams.queries import candidate_ids
from kmsvc.training.marking import (
    appeal_queries,
    appealing,
    rekeying,
    releasing,
    results,
    schemas,
    showing,
    teams,
    watching,
)
from kmsvc.training.marking.looking import note_results
from kmsvc.training.marking.measuring import measured
from kmsvc.training.marking.models import MarkAppeal


@click.group()
def marking() -> None:
    """Marking of exams, their release, appeals."""


@marking.command("list")
@click.option("--state", type=click.Choice(schemas.STATES))
@click.option("--query", "q", help="Number or title.")
@as_option
@json_option
@with_database
def list_exams(db: Any, settings: Settings, state: str | None, q: str | None, as_login: str | None, as_json: bool) -> None:
    """Exams somebody has sat, with what waits."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = watching.exam_lines(work.session, work.actor, watching.Filters(q, state), work.now, limit=500)
    put({"items": [schemas.exam_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:13} {one.state:10} {one.waiting:5}/{one.all:<5} {one.title}" for one in lines))


def _put(work: Work, exam_id: int, as_json: bool) -> None:
    work.session.flush()
    found = watching.board(work.session, work.actor, exam_id, work.now)
    put(schemas.board_json(found), as_json=as_json, text="\n".join([
        f"{found.exam.number} {found.exam.state} {found.done}/{found.all} settled, {found.sat} handed in, {found.appeals} open appeals",
        *(f"  {one.number:12} {one.done:4}/{one.all:<4} {one.head[:60]}" for one in found.questions),
        *(f"  {line}" for line in showing.gap_lines(dict(found.gaps)))]))


@marking.command("status")
@WHICH
@as_option
@json_option
@with_database
def status(db: Any, settings: Settings, which: str, as_login: str | None, as_json: bool) -> None:
    """How far the marking of one exam is, and what keeps its results from being released."""
    with db.look(acting(db, as_login)) as work:
        _put(work, id_of(work, Exam, which), as_json)


def _end(verb: str, db: Any, settings: Settings, which: str, as_login: str | None, as_json: bool) -> None:
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        exam_id = id_of(work, Exam, which)
        (releasing.release if verb == "release" else releasing.finish)(work, exam_id, zone=settings.timezone)
    settle(db, settings)
    with db.look(actor) as work:
        _put(work, exam_id, as_json)


@marking.command("release")
@WHICH
@as_option
@json_option
@with_database
def release(db: Any, settings: Settings, which: str, as_login: str | None, as_json: bool) -> None:
    """Release the results; candidates are told."""
    _end("release", db, settings, which, as_login, as_json)


@marking.command("finish")
@WHICH
@as_option
@json_option
@with_database
def finish(db: Any, settings: Settings, which: str, as_login: str | None, as_json: bool) -> None:
    """Make the results final, once no appeal is open or possible."""
    _end("finish", db, settings, which, as_login, as_json)


@marking.command("regrade")
@WHICH
@click.argument("question", type=ROW_ID)
@click.option("--why", required=True, help="Candidates read it where their score changes.")
@click.option("--lower", is_flag=True, help="Points may be taken away after the release too.")
@click.option("--confirm", is_flag=True, help="Do it; without it the report is shown and nothing changes.")
@as_option
@json_option
@with_database
def regrade(db: Any, settings: Settings, which: str, question: int, why: str, lower: bool, confirm: bool, as_login: str | None,
            as_json: bool) -> None:
    """Mark an exam anew by the newest version of a question: the report first, with --confirm for good."""
    actor = acting(db, as_login)
    if not confirm:
        with db.begin(actor) as work:
            note_results(work, work.get(Exam, id_of(work, Exam, which)))
        with db.look(actor) as work:
            row, report = rekeying.preview(work, id_of(work, Exam, which), question, why=why, never_lower=False if lower else None)
            put({"counts": report.counts(), "lines": rekeying.lines_json(report), "confirmed": False}, as_json=as_json,
                text=" ".join(f"{name} {count}" for name, count in report.counts().items()))
        return
    with db.begin(actor) as work:
        row = rekeying.ask_regrade(work, id_of(work, Exam, which), question, why=why, never_lower=False if lower else None)
        counts = rekeying.report_of(work.session, row).counts()
        rekeying.confirm_regrade(work, row.id)
        found = {"id": row.id, "counts": counts, "lines": row.lines, "confirmed": True}
    settle(db, settings)
    put(found, as_json=as_json, text=" ".join(f"{name} {count}" for name, count in counts.items()))


@marking.command("results")
@WHICH
@as_option
@json_option
@with_database
def show_results(db: Any, settings: Settings, which: str, as_login: str | None, as_json: bool) -> None:
    """Results of an exam, together and by name; the look is noted."""
    with db.begin(acting(db, as_login)) as work:
        exam = watching.seen_exam(work.session, work.actor, id_of(work, Exam, which))
        lines = results.exam_results(work.session, work.actor, exam)
        found = results.summary(work.session, work.actor, exam, lines, candidate_ids(work.session, exam.id))
        items = measured(work.session, work.actor, exam.id)
        note_results(work, exam)
    put({"items": [schemas.result_json(one, named=True) for one in lines], "summary": schemas.summary_json(found, items)},
        as_json=as_json, text="\n".join([
            f"{found.passed}/{found.people} passed, {found.absent} absent, {items.suspicious} suspicious", *(
            f"{showing.points(one.score):>7}/{showing.points(one.most):<7} {one.person} {one.unit}" for one in lines)]))


@marking.command("export")
@WHICH
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@as_option
@with_database
def export(db: Any, settings: Settings, which: str, path: Path, as_login: str | None) -> None:
    """Write the results of an exam to a .csv or .xlsx file; the look is noted."""
    from kmsvc.cli.tables import give_out

    with db.begin(acting(db, as_login)) as work:
        exam = watching.seen_exam(work.session, work.actor, id_of(work, Exam, which))
        lines = results.exam_results(work.session, work.actor, exam)
        note_results(work, exam)
    give_out(path, exam.number, ["person", "unit", "attempt", "handed_in", "points", "most", "percent", "passed", "changed"], (
        [one.person, one.unit, one.attempt, local(one.ended_at, settings.timezone) if one.ended_at else "",
         "" if one.score is None else showing.points(one.score), showing.points(one.most),
         "" if one.percent is None else f"{one.percent:.1f}", "" if one.passed is None else int(one.passed), int(one.changed)]
        for one in lines))


@marking.command("team")
@click.argument("which", metavar="[ID|NUMBER]", required=False)
@as_option
@json_option
@with_database
def team(db: Any, settings: Settings, which: str | None, as_login: str | None, as_json: bool) -> None:
    """Exams of one's own unit (--as), and who stands where in one of them; a look at names is noted."""
    if which is None:
        with db.look(acting(db, as_login)) as work:
            rows, _ = teams.team_exams(work.session, work.actor, work.now, limit=500)
        put({"items": [schemas.team_exam_json(one) for one in rows]}, as_json=as_json, text="\n".join(
            f"{one.number:13} {one.state:10} {one.handed_in:4}/{one.people:<4} {one.title}" for one in rows))
        return
    with db.begin(acting(db, as_login)) as work:
        exam = teams.team_exam(work.session, work.actor, id_of(work, Exam, which))
        lines = teams.team_lines(work.session, work.actor, exam, work.now)
        note_results(work, exam)
    put({"number": exam.number, "people": [schemas.team_line_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.stand.value:8} {showing.points(one.score):>7} {one.name} {one.unit}" for one in lines))


@marking.command("appeals")
@click.option("--state", type=click.Choice([one.value for one in appeal_queries.AppealState]))
@as_option
@json_option
@with_database
def appeals(db: Any, settings: Settings, state: str | None, as_login: str | None, as_json: bool) -> None:
    """Marking appeals this person may see."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = appeal_queries.appeal_lines(work.session, work.actor, appeal_queries.AppealFilters(state=state),
                                               local_date(work.now, settings.timezone), limit=500)
    put({"items": [schemas.appeal_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:13} {one.state:10} {one.decide_by} {one.exam_number} {one.title} #{one.place}" for one in lines))


@marking.command("decide")
@WHICH
@click.option("--points", help="The new mark: uphold. Left out: decline.")
@click.option("--reason", required=True)
@click.option("--confirm", is_flag=True, help="Also where others with the same answer are concerned.")
@as_option
@json_option
@with_database
def decide(db: Any, settings: Settings, which: str, points: str | None, reason: str, confirm: bool, as_login: str | None,
           as_json: bool) -> None:
    """Decide a marking appeal, as a person (--as)."""
    from kmsvc.cli.glue import checked

    actor = acting(db, as_login)
    with db.begin(actor) as work:
        one = id_of(work, MarkAppeal, which)
        if points is None:
            appealing.decline(work, one, reason=reason)
        else:
            new = checked(schemas.EffectQuery(), {"points": points})["points"]
            digest = appealing.digest_of(appeal_queries.effect_of(work.session, work.actor, one, new)) if confirm else None
            appealing.uphold(work, one, points=new, reason=reason, digest=digest)
    settle(db, settings)
    with db.look(actor) as work:
        card = appeal_queries.appeal_card(work.session, work.actor, one, local_date(work.now, settings.timezone))
    put(schemas.card_json(card), as_json=as_json, text=f"{card.line.number} {card.line.state} {showing.points(card.mark)}")
