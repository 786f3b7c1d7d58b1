"""R-S1: answers are byte-equal with and without the documents that a reader may not see.

Hits, order, scores, totals, facets, snippets and suggestions. Two indexes are compared: one with all
documents, one from which everything beyond the reader's reach was never there, written in other batches and
another order.
"""

import dataclasses
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.search.documents import Deleted, Reach, SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.requests import SearchRequest, SearchResult, Suggestion
from kmsvc.search.scopes import Wanted, dimension_of
from tests.search.corpus import (
    CATEGORIES,
    DIMENSIONS,
    KINDS,
    WORDS,
    document,
    random_document,
    random_scopes,
    texts_of,
)
from tests.support.figures import full

CORPORA, QUESTIONS = full(20, short=4), full(100, short=30)
TODAY = date(2026, 3, 1)


def visible(one: SearchDocument, reach: Reach) -> bool:
    """The rule itself, written a second time and without the engine's masks."""
    return (
        one.level <= reach.level
        and (reach.units is None or one.unit == 0 or one.unit in reach.units)
        and (reach.kinds is None or one.kind in reach.kinds)
        and one.key not in reach.hidden
        and (one.valid_from is None or one.valid_from <= TODAY)
        and (one.valid_to is None or one.valid_to >= TODAY)
    )


def random_reach(rng: random.Random, documents: list[SearchDocument]) -> Reach:
    units = None if rng.random() < 0.3 else frozenset(rng.sample(range(1, 4), rng.randrange(3)))
    kinds = None if rng.random() < 0.6 else frozenset(rng.sample(KINDS, 2))
    hidden = frozenset(d.key for d in rng.sample(documents, rng.randrange(4)))
    return Reach(rng.randint(1, 2), units, kinds, hidden)


def random_text(rng: random.Random) -> str:
    words = rng.sample(WORDS, rng.randint(1, 5))
    return rng.choice(
        (
            "".join(words),
            " ".join(words),
            words[0][0],
            f'"{"".join(words[:2])}"',
            rng.choice(("tf", "tfbz", "kd", "refund", "jql", "mzsq", "v", "5g套餐", "tuifie", "kuandia biaozhun", "mianzesehnqing")),
            "完全不存在的东西" + rng.choice(words),
            f"KB-{rng.randrange(200):04d}",
            f"请问{words[0]}怎么{words[-1]}，需要多久，{words[len(words) // 2]}可以吗",
        )
    )


def write(folder: Path, documents: list[SearchDocument], rng: random.Random) -> SearchEngine:
    """An index of the documents, from a rebuild and some batches, with traces of updates and deletions."""
    engine = SearchEngine(folder, poll_s=0)
    documents = rng.sample(documents, len(documents))
    cut = rng.randint(0, len(documents))
    engine.rebuild([*documents[:cut], document(9_999, "退费标准退费")])
    rest = documents[cut:]
    while rest:
        size = rng.randint(1, 12)
        batch, rest = rest[:size], rest[size:]
        engine.apply([dataclasses.replace(batch[0], title="旧标题退费", version=0)])
        engine.apply(batch)
    engine.apply([Deleted("article", 9_999)])
    return engine


def bare(result: SearchResult) -> bytes:
    """All that a reader sees, as bytes, in its order; only the time taken is left out."""
    return repr(
        (result.hits, result.total, list(result.categories.items()), list(result.kinds.items()), sorted(result.scopes.items()),
         told_everywhere(result), result.tried, result.weak, result.slipped)
    ).encode()


def told_everywhere(result: SearchResult) -> list[int]:
    """How many apply to all of each dimension, as it is shown: all, where nothing that is seen names one."""
    return [result.everywhere.get(name, result.total) for name in DIMENSIONS]


def random_choice(rng: random.Random) -> Wanted:
    """What somebody narrows a search by, half of the time nothing."""
    chosen: dict[str, set[str]] = {}
    for mark in (*random_scopes(rng), *random_scopes(rng)) if rng.random() < 0.5 else ():
        chosen.setdefault(dimension_of(mark), set()).add(mark)
    return tuple((name, frozenset(marks)) for name, marks in sorted(chosen.items()))


@pytest.mark.parametrize("seed", range(CORPORA))
def test_r_s1_answers_are_byte_equal_without_what_the_reader_may_not_see(
    seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    rng = random.Random(seed)
    documents = list({d.key: d for d in (random_document(rng, id) for id in range(120))}.values())
    whole = write(tmp_path / "whole", documents, rng)
    reach = random_reach(rng, documents)
    seen = [d for d in documents if visible(d, reach)]
    part = write(tmp_path / "part", seen, rng)
    open_reach = dataclasses.replace(reach, hidden=frozenset())
    assert seen
    assert len(seen) < len(documents)
    answered = 0
    for _ in range(QUESTIONS):
        request = SearchRequest(
            random_text(rng),
            reach,
            on=TODAY,
            categories=frozenset(rng.sample(CATEGORIES, 2)) if rng.random() < 0.2 else None,
            kinds=frozenset({rng.choice(KINDS)}) if rng.random() < 0.2 else None,
            scopes=random_choice(rng),
            limit=rng.choice((1, 10, 200)),
            offset=rng.choice((0, 0, 10)),
            budget_ms=60_000,
        )
        texts = texts_of(seen) if rng.random() < 0.8 else None
        with_secrets = whole.search(request, texts)
        without = part.search(dataclasses.replace(request, reach=open_reach), texts)
        assert bare(with_secrets) == bare(without), request
        answered += with_secrets.total > 0
        typed = rng.choice((request.text[: rng.randint(1, 3)], "tuifie", "gongdna", "tui biaozhun"))
        assert whole.suggest(typed, reach, TODAY, 5) == part.suggest(typed, open_reach, TODAY, 5), typed
    assert answered > QUESTIONS / 3
    record_property("questions without a difference", QUESTIONS)


@settings(max_examples=full(300, short=25), deadline=None)
@given(
    secret=st.lists(st.sampled_from(WORDS), min_size=1, max_size=30),
    asked=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6),
)
def test_r_s1_a_secret_made_of_the_very_question_changes_nothing(
    secret: list[str], asked: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(len(secret))
    open_documents = [dataclasses.replace(random_document(rng, id), level=1, unit=0) for id in range(15)]
    hidden = [
        document(
            900 + i,
            "".join(asked),
            "".join(secret) * (i + 1),
            level=3,
            category="机密",
            kind="secret",
            number="KB-9999",
        )
        for i in range(5)
    ]
    reach = Reach(1, frozenset({1}))
    engine = SearchEngine(tmp_path_factory.mktemp("secret"), poll_s=0)
    engine.rebuild(open_documents)
    texts = texts_of(open_documents)

    def answers() -> list[bytes | tuple[Suggestion, ...]]:
        text = "".join(asked)
        forms = (text, " ".join(asked), f'"{asked[0]}"', "KB-9999")
        return [
            *(bare(engine.search(SearchRequest(form, reach, budget_ms=60_000), texts)) for form in forms),
            engine.suggest(text[:2], reach),
        ]

    before = answers()
    engine.apply(hidden)
    assert answers() == before
    engine.apply([Deleted("secret", one.id) for one in hidden])
    assert answers() == before


def test_a_reader_of_higher_level_does_find_the_secret(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([document(1, "内部退费权限", level=3, unit=2)])
    totals = [
        engine.search(SearchRequest("退费权限", reach)).total
        for reach in (
            Reach(3),
            Reach(3, frozenset({2})),
            Reach(3, frozenset({1})),
            Reach(2),
            Reach(2, frozenset({2})),
        )
    ]
    assert totals == [1, 1, 0, 0, 0]
