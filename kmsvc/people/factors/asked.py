"""Who must sign in with a one-time code: guests always, and the roles that the centre names."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from kmsvc.core.errors import InvalidInput
from kmsvc.core.i18n import label
from kmsvc.core.options import Option, value
from kmsvc.core.texts import N_, Filled
from kmsvc.people.roles import Role


@dataclass(frozen=True)
class RolesOption(Option):
    """A setting that names roles by code, with commas between; typed it may also be their words."""

    def check(self, value: Any) -> Any:
        """The codes in the order of the roles, or InvalidInput that names what is no role."""
        typed = [one for one in re.split("[\\s,;\uff0c\uff1b\u3001]+", value.strip()) if one] if isinstance(value, str) else [str(value)]
        known = {name.casefold().replace(" ", "_"): one.value for one in Role for name in (one.value, label(one), one.label)}
        if wrong := [one for one in typed if one.casefold() not in known]:
            raise InvalidInput({"value": [Filled(N_("These are no roles: %(wrong)s. There are: %(roles)s."),
                                                 wrong=", ".join(wrong)[:100], roles=", ".join(one.value for one in Role))]})
        named = {known[one.casefold()] for one in typed}
        return ", ".join(one.value for one in Role if one.value in named)


ROLES = RolesOption("people.factor.roles", "",
                    N_("Roles that must sign in with a one-time code, like admin, auditor; guests always must"))


def must_have(session: Session, *, guest: bool, roles: Collection[str]) -> bool:
    """Whether somebody signs in with a code only: who comes from outside, and who has one of the roles that the centre names."""
    return guest or bool({one for one in str(value(session, ROLES)).split(", ") if one}.intersection(roles))
