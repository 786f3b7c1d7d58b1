"""What the repository carries and how it installs: locks without addresses, nothing built, small modules."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import hatch_build

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted([*ROOT.glob("requirements*.lock"), ROOT / "assets.lock"])
# The hosts packages are fetched from; written apart so that this file does not name them.
HOSTS = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]
LONGEST = 400


def tracked() -> list[Path]:
    """Every file git knows, except deleted ones."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def tracked_texts() -> list[tuple[Path, str]]:
    """The tracked files that are text."""
    found = []
    for path in tracked():
        body = path.read_bytes()
        if b"\0" not in body[:8000]:
            found.append((path.relative_to(ROOT), body.decode("utf-8", errors="replace")))
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_packages_and_hashes_but_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links)", text, re.MULTILINE)


@pytest.mark.parametrize(
    "lock", [lock for lock in LOCKS if lock.name != "assets.lock"], ids=lambda path: path.name
)
def test_every_locked_package_has_an_exact_version_and_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    assert entries
    for entry in entries:
        assert re.match(r"^[a-z0-9.\-_\[\]]+==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_locks_agree_with_each_other_and_hold_what_the_project_asks_for() -> None:
    pinned: dict[str, set[str]] = {}
    for lock in LOCKS:
        for name, version in re.findall(
            r"^([a-z0-9.\-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE
        ):
            pinned.setdefault(name, set()).add(version)
    doubled = {name: versions for name, versions in pinned.items() if len(versions) > 1}
    assert set(doubled) <= {"numpy"}, f"pinned twice: {doubled}"  # numpy: one version for 3.11, one for later
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    names = {re.split(r"[\[><=; ]", wish)[0].lower().replace("_", "-") for wish in asked}
    assert names <= set(pinned), f"not locked: {sorted(names - set(pinned))}; run make lock"


def test_the_browser_files_are_locked_and_not_in_the_repository() -> None:
    wanted = {f"{package['name']}@{package['version']}" for package in hatch_build.Assets(ROOT).packages}
    locked = {line.split()[0] for line in (ROOT / "assets.lock").read_text(encoding="utf-8").splitlines()}
    assert wanted == locked
    inside = [path for path in tracked() if "vendor" in path.parts or path.suffix == ".mo"]
    assert inside == []


def test_the_browser_files_are_there_as_their_manifest_says() -> None:
    assets = hatch_build.Assets(ROOT)
    assert assets.present(), "run python hatch_build.py"
    files = json.loads((assets.folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    for package in assets.packages:
        assert set(package["files"].values()) <= set(files)


def test_no_tracked_file_names_a_package_registry() -> None:
    named = [f"{path}: {host}" for path, text in tracked_texts() for host in HOSTS if host in text]
    assert named == []


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    rules = set(re.findall(r"^([a-z][\w-]*):(?!=)", makefile, re.MULTILINE))
    shown = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert rules == targets
    assert {line.split()[1] for line in shown.splitlines()} == targets
    assert len(targets - {"help"}) <= 12


def test_the_wheel_carries_what_an_installed_kmsvc_needs(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    built = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    for wanted in (
        "kmsvc/__init__.py",
        "kmsvc/cli/main.py",
        "kmsvc/static/vendor/manifest.json",
        "kmsvc/static/vendor/htmx.min.js",
        "kmsvc/templates/layout/base.html",
        "kmsvc/translations/zh_Hans_CN/LC_MESSAGES/messages.mo",
        "kmsvc/migrations/env.py",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "var/"))]


def test_no_module_of_kmsvc_is_longer_than_400_lines() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "kmsvc").rglob("*.py")
    }
    too_long = {str(path.relative_to(ROOT)): count for path, count in lengths.items() if count > LONGEST}
    assert too_long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [
        path for path in (ROOT / "kmsvc").rglob("*.py") if path.stem in {"helpers", "utils", "common", "misc"}
    ]
    assert named == []


def imported_packages(folder: Path) -> set[str]:
    """The top-level names a folder's modules import, without the standard library and the project itself."""
    names: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"kmsvc", "tests", "tools"}


def test_everything_kmsvc_imports_is_asked_for_by_name_or_comes_with_flask() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {canonical(re.split(r"[\[><=; ]", wish)[0]) for wish in project["dependencies"]}
    asked |= {canonical(re.split(r"[\[><=; ]", wish)[0]) for extra in project["optional-dependencies"].values() for wish in extra}
    asked |= {"anyio", "mcp-types", "starlette", "uvicorn"}  # the face that mcp itself shows: its types, and what it serves with
    asked |= {"jinja2", "markupsafe", "werkzeug", "itsdangerous"}
    asked |= {"jieba"}  # stands in where a machine has no wheel of rjieba
    brought_by = packages_distributions()
    missing = {
        name
        for name in imported_packages(ROOT / "kmsvc")
        if not {canonical(distribution) for distribution in brought_by.get(name, [name])} & asked
    }
    assert missing == set()


def canonical(name: str) -> str:
    """A distribution's name as the locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()
