"""Write docs/reliability.md from the results of a test run: requirement, tests, result, recorded figures.

`--run` first runs every test that names a requirement, in full; `--xml FILE…` reads runs already made, of which a later one
takes the place of an earlier one test by test: the short form of all and the full figures of some make one document.
Nothing is typed in: promises come from tests/requirements.toml, figures from `record_property`.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WISHES = ROOT / "tests/requirements.toml"
OUT = ROOT / "docs/reliability.md"
RESULTS = ROOT / "test-results/hard.xml"
NOT_FIGURES = {"requirements", "sentence", "form"}
HOUR = 3600


@dataclass
class Case:
    """One test as the run reported it; one with parameters is a single case of several runs."""

    place: str
    requirements: list[str]
    sentence: str
    result: str
    seconds: float
    figures: dict[str, str] = field(default_factory=dict)
    form: str = ""
    runs: int = 1
    failed: int = 0


def cases(xml: Path) -> Iterator[Case]:
    """The tests of a run that name a requirement."""
    for node in ElementTree.parse(xml).getroot().iter("testcase"):
        properties = {str(item.get("name")): str(item.get("value")) for item in node.iter("property")}
        if "requirements" not in properties:
            continue
        yield Case(
            place=f"{str(node.get('classname')).replace('.', '/')}.py::{str(node.get('name')).partition('[')[0]}",
            requirements=properties["requirements"].split(),
            sentence=properties.get("sentence", ""),
            result=result_of(node),
            seconds=float(node.get("time") or 0),
            figures={name: value for name, value in properties.items() if name not in NOT_FIGURES},
            form=properties.get("form", ""),
        )


def newest(runs: Iterable[Path]) -> list[Case]:
    """The tests of several runs; of one that stands in more than one, what the last said."""
    found: dict[str, list[Case]] = {}
    for xml in runs:
        mine: dict[str, list[Case]] = {}
        for case in cases(xml):
            mine.setdefault(case.place, []).append(case)
        found |= mine
    return [case for its in found.values() for case in its]


def result_of(node: ElementTree.Element) -> str:
    """passed, failed or skipped, with the reason of a skip."""
    if node.find("failure") is not None or node.find("error") is not None:
        return "FAILED"
    skip = node.find("skipped")
    return f"skipped: {skip.get('message')}" if skip is not None else "passed"


def gathered(found: Iterable[Case]) -> list[Case]:
    """One case for each test function: its parameters counted, its figures side by side, its times added."""
    by_place: dict[str, Case] = {}
    for case in found:
        case.failed = int(case.result == "FAILED")
        first = by_place.setdefault(case.place, case)
        if first is case:
            continue
        first.runs += 1
        first.failed += case.failed
        first.seconds += case.seconds
        if case.failed or (first.result != "FAILED" and case.result != "passed"):
            first.result = case.result
        for label, value in case.figures.items():
            known = first.figures.get(label, "")
            if value not in known.split(" / "):
                first.figures[label] = f"{known} / {value}" if known else value
    return list(by_place.values())


def document(found: Iterable[Case], about: str) -> str:
    """The whole document in Markdown."""
    wishes: dict[str, dict[str, str]] = tomllib.loads(WISHES.read_text(encoding="utf-8"))
    found = gathered(found)
    failed = sum(bool(case.failed) for case in found)
    named = {name for case in found for name in case.requirements}
    wanted = {name for group in wishes.values() for name in group}
    lines = [
        "# Reliability: what was promised, and what a run showed",
        "",
        f"Written by `make hard` (or from the results of `make test`, marked short); do not edit. {about}",
        f"{len(found)} tests, {sum(case.form == 'full' for case in found)} of them with their full figures, {failed} failed; "
        f"{len(wanted & named)} of {len(wanted)} requirements tested.",
    ]
    for title, group in wishes.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| Id | Promise | Test | Result | Figures |",
            "|---|---|---|---|---|",
        ]
        for name, promise in group.items():
            rows = [case for case in found if name in case.requirements]
            lines += [row(name, promise, case) for case in rows] or [
                f"| {name} | {promise} | none | not tested | |"
            ]
    others = [case for case in found if not set(case.requirements) & wanted]
    if others:
        lines += ["", "## Others", "", "| Id | Promise | Test | Result | Figures |", "|---|---|---|---|---|"]
        lines += [row(", ".join(case.requirements), "", case) for case in others]
    return "\n".join(lines) + "\n"


def row(name: str, promise: str, case: Case) -> str:
    """One line of a table."""
    figures = "; ".join(f"{label}: {value}" for label, value in case.figures.items())
    result = case.result
    if case.runs > 1:
        result += f", {case.failed} of {case.runs} runs" if case.failed else f", {case.runs} runs"
    if case.form:
        result += f" ({case.form})"
    test = f"{case.sentence} (`{case.place}`)"
    cells = [name, promise, test, result, f"{figures or '-'}; {case.seconds:.1f} s"]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def about_this_run() -> str:
    """Which code and which machine."""
    words = ["git", "describe", "--always", "--dirty"]
    commit = (
        subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
        or "unknown"
    )
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"Code {commit}, {machine}."


def run(more: list[str]) -> int:
    """Run the tests that name a requirement and those marked hard; pytest's exit status."""
    RESULTS.parent.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "pytest", "-m", "requirement or hard", f"--junitxml={RESULTS}"]
    words += ["-o", "junit_family=xunit1", f"--timeout={2 * HOUR}", *more]
    return subprocess.run(words, cwd=ROOT, env={**os.environ, "KMSVC_HARD": "1"}, check=False).returncode


def main() -> int:
    """The exit status of the tests; 2 when there are no results to read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", action="store_true", help="run the tests first; further words go to pytest")
    parser.add_argument("--xml", type=Path, nargs="+", default=[RESULTS], help="the results to read")
    parser.add_argument("--out", type=Path, default=OUT, help="the document to write")
    chosen, more = parser.parse_known_args()
    if chosen.run:
        os.environ["KMSVC_HARD"] = "1"
    status = run(more) if chosen.run else 0
    for xml in chosen.xml:
        if not xml.exists():
            print(f"{xml} is not there: no results, nothing written", file=sys.stderr)
            return 2
    chosen.out.parent.mkdir(exist_ok=True)
    chosen.out.write_text(document(newest(chosen.xml), about_this_run()), encoding="utf-8")
    print(f"wrote {chosen.out}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
