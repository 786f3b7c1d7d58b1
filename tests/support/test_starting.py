"""A process from the nest is like one from nothing: words, streams, environment, folder, status, session and end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support import starting

ROOT = Path(__file__).resolve().parents[2]
WHO = """
import json, os, sys
print(json.dumps([sys.argv, sys.stdin.read(), os.environ.get("WORD"), os.environ.get("HOME"), os.getcwd(), os.getppid(),
                  os.getsid(0) == os.getpid()]))
print("aside", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture(params=[True, False], ids=["forked", "from nothing"])
def forked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways must be the same."""
    if request.param and not starting.FORKED:
        pytest.skip("nothing is forked here")
    monkeypatch.setattr(starting, "FORKED", request.param)


@pytest.mark.usefixtures("forked")
def test_it_sees_what_it_is_given_and_nothing_else(tmp_path: Path) -> None:
    done = starting.run("-c", WHO, "a", "b", told="read me", env={"WORD": "x"}, cwd=tmp_path, start_new_session=True)
    assert (done.returncode, done.stderr) == (7, "aside\n")
    assert json.loads(done.stdout) == [["-c", "a", "b"], "read me", "x", None, str(tmp_path), os.getpid(), True]


@pytest.mark.usefixtures("forked")
def test_a_module_says_its_name_and_a_refusal_has_its_status() -> None:
    shown = starting.run("-m", "kmsvc", "--version", cwd=ROOT)
    assert shown.returncode == 0 and shown.stdout.startswith("kmsvc, version ")
    assert starting.run("-m", "kmsvc", "nonsense", cwd=ROOT).returncode == 2


@pytest.mark.usefixtures("forked")
def test_it_dies_by_a_signal_and_is_waited_for() -> None:
    begun = starting.start("-c", "print('here', flush=True)\nwhile True: pass", stdout=subprocess.PIPE, cwd=ROOT)
    assert begun.stdout is not None and begun.stdout.readline() == b"here\n" and begun.poll() is None
    begun.kill()
    assert begun.wait(10) == -signal.SIGKILL
    begun.stdout.close()


@pytest.mark.usefixtures("forked")
def test_points_of_its_environment_are_armed() -> None:
    words = "from kmsvc.core.faults import fault\nfault('mail.after_send')\nprint('lives')"
    assert starting.run("-c", words, cwd=ROOT, env={**os.environ, "KMSVC_FAULT": "mail.after_send"}).returncode == -signal.SIGKILL
    assert starting.run("-c", words, cwd=ROOT).stdout == "lives\n"


@pytest.mark.usefixtures("forked")
def test_one_that_talks_for_ever_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        starting.run("-c", "while True: pass", timeout=0.5, cwd=ROOT)
