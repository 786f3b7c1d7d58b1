"""Reads the data files that lie beside this package."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@cache
def load(name: str) -> dict[str, Any]:
    """The content of one TOML file, named relative to the data folder."""
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


@cache
def names(folder: str) -> tuple[str, ...]:
    """The TOML files of a data folder in a fixed order, as names for `load`."""
    return tuple(sorted(f"{folder}/{path.name}" for path in (DATA / folder).glob("*.toml")))
