"""Files and links as proof, and ordered packs, by page, program and command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from kmsvc.cli.standards import standards
from kmsvc.operations.setup import install_standards
from kmsvc.settings import Settings
from kmsvc.standards.packs.making import make_packs
from tests.support.centre import Centre
from tests.support.clients import sign_in_as
from tests.support.clock import ZONE

FILES, PACKS = "/standards/evidence/files", "/standards/packs"
SAID = {"title": "Signed agreement", "clauses": "27, #8", "evidence_on": "2026-02-20", "valid_to": "2026-12-01"}


@pytest.fixture
def house(world: Centre) -> Centre:
    """A centre with the standards."""
    install_standards(world.db)
    return world


def _with_file(**more: Any) -> dict[str, Any]:
    return {"data": {**SAID, "file": (io.BytesIO(b"signed"), "a.txt"), **more}, "content_type": "multipart/form-data"}


def test_a_program_adds_a_file_and_does_what_allowed_offers(app: Flask, house: Centre) -> None:
    mine, other = (sign_in_as(app, house, login, by="token") for login in ("compliance", "manager"))
    made = mine.post(f"/api/v1{FILES}", **_with_file())
    assert made.status_code == 201 and made.json["clauses"] == ["27", "8"] and made.json["revision"] == 1
    assert {one["verb"] for one in made.json["allowed"]} == {"revise", "give", "withdraw"}, "one does not accept one's own"
    where = f"/api/v1{FILES}/{made.json['id']}"
    assert mine.get(made.json["file"]).data == b"signed"
    acts = {one["verb"]: one for one in other.get(where).json["allowed"]}
    assert set(acts) == {"accept", "refuse", "revise", "give", "withdraw"} and acts["accept"]["forward"]
    assert other.post(acts["accept"]["href"], json={}).json["review"] == "accepted"
    assert other.post(f"{where}/withdraw", json={}).status_code == 422
    gone = other.post(acts["withdraw"]["href"], json={"reason": "expired early"}).json
    assert gone["fresh"] == "withdrawn" and [one["verb"] for one in gone["allowed"]] == ["restore"]
    assert other.post(gone["allowed"][0]["href"], json={"reason": "still right"}).json["withdrawn"] is False
    link = mine.post(f"/api/v1{FILES}", json={**SAID, "url": "https://wiki.example/27"})
    assert link.status_code == 201 and link.json["address"] == "https://wiki.example/27" and link.json["file"] is None
    assert [one["id"] for one in mine.get(f"/api/v1{FILES}?clause=27&limit=1").json["items"]] == [made.json["id"]]
    records = mine.get("/api/v1/standards/evidence/records?year=2026&kind=proof").json["items"]
    assert {one["number"] for one in records} == {made.json["number"], link.json["number"]}
    assert mine.post(f"/api/v1{FILES}", **_with_file(file=(io.BytesIO(b"MZ\x90\x00"), "a.exe"))).status_code == 422


def test_a_page_keeps_what_was_typed_and_shows_the_life(app: Flask, house: Centre) -> None:
    page = sign_in_as(app, house, "compliance")
    assert "No file or link here" in page.get(FILES).text and 'value="42"' in page.get(f"{FILES}/new?clause=42").text
    refused = page.post(FILES, data={**SAID, "clauses": "27, 999"})
    assert refused.status_code == 422 and "Signed agreement" in refused.text and "no clause 999" in refused.text
    done = page.post(FILES, **_with_file())
    assert done.status_code == 303
    shown = page.get(done.headers["Location"]).text
    assert "Signed agreement" in shown and "a.txt" in shown and "Not looked at yet" in shown
    proof_id = done.headers["Location"].rpartition("/")[2]
    again = page.post(f"{FILES}/{proof_id}/revise", data={**SAID, "title": "Renewed", "version": "1"})
    assert again.status_code == 303 and "Renewed" in page.get(FILES).text
    assert page.post(f"{FILES}/{proof_id}/withdraw", data={"reason": "", "version": "2"}).status_code == 422
    assert page.post(f"{FILES}/{proof_id}/withdraw", data={"reason": "r", "version": "2"}).status_code == 303
    assert "Renewed" in page.get(f"{FILES}?format=csv").text and page.get(f"{FILES}?fresh=fresh&format=xlsx").data[:2] == b"PK"
    ready = page.get("/standards/evidence/readiness?year=2026").text
    assert f"{FILES}/new?clause=8" in ready
    assert sign_in_as(app, house, "agent").get(FILES).status_code == 403


def test_the_command_line_adds_and_lists(house: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (("DATA_DIR", settings.data_dir), ("DATABASE_URL", settings.database_url), ("SECRET_KEY", settings.secret_key)):
        monkeypatch.setenv(f"KMSVC_{name}", str(value))

    def run(*words: str) -> Any:
        done = CliRunner().invoke(standards, ["evidence", *words, "--json"])
        return json.loads(done.stdout) if done.exception is None else done.exception
    (tmp_path / "minutes.txt").write_text("minutes")
    told = run("add", str(tmp_path / "minutes.txt"), "--title", "Minutes", "--clause", "8", "--clause", "27", "--on", "2026-02-01",
               "--owner", "manager")
    assert told["clauses"] == ["8", "27"] and told["file_name"] == "minutes.txt" and told["owner_id"] == house.people["manager"]
    assert [one["number"] for one in run("list-files", "--clause", "27")["items"]] == [told["number"]]
    assert "999" in str(run("add", "--url", "https://x.test", "--title", "t", "--clause", "999", "--on", "2026-02-01", "--owner",
                            "manager").fields)
    assert run("add", "--url", "https://x.test", "--title", "t", "--clause", "8", "--on", "2026-02-01").status == 2


def test_a_pack_is_ordered_watched_and_taken_by_page_and_program(app: Flask, house: Centre, settings: Settings) -> None:
    page, program = sign_in_as(app, house, "compliance"), sign_in_as(app, house, "auditor", by="token")
    assert f"{PACKS}?year=2026" in page.get("/standards/evidence?year=2026").text
    wanted = {"model": "cc-cmm-oc-2017", "year": "2026", "as_of": "2026-03-02", "clauses": "42, #61"}
    refused = page.post(PACKS, data={**wanted, "clauses": "42, 999"})
    assert refused.status_code == 422 and "999" in refused.text
    assert page.post(PACKS, data=wanted).status_code == 303 and "Waits for the worker" in page.get(PACKS).text
    order = program.get(f"/api/v1{PACKS}").json["items"][0]
    assert order["state"] == "waiting" and order["clauses"] == ["42", "61"] and order["file"] is None
    assert program.get(f"/api/v1{PACKS}/{order['id']}/file").status_code == 409
    make_packs(house.db, settings.data_dir, ZONE, "w")
    done = program.get(f"/api/v1{PACKS}/{order['id']}").json
    assert done["state"] == "done" and [one["verb"] for one in done["allowed"]] == ["again"]
    fetched = page.get(f"{PACKS}/{order['id']}/file")
    assert fetched.data[:2] == b"PK" and len(fetched.data) == done["size"]
    assert done["sha256"][:12] in page.get(PACKS).text and "PK-" in page.get(f"{PACKS}?format=csv").text
    made = program.post(f"/api/v1{PACKS}", json={**wanted, "year": 2026, "clauses": []})
    assert made.status_code == 201 and made.json["allowed"][0]["verb"] == "cancel"
    assert program.post(made.json["allowed"][0]["href"], json={}).json["state"] == "cancelled"
    assert program.post(made.json["allowed"][0]["href"], json={}).status_code in (409, 422)
    assert sign_in_as(app, house, "agent").get(PACKS).status_code == 403
