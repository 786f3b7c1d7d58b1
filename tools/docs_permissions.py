"""Write docs/permissions.md from the register of permissions; `make docs` runs it, a test says when it is old."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TARGET = ROOT / "docs/permissions.md"
HEAD = """# Who may do what

Made by `make docs` from the register; the page `/people/permissions` shows the same. A person with several roles may do
what any of them may. «depends»: the permission also looks at the thing itself (whose it is, which step it stands at).
«everybody» is everyone who signed in; «service» is the worker acting by itself.
"""


def document() -> str:
    """The whole file."""
    from kmsvc.people.pages import matrix
    from kmsvc.people.roles import Role
    from kmsvc.registry import blueprints

    list(blueprints())  # every module that declares a permission
    import kmsvc.worker  # noqa: F401

    parts = [HEAD]
    for name, rows in matrix():
        parts.append(f"\n## {name}\n\n| permission | what it allows | who | depends |\n| --- | --- | --- | --- |")
        for row in rows:
            who = "everybody" if row.everyone else ", ".join(role.value for role in Role if role in row.roles) or "nobody"
            who += " (service)" if row.service and who != "nobody" else ""
            who = "service" if who == "nobody" and row.service else who
            parts.append(f"| `{row.name}` | {row.label} | {who} | {'yes' if row.conditional else ''} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.write_text(document())
