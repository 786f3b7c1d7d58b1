"""A full disk: a clear answer, reading goes on, and writing comes back by itself. R-D4."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pysqlite3
import pytest

from tests.faults import story
from tests.faults.conftest import KIND_SQLITE
from tests.faults.house import House, until

pytestmark = [KIND_SQLITE, pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0,
                                              reason="mounting a small disk needs root on Linux")]
SIZE_MB = 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=False)


def fill(place: Path) -> Path:
    """Take all the room there is."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    out.write(b"x" * size)
            except OSError:
                continue
    return ballast


def test_r_d4_a_full_disk_is_a_clear_answer_and_goes_by(house: House, small_disk: Path) -> None:
    """R-D4: database, uploads, index, log and temporary files on one full disk; nothing is damaged, no restart is needed."""
    data = small_disk / "data"
    shutil.copytree(house.settings.data_dir, data)
    data.chmod(0o700)
    temporary = small_disk / "tmp"
    temporary.mkdir()
    house.settings = replace(house.settings, data_dir=data, database_url=f"sqlite:///{data / 'kmsvc.db'}")
    house.log_dir = small_disk
    house.env["TMPDIR"] = str(temporary)
    house.start("serve")
    kept = story.submit(house, "vor dem vollen Platz")
    for who in ("agent", "team_leader", "knowledge_editor"):
        house.token(who)
    ballast = fill(small_disk)

    new = {"title": "kein Platz", "reason": "x", "new_process": {"name": "n", "group": "external", "class": "business"}}
    statuses = [house.request("team_leader", "POST", "/api/v1/process/changes", {**new, "reason": "x" * 1500}).status_code
                for _ in range(40)]
    assert set(statuses) <= {201, 507} and statuses[-1] == 507, statuses
    refused = house.request("team_leader", "POST", "/api/v1/process/changes", new)
    assert (refused.status_code, refused.json()["code"]) == (507, "no_room")
    assert "room" in refused.json()["detail"]
    upload = post_file(house, kept, b"y" * 2_000_000)
    assert upload.status_code == 507, upload.text
    assert house.request("agent", "GET", f"/api/v1/process/changes/{kept}").json()["title"] == "vor dem vollen Platz"
    assert house.request("agent", "GET", "/api/v1/search?q=a").status_code == 200
    assert house.request("agent", "GET", "/").status_code in (200, 302, 303)
    assert house.alive("serve")
    report = house.run("doctor", check=False)
    assert report.returncode == 1
    assert "BAD  disk: 0% free" in report.stdout

    ballast.unlink()
    again = until(lambda: house.request("team_leader", "POST", "/api/v1/process/changes", {**new, "title": "Platz"})
                  .status_code == 201, 10, "writing")
    assert again
    assert post_file(house, kept, b"y" * 2_000_000).status_code == 201
    until(lambda: story.settled(house), what="an empty outbox")
    story.publish_article(house, "Raum")
    assert until(lambda: story.found(house, story.WORD), what="a new article in the index")
    assert house.alive("serve")
    with pysqlite3.connect(house.settings.data_dir / "kmsvc.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def post_file(house: House, change_id: int, content: bytes):  # type: ignore[no-untyped-def]
    """An upload."""
    import requests

    return requests.post(f"{house.address}/api/v1/files?subject=change:{change_id}", timeout=20,
                         headers={"Authorization": f"Bearer {house.token('team_leader')}"},
                         files={"file": ("big.txt", content)})
