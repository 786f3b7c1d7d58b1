"""Who sees and adds files. The thing a file belongs to decides (R-A5); these names are only the door."""

from __future__ import annotations

from dataclasses import dataclass

from kmsvc.core.actors import Actor
from kmsvc.core.permissions import Permission
from kmsvc.core.texts import N_


@dataclass(frozen=True)
class Place:
    """The thing a file belongs to; whether the caller keeps it (has all its files, removes them) and adds to it."""

    kind: str
    id: int
    kept: bool
    adds: bool


def may_add(actor: Actor, place: Place | None) -> bool:
    """Whoever writes the thing, or has a part in it."""
    return place is None or place.adds


def may_remove(actor: Actor, place: Place | None) -> bool:
    """Whoever writes the thing."""
    return place is None or place.kept


SEE_FILE = Permission("files.file.see", N_("See files of what one may read"))
ADD_FILE = Permission("files.file.add", N_("Add files to what one writes"), may_add)
REMOVE_FILE = Permission("files.file.remove", N_("Take files away from what one writes"), may_remove)
SWEEP = Permission("files.file.sweep", N_("Remove stored bytes that nothing names"))
