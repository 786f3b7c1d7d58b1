"""Fifty questions of the demo's agents: each is answered, and half of them with six keys or fewer, the shortcut counted."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from benchmarks.fifty import agent, play, scripts, table
from kmsvc.app import create_app, make_database
from kmsvc.search.engine import SearchEngine
from kmsvc.settings import Settings
from tests.support.chromium import Windows
from tests.support.clock import MovableClock
from tests.support.demo import NOON, made_demo
from tests.support.web import serve

MOST = 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small demo as `kmsvc demo` makes it."""
    return made_demo(tmp_path_factory)


@pytest.mark.timeout(240)
def test_fifty_questions_are_answered_with_a_median_of_six_keys(folder: Path, open_window: Windows, record_property) -> None:  # type: ignore[no-untyped-def]
    settings = Settings.from_env(data_dir=folder)
    app = create_app(settings, db=make_database(settings, clock=MovableClock(NOON)), search=SearchEngine(settings.index_dir))
    with serve(app) as address:
        page = agent(open_window.browser, address, folder)
        played = [play(page, one) for one in scripts()]
        page.context.close()
    assert len(played) == 50 and len({one.script.question for one in played}) == 50
    assert [f"{one.script.question}: {one.script.says}" for one in played if one.took_ms is None] == []
    assert statistics.median(one.keys for one in played) <= MOST, sorted((one.keys, one.script.question) for one in played)
    for name, value in table(played).items():
        record_property(name, value)
