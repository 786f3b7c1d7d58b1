"""The three levels of licences, what proof speaks for a higher or lower one, and how a licence stands on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kmsvc.core.texts import N_, Labelled


class Level(Labelled):
    """What the holder may do, from the least to the most."""

    CANDIDATE = "candidate", N_("Candidate")
    CONTRIBUTOR = "contributor", N_("Contributor")
    PUBLISHER = "publisher", N_("Publisher")


class LicenceState(Labelled):
    """How a licence stands on a day."""

    VALID = "valid", N_("Valid")
    SUSPENDED = "suspended", N_("Suspended")
    LAPSED = "lapsed", N_("Lapsed")
    ENDED = "ended", N_("No longer granted")


class LicenceAct(Labelled):
    """What is done with a licence that stands."""

    SUSPEND = "suspend", N_("suspended")
    RESUME = "resume", N_("valid again")
    END = "end", N_("ended")


class Advice(Labelled):
    """What the proof speaks for; a person decides."""

    RAISE = "raise", N_("The proof speaks for a higher level")
    KEEP = "keep", N_("The proof speaks for the present level")
    LOWER = "lower", N_("The proof speaks for a lower level")
    THIN = "thin", N_("Too little is known to say")


MAY: dict[Level, str] = {
    Level.CANDIDATE: N_("Drafts and proposes; a publisher decides what readers see."),
    Level.CONTRIBUTOR: N_("Also edits the drafts of others, and publishes small corrections at once; a publisher looks afterwards."),
    Level.PUBLISHER: N_("Also publishes, returns and looks after what others propose."),
}
RANK = {level: place for place, level in enumerate(Level)}
LONGEST = {"reason": 2000, "category": 200}


def at_least(level: str | None, wanted: Level) -> bool:
    """Whether a level, or none, gives what the wanted one gives."""
    return level is not None and RANK[Level(level)] >= RANK[wanted]


def highest(levels: Iterable[str]) -> Level | None:
    """The highest of several levels; None of none."""
    return max((Level(one) for one in levels), key=RANK.__getitem__, default=None)


def state_of(*, ended: bool, suspended: bool, valid_until: date, today: date) -> LicenceState:
    """The state on a day; the last day counts."""
    if ended:
        return LicenceState.ENDED
    if today > valid_until:
        return LicenceState.LAPSED
    return LicenceState.SUSPENDED if suspended else LicenceState.VALID


@dataclass(frozen=True)
class Figures:
    """What is known of a person's texts in a period. published: proposals a publisher let readers see, `nearly` of them as they
    were written or nearly so; returned: those sent back; seen: corrections at once that somebody looked after and left,
    taken_back: and that were undone; wrong: texts a reader found wrong and that were changed; marked: judged in a yearly
    review, `sound` of them right, complete and fit."""

    published: int = 0
    nearly: int = 0
    returned: int = 0
    seen: int = 0
    taken_back: int = 0
    wrong: int = 0
    marked: int = 0
    sound: int = 0

    @property
    def decided(self) -> int:
        """Proposals on which a publisher decided."""
        return self.published + self.returned

    @property
    def texts(self) -> int:
        """Everything somebody else has looked at."""
        return self.decided + self.seen + self.taken_back


@dataclass(frozen=True)
class Limits:
    """From when proof speaks for a level. texts: looked at by others, least number for contributor and for publisher; nearly,
    returned, sound: per cent."""

    contributor_texts: int = 5
    publisher_texts: int = 20
    nearly: int = 80
    returned: int = 20
    sound: int = 80


def share(part: int, whole: int) -> int | None:
    """Per cent, rounded; None of nothing."""
    return round(100 * part / whole) if whole else None


def advice(level: Level, found: Figures, limits: Limits) -> tuple[Advice, tuple[str, ...]]:
    """What the figures speak for, and why: codes of figures that hold it back or pull it down. How much somebody writes never
    speaks against anyone; of too few texts nothing is said."""
    bad = poor(found, limits)
    if found.texts < limits.contributor_texts:
        return Advice.THIN, ("texts",)
    if len(bad) > 1 or (bad and level == Level.PUBLISHER):
        return (Advice.LOWER if level != Level.CANDIDATE else Advice.KEEP), bad
    wanted = limits.contributor_texts if level == Level.CANDIDATE else limits.publisher_texts
    if level == Level.PUBLISHER or bad:
        return Advice.KEEP, bad
    return (Advice.RAISE, ()) if found.texts >= wanted else (Advice.KEEP, ("texts",))


def poor(found: Figures, limits: Limits) -> tuple[str, ...]:
    """The figures that speak against a person's texts."""
    nearly, returned = share(found.nearly, found.published), share(found.returned, found.decided)
    sound, undone = share(found.sound, found.marked), share(found.taken_back, found.seen + found.taken_back)
    return tuple(name for name, holds in (
        ("nearly", nearly is not None and nearly < limits.nearly),
        ("returned", returned is not None and returned > limits.returned),
        ("taken_back", undone is not None and undone > limits.returned),
        ("wrong", found.wrong * 5 > max(found.texts, 5)),
        ("sound", sound is not None and sound < limits.sound)) if holds)


def above(level: Level) -> Level | None:
    """The next higher level."""
    return next((one for one in Level if RANK[one] == RANK[level] + 1), None)
