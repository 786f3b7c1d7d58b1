"""What the demo's centre serves, and where each of its articles applies: by its category, its title and its tags."""

from __future__ import annotations

from typing import Any

from kmsvc.demo.content.articles import ArticleText
from kmsvc.demo.content.files import load

REGIONAL_EVERY = 9
"""An article without a service area that is for one region all the same."""


def values() -> list[dict[str, Any]]:
    """The values with the words that tell of them, in order."""
    found: list[dict[str, Any]] = load("scopes.toml")["value"]
    return found


def scopes_of(text: ArticleText) -> dict[str, list[str]]:
    """Dimension -> names of what an article is for; dimensions in which it is for all are left out."""
    said = " ".join((text.title, text.summary, *text.tags)).lower()
    found: dict[str, list[str]] = {}
    for one in values():
        if text.category in one.get("categories", ()) or any(word.lower() in said for word in one["words"]):
            found.setdefault(one["dimension"], []).append(one["name"])
    number = int("".join(filter(str.isdigit, text.external_id)) or 0)
    if "region" not in found and number % REGIONAL_EVERY == 0:
        regions = [one["name"] for one in values() if one["dimension"] == "region"]
        found["region"] = [regions[number // REGIONAL_EVERY % len(regions)]]
    return found
