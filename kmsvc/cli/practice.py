"""`kmsvc training practice …`: one's own practice; every command acts as the person of --as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import loaded
from kmsvc.core.clock import local_date
from kmsvc.core.i18n import local
from kmsvc.core.work import Work
from kmsvc.training.practice import queries, showing, usecases
from kmsvc.training.practice.permissions import PRACTISE
from kmsvc.training.practice.rules import OWN_VERDICTS, Book, PracticeMode
from kmsvc.training.practice.schemas import (
    AnswerInput,
    BookFilters,
    HandInInput,
    JudgeInput,
    RunInput,
    card_json,
    line_json,
    mistake_card_json,
    mistake_json,
    topic_json,
)

RUN = click.argument("run_id", type=click.IntRange(1))


@click.group("practice")
def practice() -> None:
    """Practise alone: topics, five questions a day, mistakes that come back, mock exams. Nothing of it counts."""


def _given(text: str | None) -> Any:
    """An answer as JSON where it is some, else as the text it is: an id of an option needs no quotes."""
    if text is None:
        return None
    said = Path(text[1:]).read_text("utf-8") if text.startswith("@") else text
    try:
        return json.loads(said)
    except ValueError:
        return said


def _put(work: Work, run_id: int, as_json: bool) -> None:
    work.session.flush()
    card = queries.run_card(work.session, work.actor, run_id)
    lines = [f"{card.line.id} {card.line.mode} {card.line.answered}/{card.line.asked}, {card.line.right} right"]
    for one in card.turns:
        stem = " ".join(str((one.faced or {}).get("stem", "-")).split())[:80]
        lines.append(f"{one.place:4} {one.verdict or ('rests' if one.withheld else '-'):10} {stem}")
        if one.verdict is None and one.faced is not None:
            lines += [f"       {each['id']}  {each['text'][:80]}" for name in ("options", "items", "lefts", "rights")
                      for each in one.faced.get(name, [])]
    put(card_json(card), as_json=as_json, text="\n".join(lines))


@practice.command("list")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, as_login: str | None, as_json: bool) -> None:
    """What there is to practise today, and the latest rounds."""
    with db.look(acting(db, as_login)) as work:
        work.permit(PRACTISE)
        me, today = work.actor.person_id or 0, local_date(work.now, settings.timezone)
        daily, due = queries.daily_of(work.session, me, today), queries.due_cards(work.session, me, today)
        topics, papers, runs = (queries.topic_lines(work.session, me), queries.mock_papers(work.session),
                                queries.run_lines(work.session, me))
    put({"daily": None if daily is None else line_json(daily), "due": len(due), "topics": [topic_json(one) for one in topics],
         "papers": [{"id": one.id, "title": one.title} for one in papers], "runs": [line_json(one) for one in runs]},
        as_json=as_json, text="\n".join([
            f"daily: {'-' if daily is None else f'{daily.answered}/{daily.asked}'}; mistakes that come back today: {len(due)}",
            *(f"topic {one.id:5} {one.met:4}/{one.there:<4} {one.name}" for one in topics),
            *(f"paper {one.id:5} {one.title}" for one in papers),
            *(f"round {one.id:5} {one.mode:8} {one.answered:3}/{one.asked:<3} {one.name}" for one in runs)]))


@practice.command("begin")
@click.argument("mode", type=click.Choice([one.value for one in PracticeMode]))
@click.option("--topic", type=click.IntRange(1), help="Id of a topic, as `list` shows it.")
@click.option("--paper", type=click.IntRange(1), help="Id of a paper, as `list` shows it.")
@as_option
@json_option
@with_database
def begin(db: Any, settings: Any, mode: str, topic: int | None, paper: int | None, as_login: str | None, as_json: bool) -> None:
    """Begin a round; the five of a day are the same all day long."""
    data = loaded(RunInput(), {"mode": mode, "topic": topic, "paper": paper})
    with db.begin(acting(db, as_login)) as work:
        row = usecases.begin_run(work, data["mode"], today=local_date(work.now, settings.timezone), topic_id=data["topic"],
                                 paper_id=data["paper"])
        _put(work, row.id, as_json)


@practice.command("show")
@RUN
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, run_id: int, as_login: str | None, as_json: bool) -> None:
    """An own round; the key of a question only once it was answered."""
    with db.look(acting(db, as_login)) as work:
        _put(work, run_id, as_json)


@practice.command("answer")
@RUN
@click.argument("place", type=int)
@click.argument("text", metavar="ANSWER", required=False)
@as_option
@json_option
@with_database
def answer(db: Any, settings: Any, run_id: int, place: int, text: str | None, as_login: str | None, as_json: bool) -> None:
    """Answer a question, once: the id of an option, a text, JSON (lists of ids, pairs), or @FILE. Nothing: not answered."""
    data = loaded(AnswerInput(), {"place": place}) | {"answer": _given(text)}
    with db.begin(acting(db, as_login)) as work:
        usecases.answer(work, run_id, data["place"], data["answer"], today=local_date(work.now, settings.timezone))
        _put(work, run_id, as_json)


@practice.command("judge")
@RUN
@click.argument("place", type=int)
@click.argument("verdict", type=click.Choice(list(OWN_VERDICTS)))
@as_option
@json_option
@with_database
def judge(db: Any, settings: Any, run_id: int, place: int, verdict: str, as_login: str | None, as_json: bool) -> None:
    """Say how an own short answer compares with the model answer, once."""
    data = loaded(JudgeInput(), {"place": place, "verdict": verdict})
    with db.begin(acting(db, as_login)) as work:
        usecases.judge(work, run_id, data["place"], data["verdict"], today=local_date(work.now, settings.timezone))
        _put(work, run_id, as_json)


@practice.command("hand-in")
@RUN
@click.argument("answers", metavar="JSON|@FILE")
@as_option
@json_option
@with_database
def hand_in(db: Any, settings: Any, run_id: int, answers: str, as_login: str | None, as_json: bool) -> None:
    """Hand a mock exam in: answers by place, as JSON."""
    data = loaded(HandInInput(), {"answers": _given(answers)})
    with db.begin(acting(db, as_login)) as work:
        usecases.hand_in(work, run_id, data["answers"], today=local_date(work.now, settings.timezone))
        _put(work, run_id, as_json)


@practice.command("end")
@RUN
@as_option
@json_option
@with_database
def end(db: Any, settings: Any, run_id: int, as_login: str | None, as_json: bool) -> None:
    """Leave a round; what was answered stays."""
    with db.begin(acting(db, as_login)) as work:
        usecases.end_run(work, run_id)
        _put(work, run_id, as_json)


@practice.command("mistakes")
@click.option("--q", help="Words of the question.")
@click.option("--topic", type=click.IntRange(1), help="Id of a topic; those below it too.")
@click.option("--book", type=click.Choice([one.value for one in Book]), help="Only those.")
@click.option("--to", "file", type=click.Path(path_type=Path), help="Write them to a new csv or xlsx file.")
@as_option
@json_option
@with_database
def mistakes(db: Any, settings: Any, q: str | None, topic: int | None, book: str | None, file: Path | None, as_login: str | None,
             as_json: bool) -> None:
    """The mistake book, what comes back soonest first."""
    from kmsvc.cli.tables import give_out

    asked = loaded(BookFilters(), {"q": q, "topic": topic, "book": book})
    with db.look(acting(db, as_login)) as work:
        work.permit(PRACTISE)
        lines = queries.mistakes(work.session, work.actor.person_id or 0, today=local_date(work.now, settings.timezone), **asked)
    if file is not None:
        give_out(file, "Mistake book", showing.BOOK_HEAD, showing.book_rows(lines, lambda at: local(at, settings.timezone)))
        return
    put({"items": [mistake_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.id:6} {one.due_on} {one.wrong:3} {one.head[:80]}" for one in lines))


def _aside(name: str, words: str, back: bool) -> click.Command:
    @click.argument("card_id", type=click.IntRange(1))
    @as_option
    @json_option
    @with_database
    def run(db: Any, settings: Any, card_id: int, as_login: str | None, as_json: bool) -> None:
        with db.begin(acting(db, as_login)) as work:
            usecases.put_aside(work, card_id, today=local_date(work.now, settings.timezone), back=back)
            work.session.flush()
            body = mistake_card_json(queries.mistake_card(work.session, work.actor, card_id))
        put(body, as_json=as_json, text=f"{body['id']} {body['due_on']} {body['head']}")
    return click.command(name, help=words)(run)


practice.add_command(_aside("known", "One knows it by now: CARD_ID as `mistakes` shows it.", False))
practice.add_command(_aside("again", "It comes back from today on.", True))
