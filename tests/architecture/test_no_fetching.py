"""R-C5: the service fetches nothing from anywhere, so no address can make it call inside the house. Mail and the calls of hooks are
its only ways out; where a hook may lead is held by tests/hooks/test_reaching.py."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "kmsvc"
WAYS_OUT = {"requests", "urllib.request", "http.client", "httpx", "aiohttp", "urllib3", "ftplib", "telnetlib", "xmlrpc.client"}
MAY_CALL = {"hooks/reaching.py"}
MAY_SPEAK = {"notices/mailer.py", "notices/envelope.py"}
SOCKETS = {"cli/assistant.py", "cli/serve.py", "cli/serving.py", "worker.py"}
"""but for `MAY_CALL`; serve and assistant take a port to listen on; the worker asks the machine's name."""


def imported(path: Path) -> set[str]:
    """The modules a file imports, with their parents."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_r_c5_no_module_can_fetch_an_address() -> None:
    guilty = {path.relative_to(PACKAGE).as_posix(): sorted(imported(path) & WAYS_OUT) for path in PACKAGE.rglob("*.py")}
    assert {name for name, ways in guilty.items() if ways} == MAY_CALL


def test_r_c5_only_the_mailer_speaks_to_a_server_and_only_to_the_one_in_the_settings() -> None:
    speakers = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if "smtplib" in imported(path)}
    sockets = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if "socket" in imported(path)}
    assert speakers <= MAY_SPEAK and sockets <= SOCKETS | MAY_CALL, (speakers, sockets)
