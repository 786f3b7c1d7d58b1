"""`kmsvc knowledge lessons …`: articles and paragraphs in an order to be read through."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.access.rules import Act, Place
from kmsvc.access.usecases import note
from kmsvc.cli.glue import Sentence, acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, add_remove_and_restore, id_of, loaded, show_settled
from kmsvc.core.permissions import require
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.lessons import queries, usecases
from kmsvc.knowledge.lessons.models import Lesson
from kmsvc.knowledge.lessons.permissions import READ_LESSON
from kmsvc.knowledge.lessons.schemas import LANGUAGES, STATES, LessonInput, card_json, draft_of, line_json


@click.group("lessons")
def lessons() -> None:
    """Articles and paragraphs in an order to be read through."""


@lessons.command("list")
@click.option("--q", help="Number, title or what it is for.")
@click.option("--state", type=click.Choice(STATES))
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, as_login: str | None, as_json: bool) -> None:
    """Lessons, changed last first."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, READ_LESSON)
        lines = queries.lesson_lines(work.session, work.actor, q=q, state=state)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:9} {line.parts:4} {line.marked:4} {line.title}" for line in lines))


@lessons.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One with what this person reads in it now."""
    with db.begin(acting(db, as_login)) as work:
        require(work.actor, READ_LESSON)
        lesson_id = id_of(work, Lesson, which)
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        parts = queries.parts_of(work.session, work.actor, lesson_id)
        for one in parts:
            if one.secret is not None:
                note(work, Act.SEEN, one.secret, place=Place.COMMAND)
    put(card_json(line, parts), as_json=as_json, text="\n".join(
        [f"{line.number} {line.title}"] + [f"{'*' if one.marked else ' '} {one.number:9} {one.heading}" for one in parts]))


@lessons.command("make")
@click.argument("title")
@click.argument("cites", nargs=-1, required=True, metavar="NUMBER[#PARAGRAPH]…")
@click.option("--summary", help="What it is for.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--keeper", metavar="LOGIN", help="Who is told; left out, whoever makes it.")
@as_option
@json_option
@with_database
def make(db: Any, settings: Any, title: str, cites: tuple[str, ...], summary: str | None, language: str, keeper: str | None,
         as_login: str | None, as_json: bool) -> None:
    """Make a lesson of articles, processes and paragraphs in this order."""
    data = loaded(LessonInput(), {"title": title, "summary": summary, "language": language, "keeper": keeper, "cites": "\n".join(cites)})
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = usecases.make_lesson(work, draft_of(work, data))
    show_settled(db, settings, actor, lambda work: _put(work, row.id, as_json))


def _put(work: Work, lesson_id: int, as_json: bool) -> None:
    line = queries.lesson_line(work.session, work.actor, lesson_id)
    put(line_json(line), as_json=as_json, text=f"{line.number} {line.title}")


@lessons.command("export")
@WHICH
@click.argument("file", type=click.Path(path_type=Path))
@as_option
@with_database
def export(db: Any, settings: Any, which: str, file: Path, as_login: str | None) -> None:
    """Write a lesson as Markdown to a new file; secret paragraphs are not in it."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, READ_LESSON)
        lesson_id = id_of(work, Lesson, which)
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        text = queries.as_markdown(line, queries.parts_of(work.session, work.actor, lesson_id))
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError as error:
        raise Sentence(N_("The file is there already.")) from error
    put({}, as_json=False, text=str(file))


add_remove_and_restore(
    lessons, Lesson, path="kmsvc knowledge lessons", about="It is read no longer.",
    remove=usecases.remove_lesson, restore=usecases.restore_lesson, show=_put)
