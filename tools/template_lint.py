"""Read every template and name what must not be there: inline code or style, Chinese, unknown macros.

Templates are parsed, not run. Exit status 1 with one line `file:line: sentence` for each finding.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "kmsvc/templates"
LONGEST = 120
EXTENSIONS = ["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"]
COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
SOURCES: Any = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)  # all have .template
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
OWN_NAME = "\u4e2d\u6587"  # the language's name for itself stands in the language switch
FORBIDDEN = (
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "a style attribute: give it a class"),
    (re.compile(r"<style\b", re.IGNORECASE), "a style element: write it in a style sheet"),
    (
        re.compile(
            r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=\"application/json\")", re.IGNORECASE | re.DOTALL
        ),
        "an inline script: write a module",
    ),
    (re.compile(r"[\s\"']on[a-z]+\s*=\s*[\"']", re.IGNORECASE), "an event attribute: listen in a module"),
    (
        re.compile(r"\bhx-on[:\w-]*\s*=|\bhx-(?:vals|headers)\s*=\s*[\"']js:"),
        "code in an hx attribute: write a module",
    ),
    (re.compile(r"javascript:", re.IGNORECASE), "a javascript: address"),
    (
        re.compile(r"(?:src|href|action|hx-\w+)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
        "an address outside kmsvc",
    ),
)


@dataclass(frozen=True)
class Template:
    """One template: its name below the folder, its text, its tree."""

    name: str
    text: str
    tree: nodes.Template

    def exported(self) -> set[str]:
        """Names another template may import from it."""
        names = {macro.name for macro in self.tree.find_all(nodes.Macro)}
        return names | {name.name for name in self.tree.find_all(nodes.Name) if name.ctx == "store"}


def load(folder: Path = TEMPLATES) -> tuple[dict[str, Template], list[str]]:
    """All templates by name, and a finding for each that cannot be parsed."""
    environment = Environment(extensions=EXTENSIONS, autoescape=True)
    found: dict[str, Template] = {}
    broken = []
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        name, text = path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
        try:
            found[name] = Template(name, text, environment.parse(text))
        except TemplateSyntaxError as error:
            broken.append(f"{name}:{error.lineno}: {error.message}")
    return found, broken


def lint_text(template: Template) -> Iterator[str]:
    """Findings that need no tree."""
    text = COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), template.text)
    if template.name.endswith(".html"):
        for pattern, sentence in FORBIDDEN:
            for match in pattern.finditer(text):
                yield f"{template.name}:{line_at(text, match.start())}: {sentence}"
    for match in HAN.finditer(text):
        if match[0] != OWN_NAME:
            yield f"{template.name}:{line_at(text, match.start())}: Chinese outside gettext: {match[0]}"
    if (lines := template.text.count("\n")) > LONGEST:
        yield f"{template.name}:{lines}: longer than {LONGEST} lines"


def line_at(text: str, offset: int) -> int:
    """Line number of an offset."""
    return text.count("\n", 0, offset) + 1


def lint_names(template: Template, every: dict[str, Template]) -> Iterator[str]:
    """Imports that lead nowhere, and macros that are called but never imported."""
    imported: set[str] = set()
    for node in template.tree.find_all(SOURCES):
        where = f"{template.name}:{node.lineno}"
        source = node.template.value if isinstance(node.template, nodes.Const) else None
        target = every.get(source) if isinstance(source, str) else None
        if isinstance(source, str) and target is None and not getattr(node, "ignore_missing", False):
            yield f"{where}: there is no template {source}"
        if isinstance(node, nodes.Import):
            imported.add(node.target)
        if isinstance(node, nodes.FromImport):
            for item in node.names:
                name, alias = item if isinstance(item, tuple) else (item, item)
                imported.add(alias)
                if target and name not in target.exported():
                    yield f"{where}: {source} has no macro {name}"
    yield from lint_calls(template, every, imported | template.exported() | local_names(template.tree))


def lint_calls(template: Template, every: dict[str, Template], known: set[str]) -> Iterator[str]:
    """Calls of a macro, or of a module of components, that this template does not know."""
    macros = {macro.name for other in every.values() for macro in other.tree.find_all(nodes.Macro)}
    modules = {Path(name).stem for name in every if name.startswith("components/")}
    for call in template.tree.find_all(nodes.Call):
        called = call.node
        if isinstance(called, nodes.Name) and called.name in macros - known:
            yield f"{template.name}:{call.lineno}: {called.name} is called but not imported"
        match called:
            case nodes.Getattr(node=nodes.Name(name=module), attr=name) if module in modules - known:
                if name in macros:
                    yield f"{template.name}:{call.lineno}: {module} is used but not imported"


def local_names(tree: nodes.Template) -> set[str]:
    """Names that loops, parameters and `with` bring."""
    return {name.name for name in tree.find_all(nodes.Name) if name.ctx in {"store", "param"}}


def findings(folder: Path = TEMPLATES) -> list[str]:
    """Everything wrong with the templates of a folder."""
    every, lines = load(folder)
    for template in every.values():
        lines += [*lint_text(template), *lint_names(template, every)]
    return lines


def main() -> int:
    """Exit status 1 when there is a finding."""
    lines = findings()
    for line in lines:
        print(line)
    print(f"templates: {len(load()[0])} read, {len(lines)} findings")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
