"""Newcomers of the demo: a class in its fifth week with lights of every colour, one whose mentoring ends with the results of its
inspectors, one that is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kmsvc.convert.result import HowRead, Row, Table
from kmsvc.core.work import Work
from kmsvc.core.workdays import is_workday
from kmsvc.demo.asking import Told
from kmsvc.demo.content.newcomers import (
    CLASSES,
    EVALUATION,
    EXAM_WORDS,
    LEARNED,
    PROVEN,
    RESULTS_FILE,
    SAID,
    TALKS,
    Class,
    Newcomer,
)
from kmsvc.knowledge.tables.taking import take_rows
from kmsvc.people.accounts.models import Account, Person
from kmsvc.people.accounts.queries import actor_of
from kmsvc.people.accounts.usecases import add_account
from kmsvc.people.system import OPERATOR
from kmsvc.training.onboarding import rules, signing, timetabling, usecases
from kmsvc.training.onboarding.models import OnboardingDecision, OnboardingForm
from kmsvc.training.onboarding.results_rows import RESULTS
from kmsvc.training.onboarding.rules import WEEK, Preparation, Programme

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

MARK = Decimal(80)


def welcomed(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """A thread for each class."""
    return [_Story(stage, one).acts() for one in CLASSES]


def entry_before(today: date, number: int) -> date:
    """The day of entry of a class for which today, or the last working day before it, has this number."""
    day, left = today, number
    while True:
        left -= is_workday(day)
        if left == 0:
            return day
        day -= timedelta(days=1)


@dataclass
class _Story:
    """A class as it is played: each week in one piece, on its last day."""

    stage: Stage
    it: Class

    def __post_init__(self) -> None:
        self.programme = Programme(entry_before(self.stage.today, self.it.day))
        self.class_id = 0
        self.trainees: dict[str, int] = {}

    def on(self, number: int) -> date:
        """The day with this number."""
        return rules.day_of(self.programme, number)

    def at(self, day: date, hour: int = 17, minute: int = 40) -> datetime:
        """An hour of a day on the centre's clock, as an instant of UTC."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.stage.zone)).astimezone(UTC)

    def acts(self) -> Iterator[tuple[datetime, Told]]:
        """Planned four days before entry, then week by week; results of mentoring days as a file on the last one."""
        yield self.at(self.programme.starts_on - timedelta(days=4), 11), self._plan
        last = min(self.it.day, rules.LENGTH)
        for first in range(1, last + 1, WEEK):
            until = min(first + WEEK - 1, last)
            yield self.at(self.on(until)), lambda now, days=range(first, until + 1): self._week(days, now)  # type: ignore[misc]
        if any(one.results for one in self.it.newcomers):
            yield self.at(self.on(last), 18, 10), self._results
        if self.it.day > rules.LENGTH:
            yield self.at(self.on(rules.LENGTH), 18, 30), self._end

    def _plan(self, now: datetime) -> None:
        stage = self.stage
        with stage.quiet.begin(OPERATOR, now) as work:
            hashed = work.session.scalars(select(Account.password_hash).order_by(Account.id)).first()
            for one in self.it.newcomers:
                if one.login not in stage.cast:
                    add_account(work, login=one.login, name=one.name, roles=("agent",), unit_code=one.unit, post="坐席",
                                email=f"{one.login}@care.example.test", language="zh_Hans_CN", password_hash=hashed)
            people = {row.login: row for row in work.session.scalars(select(Person)).unique() if row.accounts}
            stage.joined |= {one.login: actor_of(work.session, people[one.login], login=one.login, via="cookie", fresh=True)
                             for one in self.it.newcomers if one.login not in stage.cast}
        with stage.quiet.begin(stage.actor(self.it.teacher), now) as work:
            name = self.it.name.format(month=self.programme.starts_on.month)
            row = usecases.plan_class(work, name=name, teacher_id=stage.cast[self.it.teacher].id, starts_on=self.programme.starts_on,
                                      material=self.it.material, inspector_id=stage.cast[self.it.inspector].id)
            self.class_id = row.id
            timetabling.copy_hours(work, row.id, from_class_id=None, titles=self._hours())
            for one in self.it.newcomers:
                made = usecases.add_trainee(work, row.id, people[one.login].id, mentor_id=stage.cast[one.mentor].id,
                                            confirmation_on=self.programme.starts_on + timedelta(days=181))
                self.trainees[one.login] = made.id
                for item in () if self.it.day > rules.LENGTH else (Preparation.LETTER, Preparation.SUPPLIES, Preparation.LOCAL):
                    usecases.tick(work, made.id, item.value)

    def _hours(self) -> Sequence[tuple[int, str, str, str]]:
        return [(day, begins, ends, LEARNED[(day * 3 + place) % len(LEARNED)][0]) for day in range(1, 31)
                for place, (begins, ends) in enumerate((("09:00", "11:45"), ("13:30", "17:30")))]

    def _week(self, days: range, now: datetime) -> None:
        """The forms of a week, what was noted, its exam, talk and decision."""
        stage, week = self.stage, (days[0] - 1) // WEEK + 1
        here = [one for one in self.it.newcomers if one.until is None or week <= one.until]
        for one in here:
            with stage.quiet.begin(stage.actor(one.login), now) as work:
                self._daily(work, one, days, "newcomer", [line for _, line in LEARNED])
                if rules.BUSINESS_TO in days:
                    usecases.hand_in(work, self.trainees[one.login], form="evaluation", day=rules.BUSINESS_TO, part="newcomer",
                                     today=self.on(rules.BUSINESS_TO), answers=EVALUATION)
        with stage.quiet.begin(stage.actor(self.it.teacher), now) as work:
            for one in here:
                who = self.trainees[one.login]
                if week == 1 and self.it.day <= rules.LENGTH:
                    usecases.tick(work, who, "nda", proof="保密协议已签，人事行政归档")
                self._daily(work, one, [day for day in days if day < self.it.day], "class_teacher", SAID)
                for day in set(days) & set(one.exams):
                    usecases.hand_in(work, who, form="exam", day=day, part="trainer", today=self.on(day), mark=MARK,
                                     score=Decimal(one.exams[day]), answers={"text": EXAM_WORDS[one.exams[day] >= MARK]})
                for day, kind, text in one.notes:
                    if day in days:
                        usecases.note_day(work, who, kind=kind, on=self.on(day), today=self.on(days[-1]), text=text)
                if len(days) == WEEK and week not in one.undecided and week != one.until:
                    usecases.decide(work, who, "go_on", reason="本周目标完成，按计划进入下一周。", today=self.on(days[-1]))
                if week == 3 and one.login in TALKS:
                    usecases.hold_talk(work, who, talk="first", held_on=self.on(days[-1]), today=self.on(days[-1]), **TALKS[one.login])
                if week == one.until:
                    usecases.decide(work, who, one.end[0], reason=one.end[1], today=self.on(days[-1]))

    def _daily(self, work: Work, one: Newcomer, days: Iterable[int], part: str, words: Sequence[str]) -> None:
        """The daily forms of a week: the last by its use case, the others as rows, for they are hundreds."""
        there, who = [day for day in days if day not in one.missing], self.trainees[one.login]
        for day in there:
            answers = {"text": words[(day * 3 + len(one.login)) % len(words)]}
            if day == there[-1]:
                usecases.hand_in(work, who, form="training", day=day, part=part, today=self.on(day), answers=answers)
            else:
                assert work.actor.person_id is not None
                work.session.add(OnboardingForm(trainee_id=who, form="training", day=day, part=part, answers=answers,
                                                by_id=work.actor.person_id, at=self.at(self.on(day))))

    def _results(self, now: datetime) -> None:
        """The inspector's sheet of the mentoring days."""
        every = [(one.name, self.on(day), score, note) for one in self.it.newcomers for day, score, note in one.results]
        rows = [Row(number, {"name": name, "on": day.isoformat(), "score": score, "note": note})
                for number, (name, day, score, note) in enumerate(every, 2)]
        how = HowRead("heading_row", {"sheet": "抽检", "row": 1, "columns": ""})
        table = Table("抽检", ("name", "on", "score", "note"), (), rows, how)
        self.stage.now = max(self.stage.now, now)
        take_rows(self.stage.quiet, self.stage.actor(self.it.inspector), RESULTS, [table], [], RESULTS_FILE,
                  today=self.on(min(self.it.day, rules.LENGTH)))

    def _end(self, now: datetime) -> None:
        """The last forms, the points of the list, team entry."""
        stage, today = self.stage, self.on(rules.LENGTH)
        for one in (one for one in self.it.newcomers if one.until is None):
            who = self.trainees[one.login]
            for login, part in ((one.mentor, "mentor"), (self.it.inspector, "qa_inspector")):
                with stage.quiet.begin(stage.actor(login), now) as work:
                    usecases.hand_in(work, who, form="mentoring_exam", day=rules.LENGTH, part=part, today=today, score=Decimal(88),
                                     mark=MARK, answers={"text": "独立接听二十通，口径准确，收尾完整。"})
            with stage.quiet.begin(stage.actor(self.it.teacher), now) as work:
                for item, proof in PROVEN:
                    usecases.tick(work, who, item, proof=proof, reason="纸质记录，系统上线前完成")
                usecases.decide(work, who, "enter_team", reason="各项齐备，质检高于基线，可以独立接听。", today=today)
            with stage.quiet.begin(stage.actor(one.login), now) as work:
                for decision in work.session.scalars(select(OnboardingDecision.id).where(
                        OnboardingDecision.trainee_id == who, OnboardingDecision.verb == "enter_team")).all():
                    signing.sign_decision(work, decision, word="谢谢师傅和班主任。")

