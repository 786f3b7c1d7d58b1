"""Pages of lessons: the list, making and changing one, what is in it, reading it through by key, the file."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import InvalidInput, Stale
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.schemas import ReasonInput
from kmsvc.core.texts import N_
from kmsvc.core.web import (
    begin,
    current_actor,
    form_data,
    go,
    load,
    look,
    query_data,
    settings,
    told_fields,
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.showing import block_labels
from kmsvc.knowledge.citations import showing
from kmsvc.knowledge.citations.permissions import KEEP_CITATIONS
from kmsvc.knowledge.citations.queries import cites_of
from kmsvc.knowledge.citations.rules import CitationState
from kmsvc.knowledge.lessons import queries, usecases
from kmsvc.knowledge.lessons.citing import LESSON
from kmsvc.knowledge.lessons.permissions import READ_LESSON, WRITE_LESSON
from kmsvc.knowledge.lessons.schemas import (
    LANGUAGES,
    STATES,
    LessonFilters,
    LessonInput,
    ReadQuery,
    draft_of,
)
from kmsvc.markup.render import render_blocks
from kmsvc.people.accounts.directory import directory

blueprint = Blueprint("knowledge_lessons_pages", __name__, url_prefix="/knowledge/lessons")

PAGE = 50
HEAD = (N_("Number"), N_("Title"), N_("What it is for"), N_("Keeper"), N_("Parts"), N_("To be looked at"), N_("Changed"))


@blueprint.get("")
def index() -> str | Response:
    """Lessons, changed last first, with an export of what is shown."""
    require(current_actor(), READ_LESSON)
    asked = query_data(LessonFilters)
    with look() as work:
        lines = queries.lesson_lines(work.session, work.actor, q=asked["q"], state=asked["state"])
    if asked["format"]:
        rows: list[list[Any]] = [[line.number, line.title, line.summary, line.keeper, line.parts, line.marked,
                                  local(line.changed_at, settings().timezone)] for line in lines]
        return list_answer(asked["format"], N_("Lessons"), HEAD, rows, name="lessons")
    start = asked["cursor"]
    return render_template(
        "knowledge/lessons/index.html", asked=asked, lines=lines[start:start + PAGE], total=len(lines),
        next_cursor=start + PAGE if start + PAGE < len(lines) else None, may_write=can(current_actor(), WRITE_LESSON),
        states=[(STATES[0], sentence(N_("To be looked at"))), (STATES[1], sentence(N_("Removed")))])


@blueprint.get("/new")
def new() -> str:
    """The form of a new one; `cites` in the address is what it begins with."""
    require(current_actor(), WRITE_LESSON)
    return _form({"cites": request.args.get("cites", "")[:200], "title": request.args.get("title", "")[:200],
                  "language": LANGUAGES[0], "keeper": current_actor().login}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any], *, lesson_id: int | None = None, version: int | None = None,
          why: str = "") -> str:
    with look() as work:
        line = queries.lesson_line(work.session, work.actor, lesson_id) if lesson_id is not None else None
        return render_template(
            "knowledge/lessons/edit.html", typed=typed, errors=errors, line=line, version=version, why=why,
            keepers=[(one.login, one.name) for one in directory(work.session).active()
                     if one.login and KEEP_CITATIONS.name in one.permissions],
            languages=[(LANGUAGES[0], sentence(N_("Chinese"))), (LANGUAGES[1], sentence(N_("English")))])


@blueprint.post("")
def create() -> Response:
    """Make it; what was typed comes back when it is refused."""
    try:
        data = load(LessonInput, form_data())
        with begin() as work:
            row = usecases.make_lesson(work, draft_of(work, data))
    except InvalidInput as error:
        return make_response(_form(form_data(), told_fields(error)), error.status)
    flash(sentence(N_("%(number)s is kept."), {"number": row.number}), "ok")
    return go(url_for(".show", lesson_id=row.id))


@blueprint.get("/<int:lesson_id>")
def show(lesson_id: int) -> str:
    """What is in it, how long it takes, what of it is to be looked at."""
    with look() as work:
        work.permit(READ_LESSON)
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        parts = queries.parts_of(work.session, work.actor, lesson_id)
        return render_template("knowledge/lessons/show.html", line=line, parts=parts, minutes=queries.minutes_of(parts), show=showing,
                               lines=cites_of(work.session, work.actor, LESSON, lesson_id), State=CitationState)


@blueprint.get("/<int:lesson_id>/read")
def read(lesson_id: int) -> str:
    """One part after the other, by n and p."""
    at = query_data(ReadQuery)["part"]
    with look() as work:
        work.permit(READ_LESSON)
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        parts = queries.parts_of(work.session, work.actor, lesson_id)
        at = min(at, len(parts))
        part = parts[at - 1] if parts else None
        html = render_blocks(part.blocks, attachment_url=address_of(work.session, work.actor), labels=block_labels()) if part else ""
        return render_template("knowledge/lessons/read.html", line=line, parts=parts, part=part, at=at, html=html,
                               secret=shown(part.secret, Place.PAGE) if part else None, now=work.now,
                               may_print=can(work.actor, PRINT_SECRET))


@blueprint.get("/<int:lesson_id>/file")
def file(lesson_id: int) -> Response:
    """The lesson as Markdown; secret paragraphs are not in it."""
    with look() as work:
        work.permit(READ_LESSON)
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        body = queries.as_markdown(line, queries.parts_of(work.session, work.actor, lesson_id))
    answer = Response(body, mimetype="text/markdown")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{line.number}.md')}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<int:lesson_id>/edit")
def edit_page(lesson_id: int) -> str:
    """The form of an existing one."""
    with look() as work:
        line = queries.lesson_line(work.session, work.actor, lesson_id)
        work.permit(WRITE_LESSON, line)
        typed = {"title": line.title, "summary": line.summary, "language": line.language, "cites": _named(work, lesson_id),
                 "keeper": directory(work.session).people[line.keeper_id].login}
    return _form(typed, {}, lesson_id=lesson_id, version=line.version)


def _named(work: Work, lesson_id: int) -> str:
    """What it cites, as it is written; what is not for this caller would be lost, so an editor of it sees all it cites."""
    return "\n".join(one.number + (f"#{one.block_id}" if one.block_id else "")
                     for one in cites_of(work.session, work.actor, LESSON, lesson_id))


@blueprint.post("/<int:lesson_id>/edit")
def edit(lesson_id: int) -> Response:
    """Change it; somebody else's newer one is a conflict, never overwritten."""
    version = wanted_version()
    try:
        data = load(LessonInput, form_data())
        with begin() as work:
            usecases.change_lesson(work, lesson_id, draft_of(work, data), version=version)
    except InvalidInput as error:
        return make_response(_form(form_data(), told_fields(error), lesson_id=lesson_id, version=version), error.status)
    except Stale as error:
        said = sentence(N_("Somebody changed it meanwhile. Look at it again."))
        return make_response(_form(form_data(), {}, lesson_id=lesson_id, version=error.version, why=said), 409)
    flash(sentence(N_("The changes are kept.")), "ok")
    return go(url_for(".show", lesson_id=lesson_id))


@blueprint.post("/<int:lesson_id>/<any(remove, restore):verb>")
def change(lesson_id: int, verb: str) -> Response:
    """Remove it, or put it back."""
    with begin() as work:
        queries.lesson_line(work.session, work.actor, lesson_id)
        if verb == "remove":
            usecases.remove_lesson(work, lesson_id, reason=load(ReasonInput, form_data())["reason"])
        else:
            usecases.restore_lesson(work, lesson_id)
    flash(sentence(N_("It is removed. It can be put back.") if verb == "remove" else N_("It is back.")), "ok")
    return go(url_for(".show", lesson_id=lesson_id))
