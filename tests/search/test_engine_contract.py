"""What every provider of the index must do: update, delete, phrase, facet, rebuild, and refuse with a clear
failure."""

import threading
from datetime import date
from pathlib import Path

import pytest
import whoosh

from kmsvc.markup import cutting
from kmsvc.search.documents import Deleted, Reach, SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.failures import IndexBusy, IndexUnusable
from kmsvc.search.folders import IndexFolder
from kmsvc.search.requests import SearchRequest, SearchResult
from tests.search.corpus import EVERYTHING, document, texts_of

DOCUMENTS = (
    document(1, "退费标准", "客户申请退费时，按照退费标准办理。", category="资费"),
    document(2, "接起率考核办法", "接起率不低于百分之九十五。", category="考核", kind="process"),
    document(3, "退费话术", "请先核实订单，再说明退费的时限。", category="话术"),
    document(4, "宽带报修", "上门维修前电话预约。", category="售后"),
)


@pytest.fixture
def engine(tmp_path: Path) -> SearchEngine:
    engine = SearchEngine(tmp_path, poll_s=0)
    engine.rebuild(DOCUMENTS)
    return engine


def found(
    engine: SearchEngine, text: str, documents: tuple[SearchDocument, ...] = DOCUMENTS, **more: object
) -> list[str]:
    request = SearchRequest(text, EVERYTHING, **more)  # type: ignore[arg-type]
    return [hit.key for hit in engine.search(request, texts_of(documents)).hits]


def test_the_measured_whoosh_is_the_one_installed() -> None:
    assert whoosh.versionstring() == "2.7.4"


def test_an_update_is_found_under_its_new_text_only(engine: SearchEngine) -> None:
    assert engine.apply([document(4, "光猫更换", "携带旧光猫到营业厅。", version=2)])
    assert found(engine, "宽带报修") == []
    assert engine.search(SearchRequest("光猫更换", EVERYTHING)).hits[0].key == "article:4"
    assert engine.versions()["article:4"] == 2


def test_a_deleted_document_is_gone(engine: SearchEngine) -> None:
    engine.apply([Deleted("article", 1)])
    assert "article:1" not in found(engine, "退费标准")
    assert "article:1" not in engine.versions()
    assert [s.id for s in engine.suggest("退费", EVERYTHING)] == [3]


def test_deleting_what_is_not_there_moves_nothing(engine: SearchEngine) -> None:
    before = engine.generation()
    assert not engine.apply([Deleted("article", 99), Deleted("nothing", 1)])
    assert not engine.apply([])
    assert engine.generation() == before


def test_an_unchanged_document_costs_no_commit(engine: SearchEngine) -> None:
    before = engine.generation()
    assert not engine.apply(DOCUMENTS)
    assert engine.generation() == before


def test_the_last_change_of_a_key_in_a_batch_counts(engine: SearchEngine) -> None:
    engine.apply(
        [
            document(9, "先来的"),
            Deleted("article", 9),
            document(9, "后到的", version=3),
            Deleted("article", 1),
        ]
    )
    assert engine.versions()["article:9"] == 3
    assert found(engine, "后到的", (document(9, "后到的"),)) == ["article:9"]
    assert engine.search(SearchRequest("先来的", EVERYTHING)).total <= 1


def test_another_reader_sees_a_commit_without_being_told(engine: SearchEngine, tmp_path: Path) -> None:
    reader = SearchEngine(tmp_path, poll_s=0)
    assert reader.search(SearchRequest("光猫", EVERYTHING)).total == 0
    engine.apply([document(5, "光猫更换")])
    assert reader.search(SearchRequest("光猫", EVERYTHING)).total == 1
    assert reader.suggest("gmgh", EVERYTHING)[0].id == 5


def test_a_quotation_must_occur_literally(engine: SearchEngine) -> None:
    assert found(engine, '"退费标准"') == ["article:1"]
    assert found(engine, "“退费的时限”") == ["article:3"]
    assert found(engine, '"退费时限"') == []
    assert found(engine, '"費標"') == ["article:1"]


def test_a_quotation_is_found_in_an_alias(engine: SearchEngine) -> None:
    extra = document(7, "调账", aliases=("退费标准说明",))
    engine.apply([extra])
    assert "article:7" in found(engine, '"标准说明"', (*DOCUMENTS, extra))


def test_facets_count_each_value_without_their_own_filter(engine: SearchEngine) -> None:
    result = engine.search(SearchRequest("退费", EVERYTHING, categories=frozenset({"话术"})))
    assert result.total == 1
    assert result.categories == {"话术": 1, "资费": 1}
    assert result.kinds == {"article": 1}
    by_kind = engine.search(SearchRequest("退费 接起率", EVERYTHING, kinds=frozenset({"process"})))
    assert [hit.key for hit in by_kind.hits] == ["process:2"]
    assert by_kind.kinds == {"article": 2, "process": 1}


def test_validity_counts_on_the_day_asked_for(engine: SearchEngine) -> None:
    engine.apply([document(8, "春节排班", valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 28))])
    total = {
        day: engine.search(SearchRequest("春节排班", EVERYTHING, on=day)).total
        for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1), None)
    }
    assert list(total.values()) == [0, 1, 1, 0, 1]
    assert engine.suggest("cjpb", EVERYTHING, date(2026, 3, 1)) == ()


def test_pages_follow_each_other_without_gap_or_repetition(engine: SearchEngine) -> None:
    many = [document(100 + i, f"退费案例{i}", "退费" * (i % 7 + 1)) for i in range(130)]
    engine.apply(many)
    texts = texts_of([*DOCUMENTS, *many])
    whole = engine.search(SearchRequest("退费案例", EVERYTHING, limit=200, snippets=False), texts)
    pages: list[str] = []
    for offset in range(0, whole.total, 10):
        page = engine.search(SearchRequest("退费案例", EVERYTHING, offset=offset), texts)
        assert page.total == whole.total
        pages += [hit.key for hit in page.hits]
    assert pages == [hit.key for hit in whole.hits]
    assert len(set(pages)) == whole.total


def test_what_the_database_does_not_give_is_not_shown_or_counted(engine: SearchEngine) -> None:
    without = texts_of(DOCUMENTS[1:])
    result = engine.search(SearchRequest("退费", EVERYTHING), without)
    assert [hit.key for hit in result.hits] == ["article:3"]
    assert result.total == 1


def test_many_small_commits_are_merged_and_nothing_is_lost(engine: SearchEngine, tmp_path: Path) -> None:
    for i in range(50):
        engine.apply([document(200 + i % 40, f"第{i}次更新", version=i + 1)])
    versions = engine.versions()
    assert len(versions) == 44
    assert versions["article:209"] == 50
    assert versions["article:239"] == 40
    segments = {file.name.split(".")[0] for file in (tmp_path / engine.generation()[0]).glob("MAIN_*.trm")}
    assert len(segments) <= 20
    engine.optimise()
    assert engine.versions() == versions
    assert engine.search(SearchRequest("更新", EVERYTHING)).total == 40


def test_the_order_does_not_depend_on_how_documents_came_in(tmp_path: Path) -> None:
    at_once, one_by_one = SearchEngine(tmp_path / "a"), SearchEngine(tmp_path / "b")
    many = [document(i, f"退费案例{i % 5}", "退费标准" * (i % 3)) for i in range(40)]
    at_once.rebuild(many)
    one_by_one.rebuild([])
    for one in reversed(many):
        one_by_one.apply([one])

    def answer(engine: SearchEngine) -> SearchResult:
        return engine.search(SearchRequest("退费标准", EVERYTHING, limit=40, budget_ms=60_000), texts_of(many))

    assert answer(at_once).hits == answer(one_by_one).hits


def test_a_missing_index_says_so_and_a_rebuild_cures_it(tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path / "new")
    for call in (
        lambda: engine.search(SearchRequest("退费", EVERYTHING)),
        lambda: engine.suggest("退", EVERYTHING),
        lambda: engine.apply(DOCUMENTS),
        engine.versions,
        engine.warm,
    ):
        with pytest.raises(IndexUnusable):
            call()
    assert engine.generation() == ("", -1)
    assert engine.rebuild(DOCUMENTS) == 4
    assert engine.search(SearchRequest("退费", EVERYTHING)).total == 2


def test_a_damaged_index_says_so_and_a_rebuild_cures_it(engine: SearchEngine, tmp_path: Path) -> None:
    for file in (tmp_path / engine.generation()[0]).iterdir():
        if file.suffix in {".toc", ".trm", ".pst", ".col"}:
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(IndexUnusable):
        SearchEngine(tmp_path).search(SearchRequest("退费", EVERYTHING))
    engine.rebuild(DOCUMENTS)
    assert SearchEngine(tmp_path).search(SearchRequest("退费", EVERYTHING)).total == 2


def test_another_dictionary_asks_for_a_rebuild(
    engine: SearchEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "fingerprint", lambda: "another")
    with pytest.raises(IndexUnusable, match="dictionary"):
        SearchEngine(tmp_path).search(SearchRequest("退费", EVERYTHING))


def test_what_is_applied_during_a_rebuild_is_in_the_new_build(engine: SearchEngine) -> None:
    def slowly() -> object:
        yield from DOCUMENTS[:2]
        engine.apply([document(1, "新的标题", version=7), Deleted("article", 3)])
        assert engine.search(SearchRequest("新的标题", EVERYTHING)).total == 1
        yield from DOCUMENTS[2:]

    before = engine.generation()[0]
    engine.rebuild(slowly())  # type: ignore[arg-type]
    assert engine.generation()[0] != before
    assert engine.versions() == {"article:1": 7, "process:2": 1, "article:4": 1}


def test_a_rebuild_that_fails_leaves_the_old_index_and_a_clean_folder(
    engine: SearchEngine, tmp_path: Path
) -> None:
    def breaking() -> object:
        yield DOCUMENTS[0]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        engine.rebuild(breaking())  # type: ignore[arg-type]
    assert len(engine.versions()) == 4
    assert engine.apply([document(5, "还能写")])
    assert [path.name for path in tmp_path.glob("index-*")] == [engine.generation()[0]]
    assert not (tmp_path / "journal").exists()
    assert engine.rebuild(DOCUMENTS) == 4


def test_a_rebuild_tells_how_far_it_is_and_takes_each_key_once(engine: SearchEngine) -> None:
    told: list[int] = []
    many = [document(i, f"退费{i}") for i in range(1_200)]
    assert engine.rebuild([*many, document(5, "重复")], told.append) == 1_200
    assert told == [500, 1_000, 1_200]
    assert len(engine.versions()) == 1_200
    assert engine.search(SearchRequest("重复", EVERYTHING)).total == 0


def test_two_rebuilds_at_once_are_refused(engine: SearchEngine, tmp_path: Path) -> None:
    with IndexFolder(tmp_path).lock("rebuild", 0), pytest.raises(IndexBusy):
        engine.rebuild(DOCUMENTS)


def test_readers_in_many_threads_see_whole_generations_only(engine: SearchEngine, tmp_path: Path) -> None:
    """Each commit replaces a pair of documents; no reader may see one of a pair or two versions of it."""
    engine.apply([document(50, "成对甲零"), document(51, "成对乙零")])
    reader = SearchEngine(tmp_path, poll_s=0)
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                hits = reader.search(SearchRequest("成对", EVERYTHING)).hits
                if sorted(hit.id for hit in hits) != [50, 51]:
                    wrong.append(hits)
            except Exception as failure:
                wrong.append(failure)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(30):
        engine.apply([document(50, f"成对甲{turn}"), document(51, f"成对乙{turn}")])
    engine.rebuild([document(50, "成对甲末"), document(51, "成对乙末")])
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_r_s3_hidden_keys_are_gone_at_once(engine: SearchEngine) -> None:
    """R-S3: live rights count, not what was indexed."""
    reach = Reach(3, hidden=frozenset({"article:1", "article:77"}))
    assert [hit.key for hit in engine.search(SearchRequest("退费", reach)).hits] == ["article:3"]
    assert [s.id for s in engine.suggest("tf", reach)] == [3]
