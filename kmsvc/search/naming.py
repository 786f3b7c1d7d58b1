"""What a program or a command names of where an answer shall apply, as marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.search.scopes import DIMENSIONS, register_of


def named_marks(session: Session, asked: Mapping[str, Any]) -> tuple[str, ...]:
    """The marks behind ids or names of a request. InvalidInput for one that nobody knows."""
    known = register_of(session)
    found = [known.named(name, word) for name in DIMENSIONS for word in asked[name] or ()]
    if None in found:
        raise InvalidInput({name: [N_("There is no such value.")] for name in DIMENSIONS
                            if any(known.named(name, word) is None for word in asked[name] or ())})
    return tuple(mark for mark in found if mark is not None)
