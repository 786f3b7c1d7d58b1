"""A course is taken by key on a desk and on a phone, and a package plays in it: kept, done, and kept away from everything else."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kmsvc.files.store import keep
from kmsvc.people.system import OPERATOR
from kmsvc.training.courses import filling, learning, usecases
from kmsvc.training.courses.assigning import Whom, assign_course
from kmsvc.training.courses.models import CourseProgress
from kmsvc.training.courses.packages import look_through
from kmsvc.training.courses.usecases import CourseDraft
from tests.browser.barriers import faults
from tests.browser.conftest import House, Site
from tests.training.courses.makers import published, text_lesson
from tests.training.courses.zips import FINISH12, SCRIPT2004, cmi5, scorm12, scorm2004

REACHING = """
var found = {};
function attempt(name, act) { try { var it = act(); found[name] = "reached:" + it; } catch (error) { found[name] = "refused"; } }
attempt("page", function () { return top.document.title; });
attempt("around", function () { if (window.parent.document === document) throw 1; return "x"; });
attempt("cookie", function () { if (document.cookie === "") throw 1; return document.cookie; });
attempt("leave", function () { top.location = "/static/x"; });
var origin = String(window.origin);
fetch("/people/me", { credentials: "include" }).then(function (a) { return "reached:" + a.status; }, function () { return "refused"; })
  .then(function (own) {
  found.own = own; found.origin = origin;
  api.LMSInitialize(""); api.LMSSetValue("cmi.suspend_data", JSON.stringify(found)); api.LMSCommit("");
});"""

CMI5_PAGE = """<!doctype html><html><head></head><body><script>
var said = new URLSearchParams(location.search), id = "6f3d5a52-54f3-4b52-8f0b-7ad0c3c5a0c6";
fetch(said.get("fetch"), { method: "POST" }).then(function (a) { return a.json(); }).then(function (a) {
  var head = { "Authorization": "Basic " + a["auth-token"], "Content-Type": "application/json", "X-Experience-API-Version": "1.0.3" };
  return fetch(said.get("endpoint") + "statements?statementId=" + id, { method: "PUT", headers: head,
    body: JSON.stringify({ id: id, actor: JSON.parse(said.get("actor")), verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
    object: { id: said.get("activityId") }, context: { registration: said.get("registration") } }) });
}).then(function (a) { document.body.textContent = "kept " + a.status; });
</script></body></html>"""


def course(site: Site, data: bytes) -> int:
    """A published course: a text, then the package."""
    with site.db.begin(OPERATOR) as work:
        row = usecases.make_course(work, CourseDraft("退款入门", "怎样退款", None, 10, elective=True, keeper="trainer"))
        usecases.add_lesson(work, row.id, 1, text_lesson("先读", body="# 时限\n\n七天内全额退款。"))
        stored = keep(site.folder / "files", BytesIO(data), "p.zip", allowed=frozenset({"zip"}), check=look_through)
        from kmsvc.files.store import place_of

        given = filling.Given(stored, look_through(place_of(site.folder / "files", stored.sha256)))
        usecases.add_lesson(work, row.id, 1, filling.lesson_of_input(work, row.id, {"title": "再练", "required": True, "minutes": 5},
                                                                     kind="package", given=given))
        usecases.publish_course(work, row.id)
    return row.id


def kept(site: Site) -> dict[str, Any]:
    with site.db.look(OPERATOR) as work:
        row = work.session.scalars(select(CourseProgress).where(CourseProgress.data.is_not(None))).one()
        return dict(row.data["i1"]["cmi"]) if row.data else {}


@pytest.mark.parametrize(("data", "width"), [(scorm12(FINISH12), 1280), (scorm2004(SCRIPT2004), 420)])
def test_a_course_with_a_package_is_taken_by_key(site: Site, data: bytes, width: int) -> None:
    course_id = course(site, data)
    page = site.sign_in("agent", width=width, height=900)
    page.goto(f"/training/learning/courses/{course_id}")
    page.keyboard.press("b")
    page.wait_for_url("**/lessons/*")
    expect(page.locator(".km-prose")).to_contain_text("七天内全额退款")
    page.keyboard.press("d")
    page.wait_for_function("document.querySelector('[data-stage]')")
    expect(page.locator("[data-learning][data-kept=done]")).to_be_visible()
    expect(page.locator(".learn-steps li.done")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/training/learning/history")
    expect(page.locator("tbody tr")).to_contain_text("完成")


def test_a_cmi5_package_is_launched_from_its_lesson(site: Site) -> None:
    course_id = course(site, cmi5(CMI5_PAGE))
    page = site.sign_in("agent")
    page.goto(f"/training/learning/courses/{course_id}")
    page.keyboard.press("b")
    page.wait_for_url("**/lessons/*")
    page.keyboard.press("d")
    page.get_by_role("button", name="启动").click()
    expect(page.frame_locator("[data-stage]").locator("body")).to_have_text("kept 204")
    page.goto("/training/learning/history")
    expect(page.locator("tbody tr")).to_contain_text("完成")


def test_a_package_reaches_nothing_of_the_page_around_it(site: Site) -> None:
    course_id = course(site, scorm12(REACHING))
    page = site.sign_in("agent")
    page.watch.allow("connect-src blocked .*/people/me")  # type: ignore[attr-defined]
    page.goto(f"/training/learning/courses/{course_id}")
    page.keyboard.press("b")
    page.wait_for_url("**/lessons/*")
    page.keyboard.press("n")
    expect(page.locator("[data-learning][data-kept=kept]")).to_be_visible()
    found = json.loads(kept(site)["cmi.suspend_data"])
    assert found.pop("origin") == "null"
    assert set(found) == {"page", "around", "cookie", "leave", "own"} and set(found.values()) == {"refused"}, found
    assert "/training/learning/" in page.url
    assert any("/people/me" in one for one in page.watch.faults), "the browser says so itself"  # type: ignore[attr-defined]


def test_the_pages_of_courses_have_no_barriers(house: House) -> None:
    course, ids = published(house.world, text_lesson("先读", body="# 时限\n\n七天。"), text_lesson("再读", required=False))
    with house.world.begin("trainer") as work:
        assign_course(work, course.id, Whom(unit_id=house.world.units["TEAM-A"]), today=house.world.clock.today, days=5)
        usecases.arrange(work, course.id, "add_chapter", title="二")
    with house.world.begin("agent") as work:
        attempt = learning.begin_course(work, course.id)
    place = f"/training/courses/{course.id}"
    page = house.window("trainer")
    assert faults(page, ["/training", "/training/courses", "/training/courses/new", "/training/courses/categories", place,
                         f"{place}/edit", f"{place}/lessons/{ids[0]}", f"{place}/lessons/new?kind=video", f"{place}/assignments",
                         f"{place}/learners"]) == []
    page = house.window("agent")
    assert faults(page, ["/training/learning", "/training/learning/history", f"/training/learning/courses/{course.id}",
                         f"/training/learning/attempts/{attempt.id}/lessons/{ids[0]}"]) == []


RECORD = """async (seconds) => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), parts = [];
  canvas.width = canvas.height = 32;
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
  recorder.ondataavailable = (event) => parts.push(event.data);
  const over = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  for (let n = 0; n < seconds * 10; n += 1) {
    pen.fillStyle = n % 2 ? "red" : "blue";
    pen.fillRect(0, 0, 32, 32);
    await new Promise((done) => { setTimeout(done, 100); });
  }
  recorder.stop();
  await over;
  return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()));
}"""


def test_a_video_that_is_to_be_watched_through_is_not_skipped(site: Site) -> None:
    page = site.sign_in("agent", height=900)
    film = bytes(page.evaluate(RECORD, 8))
    with site.db.begin(OPERATOR) as work:
        row = usecases.make_course(work, CourseDraft("看一段", "录像", None, 10, elective=True, keeper="trainer"))
        given = filling.Given(keep(site.folder / "files", BytesIO(film), "v.webm", allowed=frozenset({"webm"})))
        usecases.add_lesson(work, row.id, 1, filling.lesson_of_input(
            work, row.id, {"title": "录像", "required": True, "minutes": 1, "whole": True}, kind="video", given=given))
        usecases.publish_course(work, row.id)
    page.goto(f"/training/learning/courses/{row.id}")
    page.keyboard.press("b")
    page.wait_for_url("**/lessons/*")
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    page.evaluate("document.querySelector('video').currentTime = 7")
    page.wait_for_function("() => document.querySelector('video').currentTime < 2")
    page.get_by_role("button", name="学完，继续").click()
    expect(page.get_by_role("main")).to_contain_text("看到结尾")
    page.go_back()
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    with page.expect_response(lambda answer: answer.url.endswith("/progress")):
        page.evaluate("() => { const video = document.querySelector('video'); video.muted = true; return video.play(); }")
        page.wait_for_function("() => document.querySelector('video').ended", timeout=30_000)
    expect(page.locator("[data-watched]")).to_have_text("100 %")
    page.keyboard.press("d")
    page.wait_for_url(f"**/courses/{row.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("完成")
