"""The child process that reads one hostile file of questions: it cages itself as that of `convert` does, and answers in JSON lines.

The last line is `{"done": …}` or `{"refused": …}`; no last line means that it died, which is an answer as well."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kmsvc.convert import limits

NOT_NEEDED = ("numpy", "pandas")


def main(arguments: list[str]) -> int:
    """Read one file and print what was found. Arguments: the reader (READERS), the path."""
    reader, path = arguments
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for module in NOT_NEEDED:
        sys.modules[module] = None  # type: ignore[assignment]
    read = _reader(reader)  # its modules are loaded before the cage closes
    limits.confine()
    for line in answers(read, Path(path)):
        answer.write(json.dumps(line, ensure_ascii=True, separators=(",", ":"), default=str) + "\n")
    answer.flush()
    return 0


def answers(read: Callable[[Path], Any], path: Path) -> Iterator[dict[str, Any]]:
    """What is found in the file, as the lines that go over the pipe; never raises."""
    from kmsvc.convert.refusals import Refused
    from kmsvc.training.questions.storing import to_json

    try:
        if path.stat().st_size > limits.FILE_MB * limits.MB:
            raise Refused("too_large", limit_mb=limits.FILE_MB)
        reading = read(path)
        for one in reading.taken:
            yield {"Taken": {"place": asdict(one.place), "question": to_json(one.question), "about": asdict(one.about),
                             "remarks": list(one.remarks)}}
        for away in reading.turned_away:
            yield {"TurnedAway": {"place": asdict(away.place), "reasons": [asdict(each) for each in away.reasons], "shown": away.shown}}
        for passed in reading.passed_over:
            yield {"PassedOver": {"place": asdict(passed.place), "code": passed.code}}
        for notice in reading.notices:
            yield {"Notice": asdict(notice)}
        for picture in reading.pictures:
            yield {"Picture": {"sha256": picture.sha256, "content_type": picture.content_type,
                               "data": base64.b64encode(picture.data).decode()}}
        yield {"done": {}}
    except Refused as refused:
        yield {"refused": {"code": refused.code, "params": refused.params}}
    except Exception as error:  # whatever a library does with a hostile file is "unreadable"
        yield {"refused": {"code": "unreadable", "params": {}, "why": type(error).__name__}}


def _reader(name: str) -> Callable[[Path], Any]:
    if name == "qti":
        from kmsvc.training.questions.formats.qti.package import read_file

        return read_file
    if name == "moodle":
        from kmsvc.training.questions.formats.moodle import read
    elif name == "json":
        from kmsvc.training.questions.formats.whole import read
    elif name == "gift":
        from kmsvc.training.questions.formats.gift import read
    else:
        from kmsvc.training.questions.formats.aiken import read
    return lambda path: read(path.read_bytes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
