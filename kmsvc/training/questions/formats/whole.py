"""Questions as JSON of this service: the one format that holds every kind whole, with ids, cases, files asked for and pictures. What is
read is as hostile as any other file."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from kmsvc.convert.encoding import decode
from kmsvc.convert.gallery import Gallery
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Notice, Picture
from kmsvc.training.questions.formats.results import DIFFICULTIES, About, Gathering, Place, Reading, Taken
from kmsvc.training.questions.kinds import Question
from kmsvc.training.questions.storing import StoredWrong, from_json, to_json

NAME, VERSION = "kmsvc-questions", 1


def cannot_hold(question: Question) -> list[str]:
    """Nothing is lost."""
    return []


def back(question: Question) -> Reading:
    """What comes out of a file with this question alone."""
    return read(write([Taken(Place(), question)], {}))


def write(items: Sequence[Taken], pictures: Mapping[str, Picture]) -> bytes:
    """The file. pictures: by SHA-256."""
    return json.dumps({"format": NAME, "version": VERSION, "questions": [
        {key: value for key, value in asdict(one.about).items() if value} | {"question": to_json(one.question)} for one in items],
        "pictures": [{"media_type": one.content_type, "data": base64.b64encode(one.data).decode()} for one in pictures.values()],
        }, ensure_ascii=False, indent=1).encode()


def read(data: bytes) -> Reading:
    """Everything such a file holds. Raises Refused for what is none."""
    try:
        found = json.loads(decode(data)[0])
    except (ValueError, RecursionError):
        raise Refused("unreadable") from None
    if not isinstance(found, dict) or found.get("format") != NAME or not isinstance(found.get("questions"), list):
        raise Refused("unreadable")
    gathering, gallery = Gathering(), Gallery()
    for one in found["pictures"] if isinstance(found.get("pictures"), list) else []:
        if isinstance(one, dict) and isinstance(one.get("data"), str):
            try:
                gallery.add(base64.b64decode(one["data"], validate=True))
            except ValueError:
                continue
    for number, one in enumerate(found["questions"], 1):
        _take(one if isinstance(one, dict) else {}, number, gathering)
    if not gathering.found:
        raise Refused("empty")
    pictures = []
    for each in gallery.report():
        if isinstance(each, Picture):
            pictures.append(each)
        elif isinstance(each, Notice):
            gathering.notices.append(each)
    return gathering.done(pictures)


def _take(one: Mapping[str, Any], number: int, gathering: Gathering) -> None:
    said = {name: one[name] for name in ("number", "title", "topic", "difficulty") if isinstance(one.get(name), str)}
    tags = one.get("tags")
    about = About(said.get("number", "")[:200], said.get("title", "")[:200], said.get("topic", "")[:200],
                  said["difficulty"] if said.get("difficulty") in DIFFICULTIES else "",
                  tuple(each[:60] for each in tags if isinstance(each, str)) if isinstance(tags, list) else ())
    place = Place("", number, about.number[:60])
    try:
        question = from_json(one.get("question", {}))
    except (StoredWrong, RecursionError):
        gathering.turn_away(place, "no_question", str(one)[:60])
        return
    gathering.judge(place, question, about)
