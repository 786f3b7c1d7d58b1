"""Entries in the reader's words: states and verbs by their labels, local times, people by name, things by number, lists as
lists. JSON and the chain keep the codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime
from sqlalchemy.orm import Session

from kmsvc.audit.codes import STEP_STATES, STEP_TABLES, code_source
from kmsvc.audit.columns import column_label
from kmsvc.audit.queries import EntryCard
from kmsvc.audit.things import PART_OF, Key, named, table_of, target_of, wholes
from kmsvc.audit.wording import WITHHELD, subject_label
from kmsvc.core.db import UtcDateTime
from kmsvc.core.i18n import fmt_date, fmt_when, listed, ngettext, sentence
from kmsvc.core.options import REGISTER
from kmsvc.core.texts import N_
from kmsvc.standards.duties.rules import rung_days

SECRET = "[secret]"
MARKS = {SECRET: N_("secret, never kept here"), WITHHELD: N_("not shown to you")}


@dataclass(frozen=True)
class Told:
    """One entry in words. what: kind of row; number: what people know it by, or its id; of: number of the thing it is part
    of, by: the column that says so; rows: (column, label, before, after)."""

    what: str
    number: str
    of: str
    by: str
    rows: list[tuple[str, str, str | None, str | None]]

    @property
    def subject(self) -> str:
        """Kind and number in one."""
        return f"{self.what} {self.of or self.number}"


def told(session: Session, cards: Iterable[EntryCard]) -> dict[int, Told]:
    """Entries by sequence number in words; asks the database once a table for all of them."""
    shown = list(cards)
    whole = wholes(session, {(card.subject, card.subject_id) for card in shown})
    keys: set[Key] = {(card.subject, card.subject_id) for card in shown} | set(whole.values())
    for card in shown:
        for column, *values in card.columns:
            if target := target_of(card.subject, column):
                keys |= {(target, str(value)) for value in values if isinstance(value, int)}
    names = named(session, keys)
    return {card.seq: _told(card, names, whole) for card in shown}


def _told(card: EntryCard, names: dict[Key, str], whole: dict[Key, Key]) -> Told:
    key = (card.subject, card.subject_id)
    number = names.get(key, card.subject_id)
    if card.subject == "core_option" and card.subject_id in REGISTER:
        number = sentence(REGISTER[card.subject_id].label)
    rows = [(column, sentence(column_label(card.subject, column)), *(
        None if value is None else words(card.subject, column, value, names) for value in values))
        for column, *values in card.columns]
    return Told(sentence(subject_label(card.subject)), number, names.get(whole.get(key, ("", "")), ""),
                PART_OF.get(card.subject, ("", ""))[0], rows)  # type: ignore[arg-type]


def words(table: str, column: str, value: Any, names: dict[Key, str]) -> str:
    """A value of a column as people say it."""
    if isinstance(value, bool):
        return sentence(N_("Yes") if value else N_("No"))
    if isinstance(value, int):
        return _number(table, column, value, names)
    if isinstance(value, dict):
        return _pairs(column, value)
    if isinstance(value, list):
        if column == "blocks":
            return ngettext("%(num)d paragraph", "%(num)d paragraphs", len(value))
        return listed(str(one) for one in value)
    text = str(value)
    if text in MARKS:
        return sentence(MARKS[text])
    if source := code_source(table, column, text):
        return sentence(source)
    if column == "reminded" and table in ("standards_obligation", "standards_duty_span"):
        return _reminder(text)
    return _time(table, column, text) or text


def _reminder(rung: str) -> str:
    """On which rung of the ladder somebody was reminded."""
    days = rung_days(rung)
    if days is None:
        return rung
    if days < 0:
        return ngettext("%(num)d day before the due day", "%(num)d days before the due day", -days)
    return ngettext("late by %(num)d day or more", "late by %(num)d days or more", max(days, 1))


def _number(table: str, column: str, value: int, names: dict[Key, str]) -> str:
    if target := target_of(table, column):
        return names.get((target, str(value)), f"{sentence(subject_label(target))} {value}")
    if column == "step" and table in STEP_TABLES and value in STEP_STATES:
        return f"{value} · {sentence(STEP_STATES[value].label)}"
    return str(value)


def _pairs(column: str, value: dict[str, Any]) -> str:
    """A small table as lines; of the rounds of a change, which step was entered how often."""
    if column == "visits":
        return listed(ngettext("step %(step)s, %(num)d time", "step %(step)s, %(num)d times", int(times), step=step)
                      for step, times in sorted(value.items(), key=lambda row: int(row[0])))
    if set(value) == {"value"}:
        return words("", "", value["value"], {})
    return "\n".join(f"{sentence(column_label('', name))}: {words('process_definition', _own(name), one, {})}"
                     for name, one in value.items() if one is not None)


def _own(name: str) -> str:
    return "klass" if name == "class" else name


def _time(table: str, column: str, text: str) -> str | None:
    """A day or an instant in the centre's zone, where the column holds one."""
    known = table_of(table)
    kind = known.c[column].type if known is not None and column in known.c else None
    try:
        if isinstance(kind, UtcDateTime | DateTime) or (known is None and column == "at"):
            return fmt_when(datetime.fromisoformat(text))
        return fmt_date(date.fromisoformat(text)) if isinstance(kind, Date) else None
    except ValueError:
        return None
