"""`kmsvc standards answers …`: the answers of a self-assessment, a command a verb."""

from __future__ import annotations

from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_verbs, id_of
from kmsvc.core.clock import local_date
from kmsvc.core.work import Work
from kmsvc.standards.assessments import queries, schemas, verbs
from kmsvc.standards.assessments.models import ClauseAnswer, SelfAssessment


@click.group("answers")
def answers() -> None:
    """Answers of self-assessments, by their id."""


@answers.command("list")
@click.argument("round_", metavar="ROUND")
@click.option("--q", help="Number or words.")
@click.option("--state", type=click.Choice(schemas.ANSWER_STATES))
@click.option("--section", metavar="N")
@as_option
@json_option
@with_database
def list_answers(db: Any, settings: Any, round_: str, as_login: str | None, as_json: bool, **asked: Any) -> None:
    """Answers of a round, in the order of the standard."""
    with db.look(acting(db, as_login)) as work:
        lines, _ = queries.answer_lines(work.session, work.actor, id_of(work, SelfAssessment, round_), queries.AnswerFilters(**asked),
                                        limit=None)
    put({"items": [schemas.answer_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.id:6} #{one.name:6} {one.state:9} C {_mark(one.c)} F {_mark(one.f)} {one.respondent or '-':10} {one.title_en}"
        for one in lines) or "No answers.")


def _mark(mark: int | None) -> str:
    return " -" if mark is None else f"{mark:2}"


@answers.command("show")
@WHICH
@as_option
@json_option
@with_database
def show_answer(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One answer, and what may be done."""
    with db.look(acting(db, as_login)) as work:
        _put_answer(work, id_of(work, ClauseAnswer, which), settings, as_json)


def _put_answer(work: Work, answer_id: int, settings: Any, as_json: bool) -> None:
    work.session.flush()
    row, held, _ = queries.answer_of(work.session, work.actor, answer_id)
    line = queries.answer_line(work.session, work.actor, row)
    body = schemas.answer_card_json(line, row, verbs.answer_offers(work, row, held, local_date(work.now, settings.timezone)))
    put(body, as_json=as_json, text="\n".join([
        f"#{row.name} {row.state} C {_mark(row.c)} F {_mark(row.f)}",
        *(f"  {said}" for said in (row.reason, row.gaps, row.remark) if said)]))


def _act(work: Work, thing_id: int, name: str, data: dict[str, Any], settings: Any) -> None:
    verbs.act_on_answer(work, thing_id, name, data, local_date(work.now, settings.timezone), None)


add_verbs(answers, ClauseAnswer, verbs.ANSWER_VERBS, _act, _put_answer)
