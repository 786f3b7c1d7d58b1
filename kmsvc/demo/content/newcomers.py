"""The classes of newcomers of the demo and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Newcomer:
    """Somebody in a class. missing: days without forms; exams: day -> score; notes: (day, kind, words); undecided: weeks without a
    decision; results: (day, points as the sheet has them, words); until, end: the week in which it ended before its time, and how."""

    login: str
    name: str
    unit: str
    mentor: str
    exams: Mapping[int, int] = field(default_factory=dict)
    missing: tuple[int, ...] = ()
    notes: tuple[tuple[int, str, str], ...] = ()
    undecided: tuple[int, ...] = ()
    results: tuple[tuple[int, str, str], ...] = ()
    until: int | None = None
    end: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Class:
    """A class; day: number of today, beyond 40 for one that is over."""

    name: str
    teacher: str
    inspector: str
    day: int
    material: str
    newcomers: tuple[Newcomer, ...]


MATERIAL = "规章制度手册、全业务教材（2026 版）、各部门内训教材、20 通典型录音"
LEARNED = (
    ("企业与行业介绍", "了解了中心的组织、服务承诺和值班纪律。"),
    ("宽带报障定位", "学会按四步定位宽带故障，光猫指示灯还要再背一遍。"),
    ("退费时限与例外", "跨省退费的例外有三种，和带教师傅对了一遍案例。"),
    ("案例分析：升级投诉", "先听完、再复述、再给方案，演练时还是抢话了。"),
    ("情景模拟演练", "演练了三轮开场和结束语，节奏比昨天稳。"),
    ("跟听与录音分享", "跟听十二通，记下了两种催单的好说法。"),
    ("系统上机操作", "工单系统能独立建单，知识检索的快捷键记住了大半。"),
    ("绩效规则说明", "弄清了质检得分和月度绩效的关系。"))
SAID = ("认真，提问积极。", "口径掌握得准，语速可以再慢一点。", "演练时能主动补位，继续保持。", "案例笔记完整，例外情形要再记一遍。",
        "跟听记录细致，明天试着先说判断再看答案。")
EXAM_WORDS = {True: "闭卷四十题，计费和退费部分掌握扎实。", False: "退费例外和实名核验两部分失分多，已约周三补讲。"}
EVALUATION: dict[str, Any] = {
    "text": "内容贴近实际，希望多安排上机时间。", "content": 5, "trainer": 5, "time": 3, "method": 4, "environment": 4, "rules": 4}
TALKS: dict[str, dict[str, str]] = {
    "shenzhixia": {"shortcomings": "遇到长沉默会紧张，结束语有时漏掉。", "advice": "用三句固定话术填补查询等待；结束前看一眼提示卡。"},
    "linyifan": {"shortcomings": "退费例外记不牢，理论测验不稳。", "advice": "每天下班前做十题错题本，周三跟师傅对一次案例。"},
    "dinghe": {"shortcomings": "系统切换慢，客户等待偏长。", "advice": "先记住三个高频快捷键，每天练二十分钟。"}}
PROVEN = (("security", "信息安全必修，课后测验 95 分"), ("processes", "流程考试 90 分，生效流程全部确认阅读"),
          ("skills", "最低技能实操通过"), ("post_exam", "岗位考试 91 分"), ("nda", "保密协议已签，人事行政归档"))
"""(point of the list before going live, what proves it)"""
RESULTS_FILE = "质检抽检表-带教期.xlsx"

_GOOD = {10: 88, 20: 91, 30: 90}
CLASSES = (
    Class("{month}月新人班", "yezhou", "xuqing", 23, MATERIAL, (
        Newcomer("shenzhixia", "沈知夏", "OPS-BB", "mengxiao", {10: 92, 20: 94}),
        Newcomer("linyifan", "林一帆", "OPS-BB", "luoxi", {10: 83, 20: 68}, undecided=(4,)),
        Newcomer("gunanqiao", "顾南乔", "OPS-MOB", "lvruonan", {10: 90, 20: 88}, missing=(22,)),
        Newcomer("xujiashu", "许嘉树", "OPS-MOB", "lvruonan", {10: 85, 20: 86}, missing=(16, 17, 18, 19, 22)),
        Newcomer("heyutong", "何雨桐", "OPS-MALL", "zhongyi", {10: 87, 20: 89},
                 notes=((21, "attention", "近两天跟听时走神，情绪低落，请班主任关注。"),)),
        Newcomer("zhouyining", "周以宁", "OPS-CHAT", "tanmuzi", {10: 86, 20: 90},
                 notes=((16, "absent", "发烧请假"), (17, "absent", "发烧请假"), (18, "note", "已补看两天的录像。"))),
        Newcomer("tangkexin", "唐可心", "OPS-CHAT", "tanmuzi", {10: 84, 20: 82}))),
    Class("{month}月新人班（带教期）", "fangyuan", "xuqing", 37, MATERIAL, (
        Newcomer("dinghe", "丁禾", "OPS-BB", "mengxiao", _GOOD, results=(
            (31, "88", ""), (32, "91", ""), (33, "86", "结束语缺一句"), (34, "0.93", ""), (35, "92%", ""))),
        Newcomer("bailu", "白鹭", "OPS-MOB", "lvruonan", _GOOD, results=(
            (31, "79", "未复述诉求"), (32, "82", ""), (34, "84", ""), (35, "83", ""))),
        Newcomer("hetian", "何田", "OPS-MALL", "zhongyi", _GOOD, results=(
            (31, "71", "退款时限说错"), (32, "76", "未核对订单号"), (33, "78", ""), (35, "74", "承诺了做不到的时间"))))),
    Class("{month}月新人班", "yezhou", "hejia", 66, MATERIAL, (
        Newcomer("chenxiaoman", "陈小满", "OPS-BB", "mengxiao", _GOOD, results=((31, "85", ""), (34, "90", ""), (38, "92", ""))),
        Newcomer("jiangyue", "蒋悦", "OPS-CARE", "qinxiao", _GOOD, results=((31, "84", ""), (35, "88", ""), (39, "91", ""))),
        Newcomer("luoziang", "罗子昂", "OPS-MOB", "lvruonan", {10: 61}, until=2,
                 end=("leave", "本人提出不适应轮班，双方协商一致。")))))
