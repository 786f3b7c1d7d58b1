"""A guided flow as a text that people write, and back: `? name: question`, `- answer -> name`, `! name: outcome`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kmsvc.core.texts import N_
from kmsvc.knowledge.flows.rules import Choice, Node, Problem

_KEY = r"[\w.-]{1,40}"
_HEAD = re.compile(rf"([?!])\s*({_KEY})\s*:\s*(.*)\Z")
_CHOICE = re.compile(rf"-\s+(.*?)\s*->\s*({_KEY})\Z")
_LINK = re.compile(r"link\s*:\s*(\S.*)\Z", re.IGNORECASE)
_WIDE = {"\N{FULLWIDTH QUESTION MARK}": "?", "\N{FULLWIDTH EXCLAMATION MARK}": "!"}
_COLON, _ARROWS = "\N{FULLWIDTH COLON}", ("\N{RIGHTWARDS ARROW}", "=>")


def read(text: str) -> tuple[tuple[Node, ...], list[Problem]]:
    """The nodes of a written flow, and the lines that cannot be understood. Full-width marks and arrows count as plain ones."""
    nodes: list[Node] = []
    lost: list[Problem] = []
    held: _Held | None = None
    for n, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        head = _head(line)
        if head is not None:
            if held is not None:
                nodes.append(held.node())
            held = _Held(*head)
        elif held is None:
            if line:
                lost.append(Problem(f"L{n}", N_("Above the first question nothing can stand.")))
        elif not held.take(line, raw):
            lost.append(Problem(f"L{n}", N_("A choice says where it leads: «- words -> name».")))
    if held is not None:
        nodes.append(held.node())
    return tuple(nodes), lost


def _head(line: str) -> tuple[bool, str, str] | None:
    plain = _WIDE.get(line[:1], line[:1]) + line[1:]
    if not plain.startswith(("?", "!")):
        return None
    found = _HEAD.match(plain.replace(_COLON, ":", 1) if ":" not in plain.split(_COLON)[0] else plain)
    return (found[1] == "!", found[2], found[3].strip()) if found else None


class _Held:
    """The node that is being read."""

    def __init__(self, ends: bool, key: str, title: str) -> None:
        self.ends, self.key, self.title = ends, key, title
        self.lines: list[str] = []
        self.choices: list[Choice] = []
        self.link = ""

    def take(self, line: str, raw: str) -> bool:
        """Add a line; False for one that should be a choice and is none."""
        if not self.ends and line.startswith("- "):
            plain = line
            for arrow in _ARROWS:
                plain = plain.replace(arrow, "->")
            found = _CHOICE.match(plain)
            if found is None:
                return False
            self.choices.append(Choice(found[1].strip(), found[2]))
            return True
        link = _LINK.match(line.replace(_COLON, ":", 1)) if self.ends else None
        if link is not None:
            self.link = link[1].strip().upper()
        else:
            self.lines.append(raw.rstrip())
        return True

    def node(self) -> Node:
        """What was read."""
        return Node(self.key, self.title, self.ends, "\n".join(self.lines).strip("\n"), tuple(self.choices), self.link)


def write(nodes: Sequence[Node]) -> str:
    """The nodes as their text."""
    parts = []
    for node in nodes:
        lines = [f"{'!' if node.ends else '?'} {node.key}: {node.title}"]
        if node.text:
            lines.append(node.text)
        if node.link:
            lines.append(f"link: {node.link}")
        parts.append("\n".join([*lines, *(f"- {choice.text} -> {choice.to}" for choice in node.choices)]))
    return "\n\n".join(parts) + "\n"


def as_json(nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """The nodes as JSON keeps and carries them."""
    return [{"key": node.key, "outcome": node.title, "say": node.text, "link": node.link or None} if node.ends else
            {"key": node.key, "question": node.title, "note": node.text,
             "choices": [{"text": choice.text, "to": choice.to} for choice in node.choices]} for node in nodes]


def from_json(rows: Sequence[dict[str, Any]]) -> tuple[Node, ...]:
    """The same back."""
    return tuple(
        Node(row["key"], row["outcome"] or "", True, row.get("say") or "", (), (row.get("link") or "").upper())
        if row.get("outcome") is not None else
        Node(row["key"], row.get("question") or "", False, row.get("note") or "",
             tuple(Choice(one["text"], one["to"]) for one in row.get("choices") or ()))
        for row in rows)
