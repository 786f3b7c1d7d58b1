"""What somebody typed or uploaded for a lesson, as its content: each kind asks for its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from kmsvc.convert.sniff import VIDEOS
from kmsvc.core.errors import InvalidInput, NotFound
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.files.store import Stored, keep
from kmsvc.files.usecases import attach
from kmsvc.knowledge.citations.naming import refs_named
from kmsvc.knowledge.lessons.models import Lesson
from kmsvc.training.courses.citing import COURSE
from kmsvc.training.courses.models import CoursePackage
from kmsvc.training.courses.packages import LARGEST_MB, Package, look_through
from kmsvc.training.courses.rules import CITING, WITH_FILE, LessonDraft, LessonKind

TAKEN: dict[str, frozenset[str]] = {LessonKind.VIDEO: VIDEOS, LessonKind.PDF: frozenset({"pdf"}),
                                    LessonKind.SLIDES: frozenset({"pptx", "pdf"}), LessonKind.PACKAGE: frozenset({"zip"})}


@dataclass(frozen=True)
class Given:
    """A file that lies on disk; package: what was found in it."""

    stored: Stored
    package: Package | None = None


def take_file(folder: Path, kind: str, stream: IO[bytes], filename: str) -> Given:
    """Keep a file of a lesson of this kind. Raises Refused with the reason."""
    if kind not in WITH_FILE:
        raise InvalidInput({"file": [N_("A lesson of this kind takes no file.")]})
    found: list[Package] = []
    check = (lambda path: found.append(look_through(path))) if kind == LessonKind.PACKAGE else None
    stored = keep(folder, stream, filename, allowed=TAKEN[kind], limit_mb=LARGEST_MB, check=check)
    return Given(stored, found[0] if found else None)


def lesson_of_input(work: Work, course_id: int, data: Mapping[str, Any], *, kind: str, given: Given | None = None,
                    held: Mapping[str, Any] | None = None) -> LessonDraft:
    """A lesson of loaded inputs; a file that is not given anew stays."""
    content = _content(work, course_id, data, kind, given, held or {})
    if kind == LessonKind.VIDEO:
        content = {key: value for key, value in content.items() if key != "whole"} | ({"whole": True} if data.get("whole") else {})
    if kind != LessonKind.PACKAGE:
        content = {key: value for key, value in content.items() if key != "taught"} | ({"taught": True} if data.get("taught") else {})
    return LessonDraft(kind, data["title"], data["required"], data["minutes"] or 0, content)


def _content(work: Work, course_id: int, data: Mapping[str, Any], kind: str, given: Given | None,
             held: Mapping[str, Any]) -> dict[str, Any]:
    if kind == LessonKind.TEXT:
        return {"body": data["body"] or ""}
    if kind in CITING:
        refs = refs_named(work.session, work.actor, data["cites"])
        wrong = [one for one in refs if one.text_kind != kind]
        if wrong:
            raise InvalidInput({"cites": [N_("One of these numbers is of another kind of text.")]})
        return {"cites": [[one.text_kind, one.text_id, one.block_id] for one in refs]}
    if kind == LessonKind.LESSON:
        return {"lesson_id": _knowledge_lesson(work, data["lesson"])}
    if kind == LessonKind.LINK:
        return {"url": checked_url(data["url"])}
    if given is None:
        return dict(held)
    row = attach(work, COURSE, course_id, given.stored)
    if given.package is None:
        return {"attachment_id": row.id, "name": row.name, "media_type": given.stored.media_type, "size": given.stored.size,
                "sha256": given.stored.sha256}
    found = given.package
    package = CoursePackage(course_id=course_id, standard=found.standard, title=found.title or row.name, sha256=given.stored.sha256,
                            items=found.as_json(), files=found.files, size=found.size, made_at=work.now, made_by_id=work.actor.person_id)
    work.session.add(package)
    work.session.flush()
    return {"package_id": package.id, "name": row.name, "standard": found.standard}


def _knowledge_lesson(work: Work, number: str | None) -> int | None:
    if not number:
        return None
    found = work.session.scalar(select(Lesson.id).where(Lesson.number == number.strip().upper(), Lesson.removed_at.is_(None)))
    if found is None:
        raise InvalidInput({"lesson": [N_("There is no lesson of this number.")]})
    return found


def checked_url(url: str | None) -> str | None:
    """An address that a browser opens in a tab of its own, and nothing that runs here."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise InvalidInput({"url": [N_("An address begins with https:// or http://.")]})
    return url


def typed_of(work: Work, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows of a lesson that is changed."""
    from kmsvc.knowledge.citations.texts import TEXTS

    numbers = []
    for text_kind, text_id, block in content.get("cites") or ():
        seen = TEXTS[text_kind].seen(work.session, work.actor, text_id, None) if text_kind in TEXTS else None
        if seen is not None:
            numbers.append(seen.number + (f"#{block}" if block else ""))
    lesson = work.session.get(Lesson, content["lesson_id"]) if content.get("lesson_id") else None
    return {"body": content.get("body"), "cites": "\n".join(numbers), "url": content.get("url"),
            "lesson": lesson.number if lesson else "", "whole": bool(content.get("whole")),
            "taught": bool(content.get("taught"))}


def package_of(work: Work, content: Mapping[str, Any]) -> CoursePackage:
    """The package a lesson plays."""
    row = work.session.get(CoursePackage, content.get("package_id") or 0)
    if row is None:
        raise NotFound()
    return row
