"""Marks by folder, requirement ids from names and docstrings, which tests wait for `make hard`, and which doors are tried on
PostgreSQL in the short run."""

from __future__ import annotations

import inspect
import os
from collections.abc import Collection
from zlib import crc32

import pytest

from tests.support.figures import HARD
from tests.support.requirements import requirement_ids, sentence

DOORS_ONCE = not HARD and os.environ.get("KMSVC_TEST_DOORS_ONCE") == "1"
DOORS = frozenset({"client", "app"})
FOLDER_MARKS = {"browser": "browser", "stories": "story"}
# With one file to a process the longest ones go first, so that no core is idle at the end; those with many processes of
# their own and those with one take turns.
LONGEST = ("browser/test_fifty_questions", "doors/test_rights_of_pages", "browser/test_no_barriers", "convert/test_hostile",
           "browser/test_a_change_in_chinese", "knowledge/test_secrets", "faults/test_killed", "doors/test_bad_input",
           "faults/test_workers", "doors/test_rights_of_api", "faults/test_fault_points", "doors/test_schemathesis",
           "browser/test_without_connection", "operations/test_backup", "browser/test_nothing_typed_is_lost", "doors/test_every_route",
           "operations/test_killed_commands", "process/changes/test_release", "browser/test_licences_by_key",
           "process/changes/test_state_machine", "faults/test_database_away", "people/test_imports", "browser/test_yearly_review_by_key",
           "process/changes/test_forms", "browser/test_flows_by_key", "stories/test_a_change_goes_live",
           "browser/test_lists_fit", "process/changes/test_verbs", "browser/test_keyboard_only", "knowledge/test_search_bench",
           "browser/test_health_by_key", "audit/test_chain", "browser/test_at_hand_by_key", "people/test_identity",
           "browser/test_parts_of_knowledge", "doors/test_unseen", "browser/test_propose_from_any_page", "faults/test_logs",
           "browser/test_twins_by_key", "doors/test_writes_leave_a_trace", "browser/test_bulletins_by_key", "faults/test_offline",
           "faults/test_disk_full", "search/test_relevance_gate", "load/test_many_at_once", "search/test_engine_lost")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder and by requirement; leave the full figures to `make hard`."""
    if DOORS_ONCE:
        left = [item for item in items if waits_for_both(item.nodeid, getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]
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


def waits_for_both(name: str, fixtures: Collection[str]) -> bool:
    """Whether a test of a door on PostgreSQL waits for KMSVC_TEST_DOORS_ONCE=0: three of four do, always the same.
    Use cases and queries never wait, and on SQLite nothing does: a page that is right there differs only in what it asks of them."""
    return "[postgres" in name and not DOORS.isdisjoint(fixtures) and crc32(name.encode()) % 4 != 0


def place_in_line(item: pytest.Item) -> int:
    """Which file goes first: the longest, then the rest."""
    name = item.path.as_posix().rpartition("/tests/")[2].removesuffix(".py")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
