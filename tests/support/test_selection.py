"""Which tests of doors the short run leaves out on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.support.selection import waits_for_both


@pytest.mark.parametrize(("name", "fixtures"), [
    ("tests/x.py::test_a[sqlite]", ("client",)), ("tests/x.py::test_a[sqlite-3]", ("app",)), ("tests/x.py::test_a", ("client",)),
    ("tests/x.py::test_a[postgres]", ("world",))])
def test_nothing_on_sqlite_and_no_use_case_waits(name: str, fixtures: tuple[str, ...]) -> None:
    assert not waits_for_both(name, fixtures)


def test_a_fourth_of_the_doors_runs_on_postgresql_always_the_same() -> None:
    names = [f"tests/x.py::test_{n}[postgres]" for n in range(400)]
    waiting = [name for name in names if waits_for_both(name, ("client", "world"))]
    assert 260 < len(waiting) < 340
    assert waiting == [name for name in names if waits_for_both(name, ("client", "world"))]
