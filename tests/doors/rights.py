"""The table of rights a person can read (tests/rights.toml), and which columns a run really asks."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from kmsvc.people.roles import GRANTS, Role
from kmsvc.process.changes.verbs import VERBS
from tests.doors.bench import COLUMNS, STRANGER, Route
from tests.support.figures import HARD

TABLE = Path(__file__).parent.parent / "rights.toml"
# the bench names these persons for something, whatever their role
NAMED = {"team_leader", "business_owner", "process_author", "agent"}

ALWAYS = {STRANGER, "suspended", "agent"}


@cache
def table() -> dict[str, frozenset[str]]:
    """`GET /search` -> the columns that are let in."""
    found: dict[str, frozenset[str]] = {}
    sections = tomllib.loads(TABLE.read_text("utf-8"))
    for verb, who in sections.pop("verbs").items():
        place = f"/process/changes/{{change_id}}/{verb}"
        found |= dict.fromkeys((f"POST /api/v1{place}", f"GET {place}", f"POST {place}"), columns(who))
    for section in sections.values():
        for route, who in section.items():
            assert route not in found, f"{route} stands twice in {TABLE.name}"
            found[route] = columns(who)
    return found


def columns(who: str) -> frozenset[str]:
    """The columns behind a cell: public, everyone (who signed in), nobody, or roles with a comma between."""
    if who == "nobody":
        return frozenset()
    if who == "public":
        return frozenset(COLUMNS)
    if who == "everyone":
        return frozenset(COLUMNS) - {STRANGER, "suspended"}
    words = {word.strip() for word in who.split(",")}
    assert words <= {role.value for role in Role} | {"-everything"}, who
    return frozenset(words - {"-everything"}) | (frozenset() if "-everything" in words else {"everything"})


def is_verb_page(route: Route) -> bool:
    """Whether it is the page of a verb, whose right the API route of the same verb asks in every cell."""
    place, _, verb = route.rule.rpartition("/")
    return place == "/process/changes/<int:change_id>" and verb in VERBS


def columns_for(route: Route) -> list[str]:
    """The columns asked in this run; the short form tries pages of verbs by who may, by an agent and by strangers."""
    if HARD or not is_verb_page(route):
        return asked_columns()
    return [column for column in asked_columns()
            if column in ALWAYS or column in table().get(route.name, frozenset())]


@cache
def asked_columns() -> list[str]:
    """Every column when the full figure is asked for; else one of those roles that have the very same grants."""
    if HARD:
        return list(COLUMNS)
    seen: set[frozenset[str]] = set()
    found = []
    for column in COLUMNS:
        grants = GRANTS[Role(column)] if column in {role.value for role in Role} else None
        if grants is None or column in NAMED or grants not in seen:
            found.append(column)
        if grants is not None:
            seen.add(grants)
    return found
