"""Two texts compared word by word: Chinese words, numbers and foreign words are never cut in the middle."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from rapidfuzz.distance import Indel

from kmsvc.markup.cutting import cut

Op = Literal["equal", "delete", "insert"]
Part = tuple[Op, str]

# A run that stays together whatever the dictionary thinks: numbers with their signs, codes, foreign
# words, spaces.
_RUN = re.compile(r"[0-9]+(?:[.,:/-][0-9]+)*%?|[A-Za-z][A-Za-z0-9_]*(?:[-'][A-Za-z0-9_]+)*|\n|[^\S\n]+")
# Cells of the comparison table: above this the middle of the two texts is shown as replaced.
MOST_CELLS = 60_000_000
# One unchanged letter or space between two changes is read with them; a sign or a longer run stands by
# itself.
_TINY = re.compile(r"\w|[^\S\n]")


def tokens(text: str) -> list[str]:
    """The words and signs of a text; joined they give the text again."""
    found: list[str] = []
    position = 0
    for run in _RUN.finditer(text):
        found.extend(_chinese(text[position : run.start()]))
        found.append(run.group())
        position = run.end()
    found.extend(_chinese(text[position:]))
    return found


def compare(old: str, new: str) -> list[Part]:
    """The parts that turn `old` into `new`: equal and delete give `old`, equal and insert give `new`."""
    if old == new:
        return [("equal", old)] if old else []
    before, after = tokens(old), tokens(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    parts: list[Part] = [
        ("equal", "".join(before[:head])),
        *middle,
        ("equal", "".join(before[len(before) - tail :])),
    ]
    return _joined(_readable([part for part in parts if part[1]]))


def old_side(parts: Sequence[Part]) -> list[Part]:
    """What the left column shows: equal and deleted parts."""
    return [part for part in parts if part[0] != "insert"]


def new_side(parts: Sequence[Part]) -> list[Part]:
    """What the right column shows: equal and inserted parts."""
    return [part for part in parts if part[0] != "delete"]


def _chinese(text: str) -> list[str]:
    return cut(text, parts=False, guess=True) if text else []


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


def _middle(before: list[str], after: list[str]) -> list[Part]:
    if len(before) * len(after) > MOST_CELLS:
        return [("delete", "".join(before)), ("insert", "".join(after))]
    parts: list[Part] = []
    for op in Indel.opcodes(before, after):
        if op.tag == "insert":
            parts.append(("insert", "".join(after[op.dest_start : op.dest_end])))
        else:
            tag: Op = "equal" if op.tag == "equal" else "delete"
            parts.append((tag, "".join(before[op.src_start : op.src_end])))
    return parts


def _readable(parts: list[Part]) -> list[Part]:
    """Fold tiny unchanged islands between two changes into them; deletions stand before insertions."""
    folded: list[Part] = []
    for index, (op, text) in enumerate(parts):
        island = op == "equal" and 0 < index < len(parts) - 1 and _TINY.fullmatch(text)
        folded.extend([("delete", text), ("insert", text)] if island else [(op, text)])
    ordered: list[Part] = []
    run: list[Part] = []
    for part in [*folded, ("equal", "")]:
        if part[0] != "equal":
            run.append(part)
            continue
        ordered += [p for p in run if p[0] == "delete"] + [p for p in run if p[0] == "insert"]
        run = []
        ordered.append(part)
    return ordered


def _joined(parts: Sequence[Part]) -> list[Part]:
    joined: list[Part] = []
    for op, text in parts:
        if not text:
            continue
        if joined and joined[-1][0] == op:
            joined[-1] = (op, joined[-1][1] + text)
        else:
            joined.append((op, text))
    return joined
