"""How courses look on a page: words and marks of states, a lesson drawn for its reader, minutes and shares as people say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from kmsvc.core.cards import KINDS, SecretText
from kmsvc.core.i18n import label, sentence
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.files.queries import address_of
from kmsvc.knowledge.articles.showing import block_labels
from kmsvc.knowledge.citations.texts import TEXTS
from kmsvc.knowledge.lessons.models import Lesson
from kmsvc.knowledge.lessons.queries import parts_of
from kmsvc.markup.render import render, render_blocks
from kmsvc.people.roles import Role
from kmsvc.training.courses.models import CoursePackage, CourseProgress
from kmsvc.training.courses.queries import AssignmentLine, CourseLine, LearnerLine
from kmsvc.training.courses.rules import CITING, CourseState, LessonKind, Standing, Target
from kmsvc.training.courses.watching import Watched, watched_of

MARKS = {CourseState.DRAFT: "idle", CourseState.PUBLISHED: "ok", CourseState.RETIRED: "off"}
HOW = {Standing.OPEN: "idle", Standing.BEGUN: "go", Standing.LATE: "bad", Standing.DONE: "ok"}
ICONS = {LessonKind.TEXT: "doc", LessonKind.ARTICLE: "book", LessonKind.LESSON: "book", LessonKind.PROCESS: "flow",
         LessonKind.VIDEO: "right", LessonKind.PDF: "doc", LessonKind.SLIDES: "table", LessonKind.LINK: "link",
         LessonKind.PACKAGE: "zip"}
HEAD = (N_("Number"), N_("Title"), N_("Category"), N_("State"), N_("Version"), N_("Elective"), N_("Minutes of learning"), N_("Lessons"),
        N_("To be looked at"), N_("Keeper"), N_("Asked of"), N_("Done"), N_("Changed"))
LEARNER_HEAD = (N_("Person"), N_("Unit"), N_("State"), N_("To be done by"), N_("Percent"), N_("Version"), N_("Minutes"), N_("Score"),
                N_("Begun"), N_("Done"))
HISTORY_HEAD = (N_("Number"), N_("Course"), N_("Version"), N_("Attempt"), N_("State"), N_("Begun"), N_("Done"), N_("Minutes"),
                N_("Score"))
ATTEMPTS = {"done": ("ok", N_("Done")), "undone": ("off", N_("Was done, taken back")),
            "left": ("off", N_("Left for a newer version")), "begun": ("go", N_("Begun"))}
SOURCES = {"hand": N_("by hand"), "joined": N_("on joining"), "post_changed": N_("on a change of post"),
           "process_released": N_("on a release of a process")}


def state_of(state: str) -> tuple[str, str]:
    """(mark, word) of a course."""
    return MARKS[CourseState(state)], label(state, CourseState)


def how_of(standing: str) -> tuple[str, str]:
    """(mark, word) of how far somebody is."""
    return HOW[Standing(standing)], label(standing, Standing)


def attempt_of(how: str) -> tuple[str, str]:
    """(mark, word) of an attempt."""
    return ATTEMPTS[how][0], sentence(ATTEMPTS[how][1])


def kind_word(kind: str) -> str:
    """What a lesson holds."""
    return label(kind, LessonKind)


def icon_of(kind: str) -> str:
    """The drawing of its kind."""
    return ICONS[LessonKind(kind)]


def whom_of(line: AssignmentLine) -> str:
    """To whom, in words."""
    return label(line.whom, Role) if line.target == Target.ROLE else line.whom


def target_word(target: str) -> str:
    """Person, unit, post or role."""
    return label(target, Target)


def source_of(source: str) -> str:
    """What asked for it."""
    return sentence(SOURCES[source]) if source in SOURCES else source


def percent_of(score: int | None) -> str:
    """A score as people read it."""
    return "" if score is None else f"{score / 100:g} %"


def rows(lines: Sequence[CourseLine], at: Any) -> list[list[Any]]:
    """The list as a table. at: an instant in the centre's zone."""
    return [[one.number, one.title, one.category, state_of(one.state)[1], one.label, sentence(N_("yes") if one.elective else N_("no")),
             one.minutes, one.lessons, one.marked, one.keeper, one.open + one.done, one.done, at(one.changed_at)] for one in lines]


def learner_rows(lines: Sequence[LearnerLine], at: Any) -> list[list[Any]]:
    """Who is how far, as a table."""
    return [[one.person, one.unit, how_of(one.standing)[1], one.due_on, one.share, one.label, round(one.seconds / 60),
             None if one.score is None else one.score / 100, at(one.begun_at) if one.begun_at else None,
             at(one.done_at) if one.done_at else None] for one in lines]


@dataclass(frozen=True)
class Part:
    """One text of a lesson as this reader reads it. secret: its secret words."""

    title: str
    number: str
    label: str
    url: str
    html: Markup
    secret: SecretText | None = None


@dataclass(frozen=True)
class Drawn:
    """A lesson as a page shows it. gone: something it names is not for this reader or no longer there."""

    kind: str
    title: str
    parts: Sequence[Part] = ()
    html: Markup = field(default_factory=Markup)
    url: str = ""
    name: str = ""
    media_type: str = ""
    size: int = 0
    package: CoursePackage | None = None
    gone: bool = False
    number: str = ""


def drawn(work: Work, kind: str, title: str, content: Mapping[str, Any]) -> Drawn:
    """A lesson for this reader: texts in force, cut to what this reader may read."""
    if kind == LessonKind.TEXT:
        return Drawn(kind, title, html=render(str(content.get("body") or ""), attachment_url=address_of(work.session, work.actor),
                                              labels=block_labels()))
    if kind in CITING:
        wanted = content.get("cites") or ()
        parts = list(_parts(work, wanted))
        return Drawn(kind, title, parts, gone=len(parts) < len(wanted))
    if kind == LessonKind.LESSON:
        lesson = work.session.get(Lesson, content.get("lesson_id") or 0)
        held = parts_of(work.session, work.actor, lesson.id) if lesson is not None and lesson.removed_at is None else []
        parts = [Part(one.heading, one.number, one.label, one.url, _html(work, one.blocks), one.secret) for one in held]
        return Drawn(kind, title, parts, gone=not held, number=lesson.number if lesson else "")
    if kind == LessonKind.LINK:
        return Drawn(kind, title, url=str(content.get("url") or ""))
    if kind == LessonKind.PACKAGE:
        package = work.session.get(CoursePackage, content.get("package_id") or 0)
        return Drawn(kind, title, name=str(content.get("name") or ""), package=package)
    return Drawn(kind, title, name=str(content.get("name") or ""), media_type=str(content.get("media_type") or ""),
                 size=int(content.get("size") or 0))


def watched(content: Mapping[str, Any], progress: CourseProgress | None) -> Watched | None:
    """How far a video that is to be watched through was seen; None where nothing keeps anybody from skipping."""
    return watched_of(progress.data if progress is not None else None) if content.get("whole") else None


def _html(work: Work, blocks: Sequence[Any]) -> Markup:
    return render_blocks(blocks, attachment_url=address_of(work.session, work.actor), labels=block_labels())


def _parts(work: Work, wanted: Sequence[Sequence[Any]]) -> Iterator[Part]:
    for text_kind, text_id, block_id in wanted:
        kind, thing = TEXTS.get(text_kind), KINDS.get(text_kind)
        face = kind.faces(work.session, [text_id]).get(text_id) if kind is not None else None
        seen = kind.seen(work.session, work.actor, text_id, face.version_id) if kind is not None and face is not None else None
        if seen is None:
            continue
        blocks = [one for one in seen.text.blocks if block_id is None or one.id == block_id]
        secret = thing.secret(work.session, work.actor, text_id, seen.text.version_id) if thing is not None and thing.secret else None
        if secret is not None:
            ids = {one.id for one in blocks}
            secret = replace(secret, blocks=tuple(one for one in secret.blocks if one[0] in ids))
        if blocks:
            yield Part(seen.title, seen.number, seen.label, seen.url, _html(work, blocks),
                       secret if secret is not None and (secret.whole or secret.blocks) else None)
