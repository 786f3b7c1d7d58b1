"""Internal audits of the demo: the programme of this year, each audit in its weeks, a closed finding and one whose action is agreed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from kmsvc.demo.asking import Told
from kmsvc.standards.audits import auditing, findings, planning
from kmsvc.standards.audits.models import Engagement
from kmsvc.standards.audits.planning import Staffing

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

PLANNER, APPROVER, LEAD = "qinlangyue", "gumingchuan", "baishuo"
GOALS = "按条款要求完成全年六项审核；重点看整改是否按期、效果是否保持。"
HOUSES = {"system": "gumingchuan", "information": "songyi", "security": "songyi", "knowledge": "hemiao", "process": "liqiang",
          "performance": "gumingchuan"}
"""subject -> who answers for it"""
DOERS = {"security": "liqiang", "process": "shenning"}
SCOPE = "现场、系统账号与外包人员。查阅近一年的安全检查记录，抽查座席工位。"
NOTES = {
    "system": ("查阅上年度体系年审报告与整改台账", "访谈体系负责人，责任与期限清楚", "台账逐项有完成日期"),
    "information": ("查阅系统升级记录与年评报告", "与系统管理员核对容量与备份", "机房现场看监控大屏"),
    "security": ("查阅安全策略V3与年度修订记录", "抽问6名座席，均知道上报渠道", "现场查看，工牌佩戴齐全"),
    "knowledge": ("查阅知识年度评审记录", "抽问4名座席，能找到最新口径", "现场看搜索与标注"),
    "process": ("查阅流程年检档案与签字", "访谈两名流程负责人", "走查退费流程三步"),
    "performance": ("查阅指标定义表与月度报告", "访谈现场主管", "抽看两张看板")}
CONCLUSIONS = {
    "system": "体系运行有效，整改按期关闭。", "information": "系统完备、安全，容量满足全年业务量。",
    "security": "安全策略完整、有人负责，执行总体到位；一项发现需整改。", "knowledge": "知识按期评审，新版本有人确认。",
    "process": "流程体系完整，年检有签字；一项发现需整改。", "performance": "指标定义清楚，月度分析按期。"}
FOUND: dict[str, tuple[str, str, str, str, tuple[str, ...], str, str, str | None]] = {
    "security": ("35", "离职账号三天后才停用", "抽查12名离职人员，2名的账号在离职三天后才停用；要求是离职当日。", "major",
                 ("离职通知靠邮件，没有到系统管理员", "流程没有规定谁在当日停用"), "当日停用两个账号，核对无登录。",
                 "离职流程加一步：当日停用账号，由系统管理员签收。", "每月核对离职名单与账号。"),
    "process": ("42", "两个流程的年检没有留下依据", "抽查8个流程的年检结论，2个只写“无修改”，没有写看了什么。", "minor",
                ("年检表没有要求写依据",), "已补写两个流程的依据。", "年检表加一栏“看了什么”，必填。", None)}


def inspected(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """What happens in the audits of this year, each a thread of its own behind the programme."""
    kept: dict[str, Any] = {}
    return [_programme(stage, kept), *(_audit(stage, kept, subject) for subject in HOUSES)]


def _when(stage: Stage, day: date, hour: int) -> datetime:
    return stage.at((stage.today - day).days, hour)


def _by(stage: Stage, login: str, now: datetime, run: Any) -> Any:
    with stage.quiet.begin(stage.actor(login), now) as work:
        return run(work)


def _days(stage: Stage, subject: str) -> tuple[date, date]:
    month = 2 * list(HOUSES).index(subject) + 1
    return date(stage.today.year, month, 5), date(stage.today.year, month, 25)


def _programme(stage: Stage, kept: dict[str, Any]) -> Iterator[tuple[datetime, Told]]:
    """Written and approved in the first days of the year, everybody named at once."""
    year = stage.today.year

    def draft(now: datetime) -> None:
        row = _by(stage, PLANNER, now, lambda work: planning.begin_programme(
            work, year=year, title=f"{year}年度审核方案", goals=GOALS))
        _by(stage, APPROVER, now, lambda work: planning.approve_programme(work, row.id))
        _by(stage, PLANNER, now, lambda work: planning.activate_programme(work, row.id))
        with stage.quiet.look(stage.actor(PLANNER), now) as work:
            audits = {held.subject: (held.id, held.starts_on, held.ends_on) for held in work.session.scalars(
                select(Engagement).where(Engagement.programme_id == row.id).order_by(Engagement.id))}
        for subject, (one, starts, ends) in audits.items():
            said = Staffing(stage.actor(LEAD).person_id, [], stage.actor(HOUSES[subject]).person_id, starts, ends, None,
                            SCOPE if subject == "security" else None)
            _by(stage, PLANNER, now, lambda work, one=one, said=said: planning.staff(work, one, said))
            kept[subject] = one
    yield _when(stage, min(date(year, 1, 3), stage.today), 9), draft


def _audit(stage: Stage, kept: dict[str, Any], subject: str) -> Iterator[tuple[datetime, Told]]:
    """Begun three days after its first day, finished the day before its last; its finding is worked on afterwards."""
    starts, ends = _days(stage, subject)

    def check(now: datetime, share: float) -> None:
        with stage.quiet.look(stage.actor(LEAD), now) as work:
            points = [(row.id, row.result) for row in auditing.points_of(work, kept[subject])]
        for place, (one, result) in enumerate(points):
            if result is None and place < len(points) * share:
                _by(stage, LEAD, now, lambda work, one=one, place=place: auditing.check(
                    work, one, result="partly" if subject in FOUND and place == len(points) - 1 else "conforms",
                    note_kind=("document", "interview", "observation")[place % 3], note=NOTES[subject][place % 3]))

    def begin(now: datetime) -> None:
        _by(stage, LEAD, now, lambda work: auditing.start(work, kept[subject]))
        check(now, 0.5)

    def finish(now: datetime) -> None:
        day = now.date()
        check(now, 1)
        if subject in FOUND:
            clause, title, words, grade, *_ = FOUND[subject]
            kept[f"finding of {subject}"] = _by(stage, LEAD, now, lambda work: findings.draft_finding(
                work, kept[subject], clause=clause, grade=grade, title=title, text=words)).id
            _by(stage, LEAD, now, lambda work: findings.publish(work, kept[f"finding of {subject}"], today=day))
        _by(stage, LEAD, now, lambda work: auditing.to_review(work, kept[subject]))
        _by(stage, LEAD, now, lambda work: auditing.finish(work, kept[subject], conclusion=CONCLUSIONS[subject], today=day))
    for days, hour, act in ((starts + timedelta(days=3), 10, begin), (ends - timedelta(days=1), 15, finish)):
        if days < stage.today:
            yield _when(stage, days, hour), act
    if subject in FOUND:
        yield from _mended(stage, kept, subject, ends)


def _mended(stage: Stage, kept: dict[str, Any], subject: str, ends: date) -> Iterator[tuple[datetime, Told]]:
    """Answered and agreed within a week; where something keeps it from coming again, done, verified, watched and closed."""
    _, _, _, _, whys, containment, correction, prevention = FOUND[subject]
    house, doer = HOUSES[subject], DOERS[subject]

    def one() -> int:
        return int(kept[f"finding of {subject}"])

    def answer(now: datetime) -> None:
        day = now.date()
        owner = stage.actor(doer).person_id or 0
        _by(stage, house, now, lambda work: findings.respond(work, one(), whys=whys, containment=containment, today=day))
        _by(stage, house, now, lambda work: findings.propose(
            work, one(), correction=correction, prevention=prevention, owner=owner, today=day,
            due_on=day + timedelta(days=20) if prevention else max(day + timedelta(days=60), stage.today + timedelta(days=12))))
        _by(stage, LEAD, now, lambda work: findings.agree(work, one(), today=day))

    def done(now: datetime) -> None:
        day = now.date()
        _by(stage, doer, now, lambda work: findings.act(
            work, one(), proof="离职流程已发布新版；当月名单已核对", records="P-038", done_on=day, today=day))
        _by(stage, LEAD, now, lambda work: findings.verify(
            work, one(), note="看过新版流程与核对表", effect_on=day + timedelta(days=30), today=day))

    def close(now: datetime) -> None:
        day = now.date()
        _by(stage, LEAD, now, lambda work: findings.effect(work, one(), holds=True, note="抽查5名离职人员，均当日停用", today=day))
        _by(stage, LEAD, now, lambda work: findings.close(work, one(), justification="措施落实，两个月未再发生。", today=day))
    acts = ((5, 11, answer), *(((22, 15, done), (55, 10, close)) if prevention else ()))
    for days, hour, act in acts:
        if ends + timedelta(days=days) < stage.today:
            yield _when(stage, ends + timedelta(days=days), hour), act
