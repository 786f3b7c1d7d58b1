"""The acts behind pages, JSON and commands: loaded inputs to use cases, the same for each door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kmsvc.core.errors import InvalidInput
from kmsvc.core.schemas import InputSchema
from kmsvc.core.texts import N_
from kmsvc.core.work import Work
from kmsvc.people.accounts.queries import person_by_login
from kmsvc.people.roles import Role
from kmsvc.people.units.queries import all_posts, unit_names
from kmsvc.training.certificates import batches, usecases
from kmsvc.training.certificates.following import follow_asked
from kmsvc.training.certificates.schemas import AwardInput, ChangeInput, KindInput, NeedInput, Reason
from kmsvc.training.certificates.usecases import KindDraft

Act = Callable[[Work, int, Mapping[str, Any], date, int | None], Any]


class Nothing(InputSchema):
    """Nothing is asked."""


def _need(work: Work, kind_id: int, data: Mapping[str, Any], today: date, version: int | None) -> Any:
    wrong = {name: [N_("This cannot be chosen now.")] for name, known in (
        ("post_id", {one.id for one in all_posts(work.session)}), ("unit_id", set(unit_names(work.session))),
        ("role", {one.value for one in Role})) if data[name] is not None and data[name] not in known}
    if wrong:
        raise InvalidInput(wrong)
    row = usecases.add_need(work, kind_id, **{**data, "since": data["since"] or today})
    follow_asked(work, today, kind_id)
    return row


def _end_need(work: Work, need_id: int, data: Mapping[str, Any], today: date, version: int | None) -> Any:
    row = usecases.end_need(work, need_id, reason=data["reason"], today=today, version=version)
    work.session.flush()
    follow_asked(work, today, row.kind_id)
    return row


def _award(work: Work, kind_id: int, data: Mapping[str, Any], today: date, version: int | None) -> Any:
    person = person_by_login(work.session, data["person"])
    if person is None:
        raise InvalidInput({"person": [N_("There is no such account.")]})
    score = data["score"]
    if score is not None and score * 100 != int(score * 100):
        raise InvalidInput({"score": [N_("At most two places after the point.")]})
    return usecases.award(work, kind_id, person.id, data["passed_on"], today=today, proof=data["proof"], score=score)


KIND_ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "change": (KindInput, lambda work, one, data, today, version: usecases.change_kind(work, one, KindDraft(**data), version=version),
               N_("Kept.")),
    "retire": (Reason, lambda work, one, data, today, version: usecases.retire_kind(work, one, reason=data["reason"], version=version),
               N_("Retired. Nobody is reminded of it any more; it can be put back.")),
    "restore": (Nothing, lambda work, one, data, today, version: usecases.restore_kind(work, one, version=version), N_("In use again.")),
    "ask": (NeedInput, _need, N_("It is asked for from now on.")),
    "award": (AwardInput, _award, N_("Noted.")),
}
NEED_ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "change": (ChangeInput, lambda work, one, data, today, version: usecases.change_need(
        work, one, reason=data["reason"], due_on=data["due_on"], today=today, version=version),
        N_("Whoever is asked was told to pass anew.")),
    "end": (Reason, _end_need, N_("It is asked for no longer.")),
}
HELD_ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "revoke": (Reason, lambda work, one, data, today, version: usecases.revoke(
        work, one, reason=data["reason"], today=today, version=version), N_("Revoked. It can be taken back.")),
    "reinstate": (Reason, lambda work, one, data, today, version: usecases.reinstate(
        work, one, reason=data["reason"], version=version), N_("It counts again.")),
}
PASSING_ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "take_back": (Reason, lambda work, one, data, today, version: usecases.take_back(
        work, one, reason=data["reason"], today=today), N_("It counts no more. That can be undone.")),
    "give_back": (Reason, lambda work, one, data, today, version: usecases.give_back(
        work, one, reason=data["reason"], today=today), N_("It counts again.")),
}
BATCH_ACTS: dict[str, tuple[type[InputSchema], Act, str]] = {
    "undo": (Reason, lambda work, one, data, today, version: batches.undo_batch(
        work, one, reason=data["reason"], today=today, version=version), N_("Taken back as a whole.")),
}
MANY = {"extend": N_("Extended. It can be taken back as a whole."), "revoke": N_("Revoked. It can be taken back as a whole.")}
