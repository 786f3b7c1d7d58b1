"""Measures the search engine on synthetic Chinese articles: questions, suggestions, updates, rebuild, memory.

    python -m benchmarks.search_engine [--articles 10000] [--questions 400] [--folder DIR]

The generator is our own: topics of a contact centre, words drawn by frequency, some 530 characters each.
Absolute figures are of one machine; compare runs on the same one.
"""

import argparse
import random
import resource
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter

from kmsvc.search.documents import Deleted, Reach, SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.requests import SearchRequest


def _words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


THINGS = _words(
    "退费 套餐 宽带 流量包 实名认证 携号转网 工单 投诉 发票 会员 积分 优惠券 快递 换货 退货 维修 "
    "保修 账单 充值 密码 验证码 合同 押金 违约金 滞纳金 停机 复机 补卡 销户 过户 国际漫游 短信 "
    "彩铃 路由器 机顶盒 光猫 上门服务 预约 排班 质检 校准会 培训计划 考试 话术 知识库 接起率 "
    "满意度 平均处理时长 首次解决率 免责申请 流程年检 应急预案"
)
ASPECTS = _words(
    "标准 流程 办法 规定 话术 条件 时限 资费 权限 登记 回访 升级 审批 模板 案例 问答 说明 变更 检查 统计"
)
VERBS = _words(
    "申请 办理 查询 确认 核对 通知 登记 审批 退回 处理 告知 记录 转接 回访 提交 修改 取消 恢复 说明 安抚"
)
PLACES = _words("北京 上海 广州 深圳 成都 杭州 南京 武汉 西安 重庆 天津 苏州 长沙 青岛 郑州 沈阳 昆明 合肥")
FILLERS = _words(
    "客户 座席 班组长 系统 页面 当日 工作日 小时 原因 金额 凭证 身份 信息 渠道 微信 电话 短信 "
    "邮件 订单 编号 必须 可以 不得 应当 如果 同时 然后 之后 之前 需要 根据 按照 由于 否则 以及 "
    "并且 立即 尽快 耐心 准确 完整"
)
ENGLISH = _words(
    "VIP APP IVR CRM 5G WiFi KPI SLA order refund policy ticket invoice contract training callback"
)
KINDS = ("article", "process", "change")


def article(number: int, seed: int = 0) -> SearchDocument:
    """One article; the same number and seed give the same text."""
    rng = random.Random(f"{seed}:{number}")
    thing, aspect = rng.choice(THINGS), rng.choice(ASPECTS)
    title = (
        f"{rng.choice(PLACES)}{thing}{aspect}"
        if rng.random() < 0.5
        else f"{thing}{rng.choice(VERBS)}{aspect}"
    )
    start = date(2026, 1, 1) + timedelta(days=rng.randrange(200))
    return SearchDocument(
        kind=KINDS[min(2, int(rng.expovariate(1.2)))],
        id=number,
        number=f"KB-{number:05d}",
        title=f"{title}（{number}）" if rng.random() < 0.3 else title,
        body="\n".join(_paragraph(rng, thing, aspect) for _ in range(max(1, int(rng.gauss(6, 3))))),
        summary=_sentence(rng, thing, aspect),
        aliases=(f"{thing}怎么{rng.choice(VERBS)}",) if rng.random() < 0.3 else (),
        tags=(thing, aspect),
        category=f"类别{min(11, int(rng.expovariate(0.4)))}",
        language="zh",
        level=rng.choice((1, 1, 1, 2, 2, 3)),
        unit=rng.choice((0, 0, 0, 1, 2, 3, 4)),
        valid_from=start if rng.random() < 0.2 else None,
        valid_to=None,
        version=1,
        updated_on=start,
    )


def _sentence(rng: random.Random, thing: str, aspect: str) -> str:
    words = []
    for _ in range(rng.randint(5, 12)):
        pool = rng.choices((FILLERS, VERBS, (thing, aspect), THINGS, PLACES, ENGLISH), (9, 6, 3, 2, 1, 1))[0]
        words.append(rng.choice(pool))
        if rng.random() < 0.25:
            # rare characters give the vocabulary its long tail
            words.append(chr(0x4E00 + int(rng.paretovariate(0.35)) % 6000))
    return (
        "".join(words)
        + rng.choice("。。。，；？")
        + (f"{rng.randrange(1, 400)}元。" if rng.random() < 0.2 else "")
    )


def _paragraph(rng: random.Random, thing: str, aspect: str) -> str:
    return "".join(_sentence(rng, thing, aspect) for _ in range(rng.randint(2, 6)))


def questions(count: int) -> list[str]:
    """A mix: short, two words, sentences, English, quotations, initials, numbers, single characters."""
    rng = random.Random(7)

    def one() -> str:
        thing, aspect, verb = rng.choice(THINGS), rng.choice(ASPECTS), rng.choice(VERBS)
        return rng.choice(
            (
                thing,
                thing + aspect,
                f"{thing} {aspect}",
                f"{rng.choice(PLACES)}的客户要求{verb}{thing}怎么处理，{aspect}是什么",
                f"您好，我上周{verb}了{thing}，到现在还没有{rng.choice(VERBS)}，"
                f"请问{rng.choice(PLACES)}的{aspect}是怎样的，多久可以{verb}",
                rng.choice(ENGLISH) + thing,
                f'"{thing}{aspect}"',
                rng.choice(("tfbz", "kdlc", "fpbl", "gdhf")),
                f"KB-{rng.randrange(9000):05d}",
                rng.choice("退费宽带的不"),
            )
        )

    return [one() for _ in range(count)]


def quantiles(milliseconds: Sequence[float]) -> str:
    """p50, p95 and the worst of some durations."""
    ordered = sorted(milliseconds)
    p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
    return f"p50 {p50:7.2f} ms   p95 {p95:7.2f} ms   max {ordered[-1]:7.2f} ms"


def timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Duration of each call in milliseconds."""
    durations = []
    for call in calls:
        started = perf_counter()
        call()
        durations.append((perf_counter() - started) * 1000)
    return durations


def resident_mb() -> float:
    """Memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize() / 1e6


def measure(folder: Path, count: int, asked: int) -> None:
    """Build, ask and print."""
    store = {document.key: document for document in map(article, range(count))}
    texts = lambda keys: {key: (store[key].title, store[key].body) for key in keys}  # noqa: E731
    print(f"{count} articles, {sum(len(d.body) for d in store.values()) / count:.0f} characters each")
    SearchEngine(folder).rebuild([])
    base = resident_mb()
    started = perf_counter()
    SearchEngine(folder).rebuild(store.values())
    seconds = perf_counter() - started
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    print(f"rebuild            {seconds:.1f} s, {count / seconds:.0f} documents/s, index {size:.0f} MB")
    engine = SearchEngine(folder)
    started = perf_counter()
    engine.warm()
    print(f"open and warm      {(perf_counter() - started) * 1000:.0f} ms")
    today, reach = date(2026, 6, 1), Reach(2, frozenset({1, 2}))
    asks = [lambda q=q: engine.search(SearchRequest(q, reach, on=today), texts) for q in questions(asked)]
    print("search, cold       " + quantiles(timed(asks)))
    print("search, warm       " + quantiles(timed(asks)))
    bare = [lambda q=q: engine.search(SearchRequest(q, reach, on=today)) for q in questions(asked)]
    print("scoring alone      " + quantiles(timed(bare)))
    rng = random.Random(3)
    typed = [
        word[:n]
        for word in (*THINGS, "tuifei", "kuandai", "tfbz", "ld", "KB-00")
        for n in range(1, len(word) + 1)
    ]
    suggestions = [lambda t=t: engine.suggest(t, reach, today) for t in rng.choices(typed, k=asked)]
    print("suggest            " + quantiles(timed(suggestions)))
    durations = []
    for turn in range(60):
        fresh = replace(article(rng.randrange(count), seed=turn + 1), kind="article")
        store[fresh.key] = fresh
        started = perf_counter()
        engine.apply([fresh])
        engine.search(SearchRequest(fresh.title, reach))
        durations.append((perf_counter() - started) * 1000)
    print("update to visible  " + quantiles(durations))
    print("search, segments   " + quantiles(timed(asks)))
    hundred = [replace(article(number, seed=99), kind="change") for number in range(99)]
    store |= {document.key: document for document in hundred}
    print(
        "batch of 100       " + quantiles(timed([lambda: engine.apply([*hundred, Deleted("article", -1)])]))
    )
    print("optimise           " + quantiles(timed([engine.optimise])))
    print(f"memory             {resident_mb():.0f} MB, {base:.0f} MB before the build (articles included)")


def main() -> None:
    """Read the arguments and measure in a folder that is removed afterwards unless given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="kmsvc-search-"))
    try:
        measure(folder, arguments.articles, arguments.questions)
    finally:
        if arguments.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
