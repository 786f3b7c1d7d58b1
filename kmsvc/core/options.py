"""Settings of the centre that a person changes while the service runs; each has a default and a sentence.

Settings of the machine come from the environment instead (`kmsvc/settings.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kmsvc.core.db import Base, Code
from kmsvc.core.errors import InvalidInput
from kmsvc.core.memory import Family, remembered
from kmsvc.core.texts import N_

REGISTER: dict[str, Option] = {}
OPTIONS = Family("options_epoch", frozenset({"core_option"}))


@dataclass(frozen=True)
class Option:
    """`name` = slice.noun.setting; `default` fixes the type (bool, int or str); `label` says what it decides."""

    name: str
    default: Any
    label: str
    choices: Sequence[str] = ()
    minimum: int = 0
    maximum: int = 100_000

    def __post_init__(self) -> None:
        REGISTER[self.name] = self

    def check(self, value: Any) -> Any:
        """The value in its type, or InvalidInput that names what is taken."""
        kind = type(self.default)
        if kind is bool and isinstance(value, bool):
            return value
        if kind is int and isinstance(value, int) and not isinstance(value, bool) and self.minimum <= value <= self.maximum:
            return value
        if kind is str and isinstance(value, str) and (not self.choices or value in self.choices):
            return value
        raise InvalidInput({"value": [self._taken()]})

    def _taken(self) -> str:
        if isinstance(self.default, bool):
            return N_("Yes or no is needed here.")
        if isinstance(self.default, int):
            return f"A whole number from {self.minimum} to {self.maximum}."
        return f"Must be one of: {', '.join(self.choices)}." if self.choices else N_("This value does not fit the setting.")


class OptionValue(Base):
    """A setting that differs from its default."""

    __tablename__ = "core_option"

    name: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (SQLAlchemy's own form)


def value(session: Session, option: Option) -> Any:
    """What holds now."""
    return remembered(session, OPTIONS, "values", _values).get(option.name, option.default)


def put(session: Session, option: Option, new: Any) -> None:
    """Set it; the caller has asked for the permission."""
    checked = option.check(new)
    row = session.get(OptionValue, option.name)
    if row is None:
        session.add(OptionValue(name=option.name, value={"value": checked}))
    else:
        row.value = {"value": checked}


def _values(session: Session) -> dict[str, Any]:
    return {row.name: row.value["value"] for row in session.execute(select(OptionValue.name, OptionValue.value))}
