"""Questions come in out of files as contract.md section 5 says: every row is counted, every refused one named with its reason; the same
again changes nothing; round trips lose nothing that the format can hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kmsvc.cli.questions import questions
from kmsvc.convert.export import xlsx_bytes
from kmsvc.core.errors import InvalidInput, NotPermitted
from kmsvc.training.questions import usecases
from kmsvc.training.questions.exporting import losses, taken_out, written
from kmsvc.training.questions.formats.choosing import said
from kmsvc.training.questions.formats.every import FORMATS, read
from kmsvc.training.questions.formats.results import alike
from kmsvc.training.questions.importing import ImportReport, Into, read_files, take_in
from kmsvc.training.questions.kinds import Case, Criterion, FileAnswer, Part, ShortAnswer
from kmsvc.training.questions.listing import Filters, lines
from kmsvc.training.questions.models import Bank, QuestionRow, QuestionVersion
from kmsvc.training.questions.saying import in_english
from tests.support.centre import Centre
from tests.training.questions.test_usecases import bank, pool, write
from tests.training.sittings.exams import CASE, EVERY_KIND, FILE, SHORT, SINGLE

_SHORT, _FILE = replace(SHORT, points=Decimal(3)), replace(FILE, points=Decimal(3))
SOUND = [one for one in EVERY_KIND if one not in (SHORT, FILE, CASE)] + [
    _SHORT, _FILE, replace(CASE, body=Case((Part("a", SINGLE), Part("b", _SHORT))), points=Decimal(4))]

RICH = [*SOUND,
        replace(SHORT, stem="写一封致歉信", points=Decimal(3), body=ShortAnswer((Criterion("a", "致歉", Decimal(3)),), "您好", 400)),
        replace(FILE, stem="交登记表", points=Decimal(3),
                body=FileAnswer((Criterion("a", "完整", Decimal(3)),), "样表", ("xlsx", "pdf"))),
        replace(SINGLE, stem="按顺序显示的题", body=replace(SINGLE.body, shuffled=False))]
HEAD = ["编号", "题型", "题干", "选项A", "选项B", "选项C", "答案", "难度", "知识点"]
ROWS: list[list[Any]] = [
    ["T-1", "单选题", "退款几天到账？", "三天", "七天", "", "B", "易", "退款/时限"],
    ["T-2", "多选题", "哪些可退？", "机票", "车票", "赠品", "AB", "难", "退款"],
    ["T-3", "判断题", "口头确认即可。", "", "", "", "错", "", ""],
    ["T-4", "单选题", "没有选项的题", "", "", "", "A", "", ""],
    ["T-5", "单选题", "答案超出", "一", "二", "", "D", "", ""],
]


def sheet(folder: Path, rows: Sequence[Sequence[Any]], name: str = "q.xlsx", head: Sequence[str] = HEAD) -> Path:
    path = folder / name
    path.write_bytes(xlsx_bytes("s", head, rows))
    return path


def bring(world: Centre, *paths: Path, name: str = "退款题库", who: str = "trainer", dry_run: bool = False, **more: Any) -> ImportReport:
    into = Into(name, **more)
    return take_in(world.db, world.actor(who), read_files([(one, one.name) for one in paths], into.columns), into, dry_run=dry_run)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    body = report.as_json(in_english)
    assert body["read"] == body["created"] + body["updated"] + body["unchanged"] + len(body["rejected"])
    return body["created"], body["updated"], body["unchanged"], len(body["rejected"])


def test_every_row_is_counted_and_every_refused_one_has_its_reason(world: Centre, tmp_path: Path) -> None:
    path = sheet(tmp_path, ROWS)
    dry = bring(world, path, dry_run=True)
    with world.look() as work:
        assert work.session.scalars(select(Bank)).all() == [], "a dry run keeps nothing, not even the bank"
    report = bring(world, path)
    assert counts(dry) == counts(report) == (3, 0, 0, 2)
    refused = report.as_json(in_english)["rejected"]
    assert [(one["file"], one["row"], one["id"]) for one in refused] == [("q.xlsx", 5, "T-4"), ("q.xlsx", 6, "T-5")]
    assert "A choice question needs options." in refused[0]["reason"] and "names D, but there are only 2 options" in refused[1]["reason"]
    with world.look("trainer") as work:
        found = lines(work.session, work.actor, Filters())[::-1]
        assert [(one.external_id, one.kind, one.band, one.topic, one.state) for one in found] == [
            ("T-1", "single", "easy", "时限", "active"), ("T-2", "multiple", "hard", "退款", "active"),
            ("T-3", "true_false", "middle", "", "active")]


def test_again_updates_by_outside_number_and_leaves_the_rest_alone(world: Centre, tmp_path: Path) -> None:
    bring(world, sheet(tmp_path, ROWS[:3]))
    assert counts(bring(world, sheet(tmp_path, ROWS[:3]))) == (0, 0, 3, 0)
    changed = [[*ROWS[0][:2], "退款几个工作日到账？", *ROWS[0][3:]], ROWS[1], [*ROWS[2][:7], "难", ""]]
    assert counts(bring(world, sheet(tmp_path, changed))) == (0, 2, 1, 0)
    with world.look() as work:
        held = dict(work.session.execute(select(QuestionRow.external_id, QuestionVersion.no).join(
            QuestionVersion, QuestionVersion.id == QuestionRow.current_version_id)).all())
    assert held == {"T-1": 2, "T-2": 1, "T-3": 1}, "another difficulty alone is no new version"


def test_without_numbers_what_says_the_same_is_the_same(world: Centre, tmp_path: Path) -> None:
    rows = [[n, *line[1:]] for n, line in enumerate(ROWS[:3], 1)]
    assert counts(bring(world, sheet(tmp_path, rows))) == (3, 0, 0, 0)
    with world.look() as work:
        assert set(work.session.scalars(select(QuestionRow.external_id))) == {None}, "1, 2, 3 only count the rows"
    assert counts(bring(world, sheet(tmp_path, rows[::-1]))) == (0, 0, 3, 0)
    twice = bring(world, sheet(tmp_path, [rows[0], [7, *ROWS[0][1:]]]), dry_run=True)
    assert counts(twice)[3] == 0 or "stands in" in twice.as_json(in_english)["rejected"][0]["reason"]
    same = bring(world, sheet(tmp_path, [["", *ROWS[0][1:]], ["", *ROWS[0][1:]]]))
    assert counts(same) == (0, 0, 1, 1) and "The same question stands in q.xlsx:s:2" in same.as_json(in_english)["rejected"][0]["reason"]


def test_several_files_of_several_sorts_and_one_that_is_none(world: Centre, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("题干,A,B,答案\n国标编码的题,对的,错的,A\n".encode("gb18030"))
    (tmp_path / "a.gift").write_text("::钱:: 二加二？ {=4 ~5}", "utf-8")
    (tmp_path / "a.txt").write_text("哪个对？\nA. 一\nB. 二\nANSWER: B\n", "utf-8")
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    (tmp_path / "bomb.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><quiz>&b;</quiz>', "utf-8")
    report = bring(world, *(tmp_path / name for name in ("a.csv", "a.gift", "a.txt", "bad.xlsx", "bomb.xml")))
    assert counts(report) == (3, 0, 0, 2)
    assert [(one["file"], one["row"]) for one in report.as_json(in_english)["rejected"]] == [("bad.xlsx", None), ("bomb.xml", None)]
    assert any("GB18030" in one for one in report.warnings(in_english))


def test_excel_of_before_2007_is_read_too(world: Centre) -> None:
    report = bring(world, Path(__file__).with_name("files") / "old.xls")
    assert counts(report) == (1, 0, 0, 1)
    assert [(one["row"], one["sheet"]) for one in report.as_json(in_english)["rejected"]] == [(3, "单选题")]
    assert any("hidden sheet" in one for one in report.warnings(in_english))


def test_columns_can_be_said(world: Centre, tmp_path: Path) -> None:
    path = sheet(tmp_path, [["丙", "问：甲乙谁先？", "甲", "乙"]], head=["正确的", "说法", "第一个", "第二个"])
    assert counts(bring(world, path, dry_run=True))[3] >= 1
    columns = said(["A=key,B=stem,C=option,D=option"], "1")
    assert counts(bring(world, path, columns=columns)) == (0, 0, 0, 1), "its answer is none of the options"
    good = sheet(tmp_path, [["乙", "问：甲乙谁先？", "甲", "乙"]], head=["正确的", "说法", "第一个", "第二个"])
    assert counts(bring(world, good, columns=columns)) == (1, 0, 0, 0)


def test_who_may_not_write_imports_nothing(world: Centre, tmp_path: Path) -> None:
    for who in ("agent", "marker", "auditor", "manager"):
        with pytest.raises(NotPermitted):
            bring(world, sheet(tmp_path, ROWS[:1]), who=who)
    with pytest.raises(InvalidInput):
        bring(world, sheet(tmp_path, ROWS[:1]), name=" ")


def test_a_withdrawn_question_comes_back_by_nobody_but_a_person(world: Centre, tmp_path: Path) -> None:
    bring(world, sheet(tmp_path, ROWS[:1]))
    with world.begin("trainer") as work:
        usecases.withdraw(work, pool(world)[0])
    report = bring(world, sheet(tmp_path, [[*ROWS[0][:2], "另一种说法", *ROWS[0][3:]]]))
    assert counts(report) == (0, 0, 0, 1) and "withdrawn" in report.as_json(in_english)["rejected"][0]["reason"]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_each_format_brings_back_all_that_it_can_hold(world: Centre, tmp_path: Path, form: str) -> None:
    where = bank(world)
    for one in SOUND:
        write(world, where, one)
    chosen = FORMATS[form]
    with world.look("trainer") as work:
        items = taken_out(work, Filters(bank=where), form)
        lost = losses(items, chosen)
        path = tmp_path / f"out.{chosen.ending}"
        path.write_bytes(written(work, items, chosen, world.settings.files_dir, "zh"))
    whole = [one for one in items if not chosen.cannot_hold(one.question)]
    kept = [one for one in items if one.place.id not in {*lost.get("kind", ()), *lost.get("many_blanks", ())}]
    back = read(path, path.name)
    assert (whole or form == "aiken") and not back.turned_away and len(back.taken) == len(kept)
    by_stem = {one.question.stem: one for one in back.taken}
    for one in whole:
        found = by_stem[one.question.stem]
        assert alike(found.question, one.question)
    again = bring(world, path)
    assert counts(again)[2] >= len(whole), "what comes back is recognised"
    assert counts(again)[0] == 0, "nor does one without numbers make another question"


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_an_own_export_brought_in_again_changes_nothing(world: Centre, tmp_path: Path, form: str) -> None:
    """Whatever the format cannot hold: what it says is what it said, and papers, figures and versions stay."""
    bank_id = bank(world)
    for one in RICH:
        write(world, bank_id, one)
    with world.look("trainer") as work:
        items = taken_out(work, Filters(), form)
        path = tmp_path / f"q.{FORMATS[form].ending}"
        path.write_bytes(written(work, items, FORMATS[form], tmp_path, "zh"))
        name = work.session.scalars(select(Bank.name)).one()
        left_out = sum(bool({"kind", "case", "many_blanks"} & set(FORMATS[form].cannot_hold(one.question))) for one in items)
    report = bring(world, path, name=name)
    assert counts(report) == (0, 0, len(RICH) - left_out, 0), [one for one in report.lines if one.outcome != "unchanged"]
    with world.look() as work:
        assert set(work.session.scalars(select(QuestionVersion.no))) == {1}


def test_what_a_sheet_cannot_hold_is_left_alone_when_the_rest_changes(world: Centre, tmp_path: Path) -> None:
    """A word of the stem is mended in the exported sheet: bound, kinds of files and the order of options stay as they were."""
    bank_id = bank(world)
    for one in RICH[-3:]:
        write(world, bank_id, one)
    with world.look("trainer") as work:
        items = [replace(one, question=replace(one.question, stem=f"{one.question.stem} (改)"))
                 for one in taken_out(work, Filters(), "xlsx")]
        path = tmp_path / "q.xlsx"
        path.write_bytes(written(work, items, FORMATS["xlsx"], tmp_path, "zh"))
        name = work.session.scalars(select(Bank.name)).one()
    assert counts(bring(world, path, name=name)) == (0, 3, 0, 0)
    with world.look("trainer") as work:
        now = [one.question for one in taken_out(work, Filters(), "json")]
    assert all(alike(one, replace(before, stem=f"{before.stem} (改)")) for one, before in zip(now, RICH[-3:], strict=True)), now


def test_the_same_words_under_two_numbers_are_told(world: Centre, tmp_path: Path) -> None:
    report = bring(world, sheet(tmp_path, [ROWS[0], ["T-9", *ROWS[0][1:]]]))
    assert counts(report) == (2, 0, 0, 0)
    assert any("says the same as another question of the file" in one for one in report.warnings(in_english))


def test_nobody_without_the_right_takes_keys_away_R_E1(world: Centre) -> None:
    write(world, bank(world), EVERY_KIND[0])
    for who in ("agent", "supervisor", "marker", "auditor", "class_teacher"):
        with world.look(who) as work, pytest.raises(NotPermitted):
            taken_out(work, Filters(), "csv")


def test_the_command_ends_0_1_2_and_prints_the_shape_of_the_contract(world: Centre, tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmsvc.cli.glue.open_database", lambda settings=None: world.db)
    monkeypatch.setattr("kmsvc.cli.glue.Settings.from_env", classmethod(lambda cls, **more: world.settings))
    from kmsvc.cli.glue import run
    from kmsvc.cli.training import training

    def call(*words: str) -> tuple[int, Any]:
        found = CliRunner().invoke(questions, [*words])
        status = run_status(words)
        return status, found.stdout

    def run_status(words: Sequence[str]) -> int:
        import sys
        monkeypatch.setattr(sys, "argv", ["kmsvc training", "questions", *words])
        return run(training)
    good, mixed = sheet(tmp_path, ROWS[:3], "good.xlsx"), sheet(tmp_path, ROWS, "mixed.xlsx")
    status, out = call("import", str(good), "--bank", "新库", "--json")
    assert status == 0
    body = json.loads(out)
    assert set(body) == {"read", "created", "updated", "unchanged", "rejected"} and (body["read"], body["created"]) == (3, 3)
    status, out = call("import", str(mixed), "--bank", "新库", "--json", "--dry-run")
    assert status == 1 and len(json.loads(out)["rejected"]) == 2
    assert call("import", str(tmp_path / "none.xlsx"), "--bank", "新库")[0] == 2
    assert call("import", str(good), "--bank", "新库", "--column", "A=nonsense")[0] == 2
    assert [one["kind"] for one in json.loads(call("list", "--bank", "新库", "--json")[1])["items"]] == [
        "true_false", "multiple", "single"]
    shown = json.loads(CliRunner().invoke(questions, ["show", "QST-000001", "--json"]).stdout)
    assert shown["question"]["body"]["keys"] and [one["verb"] for one in shown["allowed"]] == ["flag", "move", "withdraw"]
    done = json.loads(CliRunner().invoke(questions, ["flag", "QST-000001", "--note", "存疑", "--json"]).stdout)
    assert (done["state"], done["flag"]) == ("flagged", "person")
    out_file = tmp_path / "out.gift"
    assert call("export", str(out_file), "--bank", "新库")[0] in (0, 2) and out_file.read_text("utf-8").count("{") == 3
