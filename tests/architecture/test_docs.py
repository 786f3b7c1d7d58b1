"""What the documents say is so: links lead somewhere, names exist, commands run, generated pages are the code's own."""

from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from babel.messages.pofile import read_po

from kmsvc.cli.main import cli
from kmsvc.core.texts import Labelled
from kmsvc.operations.doctor import examine
from kmsvc.process.changes.rules import STEPS
from kmsvc.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
GENERATORS = sorted((ROOT / "tools").glob("docs_*.py"))
TOP = r"(?:kmsvc|tests|tools|docs|migrations|benchmarks)"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def codes(text: str) -> list[str]:
    """Everything between backticks and every line of a fenced block."""
    fenced = re.findall(r"```[^\n]*\n(.*?)```", text, re.DOTALL)
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [*re.findall(r"`([^`\n]+)`", plain), *(line for block in fenced for line in block.splitlines())]


def source(pattern: str = "kmsvc/**/*.py") -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.glob(pattern)):
        yield path, path.read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"", page.read_text("utf-8"))
    here = [one for pair in targets if (one := "".join(pair)) and not re.match(r"[a-z]+:", one)]
    lost = [one for one in here if not (page.parent / one.partition("#")[0]).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_that_is_named_exists(page: Path) -> None:
    named = {one.rstrip("/") for one in codes(page.read_text("utf-8")) if re.fullmatch(r"[\w./-]+", one) and "/" in one}
    whole = {one for one in named if re.match(rf"{TOP}/", one)}
    inner = {one for one in named - whole if re.fullmatch(r"[a-z_]+/[\w/]+\.(?:py|txt)", one)}
    lost = [one for one in whole if not (ROOT / one).exists()]
    lost += [one for one in inner if not ((ROOT / "kmsvc" / one).exists() or (ROOT / one).exists())]
    assert sorted(lost) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_name_said_to_stand_in_a_file_stands_there(page: Path) -> None:
    said = re.findall(r"`(\w+)`(?:,? and `(\w+)`)? in\s+`((?:kmsvc/)?[\w/]+\.py)`", page.read_text("utf-8"))
    wrong = []
    for *words, path in said:
        place = ROOT / path if (ROOT / path).exists() else ROOT / "kmsvc" / path
        wrong += [f"{word} in {path}" for word in words if word and not re.search(rf"\b{word}\b", place.read_text("utf-8"))]
    assert wrong == []


def test_every_folder_has_its_line_on_the_map() -> None:
    text = (ROOT / "docs/find-your-way.md").read_text("utf-8")
    lines = {one.strip("`").rstrip("/") for row in re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)
             for one in row.split()}
    folders = {path.parent.relative_to(ROOT / "kmsvc").as_posix() for path in ROOT.glob("kmsvc/**/*.py")} - {"."}
    folders |= {"templates", "static", "translations"}
    assert sorted(folders - lines) == []


def test_a_slice_imports_only_what_stands_lower_on_the_map() -> None:
    table = (ROOT / "docs/find-your-way.md").read_text("utf-8").partition("## One line a folder")[2].partition("| beside")[0]
    rows = [re.findall(r"`(\w+)(?:\.py|/)?[^`]*`", row) for row in re.findall(r"^\| (`[^|]+`) \|", table, re.MULTILINE)]
    rank = {name: place for place, names in reversed(list(enumerate(rows))) for name in names}
    wrong = set()
    for path, code in source():
        here = path.relative_to(ROOT / "kmsvc").parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(code)):
            if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kmsvc")):
                continue
            for alias in node.names:
                there = f"{node.module}.{alias.name}".split(".")[1]
                if here != "operations" and rank.get(there, 99) < rank.get(here, -1):
                    wrong.add(f"{path.relative_to(ROOT)} imports {there}")
    assert sorted(wrong) == []


def commands() -> Iterator[tuple[str, str]]:
    """(page, command line) for every command that is named."""
    for page in PAGES:
        for code in codes(page.read_text("utf-8")):
            for line in re.findall(r"(?<!-[ugo] )(?<![\w.-])kmsvc ([a-z][^;|&#(]*)", code):
                yield name_of(page), line.split("  ")[0].strip()


def complaint(line: str) -> str | None:
    """What is wrong with a command line, if anything."""
    here: click.Command = cli
    words = line.split()
    while words and isinstance(here, click.Group) and re.fullmatch(r"[a-z_-]+", words[0]):
        found = here.get_command(click.Context(here), words[0])
        if found is None:
            return f"there is no {words[0]!r} in «{line}»"
        here = found
        words.pop(0)
    known = {"--help"} | {option for param in here.params for option in param.opts}
    wrong = [word for word in words if re.match(r"--[a-z]", word) and word.split("=")[0] not in known]
    return f"{wrong} in «{line}»" if wrong else None


def test_every_command_that_is_named_exists_with_its_options() -> None:
    found = list(commands())
    assert len(found) > 30
    assert [f"{page}: {wrong}" for page, line in found if (wrong := complaint(line))] == []


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for page in PAGES for code in codes(page.read_text("utf-8"))
             for words in re.findall(r"^make ((?:[a-z]+ ?)+)", code) for word in words.split()}
    assert {"run", "test", "docs"} <= named
    assert named - targets == set()


def test_settings_and_documents_name_the_same_variables() -> None:
    described = set(re.findall(r"KMSVC_[A-Z_]+", (ROOT / "docs/settings.md").read_text("utf-8")))
    named = {one for page in PAGES for one in re.findall(r"KMSVC_[A-Z_]+\b", page.read_text("utf-8"))}
    read: set[str] = set()
    for pattern in ("kmsvc/**/*.py", "tools/*.py", "tests/**/*.py", "hatch_build.py", "Makefile"):
        for path, text in source(pattern):
            if path != Path(__file__):
                read |= set(re.findall(r"(?:environ[^\n]{0,40}|env\.str\(|\$+\{)[\"']?(KMSVC_[A-Z_]+)", text))
    assert named <= described
    assert read <= described
    assert described >= {"KMSVC_DATA_DIR", "KMSVC_SECRET_KEY", "KMSVC_BASE_URL"}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("generator", GENERATORS, ids=name_of)
def test_a_generated_page_is_what_the_code_says_today(generator: Path) -> None:
    made = load(generator)
    assert made.TARGET.read_text("utf-8") == made.document(), f"{name_of(made.TARGET)} is behind the code: make docs"


def test_every_slice_and_every_enum_is_in_the_glossary() -> None:
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    load(ROOT / "tools/docs_glossary.py").enums()
    listed = set(re.findall(r"`(\w+)`", text.partition("<!-- codes")[0]))
    slices = {path.parent.name for path in ROOT.glob("kmsvc/*/__init__.py")}
    house = {"core", "cli", "demo", "convert", "markup"}  # rooms of the house, not slices of the field
    kinds = {kind.__name__ for kind in Labelled.__subclasses__() if kind.__module__.startswith("kmsvc.")}
    assert sorted((slices - house | kinds) - listed) == []


def test_pages_and_glossary_use_the_same_chinese_word() -> None:
    with load(ROOT / "tools/docs_glossary.py").CATALOGUE.open("rb") as stream:
        pages = {str(one.id).lower(): str(one.string) for one in read_po(stream, locale="zh_Hans_CN")
                 if one.id and not one.context and isinstance(one.string, str)}
    text = (ROOT / "docs/glossary.md").read_text("utf-8").partition("<!-- codes")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `", text, re.MULTILINE)
    two_meanings = {"first draft", "session", "fact"}  # the page means the act, a course's session, an article's facts
    wrong = {english: (chinese, pages[english.lower()]) for chinese, english in rows
             if pages.get(english.lower()) and english not in two_meanings and pages[english.lower()] not in chinese}
    assert len(rows) > 60
    assert wrong == {}


def test_every_code_name_of_the_glossary_is_in_the_code() -> None:
    text = (ROOT / "docs/glossary.md").read_text("utf-8").partition("<!-- codes")[0]
    named = {word for row in re.findall(r"^\|[^|]+\|[^|]+\|([^|]+)\|", text, re.MULTILINE)
             for code in re.findall(r"`([\w.]+)`", row) for word in code.split(".")}
    words = {word for path, code in source() for word in re.findall(r"\w+", code + path.as_posix())}
    assert sorted(named - words) == []


def test_the_fifteen_steps_of_the_document_are_those_of_the_code() -> None:
    text = (ROOT / "docs/domain.md").read_text("utf-8")
    told = re.findall(r"^\| (\d+) \|[^|]+\|[^|]+\| `(\w+)` \|", text, re.MULTILINE)
    assert told == [(str(step.number), str(step.state)) for step in STEPS]


def test_what_the_code_cites_can_be_looked_up() -> None:
    text = (ROOT / "docs/domain.md").read_text("utf-8")
    clauses = set(re.findall(r"^\| (\d+) \| [^|]+\| `|^\| (\d+) \| [^|]+\| steps?", text, re.MULTILINE))
    known = {one for pair in clauses for one in pair if one} | {str(no) for no in range(39, 47)}
    sections = set(re.findall(r"^#+ ([\d.]+) ", text, re.MULTILINE))
    numbered = {path.name[:4] for path in DECISIONS}
    lost: set[str] = set()
    for _path, code in source():
        for words in re.findall(r"[Cc]lauses? ([\d, ]+(?:and|to)? ?\d*)", code):
            lost |= {f"clause {no}" for no in re.findall(r"\d+", words) if no not in known}
        lost |= {f"domain {no}" for no in re.findall(r"domain (?:section )?(\d+(?:\.\d+)?)", code) if no not in sections}
        lost |= {f"decision {no}" for no in re.findall(r"[Dd]ecision (\d{4})", code) if no not in numbered}
        lost |= {f"decision {no}" for no in re.findall(r"(?<![\w-])(D\d{1,2})\b", code) if f"| {no} |" not in text}
    assert lost == set()


def test_decisions_are_short_and_listed_and_say_what_was_rejected() -> None:
    listed = re.findall(r"\[(\d{4})\]\((\S+)\)", (ROOT / "docs/decisions/README.md").read_text("utf-8"))
    assert [name for _, name in listed] == [path.name for path in DECISIONS]
    assert [no for no, _ in listed] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        heads = [text.index(f"**{word}.**") for word in ("Context", "Decision", "Consequences", "Not done")]
        assert heads == sorted(heads) and len(text.splitlines()) <= 45, path.name


def test_the_metrics_and_checks_of_the_operations_page_are_those_of_the_code(tmp_path: Path) -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    health = ast.parse((ROOT / "kmsvc/operations/health.py").read_text("utf-8"))
    exact = {node.value for node in ast.walk(health) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and re.fullmatch(r"kmsvc_[a-z_]*[a-z]", node.value)}
    begun = {node.value for node in ast.walk(health) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and re.fullmatch(r"kmsvc_[a-z_]*_", node.value)}
    told = set(re.findall(r"`(kmsvc_[a-z_]+)`", text))
    assert exact <= told
    assert [one for one in told - exact if not one.startswith(tuple(begun))] == []
    folder = tmp_path / "data"
    folder.mkdir()
    made = Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'kmsvc.db'}", secret_key="x" * 40)
    checks = " ".join(text.partition("Checks of the doctor:")[2].partition("\n\n")[0].split()).rstrip(".")
    assert {one.name for one in examine(made)} <= set(checks.split(", "))


def test_the_readme_fits_one_screen_and_its_pictures_are_small() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 50
    pictures = [ROOT / one for one in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)]
    assert len(pictures) >= 5
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []


def test_no_document_names_a_place_of_work() -> None:
    tracked = subprocess.run(["git", "ls-files", "*.md", "NOTICE"], cwd=ROOT, capture_output=True, text=True, check=True)
    words = re.compile(r"(?<![\w.])/(?:work|root|home/\w+)/|\bTODO\b|\bFIXME\b")
    assert [name for name in tracked.stdout.split() if words.search((ROOT / name).read_text("utf-8"))] == []
