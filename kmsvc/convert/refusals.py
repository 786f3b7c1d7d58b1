"""The one way in which a file is refused."""

from __future__ import annotations

from typing import Any

from kmsvc.convert.texts import REFUSALS
from kmsvc.core.errors import Refusal


class Refused(Refusal):
    """This file cannot be taken; `code` is stable (texts.REFUSALS), `sentence` % `params` says why."""

    status = 422

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(REFUSALS[code], code=code, **params)
