"""A client that knows nothing of the fifteen steps: it reads `allowed` and takes a change as far as its people can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Call = Callable[[str, str, str, Any], tuple[int, Any]]
"""(who, method, path, body) -> (status, answer)"""


KNOWN = {"type", "enum", "const", "default", "format"}
"""All that the contract lets a property say; a client may stumble over more."""


@dataclass
class Walk:
    """What happened on the way: (step, verb, who), and the change as it stands."""

    done: list[tuple[int, str, str]] = field(default_factory=list)
    change: Any = None

    @property
    def steps(self) -> list[int]:
        """The steps in the order they were first seen open."""
        return list(dict.fromkeys(step for step, _, _ in self.done))


def fill(schema: Mapping[str, Any], texts: Mapping[str, str], today: date | None = None) -> dict[str, Any]:
    """A body for a schema: const echoed, default kept, first of an enum, any text, three days ahead for a needed date.

    today: the service's day, where a test tells it; else this machine's.
    """
    body: dict[str, Any] = {}
    assert set(schema) <= {"type", "properties", "required"}, schema
    for name, spec in schema["properties"].items():
        assert set(spec) <= KNOWN, spec
        needed = name in schema.get("required", [])
        if "const" in spec:
            body[name] = spec["const"]
        elif name in texts:
            body[name] = texts[name]
        elif "default" in spec:
            body[name] = spec["default"]
        elif "enum" in spec:
            body[name] = spec["enum"][0]
        elif not needed:
            continue
        elif spec.get("format") == "date":
            body[name] = ((today or date.today()) + timedelta(days=3)).isoformat()
        elif spec["type"] == "string":
            body[name] = "as told"
        elif spec["type"] in ("integer", "number"):
            body[name] = 1
        elif spec["type"] == "boolean":
            body[name] = True
    return body


def walk(call: Call, change_id: int, people: list[str], *, texts: Mapping[str, str] | None = None, most: int = 120,
         until: Callable[[Any], bool] | None = None, today: date | None = None) -> Walk:
    """Use the first forward verb anybody has, until nobody has one or `until` says so."""
    way = Walk()
    path = f"/api/v1/process/changes/{change_id}"
    for _ in range(most):
        moved = False
        for who in people:
            status, change = call(who, "GET", path, None)
            if status != 200:
                continue
            way.change = change
            if until and until(change):
                return way
            forward = [one for one in change["allowed"] if one["forward"]]
            if not forward:
                continue
            one = forward[0]
            status, answer = call(who, one["method"], one["href"], fill(one["schema"], texts or {}, today))
            assert status in (200, 201), (one["verb"], status, answer)
            way.done.append((change["step"]["number"], one["verb"], who))
            way.change = answer
            moved = True
            break
        if not moved:
            return way
    raise AssertionError(f"no end after {most} verbs: {way.done[-5:]}")
