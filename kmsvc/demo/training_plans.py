"""Training plans of the demo: some done with attendance and feedback, one with a session going on today, some to come, one with a
waiting list, a draft that waits for its approval, one that was called off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from kmsvc.core.errors import InvalidInput
from kmsvc.core.work import Work
from kmsvc.people.units.queries import unit_by_code
from kmsvc.training.courses.models import Course
from kmsvc.training.plans import attending, holding, people, usecases
from kmsvc.training.plans.models import SessionPerson
from kmsvc.training.plans.rules import FACTORS, Place
from kmsvc.training.trainers.models import Trainer

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

Told = Callable[[datetime], None]
MAKER, HEAD = "fangyuan", "gumingchuan"
ANYWAY = "时段已和各组长商量过，在班的同事由后台支援顶班。"


@dataclass(frozen=True)
class Held:
    """A session of the demo. days: from today, moved to a working day; minutes, said: of one that was held; came: how many of its
    people; late: by hand."""

    days: int
    starts: str
    ends: str
    room: str
    seats: int
    trainer: str
    minutes: str = ""
    said: tuple[str, ...] = ()
    absent: int = 0
    by_hand: str = ""
    rest: bool = False
    materials: str = ""


@dataclass(frozen=True)
class PlanText:
    """A plan of the demo. made: days ago; course: place in the courses of the demo; spent: yuan, of one that is done."""

    made: int
    title: str
    hours: int
    cost: int
    target: str
    evaluation: str
    due: int
    role: str | None = None
    units: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    course: int | None = None
    purpose: str = "other"
    approved: bool = True
    spent: int | None = None
    called_off: str = ""
    sessions: tuple[Held, ...] = field(default_factory=tuple)


PLANS = (
    PlanText(26, "退费新时限：口径与系统操作", 2, 1200, "全体一线坐席按新时限答复并录单，退费类一次解决率不低于九成。",
             "课后随堂测十题，八十分合格；两周后抽检二十通退费录音。", -9, role="agent", spent=1060, sessions=(
                 Held(-17, "09:30", "11:00", "培训室A", 16, "fangyuan", "讲了三类例外和对应的系统路径；答疑集中在分期订单的到账时间，"
                      "会后补进知识库。", ("例子都是我们真接到的电话，听完马上能用。", "系统操作演示有点快，希望发一份截图。",
                                     "例外情况的表格很清楚。"), 1, "手机没电，当面点名"),
                 Held(-15, "16:30", "18:00", "培训室A", 12, "fangyuan", "补第一场没赶上的同事；逐条过了分期订单的问答。",
                      ("两个人一组对练很好。", "下班前上课有点累，内容是好的。"), 0, "", True))),
    PlanText(24, "信息安全年度必修（课堂）", 1, 600, "人人通过年度信息安全考试，演练中能认出钓鱼电话。", "统一考试，九十分合格。", 20,
             role="agent", logins=("wangxiaoyu", "gaoyuanfan", "fuqing", "fanzhou"), course=0, sessions=(
                 Held(-6, "14:00", "15:00", "2号会议室", 16, "qinlangyue", "三条红线配三段真实案例；抽问六人全部答对。",
                      ("案例有震撼力。", "希望再多讲讲客户要求发截图时怎么拒绝。"), 1, "", False,
                      "## 课前先看\n\n- 三条红线，每条想一个自己遇到过的例子\n- 上课带工牌，签到扫墙上的码\n"),
                 Held(4, "14:00", "15:00", "2号会议室", 16, "qinlangyue", rest=True))),
    PlanText(18, "情绪安抚与升级投诉沟通", 3, 3600, "升级投诉当场稳住率从六成提到七成半。", "情景演练评分加三十天后的升级率。", 30,
             units=("OPS-CARE", "OPS-CHAT", "OPS-MALL", "OPS-BB"), course=2, sessions=(
                 Held(2, "09:30", "12:00", "培训室B", 16, "liangsiqi",
                      materials="## 课前准备\n\n1. 听一通自己处理过的投诉录音\n2. 写下客户最激动的那句话，和你当时怎么回的\n"),
                 Held(9, "09:30", "12:00", "培训室B", 12, "liangsiqi", rest=True))),
    PlanText(16, "宽带报障定位实操", 4, 900, "带教期同事独立完成七步定位，平均用时不超过八分钟。", "上机考核，逐步计分。", 15,
             logins=("dinghe", "bailu", "hetian", "mengxiao", "luoxi", "chenxiaoman"), course=1, sessions=(
                 Held(-2, "10:00", "12:00", "机房1", 12, "wangxiaoyu", absent=2),
                 Held(3, "10:00", "12:00", "机房1", 12, "wangxiaoyu"))),
    PlanText(12, "新人班第二周：业务集中授课", 16, 2400, "新人掌握高频业务二十条，周测八十分以上。", "周测与班主任评语。", 12,
             logins=("dinghe", "bailu", "hetian"), purpose="onboarding", sessions=(
                 Held(-4, "13:30", "17:30", "培训室A", 6, "yezhou", "上半场讲业务，下半场两人一组对练，逐人点评。",
                      ("点评具体到每一句话，受益很大。",), 0, ""),
                 Held(1, "13:30", "17:30", "培训室A", 6, "yezhou"))),
    PlanText(9, "录音分享会：一次解决的十通电话", 1, 200, "每组带走三条可以马上照做的说法。", "会后一周各组长抽听两通。", 6,
             role="agent", logins=("wangxiaoyu", "fanzhou")),
    PlanText(5, "质检评分标准宣贯", 2, 400, "班组长与质检对同一通录音的评分差不超过三分。", "十通样本盲评。", 25,
             role="team_leader", logins=("wutong", "xuqing", "hejia"), approved=False),
    PlanText(20, "外呼话术集训", 6, 5200, "回访外呼接听后三十秒留存率提高一成。", "外呼数据前后对比。", 10, units=("OPS-CARE",),
             called_off="外呼项目推迟到明年一季度，届时重新立项。"))
LISTENED = "## 今天听什么\n\n- 退费、报障、投诉各三通，外加一通英文来电\n- 每通听完先写一句：哪句话让问题一次解决了？\n"
TODAY = 5
"""the plan whose session is going on whenever the demo is played, so that its code on the wall can be tried"""


def planned(stage: Stage, now: datetime) -> list[Iterator[tuple[datetime, Told]]]:
    """Each plan by itself, through its use cases."""
    return [_played(stage, text, now if place == TODAY else None) for place, text in enumerate(PLANS)]


def _played(stage: Stage, text: PlanText, now: datetime | None) -> Iterator[tuple[datetime, Told]]:
    made: list[int] = []
    yield stage.at(text.made, 10, 5), lambda at: made.append(_make(stage, text, at))
    if text.approved:
        yield stage.at(text.made - 1, 9, 15), lambda at: _approve(stage, text, made[0], at)
    ids: dict[Held, int] = {}
    acts: list[tuple[datetime, Told]] = []
    for held in text.sessions:
        day = working_day(stage.today, held.days)
        planned_at = stage.at(max(text.made - 2, 0), 11, 0) if held.days < 0 else stage.at(4, 15, 30)
        acts.append((planned_at, _planner(stage, made, held, day, ids)))
        if held.days < 0:
            acts += _past(stage, held, day, ids)
    yield from sorted(acts, key=lambda one: one[0])
    if text.spent is not None:
        yield stage.at(8, 17, 0), lambda at: _finish(stage, text, made[0], at)
    if now is not None:
        yield now - timedelta(minutes=25), lambda at: _today(stage, made[0], now, at)


def _planner(stage: Stage, made: list[int], held: Held, day: date, ids: dict[Held, int]) -> Told:
    def act(at: datetime) -> None:
        ids[held] = _plan(stage, made[0], held, day, at)
    return act


def working_day(today: date, days: int) -> date:
    """The day so far from today; a Saturday or Sunday gives way, backwards for the past, forwards for what comes."""
    day = today + timedelta(days=days)
    while day.weekday() > 4:
        day += timedelta(days=1 if days > 0 else -1)
    return day


def _make(stage: Stage, text: PlanText, now: datetime) -> int:
    with stage.quiet.begin(stage.actor(MAKER), now) as work:
        courses = list(work.session.scalars(select(Course.number).order_by(Course.id)))
        row = usecases.make_plan(
            work, title=text.title, year=stage.today.year, purpose=text.purpose, hours=text.hours, cost=text.cost, target=text.target,
            evaluation=text.evaluation, due_on=stage.today + timedelta(days=text.due),
            course=courses[text.course] if text.course is not None and courses else None)
        if text.role or text.logins:
            people.add_people(work, row.id, role=text.role, logins=text.logins)
        for code in text.units:
            unit = unit_by_code(work.session, code)
            people.add_people(work, row.id, unit=unit.id if unit else None)
        return row.id


def _approve(stage: Stage, text: PlanText, plan_id: int, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(HEAD), now) as work:
        usecases.approve(work, plan_id)
    if text.called_off:
        with stage.quiet.begin(stage.actor(MAKER), now) as work:
            usecases.cancel(work, plan_id, reason=text.called_off)


def _plan(stage: Stage, plan_id: int, held: Held, day: date, now: datetime) -> int:
    database = stage.quiet if held.days < 0 else stage.db
    with database.begin(stage.actor(MAKER), now) as work:
        trainer = work.session.scalars(select(Trainer.id).where(Trainer.person_id == stage.cast[held.trainer].id)).one()
        given = {"day": day, "starts": held.starts, "ends": held.ends, "room": held.room, "seats": held.seats, "trainer": trainer,
                 "zone": stage.zone, "unseated": held.rest}
        try:
            row = holding.plan_session(work, plan_id, **given)  # type: ignore[arg-type]
        except InvalidInput:
            row = holding.plan_session(work, plan_id, **given, anyway=ANYWAY)  # type: ignore[arg-type]
        if held.materials:
            holding.set_materials(work, row.id, materials=held.materials)
        return row.id


def _past(stage: Stage, held: Held, day: date, ids: dict[Held, int]) -> list[tuple[datetime, Told]]:
    """Who came and what they thought; closed with its minutes where it has some."""
    ago = (stage.today - day).days
    hour, minute = (int(part) for part in held.starts.split(":"))
    over_hour, over_minute = (int(part) for part in held.ends.split(":"))
    acts: list[tuple[datetime, Told]] = [
        (stage.at(ago, hour, minute) - timedelta(minutes=4), lambda at: _come(stage, held, ids[held], at)),
        (stage.at(ago, over_hour, over_minute) + timedelta(minutes=6), lambda at: _say(stage, held, ids[held], at))]
    if held.minutes:
        acts.append((stage.at(ago, over_hour, over_minute) + timedelta(minutes=40), lambda at: _close(stage, held, ids[held], at)))
    return acts


def _seated(work: Work, session_id: int, *, present: bool = False) -> list[int]:
    rows = work.session.scalars(select(SessionPerson).where(
        SessionPerson.session_id == session_id, SessionPerson.place == Place.SEAT).order_by(SessionPerson.person_id))
    return [one.person_id for one in rows if one.present_at is not None or not present]


def _come(stage: Stage, held: Held, session_id: int, now: datetime) -> None:
    logins = stage.logins
    with stage.quiet.look(stage.actor(MAKER), now) as work:
        seated = _seated(work, session_id)
    there = seated[held.absent:]
    for place, one in enumerate(there[1:] if held.by_hand else there):
        with stage.quiet.begin(stage.actor(logins[one]), now + timedelta(seconds=25 * place)) as work:
            attending.sign_in(work, session_id)
    if held.by_hand:
        with stage.quiet.begin(stage.actor(MAKER), now + timedelta(minutes=9)) as work:
            attending.sign_in_by_hand(work, session_id, person=there[0], reason=held.by_hand)


def _say(stage: Stage, held: Held, session_id: int, now: datetime) -> None:
    logins = stage.logins
    with stage.quiet.look(stage.actor(MAKER), now) as work:
        there = _seated(work, session_id, present=True)
    for place, one in enumerate(there[:len(held.said) + 3] if held.said else []):
        marks = {name: 5 - int((place * 7 + at * 5 + session_id * 3) % 11 > 6) - int((place * 5 + at * 3 + session_id) % 9 > 6)
                 for at, name in enumerate(FACTORS)}
        with stage.quiet.begin(stage.actor(logins[one]), now + timedelta(seconds=50 * place)) as work:
            attending.rate(work, session_id, marks=marks, said=held.said[place] if place < len(held.said) else None)


def _close(stage: Stage, held: Held, session_id: int, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(MAKER), now) as work:
        holding.hold(work, session_id, minutes=held.minutes)


def _finish(stage: Stage, text: PlanText, plan_id: int, now: datetime) -> None:
    with stage.quiet.begin(stage.actor(MAKER), now) as work:
        usecases.finish(work, plan_id, spent=text.spent)


def _today(stage: Stage, plan_id: int, now: datetime, at: datetime) -> None:
    """A session that began a little while ago, unless the day is nearly over."""
    begins = (now - timedelta(minutes=15)).astimezone(ZoneInfo(stage.zone))
    begins -= timedelta(minutes=begins.minute % 5)
    if begins.hour >= 22 or begins.date() != now.astimezone(ZoneInfo(stage.zone)).date():
        return
    ends = begins + timedelta(minutes=90)
    held = Held(0, f"{begins:%H:%M}", f"{ends:%H:%M}" if ends.date() == begins.date() else "23:59", "2号会议室", 30, "yezhou",
                materials=LISTENED)
    session_id = _plan(stage, plan_id, held, begins.date(), at)
    logins = stage.logins
    with stage.quiet.look(stage.actor(MAKER), at) as work:
        there = _seated(work, session_id)[:5]
    for place, one in enumerate(there):
        with stage.quiet.begin(stage.actor(logins[one]), at + timedelta(minutes=6, seconds=20 * place)) as work:
            attending.sign_in(work, session_id)
