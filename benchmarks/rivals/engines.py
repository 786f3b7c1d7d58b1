"""Four engines over the same tokens; `ask` answers one page from tokens that are cut already."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from benchmarks.rivals.pages import LEVEL, REACH, TODAY, TOP, UNITS, Page
from kmsvc.search.documents import SearchDocument
from kmsvc.search.engine import SearchEngine
from kmsvc.search.postings import K1
from kmsvc.search.ranking import best

Row = tuple[SearchDocument, Mapping[str, int]]


class Rival(Protocol):
    """An engine in this comparison."""

    name: str

    def build(self, rows: Iterable[Row]) -> None:
        """Index all documents."""

    def ask(self, terms: Sequence[str]) -> Page:
        """The page for documents that hold any of the terms."""


class Ours:
    """The plain first stage of kmsvc: BM25 over one field, with rights and counts, without refinement."""

    name = "kmsvc"

    def __init__(self, folder: Path) -> None:
        self.engine = SearchEngine(folder)

    def build(self, rows: Iterable[Row]) -> None:
        """The index as the product has it, with all its fields."""
        self.engine.rebuild(document for document, _ in rows)

    def ask(self, terms: Sequence[str]) -> Page:
        """The product's own posting lists, masks and counts."""
        snapshot = self.engine._current()
        audience = snapshot.audience(REACH, TODAY)
        score = np.zeros(snapshot.size, np.float32)
        for term in terms:
            frequency = audience.frequency("bp", term)
            if frequency:
                rarity = math.log(1 + (audience.count - frequency + 0.5) / (frequency + 0.5))
                audience.impacts("bp", term).add_to(score, rarity * (K1 + 1))
        matches = audience.mask & (score > 0)
        ids = snapshot.ids[best(snapshot, score, matches, TOP)]
        return Page(tuple(ids.tolist()), int(np.count_nonzero(matches)),
                    _counted(snapshot.categories, snapshot.category[matches]), _counted(snapshot.kinds, snapshot.kind[matches]))


def _counted(names: Sequence[str], column: Any) -> dict[str, int]:
    return {name: n for name, n in zip(names, np.bincount(column, minlength=len(names)).tolist(), strict=True) if n}


class Tantivy:
    """tantivy through its Python binding; facets are terms aggregations over fast fields."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        import tantivy

        self.api = tantivy
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        schema.add_integer_field("id", stored=True, fast=True)
        for name in ("level", "unit", "first", "last"):
            schema.add_integer_field(name, indexed=True, fast=True)
        for name in ("category", "kind"):
            schema.add_text_field(name, tokenizer_name="raw", fast=True)
        folder.mkdir(parents=True)
        self.index = tantivy.Index(schema.build(), path=str(folder))

    def build(self, rows: Iterable[Row]) -> None:
        """One writer, one commit."""
        writer = self.index.writer(256_000_000, 1)
        for document, tokens in rows:
            made = self.api.Document()
            made.add_text("words", " ".join(term for term, count in tokens.items() for _ in range(count)))
            made.add_integer("id", document.id)
            made.add_integer("level", document.level)
            made.add_integer("unit", document.unit)
            made.add_integer("first", document.valid_from.toordinal() if document.valid_from else 0)
            made.add_integer("last", document.valid_to.toordinal() if document.valid_to else 10**6)
            made.add_text("category", document.category)
            made.add_text("kind", document.kind)
            writer.add_document(made)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.schema = self.index.schema
        must = self.api.Occur.Must
        rights = [(self.api.Query.range_query(self.schema, "level", self.api.FieldType.Integer, 0, LEVEL)),
                  self.api.Query.term_set_query(self.schema, "unit", list(UNITS)),
                  self.api.Query.range_query(self.schema, "first", self.api.FieldType.Integer, 0, TODAY.toordinal()),
                  self.api.Query.range_query(self.schema, "last", self.api.FieldType.Integer, TODAY.toordinal(), 10**6)]
        self.rights = [(must, self.api.Query.const_score_query(one, 0.0)) for one in rights]

    def ask(self, terms: Sequence[str]) -> Page:
        """One search and one aggregation, as its users do."""
        should = [(self.api.Occur.Should, self.api.Query.term_query(self.schema, "words", term, "freq")) for term in terms]
        words = self.api.Query.boolean_query(should)
        query = self.api.Query.boolean_query([(self.api.Occur.Must, words), *self.rights])
        searcher = self.index.searcher()
        found = searcher.search(query, TOP, count=True)
        facets = searcher.aggregate(query, {name: {"terms": {"field": name, "size": 50}} for name in ("category", "kind")})
        facets = json.loads(facets) if isinstance(facets, str) else facets
        ids = tuple(int(searcher.doc(address)["id"][0]) for _, address in found.hits)
        total = int(found.count)  # type: ignore[attr-defined]  # the stubs know nothing of it
        return Page(ids, total, _buckets(facets["category"]), _buckets(facets["kind"]))


def _buckets(found: Any) -> dict[str, int]:
    return {bucket["key"]: int(bucket["doc_count"]) for bucket in found["buckets"]}


class Fts5:
    """SQLite FTS5 without a copy of the text; the planner is told to begin with the words."""

    name = "FTS5"

    def __init__(self, folder: Path) -> None:
        import pysqlite3

        folder.mkdir(parents=True)
        self.held = pysqlite3.connect(folder / "fts5.db")

    def build(self, rows: Iterable[Row]) -> None:
        """One transaction, then one segment."""
        self.held.executescript("""
            PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-64000; PRAGMA mmap_size=1000000000;
            CREATE VIRTUAL TABLE words USING fts5(tokens, content='', tokenize='unicode61 remove_diacritics 0');
            CREATE TABLE facts(id INTEGER PRIMARY KEY, level INT, unit INT, first INT, last INT, category TEXT, kind TEXT);""")
        for document, tokens in rows:
            text = " ".join(term for term, count in tokens.items() for _ in range(count))
            self.held.execute("INSERT INTO words(rowid, tokens) VALUES (?, ?)", (document.id, text))
            self.held.execute("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?)", (
                document.id, document.level, document.unit,
                document.valid_from.toordinal() if document.valid_from else 0,
                document.valid_to.toordinal() if document.valid_to else 10**6, document.category, document.kind))
        self.held.execute("INSERT INTO words(words) VALUES ('optimize')")
        self.held.commit()

    def ask(self, terms: Sequence[str]) -> Page:
        """One query for the matches with their rank; the ten best and the counts are taken from it."""
        query = " OR ".join(f'"{term}"' for term in terms)
        where = ("FROM words CROSS JOIN facts ON facts.id = words.rowid WHERE words MATCH ? AND level <= ? AND unit IN (0, 1, 2) "
                 "AND first <= ? AND last >= ?")
        values = (query, LEVEL, TODAY.toordinal(), TODAY.toordinal())
        ids = self.held.execute(f"SELECT facts.id {where} ORDER BY rank LIMIT {TOP}", values).fetchall()
        counts = self.held.execute(f"SELECT category, kind, count(*) {where} GROUP BY category, kind", values).fetchall()
        return _page(ids, counts)


def _page(ids: Iterable[Any], counts: Iterable[Any]) -> Page:
    categories: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for category, kind, count in counts:
        categories[category] += count
        kinds[kind] += count
    return Page(tuple(row[0] for row in ids), kinds.total(), categories, kinds)


class Postgres:
    """PostgreSQL: a tsvector of the tokens with their counts, a GIN index, ts_rank."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        import psycopg

        self.held = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)

    def build(self, rows: Iterable[Row]) -> None:
        """COPY, then the index."""
        self.held.execute("CREATE TABLE facts(id int PRIMARY KEY, level int, unit int, first int, last int, category text, kind text, "
                          "words tsvector)")
        with self.held.cursor() as cursor, cursor.copy("COPY facts FROM STDIN") as out:
            for document, tokens in rows:
                out.write_row((document.id, document.level, document.unit,
                               document.valid_from.toordinal() if document.valid_from else 0,
                               document.valid_to.toordinal() if document.valid_to else 10**6, document.category, document.kind,
                               _vector(tokens)))
        self.held.execute("SET maintenance_work_mem='512MB'")
        self.held.execute("CREATE INDEX ON facts USING gin(words)")
        self.held.execute("VACUUM ANALYZE facts")

    def ask(self, terms: Sequence[str]) -> Page:
        """One query for the ten best, one for the counts."""
        query = " | ".join(f"'{term}'" for term in terms)
        where = ("FROM facts, CAST(%s AS tsquery) AS query WHERE words @@ query AND level <= %s AND unit IN (0, 1, 2) "
                 "AND first <= %s AND last >= %s")
        values = (query, LEVEL, TODAY.toordinal(), TODAY.toordinal())
        ids = self.held.execute(f"SELECT id {where} ORDER BY ts_rank(words, query) DESC, id LIMIT {TOP}", values).fetchall()  # type: ignore[arg-type]
        counts = self.held.execute(f"SELECT category, kind, count(*) {where} GROUP BY category, kind", values).fetchall()  # type: ignore[arg-type]
        return _page(ids, counts)


def _vector(tokens: Mapping[str, int]) -> str:
    """A tsvector literal; positions stand for how often a token is there."""
    return " ".join(f"'{term}':{','.join(map(str, range(1, count + 1)))}" for term, count in tokens.items())
