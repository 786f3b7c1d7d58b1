"""The walls of the house: who imports whom, pure rules, one clock, transactions in one place, files of a readable size."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "kmsvc"
SLICES = ("people", "files", "notices", "search", "standards", "knowledge", "process", "training", "home", "reactions", "audit",
          "operations")
RULES_MAY = {"kmsvc.core.errors", "kmsvc.core.texts", "kmsvc.core.clock", "kmsvc.core.workdays"}
CLOCK = re.compile(r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime|gmtime)")
LAYERS = ({"rules"}, {"events"}, {"models"}, {"permissions"}, {"usecases", "queries"}, {"schemas", "indexing"},
          {"pages", "api", "cli", "jobs"})
RANK = {name: number for number, names in enumerate(LAYERS) for name in names}

# Where a slice touches the transaction itself, and why nothing else would do.
NEAR_THE_TRANSACTION = {
    "files/usecases.py": "a savepoint: two uploads of the same bytes at one moment are one file",
    "knowledge/articles/usecases.py": "a savepoint: two who make the same category at one moment make one",
    "notices/usecases.py": "INSERT ... ON CONFLICT DO NOTHING in one statement for a whole audience",
    "operations/checks.py": "the schema's revision is asked of the connection",
    "operations/dump_postgres.py": "a backup is one long reading transaction of its own",
    "operations/health.py": "the schema's revision is asked of the connection",
    "people/accounts/usecases.py": "ends every token of a person in one statement",
    "training/questions/importing.py": "a savepoint: a refused line of a file leaves nothing of itself in its batch",
    "search/noting.py": "a note of a search is one bare statement, many times a minute",
    "search/usecases.py": "marks for the index: INSERT ... ON CONFLICT, cleared only while they are the same",
    "search/writing.py": "the commit of the index writer, no transaction of the database",
}


@cache
def modules(folder: Path = CODE) -> list[tuple[str, Path, ast.Module]]:
    """Every module of the product: dotted name, file, syntax tree."""
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path, ast.parse(path.read_text("utf-8")))
            for path in sorted(folder.rglob("*.py"))]


@pytest.fixture(scope="module", autouse=True)
def _read_once() -> Iterator[None]:
    """Six hundred trees are much to keep any longer."""
    yield
    modules.cache_clear()


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules a tree imports from, without those only a type checker needs."""
    skipped = {id(child) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
               for child in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_the_rooms_stand_on_each_other_as_the_list_says() -> None:
    done = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_rules_know_the_standard_library_and_three_small_rooms() -> None:
    wrong = []
    for name, path, tree in modules():
        if path.name != "rules.py":
            continue
        for module in imported(tree):
            outside = not module.startswith("kmsvc") and module.split(".")[0] not in sys.stdlib_module_names
            inside = module.startswith("kmsvc") and not any(module == one or module.startswith(one + ".") for one in RULES_MAY)
            if outside or (inside and not module.removeprefix(name.rpartition(".")[0]).startswith(".rules")):
                wrong.append(f"{name} imports {module}")
    assert not wrong, "\n".join(wrong)


def test_inside_a_noun_each_file_looks_down_only() -> None:
    """pages, api → schemas, indexing → usecases, queries → permissions → models → events → rules."""
    wrong = []
    for name, path, tree in modules():
        noun, own = name.rpartition(".")[0], RANK.get(path.stem)
        if own is None:
            continue
        for module in imported(tree):
            above = RANK.get(module.removeprefix(noun + ".").split(".")[0], -1) if module.startswith(noun + ".") else -1
            if above > own:
                wrong.append(f"{name} looks up to {module}")
    assert not wrong, "\n".join(wrong)


def test_only_one_room_reads_the_clock() -> None:
    wrong = []
    for name, _, tree in modules():
        if name == "kmsvc.core.clock":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                said = ast.unparse(node.func)
                if CLOCK.fullmatch(said):
                    wrong.append(f"{name}:{node.lineno} calls {said}")
    assert not wrong, "\n".join(wrong)


def test_slices_do_not_begin_or_end_transactions() -> None:
    """commit, rollback and connection are words of the floor; each exception has its reason above."""
    found: dict[str, list[str]] = {}
    for name, path, tree in modules():
        if name.split(".")[1:2] != [] and name.split(".")[1] not in SLICES:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in (
                    "commit", "rollback", "connection", "begin_nested"):
                found.setdefault(path.relative_to(CODE).as_posix(), []).append(f"{node.lineno}: {ast.unparse(node.func)}")
    assert set(found) == set(NEAR_THE_TRANSACTION), found


def test_no_error_is_swallowed_without_a_word() -> None:
    wrong = [f"{name}:{node.lineno}" for name, _, tree in modules() for node in ast.walk(tree)
             if isinstance(node, ast.ExceptHandler)
             and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
             and all(isinstance(one, ast.Pass) for one in node.body)]
    assert not wrong, wrong


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(word: str) -> None:
    assert [str(path) for _, path, _ in modules() if re.search(rf"\b{word}\b", path.read_text("utf-8"))] == []


def test_files_are_short_enough_to_read_at_one_sitting() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for _, path, _ in modules()}
    assert {str(path): lines for path, lines in sizes.items() if lines > 400} == {}
    real = sorted(lines for lines in sizes.values() if lines > 3)
    assert statistics.median(real) <= 100
    assert real[int(len(real) * 0.9)] <= 250


def test_every_module_says_what_it_is() -> None:
    assert [name for name, _, tree in modules() if not ast.get_docstring(tree)] == []
    assert [path.name for path in CODE.rglob("*.py") if path.stem in ("helpers", "utils", "common")] == []


def test_no_chinese_letters_in_code_or_pages() -> None:
    """Texts for people go through the catalogues; data of the demo and dictionaries of the search are content."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    wrong = [path.relative_to(CODE).as_posix() for path in [*CODE.rglob("*.py"), *CODE.rglob("*.html")]
             if chinese.search(path.read_text("utf-8"))]
    assert [one for one in wrong if not one.startswith("demo/")] == []
