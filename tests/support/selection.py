"""Marks by folder, requirement ids from names and docstrings, and which tests wait for `make hard`."""

from __future__ import annotations

import inspect

import pytest

from tests.support.figures import HARD
from tests.support.requirements import requirement_ids, sentence

FOLDER_MARKS = {"browser": "browser", "stories": "story"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder and by requirement; leave the full figures to `make hard`."""
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
