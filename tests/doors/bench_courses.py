"""The bench of courses: one published with a draft beside it, a package in it, the agent too; one retired; one with a newer version."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from itsdangerous import URLSafeTimedSerializer

from kmsvc.training.courses import filling, learning, usecases
from kmsvc.training.courses.assigning import Whom, assign_course
from kmsvc.training.courses.models import CoursePackage
from kmsvc.training.courses.rules import LessonDraft
from kmsvc.training.courses.usecases import CourseDraft
from tests.training.courses.zips import cmi5, scorm12

if TYPE_CHECKING:
    from tests.doors.bench import Route
    from tests.doors.bench_rows import Rows

DOORS = ("", "/api/v1")
COURSES, LEARNING = "/training/courses", "/training/learning"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"
LESSON = {"title": "t", "body": "b", "required": "true"}
BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys((f"POST {door}{COURSES}" for door in DOORS), {"title": "another"}),
    **dict.fromkeys((f"POST {door}{COURSES}/categories" for door in DOORS), {"name": "another"}),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/edit" for door in DOORS), {"title": "another"}),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/arrange" for door in DOORS), {"act": "add_chapter", "title": "another"}),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/publish" for door in DOORS), {"note": "n"}),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/retire" for door in DOORS), {"reason": "r"}),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/lessons" for door in DOORS), {"kind": "text"} | LESSON),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/lessons/{{taught_id}}/edit" for door in DOORS), LESSON),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/assignments" for door in DOORS), {"role": "marker"}),
    **dict.fromkeys((f"POST {door}{COURSES}/{{course_id}}/assignments/{{assigned_id}}/end" for door in DOORS), {"reason": "r"}),
    **dict.fromkeys((f"POST {door}{LEARNING}/attempts/{{attempt_id}}/lessons/{{taught_id}}/progress" for door in DOORS),
                    {"done": "true"}),
    **dict.fromkeys((f"POST {door}{LEARNING}/attempts/{{attempt_id}}/lessons/{{taught_id}}/package" for door in DOORS),
                    {"item": "i1", "cmi": {"cmi.core.lesson_status": "passed"}}),
}
BODIES[f"POST {LEARNING}/attempts/{{attempt_id}}/lessons/{{taught_id}}/launch"] = {"item": "https://x.test/c/a"}
UPLOADS: dict[str, tuple[str, bytes]] = {
    f"POST {COURSES}/pieces": ("p.pdf", PDF),
    f"POST /api/v1{COURSES}/{{course_id}}/lessons/{{taught_id}}/file": ("p.pdf", PDF),
}


def add_rows(rows: Rows) -> None:
    """The rows."""
    world = rows.world
    folder = world.settings.files_dir
    with world.begin("trainer") as work:
        course = usecases.make_course(work, CourseDraft("c", elective=True))
        text = usecases.add_lesson(work, course.id, 1, LessonDraft("text", "t", True, 1, {"body": "b"}))
        stored = filling.take_file(folder, "pdf", io.BytesIO(PDF + b"%"), "p.pdf")
        data = {"title": "f", "required": True, "minutes": 1}
        paper = usecases.add_lesson(work, course.id, 1, filling.lesson_of_input(work, course.id, data, kind="pdf", given=stored))
        zipped = filling.take_file(folder, "package", io.BytesIO(scorm12()), "p.zip")
        played = usecases.add_lesson(work, course.id, 1, filling.lesson_of_input(work, course.id, data, kind="package", given=zipped))
        wrapped = filling.take_file(folder, "package", io.BytesIO(cmi5()), "c.zip")
        launched = usecases.add_lesson(work, course.id, 1, filling.lesson_of_input(work, course.id, data, kind="package", given=wrapped))
        usecases.publish_course(work, course.id)
        assigned = assign_course(work, course.id, Whom(role="agent"), today=world.clock.today)
        others = []
        for title in ("old", "newer"):
            row = usecases.make_course(work, CourseDraft(title, elective=True))
            usecases.add_lesson(work, row.id, 1, LessonDraft("text", "t", True, 1, {"body": "b"}))
            usecases.publish_course(work, row.id)
            others.append(row.id)
        usecases.retire_course(work, others[0], reason="r")
    with world.begin("agent") as work:
        attempt, behind = learning.begin_course(work, course.id), learning.begin_course(work, others[1])
    with world.begin("trainer") as work:
        usecases.arrange(work, course.id, "add_chapter", title="二")
        usecases.add_lesson(work, course.id, 2, LessonDraft("text", "t2", True, 1, {"body": "b"}))
        usecases.add_lesson(work, others[1], 1, LessonDraft("text", "t2", True, 1, {"body": "b"}))
        usecases.publish_course(work, others[1])
        package = work.get(CoursePackage, played.content["package_id"])
    signer = URLSafeTimedSerializer(world.settings.secret_key, salt="kmsvc.training.play")
    rows.values |= {"course_id": course.id, "taught_id": text.lesson_id, "assigned_id": assigned.id, "attempt_id": attempt.id,
                    "part_name": "index.html", "resource": "statements", "secret": "s",
                    "ticket": signer.dumps([attempt.id, played.lesson_id, package.id, world.people["agent"], "i1"])}
    rows.instead |= {("course_id", "restore"): others[0], ("attempt_id", "newer"): behind.id, ("taught_id", "file"): paper.lesson_id,
                     ("taught_id", "package"): played.lesson_id, ("taught_id", "launch"): launched.lesson_id}


def body(rows: Rows, route: Route, verb: str) -> dict[str, Any] | None:
    """Which course is begun has a number of the moment."""
    return {"course": rows.values["course_id"]} if route.name == f"POST /api/v1{LEARNING}/attempts" else None
