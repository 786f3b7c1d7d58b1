"""A pin from what a door was given: numbers and codes become ids."""

from __future__ import annotations

from datetime import date
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.articles.permissions import EDIT_ARTICLE
from kmsvc.knowledge.shelf.models import Pin
from kmsvc.knowledge.shelf.usecases import pin
from kmsvc.people.units.queries import unit_by_code


def pin_given(work: Work, data: dict[str, Any], today: date) -> Pin:
    """Pin what a loaded `PinInput` says."""
    work.permit(EDIT_ARTICLE)
    article_id = article_numbered(work.session, work.actor, data["article"])
    unit = unit_by_code(work.session, data["unit"]) if data["unit"] else None
    wrong = {"article": [N_("There is no article with this number.")]} if article_id is None else {}
    if data["unit"] and (unit is None or unit.closed_at is not None):
        wrong["unit"] = [N_("There is no unit with this code.")]
    if article_id is None or wrong:
        raise InvalidInput(wrong)
    return pin(work, article_id, unit_id=unit.id if unit else None, until=data["until"], reason=data["reason"], today=today)
