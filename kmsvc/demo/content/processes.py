"""The thirty processes of the demo with their version histories.

The data files hold the newest text and, for each version, what it replaced; older texts are
rebuilt from that.
"""

from dataclasses import dataclass
from functools import cache

from kmsvc.demo.content.files import load, names

SECTIONS = ("目的", "范围", "职责", "步骤", "记录", "指标")


@dataclass(frozen=True, slots=True)
class VersionText:
    """One version; days_ago is when it took effect, counted from the demo's today."""

    label: str
    body: str
    change_note: str
    days_ago: int


@dataclass(frozen=True, slots=True)
class ProcessText:
    """A process with its versions, oldest first; group and klass use the codes of the contract.

    review_owed: nobody has looked at it since its newest version.
    """

    code: str
    name: str
    group: str
    klass: str
    owner_login: str
    purpose: str
    versions: tuple[VersionText, ...]
    review_cycle_days: int
    review_owed: bool
    clauses: tuple[int, ...]

    @property
    def current(self) -> VersionText:
        """The version in force before any change story is played."""
        return self.versions[-1]


@cache
def processes() -> tuple[ProcessText, ...]:
    """All thirty, in the order of their codes."""
    return tuple(_process(name) for name in names("processes"))


@cache
def process_names() -> dict[str, str]:
    """Code to name, without building the histories."""
    return {load(name)["code"]: load(name)["name"] for name in names("processes")}


def replace_each(text: str, pairs: list[list[str]]) -> str:
    """Apply replacements in order; each old text must stand exactly once. ValueError otherwise."""
    for old, new in pairs:
        if text.count(old) != 1:
            raise ValueError(f"stands {text.count(old)} times, not once: {old}")
        text = text.replace(old, new)
    return text


def _process(name: str) -> ProcessText:
    row = load(name)
    body = row["body"].strip() + "\n"
    versions = []
    for version in row["version"]:
        versions.append(VersionText(version["label"], body, version["note"], version["days"]))
        body = replace_each(body, version.get("undo", []))
    return ProcessText(
        code=row["code"],
        name=row["name"],
        group=row["group"],
        klass=row["class"],
        owner_login=row["owner"],
        purpose=row["purpose"],
        versions=tuple(reversed(versions)),
        review_cycle_days=row.get("review", 365),
        review_owed=row.get("owed", False),
        clauses=tuple(row["clauses"]),
    )
