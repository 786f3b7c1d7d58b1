"""Evaluations by six factors and five steps, told to four audiences, adjustments with their reason, the four levels (C21)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kmsvc.core.errors import InvalidInput, NotFound, NotPermitted, RuleBroken
from kmsvc.knowledge.tables.taking import read_rows, take_rows
from kmsvc.notices.models import Notice
from kmsvc.settings import Settings
from kmsvc.standards.duties.models import Obligation
from kmsvc.standards.duties.usecases import run_duties
from kmsvc.training.evaluations import effects, rules, usecases
from kmsvc.training.evaluations.models import Evaluation, Rating
from kmsvc.training.evaluations.queries import adjustment_lines, evaluation_card, told_to
from kmsvc.training.evaluations.rows import EFFECTS
from kmsvc.training.evaluations.rules import Audience, Factor, Level, Measured
from tests.support.centre import Centre

PEOPLE = ["agent", "agent_b", "marker", "auditor", "compliance"]
TEXTS = {one.value: f"给{one.value}" for one in Audience}
GOOD = {one.value: 4 for one in Factor}
BASE = "/training/evaluations"


def begin(world: Centre, *, people: list[str] | None = None, anonymous: bool = True, step: str = "collect") -> int:
    """An evaluation at the step after `step`."""
    today = world.clock.today
    with world.begin("trainer") as work:
        one = usecases.begin_evaluation(work, kind="other", title="退费课").id
        usecases.choose_method(work, one, levels=["reaction", "behaviour"], why="看有没有用")
        usecases.set_strategy(work, one, strategy="课后一周问", people=people or PEOPLE)
        usecases.design_tools(work, one, tools="问卷", factors=list(Factor), anonymous=anonymous, due_on=today + timedelta(days=7),
                              today=today)
    if step == "collect":
        with world.begin("trainer") as work:
            usecases.collect(work, one)
    return one


def rate(world: Centre, one: int, who: str, **marks: int) -> None:
    with world.begin(who) as work:
        usecases.rate(work, one, marks=GOOD | marks, said={"content": f"好 {who}"}, today=world.clock.today)


def reported(world: Centre, *, anonymous: bool = True, people: list[str] | None = None) -> int:
    one = begin(world, anonymous=anonymous, people=people)
    for who in people or PEOPLE:
        rate(world, one, who)
    with world.begin("trainer") as work:
        usecases.finish(work, one)
    with world.begin("trainer") as work:
        usecases.report(work, one, conclusion="有用", texts=TEXTS)
    return one


def card(world: Centre, one: int, who: str = "trainer") -> Any:
    with world.look(who) as work:
        return evaluation_card(work.session, work.actor, one)


def test_marks_are_counted_by_factor_and_hidden_where_anonymous_answers_are_few() -> None:
    ratings = [{"content": 5, "time": 1}] * 4
    assert rules.counted(["content", "time"], ratings, anonymous=True) is None
    found = rules.counted(["content", "time", "rules"], [*ratings, {"content": 1}], anonymous=True)
    assert found is not None and [(one.factor, one.n, one.mean, one.spread) for one in found] == [
        ("content", 5, 4.2, (1, 0, 0, 0, 4)), ("time", 4, 1.0, (4, 0, 0, 0, 0)), ("rules", 0, None, (0, 0, 0, 0, 0))]
    assert rules.counted(["content"], ratings[:1], anonymous=False) is not None


@pytest.mark.parametrize(("marks", "field"), [({}, "content"), ({"content": 6}, "content"), ({"content": True}, "content"),
                                              ({"content": "x"}, "content")])
def test_a_mark_is_one_to_five_for_each_factor_that_is_asked(marks: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.checked_marks(["content"], marks)
    assert list(refused.value.fields) == [field]


def test_the_five_steps_come_in_their_order_and_each_is_proven(world: Centre) -> None:
    with world.begin("trainer") as work:
        one = usecases.begin_evaluation(work, kind="other", title="退费课").id
    today = world.clock.today
    too_early: list[Callable[[Any], Any]] = [
        lambda work: usecases.set_strategy(work, one, strategy="s", people=PEOPLE), lambda work: usecases.collect(work, one),
        lambda work: usecases.finish(work, one), lambda work: usecases.report(work, one, conclusion="c", texts=TEXTS)]
    for step in too_early:
        with pytest.raises(RuleBroken), world.begin("trainer") as work:
            step(work)
    with pytest.raises(NotPermitted), world.begin("agent") as work:
        usecases.choose_method(work, one, levels=["reaction"], why="w")
    for levels in ([], ["happiness"]):
        with pytest.raises(InvalidInput), world.begin("trainer") as work:
            usecases.choose_method(work, one, levels=levels, why="w")
    with world.begin("trainer") as work:
        usecases.choose_method(work, one, levels=["reaction"], why="w")
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.set_strategy(work, one, strategy="s", people=["nobody"])
    with world.begin("trainer") as work:
        usecases.set_strategy(work, one, strategy="s", people=[*PEOPLE, "manager"])
        usecases.set_strategy(work, one, strategy="s", people=PEOPLE)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.collect(work, one)  # no form yet
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.design_tools(work, one, tools="t", factors=["colour"], anonymous=True, due_on=today - timedelta(days=1), today=today)
    done = card(world, reported(world))
    assert [step.verb for step in done.steps] == [
        "begin", "choose_method", "set_strategy", "design_tools", "collect", "finish", "report"]
    assert {step.step for step in done.steps} == {1, 2, 3, 4, 5} and all(step.person == "Trainer" for step in done.steps)
    assert len(card(world, one).participants) == 5
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.begin_evaluation(work, kind="course", subject_id=999)


def test_who_took_part_answers_once_and_anonymously(world: Centre) -> None:
    one = begin(world)
    rate(world, one, "agent", content=1)
    with pytest.raises(RuleBroken):
        rate(world, one, "agent")
    with pytest.raises(NotFound):
        rate(world, one, "manager")
    with world.look() as work:
        rows = work.session.scalars(select(Rating)).all()
        assert [row.participant_id for row in rows] == [None]
    assert card(world, one).figures is None and card(world, one).known[Level.REACTION] == []
    named = begin(world, anonymous=False)
    rate(world, named, "agent")
    with world.begin("trainer") as work:
        usecases.finish(work, named)
    assert card(world, named).figures[0].n == 1
    with pytest.raises(RuleBroken):
        rate(world, named, "agent_b")


def test_the_four_audiences_are_each_told_what_fits_them_and_nobody_else(world: Centre) -> None:
    one = reported(world)
    world.drain()
    with world.look() as work:
        told = {kind: set(work.session.scalars(select(Notice.person_id).where(Notice.kind == f"training.evaluation.told_{kind}")))
                for kind in TEXTS}
    person = world.people
    assert told["trainees"] == {person[who] for who in PEOPLE}
    assert person["team_leader"] in told["superiors"] and person["supervisor"] in told["superiors"]
    assert person["trainer"] in told["developers"] and told["top"] == {person["manager"], person["everything"]}
    for who, audience in (("agent", "trainees"), ("team_leader", "superiors"), ("trainer", "developers"), ("manager", "top")):
        with world.look(who) as work:
            assert told_to(work.session, work.actor, one)[1] == [(audience, TEXTS[audience])], who
    for who in ("knowledge_editor", "suspended", "admin"):
        with pytest.raises(NotFound), world.look(who) as work:
            told_to(work.session, work.actor, one)


def test_what_was_told_is_frozen_and_its_hash_says_so(world: Centre) -> None:
    one = reported(world)
    found = card(world, one)
    assert found.is_whole and found.figures[0].mean == 4.0
    for statement in ("UPDATE training_evaluation SET conclusion = 'x'", "DELETE FROM training_evaluation_rating",
                      "UPDATE training_evaluation_participant SET answered_on = NULL", "UPDATE training_evaluation_step SET verb = 'x'"):
        with pytest.raises(DBAPIError), world.db.engine.begin() as connection:
            connection.execute(text(statement))
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.cancel(work, one, reason="r")


def test_behaviour_and_result_say_no_data_until_somebody_knows(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    one = reported(world)
    known = card(world, one).known
    assert len(known[Level.REACTION]) == 6 and known[Level.LEARNING] == known[Level.BEHAVIOUR] == known[Level.RESULT] == []
    with world.begin("trainer") as work:
        made = usecases.add_measure(work, one, level="behaviour", indicator="差错率", before=9.0, after=4.5, unit="%", cases=80).id
    [entered] = card(world, one).known[Level.BEHAVIOUR]
    assert (entered.change, entered.n, entered.id) == (-4.5, 80, made)
    with pytest.raises(InvalidInput), world.begin("trainer") as work:
        usecases.add_measure(work, one, level="result", indicator="i", before=None, after=None)
    with world.begin("trainer") as work:
        usecases.remove_measure(work, one, made)
    assert card(world, one).known[Level.BEHAVIOUR] == []
    monkeypatch.setattr(effects, "EFFECTS", {level: list(its) for level, its in effects.EFFECTS.items()})
    effects.register(Level.BEHAVIOUR, lambda session, row: [Measured("behaviour", "QA", 80.0, 90.0, url="/x")])
    assert [(it.indicator, it.change) for it in card(world, one).known[Level.BEHAVIOUR]] == [("QA", 10.0)]


def test_effects_are_imported_row_by_row_and_each_refused_row_says_why(world: Centre, tmp_path: Path) -> None:
    one = begin(world)
    number = card(world, one).line.number
    path = tmp_path / "effects.csv"
    path.write_text(f"评估编号,层次,指标,培训前,培训后,单位,样本数\n{number},行为,差错率,9%,4.5%,%,80\n{number},结果,一次解决率,78,84,%,\n"
                    f"TE-1999-0001,行为,差错率,1,2,,\n{number},心情,差错率,1,2,,\n{number},行为,空,,,,\n"
                    f"{number},行为,x,很多,1,,\n", "utf-8")

    def run() -> dict[str, Any]:
        tables, notices = read_rows(path, path.name, EFFECTS)
        return take_rows(world.db, world.actor("trainer"), EFFECTS, tables, notices, path.name).as_json()
    report = run()
    assert (report["read"], report["created"], len(report["rejected"])) == (6, 2, 4) and all(it["reason"] for it in report["rejected"])
    assert run()["unchanged"] == 2
    assert [it.before for it in card(world, one).known[Level.BEHAVIOUR]] == [9.0]


def test_an_adjustment_has_its_reason_its_day_and_an_owner_who_hears_of_it_and_settles_it(world: Centre) -> None:
    one = reported(world)
    today = world.clock.today
    for wrong in ({"owner": "nobody"}, {"due_on": today - timedelta(days=1)}):
        with pytest.raises(InvalidInput), world.begin("trainer") as work:
            usecases.adjust(work, **({"part": "content", "what": "加案例", "why": "听不懂", "due_on": today, "owner": "agent",
                                      "today": today, "evaluation_id": one} | wrong))
    with world.begin("trainer") as work:
        made = usecases.adjust(work, part="teaching", what="加案例", why="时间得分低", due_on=today + timedelta(days=3), owner="agent",
                               today=today, evaluation_id=one).id
    with world.begin("system") as work:
        run_duties(work, today)
    world.drain()
    with world.look("agent") as work:
        [line] = adjustment_lines(work.session, work.actor)[0]
        assert (line.title, line.why, line.state) == ("退费课", "时间得分低", "open")
        duty = work.session.scalars(select(Obligation).where(Obligation.rule == "training.evaluation.adjust")).one()
        assert duty.owner_id == world.people["agent"]
    with pytest.raises(NotPermitted), world.begin("agent_b") as work:
        usecases.finish_adjustment(work, made, done=True, result="r", today=today)
    with world.begin("agent") as work:
        usecases.finish_adjustment(work, made, done=True, result="加了三个案例", today=today)
    with pytest.raises(RuleBroken), world.begin("trainer") as work:
        usecases.finish_adjustment(work, made, done=False, result="r", today=today)
    with world.begin("system") as work:
        run_duties(work, today)
    with world.look() as work:
        duty = work.session.scalars(select(Obligation).where(Obligation.rule == "training.evaluation.adjust")).one()
        assert duty.state == "done"
    assert [it.result for it in card(world, one).adjustments] == ["加了三个案例"]


def test_the_pages_take_an_evaluation_to_its_audiences(client: Callable[..., Any], world: Centre) -> None:
    trainer, due = client("trainer"), str(world.clock.today + timedelta(days=5))
    assert trainer.get(f"{BASE}/new").status_code == trainer.get(BASE).status_code == 200
    assert trainer.post(BASE, data={"kind": "other", "title": "", "subject_id": ""}).status_code == 422
    place = trainer.post(BASE, data={"kind": "other", "title": "退费课", "subject_id": ""}).headers["Location"]
    wrong = trainer.post(f"{place}/choose_method", data={"why": "写了理由"})
    assert wrong.status_code == 422 and "写了理由" in wrong.get_data(as_text=True)
    trainer.post(f"{place}/choose_method", data={"levels": ["reaction", "learning"], "why": "w"})
    trainer.post(f"{place}/set_strategy", data={"people": PEOPLE, "strategy": "s"})
    trainer.post(f"{place}/design_tools", data={"factors": ["content", "trainer"], "named": "anonymous", "due_on": due, "tools": "t"})
    assert trainer.post(f"{place}/collect").status_code in (302, 303)
    for who in PEOPLE:
        page = client(who)
        assert 'name="m-content"' in page.get(f"{place}/rate").get_data(as_text=True)
        wrong = page.post(f"{place}/rate", data={"m-content": "5", "s-content": "讲得清楚"})
        assert wrong.status_code == 422 and "讲得清楚" in wrong.get_data(as_text=True)
        assert page.post(f"{place}/rate", data={"m-content": "5", "m-trainer": "3"}).status_code in (302, 303)
    assert client("manager").get(f"{place}/rate").status_code == 404
    trainer.post(f"{place}/finish")
    assert trainer.post(f"{place}/report", data={"conclusion": "c", **TEXTS}).status_code in (302, 303)
    assert "给trainees" in client("agent").get(f"{place}/told").get_data(as_text=True)
    page = trainer.get(place).get_data(as_text=True)
    assert "Unchanged since it was told" in page and "n 5" in page
    levels = trainer.get(f"{place}/levels").get_data(as_text=True)
    assert levels.count("No data yet") == 3
    wrong = trainer.post(f"{place}/levels", data={"level": "behaviour", "indicator": "差错率", "before": "x", "after": ""})
    assert wrong.status_code == 422 and "差错率" in wrong.get_data(as_text=True)
    trainer.post(f"{place}/levels", data={"level": "behaviour", "indicator": "差错率", "before": "9", "after": "4"})
    assert "差错率" in trainer.get(f"{place}/levels").get_data(as_text=True)
    form = {"evaluation_id": place.rsplit("/", 1)[1], "part": "content", "what": "加案例", "why": "时间低", "due_on": due,
            "owner": "agent"}
    assert trainer.post(f"{BASE}/adjustments", data=form | {"due_on": ""}).status_code == 422
    made = trainer.post(f"{BASE}/adjustments", data=form).headers["Location"]
    assert client("agent").post(f"{made}/settle", data={"verdict": "done", "result": "加了"}).status_code in (302, 303)
    assert client("agent_b").get(made).status_code == 404
    for address in (f"{BASE}?format=csv", f"{place}/levels?format=xlsx", f"{BASE}/adjustments?format=csv", f"{BASE}/adjustments/new"):
        assert trainer.get(address).status_code == 200


def test_a_program_reads_what_is_allowed(client: Callable[..., Any], world: Centre) -> None:
    trainer = client("trainer", by="token")
    status, body = trainer.call("POST", f"/api/v1{BASE}", {"kind": "other", "title": "课"})
    assert status == 201
    inputs = {"why": "w", "strategy": "s", "people": "agent", "tools": "t", "conclusion": "c", **TEXTS}
    done = []
    for _ in range(8):
        allowed = [one for one in trainer.call("GET", f"/api/v1{BASE}/{body['id']}")[1]["allowed"] if one["forward"]]
        if not allowed:
            break
        verb = allowed[-1] if allowed[-1]["verb"] == "collect" else allowed[0]
        sent = {name: rule.get("default", inputs.get(name)) for name, rule in verb["schema"]["properties"].items()}
        status, said = trainer.call("POST", verb["href"], sent)
        assert status == 200, (verb["verb"], said)
        done.append(verb["verb"])
    assert done == ["choose_method", "set_strategy", "design_tools", "collect", "finish", "report"]


def test_the_command_line_evaluates(world: Centre, settings: Settings) -> None:
    from kmsvc.cli.training import training

    def run(*words: str) -> Any:
        done = CliRunner().invoke(training, ["evaluations", *words, "--as", "trainer", "--json"], catch_exceptions=False, env={
            "KMSVC_DATA_DIR": str(settings.data_dir), "KMSVC_DATABASE_URL": settings.database_url})
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)
    made = run("begin", "--kind", "other", "--title", "课")
    run("choose_method", made["number"], "--levels", "reaction", "--why", "w")
    run("set_strategy", made["number"], "--strategy", "s", "--people", "agent")
    assert run("show", made["number"])["state"] == "tools"
    run("measure", made["number"], "--level", "result", "--indicator", "一次解决率", "--before", "78", "--after", "84")
    assert run("show", made["number"])["effects"]["result"][0]["change"] == 6.0
    due = "2199-12-31"
    run("adjust", "--title", "课", "--part", "content", "--what", "w", "--why", "y", "--due-on", due, "--owner", "agent")
    assert run("adjustments")["items"][0]["number"].startswith("TA-")
    assert run("list")["items"][0]["number"] == made["number"]


def test_the_figures_of_learning_are_of_five_people_and_more(world: Centre) -> None:
    one = begin(world)
    with world.look() as work:
        assert list(effects.learning(work.session, work.get(Evaluation, one))) == []
