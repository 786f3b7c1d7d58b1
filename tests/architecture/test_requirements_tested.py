"""Every promise of tests/requirements.toml is named by at least one test."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.support.requirements import requirement_ids

TESTS = Path(__file__).resolve().parents[1]


def named_requirements() -> Iterator[str]:
    """The ids in the names and docstrings of all tests, read without running them."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield from requirement_ids(node.name, ast.get_docstring(node))


def test_every_promise_is_named_by_a_test() -> None:
    groups = tomllib.loads((TESTS / "requirements.toml").read_text(encoding="utf-8"))
    promised = {name for group in groups.values() for name in group}
    assert sorted(promised - set(named_requirements())) == []
