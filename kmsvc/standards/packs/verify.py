"""Checks that no file of this pack was changed, added or lost: python verify.py (exit 0 all equal, 1 not). Standard library only."""

import hashlib
import json
import sys
from pathlib import Path


def main() -> int:
    """Compare every file beside this one with manifest.json; says what differs."""
    here = Path(__file__).resolve().parent
    try:
        told = dict(json.loads((here / "manifest.json").read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"manifest.json cannot be read: {error}")
        return 1
    wrong = []
    for name in sorted(told):
        try:
            found = hashlib.sha256((here / name).read_bytes()).hexdigest()
        except OSError:
            wrong.append(f"missing: {name}")
            continue
        if found != told[name]:
            wrong.append(f"changed: {name}")
    for path in sorted(here.rglob("*")):
        name = path.relative_to(here).as_posix()
        if path.is_file() and name not in told and name != "manifest.json" and "__pycache__" not in name:
            wrong.append(f"not of this pack: {name}")
    for line in wrong:
        print(line)
    print(f"{len(told)} files, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
