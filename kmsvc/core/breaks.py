"""An import that breaks off in the middle: where, why, and what stands by then. Every door says the same sentence."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kmsvc.core.errors import Refusal
from kmsvc.core.texts import N_
from kmsvc.core.work import is_busy, is_disk_full

log = structlog.get_logger("kmsvc.imports")
_WHY = {
    403: N_("You may no longer do this. The import broke off at %(place)s; %(taken)s rows before it are in. "
            "Whoever may can import the same again, the rest is taken then."),
    409: N_("Somebody changed the same thing. The import broke off at %(place)s; %(taken)s rows before it are in. "
            "Import the same again, the rest is taken then."),
    500: N_("Something went wrong here. The import broke off at %(place)s; %(taken)s rows before it are in. "
            "Import the same again, the rest is taken then."),
    503: N_("The database is busy or away. The import broke off at %(place)s; %(taken)s rows before it are in. "
            "Import the same again, the rest is taken then."),
    507: N_("There is no room left on the disk. The import broke off at %(place)s; %(taken)s rows before it are in. "
            "Import the same again, the rest is taken then."),
}


class BrokenOff(Refusal):
    """What was taken stays. report: of the rows that were counted; file, row: the one it broke at."""

    code = "import.broken_off"

    def __init__(self, cause: Exception, report: Any, *, taken: int, file: str, row: int | None) -> None:
        self.status = _status(cause)
        self.report, self.file, self.row, self.taken = report, file, row, taken
        super().__init__(_WHY[self.status], place=file if row is None else f"{file}:{row}", taken=taken)
        if self.status == 500:
            log.error("an import broke off", exc_info=cause)

    def told(self, report: dict[str, Any]) -> dict[str, Any]:
        """The report as programs read it, with the place of the break."""
        return {**report, "broke_at": {"file": self.file, "row": self.row}}


def _status(cause: Exception) -> int:
    if isinstance(cause, Refusal):
        return cause.status if cause.status in _WHY else 500
    if is_disk_full(cause):
        return 507
    if is_busy(cause) or isinstance(cause, PoolTimeout):
        return 503
    return 409 if isinstance(cause, IntegrityError) else 500
