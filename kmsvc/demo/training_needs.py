"""Training needs of the demo: last year's survey in its fourth quarter, signed, with the annual plan that came of it; this year's,
under way; suggestions, what hurts, an evaluation that was told and one that asks."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.core.clock import local_date
from kmsvc.core.errors import RuleBroken
from kmsvc.core.work import Work
from kmsvc.demo.asking import Told
from kmsvc.training.evaluations import usecases as evaluating
from kmsvc.training.evaluations.rules import Factor
from kmsvc.training.needs import answering, designing, planning, usecases
from kmsvc.training.needs.designing import FormText
from kmsvc.training.needs.planning import LineText

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

TRAINER, HEAD, TEACHER = "fangyuan", "gumingchuan", "yezhou"
SUBJECTS = ("退费时限与例外", "宽带报障定位", "情绪安抚与投诉降级", "实名核验口径", "国际漫游资费", "新系统快捷操作")
HOURS = ("班前半小时", "周三下午", "周末线上")
WISHES = ("最好结合真实录音。", "例外情形多给几个案例。", "希望有可以随身查的小卡片。", "线上回放方便夜班。")
STAFF: list[dict[str, Any]] = [
    {"kind": "multiple", "text": "明年最想参加哪些培训？", "options": list(SUBJECTS), "required": True, "wish": True},
    {"kind": "scale", "text": "处理退费例外时有多大把握？", "required": True, "wish": True},
    {"kind": "scale", "text": "今年的培训对接电话有多大帮助？", "required": True, "wish": False},
    {"kind": "single", "text": "什么时间上课最合适？", "options": list(HOURS), "required": False, "wish": False},
    {"kind": "text", "text": "还想说的话", "required": False, "wish": False}]
LEADS: list[dict[str, Any]] = [
    {"kind": "multiple", "text": "你的组员最该补哪些课？", "options": list(SUBJECTS), "required": True, "wish": True},
    {"kind": "text", "text": "最近一个月最常见的差错是什么？", "required": False, "wish": False}]
ENTRIES = (("qa", "退费时限与例外", 38, "三季度质检月报，差错第一位"), ("qa", "实名核验口径", 21, "三季度质检月报"),
           ("indicator", "宽带报障定位", 17, "一次解决率低于目标的周数×组数"), ("managers", "情绪安抚与投诉降级", 6, "班长例会"))
LINES = ((0, 1, 3.0, 6_800, "退费差错减半", "behaviour"), (1, 2, 4.0, 9_600, "报障一次解决率不低于82%", "result"),
         (2, 3, 2.0, 5_200, "升级投诉下降两成", "result"), (5, 4, 1.5, 0, "人人会用快捷键查知识", "learning"))
TIGHT = {"time": "时间太紧，案例没讲完。"}
SUGGESTIONS = (("mengxiao", "英语接听基础", "外宾来电越来越多，想先学常用句。", None),
               ("lvruonan", "退费时限与例外", "跨省退费的例外总记不住。", (True, "已排进一季度的退费课，加一节案例。")),
               ("luoxi", "夜班也能参加的回放", "白天的课夜班赶不上。", (True, "从下月起每课都录像，课程页可回看。")),
               ("wangxiaoyu", "打字速度", "", (False, "目前指标不看打字速度，先不单独开课。")))


def surveyed(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """The threads of the story, each in the order of its days."""
    return [_last_year(stage), _this_year(stage), _suggested(stage), _evaluated(stage)]


def _as(stage: Stage, login: str, act: Callable[[Work, date], Any], *, quiet: bool = False) -> Told:
    def told(now: datetime) -> None:
        with (stage.quiet if quiet else stage.db).begin(stage.actor(login), now) as work:
            act(work, local_date(now, stage.zone))
    return told


def _forms(work: Work, campaign_id: int) -> None:
    designing.add_form(work, campaign_id, FormText("一线与后台问卷", STAFF, intro="约三分钟。说真话，没有人知道是谁写的。"))
    designing.add_form(work, campaign_id, FormText("班长与主管问卷", LEADS, grades=("lead", "head"), anonymous=False))


def _answers(rng: random.Random, questions: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in questions:
        if one["kind"] == "multiple":
            found[one["key"]] = rng.sample(one["options"][:4] if rng.random() < 0.7 else one["options"], k=rng.randint(1, 3))
        elif one["kind"] == "scale":
            found[one["key"]] = rng.choice((2, 2, 3, 3, 4, 5))
        elif one["kind"] == "single":
            found[one["key"]] = rng.choice(one["options"])
        elif rng.random() < 0.25:
            found[one["key"]] = rng.choice(WISHES)
    return found


def _answer(stage: Stage, held: list[int], share: float, *, quiet: bool) -> Told:
    def told(now: datetime) -> None:
        rng = random.Random(f"needs {held[0]}")
        for login in sorted(stage.actors):
            if rng.random() < share and stage.actor(login).person_id is not None:
                with (stage.quiet if quiet else stage.db).begin(stage.actor(login), now) as work:
                    _, asked, form = answering.my_form(work, held[0])
                    if asked.answered_on is None:
                        answering.answer_needs(work, held[0], _answers(rng, form.questions), today=local_date(now, stage.zone))
    return told


def _last_year(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    """Begun in November, signed in December of last year, each step on its own day."""
    year, held = stage.today.year - 1, list[int]()

    def at(month: int, day: int, hour: int = 10) -> datetime:
        return stage.at((stage.today - date(year, month, day)).days, hour)

    def plan(work: Work, today: date) -> None:
        held.append(usecases.plan_campaign(work, year=year, due_on=date(year, 11, 21), today=today, purpose="看退费和报障差在哪里。").id)
        _forms(work, held[0])

    def send(work: Work, today: date) -> None:
        usecases.send_campaign(work, held[0], due_on=date(year, 11, 21), today=today)

    def draw(work: Work, today: date) -> None:
        usecases.close_campaign(work, held[0])
        usecases.draw_interviews(work, held[0], share=5, seed=f"ns{year}")

    def talk(work: Work, today: date) -> None:
        for place, one in enumerate(usecases.interviews_of(work, held[0])):
            answering.note_interview(work, held[0], one.id, today=today, held_on=today, confirms="partly" if place == 1 else "yes",
                                     note="与问卷一致：退费例外最没把握，想要案例和随身卡片。")
        usecases.finish_interviews(work, held[0])

    def meet(work: Work, today: date) -> None:
        for source, subject, count, note in ENTRIES:
            planning.add_entry(work, year=year, source=source, subject=subject, count=count, note=note)
        for place, quarter, hours, yuan, target, evaluation in LINES:
            planning.add_line(work, year + 1, LineText(SUBJECTS[place], len(stage.actors), round(hours * 60), yuan * 100, quarter,
                                                       evaluation, audience="全体坐席与班长", target=target, owner=TEACHER))
        usecases.hold_meeting(work, held[0], met_on=today, people=[HEAD, TRAINER, "sumu", "sunyifan", "wutong"], today=today,
                              minutes="逐项看了问卷、访谈和质检差错。退费例外三方都指向同一处；报障定位要配系统操作一起讲。",
                              decisions="一、退费课放一季度；二、报障课放二季度，配实操；三、安抚课每组轮训；四、预算按人均不超过五百元。")

    def sign(work: Work, today: date) -> None:
        usecases.sign_campaign(work, held[0], today=today, conclusion="退费时限与例外是最疼的一处，其次是宽带报障定位。"
                               "年度计划先补这两项，效果看质检差错和一次解决率。")

    def deliver(work: Work, today: date) -> None:
        lines = planning.lines_of(work, year + 1)
        for note in ("先在宽带售后组做样板课。", "与质检、运营一起定案例。", "样板组两周差错由12降到5。"):
            planning.deliver_step(work, lines[0].id, today=today, note=note)

    if at(11, 3) <= stage.now:
        return  # the centre is younger than that
    for when, who, act in ((at(11, 3), TRAINER, plan), (at(11, 5), TRAINER, send), (at(11, 24), TRAINER, draw),
                           (at(12, 2), TRAINER, talk), (at(12, 9), TRAINER, meet), (at(12, 12), HEAD, sign)):
        yield when, _as(stage, who, act, quiet=True)
        if act is send:
            yield at(11, 12, 15), _answer(stage, held, 0.8, quiet=True)
    yield stage.at(2, 11), _as(stage, TRAINER, deliver, quiet=True)


def _this_year(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    """Sent eight days ago; a part has answered."""
    held: list[int] = []

    def plan(work: Work, today: date) -> None:
        held.append(usecases.plan_campaign(work, year=stage.today.year, due_on=stage.today + timedelta(days=10), today=today).id)
        if not _taken_over(work, held[0]):
            _forms(work, held[0])

    def send(work: Work, today: date) -> None:
        for source, subject, count, note in ENTRIES[:3]:
            planning.add_entry(work, year=stage.today.year, source=source, subject=subject, count=count // 2, note=note)
        usecases.send_campaign(work, held[0], due_on=stage.today + timedelta(days=10), today=today)

    yield stage.at(9, 14), _as(stage, TRAINER, plan)
    yield stage.at(8, 10), _as(stage, TRAINER, send)
    yield stage.at(3, 15), _answer(stage, held, 0.45, quiet=False)


def _taken_over(work: Work, campaign_id: int) -> bool:

    try:
        designing.take_over(work, campaign_id)
    except RuleBroken:
        return False
    return True


def _suggested(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    ids: list[int] = []
    for place, (login, subject, words, _) in enumerate(SUGGESTIONS):
        def send(work: Work, today: date, subject: str = subject, words: str = words) -> None:
            ids.append(planning.suggest(work, subject=subject, text=words or None, place="/").id)
        yield stage.at(30 - place * 7, 11), _as(stage, login, send)
    for place, (_, _, _, said) in enumerate(SUGGESTIONS):
        if said is not None:
            def answer(work: Work, today: date, place: int = place, said: tuple[bool, str] = said) -> None:
                planning.answer_suggestion(work, ids[place], taken=said[0], answer=said[1])
            yield stage.at(5, 16, place), _as(stage, TRAINER, answer)


def _evaluated(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    held: list[int] = []
    agents = sorted(login for login, actor in stage.actors.items() if actor.roles == frozenset({"agent"}))[:12]

    def begin(title: str, days: int) -> Callable[[Work, date], None]:
        def made(work: Work, today: date) -> None:
            one = evaluating.begin_evaluation(work, kind="other", title=title, held_on=today - timedelta(days=1)).id
            held.append(one)
            evaluating.choose_method(work, one, levels=["reaction", "learning", "behaviour"], why="要看课后差错有没有真的少。")
            evaluating.set_strategy(work, one, strategy="课后一周问全体学员，一个月后比质检差错。", people=agents)
            evaluating.design_tools(work, one, tools="六因素问卷；质检差错前后各四周。", factors=list(Factor), anonymous=True,
                                    due_on=today + timedelta(days=days), today=today)
            evaluating.collect(work, one)
        return made

    def rate(place: int, people: list[str]) -> Told:
        def told(now: datetime) -> None:
            rng = random.Random(f"ratings {place}")
            for login in people:
                marks = {one.value: rng.choice((3, 4, 4, 5)) if one != Factor.TIME else rng.choice((2, 3, 3)) for one in Factor}
                with stage.db.begin(stage.actor(login), now) as work:
                    evaluating.rate(work, held[place], marks=marks, said=dict(TIGHT) if rng.random() < 0.3 else {},
                                    today=local_date(now, stage.zone))
        return told

    def report(work: Work, today: date) -> None:
        evaluating.finish(work, held[0])
        evaluating.add_measure(work, held[0], level="behaviour", indicator="退费类质检差错率", before=11.8, after=5.2, unit="%",
                               cases=160, source="质检月报，培训前后各四周")
        evaluating.report(work, held[0], conclusion="内容和讲师得分高，时间得分低；退费差错下降一半多。", texts={
            "trainees": "大家最满意的是案例；时间不够，下期加半小时。",
            "superiors": "组员退费差错下降一半多，请继续在班前会用案例提醒。",
            "developers": "时间得分最低：案例部分加半小时，理论压缩。", "top": "投入六千八百元，退费差错率由11.8%降到5.2%。"})
        evaluating.adjust(work, part="content", what="理论压缩到四十分钟，案例加到一小时。", why="时间得分最低，多人写案例没讲完。",
                          due_on=today + timedelta(days=14), owner=TEACHER, today=today, evaluation_id=held[0])

    yield stage.at(48, 10), _as(stage, TRAINER, begin("退费时限与例外（样板班）", 7))
    yield stage.at(44, 15), rate(0, agents)
    yield stage.at(10, 10), _as(stage, TRAINER, report)
    yield stage.at(4, 10), _as(stage, TRAINER, begin("情绪安抚与投诉降级（第一期）", 9))
    yield stage.at(2, 15), rate(1, agents[:5])
