"""Standards at the doors: lists, a clause with what stands beside it, sheets in and out, taken back; what is hostile is refused."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from kmsvc.cli.glue import PartFailed, Sentence
from kmsvc.cli.standards import standards
from kmsvc.convert.export import csv_bytes, xlsx_bytes
from kmsvc.convert.sheets import csv_sheet
from kmsvc.core import cards
from kmsvc.core.errors import Refusal, RuleBroken
from kmsvc.operations.setup import install_standards
from kmsvc.settings import Settings
from kmsvc.standards.models.models import Clause, StandardModel
from kmsvc.standards.models.queries import (
    clause_of,
    clauses_of,
    export,
    licensed_texts,
    model_by_code,
    model_lines,
)
from kmsvc.standards.models.rules import borders, edition_order
from tests.support.centre import Centre
from tests.support.clients import sign_in_as

CMM, CCSO = "cc-cmm-oc-2017", "ccso-2022"
HEAD = ["编号", "模块号", "标题", "加减分", "原文"]
ITEMS = [[1, "1.0", "战略规划", "加分", None], [2, "1.0", "=1+1", "减分", None], [2, "1.0", "又一个", "", None],
         ["x", "1.0", "没有编号", "", None], [3, "", "没有模块", "", None], [4, "7.0", "新模块", "", None]]


@dataclass
class Doors:
    """A centre with the standards of the product, and its doors: programs with a token, pages with a cookie."""

    app: Flask
    world: Centre

    def client(self, login: str, by: str = "token") -> Any:
        return sign_in_as(self.app, self.world, login, by=by)

    def look(self) -> Any:
        return self.world.look()

    def begin(self, login: str) -> Any:
        return self.world.begin(login)


@pytest.fixture
def installed(app: Flask, world: Centre) -> Doors:
    """A centre with the standards of the product."""
    install_standards(world.db)
    return Doors(app, world)


def sent(world: Doors, body: bytes, name: str = "items.csv", **fields: str) -> Any:
    return world.client("compliance").post("/api/v1/standards/models/import", data={"file": (io.BytesIO(body), name), **fields},
                                           content_type="multipart/form-data")


def ids(world: Doors, code: str) -> int:
    with world.look() as work:
        return model_by_code(work.session, code).id


def test_a_standard_is_listed_narrowed_opened_and_reached_by_its_number(installed: Doors) -> None:
    """E1: the list, the tree with its filters, a clause with its doors; numbers from the search field."""
    client, cmm = installed.client("auditor"), ids(installed, CMM)
    assert {one["code"] for one in client.get("/api/v1/standards/models").get_json()["items"]} == {CMM, CCSO}
    body = client.get(f"/api/v1/standards/models/{cmm}").get_json()
    assert body["clauses"] == 168 and [one["level"] for one in body["borders"] if one["unreachable"]] == ["L5"] and body["allowed"] == []
    path = f"/api/v1/standards/models/{cmm}/clauses"
    first = client.get(f"{path}?cycle=monthly&limit=3").get_json()
    rest = client.get(f"{path}?cycle=monthly&limit=3&cursor={first['next']}").get_json()
    assert [one["no"] for one in first["items"] + rest["items"]] == [49, 55, 112, 126, 135] and rest["next"] is None
    assert [one["no"] for one in client.get(f"{path}?q=%2342").get_json()["items"]] == [42]
    below = client.get(f"{path}?section=2.1&limit=200").get_json()["items"]
    assert {one["section"] for one in below} == {"2.1.1", "2.1.2", "2.1.3", "2.1.4"}
    assert client.get(f"{path}?cycle=nonsense").status_code == 422
    with installed.look() as work:
        clause = clause_of(work.session, CMM, "42")
    page = client.get(f"/standards/models/clauses/{clause.id}").text
    assert "流程体系年审" in page and 'id="panel-evidence"' in page and 'id="panel-duties"' in page and "clause=42" in page
    assert clause.title_en in client.get(f"/standards/models/{cmm}?record=archive&cycle=annual").text
    with installed.world.look("auditor") as work:
        named = cards.KINDS["standards_clause"].named
        assert [one.url for one in named(work.session, work.actor, "#42", 3)] == [f"/standards/models/clauses/{clause.id}"]
        assert [one.number for one in named(work.session, work.actor, "流程 体系年审", 3)] == ["#42"]
    with installed.world.look("agent") as work:
        assert named(work.session, work.actor, "#42", 3) == []
    assert installed.client("agent").get(f"/standards/models/clauses/{clause.id}").status_code in (403, 404)
    ccso = client.get(f"/standards/models/{ids(installed, CCSO)}").text
    assert all(word in ccso for word in ("428", "Service operation", "Cost benefit", "Systems", "60%", "2000"))


def test_items_come_in_by_a_sheet_each_row_with_its_reason_and_are_taken_back(installed: Doors) -> None:
    """CCSO items: what cannot be is named, the rest is in, again changes nothing, and it can all be taken back."""
    dry = sent(installed, csv_bytes(HEAD, ITEMS), code=CCSO, dry_run="true").get_json()
    assert (dry["read"], dry["created"], len(dry["rejected"])) == (6, 3, 3) and [one["row"] for one in dry["rejected"]] == [4, 5, 6]
    with installed.look() as work:
        assert clauses_of(work.session, model_by_code(work.session, CCSO).id) == []
    done = sent(installed, xlsx_bytes("a", HEAD, ITEMS), "items.xlsx", code=CCSO).get_json()
    assert done["created"] == 3
    again = sent(installed, csv_bytes(HEAD, ITEMS), code=CCSO).get_json()
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    client, ccso = installed.client("compliance"), ids(installed, CCSO)
    items = client.get(f"/api/v1/standards/models/{ccso}/clauses").get_json()["items"]
    assert [(one["no"], one["sign"]) for one in items] == [(1, "plus"), (2, "minus"), (4, None)]
    sheet = client.get(f"/standards/models/{ccso}/file?format=csv").data
    assert "'=1+1" in sheet.decode("utf-8-sig"), "no cell is a formula"
    back = sent(installed, sheet, code=CCSO).get_json()
    assert (back["unchanged"], back["rejected"]) == (3, []), "what goes out comes in again as it was"
    whole = client.get(f"/standards/models/{ccso}/file?format=yaml").data
    assert sent(installed, whole, "ccso.yaml").get_json()["unchanged"] == 3
    body = client.get(f"/api/v1/standards/models/{ccso}").get_json()
    [act] = body["allowed"]
    assert act["verb"] == "take_back" and not body["is_packaged"]
    answer = client.post(act["href"], json={"reason": "wrong copy"}, headers={"If-Match": f'"{body["version"]}"'})
    assert answer.status_code == 200 and answer.get_json()["is_packaged"] and answer.get_json()["allowed"] == []
    assert client.get(f"/api/v1/standards/models/{ccso}/clauses").get_json()["items"] == []
    assert client.post(act["href"], json={"reason": "again"}).status_code == 409


def test_licensed_wording_comes_by_a_sheet_and_is_read_by_few(installed: Doors) -> None:
    """Beside our own gist, for whoever may read it; the standard stays that of the product."""
    head, rows = ["条款", "子项", "原文"], [[42, None, "原文四十二"], [109, 1, "子项文"]]
    assert sent(installed, csv_bytes(head, [*rows, [999, None, "x"]]), "t.csv", code=CMM).get_json()["updated"] == 2
    with installed.look() as work:
        model, clause = model_by_code(work.session, CMM), clause_of(work.session, CMM, "42")
        assert model.is_packaged and licensed_texts(work.session, [clause.id])[clause.id] == "原文四十二"
    path = f"/standards/models/clauses/{clause.id}"
    assert "原文四十二" in installed.client("auditor").get(path).text
    assert installed.client("auditor").get(f"/api/v1{path}").get_json()["text"] == "原文四十二"
    assert installed.client("auditor").get(f"/standards/models/{model.id}/file?licensed=1").status_code == 403
    trail = installed.client("admin").get("/api/v1/audit?limit=200").text
    assert "原文四十二" not in trail
    again = sent(installed, csv_bytes(head, rows), "t.csv", code=CMM).get_json()
    assert again["unchanged"] == 2
    with installed.begin("compliance") as work:
        from kmsvc.standards.models.usecases import take_back

        assert take_back(work, model.id, reason="r")
    assert "原文四十二" not in installed.client("auditor").get(path).text


def test_correspondence_shows_what_is_proven_and_the_gap(installed: Doors) -> None:
    """E15: a module of CCSO that corresponds to clauses of CC-CMM."""
    sent(installed, csv_bytes(HEAD, ITEMS), code=CCSO)
    rows = [["保留", CMM, 42, 1, ""], ["合并", CMM, 9999, 2, ""], ["新增", CMM, "", 4, "只有这里"], ["乱写", CMM, 1, 2, ""]]
    done = sent(installed, csv_bytes(["关系", "来源标准", "来源条款", "目标条款", "备注"], rows), code=CCSO).get_json()
    assert (done["created"], [one["row"] for one in done["rejected"]]) == (2, [3, 5])
    client = installed.client("auditor")
    page = client.get(f"/standards/models/{ids(installed, CCSO)}").text
    assert 'id="panel-reused"' in page and "1.0 Strategy management" in page
    with installed.look() as work:
        own, other = clause_of(work.session, CCSO, "1"), clause_of(work.session, CMM, "42")
    beside = client.get(f"/standards/models/clauses/{own.id}").text
    assert f"/standards/models/clauses/{other.id}" in beside and 'id="panel-reused"' in beside
    assert client.get(f"/api/v1/standards/models/clauses/{other.id}").get_json()["mappings"][0]["clause"] == "1"
    out = csv_sheet(client.get(f"/standards/models/{ids(installed, CCSO)}/file?format=csv&sheet=mappings").data)
    assert [cells[0] for _, cells in out.rows[1:]] == ["kept", "new"]


def test_a_whole_new_standard_comes_by_a_sheet_and_goes_again(installed: Doors) -> None:
    """A new framework without code; taken back it is gone."""
    sheet = csv_bytes(["No", "Section", "Section title", "Title en", "Cycle", "Triggers en"],
                      [[1, "1", "范围", "Scope", "yearly", "a | b"]])
    refused = sent(installed, sheet, code="iso-18295")
    assert refused.status_code == 422 and "edition" in refused.get_json()["fields"]
    assert sent(installed, sheet, code="iso-18295", edition="9", title_en="ISO 18295").get_json()["created"] == 1
    assert sent(installed, sheet, code="iso-18295", edition="10", title_en="ISO 18295").get_json()["created"] == 1
    with installed.look() as work:
        [new, old] = [one for one in model_lines(work.session) if one.code == "iso-18295"]
        assert (new.edition, new.newest, old.edition, old.newest) == ("10", True, "9", False), "ten comes after nine"
        assert export(work.session, work.session.get(StandardModel, new.id))["items"][0]["cycle"] == "annual"
    client = installed.client("compliance")
    mapped = csv_bytes(["Correspondence", "From standard", "From edition", "From", "To"], [["kept", "iso-18295", "9", 1, 1]])
    assert sent(installed, mapped, code="iso-18295", edition="10").get_json()["created"] == 1
    used = client.post(f"/api/v1/standards/models/{old.id}/take_back", json={"reason": "r"})
    assert used.status_code == 409 and used.get_json()["code"] == "standards.model.in_use"
    assert client.post(f"/api/v1/standards/models/{new.id}/take_back", json={"reason": "r"}).get_json()["there"] is True
    assert client.get(f"/api/v1/standards/models/{new.id}").get_json()["allowed"] == [], "one step back, no further"
    assert client.post(f"/api/v1/standards/models/{old.id}/take_back", json={"reason": "r"}).get_json()["there"] is False
    with installed.look() as work:
        assert model_by_code(work.session, "iso-18295").edition == "10" and model_by_code(work.session, "iso-18295", "9") is None
        assert work.session.scalars(select(Clause).where(Clause.model_id == old.id)).all() == []


def test_the_page_shows_every_row_before_anything_is_written(installed: Doors) -> None:
    """The dry run, the import and its undoing, at the pages."""
    client = installed.client("compliance")
    refused = client.post("/standards/models/import", data={"file": (io.BytesIO(b"a"), "x.doc"), "code": CCSO},
                          content_type="multipart/form-data")
    assert refused.status_code == 422 and f'value="{CCSO}" selected' in refused.text
    kept = client.post("/standards/models/import", data={"file": (io.BytesIO(csv_bytes(HEAD, ITEMS)), "条目.csv"), "code": CCSO},
                       content_type="multipart/form-data")
    token = kept.headers["Location"]
    dry = client.get(token).text
    assert "将新增" in dry or "to be added" in dry
    done = client.post(token.split("?")[0], data={"code": CCSO})
    assert done.status_code == 200
    ccso = ids(installed, CCSO)
    assert "战略规划" in client.get(f"/standards/models/{ccso}").text
    assert client.post(f"/standards/models/{ccso}/take_back", data={"reason": ""}).status_code == 422
    assert client.post(f"/standards/models/{ccso}/take_back", data={"reason": "r"}).status_code == 303
    assert "战略规划" not in client.get(f"/standards/models/{ccso}").text
    assert client.get("/standards/models/template?sheet=mappings&format=csv").status_code == 200


@pytest.mark.parametrize(("name", "body", "words"), [
    ("bomb.yaml", b"a: &a [1,1]\nb: &b [*a,*a]\nc: [*b,*b]", "*"),
    ("deep.yaml", b"[" * 3000, "YAML"),
    ("bytes.yaml", b"\xff\xfe\x00", "UTF-8"),
    ("big.yaml", b"#" * 3_000_001, "3 MB"),
    ("many.csv", b"no,title,section\n" + b"".join(b"%d,t,1.0\n" % one for one in range(1, 100_001)), ""),
    ("no.csv", b"a,b\n1,2\n", ""),
    ("fake.xlsx", b"PK\x03\x04nothing", ""),
    ("empty.csv", b"", "")])
def test_what_is_hostile_is_refused_with_a_sentence(installed: Doors, name: str, body: bytes, words: str) -> None:
    """Bombs, a hundred thousand rows, nonsense: one sentence, nothing is written."""
    answer = sent(installed, body, name, code=CCSO)
    assert answer.status_code in (413, 415, 422) and answer.get_json()["detail"]
    assert words in answer.text
    with installed.look() as work:
        assert clauses_of(work.session, model_by_code(work.session, CCSO).id) == []


def test_editions_are_in_a_real_order_and_borders_are_exact() -> None:
    """Ten after nine; domain 10.3 counted again."""
    assert sorted(["10", "9", "2017", "9.1"], key=edition_order) == ["9", "9.1", "10", "2017"]
    found = {(one.level, one.basis): one.implied for one in borders(
        [{"level": "L5", "c_min": 1.0, "f_min": 1.0, "c_min_5": 1.0, "f_min_5": 0.9, "total_min": 3380}],
        {"subitems": {"items": 177, "max_total": 3540}, "clauses": {"items": 168, "max_total": 3360}}, 20)}
    assert found == {("L5", "subitems"): 3520, ("L5", "clauses"): 3340}


def test_the_command_line_takes_sheets_and_says_what_is_wrong(installed: Doors, settings: Settings, tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """Contract section 3: 2 and one sentence, 1 where some rows fail; what goes out comes in again."""
    for name in ("data_dir", "database_url", "secret_key"):
        monkeypatch.setenv(f"KMSVC_{name.upper()}", str(getattr(settings, name)))
    sheet, out = tmp_path / "items.csv", tmp_path / "ccso.xlsx"
    sheet.write_bytes(csv_bytes(HEAD, ITEMS))

    def run_with(*words: str) -> Any:
        return CliRunner().invoke(standards, ["models", *words])

    assert isinstance(run_with("import", str(sheet)).exception, Sentence)
    assert isinstance(run_with("import", str(sheet), "--model", "no-such").exception, Refusal)
    done = run_with("import", str(sheet), "--model", CCSO)
    assert isinstance(done.exception, PartFailed) and "3 new" in done.stdout and "5:" in done.stderr
    assert isinstance(run_with("export", CCSO, "--format", "xlsx").exception, Sentence)
    assert run_with("export", CCSO, "--format", "xlsx", "--out", str(out)).exit_code == 0
    again = run_with("import", str(out), "--model", CCSO)
    assert (again.exit_code, again.stdout) == (0, f"{CCSO} 2022: 3 read, 0 new, 0 changed, 3 unchanged, 0 refused.\n")
    told = run_with("export", CCSO, "--format", "csv").stdout
    assert told.startswith("Clause,") and "'=1+1" in told
    assert run_with("take-back", CCSO, "--reason", "r").exit_code == 0
    assert isinstance(run_with("take-back", CCSO, "--reason", "r").exception, RuleBroken)
