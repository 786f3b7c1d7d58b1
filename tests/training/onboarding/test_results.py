"""Quality results of newcomers: entered, imported from sheets as people keep them, taken out, imports taken back and brought back."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from kmsvc.access.models import AccessEntry
from kmsvc.convert.values import day_in, of_hundred
from kmsvc.core.errors import InvalidInput, NotPermitted, RuleBroken
from kmsvc.knowledge.tables.taking import read_rows, take_rows
from kmsvc.training.onboarding import results, rules, usecases
from kmsvc.training.onboarding.gathering import gather, mean, quality_scores
from kmsvc.training.onboarding.models import OnboardingImport, Trainee
from kmsvc.training.onboarding.results import Result
from kmsvc.training.onboarding.results_queries import import_lines, result_lines
from kmsvc.training.onboarding.results_rows import RESULTS
from kmsvc.training.onboarding.rules import Programme
from tests.support.centre import Centre

START = date(2026, 3, 2)
PAGE = "/training/onboarding/results"


def on(number: int) -> date:
    return rules.day_of(Programme(START), number)


TODAY = on(36)
A, B = on(31).isoformat(), on(32).isoformat()


@pytest.fixture
def newcomers(world: Centre) -> dict[str, int]:
    """Agent and team leader as newcomers, in their fortieth week-day but four."""
    with world.begin("class_teacher") as work:
        one = usecases.plan_class(work, name="三月班", teacher_id=world.people["class_teacher"], starts_on=START).id
        return {login: usecases.add_trainee(work, one, world.people[login]).id for login in ("agent", "team_leader")}


def take(world: Centre, tmp_path: Path, text: str, name: str = "质检.csv", *, dry_run: bool = False, login: str = "qa_inspector") -> Any:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    tables, notices = read_rows(path, name, RESULTS)
    return take_rows(world.db, world.actor(login), RESULTS, tables, notices, name, dry_run=dry_run, today=TODAY)


def outcomes(report: Any) -> list[str]:
    return [one.outcome for one in report.results]


def scores(world: Centre, trainee: int) -> list[str]:
    with world.look() as work:
        return [f"{one.on:%m-%d} {float(one.score or 0):g}" for one in sorted(quality_scores(gather(work.session, [work.get(
            Trainee, trainee)])[0]), key=lambda one: (one.on, one.id))]


@pytest.mark.parametrize(("cell", "full", "said"), [
    ("92", "", "92"), ("92.5分", "", "92.5"), ("92%", "", "92"), ("0.92", "", "92"), ("46/50", "", "92"), ("46", "50", "92"),
    ("９２", "", "92"), ("0", "", "0"), ("100%", "", "100"), ("1分", "", "1"), ("0.8567", "", "85.67"), ("1", "", None),
    ("101", "", None), ("-3", "", None), ("合格", "", None), ("", "", None), ("50", "0", None), ("5", "x", None)])
def test_points_and_percent_mean_the_same(cell: str, full: str, said: str | None) -> None:
    assert of_hundred(cell, full) == (None if said is None else Decimal(said))


@pytest.mark.parametrize(("cell", "said"), [
    ("2026-03-05", "2026-03-05"), ("2026/3/5 10:22", "2026-03-05"), ("2026年3月5日", "2026-03-05"), ("20260305", "2026-03-05"),
    ("46086", "2026-03-05"), ("3月5日(周四)", "2026-03-05"), ("12/31", "2025-12-31"), ("2/29", "2024-02-29"),
    ("2026-13-01", None), ("3/50", None), ("周四", None), ("202603051", None)])
def test_days_as_people_write_them(cell: str, said: str | None) -> None:
    assert day_in(cell, date(2026, 3, 9)) == (date.fromisoformat(said) if said else None)


def test_several_rows_a_day_are_several_inspections_and_the_same_file_changes_only_what_differs(
        world: Centre, newcomers: dict[str, int], tmp_path: Path) -> None:
    text = f"质检月报,,\n坐席姓名,质检日期,得分率,扣分原因\nAgent,{A},92%,\nAgent,{A},85,语速快\nTeam Leader,{B},0.7,\n"
    assert outcomes(take(world, tmp_path, text, dry_run=True)) == ["created"] * 3
    assert scores(world, newcomers["agent"]) == [], "a dry run keeps nothing"
    assert outcomes(take(world, tmp_path, text)) == ["created"] * 3
    assert outcomes(take(world, tmp_path, text)) == ["unchanged"] * 3
    assert scores(world, newcomers["agent"]) == [f"{on(31):%m-%d} 92", f"{on(31):%m-%d} 85"]
    changed = take(world, tmp_path, text.replace("85,语速快", "88,语速快").replace(f"Team Leader,{B},0.7", f"Team Leader,{B},70"))
    assert outcomes(changed) == ["unchanged", "updated", "unchanged"]
    assert [one.changes for one in changed.results] == [(), ("score",), ()]
    assert scores(world, newcomers["agent"])[1].endswith(" 88")
    more = take(world, tmp_path, f"姓名,日期,成绩\nAgent,{A},92\nAgent,{A},60\n", "补充.csv")
    assert outcomes(more) == ["unchanged", "created"], "the same result out of another file is the same one"


def test_a_result_with_a_number_is_known_again_on_another_day(world: Centre, newcomers: dict[str, int], tmp_path: Path) -> None:
    head = "工号,姓名,日期,分数,录音编号\n"
    assert outcomes(take(world, tmp_path, f"{head}agent,Agent,{A},80,R-1\nagent,Agent,{A},80,R-2\n")) == ["created"] * 2
    again = take(world, tmp_path, f"{head}agent,Agent,{B},80,R-1\nagent,,{A},80,R-2\nagent,,{A},81,R-2\n", "二.csv")
    assert outcomes(again) == ["updated", "unchanged", "rejected"]
    assert "stands in the file twice" in again.as_json()["rejected"][0]["reason"]
    assert scores(world, newcomers["agent"]) == [f"{on(31):%m-%d} 80", f"{on(32):%m-%d} 80"]


def test_every_refused_row_is_named_with_its_reason(world: Centre, newcomers: dict[str, int], tmp_path: Path) -> None:
    with world.begin("class_teacher") as work:
        usecases.decide(work, newcomers["team_leader"], "leave", reason="本人辞职", today=on(35))
    rows = [f"Nobody,{A},80", "Agent,昨天,80", f"Agent,{A},合格", f"Agent,{A},1", f"Agent,{START - timedelta(days=1)},80",
            f"Agent,{TODAY + timedelta(days=1)},80", f"Team Leader,{A},80", f"Auditor,{A},80", f",{A},80", f"Agent,{A},80"]
    report = take(world, tmp_path, "姓名,日期,分数\n" + "\n".join(rows))
    body = report.as_json()
    assert (body["read"], body["created"], [one["row"] for one in body["rejected"]]) == (10, 1, list(range(2, 11)))
    for one, part in zip(body["rejected"], (
            "called “Nobody”", "“昨天” is no day", "“合格” is no result", "100/100", "Before the day of entry", "still to come",
            "Team Leader is over", "Auditor is in no class", "a name or an account", ), strict=True):
        assert part.casefold() in one["reason"].casefold(), one


def test_an_import_is_taken_back_as_a_whole_and_brought_back(world: Centre, newcomers: dict[str, int], tmp_path: Path) -> None:
    take(world, tmp_path, f"姓名,日期,分数\nAgent,{A},80\n")
    take(world, tmp_path, f"姓名,日期,分数\nAgent,{A},70\nAgent,{B},60\nTeam Leader,{B},50\n")
    with world.look("qa_inspector") as work:
        second = import_lines(work.session, work.actor)[0][0]
        assert (second.made, second.changed) == (2, 1)
        odd = next(one for one in result_lines(work.session, work.actor)[0] if one.score == 50)
    with world.begin("qa_inspector") as work:
        results.remove_result(work, odd.id, reason="录错人")
    with world.begin("qa_inspector") as work:
        assert results.take_back(work, second.id, reason="错了一列") == results.Settled(2, 1), "what was taken out stays out"
    assert scores(world, newcomers["agent"]) == [f"{on(31):%m-%d} 80"]
    with pytest.raises(RuleBroken), world.begin("qa_inspector") as work:
        results.take_back(work, second.id, reason="再来")
    with world.begin("qa_inspector") as work:
        assert results.bring_back(work, second.id) == results.Settled(3, 0)
    assert scores(world, newcomers["agent"]) == [f"{on(31):%m-%d} 70", f"{on(32):%m-%d} 60"]
    with world.look() as work:
        assert work.get(OnboardingImport, second.id).undone_at is None


def test_nobody_enters_their_own_and_only_those_who_may(world: Centre, newcomers: dict[str, int]) -> None:
    it = Result(on(31), Decimal(90))
    for login, wrong in (("agent_b", NotPermitted), ("marker", NotPermitted), ("agent", NotPermitted)):
        with pytest.raises(wrong), world.begin(login) as work:
            results.enter_result(work, newcomers["agent"], it, today=TODAY)
    with world.begin("qa_inspector") as work:
        results.enter_result(work, newcomers["agent"], Result(on(31), Decimal(90), "R-9"), today=TODAY)
    with pytest.raises(InvalidInput), world.begin("qa_inspector") as work:
        results.enter_result(work, newcomers["agent"], Result(on(32), Decimal(70), "R-9"), today=TODAY)
    with world.look("agent_b") as work:
        assert result_lines(work.session, work.actor)[0] == []
    with world.look() as work:
        assert mean(one.score for one in quality_scores(gather(work.session, [work.get(Trainee, newcomers["agent"])])[0])) == 90


def test_page_json_and_command_line(world: Centre, newcomers: dict[str, int], client: Callable[..., Any], tmp_path: Path) -> None:
    world.clock.move(days=max(0, (TODAY - world.clock.today).days))
    qa, api = client("qa_inspector"), f"/api/v1{PAGE}"
    lost = qa.post(PAGE, data={"person": "agent", "on": A, "score": "合格", "note": "开场白漏了"})
    assert lost.status_code == 422 and "开场白漏了" in lost.text
    assert qa.post(PAGE, data={"person": "agent", "on": A, "score": "46/50", "note": "开场白漏了"}).status_code in (302, 303)
    made = qa.post(api, json={"person": "agent", "on": B, "score": 77.5, "reference": "R-3"})
    assert made.status_code == 200 and made.get_json()["score"] == "77.50", made.text
    listed = qa.get(f"{api}?stand=below").get_json()
    assert [one["reference"] for one in listed["items"]] == ["R-3"]
    page = qa.get(f"{PAGE}?q=R-3")
    assert page.status_code == 200 and "R-3" in page.text and "46/50" not in page.text.split("id=\"enter\"")[0]
    gone = qa.post(f"{PAGE}/{made.get_json()['id']}/remove", data={"reason": "录错"})
    assert gone.status_code in (302, 303) and "R-3" in qa.get(gone.headers["Location"]).text.split("id=\"enter\"")[1]
    book = Workbook()
    for row in (["三月班质检结果"], ["学员", "质检日期", "总分", "满分", "流水号"], ["Agent", on(33), 45, 50, "R-7"],
                ["谁", on(33), 45, 50, "R-8"]):
        book.active.append(row)
    for dry in ("true", "false"):
        told = qa.post(f"{api}/import", data={"file": (io.BytesIO(_saved(book)), "三月质检.xlsx"), "dry_run": dry},
                       content_type="multipart/form-data").get_json()
        assert (told["read"], told["created"], told["rejected"][0]["row"]) == (2, 1, 4), told
    files = qa.get(f"{api}/imports").get_json()["items"]
    assert [(one["file"], one["made"]) for one in files] == [("三月质检.xlsx", 1)]
    assert "三月质检.xlsx" in qa.get(f"{PAGE}/imports").text
    assert qa.post(f"{PAGE}/imports/{files[0]['id']}/take-back", data={"reason": ""}).status_code == 422
    back = qa.post(f"{api}/imports/{files[0]['id']}/take-back", json={"reason": "错表"}).get_json()
    assert (back["done"], back["stayed"]) == (1, 0)
    assert qa.post(f"{PAGE}/imports/{files[0]['id']}/bring-back").status_code in (302, 303)
    assert "90" in qa.get(f"{PAGE}?format=csv").text
    assert client("agent").get(PAGE).status_code == 403


def _saved(book: Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_a_look_at_the_results_of_one_newcomer_is_noted(world: Centre, newcomers: dict[str, int], client: Callable[..., Any]) -> None:
    one = newcomers["agent"]
    for who, door in (("supervisor", PAGE), ("trainer", f"/api/v1{PAGE}")):
        assert client(who).get(f"{door}?trainee_id={one}").status_code == 200
    with world.look() as work:
        assert [(row.login, row.kind, row.ref_id) for row in work.session.scalars(select(AccessEntry).order_by(AccessEntry.id))] == [
            ("supervisor", "newcomer", one), ("trainer", "newcomer", one)]


def test_a_class_teacher_reaches_the_own_class_alone(world: Centre, newcomers: dict[str, int]) -> None:
    with world.begin("trainer") as work:
        other = usecases.plan_class(work, name="四月班", teacher_id=world.people["trainer"], starts_on=START).id
        far = usecases.add_trainee(work, other, world.people["agent_b"]).id
    with world.begin("qa_inspector") as work:
        for one in (far, newcomers["agent"]):
            made = results.enter_result(work, one, Result(on(31), Decimal(70)), today=TODAY).id
    with world.look("class_teacher") as work:
        assert [one.trainee_id for one in result_lines(work.session, work.actor)[0]] == [newcomers["agent"]]
    with pytest.raises(RuleBroken), world.begin("class_teacher") as work:
        results.enter_result(work, far, Result(on(32), Decimal(70)), today=TODAY)
    with world.begin("class_teacher") as work:
        results.remove_result(work, made, reason="录错")
