"""Multiple choice as Moodle weighs it: each option has a share of a hundred, wrong ones below zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kmsvc.training.questions.formats.lost import share
from kmsvc.training.questions.formats.results import NotUnderstood
from kmsvc.training.questions.kinds import Choice, Credit, Option

_NEAR = Decimal("0.01")


@dataclass(frozen=True)
class Shares:
    """What a right option gives and a wrong one takes, of a hundred."""

    right: Decimal
    wrong: Decimal


def shares_of(body: Choice) -> Shares | None:
    """The shares of a multiple choice; None where its credit cannot be said by shares."""
    right = share(1, len(body.keys))
    if body.credit is Credit.IF_NONE_WRONG:
        return Shares(right, Decimal(-100))
    if body.credit is Credit.LESS_WRONG and 1 < len(body.keys) < len(body.options):
        return Shares(right, -right)
    return None


def multiple(options: tuple[Option, ...], shares: Sequence[Decimal], remarks: list[str]) -> Choice:
    """The multiple choice of these options and shares. Where wrong ones take anything but all or as much as a right one gives,
    the house's own credit stands in, and the remark credit_replaced.

    Raises NotUnderstood when right options give different shares, which no credit of the house can say."""
    rights = [one for one in shares if one > 0]
    wrongs = [one for one in shares if one <= 0]
    keys = tuple(option.id for option, one in zip(options, shares, strict=True) if one > 0)
    if rights and max(rights) - min(rights) > _NEAR:
        raise NotUnderstood("unequal_shares")
    credit = Credit.IF_NONE_WRONG
    if rights and all(one > -100 + _NEAR for one in wrongs) and wrongs:
        if len(rights) > 1 and all(abs(one + rights[0]) <= _NEAR for one in wrongs):
            credit = Credit.LESS_WRONG
        else:
            remarks.append("credit_replaced")
    elif rights and not all(abs(one + 100) <= _NEAR for one in wrongs):
        remarks.append("credit_replaced")
    return Choice(options, keys, True, credit)
