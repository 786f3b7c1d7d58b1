"""Lists of staff: columns in both languages, dry run, rows apart from one another, the same file again."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from kmsvc.convert.reports import Report
from kmsvc.core.audit import AuditEntry
from kmsvc.people.accounts.imports import StaffResult, import_staff, read_staff
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.queries import person_by_login, person_cards
from kmsvc.people.accounts.rows import role_of
from kmsvc.people.roles import Role
from tests.support.centre import PASSWORD, Centre
from tests.support.clients import Caller
from tests.support.commands import run_commands

Client = Callable[..., Caller]
GOOD = """login,name,email,roles,unit,post,language
n1,王一,n1@centre.test,agent,TEAM-A,,zh_Hans_CN
n2,李二,,"Trainer;质检员",二组,坐席岗,英文
n3,张三,,坐席、班组长,,,
"""
MIXED = """工号,姓名,邮箱,角色,部门,岗位,语言
n1,王一,n1@centre.test,坐席,TEAM-A,,中文
n4,赵四,not an address,坐席,,,
n5,,,,,,
n6,孙六,,老板,,,
n7,周七,,,没有的组,,
n8,吴八,,,,,火星文
n1,又是王一,,,,,
,无名,,,,,
no spaces,坏号,,,,,
"""


def take(world: Centre, text: str | bytes, tmp_path: Path, *, name: str = "staff.csv", who: str = "admin",
         **how: Any) -> Report[StaffResult]:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    tables, notices = read_staff(path, name)
    return import_staff(world.db, world.actor(who), tables, notices, name, **how)


def counts(report: Report[StaffResult]) -> dict[str, int]:
    return {name: report.count(name) for name in ("created", "updated", "unchanged", "rejected")}


def card(world: Centre, login: str) -> Any:
    with world.look() as work:
        row = person_by_login(work.session, login)
        return person_cards(work.session, [row])[0] if row is not None else None


def test_rows_become_people_and_the_same_file_again_changes_nothing(world: Centre, tmp_path: Path) -> None:
    report = take(world, GOOD, tmp_path)
    assert counts(report) == {"created": 3, "updated": 0, "unchanged": 0, "rejected": 0}
    assert card(world, "n2").roles == ("qa_inspector", "trainer")
    assert (card(world, "n2").unit_code, card(world, "n2").post, card(world, "n2").language) == ("TEAM-B", "坐席岗", "en")
    assert card(world, "n3").roles == ("agent", "team_leader")
    assert card(world, "n3").unit_code == "CENTRE"
    with world.look() as work:
        before = work.session.scalar(select(func.count()).select_from(AuditEntry))
    assert counts(take(world, GOOD, tmp_path)) == {"created": 0, "updated": 0, "unchanged": 3, "rejected": 0}
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(AuditEntry)) == before


def test_a_changed_row_changes_what_differs_and_empty_cells_leave_the_rest(world: Centre, tmp_path: Path) -> None:
    take(world, GOOD, tmp_path)
    report = take(world, "login,name,email,roles,unit\nN1,王一一,,,TEAM-B\n", tmp_path)
    assert [(one.outcome, one.changes) for one in report.results] == [("updated", ("name", "unit"))]
    assert (card(world, "n1").name, card(world, "n1").email, card(world, "n1").roles) == ("王一一", "n1@centre.test", ("agent",))


def test_each_bad_row_is_named_with_its_reason_and_the_others_are_taken(world: Centre, tmp_path: Path) -> None:
    body = take(world, MIXED, tmp_path).as_json()
    assert {name: body[name] for name in ("read", "created", "updated", "unchanged")} == {
        "read": 9, "created": 1, "updated": 0, "unchanged": 0}
    assert body["read"] == body["created"] + body["updated"] + body["unchanged"] + len(body["rejected"])
    reasons = {one["row"]: one["reason"] for one in body["rejected"]}
    assert sorted(reasons) == list(range(3, 11))
    assert "not an address" in reasons[3] and "老板" in reasons[5] and "没有的组" in reasons[6]
    assert "火星文" in reasons[7] and "row 2" in reasons[8]
    assert all(one["file"] == "staff.csv" for one in body["rejected"])


def test_units_are_made_only_when_asked(world: Centre, tmp_path: Path) -> None:
    text = "login,name,unit\nn1,A,夜班组\nn2,B,夜班组\n"
    assert counts(take(world, text, tmp_path))["rejected"] == 2
    assert counts(take(world, text, tmp_path, make_units=True))["created"] == 2
    assert card(world, "n1").unit == "夜班组"


def test_a_dry_run_says_the_same_and_writes_nothing(world: Centre, tmp_path: Path) -> None:
    with world.look() as work:
        before = work.session.scalar(select(func.count()).select_from(AuditEntry))
    dry = take(world, MIXED, tmp_path, dry_run=True)
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(AuditEntry)) == before
    real = take(world, MIXED, tmp_path)
    assert [(one.row, one.outcome, one.reasons) for one in dry.results] == [
        (one.row, one.outcome, one.reasons) for one in real.results]


def test_xlsx_with_chinese_headings_below_a_title(world: Centre, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["二月入职名单"], ["登录名", "姓名", "角色", "岗位"], [10086, "数字工号", "坐席；讲师", "热线坐席"]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert counts(take(world, out.getvalue(), tmp_path, name="名单.xlsx"))["created"] == 1
    assert card(world, "10086").roles == ("agent", "trainer")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_known_by_code_and_by_english_label(role: Role) -> None:
    assert {role_of(role.value), role_of(role.label), role_of(role.value.upper().replace("_", " "))} == {role.value}


@pytest.mark.parametrize(("word", "code"), [("坐席", "agent"), ("班组长", "team_leader"), ("流程经理", "process_manager"),
                                            ("知识编辑", "knowledge_editor"), ("管理员", "admin"), ("审计员", "auditor")])
def test_a_role_is_known_by_its_chinese_words(word: str, code: str) -> None:
    assert role_of(word) == code


def test_the_export_of_the_list_comes_back_unchanged(client: Client, world: Centre, tmp_path: Path) -> None:
    text = client("admin").get("/people/accounts?format=csv&state=active").get_data()
    assert set(counts(take(world, text, tmp_path)).items()) >= {("updated", 0), ("created", 0), ("rejected", 0)}


def test_the_last_administrator_is_not_imported_away(world: Centre, tmp_path: Path) -> None:
    report = take(world, "login,name,roles\neverything,E,agent\nadmin,A,agent\n", tmp_path)
    assert [one.outcome for one in report.results] == ["updated", "rejected"]
    assert card(world, "admin").roles == ("admin",)


def test_the_page_shows_first_and_does_then(client: Client, world: Centre) -> None:
    admin = client("admin")
    answer = admin.post("/people/accounts/import", data={"file": (io.BytesIO(MIXED.encode()), "../../名单.csv")})
    assert answer.status_code == 303
    place = answer.headers["Location"]
    shown = admin.get(place).get_data(as_text=True)
    assert "老板" in shown and card(world, "n1") is None
    assert client("everything").get(place).status_code == 404  # another administrator's file
    world.clock.move(minutes=6)
    assert admin.post(place, data={}).status_code == 422
    done = admin.post(place, data={"passwords": "1", "password": PASSWORD})
    assert done.status_code == 200 and card(world, "n1") is not None
    made = re.findall(r"[a-z0-9]{5}(?:-[a-z0-9]{5}){3}", done.get_data(as_text=True))
    assert len(made) == 1
    assert client().post("/sign-in", data={"login": "n1", "password": made[0]}).status_code == 303
    assert admin.get(place).status_code == 404
    assert not list((Path(world.settings.data_dir) / "imports").iterdir())


@pytest.mark.parametrize(("name", "data"), [
    ("staff.csv", b""), ("staff.csv", b"a,b\n1,2\n"), ("staff.xlsx", b"no zip at all"), ("staff.pdf", b"%PDF-1.4"),
    ("staff.csv", b"\x00\x01\x02\xff\xfe"), ("staff.xlsx", b"PK\x03\x04 broken")])
def test_a_bad_file_is_a_sentence(client: Client, world: Centre, name: str, data: bytes) -> None:
    admin = client("admin")
    answer = admin.post("/people/accounts/import", data={"file": (io.BytesIO(data), name)}, follow_redirects=True)
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.get_data(as_text=True)


def test_the_command_reports_and_its_status_tells(world: Centre, tmp_path: Path, database_kind: str) -> None:
    path = tmp_path / "staff.csv"
    path.write_text(MIXED)
    known = tmp_path / "known.csv"
    known.write_text("login,name\nn1,王一\n")
    many = tmp_path / "many.csv"
    many.write_text("login,name\n" + "".join(f"n1,王一{number}\n" for number in range(12)))
    env = {"KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url,
           "KMSVC_SECRET_KEY": world.settings.secret_key}
    lines = ([str(path), "--dry-run", "--json"], [str(path), "--json", "--passwords", str(tmp_path / "first.csv")],
             [str(known), "--json"], [str(many), "--dry-run"],
             [str(tmp_path / "nowhere.csv")], [str(tmp_path / "first.csv"), "--as", "agent"])
    dry, real, again, short, nowhere, bad = run_commands(env, *(["people", "accounts", "import", *words] for words in lines))
    assert dry.returncode == 1 and json.loads(dry.stdout)["created"] == 1
    body = json.loads(real.stdout)
    assert real.returncode == 1 and set(body) >= {"read", "created", "updated", "unchanged", "rejected"}
    assert [one["row"] for one in body["rejected"]] == list(range(3, 11))
    assert (tmp_path / "first.csv").stat().st_mode & 0o777 == 0o600
    assert again.returncode == 0
    assert [line for line in short.stderr.splitlines() if line.startswith("Rows")] == ["Rows 12/12"]
    assert "Rows" not in real.stderr  # a script reads one document and the refused rows
    assert nowhere.returncode == 2
    assert bad.returncode == 2


def test_a_row_that_dies_half_way_leaves_nothing_of_itself(world: Centre, tmp_path: Path) -> None:
    """Each row is all or nothing: an unknown unit after a new post leaves no post behind."""
    take(world, "login,name,unit,post\nn1,A,NOWHERE,新岗位\n", tmp_path)
    with world.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Account).where(Account.login == "n1")) == 0
        assert work.session.scalar(select(func.count()).select_from(Person).where(Person.name == "A")) == 0
        from kmsvc.people.units.models import Post

        assert work.session.scalar(select(func.count()).select_from(Post)) == 0


def test_a_program_imports_staff_and_gets_the_report(client: Callable, world: Centre) -> None:
    """R-D7: the same key gets the same answer; contract section 5: the shape of the report."""
    door, data = "/api/v1/people/accounts/import", MIXED.encode()

    def send(caller: Any, name: str = "staff.csv", headers: Any = None, **more: Any) -> Any:
        return caller.post(door, data={"file": (io.BytesIO(data), name), **more}, content_type="multipart/form-data",
                           headers=headers)
    admin = client("admin", by="token")
    assert send(client("agent", by="token")).status_code == 403
    dry = send(admin, dry_run="true").get_json()
    first = send(admin, headers={"Idempotency-Key": "k"}).get_json()
    assert dry == first and first["created"] > 0 and first["rejected"]
    assert first["read"] == sum(first[name] for name in ("created", "updated", "unchanged")) + len(first["rejected"])
    assert send(admin, headers={"Idempotency-Key": "k"}).get_json() == first
    assert send(admin).get_json()["created"] == 0
    assert (send(admin, "staff.exe").status_code, send(admin, surprise="1").status_code) == (422, 422)
    assert admin.post(door, data={}, content_type="multipart/form-data").get_json()["fields"]["file"]
