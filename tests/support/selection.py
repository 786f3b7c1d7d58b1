"""Marks by folder, requirement ids from names and docstrings, and which tests wait for `make hard`."""

from __future__ import annotations

import inspect

import pytest

from tests.support.figures import HARD
from tests.support.requirements import requirement_ids, sentence

FOLDER_MARKS = {"browser": "browser", "stories": "story"}
# With one file to a process the longest ones go first, so that no core is idle at the end; those with many processes of
# their own and those with one take turns.
LONGEST = ("faults/test_fault_points", "doors/test_rights_of_pages", "faults/test_killed", "process/changes/test_state_machine",
           "faults/test_workers", "doors/test_rights_of_api", "browser/test_a_change_in_chinese", "doors/test_every_route",
           "operations/test_killed_commands", "doors/test_unseen", "faults/test_database_away", "stories/test_a_change_goes_live",
           "doors/test_schemathesis", "faults/test_logs", "doors/test_writes_leave_a_trace", "faults/test_offline",
           "process/changes/test_forms", "faults/test_disk_full", "people/test_imports", "load/test_many_at_once",
           "process/changes/test_pages", "search/test_engine_lost", "operations/test_backup", "convert/test_hostile")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder and by requirement; leave the full figures to `make hard`."""
    items.sort(key=place_in_line)  # stable: the others stay as they were collected
    asked = HARD or "hard" in (config.option.markexpr or "")
    for item in items:
        for folder, mark in FOLDER_MARKS.items():
            if f"/tests/{folder}/" in item.path.as_posix():
                item.add_marker(mark)
        text = inspect.getdoc(getattr(item, "function", None))
        if ids := requirement_ids(item.name, text):
            item.add_marker("requirement")
            item.user_properties.append(("requirements", " ".join(ids)))
            item.user_properties.append(("form", "full" if HARD else "short"))
            item.user_properties.append(("sentence", sentence(item.name, text)))
        if item.get_closest_marker("hard") and not asked:
            item.add_marker(pytest.mark.skip(reason="a full figure: make hard runs it"))


def place_in_line(item: pytest.Item) -> int:
    """Which file goes first: the longest, then the rest."""
    name = item.path.as_posix().rpartition("/tests/")[2].removesuffix(".py")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
