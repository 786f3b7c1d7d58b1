"""My training: what I must take and may take, what I have learned, and the course as it is played, lesson by lesson."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, render_template, request, send_file, url_for

from kmsvc.access.guard import shown
from kmsvc.access.permissions import PRINT_SECRET
from kmsvc.access.rules import Place
from kmsvc.convert.sending import list_answer
from kmsvc.core.errors import NotFound
from kmsvc.core.i18n import local, sentence
from kmsvc.core.permissions import can, require
from kmsvc.core.texts import N_
from kmsvc.core.web import begin, current_actor, form_data, go, load, look, query_data, settings, today
from kmsvc.core.work import Work
from kmsvc.files.models import Attachment, StoredFile
from kmsvc.files.store import place_of
from kmsvc.training.courses import learning, mine, showing
from kmsvc.training.courses.citing import COURSE
from kmsvc.training.courses.lrs_pages import launch_address
from kmsvc.training.courses.permissions import LEARN, SEE_LEARNING
from kmsvc.training.courses.queries import categories
from kmsvc.training.courses.rules import LessonKind
from kmsvc.training.courses.schemas import LearningFilters, ProgressInput
from kmsvc.training.courses.stage import stage_of

blueprint = Blueprint("training_learning_pages", __name__, url_prefix="/training/learning")

PAGE = 50
IN_PLACE = frozenset({"video/mp4", "video/webm", "application/pdf"})
FILE_CSP = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@blueprint.get("")
def index() -> str:
    """What I must take, earliest due first, and what I may."""
    require(current_actor(), SEE_LEARNING)
    asked = query_data(LearningFilters)
    with look() as work:
        must = mine.my_required(work.session, work.actor, today())
        held = {one.course_id for one in must}
        may = [one for one in mine.my_elective(work.session, work.actor, today(), q=asked["q"], category_id=asked["category"])
               if one.course_id not in held]
        start = asked["cursor"]
        return render_template(
            "training/learning/index.html", must=must, may=may[start:start + PAGE], total=len(may), asked=asked, show=showing,
            next_cursor=start + PAGE if start + PAGE < len(may) else None, soon=today() + timedelta(days=7),
            shelves=[(one.id, one.name) for one in categories(work.session, asked["category"])])


@blueprint.get("/history")
def history() -> str | Response:
    """Every attempt of mine, newest first; nothing in it is ever overwritten."""
    require(current_actor(), SEE_LEARNING)
    asked = query_data(LearningFilters)
    with look() as work:
        lines = mine.my_history(work.session, work.actor.person_id or 0, q=asked["q"])
    if asked["format"]:
        def at(when: Any) -> Any:
            return local(when, settings().timezone) if when else None
        rows = [[one.number, one.title, one.label, one.attempt, showing.attempt_of(one.how)[1], at(one.begun_at), at(one.done_at),
                 round(one.seconds / 60), None if one.score is None else one.score / 100] for one in lines]
        return list_answer(asked["format"], N_("Learning history"), showing.HISTORY_HEAD, rows, name="learning")
    start = asked["cursor"]
    return render_template("training/learning/history.html", lines=lines[start:start + PAGE], total=len(lines), asked=asked,
                           show=showing, next_cursor=start + PAGE if start + PAGE < len(lines) else None)


@blueprint.get("/courses/<int:course_id>")
def course(course_id: int) -> str:
    """A course before it is begun, or where one is in it."""
    with look() as work:
        work.permit(SEE_LEARNING)
        line = mine.my_line(work.session, work.actor, course_id, today())
        attempt = mine.current_attempt(work.session, work.actor, course_id)
        view = mine.played(work.session, work.actor, attempt.id) if attempt is not None else None
        past = [one for one in mine.my_history(work.session, work.actor.person_id or 0) if one.course_id == course_id
                and one.how != "begun"]
        return render_template("training/learning/course.html", line=line, view=view, past=past, show=showing,
                               may_learn=can(work.actor, LEARN))


@blueprint.post("/courses/<int:course_id>/begin")
def begin_course(course_id: int) -> Response:
    """Begin, go on, or take it again."""
    with begin() as work:
        place = _next_lesson(work, learning.begin_course(work, course_id).id)
    return go(place)


def _next_lesson(work: Work, attempt_id: int) -> str:
    view = mine.played(work.session, work.actor, attempt_id)
    step = view.next_open()
    if step is None:
        return url_for(".course", course_id=view.course.id)
    return url_for(".lesson", attempt_id=attempt_id, taught_id=step.id)


@blueprint.post("/attempts/<int:attempt_id>/newer")
def newer(attempt_id: int) -> Response:
    """Leave the older version for the newer one."""
    with begin() as work:
        place = _next_lesson(work, learning.take_newer(work, attempt_id).id)
    flash(sentence(N_("You are in the newer version. Lessons that are the same in both stay done.")), "ok")
    return go(place)


@blueprint.get("/attempts/<int:attempt_id>/lessons/<int:taught_id>")
def lesson(attempt_id: int, taught_id: int) -> str:
    """One lesson: its list beside it, n and p lead on and back."""
    with look() as work:
        work.permit(SEE_LEARNING)
        view = mine.played(work.session, work.actor, attempt_id)
        text = view.texts.get(taught_id)
        if text is None:
            raise NotFound()
        steps = view.steps
        at = next(place for place, one in enumerate(steps) if one.id == taught_id)
        drawn = showing.drawn(work, text.kind, text.title, text.content)
        for one in drawn.parts:
            shown(one.secret, Place.PAGE)
        progress = view.progress.get(taught_id)
        stage = stage_of(view, taught_id, drawn, request.args.get("item"), secret=request.args.get("go", "")[:100],
                         name=work.actor.name, address=launch_address) if drawn.package is not None else None
        secret = next((one.secret for one in drawn.parts if one.secret is not None), None)
        return render_template(
            "training/learning/lesson.html", played=view, step=steps[at], at=at + 1, steps=steps, view=drawn, progress=progress,
            before=steps[at - 1] if at else None, after=steps[at + 1] if at + 1 < len(steps) else None, show=showing, now=work.now,
            place=progress.place if progress else None, watched=showing.watched(text.content, progress), stage=stage, secret=secret,
            may_print=can(work.actor, PRINT_SECRET), taught=bool(text.content.get("taught")),
            file_url=url_for(".file", attempt_id=attempt_id, taught_id=taught_id) if text.content.get("attachment_id") else None)


@blueprint.post("/attempts/<int:attempt_id>/lessons/<int:taught_id>/progress")
def progress(attempt_id: int, taught_id: int) -> Response:
    """The page reports how far one is; `done` from its button leads to the next lesson."""
    data = load(ProgressInput, form_data())
    with begin() as work:
        attempt = learning.note_progress(work, attempt_id, taught_id, seconds=data["seconds"], place=data["place"],
                                         length=data["length"], done=data["done"])
        over = attempt.done_at is not None
        following = url_for(".course", course_id=attempt.course_id) if over else _after(work, attempt_id, taught_id)
    if request.headers.get("X-Report"):
        return Response(status=204)
    if over:
        flash(sentence(N_("You have done this course.")), "ok")
    return go(following)


def _after(work: Work, attempt_id: int, taught_id: int) -> str:
    """The lesson after this one, or the first that is still open."""
    steps = mine.played(work.session, work.actor, attempt_id).steps
    at = next((place for place, one in enumerate(steps) if one.id == taught_id), 0)
    if at + 1 < len(steps):
        return url_for(".lesson", attempt_id=attempt_id, taught_id=steps[at + 1].id)
    return _next_lesson(work, attempt_id)


@blueprint.get("/attempts/<int:attempt_id>/lessons/<int:taught_id>/file")
def file(attempt_id: int, taught_id: int) -> Response:
    """The video or document of a lesson, for whoever takes it; a video can be asked for in parts."""
    with look() as work:
        work.permit(SEE_LEARNING)
        view = mine.played(work.session, work.actor, attempt_id)
        text = view.texts.get(taught_id)
        attachment = work.session.get(Attachment, text.content.get("attachment_id") or 0) if text is not None else None
        stored = work.session.get(StoredFile, attachment.sha256) if attachment is not None else None
    if text is None or text.kind == LessonKind.PACKAGE or attachment is None or stored is None or (
            attachment.subject_kind, attachment.subject_id) != (COURSE, view.course.id):
        raise NotFound()
    path = place_of(settings().files_dir, stored.sha256)
    if not path.is_file():
        raise NotFound()
    answer = send_file(path, mimetype=stored.media_type, download_name=attachment.name, conditional=True, etag=stored.sha256[:40],
                       as_attachment=stored.media_type not in IN_PLACE, max_age=None)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Vary"] = "Cookie, Authorization"
    answer.headers["Content-Security-Policy"] = FILE_CSP
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
