"""The signs that an article needs somebody, how grave each is, and what counts as healthy: tables and pure functions.

A sign has a key: what it was seen on. It is told of once, and «still right» holds, as long as the key stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kmsvc.core.texts import N_, Labelled


class HealthSign(Labelled):
    """Why somebody should look at an article."""

    EXPIRED = "expired", N_("No longer valid, but published")
    REVIEW_LATE = "review_late", N_("Review overdue")
    DEAD_LINK = "dead_link", N_("Points to what is gone")
    NO_OWNER = "no_owner", N_("Nobody answers for it")
    FEEDBACK_LATE = "feedback_late", N_("Feedback waits too long")
    BEHIND = "behind", N_("Names an older process version")
    AGAIN = "again", N_("Opened, then searched again")
    DUPLICATE = "duplicate", N_("Nearly the same as another")
    LOW_RATED = "low_rated", N_("Rated low")
    GAP = "gap", N_("A gap waits for it")
    FEEDBACK = "feedback", N_("Feedback waits for a reply")
    MOVED = "moved", N_("Its process changed since")
    REVIEW_SOON = "review_soon", N_("Review due soon")
    NO_REVIEW = "no_review", N_("No review day")
    UNUSED = "unused", N_("Never opened")
    DRAFT = "draft", N_("Draft left lying")


class Gravity(Labelled):
    """How grave a sign is."""

    ACT = "act", N_("To be mended now")
    LOOK = "look", N_("To be looked at")
    NOTE = "note", N_("Good to know")


S = HealthSign
GRAVITY: dict[HealthSign, Gravity] = {
    **dict.fromkeys((S.EXPIRED, S.REVIEW_LATE, S.DEAD_LINK, S.NO_OWNER, S.FEEDBACK_LATE), Gravity.ACT),
    **dict.fromkeys((S.BEHIND, S.AGAIN, S.DUPLICATE, S.LOW_RATED, S.GAP, S.FEEDBACK), Gravity.LOOK),
    **dict.fromkeys((S.MOVED, S.REVIEW_SOON, S.NO_REVIEW, S.UNUSED, S.DRAFT), Gravity.NOTE),
}
SICK = frozenset(sign for sign, gravity in GRAVITY.items() if gravity != Gravity.NOTE)
"""a published article with none of these is healthy"""
TOLD = frozenset(SICK - {S.NO_OWNER, S.FEEDBACK, S.FEEDBACK_LATE, S.GAP}) | {S.MOVED, S.UNUSED, S.DRAFT}
"""the owner is told of these; of feedback and gaps other notices tell already"""
OF_USE = frozenset({S.UNUSED, S.AGAIN})
"""seen in what people search for, which is looked through every few minutes only"""
MAY_BE_RIGHT = frozenset({S.BEHIND, S.MOVED, S.AGAIN, S.LOW_RATED, S.UNUSED, S.DUPLICATE})
"""somebody may look, and find that all is well as it is"""
FEWEST_OPENS, AGAIN_SHARE = 5, 0.4
FEWEST_RATINGS, LOW_SHARE = 3, 0.5
MOST_QUESTIONS = 10


@dataclass(frozen=True)
class Limits:
    """The days and minutes the centre has set."""

    soon_days: int = 30
    unused_days: int = 90
    draft_days: int = 30


@dataclass(frozen=True)
class Readers:
    """Whom a text is for: people of one unit, None for those of all; level: of confidentiality, higher is for fewer."""

    unit_id: int | None
    level: int

    def within(self, other: Readers) -> bool:
        """Whether everybody who may read this may read the other."""
        return other.unit_id in (None, self.unit_id) and other.level <= self.level


@dataclass(frozen=True)
class Cited:
    """A process a text cites: version in force, since which day. label: the version the text names, if it names one."""

    process_id: int
    number: str
    in_force: str
    since: date
    label: str | None = None


@dataclass(frozen=True)
class Use:
    """How an article was used. questions: (search, opened, searched again)."""

    opens: int = 0
    again: int = 0
    last_on: date | None = None
    questions: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of one article that is not retired. written_on: of the text readers see; shown_on: since when they do;
    draft_on: since when a text waits that readers do not see; dead, cited: of that text; twins: (article, likeness).
    use: None where nobody asked how it is used."""

    article_id: int
    version_id: int
    published: bool
    follows: bool
    owner_id: int | None
    owner_there: bool
    written_on: date
    shown_on: date | None = None
    draft_on: date | None = None
    review_on: date | None = None
    valid_to: date | None = None
    dead: tuple[tuple[str, str], ...] = ()
    cited: tuple[Cited, ...] = ()
    feedback: int = 0
    feedback_late: int = 0
    helpful: int = 0
    unhelpful: int = 0
    gaps: tuple[str, ...] = ()
    use: Use | None = Use()
    twins: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Seen:
    """A sign on an article: its key, its number (days, times or per cent), and the rows it comes from."""

    sign: HealthSign
    key: str
    figure: int
    rows: list[Any] = field(default_factory=list)


def judged(it: Facts, today: date, limits: Limits) -> Iterator[Seen]:
    """The signs of one article on a day."""
    text = str(it.version_id)
    if it.draft_on is not None and (today - it.draft_on).days >= limits.draft_days:
        yield Seen(S.DRAFT, f"{text}:{it.draft_on}", (today - it.draft_on).days)
    if not it.owner_there:
        yield Seen(S.NO_OWNER, str(it.owner_id or ""), 1)
    if not it.published:
        return
    if it.valid_to is not None and it.valid_to < today:
        yield Seen(S.EXPIRED, f"{text}:{it.valid_to}", (today - it.valid_to).days)
    yield from _review(it, today, limits)
    if it.dead:
        yield Seen(S.DEAD_LINK, f"{text}:{_short(f'{kind}{what}' for kind, what in it.dead)}", len(it.dead), [
            list(one) for one in it.dead])
    if not it.follows:
        yield from _sources(it)
    if it.feedback_late:
        yield Seen(S.FEEDBACK_LATE, text, it.feedback_late)
    if it.feedback:
        yield Seen(S.FEEDBACK, text, it.feedback)
    rated = it.helpful + it.unhelpful
    if rated >= FEWEST_RATINGS and it.helpful / rated < LOW_SHARE:
        yield Seen(S.LOW_RATED, f"{text}:{it.unhelpful // FEWEST_RATINGS}", round(100 * it.helpful / rated),
                   [[it.helpful, it.unhelpful]])
    if it.gaps:
        yield Seen(S.GAP, _short(it.gaps), len(it.gaps), list(it.gaps))
    if it.use is not None:
        yield from _use(it.use, it, today, limits)
    if it.twins:
        yield Seen(S.DUPLICATE, _short(str(other) for other, _ in it.twins), max(likeness for _, likeness in it.twins),
                   [list(one) for one in it.twins])


def _review(it: Facts, today: date, limits: Limits) -> Iterator[Seen]:
    if it.follows:
        return  # its process is reviewed
    if it.review_on is None:
        yield Seen(S.NO_REVIEW, str(it.version_id), 1)
    elif it.review_on < today:
        yield Seen(S.REVIEW_LATE, str(it.review_on), (today - it.review_on).days)
    elif it.review_on <= today + timedelta(days=limits.soon_days):
        yield Seen(S.REVIEW_SOON, str(it.review_on), (it.review_on - today).days)


def _sources(it: Facts) -> Iterator[Seen]:
    for sign, its in ((S.BEHIND, [one for one in it.cited if one.label is not None and one.label != one.in_force]),
                      (S.MOVED, [one for one in it.cited if one.label is None and it.written_on < one.since])):
        if its:
            yield Seen(sign, f"{it.version_id}:{_short(f'{one.number}{one.in_force}' for one in its)}", len(its), [
                [one.process_id, one.number, one.in_force, one.since.isoformat(), one.label] for one in its])


def _use(use: Use, it: Facts, today: date, limits: Limits) -> Iterator[Seen]:
    shown = (today - it.shown_on).days if it.shown_on is not None else 0
    quiet = (today - use.last_on).days if use.last_on is not None else shown
    if min(shown, quiet) >= limits.unused_days:
        yield Seen(S.UNUSED, str(it.version_id), min(shown, quiet))
    if use.opens >= FEWEST_OPENS and use.again / use.opens >= AGAIN_SHARE:
        yield Seen(S.AGAIN, str(it.version_id), round(100 * use.again / use.opens), [
            [use.opens, use.again], *(list(one) for one in use.questions[:MOST_QUESTIONS])])


def _short(parts: Iterable[str]) -> str:
    return ",".join(sorted(set(parts)))[:60]


def is_healthy(signs: Iterable[str]) -> bool:
    """Whether a published article with these signs needs nobody."""
    return SICK.isdisjoint(HealthSign(one) for one in signs)


def share(healthy: int, published: int) -> int | None:
    """How many of a hundred are healthy; None where nothing is published. All of them only when all are."""
    if not published:
        return None
    return 100 if healthy == published else min(99, round(100 * healthy / published))


def of_gravity(gravity: str) -> Sequence[HealthSign]:
    """The signs of this gravity."""
    return [sign for sign in HealthSign if GRAVITY[sign] == Gravity(gravity)]
