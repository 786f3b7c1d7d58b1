"""What the pages of processes show: the tree with its counts, the rows of the list, the line of versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kmsvc.core.i18n import fmt_date, fmt_when, label, listed, sentence
from kmsvc.core.texts import N_
from kmsvc.process.definitions.beside import OpenChange
from kmsvc.process.definitions.queries import ProcessLine, PublicationLine, VersionLine
from kmsvc.process.definitions.rules import ProcessClass, ProcessGroup, PublicationKind

SOON = timedelta(days=30)
State = tuple[str, str]


@dataclass(frozen=True)
class Branch:
    """One line of the tree: a class, or a group within it."""

    label: str
    n: int
    klass: str | None
    group: str | None
    below: tuple[Branch, ...] = ()


def in_force_before(cut: datetime, log: Sequence[PublicationLine], cards: Sequence[VersionLine]) -> int | None:
    """The version that was in force until `cut`, None where there was none or the process was retired. log: newest first."""
    for line in log:
        if line.done_at is not None and line.done_at < cut:
            named = line.new_label if line.kind != PublicationKind.RETIRE else None
            return next((card.n for card in cards if card.label == named), None)
    return None


def tree(lines: Sequence[ProcessLine]) -> list[Branch]:
    """Two classes, each with its seven groups; groups without a process are shown too, so that the tree is whole."""
    found = []
    for klass in ProcessClass:
        mine = [line for line in lines if line.klass == klass]
        below = tuple(Branch(label(group), sum(line.group == group for line in mine), klass.value, group.value)
                      for group in ProcessGroup)
        found.append(Branch(label(klass), len(mine), klass.value, None, below))
    return found


def due_state(review_on: date | None, today: date) -> str:
    """`bad` when the review is late, `warn` within thirty days, else nothing."""
    if review_on is None:
        return ""
    return "bad" if review_on < today else "warn" if review_on <= today + SOON else ""


def state_of(line: ProcessLine, open_changes: Sequence[OpenChange], successors: Mapping[int, str], today: date) -> State:
    """The state a list shows: retired, late, being changed, waiting for its day, in force, draft."""
    if line.state == "retired":
        named = successors.get(line.id)
        return "off", sentence(N_("Retired, see %(number)s"), {"number": named}) if named else sentence(N_("Retired"))
    if line.review_on is not None and line.review_on < today:
        return "bad", sentence(N_("Review late by %(days)s days"), {"days": (today - line.review_on).days})
    if open_changes and open_changes[0].live_on:
        return "info", sentence(N_("New version from %(date)s"), {"date": fmt_date(open_changes[0].live_on)})
    if open_changes:
        return "info", sentence(N_("Being changed %(step)s/15"), {"step": open_changes[0].step})
    if line.state == "draft":
        return "idle", sentence(N_("Not in force yet"))
    return "ok", sentence(N_("In force"))


def matches_due(line: ProcessLine, due: str | None, today: date) -> bool:
    """The filter on reviews: late, or due within thirty days (late ones too)."""
    state = due_state(line.review_on, today)
    return {"late": state == "bad", "soon": state in ("bad", "warn")}.get(due or "", True)


SORTS: Mapping[str, Any] = {
    "number": lambda line: line.number, "name": lambda line: line.name, "owner": lambda line: line.owner,
    "effective": lambda line: (line.effective_on or date.max, line.number),
    "review": lambda line: (line.review_on or date.max, line.number),
}


def in_order(lines: Sequence[ProcessLine], sort: str | None) -> tuple[list[ProcessLine], bool]:
    """The lines in the order asked for, and whether they stand by group."""
    name = (sort or "").removeprefix("-")
    if name in SORTS:
        return sorted(lines, key=SORTS[name], reverse=(sort or "").startswith("-")), False
    places = {group.value: index for index, group in enumerate(ProcessGroup)}
    return sorted(lines, key=lambda line: (places.get(line.group, 99), line.number)), True


EXPORT_HEAD = (N_("Number"), N_("Process"), N_("Class"), N_("Group"), N_("Owner"), N_("Version"), N_("In force since"),
               N_("Next review"), N_("State"))


def export_rows(lines: Sequence[ProcessLine], states: Mapping[int, State]) -> list[list[Any]]:
    """The list as a table to take away."""
    return [[line.number, line.name, label(line.klass, ProcessClass), label(line.group, ProcessGroup), line.owner,
             f"V{line.label}" if line.label else None, line.effective_on, line.review_on, states[line.id][1]]
            for line in lines]


def version_rows(process_id: int, cards: Sequence[VersionLine], log: Sequence[PublicationLine],
                 numbers: Mapping[int, str], signers: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
    """The line of versions, newest first: in force, waiting for its day, draft, replaced."""
    ends: dict[str, date] = {}
    for line in log:
        if line.done_at is not None and line.old_label is not None:
            ends.setdefault(line.old_label, line.effective_on)
    found = []
    shown = {card.label for card in cards}
    for line in log:
        if line.done_at is None and line.new_label is not None and line.new_label not in shown:
            # its text is not for this reader yet, that it comes is
            found.append({"kind": "idle", "title": f"V{line.new_label}", "note": sentence(N_("approved, waits for its day")),
                          "lines": [sentence(N_("from %(day)s"), {"day": fmt_date(line.effective_on)})], "href": None})
    for card in cards:
        lines = []
        if card.is_live:
            kind, note = "ok", sentence(N_("in force"))
            lines.append(sentence(N_("since %(day)s"), {"day": fmt_date(card.effective_on)}))
        elif card.planned:
            kind, note = "idle", sentence(N_("approved, waits for its day"))
            lines.append(sentence(N_("from %(day)s"), {"day": fmt_date(card.effective_on)}))
        elif card.live_at is not None:
            kind, note = "off", sentence(N_("replaced"))
            end = ends.get(card.label)
            lines.append(sentence(N_("%(first)s to %(last)s"), {"first": fmt_date(card.effective_on), "last": fmt_date(
                end - timedelta(days=1) if end and card.effective_on and end > card.effective_on else end)}))
        else:
            kind, note = "info", sentence(N_("draft"))
            lines.append(fmt_when(card.recorded_at))
        names = signers.get(card.id, ())
        if names:
            lines.append(sentence(N_("signed by %(names)s"), {"names": listed(names)}))
        elif card.author:
            lines.append(sentence(N_("written by %(name)s"), {"name": card.author}))
        if card.change_id in numbers:
            lines.append(numbers[card.change_id or 0])
        if card.note:
            lines.append(card.note)
        found.append({"kind": kind, "title": f"V{card.label}", "note": note, "lines": lines,
                      "href": f"/process/definitions/{process_id}" + ("" if card.is_live else f"/versions/{card.n}")})
    return found


def log_rows(log: Sequence[PublicationLine], numbers: Mapping[int, str]) -> list[dict[str, Any]]:
    """The publication log, newest first."""
    kinds = {PublicationKind.RETIRE: "off", PublicationKind.REVERT: "warn"}
    return [{
        "kind": kinds.get(PublicationKind(line.kind), "ok" if line.done_at else "idle"),
        "title": label(line.kind, PublicationKind) if line.done_at else sentence(N_("Planned")),
        "note": f"V{line.new_label}" if line.new_label else (f"V{line.old_label}" if line.old_label else ""),
        "lines": [" · ".join(filter(None, (fmt_date(line.effective_on), line.by, numbers.get(line.change_id or 0)))),
                  line.reason],
        "href": f"/process/changes/{line.change_id}" if line.change_id in numbers else None} for line in log]
