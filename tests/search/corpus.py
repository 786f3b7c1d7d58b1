"""Small corpora for the tests of the search engine: hand-made articles and random ones from a tiny
vocabulary."""

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from kmsvc.search.documents import Reach, SearchDocument
from kmsvc.search.requests import Texts

EVERYTHING = Reach(3)
WORDS = (
    "退费",
    "标准",
    "套餐",
    "宽带",
    "投诉",
    "工单",
    "客户",
    "座席",
    "接起率",
    "满意度",
    "免责申请",
    "流程年检",
    "办理",
    "查询",
    "5G",
    "退款",
    "处理",
    "发票",
    "会员",
    "refund",
    "policy",
    "VIP",
    "订单",
    "培训",
    "考试",
    "校准会",
    "话术",
    "升级",
    "回访",
    "登记",
    "审批",
)
KINDS = ("article", "process", "change")
DIMENSIONS = ("product", "region", "channel", "customer")
CATEGORIES = ("资费", "售后", "流程", "培训")


def document(id: int, title: str, body: str = "", **marks: object) -> SearchDocument:
    """An article with sensible marks, each to be overridden."""
    values: dict[str, object] = {
        "kind": "article",
        "number": f"KB-{id:04d}",
        "summary": "",
        "aliases": (),
        "tags": (),
        "category": "资费",
        "language": "zh",
        "level": 1,
        "unit": 0,
        "valid_from": None,
        "valid_to": None,
        "version": 1,
        "updated_on": date(2026, 1, 1),
    }
    return SearchDocument(id=id, title=title, body=body, **(values | marks))  # type: ignore[arg-type]


def random_document(rng: random.Random, id: int) -> SearchDocument:
    """An article of random words, rights and validity."""

    def some(most: int) -> str:
        return "".join(rng.choice(WORDS) + rng.choice(("", "", "的", "，", " ")) for _ in range(most))

    start = date(2026, 1, 1) + timedelta(days=rng.randrange(100))
    return document(
        id,
        some(rng.randint(1, 4)),
        some(rng.randint(0, 40)),
        kind=rng.choice(KINDS),
        number=f"KB-{rng.randrange(200):04d}",
        summary=some(rng.randint(0, 5)),
        aliases=tuple(some(2) for _ in range(rng.randrange(3))),
        tags=tuple(rng.choice(WORDS) for _ in range(rng.randrange(3))),
        category=rng.choice(CATEGORIES),
        level=rng.randint(1, 3),
        unit=rng.randrange(4),
        valid_from=start if rng.random() < 0.3 else None,
        valid_to=start + timedelta(days=60) if rng.random() < 0.3 else None,
        version=rng.randint(1, 9),
        scopes=random_scopes(rng),
    )


def random_scopes(rng: random.Random, most: int = 3) -> tuple[str, ...]:
    """Some values of some dimensions, often none."""
    return tuple(sorted(f"{name}.{rng.randint(1, 4)}" for name in rng.sample(DIMENSIONS, rng.randint(0, most))))


def texts_of(documents: Iterable[SearchDocument], seen: Reach | None = None) -> Texts:
    """What the database gives for keys: title, and summary with body; only what a reader may see, if
    given."""
    store = {
        d.key: (d.title, f"{d.summary}\n{d.body}")
        for d in documents
        if seen is None or seen.allows(d.kind, d.id, d.level, d.unit)
    }

    def texts(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        return {key: store[key] for key in keys if key in store}

    return texts
