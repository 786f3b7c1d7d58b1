"""The table of names beside each segment: complete, shared, never torn, gone with its segment."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmsvc.search.documents import Deleted, Reach, SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import IndexUnusable
from kmsvc.search.names import NameTable, folded, made
from kmsvc.search.pinyin import spellings
from tests.search.corpus import document

titles = st.lists(st.text("退费标准改签abC 12é", min_size=1, max_size=8), min_size=1, max_size=12)


def table(names: list[str]) -> NameTable:
    return NameTable(made([("article", place, (f"KB-{place}", name, (), (spellings(name),)))
                           for place, name in enumerate(names)]))


@settings(deadline=None, max_examples=60)
@given(titles, st.text("退费标准改签abc 12", min_size=1, max_size=3))
def test_a_scan_finds_every_name_that_holds_the_text_shortest_first(names: list[str], typed: str) -> None:
    needle = folded(typed)
    held = table(names)
    for from_start in (True, False):
        wanted = {place for place, name in enumerate(names)
                  if needle and (folded(name).startswith(needle) if from_start else needle in folded(name))}
        found = [int(held.plain.document[entry]) for entry in held.plain.scan(needle, from_start=from_start)] if needle else []
        assert set(found) == wanted
        lengths = [len(folded(names[place])) for place in found]
        assert lengths == sorted(lengths)


def test_pinyin_is_found_where_a_syllable_begins_and_nowhere_else() -> None:
    held = table(["先退费", "西安"])
    assert [int(held.full.document[one]) for one in held.full.scan("tuifei", from_start=False)] == [0]
    assert list(held.full.scan("uifei", from_start=False)) == []
    assert {int(held.full.document[one]) for one in held.full.scan("xi", from_start=True)} == {0, 1}
    assert held.full.starts(next(held.full.scan("xiantuifei", from_start=True))) == "1000100100"
    assert [int(held.full.document[one]) for one in held.full.scan_shortened("xtf")] == [0]


def test_a_torn_or_foreign_table_is_refused() -> None:
    whole = made([("article", 1, ("KB-1", "退费", (), (("tui fei",),)))])
    for torn in (whole[:-1], b"", b"kmnames0" + whole[8:], whole[:-4] + b"oops"):
        with pytest.raises(ValueError, match="table of names"):
            NameTable(torn)


def tables(folder: Path) -> set[str]:
    return {path.stem for path in folder.rglob("*.nam")}


def test_each_segment_has_its_table_and_takes_it_along(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([document(1, "退费标准")])
    for number in range(2, 30):  # beyond twenty segments the smallest are merged
        engine.apply([document(number, f"改签{number}")])
    segments = {segment.name for segment in engine._current(now=True).segments}
    assert tables(tmp_path) == segments and len(segments) <= 21
    assert {one.id for one in engine.suggest("gaiqian2", Reach(3), limit=20)} == {2, *range(20, 30)}
    engine.apply([Deleted("article", 2)])
    assert 2 not in {one.id for one in engine.suggest("gaiqian2", Reach(3), limit=20)}
    engine.optimise()
    assert len(tables(tmp_path)) == 1
    assert len(engine.suggest("gq", Reach(3), limit=50)) == 27


def test_a_table_that_is_lost_makes_the_index_one_to_be_built_anew(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path)
    engine.rebuild([document(1, "退费标准")])
    next(tmp_path.rglob("*.nam")).unlink()
    with pytest.raises(IndexUnusable):
        SearchEngine(tmp_path).suggest("tf", Reach(3))


def test_what_a_reader_may_not_see_is_not_offered(tmp_path: Path) -> None:
    """R-S1."""
    engine = SearchEngine(tmp_path)
    secret: SearchDocument = document(2, "退费黑名单", level=3)
    engine.rebuild([document(1, "退费标准"), secret])
    for typed in ("退费", "tf", "tuifei", "黑名单", "tuifeiheimindan"):
        assert 2 not in {one.id for one in engine.suggest(typed, Reach(2), limit=9)}
        assert 2 in {one.id for one in engine.suggest(typed, Reach(3), limit=9)}
