"""Which numbered requirements a test checks: from its name (`test_r_s1_...`) and its docstring (`R-S1`)."""

from __future__ import annotations

import re

IN_NAME = re.compile(r"(?:^|_)r_([a-z])(\d+)(?=_|$)")
IN_TEXT = re.compile(r"\bR-([A-Z])(\d+)\b")


def requirement_ids(name: str, text: str | None) -> list[str]:
    """The ids in order, each once: `R-A1`, `R-S2`."""
    function = name.partition("[")[0]
    found = [f"R-{letter.upper()}{number}" for letter, number in IN_NAME.findall(function)]
    found += [f"R-{letter}{number}" for letter, number in IN_TEXT.findall(text or "")]
    return sorted(set(found), key=lambda name: (name[2], int(name[3:])))


def sentence(name: str, text: str | None) -> str:
    """What the test says, for a person: the first line of its docstring, else its name in words."""
    first = (text or "").strip().partition("\n")[0]
    words = name.partition("[")[0].removeprefix("test_").replace("_", " ")
    return first or re.sub(r"^(?:r [a-z]\d+ (?:and )?)+", "", words)
