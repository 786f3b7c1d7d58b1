"""What the trail says of people by name, kept beside it: the chain holds a token without meaning, this table what it stands for.

So a name can be taken away for good while every hash still fits. A token is drawn, not computed: nothing can be guessed from it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Index, Text, func, insert, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kmsvc.core.db import Base, Code

_TOKEN = re.compile(r"\[word:[0-9a-f]{24}\]")
MOST_FOUND = 200
"""so many tokens whose words fit are looked for in the trail at once"""


class TrailWord(Base):
    """A name, address or login of a person as the trail says it. text: None once the person was erased."""

    __tablename__ = "core_audit_word"
    audited = False

    token: Mapped[str] = mapped_column(Code, primary_key=True)
    person_id: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_core_audit_word_person_id", "person_id"),)


@dataclass(frozen=True)
class Said:
    """A personal word on its way into the trail."""

    person_id: int
    text: str


def pseudonym(person_id: int) -> str:
    """What an erased person is called from then on, in every language."""
    return f"P-{person_id:04}"


def kept(connection: Connection, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the trail with a token for each personal word; the same word of the same person has the same one."""
    told = list(rows)
    words = {value for row in told for value in _values(row) if isinstance(value, Said)}
    if not words:
        return told
    table = TrailWord.__table__.c
    known = {Said(row.person_id, row.text): row.token for row in connection.execute(
        select(TrailWord.token, TrailWord.person_id, TrailWord.text).where(
            tuple_(table.person_id, table.text).in_([(one.person_id, one.text) for one in words])))}
    new = {one: f"[word:{secrets.token_hex(12)}]" for one in sorted(words - known.keys(), key=lambda one: (one.person_id, one.text))}
    if new:
        connection.execute(insert(TrailWord), [
            {"token": token, "person_id": one.person_id, "text": one.text} for one, token in new.items()])
    known |= new
    return [_replaced(row, lambda value: known[value] if isinstance(value, Said) else value) for row in told]


def token_of(session: Session, person_id: int, text: str) -> str:
    """The token of a word of a person, or an empty text while the trail has none."""
    return session.scalar(select(TrailWord.token).where(TrailWord.person_id == person_id, TrailWord.text == text)) or ""


def spoken(session: Session, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows (or sides) of the trail with the words again; of erased people their pseudonym."""
    told = [dict(row) for row in rows]
    tokens = {value for row in told for value in _values(row) if isinstance(value, str) and _TOKEN.fullmatch(value)}
    if not tokens:
        return told
    words = {row.token: row.text if row.text is not None else pseudonym(row.person_id) for row in session.execute(
        select(TrailWord.token, TrailWord.person_id, TrailWord.text).where(TrailWord.token.in_(sorted(tokens))))}
    return [_replaced(row, lambda value: words.get(value, value) if isinstance(value, str) else value) for row in told]


def tokens_like(session: Session, text: str) -> list[str]:
    """Tokens whose word contains a text, whatever its case."""
    find = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos  # as the trail itself is searched
    fits = find(func.lower(TrailWord.text), func.lower(text)) > 0
    return list(session.scalars(select(TrailWord.token).where(fits).order_by(TrailWord.token).limit(MOST_FOUND)))


def forget(connection: Connection, person_id: int) -> None:
    """Take every word of a person away; for good."""
    connection.execute(update(TrailWord).where(TrailWord.person_id == person_id).values(text=None))


def _values(row: Mapping[str, Any]) -> Iterable[Any]:
    for value in row.values():
        yield from value.values() if isinstance(value, dict) else (value,)


def _replaced(row: Mapping[str, Any], put: Any) -> dict[str, Any]:
    return {name: {key: put(one) for key, one in value.items()} if isinstance(value, dict) else put(value)
            for name, value in row.items()}
