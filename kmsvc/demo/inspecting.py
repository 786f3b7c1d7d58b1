"""Internal audits of the demo: the programme of this year, the audit of security finished with a closed and an open finding."""

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

PLANNER, APPROVER, LEAD, HOUSE, DOER = "qinlangyue", "gumingchuan", "baishuo", "songyi", "liqiang"
GOALS = "按条款要求完成全年六项审核；重点看整改是否按期、效果是否保持。"
SCOPE = "现场、系统账号与外包人员。查阅近一年的安全检查记录，抽查座席工位。"
NOTES = ("查阅安全策略V3与年度修订记录", "抽问6名座席，均知道上报渠道", "现场查看，工牌佩戴齐全")
CLOSED = ("离职账号三天后才停用", "抽查12名离职人员，2名的账号在离职三天后才停用；要求是离职当日。", "major",
          ("离职通知靠邮件，没有到系统管理员", "流程没有规定谁在当日停用"), "当日停用两个账号，核对无登录。",
          "离职流程加一步：当日停用账号，由系统管理员签收。", "每月核对离职名单与账号。")
OPEN = ("外包人员未签保密协议", "抽查8名外包人员，1名上岗一周后才签保密协议。", "minor", ("外包到岗时间由供应商临时调整，没有通知",),
        "已补签。", "到岗通知提前一天，未签不开通账号。", None)


def inspected(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """What happens in the audits of this year."""
    return [_year(stage)]


def _year(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    kept: dict[str, int] = {}
    first = max(stage.today - timedelta(days=150), date(stage.today.year, 1, 2))

    def when(share: float, hour: int) -> datetime:
        days = (stage.today - first).days
        return stage.at(days - int(days * share), hour)

    def by(login: str, now: datetime, run: Any) -> Any:
        with stage.quiet.begin(stage.actor(login), now) as work:
            return run(work)

    def draft(now: datetime) -> None:
        row = by(PLANNER, now, lambda work: planning.begin_programme(
            work, year=stage.today.year, title=f"{stage.today.year}年度审核方案", goals=GOALS))
        kept["programme"] = row.id
        by(APPROVER, now, lambda work: planning.approve_programme(work, row.id))
        by(PLANNER, now, lambda work: planning.activate_programme(work, row.id))

    def staff(now: datetime) -> None:
        with stage.quiet.look(stage.actor(PLANNER), now) as work:
            audits = {row.subject: (row.id, row.starts_on, row.ends_on) for row in work.session.scalars(select(Engagement))}
        people = {login: stage.actor(login).person_id for login in (LEAD, HOUSE)}
        kept["audit"] = audits["security"][0]
        for one, starts, ends in audits.values():
            said = Staffing(people[LEAD], [], people[HOUSE], starts, ends, None, SCOPE if one == kept["audit"] else None)
            by(PLANNER, now, lambda work, one=one, said=said: planning.staff(work, one, said))

    def audit(now: datetime) -> None:
        day = now.date()
        by(LEAD, now, lambda work: auditing.start(work, kept["audit"]))
        with stage.quiet.look(stage.actor(LEAD), now) as work:
            points = [row.id for row in auditing.points_of(work, kept["audit"])]
        for place, one in enumerate(points):
            by(LEAD, now, lambda work, one=one, place=place: auditing.check(
                work, one, result="partly" if place == 1 else "conforms",
                note_kind=("document", "interview", "observation")[place % 3], note=NOTES[place % 3]))
        for name, said in (("closed", CLOSED), ("open", OPEN)):
            row = by(LEAD, now, lambda work, said=said: findings.draft_finding(
                work, kept["audit"], clause="35" if said is CLOSED else "27", grade=said[2], title=said[0], text=said[1]))
            kept[name] = row.id
            by(LEAD, now, lambda work, row=row: findings.publish(work, row.id, today=day))
        by(LEAD, now, lambda work: auditing.to_review(work, kept["audit"]))
        by(LEAD, now, lambda work: auditing.finish(
            work, kept["audit"], conclusion="安全策略完整、有人负责，执行总体到位；两项发现需整改。", today=day))

    def answer(now: datetime) -> None:
        day = now.date()
        owner = stage.actor(DOER).person_id or 0
        for name, said in (("closed", CLOSED), ("open", OPEN)):
            one = kept[name]
            by(HOUSE, now, lambda work, one=one, said=said: findings.respond(
                work, one, whys=said[3], containment=said[4], today=day))
            by(HOUSE, now, lambda work, one=one, said=said, name=name: findings.propose(
                work, one, correction=said[5], prevention=said[6], owner=owner, today=day,
                due_on=day + timedelta(days=10) if name == "closed" else stage.today + timedelta(days=12)))
            by(LEAD, now, lambda work, one=one: findings.agree(work, one, today=day))

    def done(now: datetime) -> None:
        day = now.date()
        one = kept["closed"]
        by(DOER, now, lambda work: findings.act(work, one, proof="离职流程已发布新版；当月名单已核对", done_on=day, today=day))
        by(LEAD, now, lambda work: findings.verify(
            work, one, note="看过新版流程与核对表", effect_on=day + timedelta(days=20), today=day))

    def close(now: datetime) -> None:
        day = now.date()
        by(LEAD, now, lambda work: findings.effect(work, kept["closed"], holds=True, note="抽查5名离职人员，均当日停用", today=day))
        by(LEAD, now, lambda work: findings.close(work, kept["closed"], justification="措施落实，两个月未再发生。", today=day))
    for share, hour, act in (
            (0.02, 9, draft), (0.05, 10, staff), (0.4, 14, audit), (0.5, 11, answer), (0.6, 15, done), (0.9, 10, close)):
        yield when(share, hour), act
