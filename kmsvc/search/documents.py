"""What goes into the index and who may find it: search documents, deletions and a reader's reach.

Frozen values without behaviour beyond their own meaning; the database side makes them, the engine reads them.
"""

from dataclasses import dataclass, field
from datetime import date

SAYABLE, INTERNAL, SECRET = 1, 2, 3
WHOLE_CENTRE = 0


def key_of(kind: str, id: int) -> str:
    """The name of a document inside the index, such as `article:17`."""
    return f"{kind}:{id}"


@dataclass(frozen=True)
class SearchDocument:
    """One thing that can be found.

    number: the readable number (KB-0412), found first when typed exactly. level: 1 sayable to the customer,
    2 internal, 3 secret. unit: organisation unit that may see it, 0 for the whole centre. valid_from,
    valid_to: first and last day on which it may be found; None for open. version: of the row, for
    reconciling with the database. scopes: where it applies, marks as `scopes.py` names them.
    """

    kind: str
    id: int
    number: str
    title: str
    body: str
    summary: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    category: str
    language: str
    level: int
    unit: int
    valid_from: date | None
    valid_to: date | None
    version: int
    updated_on: date
    scopes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The document's name inside the index."""
        return key_of(self.kind, self.id)


@dataclass(frozen=True)
class Deleted:
    """Something that must no longer be found."""

    kind: str
    id: int

    @property
    def key(self) -> str:
        """The name of the document to remove."""
        return key_of(self.kind, self.id)


@dataclass(frozen=True)
class Reach:
    """What a reader may see: everything else does not exist for any answer.

    level: highest level readable. units: organisation units of the reader, None for all; documents of the
    whole centre (unit 0) always count. kinds: kinds the reader may see at all, None for all. hidden: keys
    that live rights or a withdrawal take away before the index has caught up.
    """

    level: int
    units: frozenset[int] | None = None
    kinds: frozenset[str] | None = None
    hidden: frozenset[str] = field(default_factory=frozenset)

    def allows(self, kind: str, id: int, level: int, unit: int) -> bool:
        """Whether a document with these marks may be seen."""
        return (
            level <= self.level
            and (self.units is None or unit == WHOLE_CENTRE or unit in self.units)
            and (self.kinds is None or kind in self.kinds)
            and (not self.hidden or key_of(kind, id) not in self.hidden)
        )
