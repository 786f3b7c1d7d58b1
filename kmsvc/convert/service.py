"""What the other packages call: a file in, Markdown sections, a table or a type out; or Refused, and nothing else.

The file is read by a child process that is bounded in memory, time and rights (limits.py), one for each core at
a time. Whatever happens to the child, the asking process gets an answer within the time given.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kmsvc.convert import limits, sniff
from kmsvc.convert.child import answers
from kmsvc.convert.refusals import Refused
from kmsvc.convert.result import Converted, HowRead, Notice, Picture, Row, RowError, Section, SheetLook, Table
from kmsvc.convert.sheets import Sheet
from kmsvc.convert.texts import REFUSALS
from kmsvc.convert.titles import of_file

_ROOT = str(Path(__file__).resolve().parents[2])
# -I takes no path from outside, so the checkout or site-packages that holds us is named here.
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from kmsvc.convert.child import main; main(sys.argv[1:])"
_CORES = threading.BoundedSemaphore(os.cpu_count() or 1)
WAIT_FOR_CORE = 20
_NO_ROOM = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE}
ONE_DOCUMENT = frozenset({"docx", "pptx", "pdf", "html", "md", "txt"})
# Formats without a parser; starting a process for each would cost more than reading them.
_READ_HERE = frozenset({"md", "markdown", "txt"})
_READ_HERE_UP_TO = 2 * limits.MB


def convert_file(
    path: Path | str,
    filename: str,
    *,
    allowed: frozenset[str] = sniff.IMPORTS,
    timeout: float = limits.WALL_SECONDS,
    layout: Mapping[str, Any] | None = None,
) -> Converted:
    """Everything a file says, as Markdown. Raises Refused with a code of texts.REFUSALS.

    filename: the name that the person gave it, which says what it should be. timeout: seconds of reading. layout: what the columns of
    its sheets are, as assigning.py reads it.
    """
    lines = (
        answers("convert", Path(path), filename, allowed)
        if _is_small_text(Path(path), filename)
        else _ask("convert", path, filename, allowed, timeout, layout)
    )
    found: dict[type, list[Any]] = {kind: [] for kind in (Section, Notice, RowError, HowRead, Picture, SheetLook)}
    kind = ""
    for name, values in _found(lines):
        if name == "done":
            kind = values["kind"]
        elif name == "Picture":
            found[Picture].append(
                Picture(values["sha256"], values["content_type"], base64.b64decode(values["data"]))
            )
        else:
            maker = {one.__name__: one for one in (Section, Notice, RowError, HowRead, SheetLook)}[name]
            found[maker].append(maker(**values))
    sections = found[Section]
    title = next((section.title for section in sections if section.title), "") or of_file(filename)
    return Converted(
        kind,
        title,
        kind in ONE_DOCUMENT,
        sections,
        found[Notice],
        found[RowError],
        found[HowRead],
        found[Picture],
        found[SheetLook],
    )


def table_file(
    path: Path | str, filename: str, *, sort: str = "accounts", timeout: float = limits.WALL_SECONDS
) -> tuple[list[Table], list[Notice]]:
    """The sheets of an XLSX or CSV file with their columns understood. sort: a table of columns.toml. Raises Refused."""
    tables: list[Table] = []
    notices: list[Notice] = []
    for name, values in _found(_ask(sort, path, filename, sniff.TABLES, timeout)):
        if name == "Table":
            rows = [Row(**row) for row in values["rows"]]
            how = HowRead(**values["how_read"])
            tables.append(
                Table(values["sheet"], tuple(values["columns"]), tuple(values["unknown"]), rows, how)
            )
        elif name == "Notice":
            notices.append(Notice(**values))
    return tables, notices


def sheets_file(path: Path | str, filename: str, *, allowed: frozenset[str] = sniff.TABLES,
                timeout: float = limits.WALL_SECONDS) -> list[Sheet]:
    """The visible sheets of an XLSX, CSV or, where it is allowed, XLS file as rows of text, for who understands columns alone.
    Raises Refused."""
    found = []
    for name, values in _found(_ask("rows", path, filename, allowed, timeout)):
        if name == "Sheet":
            rows = [(number, cells) for number, cells in values["rows"]]
            found.append(Sheet(values["name"], rows, [Notice(**notice) for notice in values["notices"]]))
    return found


def check_file(
    path: Path | str,
    filename: str,
    *,
    allowed: frozenset[str] = sniff.ATTACHMENTS,
    timeout: float = limits.WALL_SECONDS,
) -> sniff.FileType:
    """The type of a file to be kept as it is, after every check that can be made. Raises Refused."""
    if _extension(filename) not in sniff.OFFICE:
        return sniff.sniff(Path(path), filename, allowed=allowed)
    for name, values in _found(_ask("check", path, filename, allowed, timeout)):
        if name == "done":
            return sniff.FileType(values["kind"], values["media_type"])
    raise Refused("unreadable")


def _is_small_text(path: Path, filename: str) -> bool:
    try:
        return _extension(filename) in _READ_HERE and path.stat().st_size <= _READ_HERE_UP_TO
    except OSError:
        return False


def _extension(filename: str) -> str:
    return Path(filename).suffix.lower().lstrip(".")


def _found(lines: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """(what, values) for each line; raises what the child refused, and "unreadable" when the last line is missing."""
    for line in lines:
        ((name, values),) = line.items()
        if name == "refused":
            code = values["code"] if values["code"] in REFUSALS else "unreadable"
            raise Refused(code, **values["params"])
        yield name, values
        if name == "done":
            return
    raise Refused("unreadable")


def _ask(
    mode: str, path: Path | str, filename: str, allowed: frozenset[str], timeout: float, layout: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    arguments = [mode, str(Path(path).resolve()), Path(filename).name, ",".join(sorted(allowed))]
    arguments += [json.dumps(layout, ensure_ascii=False)] if layout else []
    return run([sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT, *arguments], timeout=timeout)


def run(command: Sequence[str], *, timeout: float) -> list[dict[str, Any]]:
    """The JSON lines that a child prints. It never outlives this call. Raises Refused.

    A list, not a generator: an exception that keeps its frames would keep a suspended one, and with it the core.
    """
    if not _CORES.acquire(timeout=WAIT_FOR_CORE):
        raise Refused("busy")
    try:
        with subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        ) as child:
            late = threading.Event()
            alarm = threading.Timer(timeout, _kill, (child, late))
            alarm.daemon = True
            alarm.start()
            try:
                lines = list(_lines(child))
            finally:
                alarm.cancel()
                _end(child)
            if late.is_set() or child.returncode == -signal.SIGXCPU:
                raise Refused("too_slow")
            return lines
    except OSError as error:  # no process could be started: for want of room, or because there is no Python there
        raise Refused("busy" if error.errno in _NO_ROOM else "unreadable") from error
    finally:
        _CORES.release()


def _lines(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    assert child.stdout is not None
    pieces: list[bytes] = []
    read = found = 0
    while chunk := os.read(child.stdout.fileno(), 1 << 18):
        read += len(chunk)
        if read > limits.ANSWER:
            raise Refused("too_much")
        *complete, rest = chunk.split(b"\n")
        for line in complete:
            found += 1
            if found > limits.ANSWER_LINES:
                raise Refused("too_much")
            yield _parsed(b"".join([*pieces, line]))
            pieces = []
        pieces.append(rest)


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise Refused("unreadable") from None
    if not isinstance(value, dict) or len(value) != 1:
        raise Refused("unreadable")
    return value


def _end(child: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a child that has said all; one that goes on is killed, so that its status is known."""
    try:
        child.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        _kill(child)
        child.wait()


def _kill(child: subprocess.Popen[bytes], late: threading.Event | None = None) -> None:
    """End the child with everything in its session. late: set when it still ran."""
    if child.poll() is None:
        if late is not None:
            late.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
