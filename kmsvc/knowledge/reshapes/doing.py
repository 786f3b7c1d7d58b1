"""What a loaded input does: for page, JSON and command line alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.knowledge.articles.lists import article_numbered
from kmsvc.knowledge.reshapes import usecases
from kmsvc.knowledge.reshapes.models import Reshape
from kmsvc.knowledge.reshapes.permissions import RESHAPE
from kmsvc.knowledge.reshapes.schemas import Compose, ReshapeReason

Data = dict[str, Any]
Run = Callable[[Work, int, Data, int | None], Reshape]


def merge(work: Work, data: Data) -> Reshape:
    """Plan a merge of articles named by number."""
    work.permit(RESHAPE)
    return usecases.plan_merge(work, _numbered(work, data["stays"], "stays"),
                               [_numbered(work, one, "others") for one in data["others"]], reason=data["reason"])


def split(work: Work, data: Data) -> Reshape:
    """Plan a split of an article named by number."""
    work.permit(RESHAPE)
    parts = [usecases.Part(one["title"], tuple(one["blocks"])) for one in data["parts"]]
    return usecases.plan_split(work, _numbered(work, data["article"], "article"), parts, reason=data["reason"], retire=data["retire"])


def _numbered(work: Work, number: str, field: str) -> int:
    found = article_numbered(work.session, work.actor, number)
    if found is None:
        raise InvalidInput({field: [N_("There is no article with this number.")]})
    return found


def _compose(work: Work, reshape_id: int, data: Data, seen: int | None) -> Reshape:
    return usecases.compose(work, reshape_id, data["picks"], version=seen)


def _publish(work: Work, reshape_id: int, data: Data, seen: int | None) -> Reshape:
    return usecases.publish(work, reshape_id, version=seen)


def _cancel(work: Work, reshape_id: int, data: Data, seen: int | None) -> Reshape:
    return usecases.cancel(work, reshape_id, reason=data["reason"], version=seen)


def _take_back(work: Work, reshape_id: int, data: Data, seen: int | None) -> Reshape:
    return usecases.take_back(work, reshape_id, reason=data["reason"], version=seen)


VERBS: dict[str, tuple[type[InputSchema], Run, str, str]] = {
    "compose": (Compose, _compose, N_("Compose the new text"), N_("Composed. Look at the draft, then publish it.")),
    "publish": (InputSchema, _publish, N_("Publish it all"), N_("Published, all of it.")),
    "cancel": (ReshapeReason, _cancel, N_("Give it up"), N_("Given up. Readers noticed nothing.")),
    "take_back": (ReshapeReason, _take_back, N_("Take it back"), N_("Taken back.")),
}
