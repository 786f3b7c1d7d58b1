"""Every icon a template names is drawn: a name without a drawing is a black square."""

from __future__ import annotations

import re
from pathlib import Path

import kmsvc

ROOT = Path(kmsvc.__file__).parent
DRAWN = set(re.findall(r"\.ic-([a-z0-9-]+)", (ROOT / "static" / "css" / "icons.css").read_text()))
KIND = r"\"(?:plain|primary|quiet|danger|bad|go)\""
NAMED = (re.compile(r"icon_name=\"([a-z0-9-]+)\""), re.compile(r"\bicon\(\"([a-z0-9-]+)\""),
         re.compile(rf"ui\.(?:button|verb)\([^\n]*?, {KIND}, \"([a-z][a-z0-9-]*)\""),
         re.compile(r"\"icon\": \"([a-z0-9-]+)\""))


def test_every_icon_that_is_named_is_drawn() -> None:
    named = {(path.relative_to(ROOT).as_posix(), name) for path in (ROOT / "templates").rglob("*.html")
             for pattern in NAMED for name in pattern.findall(path.read_text())}
    assert len(named) > 100
    assert sorted(place for place in named if place[1] not in DRAWN) == []
