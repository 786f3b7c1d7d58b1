"""The table of rights a person can read (tests/rights.toml), and which columns a run really asks."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from zlib import crc32

from kmsvc.people.roles import GRANTS, Role
from kmsvc.process.changes.verbs import VERBS
from tests.doors.bench import COLUMNS, STRANGER, Route
from tests.support.figures import HARD

TABLE = Path(__file__).parent.parent / "rights.toml"
# the bench names these persons for something, whatever their role
NAMED = {"team_leader", "business_owner", "process_author", "agent"}

ALWAYS = {STRANGER, "suspended", "agent"}
EVERYONE = frozenset(COLUMNS) - {STRANGER, "suspended"}


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
        return EVERYONE
    words = {word.strip() for word in who.split(",")}
    assert words <= {role.value for role in Role} | {"-everything"}, who
    return frozenset(words - {"-everything"}) | (frozenset() if "-everything" in words else {"everything"})


def is_verb_page(route: Route) -> bool:
    """Whether it is the page of a verb, whose right the API route of the same verb asks in every cell."""
    place, _, verb = route.rule.rpartition("/")
    return place == "/process/changes/<int:change_id>" and verb in VERBS


def columns_for(route: Route) -> list[str]:
    """The columns asked in this run: every one when the full figure is asked for. The short form leaves out what another
    cell shows: pages of verbs are tried by who may, by an agent and by strangers; what everyone may is tried by who has no
    role, one role and all, and by one more role in turn; and of a page and its twin for programs, which are one use case
    behind two doors, each is tried by every second of those whom it refuses."""
    asked, allowed = asked_columns(), table().get(route.name, frozenset())
    if HARD:
        return asked
    if is_verb_page(route):
        return [column for column in asked if column in ALWAYS or column in allowed]
    roles = [column for column in asked if column not in ALWAYS | {"everything"}]
    if allowed >= EVERYONE:
        extra = {roles[crc32(route.name.encode()) % len(roles)], "everything"}
    elif twin(route) in table():
        extra = {column for at, column in enumerate(roles) if column in allowed or at % 2 == route.is_api} | {"everything"}
    else:
        return asked
    return [column for column in asked if column in ALWAYS | extra]


def twin(route: Route) -> str:
    """The same method of the same thing at the other door."""
    method, _, place = route.name.partition(" ")
    return f"{method} {place.removeprefix('/api/v1') if route.is_api else '/api/v1' + place}"


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
