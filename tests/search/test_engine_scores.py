"""The scorer against a slow one written from the recipe, and the files against plain Whoosh."""

import math
import random
from collections import Counter
from pathlib import Path

import pytest
import whoosh.index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.query import Term

from kmsvc.search.analysis import index_streams
from kmsvc.search.caching import BoundedCache
from kmsvc.search.documents import SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.postings import Lists, every_list
from kmsvc.search.questions import parse
from kmsvc.search.ranking import shared_runs
from kmsvc.search.requests import SearchRequest
from kmsvc.search.schema import fields_of, new_schema
from tests.search.corpus import EVERYTHING, WORDS, document, random_document

ZONES = {"t": 1.0, "a": 0.7, "b": 1.0}


def slow_scores(documents: list[SearchDocument], text: str) -> dict[str, float]:
    """BM25 (k1 1.2, b .75) of pairs + g * (characters + words) in three zones, document by document."""
    question = parse(text)
    distinct = len(question.chars) + len(question.words)
    gain = min(1.0, 30 / max(1, distinct))
    asked = [(unit.stream, unit.term, 1.0) for unit in question.units]
    asked += [("c", char, gain) for char in question.chars] + [("w", word, gain) for word in question.words]
    fields = {d.key: fields_of(d) for d in documents}
    if distinct > 30:  # the very common characters and words of long questions are skipped
        limit = 0.2 * len(documents)
        units = len(question.units)
        asked[units:] = [
            a for a in asked[units:] if sum(a[1] in f["b" + a[0]] for f in fields.values()) <= limit
        ]
    lengths = {d.key: zone_lengths(d) for d in documents}
    scores: dict[str, float] = Counter()
    for zone, zone_weight in ZONES.items():
        mean = float(f"{sum(one[zone] for one in lengths.values()) / len(documents):.2g}")  # as readers share it
        for stream, term, weight in asked:
            holders = {
                key: held[zone + stream][term] for key, held in fields.items() if term in held[zone + stream]
            }
            rarity = math.log(1 + (len(documents) - len(holders) + 0.5) / (len(holders) + 0.5))
            for key, count in holders.items():
                norm = 1.2 * (0.25 + 0.75 * lengths[key][zone] / mean)
                scores[key] += zone_weight * weight * rarity * count * 2.2 / (count + norm)
    return scores


def zone_lengths(d: SearchDocument) -> dict[str, int]:
    extra = " | ".join((d.number, *d.aliases, *d.tags))
    return {
        "t": index_streams(d.title).length,
        "a": index_streams(extra).length,
        "b": index_streams(" | ".join((d.title, extra, d.summary, d.body))).length,
    }


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_the_recipe(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    documents = list({d.key: d for d in (random_document(rng, id) for id in range(60))}.values())
    engine = SearchEngine(tmp_path)
    engine.rebuild(documents[:30])
    engine.apply(documents[30:])
    for text in (
        "退费标准",
        "5G套餐 办理",
        "refund policy",
        "客户投诉工单怎么处理",
        " ".join(rng.sample(WORDS, 8)),
    ):
        hits = engine.search(SearchRequest(text, EVERYTHING, limit=100)).hits
        expected = slow_scores(documents, text)
        top = expected[hits[0].key]
        assert top == pytest.approx(max(expected.values()))
        for hit in hits:
            assert hit.score == pytest.approx(expected[hit.key] / top, abs=2e-6)


def test_matching_asks_for_a_share_of_the_weight_only(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild(
        [document(1, "退费标准"), document(2, "怎么办理"), *(document(i, "怎么样") for i in range(3, 20))]
    )
    found = engine.search(SearchRequest("退费标准怎么", EVERYTHING, limit=50))
    assert [hit.id for hit in found.hits] == [1]
    assert engine.search(SearchRequest("怎么", EVERYTHING)).total == 18


def test_shared_runs_prefer_one_long_piece_to_many_short_ones() -> None:
    assert shared_runs("退费标准", "按照退费标准办理") == 1.0
    assert shared_runs("退费标准", "标准的退费") == pytest.approx(math.sqrt(8) / 4)
    assert shared_runs("退费标准", "退 费 标 准") == 0.0
    assert shared_runs("", "退费") == shared_runs("退", "退费") == 0.0


def test_plain_whoosh_reads_what_the_bulk_writer_wrote(tmp_path: Path) -> None:
    rng = random.Random(4)
    documents = list({d.key: d for d in (random_document(rng, id) for id in range(80))}.values())
    engine = SearchEngine(tmp_path)
    engine.rebuild(documents[:50])
    engine.apply(documents[50:])
    index = whoosh.index.open_dir(str(tmp_path / engine.generation()[0]), schema=new_schema())
    with index.searcher() as searcher:
        assert searcher.doc_count() == len(documents)
        for term in ("退费", "标准", "5g", "refund"):
            holders = sum(term in fields_of(d)["bp"] for d in documents)
            found = searcher.search(Term("bp", term), limit=None)
            assert len(found) == searcher.doc_frequency("bp", term) == holders > 0


def test_posting_lists_in_whooshs_own_layout_are_read_as_well(tmp_path: Path) -> None:
    index = whoosh.index.create_in(str(tmp_path), new_schema())
    writer = index.writer(codec=W3Codec(blocklimit=4, compression=3), compound=False)
    for i in range(30):
        writer.add_document(key={f"a:{i}": 1}, bp={"退费": i % 3 + 1, "标准": 1} if i % 2 else {"标准": 2})
    writer.commit()
    with index.reader() as reader:
        (leaf, _), *_ = reader.leaf_readers()
        own = Lists(leaf)
        postings = own.read("bp", "退费")
        assert postings.documents.tolist() == list(range(1, 30, 2))
        assert postings.counts.tolist() == [i % 3 + 1 for i in range(1, 30, 2)]
        assert own.read("bp", "没有").documents.tolist() == []
        lists = {(field, term): (documents, counts) for field, term, documents, counts in every_list(reader)}
        assert lists["bp", "标准"] == (list(range(30)), [1 if i % 2 else 2 for i in range(30)])


def test_the_cache_stays_below_its_bound_and_keeps_what_was_used_last() -> None:
    cache: BoundedCache[bytes] = BoundedCache(10_000, len)
    for i in range(100):
        cache.put(i, bytes(1_000))
        assert cache.get(0) is not None
        assert cache.used_bytes <= 10_000
    assert cache.get(99) is not None
    assert cache.get(50) is None
    cache.put("huge", bytes(9_000))
    assert cache.get("huge") is None
