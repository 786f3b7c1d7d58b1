"""`kmsvc standards evidence pack`: same data and day, same bytes; a checker that needs nothing; refusals of one sentence. E13."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from kmsvc.cli.standards import standards
from kmsvc.core.audit import AuditEntry
from kmsvc.core.errors import NotPermitted, Refusal
from kmsvc.operations.setup import install_standards
from kmsvc.process.definitions.usecases import confirm_review
from kmsvc.settings import Settings
from kmsvc.standards.models.queries import clauses_of, model_by_code
from kmsvc.standards.packs.building import write_pack
from kmsvc.standards.packs.models import ProofPack
from tests.builders import make_change, make_process
from tests.support.centre import Centre
from tests.support.clock import ZONE

MODEL = "cc-cmm-oc-2017"
Pack = Callable[..., Any]


@pytest.fixture
def house(world: Centre) -> Centre:
    """A centre with the standards, a process in force that was reviewed, and a change request."""
    install_standards(world.db)
    process = make_process(world, drain=True)
    with world.begin("business_owner") as work:
        confirm_review(work, process.id, reason="=still right", today=world.clock.today)
    make_change(world, step=2, process=process)
    return world


@pytest.fixture
def pack(house: Centre, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pack:
    """Runs the command on this test's centre; gives its JSON, or the refusal it ended with."""
    monkeypatch.setenv("KMSVC_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KMSVC_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KMSVC_SECRET_KEY", settings.secret_key)

    def run(name: str, *words: str, year: int = 2026, as_of: str | None = "2026-03-02", model: str = MODEL) -> Any:
        day = ["--as-of", as_of] if as_of else []
        done = CliRunner().invoke(standards, ["evidence", "pack", "--model", model, "--year", str(year), *day,
                                              "--out", str(tmp_path / name), "--json", *words])
        return json.loads(done.stdout) if done.exception is None else done.exception
    return run


def test_the_same_day_gives_the_same_bytes_also_after_the_world_went_on(pack: Pack, house: Centre, tmp_path: Path) -> None:
    told = pack("a.zip")
    assert list(told)[:5] == ["file", "sha256", "clauses", "records", "as_of"]
    assert (told["clauses"], told["as_of"]) == (168, "2026-03-02") and told["records"] == 4
    assert told["sha256"] == hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    house.clock.move(days=400)
    make_change(house, step=3, process=make_process(house, name="补偿流程", drain=True))
    again = pack("b.zip")
    assert again == told | {"file": str(tmp_path / "b.zip")}, "nothing that came later, and no pack, is part of a pack"
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "a.zip").read_bytes()
    assert pack("c.zip", as_of="2027-04-06", year=2027)["sha256"] != told["sha256"]
    assert pack("d.zip", as_of="2026-03-01")["records"] == 0
    with house.look("compliance") as work:
        noted = list(work.session.scalars(select(ProofPack).order_by(ProofPack.id)))
        trail = work.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject == "standards_pack"))
    assert [(one.sha256, one.records, str(one.as_of), one.clauses) for one in noted][:2] == [
        (told["sha256"], told["records"], "2026-03-02", [])] * 2 and trail == len(noted) == 4, "who took what is on record"
    assert sorted(one.name for one in tmp_path.glob("*.zip")) == ["a.zip", "b.zip", "c.zip", "d.zip"]
    assert not list(tmp_path.glob("*.part"))


def test_an_earlier_pack_of_that_name_is_replaced_and_nothing_else(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    first = pack("a.zip", "--clause", "42")
    assert pack("a.zip", "--clause", "61")["sha256"] != first["sha256"] and pack("a.zip", "--clause", "42") == first
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("manifest.json", "[]")
    kept = (tmp_path / "other.zip").read_bytes()
    refused = pack("other.zip")
    assert isinstance(refused, Refusal) and refused.status == 2 and (tmp_path / "other.zip").read_bytes() == kept


def test_what_is_in_it_and_where(pack: Pack, tmp_path: Path) -> None:
    told = pack("a.zip", "--clause", "42", "--clause", "#65")
    with zipfile.ZipFile(tmp_path / "a.zip") as held:
        names = set(held.namelist())
        assert names == {"index.html", "manifest.json", "verify.py", "standard.xlsx", "board.pdf", "42/clause.pdf", "65/clause.pdf", *(
            f"{clause}/records.{form}" for clause in ("42", "65") for form in ("json", "xlsx"))}
        manifest = json.loads(held.read("manifest.json"))
        assert set(manifest["files"]) == names - {"manifest.json"} and manifest["records"] == told["records"]
        bodies = {clause: json.loads(held.read(f"{clause}/records.json")) for clause in ("42", "65")}
        assert sum(map(len, bodies.values())) == told["records"]
        assert {one["kind"] for one in bodies["42"]} == {"process_version", "process_review"}
        page = held.read("index.html").decode()
        assert "流程" in page and "=still right" not in page and "<script" not in page and "src=" not in page and "http" not in page
        sheet = openpyxl.load_workbook(io.BytesIO(held.read("42/records.xlsx"))).active
        rows = [[cell.value for cell in row] for row in sheet]
        assert rows[0][:3] == ["日期", "类型", "编号"] and len(rows) == 1 + len(bodies["42"])
        assert {info.date_time for info in held.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_verify_says_0_when_all_is_equal_and_1_when_a_byte_a_file_or_the_list_was_changed(pack: Pack, tmp_path: Path) -> None:
    pack("a.zip", "--clause", "42")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "a.zip") as held:
        held.extractall(folder)

    def verify() -> int:
        return subprocess.run([sys.executable, "-I", "verify.py"], cwd=folder, capture_output=True, timeout=60, check=False).returncode
    assert verify() == 0
    for name in ("42/records.json", "index.html"):
        path = folder / name
        kept = path.read_bytes()
        path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:])
        assert verify() == 1, name
        path.write_bytes(kept)
    (folder / "42" / "more.json").write_text("[]")
    assert verify() == 1
    (folder / "42" / "more.json").unlink()
    (folder / "42" / "records.xlsx").rename(folder / "moved.bin")
    assert verify() == 1
    (folder / "moved.bin").rename(folder / "42" / "records.xlsx")
    assert verify() == 0
    (folder / "manifest.json").write_text("{")
    assert verify() == 1


def test_refusals_leave_nothing_behind(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_text("mine")
    for refused in (pack("there.zip"), pack("x.zip", model="iso-9001"), pack("x.zip", "--clause", "999"), pack("x.zip", "--clause", "x"),
                    pack("no/folder/x.zip"), pack("x.zip", "--as", "nobody")):
        assert isinstance(refused, Refusal) and refused.status == 2 and len(str(refused).splitlines()) == 1, refused
    assert isinstance(pack("x.zip", "--as", "agent"), NotPermitted)
    assert [one.name for one in tmp_path.glob("*.zip")] == ["there.zip"] and (tmp_path / "there.zip").read_text() == "mine"
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(".part")]


def test_another_model_holds_only_what_its_own_clauses_or_a_mapping_say(pack: Pack) -> None:
    told = pack("a.zip", model="ccso-2022")
    assert (told["clauses"], told["records"]) == (0, 0)


def test_only_who_may_take_it_away_makes_one(house: Centre) -> None:
    with house.look("process_manager") as work:
        model = model_by_code(work.session, MODEL)
        assert model is not None
        clauses = clauses_of(work.session, model.id)[:1]
        with pytest.raises(NotPermitted):
            write_pack(work.session, work.actor, model, clauses, 2026, date(2026, 3, 2), ZONE, io.BytesIO())
