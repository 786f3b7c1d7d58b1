"""Self-assessments of the demo: last year's baseline, closed; this year's round, half answered; a plan out of what was missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.demo.asking import Told
from kmsvc.standards.assessments import answering, planning, rounds
from kmsvc.standards.assessments.answering import Said
from kmsvc.standards.assessments.planning import Aim
from kmsvc.standards.assessments.rounds import RoundPlan
from kmsvc.standards.assessments.standing import answers_of
from kmsvc.standards.models.models import Clause

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage
    from kmsvc.standards.assessments.models import ClauseAnswer

RUNS, CODE = "qinlangyue", "cc-cmm-oc-2017"
WHO = {"1": "gumingchuan", "2": "liqiang", "2.2": "fangyuan", "3": "baishuo", "4": "wangxiaoyu", "5": "gumingchuan"}
"""who answers the sections that begin like this; the longest beginning counts"""
WORDS: dict[tuple[int, int], tuple[str, str | None]] = {
    (10, 10): ("制度成文，各班组都在执行，记录可查。", None),
    (10, 5): ("制度成文，夜班和外包组执行不到位。", "夜班、外包组的执行记录不全"),
    (5, 5): ("有做法，尚未成文覆盖全部要求。", "制度缺少适用范围和责任人"),
    (5, 0): ("刚起草办法，还没有实施。", "没有实施记录"),
    (0, 0): ("还没有这项工作。", "没有制度，也没有记录")}
NOTES = ("对照条款逐条核对，缺两项", "走访三个班组，发现夜班无人负责")


def assessed(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """What happens in the self-assessments."""
    return [_story(stage)]


def _said(place: int, later: bool) -> Said:
    """Marks that are mostly good in the first chapters and thin at the end; later: a round on, some are better."""
    pattern = ((10, 10), (10, 10), (10, 5), (10, 10), (5, 5), (10, 10), (10, 10)) if place < 140 else ((10, 5), (5, 5), (5, 0), (0, 0))
    c, f = pattern[place % len(pattern)]
    if later and place % 3 == 0:
        c, f = min(10, c + 5), min(10, f + 5)
    if (c, f) not in WORDS:
        c, f = (10, 5)
    reason, gaps = WORDS[c, f]
    return Said(c, f, reason, gaps=gaps, target_c=10 if gaps else None, target_f=10 if gaps else None,
                effort_days=2 + place % 9 if gaps else None)


def _story(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    kept: dict[str, int] = {}

    def by(login: str, now: datetime, run: Any) -> Any:
        with stage.quiet.begin(stage.actor(login), now) as work:
            return run(work)

    def begin(now: datetime, name: str, **more: Any) -> None:
        lead = stage.actor(RUNS).person_id or 0

        def make(work: Any) -> int:
            row = rounds.begin_round(work, RoundPlan(**{"code": CODE, "lead": lead, **more}), today=now.date())
            for section in sorted(WHO, key=len):
                rounds.assign(work, row.id, person=stage.actor(WHO[section]).person_id or 0, sections=[section])
            rounds.open_round(work, row.id)
            return int(row.id)
        kept[name] = by(RUNS, now, make)

    def answer(now: datetime, name: str, share: float, *, later: bool) -> None:
        for login in sorted(set(WHO.values())):
            person = stage.actor(login).person_id

            def write(work: Any, person: int | None = person) -> int:
                mine = [row for row in answers_of(work.session, kept[name]) if row.respondent_id == person]
                done = mine[:int(len(mine) * share)]
                for row in done:
                    answering.save(work, row.id, _said(_place(work, row), later))
                if share == 1:
                    answering.submit(work, kept[name])
                return len(done)
            by(login, now, write)

    def close(now: datetime) -> None:
        def end(work: Any) -> None:
            answering.accept_all(work, kept["first"])
            rounds.to_review(work, kept["first"])
            rounds.close(work, kept["first"], today=now.date(),
                         conclusion="基础制度已具备，创新一章薄弱；执行的缺口集中在夜班和外包组。")
        by(RUNS, now, end)

    def plan(now: datetime) -> None:
        def take(work: Any) -> list[int]:
            weak = [row for row in answers_of(work.session, kept["first"]) if (row.c, row.f) == (5, 5)][:6]
            made = planning.plan(work, kept["first"], [
                Aim(row.name, 10, 10, None, stage.today + timedelta(days=20 * place - 10) if place else now.date() + timedelta(days=60))
                for place, row in enumerate(weak)], today=now.date())
            return [row.id for row in made]
        for place, one in enumerate(by(RUNS, now, take)):
            kept[f"item{place}"] = one

    def step(now: datetime) -> None:
        for place, many in ((0, 4), (1, 2), (2, 1)):
            for turn in range(many):
                by(RUNS, now, lambda work, place=place, turn=turn: planning.advance(
                    work, kept[f"item{place}"], note=NOTES[turn % 2] if turn < 2 else "跟班辅导两次，复查达标", today=now.date()))

    def late_return(now: datetime) -> None:
        def look(work: Any) -> None:
            waiting = [row for row in answers_of(work.session, kept["second"]) if row.state == "submitted"]
            for row in waiting[:1]:
                answering.return_answer(work, row.id, remark="请补充外包组的记录。")
            for row in waiting[1:12]:
                answering.accept(work, row.id)
        by(RUNS, now, look)

    def hand_in(now: datetime) -> None:
        def everything(work: Any) -> None:
            person = stage.actor("fangyuan").person_id
            for row in answers_of(work.session, kept["second"]):
                if row.respondent_id == person and row.state == "open":
                    answering.save(work, row.id, _said(_place(work, row), True))
            answering.submit(work, kept["second"])
        by("fangyuan", now, everything)
    year = stage.today.year
    yield stage.at(300, 9), lambda now: begin(
        now, "first", title=f"{year - 1}年基线自评", is_baseline=True, due_on=now.date() + timedelta(days=30), target="L1")
    yield stage.at(285, 15), lambda now: answer(now, "first", 1, later=False)
    yield stage.at(275, 10), close
    yield stage.at(270, 10), plan
    yield stage.at(200, 10), step
    yield stage.at(20, 9), lambda now: begin(
        now, "second", title=f"{year}年自评", due_on=stage.today + timedelta(days=25), target="L2", earlier=kept["first"], carry=True)
    yield stage.at(9, 16), lambda now: answer(now, "second", 0.55, later=True)
    yield stage.at(6, 16), hand_in
    yield stage.at(4, 11), late_return


def _place(work: Any, row: ClauseAnswer) -> int:
    """The number of the clause, by which the demo draws its marks."""
    return int(work.session.get_one(Clause, row.clause_id).no)
