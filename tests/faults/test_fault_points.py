"""The service dies at each named point between two effects, is started again, and every effect happens once.

R-J5 for jobs and deliveries, R-D1 for what was acknowledged, R-M2 for mail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests

from kmsvc.core.faults import POINTS
from tests.faults import story
from tests.faults.house import House, until
from tests.support.figures import HARD
from tests.support.smtp import FakeSmtp

IN_WEB = ("work.before_audit", "work.before_commit", "work.after_commit", "live.before_commit", "file.after_write")
IN_WORKER = ("work.before_audit", "work.before_commit", "work.after_commit", "reaction.after_effect", "mail.after_claim",
             "mail.after_send", "index.before_commit", "index.after_commit", "index.before_switch", "anchor.after_write")
IN_COMMANDS = ("backup.after_database", "backup.before_rename", "restore.after_files", "restore.before_database",
               "restore.after_database", "upgrade.after_backup")  # tests/operations/test_killed_commands.py
IN_HOOKS = ("hook.after_claim", "hook.after_send")  # tests/hooks/test_killed.py
ROUNDS = (1, 2, 5, 9) if HARD else (2,)
OFF_DATABASE = ("index", "anchor", "file", "live")  # the same on both databases: in the short form on one


def test_every_named_point_is_killed_at_by_some_test() -> None:
    """R-J5: no point without a test, no test without a point."""
    assert set(IN_WEB) | set(IN_WORKER) | set(IN_COMMANDS) | set(IN_HOOKS) == set(POINTS)


def test_every_point_stands_in_the_code_and_every_one_in_the_code_is_listed() -> None:
    """R-J5: the list of points is the list of calls."""
    package = Path(__file__).resolve().parents[2] / "kmsvc"
    called = {name for path in package.rglob("*.py") for name in re.findall(r'\bfault\("([\w.]+)"\)', path.read_text("utf-8"))}
    assert called == set(POINTS)


WRITES = re.compile(r"os\.replace\(|\.write_bytes\(|\.write_text\(|open_private\(|\.open\(\"[awx]b?\"\)|os\.O_CREAT")
NEEDS_NONE = {
    "kmsvc/core/faults.py": "the mark of a kill itself",
    "kmsvc/operations/archive.py": "its callers in backup and restore have the points",
    "kmsvc/settings.py": "the secret key is made with O_EXCL before anything stands on it",
    "kmsvc/core/audit.py": "the point stands behind the job that writes the anchor",
    "kmsvc/convert/limits.py": "names of forbidden calls; it writes nothing",
    "kmsvc/operations/rebuilding.py": "how far a rebuild is; a note for the page",
    "kmsvc/cli/staff.py": "a password shown to the operator; made anew when lost",
    "kmsvc/standards/packs/making.py": "a pack that was ordered; made again when lost, with the same bytes",
    "kmsvc/cli/exports.py": "a file for the person who asked, noted before; written again when lost",
    "kmsvc/cli/knowledge.py": "the refused rows of an import, for the person who asked; written again by the same import",
    "kmsvc/knowledge/articles/import_columns.py": "what columns were said to be: a help, replaced whole, said again when lost",
    "kmsvc/cli/questions.py": "a file for the person who asked; written again when lost",
    "kmsvc/cli/standards_models.py": "a file for the person who asked; written again when lost",
    "kmsvc/training/questions/import_pages.py": "where an import stands: a help, said again when lost",
    "kmsvc/training/onboarding/pages.py": "an uploaded table while it is read; read or refused in the same request, then thrown away",
    "kmsvc/training/questions/looking.py": "what columns were said to be: a help, said again when lost",
    "kmsvc/training/courses/pieces.py": "a part of a file on its way in; what is not whole is sent again and swept",
    "kmsvc/cli/lessons.py": "a file for the person who asked; written again when lost",
    "kmsvc/cli/tables.py": "a table for the person who asked; written again when lost",
    "kmsvc/cli/demo.py": "the demo is made anew when it is not whole",
    "kmsvc/knowledge/articles/import_jobs.py": "uploads wait in a folder of their own and are swept; killed, they are uploaded again",
    "kmsvc/cli/standards_evidence.py": "a pack for the person who asked, put in place whole; made again alike when lost",
    "kmsvc/audit/verification.py": "when the chain was last walked: a note, made anew",
}


def test_every_module_that_writes_files_has_a_point_or_a_reason() -> None:
    """R-J5: a new way of writing to the disk needs a point where it can be cut off."""
    root = Path(__file__).resolve().parents[2]
    bare = {path.relative_to(root).as_posix() for path in (root / "kmsvc").rglob("*.py")
            if WRITES.search(text := path.read_text("utf-8")) and "fault(" not in text}
    assert {name for name in bare - set(NEEDS_NONE) if not name.startswith("kmsvc/demo/")} == set()


@pytest.mark.parametrize("nth", ROUNDS)
def test_r_j5_killed_at_every_point_the_story_ends_the_same(
        house: House, smtp: FakeSmtp, nth: int, tmp_path: Path, record_property: object) -> None:
    """R-J5, R-D1, R-M2: web and worker die once at each point; nothing answered is lost, nothing happens twice."""
    left_out = () if HARD or house.settings.is_sqlite else OFF_DATABASE
    in_web, in_worker = ([name for name in names if not name.startswith(left_out or ("-",))] for names in (IN_WEB, IN_WORKER))
    marks = {half: tmp_path / f"marks-{half}" for half in ("web", "worker")}
    for folder in marks.values():
        folder.mkdir()

    def armed(half: str, points: list[str]) -> dict[str, str]:
        once = ("live.before_commit", "file.after_write", "index.before_switch", "anchor.after_write", "mail.after_claim")
        return {"KMSVC_FAULT": ",".join(name if name in once else f"{name}:{nth}" for name in points),
                "KMSVC_FAULT_MARKS": str(marks[half])}
    with house.watched(web=armed("web", in_web), worker=armed("worker", in_worker)) as deaths:
        house.wait_ready(worker=False)
        change_id = story.submit(house)
        attachment = attach(house, change_id)
        way = story.release(house, change_id)
        until(lambda: story.found(house), what="the released text in the search")
        until(lambda: story.claims_ran_out(house) and story.settled(house), what="an empty outbox")
        missing = {half: sorted(set(points) - {path.name for path in marks[half].iterdir()})
                   for half, points in (("web", in_web), ("worker", in_worker))}
        for number in range(40):  # a point that counts higher than one story goes is reached by more requests
            if not any(missing.values()):
                break
            story.submit(house, f"更多 {number}")
            until(lambda: story.claims_ran_out(house) and story.settled(house), what="an empty outbox")
            missing = {half: [name for name in names if not (marks[half] / name).exists()] for half, names in missing.items()}
        assert not any(missing.values()), missing
        house.wait_ready()
        story.check_told_once(house, way, smtp, crashes_of_mailer=deaths["worker"])
        status, files = house.insist("team_leader", "GET", f"/api/v1/files?subject=change:{change_id}")
        assert status == 200, files
        assert len(files["items"]) == 1 == len([one for one in files["items"] if one["id"] == attachment]), files
    record_property("deaths", sum(deaths.values()))  # type: ignore[operator]
    assert deaths["web"] >= len(in_web) and deaths["worker"] >= len(in_worker)


def attach(house: House, change_id: int) -> int:
    """A file on the request, the same bytes sent again with the same key until they are answered."""
    body = ("--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n"
            "Content-Type: text/plain\r\n\r\n夜里的电话\r\n--part--\r\n").encode()

    def send() -> int:
        try:
            answer = requests.post(
                f"{house.address}/api/v1/files?subject=change:{change_id}", data=body, timeout=15,
                headers={"Authorization": f"Bearer {house.token('team_leader')}", "Idempotency-Key": f"file-{change_id}",
                         "Content-Type": "multipart/form-data; boundary=part"})
        except requests.ConnectionError:
            return 0
        assert answer.status_code in (201, 503), answer.text
        return int(answer.json()["id"]) if answer.status_code == 201 else 0
    return int(until(send, what="the attachment"))
