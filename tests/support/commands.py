"""Several commands, one after another, in one process of their own: what they print and how they end, as at a terminal.

Where a process of its own for each is what a test is about, tests/faults/house.py has `run`."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support import starting

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run_commands(env: Mapping[str, str], *lines: Sequence[str]) -> list[Done]:
    """Run `kmsvc` with each line of words; env: what the commands see beside this process's own, less its KMSVC_ names."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KMSVC_")}
    done = starting.run("-m", "tests.support.commands", told=json.dumps([list(words) for words in lines]), env={**kept, **env}, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    told = [Done(**one) for one in json.loads(done.stdout)]
    assert not [one for one in told if "Traceback" in one.stderr]
    return told


def _one(words: list[str]) -> dict[str, object]:
    from kmsvc.cli.glue import run
    from kmsvc.cli.main import cli

    sys.argv = ["kmsvc", *words]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = run(cli)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return {"returncode": status, "stdout": out.getvalue(), "stderr": err.getvalue()}


if __name__ == "__main__":
    print(json.dumps([_one(words) for words in json.load(sys.stdin)]))
