"""The matrix of roles and permissions, on the page and in the documents."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from kmsvc.people.pages import SLICES, matrix
from kmsvc.people.roles import EVERYONE, GRANTS, GUEST_GRANTS, SYSTEM_GRANTS
from kmsvc.process.definitions.permissions import ADOPT_TEXT
from tests.support.clients import Caller
from tools.docs_permissions import ROOT, TARGET


def names() -> set[str]:
    """Registered permissions of the product; other tests may register their own."""
    return {row.name for slice_, rows in matrix() if slice_ in SLICES for row in rows}


def test_the_page_shows_every_permission_with_its_label(client: Callable[..., Caller]) -> None:
    text = client("auditor").get("/people/permissions").get_data(as_text=True)
    for name in names():
        assert f">{name}<" in text


def test_every_permission_is_granted_to_somebody_and_every_grant_is_registered(client: Callable[..., Caller]) -> None:
    granted = set(EVERYONE) | set(SYSTEM_GRANTS) | {name for grants in GRANTS.values() for name in grants}
    granted |= set(GUEST_GRANTS)  # whoever is invited from outside, whatever roles say
    granted |= {ADOPT_TEXT.name}  # the operator's own, at the command line
    client()
    assert names() - granted == set()
    assert granted - names() == set()


def test_docs_permissions_is_current() -> None:
    """Made in a process of its own, where nothing but the product is registered."""
    made = subprocess.run([sys.executable, "-c", "from tools.docs_permissions import document; print(document(), end='')"],
                          cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONUTF8": "1"}).stdout
    assert TARGET.exists() and TARGET.read_text("utf-8") == made, "docs/permissions.md is old: run `make docs`"
