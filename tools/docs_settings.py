"""Write docs/settings.md from kmsvc/settings.py and the options of the slices. `make docs` runs it."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

from kmsvc.core.options import REGISTER, Option
from kmsvc.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/settings.md"

MADE = {"data_dir": "`var/data` below the present folder", "database_url": "SQLite: `kmsvc.db` in the data folder",
        "secret_key": "made at the first start: `secret.key`, mode 0600",
        "smtp_url": "none: mail stays readable in the outbox",
        "trusted_proxy": "nobody: the caller is who connects"}

TOP = """\
# Settings

*Written by `tools/docs_settings.py` from the code; change it there.*

Two kinds. **Settings of the machine** come from the environment and are read once, at the start. **Settings of the centre**
lie in the database, are changed while the service runs, and each change stands in the audit trail.

## Of the machine

| variable | default | what it is |
| --- | --- | --- |
"""

CENTRE = """\

Nothing else is read from a file; a service manager's environment file is the place for them ([operations](operations.md)).

## Of the centre

Changed on the operations page, or with `kmsvc operations set NAME VALUE`.

| name | default | allowed | what it decides |
| --- | --- | --- | --- |
"""

REST = """\

## For developers

| variable | what it does |
| --- | --- |
| `PORT=` | argument of `make run`: the port to serve the demo on |
| `KMSVC_TOKEN` | for whom `kmsvc assistant stdio` reads |
| `KMSVC_DEBUG` | commands end with a traceback instead of one sentence |
| `KMSVC_ASSETS` | a folder with the browser files, for machines that cannot fetch them |
| `KMSVC_CHILD_OF` | set by `kmsvc serve` for its worker: the process without which it ends |
| `KMSVC_FAULT`, `KMSVC_FAULT_MARKS` | where tests end the process as a power cut would (`kmsvc/core/faults.py`) |
| `KMSVC_CHROMIUM` | the browser that tests drive |
| `KMSVC_NEED_BROWSER`, `KMSVC_SKIP_BROWSER` | a missing browser fails, or its tests are skipped |
| `KMSVC_PG_BIN`, `KMSVC_SKIP_POSTGRES` | the folder of PostgreSQL's programs; its tests are skipped |
| `KMSVC_HARD` | tests run their full figures; `make hard` sets it |
| `KMSVC_TEST_WORKERS` | how many processes `make test` uses |
| `KMSVC_TEST_DOORS_ONCE` | with 1, as in `make test`, three of four tests of pages, JSON and commands run on SQLite only |
"""


def load_options() -> None:
    """Import every module that declares an option, so that the register is whole."""
    for path in sorted((ROOT / "kmsvc").rglob("*.py")):
        if re.search(r"^\w+ = \w*Option\(", path.read_text("utf-8"), re.MULTILINE):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def machine_rows() -> Iterator[str]:
    """One row for each variable of the environment."""
    for one in fields(Settings):
        if "env" not in one.metadata:
            continue
        default = MADE.get(one.name) or ("" if one.default is MISSING else f"`{one.default}`")
        yield f"| `{one.metadata['env']}` | {default} | {one.metadata['about']} |"


def allowed(option: Option) -> str:
    """What a value may be, in words."""
    if isinstance(option.default, bool):
        return "on, off"
    if isinstance(option.default, int):
        return f"{option.minimum} to {option.maximum}"
    return ", ".join(option.choices) or "text"


def centre_rows() -> Iterator[str]:
    """One row for each setting of the centre."""
    load_options()
    for name, option in sorted(REGISTER.items()):
        default = {True: "on", False: "off"}.get(option.default) if isinstance(option.default, bool) else option.default
        yield f"| `{name}` | {default} | {allowed(option)} | {option.label} |"


def document() -> str:
    """The whole page."""
    return TOP + "\n".join(machine_rows()) + "\n" + CENTRE + "\n".join(centre_rows()) + "\n" + REST


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
