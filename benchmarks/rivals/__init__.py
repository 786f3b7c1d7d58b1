"""Our search beside tantivy, SQLite FTS5 and PostgreSQL full text, in one interleaved run on the same documents and tokens.

    python -m benchmarks rivals            100,000 articles
    python -m benchmarks.rivals 20000      fewer, printed only

`engines.py` has the four engines, each giving the same page: the ten best of what a reader may see, how many, and how many of
each category and kind. `run.py` builds them, asks in turns and compares. `make bench` installs tantivy;
PostgreSQL is found or brought as for the tests. Whatever is missing is missing in the table too.
"""

from benchmarks.rivals.run import measure

__all__ = ["measure"]
