"""From loaded inputs to the use cases of health, once for page, JSON and command line."""

from __future__ import annotations

from datetime import date
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.models import Article
from kmsvc.knowledge.articles.schemas import owner_named
from kmsvc.knowledge.health import usecases
from kmsvc.knowledge.health.models import HealthBatch
from kmsvc.knowledge.health.usecases import Many


def wanted_value(work: Work, data: dict[str, Any]) -> Any:
    """What is to be set: a day, a category's name, a person's id."""
    return {"review": lambda: data["review_on"], "category": lambda: data["category"],
            "owner": lambda: owner_named(work.session, data["owner"])}[data["act"]]()


def look_ahead(work: Work, data: dict[str, Any], today: date) -> Many:
    """What the act would change."""
    return usecases.preview(work, data["ids"], data["act"], wanted_value(work, data), today)


def put_many(work: Work, data: dict[str, Any], today: date, zone: str) -> HealthBatch:
    """Do it."""
    return usecases.put_many_in_order(work, data["ids"], data["act"], wanted_value(work, data), reason=data["reason"], today=today,
                                      zone=zone)


def join(work: Work, article_id: int, other_id: int, data: dict[str, Any], today: date, zone: str) -> Article:
    """One of the two stays, the other goes."""
    if data["keep"] not in (article_id, other_id):
        raise InvalidInput({"keep": [N_("One of the two.")]})
    gone = other_id if data["keep"] == article_id else article_id
    return usecases.join_pair(work, gone, into_id=data["keep"], reason=data["reason"], today=today, zone=zone)
