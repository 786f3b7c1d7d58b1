"""What a package of SCORM says of itself when it commits: pure reading of values that come out of a hostile page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_

MOST_KEYS = 5_000
MOST_CHARACTERS = 400_000
LONGEST_KEY = 300


@dataclass(frozen=True)
class Outcome:
    """done: the item is; score: hundredths of a percent; place: where one goes on."""

    done: bool
    score: int | None
    place: str | None


def kept(cmi: Mapping[str, Any]) -> dict[str, str]:
    """The data model as it is kept: names to texts, bounded, storable. InvalidInput where it is not of that kind."""
    wrong = InvalidInput({"cmi": [N_("This is not the data model of a package, or it is too large.")]})
    if len(cmi) > MOST_KEYS:
        raise wrong
    found: dict[str, str] = {}
    size = 0
    for name, value in cmi.items():
        if isinstance(value, bool | list | dict) or not isinstance(name, str) or len(name) > LONGEST_KEY:
            raise wrong
        text = "" if value is None else str(value)
        size += len(name) + len(text)
        if size > MOST_CHARACTERS:
            raise wrong
        found[_storable(name)] = _storable(text)
    return found


def _storable(text: str) -> str:
    return "".join(char for char in text if char != "\x00" and not 0xD800 <= ord(char) <= 0xDFFF)


def outcome(standard: str, cmi: Mapping[str, str], mastery: int | None) -> Outcome:
    """What the data model says. mastery: hundredths of a percent from which it counts as passed; a status that says otherwise than
    the score does not count."""
    if standard == "scorm12":
        status = cmi.get("cmi.core.lesson_status", "").strip().lower()
        score = _share(cmi.get("cmi.core.score.raw"), cmi.get("cmi.core.score.min"), cmi.get("cmi.core.score.max"))
        done, place = status in ("passed", "completed"), cmi.get("cmi.core.lesson_location")
    else:
        completion, success = cmi.get("cmi.completion_status", ""), cmi.get("cmi.success_status", "")
        scaled = _number(cmi.get("cmi.score.scaled"))
        score = (round(max(0.0, min(1.0, scaled)) * 10_000) if scaled is not None
                 else _share(cmi.get("cmi.score.raw"), cmi.get("cmi.score.min"), cmi.get("cmi.score.max")))
        done, place = success == "passed" or (completion == "completed" and success != "failed"), cmi.get("cmi.location")
    if mastery is not None and score is not None and score < mastery:
        done = False
    return Outcome(done, score, place[:60] if place else None)


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) else None


def _share(raw: str | None, least: str | None, most: str | None) -> int | None:
    value, low, high = _number(raw), _number(least), _number(most)
    if value is None:
        return None
    low, high = low or 0.0, 100.0 if high is None else high
    return round(max(0.0, min(1.0, (value - low) / (high - low))) * 10_000) if high > low else None
