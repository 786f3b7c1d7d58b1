"""Process audits of the demo: last year's is closed and archived, this year's is running; and the themed optimisations of both years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from kmsvc.demo.asking import Told
from kmsvc.demo.content.processes import processes
from kmsvc.process.audits import judging, themes, usecases
from kmsvc.process.audits.judging import Judged
from kmsvc.process.audits.rules import QUESTIONS
from kmsvc.process.changes.usecases import close_with_reason
from kmsvc.process.definitions.models import Process

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

LEAD = "liqiang"
SHARED = (("external", "liqiang"), ("quality", "hejia"), ("training", "hejia"), ("production", "shenning"), ("project", "shenning"),
          ("personnel", "qinlangyue"), ("data", "qinlangyue"))
"""group of processes -> who audits it; none of them owns one there"""
YES = dict.fromkeys(QUESTIONS, True)
OLD_FINDING = "抽查十通，第三步与系统界面已不一致，客服靠口头提醒补上。"
FINDINGS: dict[str, tuple[dict[str, bool], str, str]] = {
    "P-005": ({"correct": False}, "争议金额的核查时限写5个工作日，系统工单已改为3个工作日，按文执行会超时。",
              "改时限，补一条超时升级的去处。"),
    "P-019": ({"followed": False}, "抽查20次调班，7次没有经过班长确认就直接换班，流程没有说夜班怎么确认。",
              "补夜班确认方式，班前会宣贯。"),
}
KEPT_WORDS = {0: "对照最近三个月的抽检，逐步走了一遍，与实际一致。", 3: "问了两名客服，都能说出关键步骤。"}
JUDGED_OF_TEN = 7
THEMES_BEFORE = (
    (1, "缩短退费等待", "一季度退费超时投诉96起，占全部超时投诉的四成。", "超时投诉降到每季40起以内。", "最近一季31起。", "reached",
     ("P-004", "P-006")),
    (2, "减少无效转接", "转接后再转接占转接总量11.8%，主要在故障与账单之间。", "二次转接降到6%以下。", "降到7.4%。", "partly",
     ("P-003", "P-005")),
    (4, "新人上手更快", "新人首月一次解决率61%，比老员工低22个百分点。", "首月一次解决率到70%。", "首月一次解决率72%。", "reached",
     ("P-025", "P-026")))
THEMES_NOW = (
    (1, "核身一次说清", "核身环节平均74秒，重复提问占投诉8%。", "核身缩短到55秒，重复提问减半。", "平均53秒，重复提问占3.1%。",
     "reached",
     ("P-001",)),
    (2, "故障通报不漏人", "三次大面积故障中有14%的在线客服十分钟后才知道。", "五分钟内全部收到。", "最近一次4分20秒全部确认。",
     "reached", ("P-010",)),
    (4, "账单争议一次办结", "争议工单平均流转2.6次，二次来电31%。", "流转降到1.5次，二次来电降到18%。", "", "", ("P-005", "P-004")))
CONCLUSION = "在用流程全部审过，总体仍需要、与实际一致。需要更新的已提变更申请，随后与在办申请合并处理。"
ACTIONS = "一、更新类问题两个月内改完，流程部跟进；二、下一年度重点看“是否照做”，抽查量加倍。"
MERGED = "与业务负责人正在准备的年度修订合并处理，由负责人补齐材料后一并提出。"


def audited(stage: Stage) -> list[Iterator[tuple[datetime, Told]]]:
    """What happens in the audits of last year and of this year; the themes beside them."""
    return [_last_year(stage), _this_year(stage), _themes(stage)]


def _when(stage: Stage, day: date, hour: int) -> datetime:
    return stage.at((stage.today - day).days, hour)


def _begin(stage: Stage, db: Any, now: datetime, year: int, due_on: date) -> int:
    with db.begin(stage.actor(LEAD), now) as work:
        one = usecases.plan_audit(work, year=year, due_on=due_on, purpose="先看对客流程，重点核对时限和系统步骤。").id
        usecases.start_audit(work, one, today=now.date())
    for group, auditor in SHARED:
        with db.begin(stage.actor(LEAD), now) as work:
            held = {it.group for it in usecases.items_of(work, one)}
            if group in held:
                usecases.assign(work, one, auditor=auditor, group=group)
    return one


def _judge(stage: Stage, db: Any, now: datetime, item_id: int, auditor_id: int, said: Judged) -> None:
    with db.begin(stage.actor(stage.logins[auditor_id]), now) as work:
        judging.judge(work, item_id, said, today=now.date())


def _last_year(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    year = stage.today.year - 1
    kept: dict[str, int] = {}
    later = {text.code: text.versions[-1].days_ago for text in processes() if text.review_owed}

    def begin(now: datetime) -> None:
        kept["audit"] = _begin(stage, stage.quiet, now, year, date(year, 12, 20))

    def judge(now: datetime) -> None:
        with stage.quiet.look(stage.actor(LEAD), now) as work:
            items = [(it.id, it.auditor_id, work.get(Process, it.process_id).number) for it in usecases.items_of(work, kept["audit"])]
        for place, (one, auditor, code) in enumerate(items):
            owed = code in later and later[code] > (stage.today - now.date()).days - 20
            said = Judged(YES | {"correct": False}, "update", OLD_FINDING, action="按界面改写第三步。") if owed else Judged(
                YES, "keep", KEPT_WORDS.get(place % 5))
            _judge(stage, stage.quiet, now, one, auditor or 0, said)

    def follow(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(LEAD), now) as work:
            wanted = [it for it in usecases.items_of(work, kept["audit"]) if it.result == "update"]
            made = [judging.open_change(work, it.id, today=now.date()).id for it in wanted]
        for one in made:
            with stage.quiet.begin(stage.actor(LEAD), now) as work:
                close_with_reason(work, one, "reject", reason=MERGED)
        with stage.quiet.begin(stage.actor(LEAD), now) as work:
            judging.sign_kept(work, kept["audit"], content_hash=None, comment="已逐条复核", today=now.date())

    def close(now: datetime) -> None:
        with stage.quiet.begin(stage.actor(LEAD), now) as work:
            usecases.close_audit(work, kept["audit"], conclusion=CONCLUSION, actions=ACTIONS, today=now.date())
    for day, hour, act in ((3, 10, begin), (12, 10, judge), (12, 15, follow), (18, 10, close)):
        yield _when(stage, date(year, 12, day), hour), act


def _this_year(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    first = max(stage.today - timedelta(days=18), date(stage.today.year, 1, 1))
    kept: dict[str, int] = {}

    def begin(now: datetime) -> None:
        due_on = max(date(stage.today.year, 12, 15), stage.today + timedelta(days=20))
        kept["audit"] = _begin(stage, stage.db, now, stage.today.year, due_on)

    def judge(now: datetime) -> None:
        with stage.quiet.look(stage.actor(LEAD), now) as work:
            items = [(it.id, it.auditor_id, work.get(Process, it.process_id).number) for it in usecases.items_of(work, kept["audit"])]
        for place, (one, auditor, code) in enumerate(items):
            if code in FINDINGS:
                wrong, found, action = FINDINGS[code]
                _judge(stage, stage.quiet, now, one, auditor or 0, Judged(YES | wrong, "update", found, action=action))
            elif place % 10 < JUDGED_OF_TEN:
                _judge(stage, stage.quiet, now, one, auditor or 0, Judged(YES, "keep", KEPT_WORDS.get(place % 5)))
    yield _when(stage, first, 9), begin
    yield _when(stage, max(first, stage.today - timedelta(days=2)), 16), judge


def _themes(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    for year, rows in ((stage.today.year - 1, THEMES_BEFORE), (stage.today.year, THEMES_NOW)):
        for quarter, theme, why, expected, measured, result, codes in rows:
            begins = date(year, quarter * 3 - 2, 10)
            ends = date(year, quarter * 3, 25)
            if begins >= stage.today:
                continue
            kept: dict[str, int] = {}

            said = themes.Theme(year, quarter, theme, why, expected, stage.cast["cenxi"].id)

            def begin(now: datetime, said: themes.Theme = said, codes: Sequence[str] = codes, kept: dict[str, int] = kept) -> None:
                with stage.quiet.begin(stage.actor(LEAD), now) as work:
                    its = [stage.process_ids[code] for code in codes if code in stage.process_ids]
                    kept["theme"] = themes.add_theme(work, replace(said, processes=its)).id
            yield _when(stage, begins, 14), begin
            if result and ends < stage.today:
                def close(now: datetime, result: str = result, measured: str = measured, kept: dict[str, int] = kept) -> None:
                    with stage.quiet.begin(stage.actor(LEAD), now) as work:
                        themes.close_theme(work, kept["theme"], result=result, measured=measured,
                                           conclusion="做法写进了流程，按月看数。", today=now.date())
                yield _when(stage, ends, 14), close
