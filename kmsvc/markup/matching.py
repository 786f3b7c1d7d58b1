"""Which paragraph of a new version continues which paragraph of the old one: equal ones first, then
similar ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

# Share of common characters (0..100) from which an edited block is still the same block: generous between two
# unchanged neighbours, strict when it also moved.
SIMILAR_IN_PLACE = 50
SIMILAR_ELSEWHERE = 75
# A comparison costs microseconds; a rewritten book may not cost minutes.
MOST_PAIRS = 250_000
REACH = 40

Content = tuple[str, str]


def match(new: Sequence[Content], old: Sequence[Content]) -> dict[int, int]:
    """Position in `new` -> position in `old` of the block it continues; (kind, text) each; one to one."""
    pairs = dict(_in_order(new, old))
    _add_moved(pairs, new, old)
    _add_edited_in_place(pairs, new, old)
    _add_edited_elsewhere(pairs, new, old)
    return pairs


def _in_order(new: Sequence[Content], old: Sequence[Content]) -> Iterator[tuple[int, int]]:
    for op in LCSseq.opcodes(list(old), list(new)):
        if op.tag == "equal":
            yield from zip(range(op.dest_start, op.dest_end), range(op.src_start, op.src_end), strict=True)


def _add_moved(pairs: dict[int, int], new: Sequence[Content], old: Sequence[Content]) -> None:
    free: dict[Content, list[int]] = defaultdict(list)
    for position in reversed(_unpaired_old(pairs, old)):
        free[old[position]].append(position)
    for position in _unpaired_new(pairs, new):
        if free[new[position]]:
            pairs[position] = free[new[position]].pop()


def _add_edited_in_place(pairs: dict[int, int], new: Sequence[Content], old: Sequence[Content]) -> None:
    """Blocks between the same two unchanged neighbours, best likeness first."""
    for new_gap, old_gap in _gaps(pairs, len(new), len(old)):
        scored = []
        for n, i in enumerate(new_gap):
            middle = round(n * len(old_gap) / len(new_gap))
            for j in old_gap[max(0, middle - REACH) : middle + REACH]:
                score = _likeness(new[i], old[j], SIMILAR_IN_PLACE)
                if score:
                    scored.append((-score, abs(i - new_gap[0] - (j - old_gap[0])), i, j))
        _take_best(pairs, scored)


def _add_edited_elsewhere(pairs: dict[int, int], new: Sequence[Content], old: Sequence[Content]) -> None:
    left, right = _unpaired_new(pairs, new), _unpaired_old(pairs, old)
    if len(left) * len(right) > MOST_PAIRS:
        return
    scored = []
    for i in left:
        for j in right:
            score = _likeness(new[i], old[j], SIMILAR_ELSEWHERE)
            if score:
                scored.append((-score, abs(i - j), i, j))
    _take_best(pairs, scored)


def _likeness(new: Content, old: Content, least: float) -> float:
    return fuzz.ratio(new[1], old[1], score_cutoff=least) if new[0] == old[0] else 0.0


def _take_best(pairs: dict[int, int], scored: list[tuple[float, int, int, int]]) -> None:
    taken = set(pairs.values())
    for _, _, i, j in sorted(scored):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)


def _gaps(pairs: dict[int, int], new_length: int, old_length: int) -> Iterator[tuple[list[int], list[int]]]:
    """Runs of unpaired blocks on both sides of which the same pair of blocks stands."""
    taken = set(pairs.values())
    run: list[int] = []
    for i in range(new_length + 1):
        if i < new_length and i not in pairs:
            run.append(i)
            continue
        if run:
            before = pairs.get(run[0] - 1, -1)
            after = pairs.get(i, old_length)
            old_run = [j for j in range(before + 1, after) if j not in taken]
            if old_run:
                yield run, old_run
            run = []


def _unpaired_new(pairs: dict[int, int], new: Sequence[Content]) -> list[int]:
    return [i for i in range(len(new)) if i not in pairs]


def _unpaired_old(pairs: dict[int, int], old: Sequence[Content]) -> list[int]:
    taken = set(pairs.values())
    return [j for j in range(len(old)) if j not in taken]
