"""The verbs of practice: begin a round, answer a question of it, hand a mock exam in. Nothing of it counts anywhere."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput, NotFound, RuleBroken
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.training.papers.composing import TooFew, compose
from kmsvc.training.papers.giving import rows_of
from kmsvc.training.papers.keeping import blueprint_of
from kmsvc.training.papers.lots import key_of, shuffled
from kmsvc.training.papers.models import PaperRow
from kmsvc.training.papers.rules import PaperState, PaperWay
from kmsvc.training.papers.stocking import pool_for, without
from kmsvc.training.practice.choosing import of_day
from kmsvc.training.practice.models import MistakeCard, PracticeAnswer, PracticeRun
from kmsvc.training.practice.permissions import PRACTISE
from kmsvc.training.practice.queries import due_cards, met, practisable, questions_at, withheld
from kmsvc.training.practice.rules import A_ROUND, KNOWN, OWN_VERDICTS, Card, PracticeMode, after
from kmsvc.training.questions.models import QuestionRow, Topic
from kmsvc.training.questions.scoring import Verdict, score
from kmsvc.training.sittings.shapes import wrong_form


def begin_run(work: Work, mode: str, *, today: date, topic_id: int | None = None, paper_id: int | None = None) -> PracticeRun:
    """A round of questions that stand in no exam whose results are not released. The five of a day are the same all day long."""
    work.permit(PRACTISE)
    assert work.actor.person_id is not None
    if mode not in {one.value for one in PracticeMode}:
        raise InvalidInput({"mode": [N_("This cannot be chosen now.")]})
    if mode == PracticeMode.DAILY:
        held = work.session.scalars(select(PracticeRun).where(
            PracticeRun.person_id == work.actor.person_id, PracticeRun.on_day == today)).one_or_none()
        if held is not None:
            return held
    seed, left_out = secrets.token_hex(8), 0
    if mode == PracticeMode.MOCK:
        items, left_out = _mock(work, paper_id, seed)
    else:
        versions = practisable(work.session, _topic(work, topic_id) if mode == PracticeMode.TOPIC else None)
        chosen = _chosen(work, mode, versions, today, seed)
        items = [[one, versions[one], "1"] for one in chosen]
    if not items:
        raise RuleBroken("training.practice.nothing", N_("There is nothing to practise here now.") if mode != PracticeMode.MISTAKES
                         else N_("No mistake comes back today."))
    row = PracticeRun(person_id=work.actor.person_id, mode=mode, topic_id=topic_id if mode == PracticeMode.TOPIC else None,
                      paper_id=paper_id if mode == PracticeMode.MOCK else None, on_day=today if mode == PracticeMode.DAILY else None,
                      seed=seed, items=items, left_out=left_out, begun_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def _topic(work: Work, topic_id: int | None) -> int:
    topic = work.session.get(Topic, topic_id) if topic_id is not None else None
    if topic is None or topic.removed_at is not None:
        raise InvalidInput({"topic": [N_("There is no such topic.")]})
    return topic.id


def _chosen(work: Work, mode: str, versions: Mapping[int, int], today: date, seed: str) -> list[int]:
    person = work.actor.person_id or 0
    due = [one for one in due_cards(work.session, person, today) if one in versions]
    if mode == PracticeMode.MISTAKES:
        return due[:A_ROUND]
    seen = met(work.session, person)
    fresh = [one for one in versions if one not in seen]
    if mode == PracticeMode.DAILY:
        return of_day(person, today, due, fresh, versions)
    key = key_of(seed, "round")
    others = [one for one in versions if one in seen and one not in due]
    return [*due, *shuffled(fresh, key), *shuffled(others, key)][:A_ROUND]


def _mock(work: Work, paper_id: int | None, seed: str) -> tuple[list[Any], int]:
    """(items, how many files are left out) of a paper that no unreleased exam uses."""
    paper = work.session.get(PaperRow, paper_id) if paper_id is not None else None
    if paper is None or paper.state != PaperState.READY:
        raise InvalidInput({"paper": [N_("This paper cannot be used.")]})
    kept = withheld(work.session)
    if paper.way == PaperWay.EACH:
        try:
            pool = without(pool_for(work.session, paper.banks), kept)
            made = compose(blueprint_of(paper.blueprint or {}, paper.pass_percent), pool, seed, [0]).papers[0]
        except TooFew as error:
            raise RuleBroken("training.practice.rests", N_("Too many questions of this paper stand in an exam now.")) from error
        asked = [(one.question_id, one.points) for one in made.questions]
    else:
        asked = [(question, points) for _, question, _, points in rows_of(work.session, paper.id)]
        if kept & {question for question, _ in asked}:
            raise RuleBroken("training.practice.rests", N_("Too many questions of this paper stand in an exam now."))
    versions = practisable(work.session)
    items = [[question, versions[question], str(points)] for question, points in asked if question in versions]
    return items, len(asked) - len(items)


def answer(work: Work, run_id: int, place: int, given: Any, *, today: date) -> PracticeAnswer:
    """Answer a question of an own round, once; it is judged at once, and a wrong one goes into the mistake book."""
    row = _own(work, run_id)
    if row.mode == PracticeMode.MOCK:
        raise RuleBroken("training.practice.mock", N_("A mock exam is handed in as a whole."))
    made = _judge(work, row, place, given, today)
    if _answered(work, row) >= len(row.items):
        row.ended_at = work.now
    return made


def judge(work: Work, run_id: int, place: int, verdict: str, *, today: date) -> PracticeAnswer:
    """Say how an own short answer compares with the model answer, once; a wrong one goes into the mistake book."""
    row = _own(work, run_id)
    if verdict not in OWN_VERDICTS:
        raise InvalidInput({"verdict": [N_("This cannot be chosen now.")]})
    made = work.session.scalars(select(PracticeAnswer).where(
        PracticeAnswer.run_id == row.id, PracticeAnswer.place == place).with_for_update()).one_or_none()
    if made is None:
        raise NotFound()
    if made.verdict != Verdict.MANUAL:
        raise RuleBroken("training.practice.judged", N_("This answer is judged already."))
    if made.question_id in withheld(work.session):
        raise RuleBroken("training.practice.withheld", N_("This question stands in an exam now; go on to the next one."))
    made.verdict, made.points = verdict, Decimal(row.items[place - 1][2]) * OWN_VERDICTS[verdict]
    _keep_card(work, row.person_id, made.question_id, verdict == Verdict.RIGHT, today)
    work.session.flush()
    return made


def put_aside(work: Work, card_id: int, *, today: date, back: bool = False) -> MistakeCard:
    """One knows it by now: it leaves the mistake book; back: it comes back from today on."""
    work.permit(PRACTISE)
    card = work.get(MistakeCard, card_id, lock=True)
    if card.person_id != work.actor.person_id:
        raise NotFound()
    if back != (card.box >= KNOWN):
        raise RuleBroken("training.practice.aside", N_("It stands so already."))
    card.box, card.due_on = (0, today) if back else (KNOWN, card.due_on)
    return card


def hand_in(work: Work, run_id: int, answers: Mapping[int, Any], *, today: date) -> PracticeRun:
    """Hand a mock exam in: every question is judged at once; what was not answered got nothing."""
    row = _own(work, run_id)
    if row.mode != PracticeMode.MOCK or row.ended_at is not None:
        raise RuleBroken("training.practice.ended", N_("This round is over."))
    kept = withheld(work.session)
    for place, (question, *_) in enumerate(row.items, 1):
        if question not in kept:
            _judge(work, row, place, answers.get(place), today)
    row.ended_at = work.now
    return row


def end_run(work: Work, run_id: int) -> PracticeRun:
    """Leave a round; what was answered stays."""
    row = _own(work, run_id)
    row.ended_at = row.ended_at or work.now
    return row


def _own(work: Work, run_id: int) -> PracticeRun:
    row = work.get(PracticeRun, run_id, lock=True)
    if row.person_id != work.actor.person_id:
        raise NotFound()
    work.permit(PRACTISE, row)
    return row


def _answered(work: Work, row: PracticeRun) -> int:
    return len(list(work.session.scalars(select(PracticeAnswer.id).where(PracticeAnswer.run_id == row.id))))


def _judge(work: Work, row: PracticeRun, place: int, given: Any, today: date) -> PracticeAnswer:
    if not 1 <= place <= len(row.items):
        raise NotFound()
    if row.ended_at is not None:
        raise RuleBroken("training.practice.ended", N_("This round is over."))
    if work.session.scalar(select(PracticeAnswer.id).where(PracticeAnswer.run_id == row.id, PracticeAnswer.place == place)) is not None:
        raise RuleBroken("training.practice.answered", N_("This question was answered already; its answer is shown."))
    question_id, version_id, points = row.items[place - 1]
    if question_id in withheld(work.session):
        raise RuleBroken("training.practice.withheld", N_("This question stands in an exam now; go on to the next one."))
    question = questions_at(work.session, [version_id])[version_id]
    if said := wrong_form(question, given):
        raise InvalidInput({"answer": [said]})
    judged = score(question, given, Decimal(points))
    made = PracticeAnswer(run_id=row.id, person_id=row.person_id, question_id=question_id, place=place, value={"answer": given},
                          verdict=judged.verdict.value, points=judged.points or Decimal(0), at=work.now)
    work.session.add(made)
    if judged.verdict != Verdict.MANUAL:
        _keep_card(work, row.person_id, question_id, judged.verdict == Verdict.RIGHT, today)
    work.session.flush()
    return made


def _keep_card(work: Work, person_id: int, question_id: int, right: bool, today: date) -> None:
    card = work.session.scalars(select(MistakeCard).where(
        MistakeCard.person_id == person_id, MistakeCard.question_id == question_id)).one_or_none()
    now = after(None if card is None else Card(card.box, card.due_on), right, today)
    if now is None or work.session.get(QuestionRow, question_id) is None:
        return
    if card is None:
        card = MistakeCard(person_id=person_id, question_id=question_id, box=now.box, due_on=now.due_on, wrong=0, last_at=work.now)
        work.session.add(card)
    card.box, card.due_on, card.last_at = now.box, now.due_on, work.now
    card.wrong += not right
