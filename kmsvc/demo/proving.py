"""Files and links as proof in the demo: what the service cannot know by itself. One expires soon, one has expired, one was revised."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kmsvc.demo.asking import Told
from kmsvc.files.store import keep
from kmsvc.standards.evidence import proofs
from kmsvc.standards.evidence.proofs import ProofText

if TYPE_CHECKING:
    from kmsvc.demo.play import Stage

# (days ago, title, clauses, days the proof is older, days until its last day, file or address, text, accepted)
SHOWN: tuple[tuple[int, str, tuple[str, ...], int, int | None, str, str, bool], ...] = (
    (200, "员工保密协议汇总（已签）", ("27",), 6, 165, "保密协议汇总.csv",
     "部门,应签,已签,签署日期\n一线客服,86,86,本年1月\n质检,9,9,本年1月\n培训,7,7,本年1月\n", True),
    (150, "机房消防与UPS检测报告", ("14", "24"), 4, 18, "消防与UPS检测报告.txt",
     "检测单位：本市消防技术服务中心\n结论：烟感、喷淋、UPS 后备时间均合格。\n下次检测：半年内。\n", True),
    (320, "信息系统等级测评备案（上一期）", ("17", "19"), 3, -12, "https://files.example/standards/grading-filing", "", True),
    (40, "员工满意度调查外部报告", ("94",), 12, None, "员工满意度调查报告.txt",
     "样本：全员 128 人，回收 119 份。\n四项驱动：工作环境 4.2、绩效制度 3.9、员工发展 4.0、对管理层反馈 3.8。\n", False),
)
REVISED = ("机房消防与UPS检测报告", 100, "消防与UPS检测报告-盖章.txt",
           "检测单位：本市消防技术服务中心（盖章版）\n结论：烟感、喷淋、UPS 后备时间均合格。\n下次检测：半年内。\n")


def proved(stage: Stage) -> Iterator[tuple[datetime, Told]]:
    """Added by the compliance manager, looked through by a manager some days later."""
    made: dict[str, int] = {}
    moments: list[tuple[datetime, Told]] = []
    for days_ago, title, clauses, older, until, what, text, accepted in SHOWN:
        words = ProofText(title, clauses, stage.today - timedelta(days=days_ago + older), None,
                          stage.today + timedelta(days=until) if until is not None else None, what if "://" in what else None)
        if words.url is None and stage.files is None:
            continue

        def add(now: datetime, words: ProofText = words, what: str = what, text: str = text) -> None:
            made[words.title] = _add(stage, now, words, what, text)
        moments.append((stage.at(days_ago, 15), add))
        if accepted:
            moments.append((stage.at(days_ago - 3, 16), lambda now, title=title: _accept(stage, now, made[title])))  # type: ignore[misc]
    if stage.files is not None:
        title, days_ago, name, text = REVISED
        moments += [(stage.at(days_ago, 10), lambda now: _revise(stage, now, made[title], name, text)),
                    (stage.at(days_ago - 2, 10), lambda now: _accept(stage, now, made[title]))]
    yield from sorted(moments, key=lambda one: one[0])


def _who(stage: Stage, role: str) -> str:
    return next(login for login, person in stage.cast.items() if role in person.role_names)


def _add(stage: Stage, now: datetime, words: ProofText, name: str, text: str) -> int:
    stored = keep(stage.files, io.BytesIO(text.encode("utf-8-sig")), name) if words.url is None and stage.files else None
    with stage.quiet.begin(stage.actor(_who(stage, "compliance")), now) as work:
        return proofs.add_proof(work, words, today=now.date(), stored=stored).id


def _revise(stage: Stage, now: datetime, proof_id: int, name: str, text: str) -> None:
    assert stage.files is not None
    stored = keep(stage.files, io.BytesIO(text.encode("utf-8-sig")), name)
    _, title, clauses, older, until, *_ = next(one for one in SHOWN if one[1] == REVISED[0])
    words = ProofText(title, clauses, now.date() - timedelta(days=older), None, stage.today + timedelta(days=until or 0))
    with stage.quiet.begin(stage.actor(_who(stage, "compliance")), now) as work:
        proofs.revise_proof(work, proof_id, words, today=now.date(), stored=stored)


def _accept(stage: Stage, now: datetime, proof_id: int) -> None:
    with stage.quiet.begin(stage.actor(_who(stage, "manager")), now) as work:
        proofs.look_through(work, proof_id, accepted=True)
