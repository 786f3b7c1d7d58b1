"""Pages of courses for those who keep them: the list, one with its chapters and lessons by key, publishing, retiring."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for

from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.api import reply
from kmsvc.core.errors import InvalidInput, NotFound, Refusal
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.telling import form_refused
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
    wanted_version,
)
from kmsvc.core.work import Work
from kmsvc.people.accounts.directory import directory
from kmsvc.training.courses import filling, pieces, queries, showing, usecases
from kmsvc.training.courses.packages import LARGEST_MB
from kmsvc.training.courses.permissions import ASSIGN_COURSE, SEE_COURSES, SEE_LEARNERS, WRITE_COURSE
from kmsvc.training.courses.rules import WITH_FILE, LessonKind
from kmsvc.training.courses.schemas import (
    KINDS,
    STATES,
    ArrangeInput,
    CategoryInput,
    CourseFilters,
    CourseInput,
    LessonInput,
    PieceInput,
    PublishInput,
    RetireInput,
    draft_of,
)

blueprint = Blueprint("training_courses_pages", __name__, url_prefix="/training/courses")

PAGE = 50


@blueprint.get("")
def index() -> str | Response:
    """Courses, changed last first, with filters and an export of what is shown."""
    require(current_actor(), SEE_COURSES)
    asked = query_data(CourseFilters)
    with look() as work:
        lines = queries.course_lines(work.session, work.actor, q=asked["q"], state=asked["state"], category_id=asked["category"],
                                     marked=asked["marked"])
        shelves = [(one.id, one.name) for one in queries.categories(work.session, asked["category"])]
    if asked["format"]:
        return list_answer(asked["format"], N_("Courses"), showing.HEAD, showing.rows(lines, lambda at: local(at, settings().timezone)),
                           name="courses")
    start = asked["cursor"]
    return render_template(
        "training/courses/index.html", asked=asked, lines=lines[start:start + PAGE], total=len(lines), show=showing, shelves=shelves,
        next_cursor=start + PAGE if start + PAGE < len(lines) else None, may_write=can(current_actor(), WRITE_COURSE),
        states=[(one, showing.state_of(one)[1]) for one in STATES])


@blueprint.get("/new")
def new() -> str:
    """The form of a new one."""
    require(current_actor(), WRITE_COURSE)
    return _form({"title": request.args.get("title", "")[:200], "minutes": 30, "keeper": current_actor().login}, {})


def _form(typed: dict[str, Any], errors: dict[str, Any], *, course_id: int | None = None, why: str = "") -> str:
    with look() as work:
        line = queries.course_line(work.session, work.actor, course_id) if course_id is not None else None
        return render_template(
            "training/courses/edit.html", typed=typed, errors=errors, line=line, why=why,
            shelves=[(one.id, one.name) for one in queries.categories(work.session, line.category_id if line else None)],
            keepers=[(one.login, one.name) for one in directory(work.session).active()
                     if one.login and WRITE_COURSE.name in one.permissions])


@blueprint.post("")
def create() -> Response:
    """Make it; what was typed comes back when it is refused."""
    typed = form_data()
    try:
        data = load(CourseInput, typed)
        with begin() as work:
            row = usecases.make_course(work, draft_of(data))
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors, why=told.why), error.status)
    flash(sentence(N_("%(number)s is kept. Add chapters and lessons now."), {"number": row.number}), "ok")
    return go(url_for(".show", course_id=row.id))


@blueprint.get("/categories")
def categories() -> str:
    """What courses are sorted by."""
    return _categories({}, {})


def _categories(typed: dict[str, Any], errors: dict[str, Any]) -> str:
    with look() as work:
        work.permit(SEE_COURSES)
        return render_template("training/courses/categories.html", rows=queries.all_categories(work.session), typed=typed, errors=errors,
                               may_write=can(work.actor, WRITE_COURSE))


@blueprint.post("/categories")
def keep_category() -> Response:
    """Add one, change its name, close it or open it again."""
    typed = form_data()
    try:
        data = load(CategoryInput, typed)
        with begin() as work:
            usecases.keep_category(work, data["name"], category_id=data["id"], closed=data["closed"], version=wanted_version())
    except InvalidInput as error:
        return make_response(_categories(typed, form_refused(error).errors), error.status)
    flash(sentence(N_("The category is kept.")), "ok")
    return go(url_for(".categories"))


@blueprint.get("/<int:course_id>")
def show(course_id: int) -> str | Response:
    """Its chapters and lessons, what keeps it from being published, its versions; `label` in the address shows an older one."""
    return _page(course_id)


def _page(course_id: int, *, refused: tuple[str, dict[str, Any], str] | None = None) -> str:
    label = request.args.get("label", "")
    with look() as work:
        work.permit(SEE_COURSES)
        older = int(label) if label.isdecimal() and len(label) < 6 else None
        card = queries.course_card(work.session, work.actor, course_id, label=older)
        return render_template(
            "training/courses/show.html", card=card, line=card.line, show=showing, refused=refused, older=bool(label),
            may_write=can(work.actor, WRITE_COURSE) and not label, may_assign=can(work.actor, ASSIGN_COURSE),
            may_see_people=can(work.actor, SEE_LEARNERS), kinds=[(one, showing.kind_word(one)) for one in KINDS])


@blueprint.get("/<int:course_id>/edit")
def edit_page(course_id: int) -> str:
    """The form of its words."""
    with look() as work:
        work.permit(WRITE_COURSE)
        line = queries.course_line(work.session, work.actor, course_id)
        login = next((one.login for one in directory(work.session).active() if one.id == line.keeper_id), "")
    return _form({"title": line.title, "summary": line.summary, "category": line.category_id, "minutes": line.minutes,
                  "elective": line.elective, "keeper": login}, {}, course_id=course_id)


@blueprint.post("/<int:course_id>/edit")
def edit(course_id: int) -> Response:
    """Keep its words."""
    typed = form_data()
    try:
        data = load(CourseInput, typed)
        with begin() as work:
            usecases.change_course(work, course_id, draft_of(data), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_form(typed, told.errors, course_id=course_id, why=told.why), error.status)
    flash(sentence(N_("The changes are kept.")), "ok")
    return go(url_for(".show", course_id=course_id))


@blueprint.post("/<int:course_id>/arrange")
def arrange(course_id: int) -> Response:
    """Add, name, move or remove a chapter; move or remove a lesson."""
    typed = form_data()
    try:
        data = load(ArrangeInput, typed)
        with begin() as work:
            usecases.arrange(work, course_id, data["act"], chapter=data["chapter"], lesson=data["lesson"], title=data["title"],
                             version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(course_id, refused=(typed.get("act", ""), typed | {"errors": told.errors}, told.said)), error.status)
    at = f"#l{data['lesson']}" if data["lesson"] and data["act"] != "remove_lesson" else "#outline"
    return go(url_for(".show", course_id=course_id) + at)


ACTS = {"publish": (PublishInput, N_("Published. Who began an older version keeps it and hears of this one.")),
        "discard": (None, N_("The draft is left. The published version stands.")),
        "retire": (RetireInput, N_("It is retired: nobody is asked or reminded any more. It can be brought back.")),
        "restore": (None, N_("It is offered again, and what was assigned is asked for again."))}


@blueprint.post("/<int:course_id>/<any(publish, discard, retire, restore):verb>")
def act(course_id: int, verb: str) -> Response:
    """Publish the draft, leave it, retire the course or bring it back."""
    schema, said = ACTS[verb]
    typed = form_data()
    try:
        data = load(schema, typed) if schema is not None else {}
        with begin() as work:
            do_act(work, course_id, verb, data, wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_page(course_id, refused=(verb, typed | {"errors": told.errors}, told.said)), error.status)
    flash(sentence(said), "ok")
    return go(url_for(".show", course_id=course_id))


def do_act(work: Work, course_id: int, verb: str, data: dict[str, Any], version: int | None) -> None:
    """One act with loaded inputs, for every door."""
    if verb == "publish":
        usecases.publish_course(work, course_id, note=data["note"], version=version)
    elif verb == "retire":
        usecases.retire_course(work, course_id, reason=data["reason"], version=version)
    elif verb == "discard":
        usecases.discard_draft(work, course_id, version=version)
    else:
        usecases.restore_course(work, course_id, version=version)


@blueprint.get("/<int:course_id>/lessons/new")
def new_lesson(course_id: int) -> str:
    """The form of a new lesson; kind and chapter stand in the address."""
    kind = request.args.get("kind", LessonKind.TEXT)
    chapter = request.args.get("chapter", "1")
    return _lesson_form(course_id, kind if kind in KINDS else LessonKind.TEXT,
                        {"chapter": chapter if chapter.isdecimal() else "1", "required": True, "minutes": 5}, {})


def _lesson_form(course_id: int, kind: str, typed: dict[str, Any], errors: dict[str, Any], *, taught_id: int | None = None,
                 why: str = "", held: Any = None) -> str:
    with look() as work:
        work.permit(WRITE_COURSE)
        card = queries.course_card(work.session, work.actor, course_id)
        return render_template(
            "training/courses/lesson_edit.html", line=card.line, kind=kind, typed=typed, errors=errors, taught_id=taught_id, why=why,
            show=showing, with_file=kind in WITH_FILE, most_mb=LARGEST_MB, taken=sorted(filling.TAKEN.get(kind, ())), held=held or {},
            chapters=[(str(place), title) for place, (title, _) in enumerate(card.chapters, 1)])


@blueprint.post("/<int:course_id>/lessons")
def add_lesson(course_id: int) -> Response:
    """Keep a new lesson, with its file."""
    typed = _typed()
    kind = typed.get("kind") if typed.get("kind") in KINDS else LessonKind.TEXT
    try:
        data = load(LessonInput, typed)
        given = received(str(kind))
        with begin() as work:
            work.permit(WRITE_COURSE)
            row = usecases.add_lesson(work, course_id, data["chapter"] or 1, filling.lesson_of_input(
                work, course_id, data, kind=str(kind), given=given), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_lesson_form(course_id, str(kind), typed, told.errors, why=told.why), error.status)
    flash(sentence(N_("The lesson is kept.")), "ok")
    return go(url_for(".show", course_id=course_id) + f"#l{row.lesson_id}")


def _typed() -> dict[str, Any]:
    """What was typed; where the file came in pieces its key and name are no fields of the lesson."""
    return {key: value for key, value in form_data().items() if key not in ("upload", "upload_name")}


@blueprint.post("/pieces")
def piece() -> Response:
    """A piece of a file that is too large for one request; the first one gets its key."""
    require(current_actor(), WRITE_COURSE)
    data = load(PieceInput, form_data())
    file = request.files.get("file")
    if file is None:
        raise InvalidInput({"file": [N_("Choose a file.")]})
    person_id = current_actor().person_id
    key = data["key"] or pieces.new_key(person_id)
    size = pieces.add_piece(settings().files_dir, key, person_id, data["offset"], file.stream)
    return reply({"key": key, "size": size})


def received(kind: str) -> filling.Given | None:
    """The file of a multipart request, or the one that came in pieces before, looked through and on disk; nothing is written for
    who may not."""
    actor = current_actor()
    require(actor, WRITE_COURSE)
    if request.form.get("upload"):
        with pieces.whole(settings().files_dir, request.form["upload"], actor.person_id) as stream:
            return filling.take_file(settings().files_dir, kind, stream, request.form.get("upload_name", "")[:200])  # type: ignore[arg-type]
    file = request.files.get("file")
    return filling.take_file(settings().files_dir, kind, file.stream, file.filename) if file is not None and file.filename else None


def found_lesson(work: Work, course_id: int, taught_id: int) -> queries.LessonLine:
    """A lesson of what is written or published, or NotFound."""
    card = queries.course_card(work.session, work.actor, course_id)
    row = next((one for _, its in card.chapters for one in its if one.id == taught_id), None)
    if row is None:
        raise NotFound()
    return row


@blueprint.get("/<int:course_id>/lessons/<int:taught_id>")
def lesson(course_id: int, taught_id: int) -> str:
    """A lesson as learners will see it."""
    with look() as work:
        work.permit(SEE_COURSES)
        card = queries.course_card(work.session, work.actor, course_id)
        row = found_lesson(work, course_id, taught_id)
        steps = [one for _, its in card.chapters for one in its]
        at = steps.index(row)
        view = showing.drawn(work, row.kind, row.title, row.content)
        for one in view.parts:
            shown(one.secret, Place.PAGE)
        return render_template("training/courses/lesson.html", line=card.line, row=row, view=view, show=showing, at=at + 1, steps=steps,
                               before=steps[at - 1] if at else None, after=steps[at + 1] if at + 1 < len(steps) else None, now=work.now,
                               may_write=can(work.actor, WRITE_COURSE), may_print=can(work.actor, PRINT_SECRET),
                               secret=next((one.secret for one in view.parts if one.secret is not None), None))


@blueprint.get("/<int:course_id>/lessons/<int:taught_id>/edit")
def edit_lesson_page(course_id: int, taught_id: int) -> str:
    """The form of a lesson."""
    with look() as work:
        work.permit(WRITE_COURSE)
        row = found_lesson(work, course_id, taught_id)
        typed = filling.typed_of(work, row.kind, row.content) | {"title": row.title, "required": row.required, "minutes": row.minutes}
    return _lesson_form(course_id, row.kind, typed, {}, taught_id=taught_id, held=row.content)


@blueprint.post("/<int:course_id>/lessons/<int:taught_id>/edit")
def edit_lesson(course_id: int, taught_id: int) -> Response:
    """Keep a lesson, with another file if one is given."""
    typed = _typed()
    with look() as work:
        work.permit(WRITE_COURSE)
        row = found_lesson(work, course_id, taught_id)
    try:
        data = load(LessonInput, typed)
        given = received(row.kind)
        with begin() as work:
            work.permit(WRITE_COURSE)
            usecases.change_lesson(work, course_id, taught_id, filling.lesson_of_input(
                work, course_id, data, kind=row.kind, given=given, held=row.content), version=wanted_version())
    except Refusal as error:
        told = form_refused(error)
        return make_response(_lesson_form(course_id, row.kind, typed, told.errors, taught_id=taught_id, why=told.why, held=row.content),
                             error.status)
    flash(sentence(N_("The lesson is kept.")), "ok")
    return go(url_for(".show", course_id=course_id) + f"#l{taught_id}")
