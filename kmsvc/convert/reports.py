"""What became of the rows of a list that was imported: one line a row, and the report every import gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kmsvc.convert.result import Notice
from kmsvc.core.breaks import BrokenOff
from kmsvc.core.errors import InvalidInput, Refusal
from kmsvc.core.texts import Filled

Reason = tuple[str, dict[str, Any]]
"""(English source, what fills its places)"""
TAKEN = ("created", "updated", "unchanged")


@dataclass(frozen=True)
class RowResult:
    """What happened, or would happen, to one row. outcome: one of TAKEN, or rejected; name: what it is about;
    changes: names of the columns that differ; reasons: everything that is wrong with a rejected row."""

    file: str
    row: int
    name: str
    outcome: str
    changes: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


Line = TypeVar("Line", bound=RowResult)


@dataclass(frozen=True)
class Report(Generic[Line]):
    """All rows of a file, and remarks about how it was read."""

    results: list[Line]
    notices: list[Notice]

    def count(self, outcome: str) -> int:
        """How many rows ended like this."""
        return Counter(one.outcome for one in self.results)[outcome]

    def as_json(self, say: Callable[[str, dict[str, Any]], str] = lambda text, params: text % params if params else text
                ) -> dict[str, Any]:
        """The shape of contract section 5."""
        return {"read": len(self.results), **{name: self.count(name) for name in TAKEN},
                "rejected": [{"file": one.file, "row": one.row, "reason": " ".join(say(*why) for why in one.reasons)}
                             for one in self.results if one.outcome == "rejected"]}

    def broken(self, cause: Exception, file: str, row: int) -> BrokenOff:
        """That the import ended at this row; what is in, whether it changed anything or not, is told with it."""
        return BrokenOff(cause, self, taken=sum(map(self.count, TAKEN)), file=file, row=row)


def reasons_of(error: Refusal) -> tuple[Reason, ...]:
    """Why a row is refused: the first sentence at a field, or the refusal's own."""
    if isinstance(error, InvalidInput) and error.fields:
        first = next(iter(error.fields.values()))
        said = first[0] if isinstance(first, list) else first
        return (said.source, said.params) if isinstance(said, Filled) else (str(said), error.params),
    return (error.sentence, error.params),
