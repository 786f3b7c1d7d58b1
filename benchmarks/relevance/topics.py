"""Needs, their answers and the written questions; and which half a topic belongs to."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
QUESTIONS = FOLDER / "questions.jsonl"
STYLES = ("plain", "rambling", "slang", "typo", "homophone", "traditional", "mixed", "number", "one_word", "quoted",
          "title_substring")
DEV, HELD_OUT = "dev", "held-out"


@dataclass(frozen=True)
class Topic:
    """A need and what answers it: `answers` begins with the expected article, the others are acceptable."""

    id: str
    lang: str
    style: str
    need: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What somebody typed for a topic, with the articles that answer it."""

    id: str
    topic: str
    lang: str
    style: str
    text: str
    answers: tuple[str, ...]

    @property
    def part(self) -> str:
        """dev or held-out, by the topic, so that two questions of one topic are never in different halves."""
        return part_of(self.topic)


def part_of(topic: str) -> str:
    """The half of a topic: by its name's digest, so that nobody can choose."""
    return HELD_OUT if hashlib.sha256(topic.encode()).digest()[0] % 2 else DEV


def topics() -> dict[str, Topic]:
    """All topics by id; KeyError when one has no answer."""
    answers = tomllib.loads((FOLDER / "answers.toml").read_text(encoding="utf-8"))
    found = tomllib.loads((FOLDER / "topics.toml").read_text(encoding="utf-8"))["topic"]
    return {one["id"]: Topic(**one, answers=tuple(answers[one["id"]])) for one in found}


def questions(path: Path = QUESTIONS) -> list[Question]:
    """The written questions; ValueError for an unknown topic or style, a repeated id or an empty text."""
    known = topics()
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    seen: set[str] = set()
    for one in found:
        if one["topic"] not in known or one["style"] not in STYLES or one["id"] in seen or not one["text"].strip():
            raise ValueError(f"question {one['id']}: unknown topic or style, repeated id or no text")
        seen.add(one["id"])
    return [Question(**one, answers=known[one["topic"]].answers) for one in found]
