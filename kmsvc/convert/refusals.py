"""The one way in which a file is refused."""

from __future__ import annotations

from typing import Any

from kmsvc.convert.texts import REFUSALS, WITHOUT_SHEET
from kmsvc.core.errors import Refusal


class Refused(Refusal):
    """This file cannot be taken; `code` is stable (texts.REFUSALS), `sentence` % `params` says why."""

    status = 422

    def __init__(self, code: str, **params: Any) -> None:
        said = WITHOUT_SHEET.get(code) if params.get("sheet") == "" else None
        super().__init__(said or REFUSALS[code], code=code, **params)
