"""What the pages of process alignment reviews show: shapes and words, rates as people read them, tables to take away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from kmsvc.core.i18n import label, sentence
from kmsvc.core.rates import Rate
from kmsvc.core.texts import N_
from kmsvc.knowledge.alignment.queries import AlignmentLine, ItemLine
from kmsvc.knowledge.alignment.rules import AlignmentState, Found, Question
from kmsvc.knowledge.contacts.rules import LinkedKind
from kmsvc.knowledge.feedback.rules import FeedbackKind

SHAPES = {AlignmentState.RUNNING: "go", AlignmentState.SIGNED: "ok", AlignmentState.CANCELLED: "off"}
MARKS = {Found.YES: "ok", Found.NO: "warn", Found.NOT: "idle"}
HEAD = (N_("Number"), N_("Person or unit"), N_("Coach"), N_("From this day"), N_("To this day"), N_("Contacts"), N_("Judged"),
        N_("Drawn"), N_("Signed"), N_("State"))
ITEM_HEAD = (N_("Place"), N_("When"), N_("Person"), N_("Contact number"), N_("Searches"), N_("Links"),
             *(one.label for one in Question), N_("Note"))
WORDS = {one.value: one for one in Question}


def state_of(code: str) -> tuple[str, str]:
    """Shape and word of a state."""
    state = AlignmentState(code)
    return SHAPES[state], label(state)


def answer_of(code: str | None) -> tuple[str, str]:
    """Shape and word of an answer; of none, that it is still to be judged."""
    return (MARKS[Found(code)], label(Found(code))) if code else ("due", sentence(N_("Not judged yet")))


def rate_word(rate: Rate) -> str:
    """A rate with its n and its interval, or a dash."""
    if not rate.n:
        return "—"
    low, high = (round(one * 100) for one in rate.interval)
    return sentence(N_("%(share)s %% (%(hits)s of %(n)s; 95 %% interval %(low)s–%(high)s %%)"), {
        "share": rate.percent, "hits": rate.hits, "n": rate.n, "low": low, "high": high})


def question_word(name: str) -> str:
    """The question."""
    return label(WORDS[name])


def at_of(text: str) -> datetime:
    """An instant as it stands in a proof."""
    return datetime.fromisoformat(text)


def said_word(code: str) -> str:
    """What was said of an answer."""
    return label(FeedbackKind(code))


def kind_word(code: str | None) -> str:
    """The kind of what was opened or linked."""
    return label(LinkedKind(code)) if code in {one.value for one in LinkedKind} else code or ""


def rows(lines: Sequence[AlignmentLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[line.number, line.whose, line.coach, line.begins_on, line.ends_on, line.drawn, line.judged, local(line.drawn_at),
             local(line.signed_at) if line.signed_at else None, state_of(line.state)[1]] for line in lines]


def item_rows(items: Sequence[ItemLine], local: Callable[[datetime], datetime]) -> list[list[Any]]:
    """The sample as a table to take away."""
    return [[one.place, local(one.at), one.person, one.number,
             "; ".join(f"{it['query']} → {it['number'] or '-'}" for it in one.facts["searches"]),
             "; ".join(it["number"] or kind_word(it["kind"]) for it in one.facts["links"]),
             *(answer_of(one.answers[name.value])[1] if one.answers[name.value] else "" for name in Question), one.note or ""]
            for one in items]
