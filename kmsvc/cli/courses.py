"""`kmsvc training courses …` and `kmsvc training learning …`: courses written and assigned, and taken, at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kmsvc.cli.glue import acting, as_option, json_option, put, with_database
from kmsvc.cli.things import WHICH, act_on, id_of, loaded, show_settled
from kmsvc.core.clock import local_date
from kmsvc.core.permissions import require
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.units.queries import post_by_code, unit_by_code
from kmsvc.training.courses import assigning, filling, learning, mine, queries, usecases
from kmsvc.training.courses.models import Course
from kmsvc.training.courses.pages import do_act, found_lesson
from kmsvc.training.courses.permissions import SEE_COURSES, SEE_LEARNERS, SEE_LEARNING, WRITE_COURSE
from kmsvc.training.courses.schemas import (
    KINDS,
    ROLES,
    STANDINGS,
    STATES,
    ArrangeInput,
    CourseInput,
    LessonInput,
    PublishInput,
    RetireInput,
    assignment_json,
    card_json,
    draft_of,
    history_json,
    learner_json,
    line_json,
    my_json,
    played_json,
)
from kmsvc.training.courses.usecases import ACTS


@click.group("courses")
def courses() -> None:
    """Courses: chapters and lessons in versions, assigned and taken."""


@courses.command("list")
@click.option("--q", help="Number, title or what it is for.")
@click.option("--state", type=click.Choice(STATES))
@click.option("--marked", is_flag=True, help="Only those that cite something that changed.")
@as_option
@json_option
@with_database
def listing(db: Any, settings: Any, q: str | None, state: str | None, marked: bool, as_login: str | None, as_json: bool) -> None:
    """Courses, changed last first."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_COURSES)
        lines = queries.course_lines(work.session, work.actor, q=q, state=state, marked=marked)
    put({"items": [line_json(line) for line in lines]}, as_json=as_json, text="\n".join(
        f"{line.number:9} V{line.label:<3} {line.state:9} {line.lessons:3} {line.done:4}/{line.open + line.done:<4} {line.title}"
        for line in lines))


@courses.command("show")
@WHICH
@as_option
@json_option
@with_database
def show(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """One with its chapters and lessons."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_COURSES)
        _put(work, id_of(work, Course, which), as_json)


def _put(work: Work, course_id: int, as_json: bool) -> None:
    card = queries.course_card(work.session, work.actor, course_id)
    text = [f"{card.line.number} V{card.shown.label} {card.line.state} {card.shown.title}"]
    for title, lessons in card.chapters:
        text += [f"  {title}", *(f"    {one.id:4} {one.kind:8} {'*' if one.required else ' '} {one.title}" for one in lessons)]
    put(card_json(card), as_json=as_json, text="\n".join(text))


def _done(db: Any, settings: Any, as_login: str | None, which: str, act: Any, as_json: bool) -> None:
    act_on(db, settings, as_login, Course, which, act, lambda work, one: _put(work, one, as_json))


@courses.command("make")
@click.argument("title")
@click.option("--summary")
@click.option("--category", type=int, help="Id of a category.")
@click.option("--minutes", type=int, default=0, show_default=True)
@click.option("--elective", is_flag=True, help="Offered to whoever may learn.")
@click.option("--keeper", metavar="LOGIN")
@as_option
@json_option
@with_database
def make(db: Any, settings: Any, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Write a course; lessons come after it."""
    actor = acting(db, as_login)
    data = loaded(CourseInput(), given)
    with db.begin(actor) as work:
        row = usecases.make_course(work, draft_of(data))
    show_settled(db, settings, actor, lambda work: _put(work, row.id, as_json))


@courses.command("arrange")
@WHICH
@click.argument("act", type=click.Choice(ACTS))
@click.option("--chapter", type=int, help="From 1.")
@click.option("--lesson", type=int, help="Id of a lesson.")
@click.option("--title", help="Of the chapter.")
@as_option
@json_option
@with_database
def arrange(db: Any, settings: Any, which: str, act: str, as_login: str | None, as_json: bool, **given: Any) -> None:
    """Add, name, move or remove a chapter; move or remove a lesson."""
    data = loaded(ArrangeInput(), given | {"act": act})
    _done(db, settings, as_login, which, lambda work, one: usecases.arrange(
        work, one, act, chapter=data["chapter"], lesson=data["lesson"], title=data["title"]), as_json)


@courses.command("lesson")
@WHICH
@click.argument("title")
@click.option("--kind", type=click.Choice(KINDS), default="text", show_default=True)
@click.option("--chapter", type=int, default=1, show_default=True)
@click.option("--lesson-id", type=int, help="Change this lesson instead of adding one.")
@click.option("--required/--optional", default=True, show_default=True)
@click.option("--minutes", type=int, default=0)
@click.option("--body", help="Markdown, or @FILE.")
@click.option("--cites", help="Numbers of articles or processes, with commas between.")
@click.option("--lesson", help="Number of a knowledge lesson.")
@click.option("--url")
@click.option("--whole", is_flag=True, help="A video must be watched through.")
@click.option("--file", "path", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Video, PDF, slides or package.")
@as_option
@json_option
@with_database
def lesson_command(db: Any, settings: Any, which: str, kind: str, lesson_id: int | None, path: Path | None, as_login: str | None,
                   as_json: bool, **given: Any) -> None:
    """Add a lesson to a chapter, or change one."""
    data = loaded(LessonInput(), given | {"kind": kind})
    actor = acting(db, as_login)
    require(actor, WRITE_COURSE)
    stored = None
    if path is not None:
        with path.open("rb") as file:
            stored = filling.take_file(settings.files_dir, kind, file, path.name)

    def act(work: Work, one: int) -> None:
        work.permit(WRITE_COURSE)
        held = found_lesson(work, one, lesson_id) if lesson_id is not None else None
        draft = filling.lesson_of_input(work, one, data, kind=held.kind if held else kind, given=stored,
                                        held=held.content if held else None)
        if lesson_id is not None:
            usecases.change_lesson(work, one, lesson_id, draft)
        else:
            usecases.add_lesson(work, one, data["chapter"] or 1, draft)
    _done(db, settings, as_login, which, act, as_json)


def _verb(name: str, schema: Any, about: str, *options: Any) -> None:
    def run(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool, **given: Any) -> None:
        data = loaded(schema(), given) if schema is not None else {}
        _done(db, settings, as_login, which, lambda work, one: do_act(work, one, name, data, None), as_json)
    made = WHICH(as_option(json_option(with_database(run))))
    for option in options:
        made = option(made)
    courses.command(name, help=about)(made)


_verb("publish", PublishInput, "Learners get what is written from now on.", click.option("--note", help="What is new."))
_verb("discard", None, "Leave what was written since the last version.")
_verb("retire", RetireInput, "Nobody is asked or reminded any more.", click.option("--reason", help="[needed]"))
_verb("restore", None, "A retired course is offered again.")


@courses.command("assign")
@WHICH
@click.option("--person", metavar="LOGIN")
@click.option("--unit", metavar="CODE")
@click.option("--post", metavar="CODE")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--due-on", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--days", type=click.IntRange(0, 3650), help="Within so many days of being concerned.")
@click.option("--again", is_flag=True, help="Again after each release of a process in it.")
@click.option("--reason")
@as_option
@json_option
@with_database
def assign(db: Any, settings: Any, which: str, person: str | None, unit: str | None, post: str | None, role: str | None, due_on: Any,
           days: int | None, again: bool, reason: str | None, as_login: str | None, as_json: bool) -> None:
    """It is to be taken by a person, unit, post or role."""
    def act(work: Work, one: int) -> None:
        found = (person_by_login(work.session, person) if person else None, unit_by_code(work.session, unit) if unit else None,
                 post_by_code(work.session, post) if post else None)
        first, second, third = (row.id if row is not None else (0 if said else None)
                                for said, row in zip((person, unit, post), found, strict=True))
        assigning.assign_course(work, one, assigning.Whom(first, second, third, role), today=local_date(work.now, settings.timezone),
                                due_on=due_on.date() if due_on else None, days=days, again=again, reason=reason)
    _done(db, settings, as_login, which, act, as_json)


@courses.command("assignments")
@WHICH
@as_option
@json_option
@with_database
def assignments(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """To whom it is assigned."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_LEARNERS)
        rows = queries.assignment_lines(work.session, id_of(work, Course, which))
    put({"items": [assignment_json(row) for row in rows]}, as_json=as_json, text="\n".join(
        f"{row.id:5} {row.target:6} {row.whom:24} {row.done:4}/{row.total:<4} {'ended' if row.ended_at else ''}" for row in rows))


@courses.command("end")
@click.argument("assignment_id", type=click.IntRange(1))
@click.option("--reason")
@as_option
@json_option
@with_database
def end(db: Any, settings: Any, assignment_id: int, reason: str | None, as_login: str | None, as_json: bool) -> None:
    """Nobody is asked by an assignment any more."""
    with db.begin(acting(db, as_login)) as work:
        row = assigning.end_assignment(work, assignment_id, reason=reason)
    put({"id": row.id, "ended": True}, as_json=as_json, text=f"{row.id}")


@courses.command("learners")
@WHICH
@click.option("--state", type=click.Choice(STANDINGS))
@click.option("--q", help="Name of a person.")
@as_option
@json_option
@with_database
def learners(db: Any, settings: Any, which: str, state: str | None, q: str | None, as_login: str | None, as_json: bool) -> None:
    """Who is how far, late ones first."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_LEARNERS)
        today = local_date(work.now, settings.timezone)
        rows = queries.learner_lines(work.session, id_of(work, Course, which), today, q=q, standing=state)
    put({"items": [learner_json(row) for row in rows]}, as_json=as_json, text="\n".join(
        f"{row.standing:6} {row.share:4} % {row.due_on or '':10} {row.person}" for row in rows))


@click.group("learning")
def my_learning() -> None:
    """What one must take and may take, and what one has learned."""


@my_learning.command("list")
@click.option("--view", type=click.Choice(["required", "elective", "history"]), default="required", show_default=True)
@click.option("--q")
@as_option
@json_option
@with_database
def my_list(db: Any, settings: Any, view: str, q: str | None, as_login: str | None, as_json: bool) -> None:
    """Courses of this person (--as)."""
    with db.look(acting(db, as_login)) as work:
        require(work.actor, SEE_LEARNING)
        today = local_date(work.now, settings.timezone)
        if view == "history":
            past = mine.my_history(work.session, work.actor.person_id or 0, q=q)
            put({"items": [history_json(one) for one in past]}, as_json=as_json, text="\n".join(
                f"{one.attempt_id:5} {one.number:9} {one.how:6} {one.share:4} % {one.title}" for one in past))
            return
        lines = mine.my_required(work.session, work.actor, today) if view == "required" else mine.my_elective(
            work.session, work.actor, today, q=q)
    put({"items": [my_json(one) for one in lines]}, as_json=as_json, text="\n".join(
        f"{one.number:9} {one.standing:6} {one.due_on or '':10} {one.title}" for one in lines))


@my_learning.command("begin")
@WHICH
@as_option
@json_option
@with_database
def begin(db: Any, settings: Any, which: str, as_login: str | None, as_json: bool) -> None:
    """Begin a course, or go on with it."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = learning.begin_course(work, id_of(work, Course, which))
    show_settled(db, settings, actor, lambda work: _put_attempt(work, row.id, as_json))


@my_learning.command("done")
@click.argument("attempt_id", type=click.IntRange(1))
@click.argument("lesson_id", type=click.IntRange(1))
@as_option
@json_option
@with_database
def done(db: Any, settings: Any, attempt_id: int, lesson_id: int, as_login: str | None, as_json: bool) -> None:
    """A lesson is done."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        learning.note_progress(work, attempt_id, lesson_id, done=True)
    show_settled(db, settings, actor, lambda work: _put_attempt(work, attempt_id, as_json))


@my_learning.command("newer")
@click.argument("attempt_id", type=click.IntRange(1))
@as_option
@json_option
@with_database
def newer(db: Any, settings: Any, attempt_id: int, as_login: str | None, as_json: bool) -> None:
    """Leave the older version for the newer one."""
    actor = acting(db, as_login)
    with db.begin(actor) as work:
        row = learning.take_newer(work, attempt_id)
    show_settled(db, settings, actor, lambda work: _put_attempt(work, row.id, as_json))


@my_learning.command("show")
@click.argument("attempt_id", type=click.IntRange(1))
@as_option
@json_option
@with_database
def show_attempt(db: Any, settings: Any, attempt_id: int, as_login: str | None, as_json: bool) -> None:
    """An attempt with its lessons."""
    with db.look(acting(db, as_login)) as work:
        _put_attempt(work, attempt_id, as_json)


def _put_attempt(work: Work, attempt_id: int, as_json: bool) -> None:
    view = mine.played(work.session, work.actor, attempt_id)
    put(played_json(view), as_json=as_json, text="\n".join(
        [f"{view.attempt.id} {view.course.number} V{view.version.label} {view.share} % {view.version.title}"]
        + [f"  {one.id:4} {'done' if one.done else 'begun' if one.begun else '':6} {one.title}" for one in view.steps]))
