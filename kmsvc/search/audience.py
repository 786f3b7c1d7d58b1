"""The documents one reader may see, as a mask, with the statistics that scores are made of.

Document frequencies, their number and their mean lengths count these documents only, so that no score,
order or total can tell whether a document beyond the reader's reach exists.
"""

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kmsvc.search.documents import WHOLE_CENTRE, Reach
from kmsvc.search.postings import Impacts
from kmsvc.search.schema import ZONES, day_number

if TYPE_CHECKING:
    from kmsvc.search.snapshot import Snapshot


class Audience:
    """A reader's share of a snapshot."""

    def __init__(self, snapshot: "Snapshot", reach: Reach, on: date | None) -> None:
        self.snapshot = snapshot
        self.mask = _mask(snapshot, reach, on)
        self.count = int(np.count_nonzero(self.mask))
        self._frequency: dict[tuple[str, str], int] = {}
        self._mean = {zone: self._mean_length(zone) for zone in ZONES}

    def frequency(self, field: str, term: str) -> int:
        """In how many of these documents a term occurs."""
        name = (field, term)
        found = self._frequency.get(name)
        if found is None:
            found = self.snapshot.holding(field, term, self.mask)
            if len(self._frequency) < 50_000:
                self._frequency[name] = found
        return found

    def impacts(self, field: str, term: str) -> Impacts:
        """What a term adds to the documents that hold it, those beyond the audience included."""
        return self.snapshot.impacts(field, term, self._mean[field[0]])

    def _mean_length(self, zone: str) -> float:
        total = float(
            self.snapshot.lengths[zone][self.mask].sum()
        )  # whole numbers: exact, whatever the order
        return float(f"{total / self.count:.2g}") if total else 1.0  # two digits, so that readers of much the same share impacts


def _mask(snapshot: "Snapshot", reach: Reach, on: date | None) -> NDArray[np.bool_]:
    mask = snapshot.alive & (snapshot.level <= reach.level)
    if reach.units is not None:
        mask &= np.isin(snapshot.unit, [WHOLE_CENTRE, *reach.units])
    if reach.kinds is not None:
        mask &= np.isin(snapshot.kind, [i for i, kind in enumerate(snapshot.kinds) if kind in reach.kinds])
    if on is not None:
        mask &= (snapshot.first <= day_number(on)) & (snapshot.last >= day_number(on))
    for key in reach.hidden:
        document = snapshot.find(key)
        if document is not None:
            mask[document] = False
    return mask
