"""Practice: nothing of an exam that is not released comes up (R-E1), a key is seen only after the answer, mistakes come back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.files.models import StoredFile
from kmsvc.files.store import keep
from kmsvc.training.exams import usecases as exams
from kmsvc.training.exams.models import Exam
from kmsvc.training.papers.permissions import WRITE_PAPER
from kmsvc.training.papers.usecases import Draft, make_paper, pick, ready
from kmsvc.training.practice import queries, usecases
from kmsvc.training.practice.choosing import of_day, right_answer
from kmsvc.training.practice.models import MistakeCard, PracticeAnswer
from kmsvc.training.practice.rules import A_DAY, KNOWN, Card, after
from kmsvc.training.questions.kinds import (
    Case,
    Choice,
    FileAnswer,
    Kind,
    Part,
    Question,
    ShortAnswer,
    TrueFalse,
    options_of,
)
from kmsvc.training.questions.models import QuestionRow
from kmsvc.training.questions.scoring import Verdict, score
from tests.support.centre import Centre
from tests.support.clients import Caller
from tests.support.clock import ZONE
from tests.support.commands import run_commands
from tests.support.pages import problems
from tests.training.banks import make_bank, put, question, small_bank, write_anew
from tests.training.exams.test_exam_usecases import OPENS

Client = Callable[..., Caller]
DAY = date(2026, 3, 2)


@pytest.fixture
def topics(world: Centre) -> dict[str, int]:
    """Topics of a bank: questions 1 to 12 and 25 to 29 of the first, 13 to 24 and 30 of the second."""
    return small_bank(world)[1]


def picked(world: Centre, *ids: int) -> int:
    """A ready paper of these questions."""
    with world.begin("trainer") as work:
        row = make_paper(work, Draft("小测", "picked"))
        pick(work, row.id, [(one, None) for one in ids])
        ready(work, row.id)
        return row.id


def examined(world: Centre, paper_id: int) -> int:
    """An announced exam with this paper."""
    with world.begin("trainer") as work:
        row = exams.plan_exam(work, exams.Wish("周测", paper_id, OPENS, "weekly"), zone=ZONE)
        exams.add_candidates(work, row.id, [world.people["agent"]])
        exams.set_markers(work, row.id, [world.people["marker"]])
        exams.publish(work, row.id, zone=ZONE)
        return row.id


def test_r_e1_questions_of_an_exam_rest_until_its_results_are_released(world: Centre, topics: dict[str, int]) -> None:
    """R-E1"""
    exam_id = examined(world, picked(world, 1, 2, 13))
    with world.look("agent") as work:
        assert queries.withheld(work.session) == {1, 2, 13}
        assert not {1, 2, 13} & queries.practisable(work.session).keys()
    with world.begin("trainer") as work:
        work.permit(exams.PLAN_EXAM)
        work.get(Exam, exam_id).state = "released"
    with world.look("agent") as work:
        assert queries.withheld(work.session) == frozenset() and {1, 2, 13} <= queries.practisable(work.session).keys()


def test_r_e1_a_round_begun_before_the_exam_shows_nothing_of_its_questions_any_more(world: Centre, topics: dict[str, int]) -> None:
    """R-E1"""
    paper = picked(world, *range(1, 13))
    with world.begin("agent") as work:
        run = usecases.begin_run(work, "topic", today=DAY, topic_id=topics["时限"]).id
    with world.look("agent") as work:
        place = next(one.place for one in queries.run_card(work.session, work.actor, run).turns if one.question_id <= 12)
    examined(world, paper)
    with world.look("agent") as work:
        turn = queries.run_card(work.session, work.actor, run).turns[place - 1]
        assert turn.withheld and turn.faced is None and turn.question is None
    with pytest.raises(RuleBroken) as refused, world.begin("agent") as work:
        usecases.answer(work, run, place, None, today=DAY)
    assert refused.value.code == "training.practice.withheld"


def test_a_key_is_in_no_answer_before_the_question_is_answered(world: Centre, client: Client, topics: dict[str, int]) -> None:
    agent = client("agent", by="token")
    status, run = agent.call("POST", "/api/v1/training/practice", {"mode": "topic", "topic": topics["身份核验"]})
    assert status == 201 and run["asked"] == 10 and "right" not in run["questions"][0] and "解析" not in str(run)
    path = f"/api/v1/training/practice/{run['id']}"
    place, other = [one["place"] for one in run["questions"] if "options" in one["question"]][:2]
    first = run["questions"][place - 1]["question"]["options"][0]["id"]
    status, told = agent.call("POST", f"{path}/answer", {"place": place, "answer": first})
    assert status == 200 and [one["place"] for one in told["questions"] if "解析" in str(one)] == [place]
    assert agent.call("POST", f"{path}/answer", {"place": place, "answer": first})[0] == 409
    assert agent.call("POST", f"{path}/answer", {"place": other, "answer": "x"})[0] == 422
    assert agent.call("POST", f"{path}/answer", {"place": 99})[0] == 404
    assert client("agent_b", by="token").call("GET", path)[0] == 404


def test_wrong_ones_go_into_the_book_and_come_back_when_they_are_due(world: Centre, topics: dict[str, int]) -> None:
    me = world.people["agent"]
    with world.begin("agent") as work:
        run = usecases.begin_run(work, "topic", today=DAY, topic_id=topics["时限"])
        place = next(place for place, (one, *_) in enumerate(run.items, 1) if one <= 24)  # no short answer
        made = usecases.answer(work, run.id, place, None, today=DAY)
        assert made.verdict == Verdict.UNANSWERED
        assert queries.due_cards(work.session, me, DAY) == []
        assert queries.due_cards(work.session, me, DAY + timedelta(days=1)) == [made.question_id]
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        usecases.begin_run(work, "mistakes", today=DAY)
    day = DAY + timedelta(days=1)
    with world.begin("agent") as work:
        again = usecases.begin_run(work, "mistakes", today=day)
        version = again.items[0][1]
        key = right_answer(queries.questions_at(work.session, [version])[version])
        assert usecases.answer(work, again.id, 1, key, today=day).verdict == "right" and again.ended_at is not None
        card = work.session.scalars(select(MistakeCard)).one()
        assert (card.box, card.due_on, card.wrong) == (1, day + timedelta(days=2), 1)
        assert [one.question_id for one in queries.mistakes(work.session, me)] == [made.question_id]
        assert queries.mistakes(work.session, world.people["agent_b"]) == []


def test_the_five_of_a_day_are_the_same_all_day_and_others_the_next(world: Centre, topics: dict[str, int]) -> None:
    with world.begin("agent") as work:
        first = usecases.begin_run(work, "daily", today=DAY)
        assert len(first.items) == A_DAY and usecases.begin_run(work, "daily", today=DAY).id == first.id
        assert usecases.begin_run(work, "daily", today=DAY + timedelta(days=1)).items != first.items
    with world.begin("agent_b") as work:
        assert usecases.begin_run(work, "daily", today=DAY).items != first.items


def test_a_mock_exam_is_scored_at_once_and_its_short_answers_are_compared_by_oneself(world: Centre, topics: dict[str, int]) -> None:
    with world.begin("trainer") as work:
        file = put(work, make_bank(work, "表格"), None, "true_false", 1)[0]
        write_anew(work, file, Question("上传登记表", FileAnswer(model_answer="样表"), points=Decimal(2)))
        work.get(QuestionRow, file).kind = "file"
    paper = picked(world, 1, 2, 28, file)  # 28 is a short answer
    with world.begin("agent") as work:
        run = usecases.begin_run(work, "mock", today=DAY, paper_id=paper)
        assert (len(run.items), run.left_out) == (3, 1), "a file is left out"
        version = run.items[0][1]
        key = right_answer(queries.questions_at(work.session, [version])[version])
        usecases.hand_in(work, run.id, {1: key, 3: "五个工作日"}, today=DAY)
    with world.look("agent") as work:
        card = queries.run_card(work.session, work.actor, run.id)
        assert (card.points, card.most, card.line.right, card.unjudged) == (Decimal(2), Decimal(14), 1, 1)
    with world.begin("agent") as work:
        assert usecases.judge(work, run.id, 3, "partly", today=DAY).points == 5
    with world.look("agent") as work:
        card = queries.run_card(work.session, work.actor, run.id)
        assert (card.points, card.unjudged) == (Decimal(7), 0)
        assert {one.question_id for one in queries.mistakes(work.session, work.actor.person_id or 0)} == {2, 28}
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        usecases.hand_in(work, run.id, {}, today=DAY)
    examined(world, paper)
    with world.look("agent") as work:
        assert queries.mock_papers(work.session) == []
    with pytest.raises(RuleBroken), world.begin("agent") as work:
        usecases.begin_run(work, "mock", today=DAY, paper_id=paper)


@pytest.mark.parametrize("asked", [{"mode": "x"}, {"mode": "topic"}, {"mode": "topic", "topic_id": 99}, {"mode": "mock"},
                                   {"mode": "mock", "paper_id": 99}])
def test_what_cannot_be_practised_is_refused(world: Centre, topics: dict[str, int], asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput), world.begin("agent") as work:
        usecases.begin_run(work, today=DAY, **asked)


def test_nobody_answers_in_anothers_round(world: Centre, topics: dict[str, int]) -> None:
    with world.begin("agent") as work:
        run = usecases.begin_run(work, "daily", today=DAY).id
    for login in ("agent_b", "trainer", "everything"):
        with pytest.raises(NotFound), world.begin(login) as work:
            usecases.answer(work, run, 1, None, today=DAY)
    with world.look() as work:
        assert list(work.session.scalars(select(PracticeAnswer.id))) == []


def test_the_pages_of_practice_are_whole_from_begin_to_end(world: Centre, client: Client, topics: dict[str, int]) -> None:
    paper = picked(world, 1, 25)
    agent = client("agent")
    for form in ({"mode": "daily"}, {"mode": "mock", "paper": str(paper)}):
        assert agent.post("/training/practice", data=form).status_code == 303
    for path in ("/training/practice", "/training/practice/1", "/training/practice/2", "/training/practice/mistakes"):
        page = agent.get(path)
        assert page.status_code == 200 and problems(page.get_data(as_text=True)) == [], path
        assert "解析" not in page.get_data(as_text=True)
    refused = agent.post("/training/practice/1/answer", data={"place": "1"})
    assert refused.status_code == 422 and "or let it be shown" in refused.get_data(as_text=True)
    answer = agent.post("/training/practice/1/answer", data={"place": "1", "give_up": "1"})
    page = agent.get(answer.location).get_data(as_text=True)
    assert "Not answered" in page and "解析" in page and "Next question" in page
    assert agent.post("/training/practice/2/hand_in", data={"2-a": "true"}).status_code == 303
    assert "2 of 4 points" in agent.get("/training/practice/2").get_data(as_text=True)
    assert "0 in the book" not in agent.get("/training/practice").get_data(as_text=True)
    assert agent.post("/training/practice", data={"mode": "mistakes"}).status_code == 409
    assert agent.post("/training/practice/1/end").status_code == 303


@given(st.lists(st.booleans(), max_size=30), st.lists(st.integers(0, 40), min_size=30, max_size=30))
def test_a_mistake_comes_back_ever_later_and_only_a_due_answer_moves_it_on(answers: list[bool], gaps: list[int]) -> None:
    card, day = None, DAY
    for right, gap in zip(answers, gaps, strict=False):
        day += timedelta(days=gap)
        before, card = card, after(card, right, day)
        if not right:
            assert card == Card(0, day + timedelta(days=1))
        elif before is None:
            assert card is None
        elif before.box >= KNOWN or day < before.due_on:
            assert card == before
        else:
            assert card is not None and card.box == before.box + 1 and card.due_on > day


@given(st.integers(1, 99), st.lists(st.integers(1, 60), unique=True, max_size=8), st.sets(st.integers(1, 60)),
       st.sets(st.integers(1, 60)))
def test_the_questions_of_a_day_are_five_different_ones_where_there_are_five(person: int, due: list[int], fresh: set[int],
                                                                           others: set[int]) -> None:
    chosen = of_day(person, DAY, due, fresh, others)
    assert len(chosen) == len(set(chosen)) == min(A_DAY, len({*due, *fresh, *others}))
    assert chosen == of_day(person, DAY, due, fresh, others)
    assert chosen[:min(3, len(due))] == due[:3]


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "fill_in"])
def test_the_right_answer_is_scored_as_right(kind: str) -> None:
    asked = question(kind, "题")
    assert score(asked, right_answer(asked)).verdict == Verdict.RIGHT and asked.kind == Kind(kind)


def test_a_short_answer_is_judged_once_by_whoever_wrote_it(world: Centre, client: Client, topics: dict[str, int]) -> None:
    paper = picked(world, 28)
    agent = client("agent", by="token")
    run = agent.call("POST", "/api/v1/training/practice", {"mode": "mock", "paper": paper})[1]
    path = f"/api/v1/training/practice/{run['id']}"
    assert "答案" not in str(run)
    assert agent.call("POST", f"{path}/judge", {"place": 1, "verdict": "right"})[0] == 404, "not answered yet"
    turn = agent.call("POST", f"{path}/hand_in", {"answers": {"1": "五日"}})[1]["questions"][0]
    assert turn["verdict"] == "manual" and turn["model_answer"].endswith("答案")
    assert agent.call("POST", f"{path}/judge", {"place": 1, "verdict": "manual"})[0] == 422
    assert client("agent_b", by="token").call("POST", f"{path}/judge", {"place": 1, "verdict": "right"})[0] == 404
    status, told = agent.call("POST", f"{path}/judge", {"place": 1, "verdict": "right"})
    assert status == 200 and Decimal(told["points"]) == Decimal(told["most"]) == 10
    assert agent.call("POST", f"{path}/judge", {"place": 1, "verdict": "wrong"})[0] == 409
    assert agent.call("GET", "/api/v1/training/practice/mistakes")[1]["items"] == []


def a_case(world: Centre) -> int:
    """A case of a true-or-false question, a choice, a short answer and a file; its id."""
    options = options_of(("三天", "五天"))
    parts = (Part("p1", Question("可以退吗?", TrueFalse(True), points=Decimal(1))),
             Part("p2", Question("几天到账?", Choice(options, (options[0].id,)), points=Decimal(1))),
             Part("p3", Question("怎么说?", ShortAnswer(model_answer="先致歉"), points=Decimal(2))))
    with world.begin("trainer") as work:
        case = put(work, make_bank(work, "案例"), None, "case", 1, points="4")[0]
        write_anew(work, case, Question("客户要退费", Case(parts), points=Decimal(4)))
    return case


def test_a_case_is_practised_part_by_part_and_compared_as_a_whole(world: Centre, client: Client) -> None:
    case, agent = a_case(world), client("agent")
    paper = picked(world, case)
    place = agent.post("/training/practice", data={"mode": "mock", "paper": str(paper)}).location
    before = agent.get(place).get_data(as_text=True)
    assert "Part 3" in before and "先致歉" not in before and "left out" not in before
    second = re.findall(r'name="1-p2-a" value="(\w+)">.{0,60}?三天', before)[0]
    assert agent.post(f"{place}/hand_in", data={"1-p1-a": "false", "1-p2-a": second, "1-p3-a": "马上退"}).status_code == 303
    after = agent.get(place).get_data(as_text=True)
    assert problems(after) == []
    told = [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in re.findall(r"<h3>(Part \d.*?)</h3>", after)]
    assert told == ["Part 1 Wrong", "Part 2 Right", "Part 3 Compare it with the model answer"]
    assert "先致歉" in after and "马上退" in after
    with world.look("agent") as work:
        assert queries.run_card(work.session, work.actor, 1).unjudged == 1
    assert agent.post(f"{place}/judge", data={"place": "1", "verdict": "partly", "then": "stay"}).status_code == 303
    with world.look("agent") as work:
        assert queries.run_card(work.session, work.actor, 1).points == 2
        assert [one.question_id for one in queries.mistakes(work.session, work.actor.person_id or 0)] == [case]


def test_a_case_left_empty_is_refused_and_programs_answer_one_too(world: Centre, client: Client) -> None:
    a_case(world)
    agent = client("agent")
    place = agent.post("/training/practice", data={"mode": "daily"}).location
    refused = agent.post(f"{place}/answer", data={"place": "1"})
    assert refused.status_code == 422
    run = client("agent_b", by="token")
    status, body = run.call("POST", "/api/v1/training/practice", {"mode": "daily"})
    assert status == 201 and "先致歉" not in str(body)
    path = f"/api/v1/training/practice/{body['id']}/answer"
    assert run.call("POST", path, {"place": 1, "answer": {"p1": "x"}})[0] == 422
    status, body = run.call("POST", path, {"place": 1, "answer": {"p1": True}})
    turn = body["questions"][0]
    assert (status, turn["verdict"], turn["right"]["p1"]) == (200, "manual", True), turn
    assert turn["parts"]["p3"]["model_answer"] == "先致歉"


def test_the_mistake_book_is_narrowed_taken_away_and_put_aside(world: Centre, client: Client, topics: dict[str, int]) -> None:
    paper = picked(world, 1, 13)
    agent = client("agent")
    assert agent.post("/training/practice", data={"mode": "mock", "paper": str(paper)}).status_code == 303
    assert agent.post("/training/practice/1/hand_in").status_code == 303
    page = agent.get("/training/practice/mistakes").get_data(as_text=True)
    assert page.count("data-row") == 2 and problems(page) == []
    assert agent.get(f"/training/practice/mistakes?topic={topics['身份核验']}").get_data(as_text=True).count("data-row") == 1
    assert agent.get("/training/practice/mistakes?book=due").get_data(as_text=True).count("data-row") == 0
    assert agent.get("/training/practice/mistakes?book=x").status_code == 422
    taken = agent.get("/training/practice/mistakes?format=csv")
    assert taken.status_code == 200 and len(taken.get_data(as_text=True).strip().splitlines()) == 3
    with world.look("agent") as work:
        card = queries.mistakes(work.session, work.actor.person_id or 0)[0].id
    one = agent.get(f"/training/practice/mistakes/{card}").get_data(as_text=True)
    assert "解析" in one and problems(one) == []
    assert agent.post(f"/training/practice/mistakes/{card}/known").status_code == 303
    assert agent.post(f"/training/practice/mistakes/{card}/known").status_code == 409
    assert agent.get("/training/practice/mistakes").get_data(as_text=True).count("data-row") == 1
    assert agent.get("/training/practice/mistakes?book=known").get_data(as_text=True).count("data-row") == 1
    assert agent.post(f"/training/practice/mistakes/{card}/again").status_code == 303
    assert agent.get("/training/practice/mistakes?book=due").get_data(as_text=True).count("data-row") == 1
    assert client("agent_b").get(f"/training/practice/mistakes/{card}").status_code == 404
    assert client("agent_b").post(f"/training/practice/mistakes/{card}/known").status_code == 404


def test_pictures_and_tables_are_shown_and_those_of_the_explanation_only_after_the_answer(
        world: Centre, client: Client, topics: dict[str, int]) -> None:
    shas = []
    with world.begin("trainer") as work:
        work.permit(WRITE_PAPER)
        for colour in ("red", "blue"):
            drawn = BytesIO()
            Image.new("RGB", (3, 3), colour).save(drawn, "PNG")
            drawn.seek(0)
            stored = keep(world.settings.files_dir, drawn, "p.png")
            work.session.add(StoredFile(sha256=stored.sha256, size=stored.size, media_type=stored.media_type, stored_at=work.now))
            shas.append(stored.sha256)
        words = f"![图](attachment:{shas[0]})\n\n| 档 | 天 |\n| --- | --- |\n| 甲 | 5 |"
        write_anew(work, 1, Question(words, TrueFalse(True), explanation=f"![解](attachment:{shas[1]})"))
    paper = picked(world, 1)
    agent = client("agent")
    agent.post("/training/practice", data={"mode": "mock", "paper": str(paper)})
    page = agent.get("/training/practice/1").get_data(as_text=True)
    assert f"/training/practice/1/pictures/{shas[0]}" in page and "<table" in page and shas[1] not in page
    assert agent.get(f"/training/practice/1/pictures/{shas[0]}").status_code == 200
    assert agent.get(f"/training/practice/1/pictures/{shas[1]}").status_code == 404, "its explanation is a key"
    assert client("agent_b").get(f"/training/practice/1/pictures/{shas[0]}").status_code == 404
    agent.post("/training/practice/1/hand_in", data={"1-a": "false"})
    assert agent.get(f"/training/practice/1/pictures/{shas[1]}").status_code == 200
    assert agent.get(f"/training/practice/mistakes/1/pictures/{shas[1]}").status_code == 200
    examined(world, paper)
    assert agent.get(f"/training/practice/1/pictures/{shas[0]}").status_code == 404, "it rests while an exam asks it"
    assert agent.get(f"/training/practice/mistakes/1/pictures/{shas[0]}").status_code == 404


def test_practice_by_command(world: Centre, topics: dict[str, int]) -> None:
    env = {"KMSVC_DATA_DIR": str(world.settings.data_dir), "KMSVC_DATABASE_URL": world.settings.database_url,
           "KMSVC_SECRET_KEY": world.settings.secret_key}
    practice = ("training", "practice")
    agent = ("--as", "agent")
    told = run_commands(
        env, (*practice, "begin", "topic", "--topic", str(topics["时限"]), *agent, "--json"), (*practice, "answer", "1", "1", *agent),
        (*practice, "answer", "1", "1", *agent), (*practice, "mistakes", *agent, "--json"), (*practice, "known", "1", *agent),
        (*practice, "end", "1", *agent), (*practice, "list", *agent, "--json"), (*practice, "show", "1", "--as", "agent_b"))
    assert json.loads(told[0].stdout)["asked"] == 10
    assert "unanswered" in told[1].stdout and told[2].returncode != 0 and "already" in told[2].stderr
    assert len(json.loads(told[3].stdout)["items"]) == 1 and told[4].returncode == told[5].returncode == 0
    assert json.loads(told[6].stdout)["runs"][0]["answered"] == 1 and told[7].returncode != 0
